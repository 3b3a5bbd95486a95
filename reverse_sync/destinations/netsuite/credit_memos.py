"""Refunds in NetSuite: one credit memo or cash refund for each, created once under its external id, never overwritten.

Belongs here: writing a refund and reading it back. Does not: HTTP (connectors.netsuite), the document's shape
(credit_memo_body), currencies to ids (ids).

External ids are unique within a record type (fact sheet netsuite 4.6): NetSuite would take the same refund as credit
memo and as cash refund. So before one is created, the other type is asked for it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from connectors.transport.errors import RejectedError
from reverse_sync.destinations.netsuite.credit_memo_body import RECORDS, difference, memo_body, memo_faults
from reverse_sync.destinations.netsuite.ids import NetSuiteIds
from reverse_sync.destinations.netsuite.once import create_once
from reverse_sync.model import EDITED, Change, Observation, Proposal
from tieout.errors import ConfigError
from tieout.settings import Settings
from tieout.state import State

if TYPE_CHECKING:  # for types alone: whoever opens the client pays for loading HTTP
    from connectors.netsuite.client import NetSuiteClient


class NetSuiteCreditMemos:
    """Credit memos and cash refunds of one NetSuite account."""

    def __init__(self, client: NetSuiteClient) -> None:
        """Write through `client`, which this closes."""
        self._client = client
        self._ids = NetSuiteIds(client)

    def write(self, change: Change) -> str:
        """Create the credit memo or cash refund and return its internal id.

        Raises:
            RejectedError: UNMAPPED_CURRENCY, UNMAPPED_ACCOUNT, PERIOD_CLOSED, EDITED (a different document, or one of
                the other type, holds the external id), MALFORMED_REFUND, or NetSuite's own code.
            OutcomeUnknownError: when the document may exist.
        """
        body = memo_body(change.desired, self._ids)
        if other := self._of_other_type(change):
            raise RejectedError(other.difference, vendor="netsuite", code=EDITED)
        return create_once(self._client, RECORDS[change.desired["kind"]], body, lambda: self.read_back(change))

    def read_back(self, change: Change) -> Observation | None:
        """Return what NetSuite holds under the refund's external id, in either type; None when nothing."""
        record = RECORDS[change.desired["kind"]]
        found = self._client.find_by_external_id(record, str(change.desired["external_id"]))
        if found is None:
            return self._of_other_type(change)
        found_difference = difference(memo_body(change.desired, self._ids), found)
        if found_difference:
            found_difference = f"{record} {found['id']} in NetSuite was edited, or is not ours: {found_difference}"
        return Observation(str(found["id"]), found_difference)

    def close(self) -> None:
        """Close the client."""
        self._client.close()

    def _of_other_type(self, change: Change) -> Observation | None:
        [other] = [record for kind, record in RECORDS.items() if kind != change.desired["kind"]]
        found = self._client.find_by_external_id(other, str(change.desired["external_id"]))
        if found is None:
            return None
        return Observation(
            str(found["id"]), f"the refund is booked as {other} {found['id']}: delete that, or set refund_document back"
        )


def open_credit_memos(settings: Settings, state: State) -> NetSuiteCreditMemos:
    """Open NetSuite for writing refunds.

    Raises:
        ConfigError: when its credentials are missing.
    """
    from connectors.netsuite.client import (
        open_netsuite,  # imported here: loading HTTP is slow, and only writing needs it
    )

    return NetSuiteCreditMemos(open_netsuite(settings, state))


def refuse_credit_memo(settings: Settings, proposal: Proposal) -> str:
    """Return why a refund may not be sent: not what the configuration books, or a document that does not add up."""
    try:
        shop = settings.shop(proposal.shop_id)
    except ConfigError as error:
        return str(error)
    desired: Mapping[str, Any] = proposal.desired
    if settings.books.refund_document == "journal":
        return "refunds are booked by the payout's journal alone: refund_document in tieout.toml [books] is journal"
    if not shop.netsuite_customer:
        return f"shop {shop.shop_id} books no refunds: set netsuite_customer in tieout.toml [[tiktok_shop.shops]]"
    configured = {
        "kind": settings.books.refund_document,
        "item": settings.books.refund_item,
        "customer": shop.netsuite_customer,
        "subsidiary": shop.netsuite_subsidiary,
        "currency": shop.currency,
        "external_id": proposal.entity_key,
    }
    for name, value in configured.items():
        if desired.get(name) != value:
            return f"{name} {desired.get(name)!r} is not {value!r}, as shop {shop.shop_id} and its record have it"
    return memo_faults(desired)
