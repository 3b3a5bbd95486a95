"""Sales orders of TikTok Shop's in NetSuite, and the item fulfilments that ship them.

Belongs here: their SuiteQL, how rows become records, and which are read again. Does not: the wire, what a status means.

Read are orders that we wrote (external id) and those of the customers of shops that NetSuite ships for, whoever entered
them. A load lists what was modified since the last one, with a day of overlap, for `lastmodifieddate` is in the
account's time zone; and every order that is open or was days ago, for a fulfilment or a tracking number need not touch
its order (fact sheet netsuite 8.2). So the fulfilments of any finished order are listed again when one of them was
modified or deleted. A shipped fulfilment is read as a record, once per modification: SuiteQL has no carrier. Quantities
of lines are negative for sales (8.3).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from ingestion.load_context import id_of
from ingestion.netsuite.credit_memos import MOST_IN_A_LIST, PORTION, Scope
from ingestion.netsuite.journals import decimal_in, is_number
from ingestion.versions import refuse_unusable
from tieout.errors import DataError

ORDERS, FULFILMENTS = "sales_orders", "item_fulfilments"
KEY = "tieout-order-"
"""How the external id of an order that we enter begins."""
OVERLAP, HISTORY = timedelta(days=1), timedelta(days=90)
IDS_PER_CALL = 500
OPEN, SHIPPED = ("A", "B", "D", "E"), "C"
SETTLING = timedelta(days=3)
"""How long after its last change a finished order is read again with those that are open."""

Row = Mapping[str, Any]
Ask = Callable[[str], list[Row]]

HEADERS = (
    "SELECT t.id, t.externalid, t.tranid, t.otherrefnum, TO_CHAR(t.trandate, 'YYYY-MM-DD') AS trandate, t.memo,"
    " TO_CHAR(t.lastmodifieddate, 'YYYY-MM-DD HH24:MI:SS') AS lastmodifieddate, t.entity, t.currency AS currencyid,"
    " t.status, t.foreigntotal"
    " FROM transaction t WHERE t.type = 'SalesOrd' AND ({whose}) AND t.id > {after} AND ({when})"
    " ORDER BY t.id FETCH FIRST {portion} ROWS ONLY"
)
LINES = (
    "SELECT tl.transaction, tl.id AS line, tl.item, tl.quantity, tl.quantityshiprecv, tl.quantitypicked,"
    " tl.quantitypacked, tl.quantitybackordered, tl.isclosed, tl.location, tl.foreignamount, tl.kitcomponent"
    " FROM transactionline tl"
    " WHERE tl.transaction IN ({ids}) AND tl.mainline = 'F' AND tl.taxline = 'F' AND tl.iscogs = 'F'"
    " ORDER BY tl.transaction, tl.id"
)
SHIPMENTS = (
    "SELECT DISTINCT k.previousdoc, t.id, t.externalid, t.tranid, t.status,"
    " TO_CHAR(t.trandate, 'YYYY-MM-DD') AS trandate,"
    " TO_CHAR(t.lastmodifieddate, 'YYYY-MM-DD HH24:MI:SS') AS lastmodifieddate"
    " FROM nexttransactionlinelink k INNER JOIN transaction t ON t.id = k.nextdoc"
    " WHERE k.previousdoc IN ({ids}) AND t.type = 'ItemShip' ORDER BY t.id, k.previousdoc"
)
CORRECTED = (
    "SELECT DISTINCT t.id FROM nexttransactionlinelink k"
    " INNER JOIN transaction t ON t.id = k.previousdoc INNER JOIN transaction s ON s.id = k.nextdoc"
    " WHERE t.type = 'SalesOrd' AND ({whose}) AND s.type = 'ItemShip'"
    " AND s.lastmodifieddate >= TO_DATE('{since}', 'YYYY-MM-DD') AND t.id > {after}"
    " ORDER BY t.id FETCH FIRST {portion} ROWS ONLY"
)
_HEADER = ("id", "externalid", "tranid", "otherrefnum", "trandate", "memo", "lastmodifieddate", "entity", "status")
_QUANTITIES = ("quantity", "quantityshiprecv", "quantitypicked", "quantitypacked", "quantitybackordered")


def condition(scope: Scope) -> str:
    """Return the condition on a transaction `t` that it is an order of ours or of the shops' customers."""
    return " OR ".join([f"t.externalid LIKE '{KEY}%'", *scope.of_customers()])


def read_orders(ask: Ask, scope: Scope, since: datetime, *, again: Collection[str] = ()) -> list[Row]:
    """Return the headers that were modified from a day on, and those of the ids `again`, in order of id."""
    modified = f"t.lastmodifieddate >= TO_DATE('{since:%Y-%m-%d}', 'YYYY-MM-DD')"
    wanted = sorted(id for id in again if is_number(id))
    found = {id_of(row): row for row in _portions(ask, scope, modified)}
    missing = [id for id in wanted if id not in found]
    for start in range(0, len(missing), MOST_IN_A_LIST):
        listed = f"t.id IN ({', '.join(missing[start : start + MOST_IN_A_LIST])})"
        found |= {id_of(row): row for row in _portions(ask, scope, listed)}
    return list(found.values())


def read_lines(ask: Ask, ids: Sequence[str]) -> dict[str, list[Row]]:
    """Return the lines of orders by the order's id."""
    return _grouped(ask, LINES, ids, "transaction")


def read_corrected(ask: Ask, scope: Scope, since: datetime) -> set[str]:
    """Return the ids of orders one of whose fulfilments was modified from a day on."""
    query = partial(CORRECTED.format, whose=condition(scope), since=f"{since:%Y-%m-%d}", portion=PORTION)
    return {id_of(row) for row in _all_portions(ask, lambda after: query(after=after))}


def read_shipments(ask: Ask, ids: Sequence[str]) -> dict[str, list[Row]]:
    """Return the headers of the item fulfilments of orders by the order's id."""
    return _grouped(ask, SHIPMENTS, ids, "previousdoc")


def order_records(
    headers: Sequence[Row], lines: Mapping[str, Sequence[Row]], currencies: Mapping[str, Row]
) -> Iterator[tuple[Row, Row | DataError]]:
    """Yield each header with its order as a record, or with what is wrong with it."""
    for header in headers:
        try:
            yield header, order_record(header, lines.get(id_of(header), ()), currencies)
        except DataError as error:
            yield header, error


def order_record(header: Row, lines: Sequence[Row], currencies: Mapping[str, Row]) -> Row:
    """Return an order as a record: header and lines of goods, quantities above 0; no part of it is about the buyer.

    Raises:
        UnusableError: when a value of it could not be used as it was sent.
        DataError: when a quantity or an amount is no number.
    """
    for row in (header, *lines):
        refuse_unusable(row)
    symbol = currencies.get(str(header.get("currencyid") or ""), {}).get("symbol", "")
    return {
        **{name: "" if header.get(name) is None else str(header[name]) for name in _HEADER},
        "currency": str(symbol or ""),
        "foreigntotal": format(decimal_in(header, "foreigntotal"), "f"),
        "lines": [_line(row) for row in lines if row.get("kitcomponent") != "T"],
    }


def shipment_record(header: Row, order_id: str, record: Row | None) -> Row:
    """Return an item fulfilment as a record: its header, and of the record service's what left, in which parcels.

    `record`: None while it has not been shipped.
    """
    refuse_unusable(header)
    kept = {name: "" if header.get(name) is None else str(header[name]) for name in _HEADER if name in header}
    method = (record or {}).get("shipMethod")
    return {
        **kept,
        "salesorder": order_id,
        "shipmethod": str(method.get("refName") or "") if isinstance(method, Mapping) else "",
        "packages": [_package(row) for row in _items(record, "package")],
        "lines": [_shipped(row) for row in _items(record, "item")],
    }


def _line(row: Row) -> Row:
    return {
        **{name: format(abs(decimal_in(row, name)), "f") for name in _QUANTITIES},
        "line": str(row.get("line", "")),
        "item": str(row.get("item") or ""),
        "amount": format(-decimal_in(row, "foreignamount"), "f"),
        "isclosed": str(row.get("isclosed") or "F"),
        "location": str(row.get("location") or ""),
    }


def _package(row: Row) -> Row:
    return {"tracking": str(row.get("packageTrackingNumber") or ""), "description": str(row.get("packageDescr") or "")}


def _shipped(row: Row) -> Row:
    item = row.get("item")
    return {
        "item": str(item.get("id") or "") if isinstance(item, Mapping) else str(item or ""),
        "quantity": format(decimal_in(row, "quantity"), "f"),
        "orderline": str(row.get("orderLine") or ""),
        "kit": str(row.get("kitMemberOf") or ""),
    }


def _items(record: Row | None, sublist: str) -> list[Row]:
    held = (record or {}).get(sublist)
    rows = held.get("items") if isinstance(held, Mapping) else None
    return [row for row in rows if isinstance(row, Mapping)] if isinstance(rows, list) else []


def _portions(ask: Ask, scope: Scope, when: str) -> list[Row]:
    query = partial(HEADERS.format, whose=condition(scope), when=when, portion=PORTION)
    return _all_portions(ask, lambda after: query(after=after))


def _all_portions(ask: Ask, query: Callable[[str], str]) -> list[Row]:
    found: list[Row] = []
    while True:
        rows = ask(query((id_of(found[-1]) if found else "") or "0"))
        found += rows
        if len(rows) < PORTION or not is_number(id_of(rows[-1])):
            return found


def _grouped(ask: Ask, query: str, ids: Sequence[str], parent: str) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = defaultdict(list)
    numbers = [id for id in ids if is_number(id)]
    for start in range(0, len(numbers), IDS_PER_CALL):
        for row in ask(query.format(ids=", ".join(numbers[start : start + IDS_PER_CALL]))):
            found[str(row.get(parent))].append(row)
    return found
