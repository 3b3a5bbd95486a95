"""NetSuite as a dlt source: one resource for each raw table, for pipelines of dlt's users.

Belongs here: resources, their keys and cursors. Does not: the wire (connectors.netsuite), the queries and records
(loader, journals), or our own loading, which sees more: entries that were deleted (loader).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import dlt

from connectors.netsuite.client import NetSuiteClient, open_netsuite
from ingestion.config.loader import read_config
from ingestion.dlt_rows import changed_since, merged, quarantined, record, usable, whole
from ingestion.load_context import Origin, id_of
from ingestion.netsuite import credit_memos, journals
from ingestion.netsuite.loader import LISTS, SYSTEM, Row
from ingestion.netsuite.queries import ask
from tieout.clock import utc_now
from tieout.errors import DataError
from tieout.settings import Settings
from tieout.state import State

Accounts = Mapping[str, Collection[str]]
Headers = Callable[[journals.Lists], Sequence[Row]]


@dlt.source(name=SYSTEM, max_table_nesting=0)
def netsuite_source(
    client: NetSuiteClient,
    watched_accounts: Accounts | None = None,
    customers: Collection[str] = (),
) -> Any:
    """Return the resources of an account's books.

    `watched_accounts`: account numbers by line class (`clearing`, `in_transit`, `order_deposits`, `bank`), whose other
    entries are read; none by default. `customers`: ids of those whose refunds are read besides ours; none by default.
    The lists are read whole; of transactions, all headers, and the lines of those modified lately; refunds that were
    modified lately.
    """

    def listed(entity: str, query: str) -> Any:
        return whole(entity, lambda: _usable(entity, ask(client, query)[0]))

    def transactions(entity: str, headers: Headers, lag: timedelta) -> Any:
        def read(updated: Any = changed_since(lag)) -> Iterator[Any]:
            lists = _lists(client)
            wanted = _modified(headers(lists), since=updated.last_value)
            found = journals.read_entries(lambda query: ask(client, query)[0], wanted, lists)
            for header, entry in found:
                if isinstance(entry, DataError):
                    yield quarantined(SYSTEM, Origin(entity, utc_now()), header, entry)
                else:
                    yield from _usable(entity, [entry])

        return merged(entity, read)

    def refunds(updated: Any = changed_since(credit_memos.READ_AGAIN)) -> Iterator[Any]:
        documents, currencies = credit_memos.CREDIT_MEMOS, _lists(client).currencies
        entity, scope = documents.entity, credit_memos.Scope(frozenset(customers))
        headers = credit_memos.read_headers(lambda query: ask(client, query)[0], documents, scope, updated.last_value)
        for header, memo in credit_memos.read_memos(lambda query: ask(client, query)[0], headers, currencies):
            if isinstance(memo, DataError):
                yield quarantined(SYSTEM, Origin(entity, utc_now()), header, memo)
            else:
                yield from _usable(entity, [memo])

    def ours(_lists: journals.Lists) -> Sequence[Row]:
        return ask(client, journals.JOURNALS)[0]

    def others(lists: journals.Lists) -> Sequence[Row]:
        first_day = journals.first_day(ours(lists))
        accounts = {line_class: lists.ids_of(numbers) for line_class, numbers in (watched_accounts or {}).items()}
        query = journals.others_query(accounts, start=first_day) if first_day else ""
        return ask(client, query)[0] if query else []

    return [
        *(listed(entity, query) for entity, query in LISTS.items()),
        transactions("journal_entries", ours, journals.OURS_SETTLED_AFTER),
        transactions("other_entries", others, journals.OTHERS_SETTLED_AFTER),
        merged(credit_memos.CREDIT_MEMOS.entity, refunds),
    ]


@contextmanager
def open_netsuite_source(settings: Settings) -> Iterator[Any]:
    """Open the client from settings, give the source with the accounts that accounts.csv names, close the client."""
    watched: dict[str, set[str]] = {line_class: set() for line_class in journals.WATCHED}
    for row in read_config(settings).rows["account_map"]:
        if row["line_class"] in watched:
            watched[row["line_class"]].add(str(row["netsuite_account"]))
    state = State(settings.database_url)
    try:
        with closing(open_netsuite(settings, state)) as client:
            yield netsuite_source(client, watched, credit_memos.scope_of(settings).customers)
    finally:
        state.close()


def _usable(entity: str, rows: Sequence[Row]) -> Iterator[Any]:
    versions, rejected = usable(SYSTEM, Origin(entity, utc_now()), rows, updated_at=journals.modified_at)
    yield [record(each) for each in versions]
    yield from rejected


def _lists(client: NetSuiteClient) -> journals.Lists:
    accounts, currencies = (
        {id_of(row): row for row in ask(client, LISTS[entity])[0]} for entity in ("accounts", "currencies")
    )
    return journals.Lists(accounts, currencies)


def _modified(headers: Sequence[Row], *, since: datetime | None) -> list[Row]:
    """Return the headers whose lines are to be read: modified from then on, or at an unknown time."""
    settled = since or datetime.min.replace(tzinfo=UTC)
    return [row for row in headers if journals.needs_lines(row, journals.modified_at(row), settled=settled)]
