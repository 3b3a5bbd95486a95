"""Payout journals in NetSuite: created once under their external id, never overwritten.

Belongs here: writing a journal and reading one back. Does not: HTTP (connectors.netsuite), the journal's shape
(journal_body), account numbers to ids (ids),
why it is created and not upserted (once).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from reverse_sync.destinations.netsuite.ids import NetSuiteIds
from reverse_sync.destinations.netsuite.journal_body import difference, journal_body, journal_faults
from reverse_sync.destinations.netsuite.once import create_once
from reverse_sync.model import Change, Observation, Proposal
from tieout.errors import ConfigError
from tieout.settings import Settings
from tieout.state import State

if TYPE_CHECKING:  # for types alone: whoever opens the client pays for loading HTTP
    from connectors.netsuite.client import NetSuiteClient

RECORD = "journalEntry"


class NetSuiteJournals:
    """Journal entries of one NetSuite account."""

    def __init__(self, client: NetSuiteClient) -> None:
        """Write through `client`, which this closes."""
        self._client = client
        self._ids = NetSuiteIds(client)

    def write(self, change: Change) -> str:
        """Create the journal and return its internal id.

        Raises:
            RejectedError: UNMAPPED_ACCOUNT, UNMAPPED_CURRENCY, PERIOD_CLOSED, EDITED (a different journal holds the
                external id), MALFORMED_JOURNAL, or NetSuite's own code.
            OutcomeUnknownError: when the journal may exist.
        """
        body = journal_body(change.desired, self._ids)
        return create_once(self._client, RECORD, body, lambda: self.read_back(change))

    def read_back(self, change: Change) -> Observation | None:
        """Return what NetSuite holds under the journal's external id; None when nothing."""
        found = self._client.find_by_external_id(RECORD, str(change.desired["external_id"]))
        if found is None:
            return None
        found_difference = difference(journal_body(change.desired, self._ids), found)
        if found_difference:
            found_difference = f"journal {found['id']} in NetSuite was edited, or is not ours: {found_difference}"
        return Observation(str(found["id"]), found_difference)

    def close(self) -> None:
        """Close the client."""
        self._client.close()


def open_journals(settings: Settings, state: State) -> NetSuiteJournals:
    """Open NetSuite for writing journals.

    Raises:
        ConfigError: when its credentials are missing.
    """
    from connectors.netsuite.client import (
        open_netsuite,  # imported here: loading HTTP is slow, and only writing needs it
    )

    return NetSuiteJournals(open_netsuite(settings, state))


def refuse_journal(settings: Settings, proposal: Proposal) -> str:
    """Return why a journal may not be sent: an unknown shop, no subsidiary, or a journal that does not add up."""
    try:
        shop = settings.shop(proposal.shop_id)
    except ConfigError as error:
        return str(error)
    if not shop.netsuite_subsidiary:
        return f"shop {shop.shop_id} posts no journals: set netsuite_subsidiary in tieout.toml [[tiktok_shop.shops]]"
    desired: Mapping[str, Any] = proposal.desired
    if desired.get("external_id") != proposal.entity_key:
        return f"external_id {desired.get('external_id')!r} is not the entity key {proposal.entity_key!r}"
    return journal_faults(desired)
