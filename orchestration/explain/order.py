"""Explain an order: its life on TikTok Shop and at the warehouse, its parcels, its money, and what is wrong with it.

Belongs here: gathering evidence of an order from the published warehouse. Does not: computing any figure that a mart
does not hold. Raw orders are not published, because they name buyers and where they live.
"""

from __future__ import annotations

from orchestration.explain.payout import Sections, gather
from tieout.errors import DataError
from tieout.reading import Reading
from tieout.systems import NAMES, part

_ABOUT_IT = """entity_id = $id or (evidence ->> '$.order_id') = $id
    or list_contains(try(from_json(evidence ->> '$.order_ids', '["VARCHAR"]')), $id)
    or entity_id in (select transaction_id from finance.payout_lines where order_id = $id)
    or entity_id in (select parcel_id from operations.shipments where order_id = $id)
    or entity_id in (select cancel_id from operations.cancellations where order_id = $id)"""

_SECTIONS = {
    "Order": "select * from operations.orders where order_id = $id",
    "Written for it": """
        select sync, entity_key, vendor_id, acknowledged_at from audit.acknowledgements
        where entity_key = $id or entity_key in (
            select parcel_id from operations.shipments where order_id = $id
            union select package_id from operations.shipments where order_id = $id
            union select cancel_id from operations.cancellations where order_id = $id)
        order by acknowledged_at""",
    "At the warehouse": """
        select fulfilment_system, warehouse_order_id, fulfilment_location, warehouse_status, accepted_at, shipped_at,
            cancelled_at, units, lines
        from operations.warehouse_orders where order_id = $id order by accepted_at, warehouse_order_id""",
    "Cancellations": "select * from operations.cancellations where order_id = $id order by requested_at",
    "Parcels": """
        select parcel_id, carrier, tracking_number, len(order_line_ids) as lines, advised_at, status, sent_at,
            sent_tracking_number, package_id, held_because
        from operations.shipments where order_id = $id order by advised_at, parcel_id""",
    "Settlement lines": """
        select payment_id, statement_id, transaction_id, fee_key, line_class, amount, currency
        from finance.payout_lines where order_id = $id order by statement_id, transaction_id, fee_key""",
    "Payouts": """
        select p.payment_id, p.status, p.paid_at, p.tie_out_status, sum(l.amount) as of_this_order,
            any_value(l.currency) as currency
        from finance.payout_lines as l join finance.payouts as p using (payment_id)
        where l.order_id = $id group by all order by p.paid_at""",
    "Journals": """
        select distinct j.payment_id, j.journal_id, j.posted_at, j.vendor_id
        from finance.payout_journals as j join finance.payout_lines as l using (payment_id)
        where l.order_id = $id order by j.journal_id""",
    "Not settled yet": "select * from finance.accruals where order_id = $id order by month",
    "Open exceptions": f"""
        select code, severity, owner, entity_type, entity_id, due_at, expected, actual, cause from exceptions.open
        where {_ABOUT_IT} order by due_at nulls last, severity, code""",
    "Ended exceptions": f"""
        select code, entity_type, entity_id, first_seen_at, cleared_at, proof from exceptions.history
        where {_ABOUT_IT} order by cleared_at desc, code""",
    "Raw records": """
        select id as transaction_id, parent_id as statement_id, observed_at, is_deleted, payload
        from raw_tiktok_shop.statement_transactions where payload ->> 'order_id' = $id order by observed_at desc""",
}


def explain_order(settings: Reading, order_id: str) -> Sections:
    """Return the whole life of one order, titled section by section; amounts DECIMAL, instants UTC.

    Raises:
        DataError: when nothing published names this order.
    """
    sections = gather(settings, _SECTIONS | _parcel_records(), order_id)
    if not any(rows for _title, rows in sections):
        raise DataError(f"nothing that is published names order {order_id!r}")
    return sections


def _parcel_records() -> dict[str, str]:
    """Return the query for the records of parcels of each system that has them as records of their own."""
    tables = [(name, getattr(part("ingestion", name), "PARCEL_RECORDS", "")) for name in NAMES]
    return {
        f"Raw {table.replace('_', ' ')}": f"""
        select id as shipment_id, observed_at, is_deleted, payload from raw_{name}.{table}
        where parent_id = $id order by observed_at desc"""
        for name, table in tables
        if table
    }
