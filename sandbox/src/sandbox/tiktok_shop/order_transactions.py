"""The settled transactions of one order, split by SKU (fact sheet tiktok_shop 7.5, 7.7).

Belongs here: the split of a transaction over the order's SKUs, whose shares add up to it exactly, and both versions'
shapes. Does not: adjustments and reserves, which this view of the vendor never shows.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from sandbox.store import Body, Record
from sandbox.tiktok_shop.amounts import ZERO, amount, fields, is_damaged, objects, split, summed, written
from sandbox.tiktok_shop.flat_transactions import flat_row
from sandbox.tiktok_shop.request import Request

_NOT_BY_ORDER = {"shipping_fee_guarantee_reimbursement", "customer_shipping_fee", "refund_customer_shipping_fee"}
_GROUPS = {
    "revenue_amount": "revenue_breakdown",
    "shipping_cost_amount": "shipping_cost_breakdown",
    "fee_tax_amount": "fee_tax_breakdown",
}


def transactions_by_order(request: Request) -> Body:
    """Answer GET /finance/202501/orders/{order_id}/statement_transactions; nothing until the order settles."""
    rows = _settled(request)
    if not rows:
        return {"total_count": 0}
    skus = [{**sku, "statement_id": row.parent} for row in rows for sku in _by_sku(request, row)]
    totals = {key: written(summed(sku[key] for sku in skus)) for key in (*_GROUPS, "settlement_amount")}
    return {
        **_head(request, rows[0]),
        "revenue_amount": totals["revenue_amount"],
        "fee_and_tax_amount": totals["fee_tax_amount"],
        "shipping_cost_amount": totals["shipping_cost_amount"],
        "settlement_amount": totals["settlement_amount"],
        "total_count": len(skus),
        "sku_transactions": [_without(sku, _NOT_BY_ORDER) for sku in skus],
    }


def flat_transactions_by_order(request: Request) -> Body:
    """Answer the 202309 form: one row per transaction with its SKUs inside; quantity is a number here."""
    rows = _settled(request)
    if not rows:
        return {}
    currency = _currency(request, rows[0])
    head = {key: value for key, value in _head(request, rows[0]).items() if key != "currency"}
    return {**head, "statement_transactions": [_flat(request, row, currency) for row in rows]}


def _flat(request: Request, row: Record, currency: str) -> Body:
    skus = []
    for sku in _by_sku(request, row):
        named = {key: sku[key] for key in ("sku_id", "sku_name", "product_name")}
        flat = flat_row({**sku, "type": row.body.get("type")}, currency)
        skus.append({**flat, **named, "quantity": int(sku["quantity"])})
    return {**flat_row(row.body, currency), "statement_id": row.parent, "sku_statement_transactions": skus}


def _settled(request: Request) -> list[Record]:
    rows = request.store.select(
        "tiktok_shop",
        "statement_transactions",
        shop=request.shop_id,
        matching={"order_id": request.path["order_id"]},
    )
    return [row for row in rows if row.body.get("type") in ("ORDER", None)]


def _head(request: Request, row: Record) -> Body:
    return {
        "order_id": row.body["order_id"],
        "order_create_time": row.body.get("order_create_time"),
        "currency": _currency(request, row),
    }


def _currency(request: Request, row: Record) -> str:
    statement = request.store.get("tiktok_shop", "statements", row.parent)
    return str((statement or row).body.get("currency", ""))


def _by_sku(request: Request, row: Record) -> list[Body]:
    order = request.store.get("tiktok_shop", "orders", str(row.body["order_id"]))
    units = _units(row, order)
    groups: dict[str, list[dict[str, Any]]] = {}
    for unit in units:
        groups.setdefault(str(unit.get("sku_id")), []).append(unit)
    shares = _shares(row.body, [summed(unit.get("sale_price") for unit in group) for group in groups.values()])
    described = [_described(group) for group in groups.values()]
    return [{**text, **share} for text, share in zip(described, shares, strict=True)]


def _units(row: Record, order: Record | None) -> list[dict[str, Any]]:
    units = objects(order.body.get("line_items")) if order else []
    meant = row.body.get("_line_item_ids") or [unit.get("id") for unit in units]
    chosen = [unit for unit in units if unit.get("id") in meant] or units
    return chosen or [{"id": "", "sku_id": "", "sku_name": "", "product_name": ""}]


def _described(units: list[dict[str, Any]]) -> Body:
    first = units[0]
    texts = {key: first.get(key, "") for key in ("sku_id", "sku_name", "product_name")}
    return {**texts, "quantity": str(len(units))}


def _shares(row: Body, weights: list[Decimal]) -> list[Body]:
    shares: list[Body] = [{} for _ in weights]
    for total_key, group_key in _GROUPS.items():
        trees = _split_tree(fields(row.get(group_key)), weights)
        lines = [_line_sum(tree) for tree in trees]
        # What the vendor does not itemise is shared too, so that every SKU's lines and total keep their relation.
        rest = split(amount(row.get(total_key)) - sum(lines, ZERO), weights)
        for share, tree, line, part in zip(shares, trees, lines, rest, strict=True):
            share[group_key] = tree
            share[total_key] = written(line + part)
    for share in shares:
        share["settlement_amount"] = written(summed(share[key] for key in _GROUPS))
    return shares


def _split_tree(tree: dict[str, Any], weights: list[Decimal]) -> list[Body]:
    parts: list[Body] = [{} for _ in weights]
    for key, value in tree.items():
        found: list[Any]
        if isinstance(value, dict):
            found = _split_tree(value, weights)
        elif value in ("", None) or is_damaged(value):
            found = [value] * len(weights)
        else:
            found = [written(share) for share in split(amount(value), weights)]
        for part, share in zip(parts, found, strict=True):
            part[key] = share
    return parts


def _line_sum(tree: dict[str, Any]) -> Decimal:
    values: list[Decimal] = []
    for key, value in tree.items():
        # Memo lines and aliases repeat what other lines already say (fact sheet tiktok_shop 7.3).
        if key != "supplementary_component" and not key.endswith("_before_pit"):
            values.append(_line_sum(value) if isinstance(value, dict) else amount(value))
    return sum(values, ZERO)


def _without(tree: dict[str, Any], names: set[str]) -> Body:
    return {
        key: _without(value, names) if isinstance(value, dict) else value
        for key, value in tree.items()
        if key not in names
    }
