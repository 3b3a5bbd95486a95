"""Documents of customers as NetSuite holds them: credit memos and cash refunds, and deposits, with their lines.

Belongs here: their SuiteQL, how its rows become records, and what is read again. Does not: journals, the wire.

Read are those that we wrote (external id or memo with our key) and those of the customers that the shops are configured
with, whoever entered them. Each load lists what was modified within 62 days, whole: what is missing from that list is
gone; anything older that was removed is in `deletedrecord`. The first load reads all, in portions by id, for NetSuite
hands out at most 100,000 rows of a query. `lastmodifieddate` is in the account's time zone, which a bound of days does
not mind (fact sheet netsuite 8.1, 8.2). SuiteQL has what a document was made from and its subsidiary on the lines, and
a credit memo's header total is negative in some accounts: the sign is left as it came.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from ingestion.load_context import id_of
from ingestion.netsuite.journals import JOURNALS_PER_CALL, decimal_in, is_number
from ingestion.versions import refuse_unusable
from tieout.errors import DataError
from tieout.settings import Settings

READ_AGAIN, OVERLAP = timedelta(days=62), timedelta(days=2)
PORTION = 20_000
MOST_IN_A_LIST = 1000

_EXTERNAL_ID = re.compile(r"[A-Za-z0-9_-]{1,120}")

Row = Mapping[str, Any]
Ask = Callable[[str], list[Row]]

HEADERS = (
    "SELECT t.id, t.type, t.externalid, t.tranid, TO_CHAR(t.trandate, 'YYYY-MM-DD') AS trandate, t.memo,"
    " TO_CHAR(t.lastmodifieddate, 'YYYY-MM-DD HH24:MI:SS') AS lastmodifieddate, t.createdby, t.lastmodifiedby,"
    " t.entity, t.currency AS currencyid, t.exchangerate, t.postingperiod, t.posting, t.status, t.void, t.voided,"
    " t.foreigntotal"
    " FROM transaction t WHERE t.type IN ({types}) AND ({whose}) AND t.id > {after}{since}"
    " ORDER BY t.id FETCH FIRST {portion} ROWS ONLY"
)
LINES = (
    "SELECT tl.transaction, tl.id AS line, tl.mainline, tl.taxline, tl.item, tl.quantity, tl.foreignamount, tl.memo,"
    " tl.subsidiary, tl.createdfrom, tal.account, tal.accountingbook"
    " FROM transactionline tl LEFT JOIN transactionaccountingline tal"
    " ON tal.transaction = tl.transaction AND tal.transactionline = tl.id"
    " WHERE tl.transaction IN ({ids})"
    " ORDER BY tl.transaction, tl.id, tal.accountingbook"
)
DELETED = (
    "SELECT recordid, TO_CHAR(deleteddate, 'YYYY-MM-DD HH24:MI:SS') AS deleteddate FROM deletedrecord"
    " WHERE recordtypeid = -30 AND deleteddate >= TO_DATE('{since}', 'YYYY-MM-DD') ORDER BY recordid, deleteddate"
)
"""Transactions of every type; they draw from one row of ids."""

_KEPT = (
    "id", "type", "externalid", "tranid", "trandate", "memo", "lastmodifieddate", "createdby", "lastmodifiedby",
    "entity", "exchangerate", "postingperiod", "posting", "status", "void", "voided",
)  # fmt: skip


@dataclass(frozen=True)
class Documents:
    """Documents that are landed together: their raw table, their types, and how our external ids of them begin."""

    entity: str
    types: tuple[str, ...]
    key: str


CREDIT_MEMOS = Documents("credit_memos", ("CustCred", "CashRfnd"), "tieout-refund-")
DEPOSITS = Documents("customer_deposits", ("CustDep",), "tieout-deposit-")


@dataclass(frozen=True)
class Scope:
    """Whose documents are read: `customers` are internal ids (digits) or external ids of NetSuite."""

    customers: frozenset[str] = frozenset()

    def condition(self, key: str) -> str:
        """Return the condition on a transaction `t` that it is one of ours, by its key, or of the customers."""
        return " OR ".join([f"t.externalid LIKE '{key}%'", f"t.memo LIKE '%{key}%'", *self.of_customers()])

    def of_customers(self) -> list[str]:
        """Return the conditions on a transaction `t` of which one holds where it is one of the customers'."""
        internal = sorted(name for name in self.customers if is_number(name))
        external = sorted(name for name in self.customers if not is_number(name) and _EXTERNAL_ID.fullmatch(name))
        parts = []
        if internal:
            parts.append(f"t.entity IN ({', '.join(internal)})")
        if external:
            names = ", ".join(f"'{name}'" for name in external)
            parts.append(f"t.entity IN (SELECT c.id FROM customer c WHERE c.externalid IN ({names}))")
        return parts


def scope_of(settings: Settings) -> Scope:
    """Return the scope of the configured shops."""
    return Scope(frozenset(shop.netsuite_customer for shop in settings.tiktok_shop.shops if shop.netsuite_customer))


def first_modified(as_of: datetime, verified: datetime | None, again_from: datetime | None) -> datetime | None:
    """Return from when on modifications are listed, at midnight; None for all: nothing was verified before.

    `verified`: until when everything was read before; `again_from`: where the user wants to begin again. All UTC.
    """
    if verified is None:
        return None
    bounds = [as_of - READ_AGAIN, verified - OVERLAP, *([again_from - OVERLAP] if again_from else [])]
    return min(bounds).replace(hour=0, minute=0, second=0, microsecond=0)


def read_headers(
    ask: Ask,
    documents: Documents,
    scope: Scope,
    since: datetime | None,
    *,
    again: Collection[str] = (),
    portion: int = PORTION,
) -> list[Row]:
    """Return the headers that were modified from `since` on, in order of id, and those of the ids `again`.

    All for None, or when more than NetSuite takes in one list are wanted again.
    """
    wanted = sorted(id for id in again if is_number(id))
    bound = ""
    if since and len(wanted) <= MOST_IN_A_LIST:
        listed = f" OR t.id IN ({', '.join(wanted)})" if wanted else ""
        bound = f" AND (t.lastmodifieddate >= TO_DATE('{since:%Y-%m-%d}', 'YYYY-MM-DD'){listed})"
    types, whose = ", ".join(f"'{name}'" for name in documents.types), scope.condition(documents.key)
    found: list[Row] = []
    while True:
        last = id_of(found[-1]) if found else "0"
        rows = ask(HEADERS.format(types=types, whose=whose, after=last or "0", since=bound, portion=portion))
        found += rows
        if len(rows) < portion or not is_number(id_of(rows[-1])):
            return found


def read_deleted(ask: Ask, since: datetime) -> set[str]:
    """Return the ids of transactions that were deleted from a day on."""
    rows = ask(DELETED.format(since=f"{since:%Y-%m-%d}"))
    return {id_of(row, "recordid") for row in rows}


def read_memos(
    ask: Ask, headers: Sequence[Row], currencies: Mapping[str, Row]
) -> Iterator[tuple[Row, Row | DataError]]:
    """Yield each header with its record, or with what is wrong with it."""
    lines = _read_lines(ask, [id_of(row) for row in headers])
    for header in headers:
        try:
            yield header, memo_record(header, lines.get(id_of(header), ()), currencies)
        except DataError as error:
            yield header, error


def memo_record(header: Row, lines: Sequence[Row], currencies: Mapping[str, Row]) -> Row:
    """Return a document as a record: header and lines, in its own currency, signed as they came.

    Raises:
        UnusableError: when a value of it could not be used as it was sent.
        DataError: when an amount, a quantity or a rate is no number.
    """
    for row in (header, *lines):
        refuse_unusable(row)
    decimal_in(header, "exchangerate", absent="1")
    symbol = currencies.get(str(header.get("currencyid") or ""), {}).get("symbol", "")
    first_book: dict[str, Row] = {}
    for row in lines:
        first_book.setdefault(str(row.get("line")), row)
    return {
        **{name: "" if header.get(name) is None else str(header[name]) for name in _KEPT},
        "currency": str(symbol or ""),
        "foreigntotal": format(decimal_in(header, "foreigntotal"), "f"),
        "subsidiary": _all_of(lines, "subsidiary"),
        "createdfrom": _all_of(lines, "createdfrom"),
        "account": _all_of([row for row in first_book.values() if row.get("mainline") == "T"], "account"),
        "lines": [_line(row) for row in first_book.values() if row.get("mainline") != "T"],
    }


def _line(row: Row) -> Row:
    return {
        "line": str(row.get("line", "")),
        "item": str(row.get("item") or ""),
        "account": str(row.get("account") or ""),
        "quantity": format(decimal_in(row, "quantity"), "f"),
        "amount": format(decimal_in(row, "foreignamount"), "f"),
        "memo": str(row.get("memo") or ""),
        "taxline": str(row.get("taxline") or "F"),
    }


def _read_lines(ask: Ask, ids: Sequence[str]) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = defaultdict(list)
    numbers = [id for id in ids if is_number(id)]
    for start in range(0, len(numbers), JOURNALS_PER_CALL):
        for row in ask(LINES.format(ids=", ".join(numbers[start : start + JOURNALS_PER_CALL]))):
            found[str(row.get("transaction"))].append(row)
    return found


def _all_of(lines: Sequence[Row], name: str) -> str:
    return ",".join(sorted({str(row[name]) for row in lines if row.get(name)}))
