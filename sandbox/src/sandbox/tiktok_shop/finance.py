"""Finance endpoints: statements, their transactions, payments, unsettled amounts, withdrawals.

Belongs here: parameters, headers and version differences (fact sheet tiktok_shop 7). Does not: the transactions of
one order (`order_transactions`) nor the flat 202309 rows (`flat_transactions`).
"""

from __future__ import annotations

from typing import Any

from sandbox.store import Body, Record, wire_body
from sandbox.tiktok_shop.amounts import amount, fields, is_damaged, summed, written
from sandbox.tiktok_shop.envelope import ApiError, invalid
from sandbox.tiktok_shop.flat_transactions import flat_row
from sandbox.tiktok_shop.listing import Listing, Range, read_page, total
from sandbox.tiktok_shop.paging import choice, instant, page_size
from sandbox.tiktok_shop.request import Request

_WITHDRAWALS = ("WITHDRAW", "SETTLE", "TRANSFER", "REVERSE", "PAYMENT", "REFUND")
_SUMS = {
    "sum_est_settlement_amount": "est_settlement_amount",
    "sum_est_revenue_amount": "est_revenue_amount",
    "sum_est_adjustment_amount": "est_adjustment_amount",
    "sum_est_fee_amount": "est_fee_tax_amount",
}


def statements(request: Request) -> Body:
    """Answer GET /finance/202309/statements, oldest first by default."""
    descending = _sorted_by(request, "statement_time")
    status = choice(request.query, "payment_status", valid=("", "PAID", "FAILED", "PROCESSING"), default="")
    listing = Listing(
        "statements",
        "created_at",
        descending,
        created=_range(request, "statement_time"),
        matching={"payment_status": status} if status else {},
    )
    return _listed(request, listing, "statements")


def payments(request: Request) -> Body:
    """Answer GET /finance/{202309,202605}/payments; only 202309 has `reserve_amount`."""
    descending = _sorted_by(request, "create_time")
    listing = Listing("payments", "created_at", descending, created=_range(request, "create_time"))
    page = read_page(listing, request)
    rows = [_payment(row, request.version) for row in page.rows]
    return {"payments": rows, **_next(page.next_token)} if rows else {}


def statement_transactions(request: Request) -> Body:
    """Answer GET /finance/202501/statements/{statement_id}/statement_transactions."""
    descending = _sorted_by(request, "order_create_time")
    statement = _statement(request)
    listing = Listing("statement_transactions", "created_at", descending, parent=statement.id, carry=total)
    page = read_page(listing, request)
    rows = [wire_body(row) for row in page.rows]
    header = {**_header(statement), "total_count": page.carried, **_next(page.next_token)}
    return {**header, "transactions": rows} if rows else header


def flat_statement_transactions(request: Request) -> Body:
    """Answer GET /finance/202309/statements/{statement_id}/statement_transactions: flat rows, no reserves."""
    descending = _sorted_by(request, "order_create_time")
    statement = _statement(request)
    wanted = [row.id for row in _transactions_of(request, statement) if row.body.get("type") != "RESERVE"]
    listing = Listing(
        "statement_transactions",
        "created_at",
        descending,
        parent=statement.id,
        ids=wanted,
        carry=total,
    )
    page = read_page(listing, request)
    rows = [flat_row(row.body, statement.body.get("currency")) for row in page.rows]
    header = {"statement_id": statement.id, **_statement_figures(statement.body)}
    return {**header, "total_count": page.carried, **_next(page.next_token), "statement_transactions": rows}


def unsettled(request: Request) -> Body:
    """Answer GET /finance/202507/orders/unsettled; the sums are over all pages."""
    descending = _sorted_by(request, "order_create_time")
    listing = Listing(
        "unsettled_transactions",
        "created_at",
        descending,
        created=_range(request, "search_time"),
        carry=_totals,
    )
    page = read_page(listing, request)
    rows = [wire_body(row) for row in page.rows]
    answer = {**page.carried, **_next(page.next_token)}
    return {**answer, "transactions": rows} if rows else answer


def withdrawals(request: Request) -> Body:
    """Answer GET /finance/202309/withdrawals: empty, as these shops are paid by bank transfer (7.8)."""
    for kind in request.required("types"):
        if kind not in _WITHDRAWALS:
            raise invalid(f"types is invalid, the values must be among {', '.join(_WITHDRAWALS)}")
    page_size(request.query)
    _range(request, "create_time")
    return {"total_count": 0}


def _sorted_by(request: Request, field: str) -> bool:
    choice(request.query, "sort_field", valid=(field,), default=None)
    return choice(request.query, "sort_order", valid=("ASC", "DESC"), default="ASC") == "DESC"


def _range(request: Request, name: str) -> Range:
    return instant(request.query, f"{name}_ge"), instant(request.query, f"{name}_lt")


def _next(token: str) -> Body:
    # Finance leaves the key out on the last page; order search sends it empty. Both mean the end.
    return {"next_page_token": token} if token else {}


def _listed(request: Request, listing: Listing, key: str) -> Body:
    page = read_page(listing, request)
    return {key: [wire_body(row) for row in page.rows], **_next(page.next_token)} if page.rows else {}


def _statement(request: Request) -> Record:
    record = request.store.get("tiktok_shop", "statements", request.path["statement_id"])
    if record is None or record.shop != request.shop_id:
        raise ApiError(36009004, "statement_id is invalid", 400)
    return record


def _transactions_of(request: Request, statement: Record) -> list[Record]:
    return request.store.select("tiktok_shop", "statement_transactions", shop=request.shop_id, parent=statement.id)


def _header(statement: Record) -> Body:
    body = statement.body
    settled, reserve = amount(body.get("settlement_amount")), amount(body.get("_total_reserve_amount"))
    # A figure that no one can read is repeated, where a sum over it would hide it.
    reported = body.get("settlement_amount")
    unread = is_damaged(reported)
    return {
        "id": statement.id,
        "create_time": body.get("statement_time"),
        "status": "SETTLED",
        "currency": body.get("currency"),
        "payable_amount": reported if unread else written(settled + reserve),
        "total_reserve_amount": written(reserve),
        "total_settlement_amount": reported if unread else written(settled),
        "total_settlement_breakdown": {
            # revenue_amount is not applicable to UK and US shops (fact sheet tiktok_shop 7.8).
            "total_revenue_amount": body.get("net_sales_amount") or body.get("revenue_amount") or "0",
            "total_shipping_cost_amount": body.get("shipping_cost_amount") or "0",
            "total_fee_tax_amount": body.get("fee_amount") or "0",
            "total_adjustment_amount": body.get("adjustment_amount") or "0",
        },
    }


def _statement_figures(body: Body) -> Body:
    amounts = ("settlement", "revenue", "net_sales", "shipping_cost", "fee", "adjustment")
    figures = {f"{name}_amount": body.get(f"{name}_amount", "") for name in amounts}
    return {"statement_time": body.get("statement_time"), "currency": body.get("currency"), **figures}


def _payment(record: Record, version: str) -> Body:
    body = wire_body(record)
    if version == "202309":
        zero = {"value": "0", "currency": fields(body.get("settlement_amount")).get("currency")}
        body["reserve_amount"] = record.body.get("_reserve_amount", zero)
    return body


def _totals(listing: Listing, request: Request) -> dict[str, Any]:
    rows = request.store.select("tiktok_shop", listing.kind, **listing.filters(request))
    sums = {name: written(summed(row.body.get(key) for row in rows)) for name, key in _SUMS.items()}
    return {"total_count": len(rows), **sums}
