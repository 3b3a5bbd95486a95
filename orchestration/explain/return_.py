"""Explain a return: its request, decision, label, scans, receipt, grades, refund, settlement, document and stock.

Belongs here: gathering evidence of a return from the published warehouse. Does not: computing any figure that a mart
does not hold.
"""

from __future__ import annotations

from orchestration.explain.payout import Sections, gather
from tieout.errors import DataError
from tieout.reading import Reading

_ITS = "return_id = $id and shop_id = $shop"
_ABOUT_IT = f"""(shop_id in ($shop, '') or $shop = '') and (
        (entity_type in ('return', 'refund') and entity_id = $id)
        or (evidence ->> '$.return_id') = $id
        or list_contains(try(from_json(evidence ->> '$.return_ids', '["VARCHAR"]')), $id)
        or (entity_type = 'quarantine' and entity_id = 'tiktok_shop/returns/' || $id)
        or entity_id in (
            select unnest([portal || '/' || portal_id, portal || '/returns/' || portal_id])
            from (select portal, unnest(portal_return_ids) as portal_id from operations.returns where {_ITS})))"""

_SHOPS = {"Shops": "select distinct shop_id from operations.returns where return_id = $id order by shop_id"}
_SECTIONS = {
    "Return": f"select * from operations.returns where {_ITS}",
    "What happened": f"""
        select happened_at, source, event_name, by_whom, detail, reference, image_urls from operations.return_events
        where {_ITS} order by happened_at, source, event_name""",
    "Expected and received": f"""
        select item, expected_units, received_units, sellable_units, receipt, tracking_number, warehouse_code
        from operations.returns_expected where {_ITS} order by item""",
    "Refund": f"select * from operations.refunds where {_ITS}",
    "Settlement lines of its order": f"""
        select l.payment_id, l.statement_id, l.transaction_id, l.fee_key, l.line_class, l.amount, l.currency
        from finance.payout_lines as l
        where l.shop_id = $shop and l.order_id in (select order_id from operations.returns where {_ITS})
        order by l.statement_id, l.transaction_id, l.fee_key""",
    "Open exceptions": f"""
        select code, severity, owner, entity_type, entity_id, due_at, expected, actual, cause from exceptions.open
        where {_ABOUT_IT} order by due_at nulls last, severity, code""",
    "Ended exceptions": f"""
        select code, entity_type, entity_id, first_seen_at, cleared_at, proof from exceptions.history
        where {_ABOUT_IT} order by cleared_at desc, code""",
}


def explain_return(settings: Reading, return_id: str) -> Sections:
    """Return the whole life of one return, by TikTok Shop's id of it; amounts DECIMAL, instants UTC.

    Two shops can have one id: then each section is there for each of them.

    Raises:
        DataError: when nothing published names this return.
    """
    [(_, rows)] = gather(settings, _SHOPS, return_id)
    shops = [str(row["shop_id"]) for row in rows] or [""]
    sections = [
        (f"{title} (shop {shop})" if len(shops) > 1 else title, found)
        for shop in shops
        for title, found in gather(settings, _SECTIONS, return_id, shop=shop)
    ]
    if not any(rows for _title, rows in sections):
        raise DataError(f"nothing that is published names return {return_id!r}")
    return sections
