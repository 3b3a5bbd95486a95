"""Explain a SKU: what it lists and may sell, what we wrote, who bought it, and what the warehouse said of its items.

Belongs here: gathering evidence of a SKU from the published warehouse. Does not: computing any figure that a mart does
not hold.
"""

from __future__ import annotations

from orchestration.explain.payout import Sections, gather
from tieout.errors import DataError
from tieout.reading import Reading

_LISTED = "select sku_id from operations.stock where sku_id = $id or seller_sku = $id or item = $id"
_ITEMS = """select unnest([item, limiting_item]) from operations.stock
    where sku_id = $id or seller_sku = $id or item = $id union select $id"""
_ABOUT_IT = f"""split_part(entity_id, '/', 1) in ({_LISTED})
    or (entity_type = 'item' and substr(entity_id, strpos(entity_id, '/') + 1) in ({_ITEMS}))
    or (entity_type = 'bundle' and entity_id in ({_ITEMS}))
    or list_contains(try(from_json(evidence ->> '$.seller_skus', '["VARCHAR"]')), $id)"""

_SECTIONS = {
    "Stock": """
        select * from operations.stock where sku_id = $id or seller_sku = $id or item = $id
        order by shop_id, sku_id, warehouse_id""",
    "Written for it": f"""
        select sync, entity_key, vendor_id, acknowledged_at from audit.acknowledgements
        where sync = 'tiktok_shop__stock' and entity_key in ({_LISTED}) order by acknowledged_at desc limit 20""",
    "Orders that wait": f"""
        select order_id, shop_id, item, quantity, status, is_in_flight, created_at, due_at
        from operations.stock_commitments where item in ({_ITEMS}) order by due_at nulls last, created_at""",
    "What the warehouse said": f"""
        select item, location, reported_at, entry_type, entry_id, on_hand_change, on_hand_quantity, available_quantity,
            reason_code, order_id
        from operations.stock_ledger where item in ({_ITEMS}) order by reported_at desc, item limit 60""",
    "Open exceptions": f"""
        select code, severity, owner, entity_type, entity_id, due_at, expected, actual, cause from exceptions.open
        where {_ABOUT_IT} order by due_at nulls last, severity, code""",
    "Ended exceptions": f"""
        select code, entity_type, entity_id, first_seen_at, cleared_at, proof from exceptions.history
        where {_ABOUT_IT} order by cleared_at desc, code""",
}


def explain_sku(settings: Reading, name: str) -> Sections:
    """Return what is known of a SKU, titled section by section; `name` is a SKU id, a seller SKU or an item.

    Raises:
        DataError: when nothing published names it.
    """
    sections = gather(settings, _SECTIONS, name)
    if not any(rows for _title, rows in sections):
        raise DataError(f"nothing that is published names SKU {name!r}: give a SKU id, a seller SKU or an item")
    return sections
