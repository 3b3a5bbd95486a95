"""Loading NetSuite: the chart of accounts, periods, subsidiaries, currencies, transactions on our accounts, refunds.

Belongs here: what is listed, and what of it lands. Does not: the wire (connectors.netsuite), how transactions are asked
for and become records (journals, credit_memos), what is read where NetSuite ships (fulfilment).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from ingestion.coverage import BEGINNING, verified_until
from ingestion.load_context import (
    LoadContext,
    Origin,
    Reading,
    delete_vanished,
    id_of,
    land_whole,
    quarantine_record,
    valid_versions,
)
from ingestion.netsuite import credit_memos, journals
from ingestion.netsuite.fulfilment import ENTITIES as FULFILMENT
from ingestion.netsuite.fulfilment import load_fulfilment
from ingestion.netsuite.journals import Lists
from ingestion.netsuite.queries import ask
from ingestion.versions import deletion_of
from tieout.errors import DataError

if TYPE_CHECKING:  # for types alone: whoever opens the client pays for loading HTTP
    from connectors.netsuite.client import NetSuiteClient

SYSTEM = "netsuite"

Row = Mapping[str, Any]

LISTS = {
    "accounts": (
        "SELECT id, acctnumber, accttype, accountsearchdisplayname, fullname, parent, currency, isinactive"
        " FROM account ORDER BY id"
    ),
    "accounting_periods": (
        "SELECT id, periodname, TO_CHAR(startdate, 'YYYY-MM-DD') AS startdate,"
        " TO_CHAR(enddate, 'YYYY-MM-DD') AS enddate, closed, isquarter, isyear, isadjust"
        " FROM accountingperiod ORDER BY id"
    ),
    "subsidiaries": "SELECT id, name, currency, country, iselimination FROM subsidiary ORDER BY id",
    "currencies": "SELECT id, name, symbol, isbasecurrency, currencyprecision FROM currency ORDER BY id",
}


def load(context: LoadContext, client: NetSuiteClient) -> None:
    """Read the lists, our journals and others' entries. What cannot be read is listed as a problem; the rest goes on.

    Raises:
        CredentialError: when access is refused.
    """
    ships = bool(context.settings.netsuite.shops)
    documents = [credit_memos.CREDIT_MEMOS, *([credit_memos.DEPOSITS] if ships else [])]
    documents = [each for each in documents if context.wants(each.entity)]
    reads_books = context.wants("journal_entries", "other_entries")
    reads_orders = ships and context.wants(*FULFILMENT)
    # What the others are read with is read with them.
    needed = {"accounts": reads_books, "currencies": bool(reads_books or documents or reads_orders)}
    listed: dict[str, dict[str, Row]] = {}
    began: dict[str, datetime] = {}
    for entity, query in LISTS.items():
        if context.wants(entity) or needed.get(entity):
            context.guarded(entity, partial(_list, context, client, entity, query, listed=listed, began=began))
    if reads_books and {"accounts", "currencies"} <= listed.keys():
        books = _Books(context, client, Lists(listed["accounts"], listed["currencies"]))
        context.guarded("journal_entries", books.load_ours)
        context.guarded("other_entries", books.load_others)
    if "currencies" in listed:
        for each in documents:
            read = partial(_load_documents, context, client, each, listed["currencies"])
            context.guarded(each.entity, partial(read, as_of=began["currencies"]))
        if reads_orders:
            load_fulfilment(context, client, listed["currencies"])


def _list(
    context: LoadContext,
    client: NetSuiteClient,
    entity: str,
    query: str,
    *,
    listed: dict[str, dict[str, Row]],
    began: dict[str, datetime],
) -> None:
    rows, as_of = ask(client, query, context.clock)
    _land_list(context, entity, rows, as_of=as_of)
    listed[entity], began[entity] = {id_of(row): row for row in rows}, as_of


@dataclass
class _Books:
    """One reading of the transactions."""

    context: LoadContext
    client: NetSuiteClient
    lists: Lists
    first_day: str = ""

    def load_ours(self) -> None:
        headers, as_of = ask(self.client, journals.JOURNALS, self.context.clock)
        self.first_day = journals.first_day(headers)
        self._land("journal_entries", headers, as_of=as_of, settled_after=journals.OURS_SETTLED_AFTER)

    def load_others(self) -> None:
        numbers = _watched_accounts(self.context)
        accounts = {line_class: self.lists.ids_of(known) for line_class, known in numbers.items()}
        query = journals.others_query(accounts, start=self.first_day) if self.first_day else ""
        if query:
            headers, as_of = ask(self.client, query, self.context.clock)
            self._land(
                "other_entries",
                headers,
                as_of=as_of or self.context.clock(),
                settled_after=journals.OTHERS_SETTLED_AFTER,
            )

    def _land(self, entity: str, headers: Sequence[Row], *, as_of: datetime, settled_after: timedelta) -> None:
        known, settled = _known(self.context, entity), as_of - settled_after
        wanted = [row for row in headers if journals.needs_lines(row, known.get(id_of(row)), settled=settled)]
        entries = []
        for header, entry in journals.read_entries(lambda query: ask(self.client, query)[0], wanted, self.lists):
            if isinstance(entry, DataError):  # it stays as it was known
                quarantine_record(self.context, Origin(entity, as_of), header, entry)
            else:
                entries.append(entry)
        kept = {id_of(row) for row in headers} - {id_of(row) for row in entries}
        _land_list(self.context, entity, entries, as_of=as_of, kept=kept)


def _load_documents(
    context: LoadContext,
    client: NetSuiteClient,
    documents: credit_memos.Documents,
    currencies: Mapping[str, Row],
    *,
    as_of: datetime,
) -> None:
    """Land the documents that were modified lately, and the deletion of those that are gone."""
    entity = documents.entity
    verified = verified_until(context.state, SYSTEM, entity)
    since = credit_memos.first_modified(as_of, verified, context.since)

    def asked(query: str) -> list[Row]:
        return ask(client, query)[0]

    held = [row.record_id for row in context.quarantine.held(SYSTEM, shop_id="") if row.entity == entity]
    headers = credit_memos.read_headers(asked, documents, credit_memos.scope_of(context.settings), since, again=held)
    reading, memos = Reading(), []
    for header, memo in credit_memos.read_memos(asked, headers, currencies):
        reading.ids.add(id_of(header))
        reading.all_identified &= bool(id_of(header))
        if isinstance(memo, DataError):  # it stays as it was known
            quarantine_record(context, Origin(entity, as_of), header, memo, updated_at=journals.modified_at(header))
        else:
            memos.append(memo)
    origin = Origin(entity, as_of)
    versions = valid_versions(context, origin, memos, reading=reading, updated_at=journals.modified_at)
    context.landing.add(entity, versions)
    delete_vanished(context, entity, reading, observed_at=as_of, updated_from=since)
    if since and verified:
        deleted = credit_memos.read_deleted(asked, verified - credit_memos.OVERLAP) - reading.ids
        older = {id: at for id, at in _known(context, entity).items() if id in deleted and (not at or at < since)}
        gone = (deletion_of("", id, observed_at=as_of, parent_id="", updated_at=at) for id, at in older.items())
        context.landing.add(entity, gone)
    context.quarantine.scope_read(context.system, entity, shop_id="")
    context.cover(entity, start=since or BEGINNING, end=as_of, rows=len(reading.ids))
    context.report(f"{SYSTEM} {entity}: {len(reading.ids)} rows")


def _land_list(
    context: LoadContext, entity: str, rows: Sequence[Row], *, as_of: datetime, kept: Collection[str] = ()
) -> None:
    count = land_whole(context, entity, rows, as_of=as_of, updated_at=journals.modified_at, kept=kept)
    context.report(f"{SYSTEM} {entity}: {count} rows")


def _known(context: LoadContext, entity: str) -> dict[str, datetime | None]:
    """Return the live transactions and when they were last modified, as landed."""
    query = (
        f"select id, arg_max(struct_pack(at := updated_at), observed_at).at from raw_netsuite.{entity}"
        " group by id having not arg_max(is_deleted, observed_at)"
    )
    return dict(context.connection.execute(query).fetchall())


def _watched_accounts(context: LoadContext) -> dict[str, set[str]]:
    """Return the account numbers that accounts.csv has, or ever had, for each watched line class."""
    query = (
        "select distinct payload ->> 'line_class', payload ->> 'netsuite_account' from raw_config.account_map"
        " where payload ->> 'line_class' in (select unnest($classes))"
    )
    found: dict[str, set[str]] = {line_class: set() for line_class in journals.WATCHED}
    for line_class, number in context.connection.execute(query, {"classes": list(journals.WATCHED)}).fetchall():
        found[line_class].add(str(number))
    return found
