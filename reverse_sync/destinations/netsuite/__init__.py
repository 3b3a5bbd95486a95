"""What NetSuite is sent: the journals of payouts, and documents of refunds."""

from reverse_sync.destinations.netsuite.credit_memos import open_credit_memos, refuse_credit_memo
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
    Sync(
        name="netsuite__credit_memos",
        lane=FINANCE_LANE,
        text="Credit memos or cash refunds in NetSuite: one per refund of a return.",
        counted="refund{s} booked in NetSuite",
        open_destination=open_credit_memos,
        refuse=refuse_credit_memo,
        limit_setting="books.max_journals_per_run",
    ),
)
