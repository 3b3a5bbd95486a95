"""What NetSuite is sent: the journals of payouts."""

from reverse_sync.destinations.netsuite.journals import open_journals, refuse_journal
from reverse_sync.sync import FINANCE_LANE, Sync

SYNCS = (
    Sync(
        name="netsuite__journal_entries",
        lane=FINANCE_LANE,
        text="Summary journals in NetSuite: one per payout and month, created once whatever fails.",
        counted="journal{s} to NetSuite",
        open_destination=open_journals,
        refuse=refuse_journal,
        limit_setting="books.max_journals_per_run",
    ),
)
