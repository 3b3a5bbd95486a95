"""What NetSuite is sent: journals of payouts, documents of refunds; orders of shops that it ships for, and deposits."""

from reverse_sync.destinations.netsuite.credit_memos import open_credit_memos, refuse_credit_memo
from reverse_sync.destinations.netsuite.customer_deposits import open_customer_deposits, refuse_customer_deposit
from reverse_sync.destinations.netsuite.journals import open_journals, refuse_journal
from reverse_sync.destinations.netsuite.sales_orders import open_sales_orders, refuse_sales_order
from reverse_sync.sync import FINANCE_LANE, ORDER_LANE, Sync

SYNCS = (
    Sync(
        name="netsuite__order_closures",
        lane=ORDER_LANE,
        text="Sales orders closed in NetSuite, before anything of them is picked.",
        counted="order{s} closed in NetSuite",
        open_destination=open_sales_orders,
        refuse=refuse_sales_order,
    ),
    Sync(
        name="netsuite__sales_orders",
        lane=ORDER_LANE,
        text="Sales orders in NetSuite: one per released order of the shops that it ships for.",
        counted="order{s} entered in NetSuite",
        open_destination=open_sales_orders,
        refuse=refuse_sales_order,
    ),
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
    Sync(
        name="netsuite__customer_deposits",
        lane=FINANCE_LANE,
        text="Customer deposits in NetSuite: what a payout settled of an order, on its sales order.",
        counted="deposit{s} of orders in NetSuite",
        open_destination=open_customer_deposits,
        refuse=refuse_customer_deposit,
        limit_setting="books.max_journals_per_run",
    ),
)
