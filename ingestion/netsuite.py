"""What NetSuite says: the chart of accounts, periods, subsidiaries, currencies, and the journals that are ours.

Belongs here: the SuiteQL we ask and how its rows become records. Does not: the wire (connectors.netsuite).

A journal is ours when its external id starts with TTS-, or its memo carries such a key (someone may clear or copy the
external id). All of ours are listed every time, so that deletions and doubles show. Lines are read with them wherever
the header was touched in the last 400 days or is not as we know it: a journal that old and untouched lies in a closed
year. SuiteQL has the subsidiary on the lines. Dates go through TO_CHAR, since SuiteQL formats them by the user's
preference; `lastmodifieddate` is in the account's time zone, which a bound of days does not mind (fact sheet netsuite
8.1).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from functools import partial
from typing import Any, Protocol

from connectors.transport.errors import CredentialError
from ingestion.coverage import BEGINNING
from ingestion.run import Origin, Reading, Run, delete_vanished, id_of, instant_of, put_aside, sound_versions
from tieout.errors import DataError, TieoutError

SYSTEM = "netsuite"
SETTLED_AFTER = timedelta(days=400)
JOURNALS_PER_CALL = 500

Row = Mapping[str, Any]

Lists = Mapping[str, Mapping[str, Row]]

LISTS = {
    "accounts": (
        "SELECT id, acctnumber, accttype, accountsearchdisplayname, fullname, parent, currency, isinactive"
        " FROM account ORDER BY id"
    ),
    "accounting_periods": (
        "SELECT id, periodname, TO_CHAR(startdate, 'YYYY-MM-DD') AS startdate,"
        " TO_CHAR(enddate, 'YYYY-MM-DD') AS enddate, closed FROM accountingperiod ORDER BY id"
    ),
    "subsidiaries": "SELECT id, name, currency, country, iselimination FROM subsidiary ORDER BY id",
    "currencies": "SELECT id, name, symbol, isbasecurrency, currencyprecision FROM currency ORDER BY id",
}

JOURNALS = (
    "SELECT t.id, t.externalid, t.tranid, TO_CHAR(t.trandate, 'YYYY-MM-DD') AS trandate, t.memo,"
    " TO_CHAR(t.lastmodifieddate, 'YYYY-MM-DD HH24:MI:SS') AS lastmodifieddate,"
    " t.currency AS currencyid, t.exchangerate, t.postingperiod"
    " FROM transaction t WHERE t.type = 'Journal' AND (t.externalid LIKE 'TTS-%' OR t.memo LIKE '%TTS-%')"
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


class Page(Protocol):
    """Rows of a SuiteQL answer: names in lower case, absent where NULL."""

    @property
    def rows(self) -> list[dict[str, Any]]:
        """The rows."""

    @property
    def as_of(self) -> datetime:
        """The vendor's clock, UTC."""


class NetSuite(Protocol):
    """What is asked of NetSuite."""

    def suiteql(self, query: str, params: Sequence[str] = ()) -> Iterator[Page]:
        """Yield a query's pages; complete when it ends without an error."""


def load(run: Run, client: NetSuite) -> None:
    """Read the lists and our journals. What cannot be read is listed as a problem; the others go on.

    Raises:
        CredentialError: when access is refused.
    """
    listed: dict[str, dict[str, Row]] = {}
    for entity, query in LISTS.items():
        _guarded(run, entity, partial(_list, run, client, entity, query, listed=listed))
    if {"accounts", "currencies"} <= listed.keys():
        _guarded(run, "journal_entries", lambda: _journals(run, client, listed))


def _guarded(run: Run, entity: str, step: Callable[[], None]) -> None:
    try:
        step()
    except CredentialError:
        raise
    except TieoutError as error:
        run.fail(entity, error)


def _list(run: Run, client: NetSuite, entity: str, query: str, *, listed: dict[str, dict[str, Row]]) -> None:
    rows, as_of = _ask(run, client, query)
    _land_all(run, entity, rows, as_of=as_of)
    listed[entity] = {str(row.get("id")): row for row in rows}


def _journals(run: Run, client: NetSuite, listed: Lists) -> None:
    headers, as_of = _ask(run, client, JOURNALS)
    known = _known_journals(run)
    wanted = [row for row in headers if _needs_lines(row, known.get(str(row.get("id"))), as_of=as_of)]
    lines = _lines(run, client, [str(row["id"]) for row in wanted])
    entries = _entries(run, wanted, lines, listed, as_of=as_of)
    kept = {str(row["id"]) for row in headers} - {str(row["id"]) for row in entries}
    _land_all(run, "journal_entries", entries, as_of=as_of, kept=kept)


def _entries(
    run: Run, headers: Sequence[Row], lines: Mapping[str, Sequence[Row]], listed: Lists, *, as_of: datetime
) -> list[Row]:
    """Return journals as records; one with an unreadable amount is put aside and stays as it was known."""
    entries: list[Row] = []
    for header in headers:
        try:
            entries.append(_entry(header, lines[id_of(header)], listed))
        except DataError as error:
            put_aside(run, Origin("journal_entries", as_of), header, str(error))
    return entries


def _land_all(run: Run, entity: str, rows: Sequence[Row], *, as_of: datetime, kept: set[str] | None = None) -> None:
    """Land a complete list; what is neither in it nor among `kept` is gone."""
    reading = Reading(set(kept or ()))
    run.landing.add(entity, sound_versions(run, Origin(entity, as_of), rows, reading=reading, updated_at=_modified))
    delete_vanished(run, entity, reading, observed_at=as_of)
    run.quarantine.scope_read(SYSTEM, entity, shop_id="")
    run.cover(entity, start=BEGINNING, end=as_of, rows=len(reading.ids))
    run.report(f"{SYSTEM} {entity}: {len(reading.ids)} rows")


def _ask(run: Run, client: NetSuite, query: str) -> tuple[list[Row], datetime]:
    rows: list[Row] = []
    began: datetime | None = None
    for page in client.suiteql(query):
        began = began or page.as_of
        rows += page.rows
    return rows, began or run.clock()


def _known_journals(run: Run) -> dict[str, datetime | None]:
    """Return our live journals and when they were last modified, as landed."""
    query = (
        "select id, arg_max(struct_pack(at := updated_at), observed_at).at from raw_netsuite.journal_entries"
        " group by id having not arg_max(is_deleted, observed_at)"
    )
    return dict(run.connection.execute(query).fetchall())


def _needs_lines(header: Row, known: datetime | None, *, as_of: datetime) -> bool:
    modified = _modified(header)
    return modified is None or modified != known or modified > as_of - SETTLED_AFTER


def _lines(run: Run, client: NetSuite, journals: Sequence[str]) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = defaultdict(list)
    numbers = [journal for journal in journals if journal.isdigit()]
    for start in range(0, len(numbers), JOURNALS_PER_CALL):
        ids = ", ".join(numbers[start : start + JOURNALS_PER_CALL])
        for row in _ask(run, client, LINES.format(ids=ids))[0]:
            found[str(row.get("transaction"))].append(row)
    return found


def _entry(header: Row, lines: Sequence[Row], listed: Lists) -> Row:
    currency_id = str(header.get("currencyid") or "")
    symbol = listed["currencies"].get(currency_id, {}).get("symbol", "")
    fields = ("id", "externalid", "tranid", "trandate", "memo", "lastmodifieddate", "postingperiod")
    first_book: dict[str, Row] = {}
    for row in lines:
        first_book.setdefault(str(row.get("line")), row)
    is_foreign = _decimal(header.get("exchangerate"), "1") != 1
    return {
        **{name: "" if header.get(name) is None else str(header[name]) for name in fields},
        "currency": str(symbol or ""),
        "subsidiary": ",".join(sorted({str(row["subsidiary"]) for row in lines if row.get("subsidiary")})),
        "lines": [
            _line(row, listed["accounts"].get(str(row.get("account")), {}), is_foreign=is_foreign)
            for row in first_book.values()
        ],
    }


def _line(row: Row, account: Row, *, is_foreign: bool) -> Row:
    """Return a line in the journal's own currency: accounting lines are in the book's base currency."""
    debit, credit = _decimal(row.get("debit")), _decimal(row.get("credit"))
    if is_foreign and row.get("foreignamount") not in (None, ""):
        amount = _decimal(row["foreignamount"])
        debit, credit = max(amount, Decimal(0)), max(-amount, Decimal(0))
    return {
        "line": str(row.get("line", "")),
        "account": str(row.get("account", "")),
        "acctnumber": str(account.get("acctnumber") or ""),
        "debit": format(debit, "f"),
        "credit": format(credit, "f"),
        "memo": str(row.get("memo") or ""),
    }


def _modified(row: Row) -> datetime | None:
    return instant_of(row.get("lastmodifieddate"))


def _decimal(value: object, absent: str = "0") -> Decimal:
    text = absent if value in (None, "") else str(value)
    try:
        return Decimal(text)
    except InvalidOperation:
        raise DataError(f"amount {text!r} of a journal line: expected a decimal number") from None
