"""`tieout claims`: money that can be claimed back, and one file of evidence for each, to be sent to who owes it.

Belongs here: which exceptions are claims, and what of a case its evidence is. Does not: deciding that there is one (the
models of exceptions), or how any other mart becomes a workbook (workbook).

The file names orders, returns, parcels and money, and nobody: no name, address or contact of a buyer is published. The
words that buyer and seller put on the return are in it, as TikTok Shop holds them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import IO, Any

from orchestration.warehouse.export import made_folder, require_free, require_ours, whole_file
from orchestration.warehouse.queries import Row, exception_rows, fetch, reading
from tieout.errors import DataError
from tieout.reading import Reading

CLAIMS = ("RET-11", "RET-12", "RET-13", "RET-14", "FIN-18")
"""The exceptions that somebody else owes money for: TikTok Shop, a carrier, or a buyer who was paid twice."""

_OF_IT = """shop_id = $shop and (
            order_id = $id
            or order_id in (select order_id from operations.returns where return_id = $id and shop_id = $shop))"""
_SHEETS = {
    "order": f"""
        select 'TikTok Shop' as source, created_at as at, order_id, shop_id, status, total_amount, currency, paid_at,
            shipped_at, delivered_at, cancelled_at
        from operations.orders where {_OF_IT} order by order_id""",
    "order lines": f"""
        select 'TikTok Shop' as source, created_at as at, order_id, order_line_id, seller_sku, product_name, quantity,
            list_price_amount, seller_discount_amount, platform_discount_amount, sale_price_amount, tax_amount,
            shipping_fee_amount, currency, line_status
        from finance.order_lines where {_OF_IT} order by order_id, order_line_id""",
    "returns": f"""
        select 'TikTok Shop' as source, requested_at as at, return_id, order_id, return_type, status, reason,
            requested_by, is_decided_unseen, units, refund_amount, currency, refunded_at, tracking_number, carrier
        from operations.returns where {_OF_IT} order by requested_at, return_id""",
    "parcels": f"""
        select coalesce(portal, 'none') as source, coalesce(received_at, first_scan_at) as at, return_id,
            portal_return_ids, portal_status, tracking_number, carrier, warehouse_code, first_scan_at, received_at,
            graded_at, units, received_units, sellable_units, unsellable_units
        from operations.returns where {_OF_IT} order by requested_at, return_id""",
    "events": f"""
        select source, happened_at as at, return_id, event_name, by_whom, if(source = 'tieout', '', detail) as detail,
            reference
        from operations.return_events where {_OF_IT} order by happened_at, source, event_name, reference""",
    "photos": f"""
        select source, happened_at as at, return_id, event_name, unnest(image_urls) as address
        from operations.return_events where {_OF_IT} order by happened_at, source, address""",
    "settlement lines": f"""
        select 'TikTok Shop' as source, statement_at as at, order_id, statement_id, transaction_id, payment_id, fee_key,
            line_class, amount, currency
        from finance.payout_lines where {_OF_IT} order by statement_at, transaction_id, fee_key""",
}


def claim_rows(settings: Reading, *, shop: str | None) -> list[Row]:
    """Return what can be claimed now, the shortest time first: amounts DECIMAL, instants UTC.

    Raises:
        DataError: when the shop was never read, with those that were.
    """
    found = exception_rows(settings, code=None, history=False, shop=shop)
    claims = [row for row in found if row["code"] in CLAIMS]
    names = ("entity_id", "code", "shop_id", "money_at_risk_amount", "currency", "due_at", "minutes_left", "actual")
    claims.sort(key=lambda row: (row["minutes_left"] is None, row["minutes_left"] or 0, row["entity_id"]))
    return [{name: row[name] for name in (*names, "expected", "cause")} for row in claims]


def write_claim(settings: Reading, id: str, *, to: Path, force: bool, shop: str | None = None) -> list[Row]:
    """Write the evidence of one claim, by the id of its return or order, to `<to>/claim-<id>.xlsx`; return its sheets.

    Every row names its source and its time, UTC; amounts are exact. `shop` distinguishes the claims of two shops whose
    returns have one id.

    Raises:
        DataError: when nothing is claimed under this id, or by several shops; or the file is there already or cannot be
            written.
    """
    of_it = [row for row in exception_rows(settings, code=None, history=False, shop=shop) if row["entity_id"] == id]
    claims = [_claim(row) for row in of_it if row["code"] in CLAIMS]
    if not claims:
        raise DataError(f"nothing can be claimed under {id!r}: `tieout claims` lists the ids")
    shops = sorted({str(claim["shop_id"]) for claim in claims})
    if len(shops) > 1:
        raise DataError(f"shops {', '.join(shops)} have claims under {id!r}: name one with --shop")
    require_ours(to, settings.published_dir)
    path = to / f"claim-{re.sub('[^A-Za-z0-9_-]', '_', id)}.xlsx"
    require_free(path, force)
    with reading(settings) as connection:
        sheets = {"claim": claims} | {
            name: fetch(connection, sql, {"id": id, "shop": shops[0]}) for name, sql in _SHEETS.items()
        }
    made_folder(to)
    with whole_file(path, force) as file:
        _write(file, sheets)
    return [{"sheet": name, "rows": len(rows), "file": str(path)} for name, rows in sheets.items()]


def _claim(row: Row) -> Row:
    names = ("code", "entity_type", "entity_id", "shop_id", "money_at_risk_amount", "currency", "due_at")
    why = ("cause", "expected", "actual", "evidence")
    return {"source": "tieout", "at": row["first_seen_at"], **{name: row[name] for name in (*names, *why)}}


def _write(file: IO[bytes], sheets: dict[str, list[Row]]) -> None:
    from xlsxwriter.workbook import Workbook

    with Workbook(file) as book:
        bold, money = book.add_format({"bold": True}), book.add_format({"num_format": "#,##0.00##"})
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            sheet.freeze_panes(1, 0)
            if not rows:
                sheet.write_string(0, 0, "none")
            for place, column in enumerate(rows[0] if rows else ()):
                width = max(len(column), *(len(_text(row[column])) for row in rows))
                sheet.set_column(place, place, min(width, 60) + 2)
                sheet.write_string(0, place, column, bold)
                for number, row in enumerate(rows, start=1):
                    value = row[column]
                    if isinstance(value, Decimal | int) and not isinstance(value, bool):
                        sheet.write_number(number, place, value, money if isinstance(value, Decimal) else None)
                    else:
                        sheet.write_string(number, place, _text(value))


def _text(value: Any) -> str:
    if isinstance(value, datetime):
        return f"{value.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"
    if isinstance(value, Sequence) and not isinstance(value, str):
        return ", ".join(map(str, value))
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value)
