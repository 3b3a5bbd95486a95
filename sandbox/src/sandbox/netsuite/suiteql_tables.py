"""The analytics tables as SuiteQL shows them: their columns, and the rows each record contributes.

Belongs here: record body in, table rows out. Does not: the engine, the query language.
Fact sheet netsuite 8.3. Every value is text here and takes its column's type in the engine, so that no amount passes
through a float. Date-times are in the account's time zone, as the vendor shows them.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sandbox.netsuite.postings import NOT_POSTING, Posting, postings
from sandbox.netsuite.schema import TYPES
from sandbox.store import Body, Record

Row = dict[str, str | None]
Rows = dict[str, list[Row]]


def _columns(owner: str, text: str) -> dict[str, str]:
    """Read 'type: name name' groups; the owner's key column comes first."""
    kinds = {"i": "bigint", "m": "decimal(18,4)", "r": "decimal(18,8)", "d": "date", "t": "timestamp", "s": "varchar"}
    columns = {owner: "bigint"}
    for group in text.split(";"):
        kind, names = group.split(":")
        columns.update({name: kinds[kind.strip()] for name in names.split()})
    return columns


# table -> columns; the first column names the record a row belongs to.
TABLES = {
    "transaction": _columns("id", (
        "s: type recordtype abbrevtype tranid transactionnumber externalid otherrefnum memo status email posting void"
        " voided isreversal approvalstatus source journaltype linkedtrackingnumberlist custbody_channel"
        " custbody_channel_document;"
        "i: entity postingperiod currency createdby lastmodifiedby employee reversal shippingaddress billingaddress;"
        "d: trandate shipdate actualshipdate closedate reversaldate;"
        "t: createddate lastmodifieddate;r: exchangerate;m: foreigntotal foreignamountpaid foreignamountunpaid")),
    "transactionline": _columns("transaction", (
        "i: id linesequencenumber uniquekey item subsidiary entity expenseaccount location department class"
        " createdfrom;"
        "s: mainline taxline iscogs isclosed memo posting kitcomponent assemblycomponent transactiondiscount"
        " donotdisplayline accountinglinetype transactionlinetype isfullyshipped cleared eliminate"
        " custcol_channel_reference;"
        "m: netamount foreignamount debitforeignamount creditforeignamount quantity quantityshiprecv quantitypicked"
        " quantitypacked quantitybilled quantitybackordered;r: rate;"
        "t: linelastmodifieddate linecreateddate")),
    "transactionaccountingline": _columns("transaction", (
        "i: transactionline accountingbook account;s: posting accounttype;m: amount debit credit netamount amountpaid"
        " amountunpaid;r: exchangerate;t: lastmodifieddate")),
    "account": _columns("id", (
        "s: acctnumber accttype accountsearchdisplayname accountsearchdisplaynamecopy displaynamewithhierarchy fullname"
        " externalid description isinactive issummary;i: parent currency subsidiary;t: lastmodifieddate")),
    "subsidiary": _columns("id", "s: name fullname legalname country externalid iselimination isinactive;"
                                 "i: currency parent;t: lastmodifieddate"),
    "currency": _columns("id", "s: name symbol externalid isbasecurrency isinactive;i: currencyprecision;"
                               "r: exchangerate;t: lastmodifieddate"),
    "accountingperiod": _columns("id", "s: periodname closed alllocked arlocked aplocked isquarter isyear isadjust"
                                       " isposting isinactive;i: parent;d: startdate enddate;"
                                       "t: closedondate lastmodifieddate"),
    "customer": _columns("id", "s: entityid companyname altname email externalid isperson isinactive firstname"
        " lastname;"
                               "i: subsidiary currency;t: datecreated lastmodifieddate"),
    "entity": _columns("id", "s: entityid altname type email externalid isperson isinactive;i: customer;"
                             "t: datecreated lastmodifieddate"),
    "location": _columns("id", "s: name fullname externalid isinactive;i: parent subsidiary;t: lastmodifieddate"),
    "department": _columns("id", "s: name fullname externalid isinactive;i: parent;t: lastmodifieddate"),
    "classification": _columns("id", "s: name fullname externalid isinactive;i: parent;t: lastmodifieddate"),
    "item": _columns("id", "s: itemid fullname displayname description itemtype subtype externalid upccode isinactive;"
                           "i: parent location subsidiary class department incomeaccount;r: cost averagecost;"
                           "t: createddate lastmodifieddate"),
    "deletedrecord": _columns("id", "s: name scriptid type context;i: recordid recordtypeid deletedby;t: deleteddate"),
}  # fmt: skip
_TABLE_OF = {
    "inventoryItem": "item",
    "nonInventorySaleItem": "item",
    "accountingPeriod": "accountingperiod",
    "deletedRecord": "deletedrecord",
}
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
    "item": {"fullname": lambda body: body.get("itemId"), "itemtype": lambda body: "InvtPart"},
    "nonInventorySaleItem": {"itemtype": lambda body: "NonInvtPart", "subtype": lambda body: "Sale"},
    **{
        name: {"fullname": lambda body: body.get("name")}
        for name in ("location", "department", "classification", "subsidiary")
    },
}
_HELD = {
    "invoice": {"paid": "amountPaid", "unpaid": "amountRemaining"},
    "creditMemo": {"paid": "applied", "unpaid": "unapplied"},
}


def tables_of(kind: str) -> list[str]:
    """Return the tables a kind of record feeds."""
    if kind in TYPES and TYPES[kind].is_transaction:
        return ["transaction", "transactionline", "transactionaccountingline"]
    table = _TABLE_OF.get(kind, kind)
    return [name for name in (table, "entity" if kind == "customer" else "") if name in TABLES]


def rows_of(record: Record, zone: ZoneInfo) -> Rows:
    """Return the rows of one record."""
    if record.kind in TYPES and TYPES[record.kind].is_transaction:
        return _transaction_rows(record, zone)
    return {table: [_plain_row(table, record, zone)] for table in tables_of(record.kind)}


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
        "approvalstatus": _approval(record), "foreigntotal": str(posted.total), "source": None,
        "reversal": _cell(body.get("reversalEntry"), "bigint", zone),
        **{f"foreignamount{name}": _text(body.get(held)) for name, held in _HELD.get(record.kind, {}).items()},
    }  # fmt: skip
    places = range(len(posted.lines))
    return {
        "transaction": [header],
        "transactionline": [_line_row(record, posted, place, modified=modified, posts=posts) for place in places],
        "transactionaccountingline": [
            _accounting_row(record, posted, place, modified=modified, posts=posts)
            for place in places
            if record.kind not in NOT_POSTING and not (record.kind == "itemReceipt" and posted.lines[place].main)
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
        "createdfrom": _id(body.get("createdFrom")),
        "mainline": _flag(line.main), "taxline": _flag(line.tax), "iscogs": _flag(line.cost),
        "kitcomponent": "F", "assemblycomponent": "F",
        "transactiondiscount": "F", "donotdisplayline": "F", "posting": _flag(posts), "accountinglinetype": None,
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
