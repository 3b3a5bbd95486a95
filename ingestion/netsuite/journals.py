"""Transactions as NetSuite holds them: our journals, and whatever else posts to the accounts that only we should use.

Belongs here: the SuiteQL of transactions and how its rows become records. Does not: the lists (loader), the wire.

A journal is ours when its external id starts with TTS-, or its memo holds such a key (someone may clear or copy the
external id). All of ours are listed every time, so that deletions and doubles show. Of others, listed are transactions
of any kind on an account for clearing, cash in transit or what orders are put down to, and journals on an account that
payouts are paid to, from the month of our first journal on: among them are copies, reversals, and entries made by hand.
Lines are read wherever the header was touched lately (400 days for ours, 62 for others') or is not as we know it.
SuiteQL has the subsidiary on the lines. Dates go through TO_CHAR, since SuiteQL formats them by the user's preference;
`lastmodifieddate` is in the account's time zone, which a bound of days does not mind (fact sheet netsuite 8.1, 8.3).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from ingestion.load_context import id_of, instant_of
from ingestion.versions import refuse_unusable
from tieout.errors import DataError

OURS_SETTLED_AFTER, OTHERS_SETTLED_AFTER = timedelta(days=400), timedelta(days=62)
JOURNALS_PER_CALL = 500
MOST_DIGITS = 30  # of an amount, before or after the point
WATCHED = ("clearing", "in_transit", "order_deposits", "bank")

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")

Row = Mapping[str, Any]
Ask = Callable[[str], list[Row]]

_HEADER = (
    "SELECT t.id, t.type, t.externalid, t.tranid, TO_CHAR(t.trandate, 'YYYY-MM-DD') AS trandate, t.memo,"
    " TO_CHAR(t.lastmodifieddate, 'YYYY-MM-DD HH24:MI:SS') AS lastmodifieddate, t.createdby, t.lastmodifiedby,"
    " t.currency AS currencyid, t.exchangerate, t.postingperiod, t.posting, t.status, t.approvalstatus,"
    " t.void, t.voided, t.isreversal, t.reversal, TO_CHAR(t.reversaldate, 'YYYY-MM-DD') AS reversaldate"
    " FROM transaction t WHERE "
)
_IS_OURS = "(t.type = 'Journal' AND (t.externalid LIKE 'TTS-%' OR t.memo LIKE '%TTS-%'))"
_ON_ACCOUNTS = "t.id IN (SELECT tal.transaction FROM transactionaccountingline tal WHERE tal.account IN ({accounts}))"

JOURNALS = f"{_HEADER}{_IS_OURS} ORDER BY t.id"
OTHERS = (
    f"{_HEADER}t.trandate >= TO_DATE('{{start}}', 'YYYY-MM-DD') AND ({{on_accounts}})"
    " AND (t.externalid IS NULL OR t.externalid NOT LIKE 'TTS-%') AND (t.memo IS NULL OR t.memo NOT LIKE '%TTS-%')"
    " ORDER BY t.id"
)
LINES = (
    "SELECT tal.transaction, tal.transactionline AS line, tal.accountingbook, tal.account, tal.debit, tal.credit,"
    " tl.foreignamount, tl.memo, tl.subsidiary"
    " FROM transactionaccountingline tal"
    " INNER JOIN transactionline tl ON tl.transaction = tal.transaction AND tl.id = tal.transactionline"
    " WHERE tal.transaction IN ({ids})"
    " ORDER BY tal.transaction, tal.transactionline, tal.accountingbook"
)

_KEPT = (
    "id", "type", "externalid", "tranid", "trandate", "memo", "lastmodifieddate", "createdby", "lastmodifiedby",
    "exchangerate", "postingperiod", "posting", "status", "approvalstatus", "void", "voided", "isreversal", "reversal",
    "reversaldate",
)  # fmt: skip


@dataclass(frozen=True)
class Lists:
    """What headers and lines refer to, by internal id: accounts and currencies as SuiteQL gives them."""

    accounts: Mapping[str, Row]
    currencies: Mapping[str, Row]

    def ids_of(self, numbers: Collection[str]) -> list[str]:
        """Return the internal ids of account numbers, in order."""
        return sorted(id for id, row in self.accounts.items() if is_number(id) and row.get("acctnumber") in numbers)


def others_query(accounts: Mapping[str, Sequence[str]], *, start: str) -> str:
    """Return the query of others' transactions from a day (YYYY-MM-DD) on; `accounts` are internal ids by line class.

    Empty when no account is watched.
    """
    conditions = []
    own = [id for name in WATCHED[:-1] for id in accounts.get(name, ())]
    if own:
        conditions.append(_ON_ACCOUNTS.format(accounts=", ".join(own)))
    if accounts.get("bank"):
        conditions.append(f"t.type = 'Journal' AND {_ON_ACCOUNTS.format(accounts=', '.join(accounts['bank']))}")
    return OTHERS.format(start=start, on_accounts=" OR ".join(conditions)) if conditions else ""


def first_day(headers: Sequence[Row]) -> str:
    """Return the first day of the month of the earliest header, as YYYY-MM-DD; empty when none has a date."""
    days = [day for row in headers if _DAY.fullmatch(day := str(row.get("trandate")))]
    return f"{min(days)[:7]}-01" if days else ""


def needs_lines(header: Row, known: datetime | None, *, settled: datetime) -> bool:
    """Whether a header's lines are to be read: it was touched after `settled`, or is not as it is known."""
    modified = modified_at(header)
    return modified is None or modified != known or modified > settled


def read_lines(ask: Ask, ids: Sequence[str]) -> dict[str, list[Row]]:
    """Return the lines of transactions by their id."""
    found: dict[str, list[Row]] = defaultdict(list)
    numbers = [id for id in ids if is_number(id)]
    for start in range(0, len(numbers), JOURNALS_PER_CALL):
        for row in ask(LINES.format(ids=", ".join(numbers[start : start + JOURNALS_PER_CALL]))):
            found[str(row.get("transaction"))].append(row)
    return found


def read_entries(ask: Ask, headers: Sequence[Row], lists: Lists) -> Iterator[tuple[Row, Row | DataError]]:
    """Yield each header with its record, or with what is wrong with it."""
    lines = read_lines(ask, [id_of(row) for row in headers])
    for header in headers:
        try:
            yield header, entry(header, lines.get(id_of(header), ()), lists)
        except DataError as error:
            yield header, error


def entry(header: Row, lines: Sequence[Row], lists: Lists) -> Row:
    """Return a transaction as a record: header and lines, in its own currency.

    Raises:
        UnusableError: when a value of it could not be used as it was sent.
        DataError: when an amount or a rate is no number.
    """
    for row in (header, *lines):
        refuse_unusable(row)
    symbol = lists.currencies.get(str(header.get("currencyid") or ""), {}).get("symbol", "")
    first_book: dict[str, Row] = {}
    for row in lines:
        first_book.setdefault(str(row.get("line")), row)
    is_foreign = decimal_in(header, "exchangerate", absent="1") != 1
    return {
        **{name: "" if header.get(name) is None else str(header[name]) for name in _KEPT},
        "currency": str(symbol or ""),
        "subsidiary": ",".join(sorted({str(row["subsidiary"]) for row in lines if row.get("subsidiary")})),
        "lines": [
            _line(row, lists.accounts.get(str(row.get("account")), {}), is_foreign=is_foreign)
            for row in first_book.values()
        ],
    }


def modified_at(row: Row) -> datetime | None:
    """Return when a transaction was last modified, by the account's clock; None when that cannot be read."""
    return instant_of(row.get("lastmodifieddate"))


def _line(row: Row, account: Row, *, is_foreign: bool) -> Row:
    """Return a line in the journal's own currency: accounting lines are in the book's base currency."""
    debit, credit = decimal_in(row, "debit"), decimal_in(row, "credit")
    if is_foreign and row.get("foreignamount") not in (None, ""):
        amount = decimal_in(row, "foreignamount")
        debit, credit = max(amount, Decimal(0)), max(-amount, Decimal(0))
    return {
        "line": str(row.get("line", "")),
        "account": str(row.get("account", "")),
        "acctnumber": str(account.get("acctnumber") or ""),
        "debit": format(debit, "f"),
        "credit": format(credit, "f"),
        "memo": str(row.get("memo") or ""),
    }


def decimal_in(row: Row, name: str, *, absent: str = "0") -> Decimal:
    """Return a field as Decimal, `absent` where there is none.

    Raises:
        DataError: when it is no plain decimal number.
    """
    value = row.get(name)
    text = absent if value in (None, "") else str(value)
    try:
        amount = Decimal(text)
    except InvalidOperation:
        amount = Decimal("NaN")
    if not (text.isascii() and "_" not in text and amount.is_finite() and abs(amount.adjusted()) < MOST_DIGITS):
        line = f" of line {row['line']}" if row.get("line") not in (None, "") else ""
        raise DataError(f"{name} {text[:MOST_DIGITS]!r}{line}: expected a decimal number")
    return amount


def is_number(text: str) -> bool:
    """Return whether text may stand in a query as an internal id."""
    return text.isascii() and text.isdigit()
