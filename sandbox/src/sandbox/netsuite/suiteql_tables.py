"""The analytics tables as SuiteQL shows them: the rows each record contributes.

Belongs here: record body in, table rows out. Does not: the columns, the engine, the query language.
Fact sheet netsuite 8.3. Every value is text here and takes its column's type in the engine, so that no amount passes
through a float. Date-times are in the account's time zone, as the vendor shows them.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sandbox.netsuite.postings import NOT_POSTING, Posting, postings
from sandbox.netsuite.schema import ITEM_TYPES, TYPES
from sandbox.netsuite.shapes import ITEM_CODES
from sandbox.netsuite.sublists import lines_of
from sandbox.netsuite.suiteql_columns import TABLES
from sandbox.netsuite.values import amount_of
from sandbox.store import Body, Record

Row = dict[str, str | None]
Rows = dict[str, list[Row]]


_TABLE_OF = {
    **dict.fromkeys(ITEM_TYPES, "item"),
    "itemLocation": "itemlocation",
    "customField": "customfield",
    "accountingPeriod": "accountingperiod",
    "deletedRecord": "deletedrecord",
}


def _always(text: str) -> Callable[[Body], Any]:
    return lambda body: text


_SPECIAL: dict[str, dict[str, Callable[[Body], Any]]] = {
    "account": dict.fromkeys(("accountsearchdisplayname", "displaynamewithhierarchy"), TYPES["account"].title)
    | {name: lambda body: body.get("acctName") for name in ("fullname", "accountsearchdisplaynamecopy")},
    "customer": {"altname": lambda body: body.get("companyName"), "datecreated": lambda body: body.get("createdDate")},
    "entity": {
        "altname": lambda body: body.get("companyName"),
        "type": lambda body: "CustJob",
        "customer": lambda body: body.get("id"),
        "datecreated": lambda body: body.get("createdDate"),
    },
    "item": {"fullname": lambda body: body.get("itemId")},
    **{name: {"itemtype": _always(code)} for name, code in ITEM_CODES.items()},
    "nonInventorySaleItem": {"itemtype": _always("NonInvtPart"), "subtype": _always("Sale")},
    "customfield": {"scriptid": lambda body: str(body.get("scriptId", "")).upper()},
    "itemlocation": {
        "quantityavailable": lambda body: str(
            max(amount_of(body.get("quantityOnHand")) - amount_of(body.get("quantityCommitted")), 0)
        ),
    },
    **{
        name: {"fullname": lambda body: body.get("name")}
        for name in ("location", "department", "classification", "subsidiary")
    },
}
_HELD = {
    "invoice": {"paid": "amountPaid", "unpaid": "amountRemaining"},
    **{
        name: {"paid": "applied", "unpaid": "unapplied"}
        for name in ("creditMemo", "customerPayment", "customerDeposit")
    },
}
_LINKS = {
    ("SalesOrd", "ItemShip"): "ShipRcpt", ("SalesOrd", "CustInvc"): "OrdBill", ("SalesOrd", "CashSale"): "OrdBill",
    ("RtnAuth", "ItemRcpt"): "ShipRcpt", ("SalesOrd", "CustDep"): "SODep", ("CustDep", "DepAppl"): "DepAppl",
}  # fmt: skip
_CODES = {record_type.label: record_type.code for record_type in TYPES.values()}


def tables_of(kind: str) -> list[str]:
    """Return the tables a kind of record feeds."""
    if kind in TYPES and TYPES[kind].is_transaction:
        more = ["transactionshippingaddress"] if "shippingaddress" in TYPES[kind].fields else []
        more += ["itemfulfillmentpackage"] if kind == "itemFulfillment" else []
        return ["transaction", "transactionline", "transactionaccountingline", "transactionlink", *more]
    table = _TABLE_OF.get(kind, kind)
    other = {"customer": "entity", "kitItem": "itemmember", "assemblyItem": "itemmember"}.get(kind, "")
    return [name for name in (table, other) if name in TABLES]


def rows_of(record: Record, zone: ZoneInfo) -> Rows:
    """Return the rows of one record."""
    if record.kind in TYPES and TYPES[record.kind].is_transaction:
        return _transaction_rows(record, zone)
    rows = {table: [_plain_row(table, record, zone)] for table in tables_of(record.kind) if table != "itemmember"}
    return rows | ({"itemmember": _member_rows(record)} if "member" in record.body else {})


def _plain_row(table: str, record: Record, zone: ZoneInfo) -> Row:
    by_lower = {name.lower(): value for name, value in record.body.items()}
    special = {**_SPECIAL.get(table, {}), **(_SPECIAL.get(record.kind, {}) if record.kind != table else {})}
    row = {
        column: _cell(special[column](record.body) if column in special else by_lower.get(column), type_, zone)
        for column, type_ in TABLES[table].items()
    }
    # The internal id is not a field that could be lost: rows are found by it when their record changes.
    return {**row, "id": record.id}


def _transaction_rows(record: Record, zone: ZoneInfo) -> Rows:
    body, record_type = record.body, TYPES[record.kind]
    posted = postings(record.kind, body)
    posts = record.kind not in NOT_POSTING and not (record.kind == "journalEntry" and _approval(record) != "2")
    modified = _cell(body.get("lastModifiedDate"), "timestamp", zone)
    header = {
        **_plain_row("transaction", record, zone),
        "type": record_type.code, "recordtype": record.kind.lower(), "abbrevtype": record_type.number_prefix,
        "transactionnumber": str(body.get("tranId", "")), "status": _status(record), "posting": _flag(posts),
        "void": _flag(body.get("void") is True), "voided": _flag(body.get("void") is True),
        "shippingaddress": record.id if isinstance(body.get("shippingAddress"), dict) else None,
        "approvalstatus": _approval(record), "foreigntotal": str(posted.total), "source": None,
        "reversal": _cell(body.get("reversalEntry"), "bigint", zone),
        **{f"foreignamount{name}": _text(body.get(held)) for name, held in _HELD.get(record.kind, {}).items()},
    }  # fmt: skip
    places = range(len(posted.lines))
    return {
        "transaction": [header],
        "transactionlink": _link_rows(record, modified),
        "transactionshippingaddress": _address_rows(record),
        **({"itemfulfillmentpackage": _package_rows(record)} if record.kind == "itemFulfillment" else {}),
        "transactionline": [_line_row(record, posted, place, modified=modified, posts=posts) for place in places],
        "transactionaccountingline": [
            _accounting_row(record, posted, place, modified=modified, posts=posts)
            for place in places
            if record.kind not in NOT_POSTING and posted.lines[place].account
        ],
    }


def _line_row(record: Record, posted: Posting, place: int, *, modified: str | None, posts: bool) -> Row:
    line, body = posted.lines[place], record.body
    segments = {name: line.source.get(name, body.get(name)) for name in ("location", "department", "class", "entity")}
    return {
        "transaction": record.id, "id": str(line.number), "linesequencenumber": str(line.number),
        "uniquekey": f"{record.id}{line.number:04d}", "item": _id(line.source.get("item")),
        "subsidiary": _id(body.get("subsidiary")), "expenseaccount": line.account,
        **{name: _id(value) for name, value in segments.items()},
        "createdfrom": _id(body.get("createdFrom") or body.get("salesOrder")),
        **_progress(line.source if record.kind == "salesOrder" and not line.member else {}),
        "mainline": _flag(line.main), "taxline": _flag(line.tax), "iscogs": _flag(line.cost),
        "kitcomponent": _flag(line.member), "assemblycomponent": "F",
        "transactiondiscount": _flag(line.discount), "donotdisplayline": "F", "posting": _flag(posts),
        "accountinglinetype": None,
        "isclosed": _flag(line.source.get("isClosed") is True), "cleared": _flag(line.source.get("cleared") is True),
        "eliminate": _flag(line.source.get("eliminate") is True),
        "memo": _text(line.source.get("memo") or line.source.get("description")),
        "custcol_channel_reference": _text(line.source.get("custcol_channel_reference")),
        "foreignamount": str(line.amount), "netamount": str(line.base_amount),
        "debitforeignamount": str(line.amount) if line.amount > 0 else None,
        "creditforeignamount": str(-line.amount) if line.amount < 0 else None,
        "quantity": str(line.quantity) if line.quantity is not None else None, "rate": _text(line.source.get("rate")),
        "linelastmodifieddate": modified, "linecreateddate": None,
    }  # fmt: skip


def _progress(line: dict[str, Any]) -> Row:
    """Return how far an order's line of goods has come."""
    if not line.get("_ships"):
        return {}
    names = {"quantityshiprecv": "quantityFulfilled", **{f"quantity{name.lower()}": f"quantity{name}" for name in (
        "Picked", "Packed", "Billed", "BackOrdered")}}  # fmt: skip
    shipped = amount_of(line.get("quantityFulfilled")) >= amount_of(line.get("quantity"))
    return {**{column: _text(line.get(name)) for column, name in names.items()}, "isfullyshipped": _flag(shipped)}


def _link_rows(record: Record, modified: str | None) -> list[Row]:
    """Return what a document was made from, line by line, and the invoices that it pays."""
    body, code = record.body, TYPES[record.kind].code
    held = body.get("createdFrom") or body.get("salesOrder")
    name = str(held.get("refName", "")) if isinstance(held, dict) else ""
    source, before = _id(held), _CODES.get(name.partition(" #")[0])
    link = {"nextdoc": record.id, "nexttype": code, "lastmodifieddate": modified}
    rows: list[Row] = []
    lines = [line for line in lines_of(body, "item") if "orderLine" in line] if source else []
    for line in lines or ([{}] if source else []):
        rows.append({
            **link, "previousdoc": source, "previoustype": before, "nextline": _text(line.get("line", 0)),
            "previousline": _text(line.get("orderLine", 0)), "linktype": _LINKS.get((str(before), code), "OrdBill"),
            "foreignamount": _text(line.get("amount")),
        })  # fmt: skip
    for line in lines_of(body, "apply"):
        rows.append({
            **link, "previousdoc": _id(line.get("doc")), "previoustype": "CustInvc", "nextline": "0",
            "previousline": "0", "linktype": "Payment", "foreignamount": _text(line.get("amount")),
        })  # fmt: skip
    return rows


def _address_rows(record: Record) -> list[Row]:
    """Return where a document ships to, under the document's own id."""
    address = record.body.get("shippingAddress")
    if not isinstance(address, dict):
        return []
    columns = {name.lower(): _id(value) for name, value in address.items()}
    return [{**{name: columns.get(name) for name in TABLES["transactionshippingaddress"]}, "nkey": record.id}]


def _package_rows(record: Record) -> list[Row]:
    return [
        {
            "transaction": record.id, "id": f"{record.id}{place:02d}",
            "packagetrackingnumber": _text(line.get("packageTrackingNumber")),
            "packagedescr": _text(line.get("packageDescr")), "packageweight": _text(line.get("packageWeight")),
            "packagecartonnumber": _text(line.get("packageCartonNumber")),
        }
        for place, line in enumerate(lines_of(record.body, "package"), 1)
    ]  # fmt: skip


def _member_rows(record: Record) -> list[Row]:
    kind = "Kit" if record.kind == "kitItem" else "Assembly"
    return [
        {"parentitem": record.id, "item": _id(line.get("item")), "linenumber": str(place), "parenttype": kind,
         "quantity": str(amount_of(line.get("quantity", 1))), "memberdescr": _text(line.get("memberDescr"))}
        for place, line in enumerate(lines_of(record.body, "member"), 1)
    ]  # fmt: skip


def _accounting_row(record: Record, posted: Posting, place: int, *, modified: str | None, posts: bool) -> Row:
    line = posted.lines[place]
    return {
        "transaction": record.id, "transactionline": str(line.number), "accountingbook": "1", "account": line.account,
        "posting": _flag(posts), "accounttype": None,
        "amount": str(line.base_amount), "netamount": str(line.base_amount),
        "debit": str(line.base_amount) if line.amount > 0 else None,
        "credit": str(-line.base_amount) if line.amount < 0 else None,
        "amountpaid": None, "amountunpaid": None, "exchangerate": str(posted.rate), "lastmodifieddate": modified,
    }  # fmt: skip


def _approval(record: Record) -> str | None:
    """Return a journal's approval status: 1 pending, 2 approved, 3 rejected; None for what needs no approval."""
    if record.kind != "journalEntry":
        return None
    if record.body.get("approved") is False:
        return "3" if _id(record.body.get("approvalStatus")) == "3" else "1"
    return _id(record.body.get("approvalStatus")) or "2"


def _status(record: Record) -> str | None:
    if record.kind == "journalEntry":
        return "B" if _approval(record) == "2" else "A"
    held = record.body.get("status")
    return _id(held) if held else None


def _cell(value: Any, type_: str, zone: ZoneInfo) -> str | None:
    if value is None or value == "":
        return None
    if isinstance(value, bool):
        return _flag(value)
    if type_ == "timestamp":
        return _local(str(value), zone)
    if type_ == "bigint":
        return _id(value)
    if type_ == "varchar" and isinstance(value, dict):
        return _id(value)
    return str(value)


def _local(text: str, zone: ZoneInfo) -> str | None:
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        return None
    aware = instant if instant.tzinfo else instant.replace(tzinfo=UTC)
    return aware.astimezone(zone).strftime("%Y-%m-%d %H:%M:%S")


def _id(value: Any) -> str | None:
    held = value.get("id") if isinstance(value, dict) else value
    return str(held) if held not in (None, "") else None


def _text(value: Any) -> str | None:
    return None if value in (None, "") else str(value)


def _flag(value: bool) -> str:
    return "T" if value else "F"
