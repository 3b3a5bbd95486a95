"""Files over SFTP: orders that the retailer leaves, and what ZigZag leaves for it each wave.

Belongs here: names, folders and columns. Does not: the server (`sandbox.sftp`), what an order must have (`orders`).
Fact sheet zigzag 3: one row per order line, the rows of an order together; the order number is the primary key; at
most 20 MB; separated by comma, semicolon, pipe or tab. Columns of the files out are ours.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import Any

from sandbox.sftp import Access, Share, place_of
from sandbox.sftp import access as kept_access
from sandbox.sftp.share import content, name_of
from sandbox.store import Record, Store
from sandbox.zigzag import orders, returns
from sandbox.zigzag.errors import WireError
from sandbox.zigzag.profile import SYSTEM, instant, stamp
from sandbox.zigzag.stored import usable_return, usable_shipment

Body = dict[str, Any]
SFTP = "zigzag_sftp"
ORDERS, OUTBOUND, REPORTS = "feeds/Order", "outbound", "reports"
LARGEST_FILE = 20_000_000
SHARE = Share(
    SFTP,
    (ORDERS, OUTBOUND, REPORTS, "archive"),
    writable=frozenset({ORDERS}),
    moves=frozenset({(ORDERS, ORDERS), (OUTBOUND, "archive"), (REPORTS, "archive")}),
    kept=frozenset({"archive"}),
)
_NAME = re.compile(r"ReturnOrders_[\w.-]+\.csv", re.ASCII)
_LINE = {"sku": "sku", "quantity": "quantity", "unitprice": "unitPrice", "currency": "currency"}
_FIELDS = {
    **{name.lower(): name for name in orders.LENGTHS},
    "orderno": "orderNumber",
    **_LINE,
    "warehousedc": "warehouseDC",
}
RETURN_COLUMNS = (
    *("returnId", "externalReturnRef", "orderNumber", "warehouseDC", "lineId", "sku", "quantityReceived"),
    *("reasonCode", "condition", "disposition", "gradedAt"),
)
TRACKING_COLUMNS = (
    *("returnId", "externalReturnRef", "orderNumber", "shipmentNumber", "carrier", "trackingNumber"),
    *("code", "at", "location"),
)


def access(store: Store) -> Access:
    """Return the secrets of the SFTP account, made on first use."""
    return kept_access(store, SFTP, "northgate-feeds")


def systems_entry(store: Store, url: str) -> Body:
    """Return all that an SFTP client needs."""
    return {**place_of(access(store), url), "folders": list(SHARE.folders), "largest_file": LARGEST_FILE}


def take_in(store: Store, now: int) -> None:
    """Read every finished file in `feeds/Order`, by name; what is refused is listed, row by row, in `reports`."""
    for record in SHARE.in_folder(store, ORDERS):
        if name_of(record).endswith(".tmp"):
            continue
        refused = _why_refused(record) or list(_take(store, content(record).decode("utf-8-sig", "replace")))
        if refused:
            report = _csv(("row", "orderNumber", "error"), refused)
            SHARE.save(store, f"{REPORTS}/{name_of(record)}", report, at=now)
        SHARE.archive(store, record)


def leave(store: Store, since: int, now: int) -> None:
    """Write what was graded and scanned from one instant until another (epoch seconds), where there is anything."""
    changed = {kind: store.select(SYSTEM, kind, shop="", updated=(since, None)) for kind in ("returns", "shipments")}
    graded = [row for each in changed["returns"] for row in _graded(usable_return(each), since, now)]
    scanned = [row for each in changed["shipments"] for row in _scanned(store, usable_shipment(each), since, now)]
    files = {"Returns": (RETURN_COLUMNS, graded), "Tracking": (TRACKING_COLUMNS, scanned)}
    for name, (columns, rows) in files.items():
        if rows:
            SHARE.save(store, f"{OUTBOUND}/{name}_{stamp(now)}.csv", _csv(columns, rows), at=now)


def _graded(body: Body, since: int, now: int) -> Iterator[Body]:
    for line in body["lines"]:
        at = instant(line["gradedAt"])
        if at is not None and since <= at < now:
            yield {**body, **line}


def _scanned(store: Store, shipment: Body, since: int, now: int) -> Iterator[Body]:
    body = returns.get(store, str(shipment.get("returnId"))) or {}
    for event in shipment["events"]:
        if since <= event["_noted_at"] < now:
            yield {**body, **shipment, **event}


def _why_refused(record: Record) -> list[Body]:
    name, size = name_of(record), len(content(record))
    if not _NAME.fullmatch(name):
        return [{"row": "", "orderNumber": "", "error": f"name {name}: expected ReturnOrders_<timestamp>.csv"}]
    if size > LARGEST_FILE:
        return [{"row": "", "orderNumber": "", "error": f"{size} bytes: expected at most {LARGEST_FILE}"}]
    return []


def _take(store: Store, text: str) -> Iterator[Body]:
    """Keep the orders of a file; yield a row for each that is refused."""
    seen: set[str] = set()
    for number, group in groupby(_rows(text), lambda row: row[1].get("orderNumber", "")):
        rows = list(group)
        error = "the order number is twice in this file" if number in seen else _refusal(store, rows)
        seen.add(number)
        for at, _ in rows if error else ():
            yield {"row": at, "orderNumber": number, "error": error}


def _rows(text: str) -> Iterator[tuple[int, Body]]:
    """Yield row number, the heading's being 1, and the fields of each row."""
    heading = text.partition("\n")[0]
    separator = max(",;|\t", key=heading.count)
    reader = csv.reader(io.StringIO(text), delimiter=separator)
    names = [_FIELDS.get(re.sub(r"\W", "", name).lower(), "") for name in next(reader, [])]
    for at, values in enumerate(reader, 2):
        if any(value.strip() for value in values):
            yield at, {name: value.strip() for name, value in zip(names, values, strict=False) if name}


def _refusal(store: Store, rows: Sequence[tuple[int, Body]]) -> str:
    """Keep the order of these rows; return why not, '' when it is kept."""
    in_line = {*_LINE.values(), "warehouseDC"}
    lines = [{name: value for name, value in row.items() if name in in_line and value} for _, row in rows]
    for line in lines:
        units = line.get("quantity", "")
        line["quantity"] = int(units) if units.isdecimal() and len(units) < 10 else units
    head = {name: value for name, value in rows[0][1].items() if name not in in_line and value}
    try:
        orders.save(store, {**head, "lines": lines})
    except WireError as error:
        return error.detail
    return ""


def _csv(columns: Sequence[str], rows: Iterable[Body]) -> bytes:
    out = io.StringIO()
    writer = csv.DictWriter(out, columns, extrasaction="ignore", lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()
