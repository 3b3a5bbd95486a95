"""Records that NetSuite is to hold once: created under an external id of ours, never overwritten.

Belongs here: what a refusal as duplicate means. Does not: any record's shape. A synchronous POST has no idempotency key
(fact sheet netsuite 4.7), but NetSuite refuses a second record of a type with the same external id (4.6). So a record
is created, not upserted: an upsert would silently undo what a person changed.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from connectors.netsuite.errors import DUPLICATE_RECORD
from connectors.transport.errors import OutcomeUnknownError, RejectedError
from reverse_sync.model import EDITED, Observation

if TYPE_CHECKING:  # for types alone: whoever opens the client pays for loading HTTP
    from connectors.netsuite.client import NetSuiteClient


def create_once(
    client: NetSuiteClient, record: str, body: dict[str, Any], read_back: Callable[[], Observation | None]
) -> str:
    """Create a record, and return its internal id; also that of one which is there already and is as desired.

    Raises:
        RejectedError: EDITED when another record holds the external id, or NetSuite's own code.
        OutcomeUnknownError: when the record may exist.
    """
    try:
        return client.create(record, body)
    except RejectedError as error:
        if error.code != DUPLICATE_RECORD:
            raise
        seen = read_back()
        if seen is None:
            raise OutcomeUnknownError(
                f"NetSuite says the {record} exists, and does not show it: {error.message}", vendor="netsuite"
            ) from error
        if seen.difference:
            raise RejectedError(seen.difference, vendor="netsuite", code=EDITED) from error
        return seen.vendor_id
