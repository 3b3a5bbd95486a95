"""Answers in a terminal: payouts, exceptions, plans, and any read-only query on the published warehouse.

Belongs here: reading published tables for the command line. Does not: rendering (terminal), evidence chains (explain).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import duckdb

from orchestration.warehouse.choices import exception_choices, require_known
from orchestration.warehouse.reading_sql import READ_ONLY, require_reading
from reverse_sync import ApplyReport, Plan
from reverse_sync.outbox_row import OutboxRow
from tieout.errors import DataError
from tieout.published import open_published
from tieout.reading import Reading

Row = dict[str, Any]

MOST_ROWS = 1_000_000

_PAYOUTS = """
with journals as (
    select payment_id, count(distinct journal_id) as journals
    from finance.payout_journals group by payment_id
)
select p.payment_id, p.shop_id, p.status, p.paid_at, p.amount, p.currency, p.amount_before_exchange, p.exchange_rate,
    p.bank_reference, p.tie_out_status, p.unexplained_amount, p.books_status, p.blocked_reason,
    coalesce(j.journals, 0) as journals
from finance.payouts as p left join journals as j using (payment_id)
where ? is null or p.shop_id = ?
order by p.paid_at nulls last, p.payment_id
"""

_RETURNS = """
with listed as (
    select * from operations.returns
    union all by name
    select return_id, order_id, shop_id, return_type, status, 'unreadable' as stage, requested_at, next_action,
        action_due_at, minutes_left, is_open,
        concat_ws(', ', 'SYS-03: it cannot be read: ' || coalesce(nullif(array_to_string(fields, ', '), ''), 'a line'),
            'see audit.quarantine; answer in Seller Center') as held_because
    from operations.returns_unreadable
)
select * from listed as r
where ($shop is null or r.shop_id = $shop) and (r.is_open or $every)
order by r.minutes_left nulls last, r.requested_at, r.return_id
"""

_OPEN = """
with clock as (
    select shop_id, max(window_to) as as_of from audit.coverage where system = 'tiktok_shop' group by shop_id
)
select o.exception_id, o.code, o.severity, o.owner, o.shop_id, o.entity_type, o.entity_id, o.money_at_risk_amount,
    o.currency, o.due_at,
    date_diff('minute', coalesce(c.as_of, (select max(as_of) from clock)), o.due_at) as minutes_left,
    o.first_seen_at, o.last_seen_at, o.expected, o.actual, o.cause, o.evidence
from exceptions.open as o left join clock as c using (shop_id)
where {asked}
order by o.severity, minutes_left nulls last, o.currency, abs(o.money_at_risk_amount) desc nulls last, o.exception_id
"""

_HISTORY = """
select exception_id, episode, code, shop_id, entity_type, entity_id, first_seen_at, last_seen_at, cleared_at, proof
from exceptions.history as o where {asked}
order by cleared_at desc, exception_id
"""


_ASKED = """($code is null or o.code = $code) and ($owner is null or list_contains(string_split(o.owner, '/'), $owner))
    and ($shop is null or o.shop_id = $shop) and ($severity is null or o.severity = $severity)"""

_SHOPS = "select distinct shop_id from audit.coverage where system = 'tiktok_shop' and shop_id <> ''"


def fetch(
    connection: duckdb.DuckDBPyConnection, sql: str, parameters: Any = None, *, most: int | None = None
) -> list[Row]:
    """Run a query and return its rows as objects, or the first `most` of them."""
    cursor = connection.execute(sql, parameters or [])
    if cursor.description is None:
        return []
    names = [column[0] for column in cursor.description]
    found = cursor.fetchall() if most is None else cursor.fetchmany(most)
    return [dict(zip(names, row, strict=True)) for row in found]


@contextmanager
def reading(settings: Reading) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open the published marts for queries of our own.

    Raises:
        DataError: when there are none, or a query of ours cannot be answered: they are damaged or another version's,
            or memory is too small.
    """
    with open_published(settings) as connection:
        try:
            yield connection
        except duckdb.OutOfMemoryException:
            raise DataError(
                f"{settings.memory_limit} of memory, or 10 GB of disk in {settings.home}, are not enough for this:"
                " raise memory_limit in tieout.toml or TIEOUT_MEMORY_LIMIT, or free disk space"
            ) from None
        except duckdb.Error as error:
            raise DataError(
                f"what is published in {settings.published_dir} does not answer ({str(error).splitlines()[0]}): it is"
                " damaged, or another version of tieout published it; `tieout publish` writes it again"
            ) from None


def payout_rows(settings: Reading, *, shop: str | None) -> list[Row]:
    """Return every payout with its tie-out status, oldest first; amounts DECIMAL, instants UTC.

    Raises:
        DataError: when the shop was never read, with those that were.
    """
    with reading(settings) as connection:
        require_shop(connection, shop)
        return fetch(connection, _PAYOUTS, [shop, shop])


def return_rows(settings: Reading, *, shop: str | None, every: bool) -> list[Row]:
    """Return open returns, or `every` one, those first whose time runs out first; amounts DECIMAL, instants UTC.

    Raises:
        DataError: when the shop was never read, with those that were.
    """
    with reading(settings) as connection:
        require_shop(connection, shop)
        return fetch(connection, _RETURNS, {"shop": shop, "every": every})


def exception_rows(
    settings: Reading,
    *,
    code: str | None,
    history: bool,
    owner: str | None = None,
    shop: str | None = None,
    severity: str | None = None,
) -> list[Row]:
    """Return open exceptions, or with `history` those that ended; None asks for all. Upper and lower case are the same.

    Open ones are ranked: by severity; then by minutes to the end of their clock, past ones first and those without a
    clock last; then by money at risk, which compares within one currency only. `minutes_left` counts from the instant
    up to which TikTok Shop was read for the shop, not from this machine's clock.

    Raises:
        DataError: when a code, owner, severity or shop does not exist, with those that do.
    """
    asked = {"code": _upper(code), "owner": _upper(owner), "severity": _upper(severity), "shop": shop}
    for what, known in exception_choices().items():
        if (value := asked[what]) is not None:
            require_known(what, value, known)
    with reading(settings) as connection:
        require_shop(connection, shop)
        return fetch(connection, (_HISTORY if history else _OPEN).format(asked=_ASKED), asked)


def require_shop(connection: duckdb.DuckDBPyConnection, shop: str | None) -> None:
    """Refuse a shop that was never read, naming those that were."""
    if shop is not None:
        require_known("shop", shop, {str(row["shop_id"]) for row in fetch(connection, _SHOPS)})


def _upper(text: str | None) -> str | None:
    return None if text is None else text.upper()


def query_rows(settings: Reading, sql: str) -> list[Row]:
    """Run read-only SQL on the published warehouse; at most a million rows.

    Raises:
        DataError: with the database's own message, when the query cannot be answered; when it is not one statement, or
            does more than read the published tables.
    """
    with open_published(settings) as connection:
        try:
            require_reading(connection, sql)
            rows = fetch(connection, sql, most=MOST_ROWS + 1)
        except duckdb.PermissionException:
            raise DataError(READ_ONLY) from None
        except duckdb.Error as error:
            schemas = "finance, operations, analytics, exceptions, audit"
            raise DataError(f"{error}\n(published schemas: {schemas}; `show all tables` lists what is there)") from None
    if len(rows) > MOST_ROWS:
        raise DataError(f"more than {MOST_ROWS:,} rows: ask for fewer with `where` or `limit`, or sum them up")
    return rows


def plan_rows(planned: Plan) -> list[Row]:
    """Return a plan as rows: what would be written, its money effect, and what holds a row back."""
    return [
        {
            "sync": row.sync,
            "entity_key": row.entity_key,
            "shop_id": row.shop_id,
            "action": str(row.action),
            "amount": row.amount,
            "currency": row.currency,
            "held_because": row.held_because,
        }
        for row in planned.rows
    ]


def outbox_row(row: OutboxRow) -> Row:
    """Return one intent as a row: what it is, its state, and what the vendor last said."""
    return {
        "sync": row.sync,
        "entity_key": row.entity_key,
        "state": str(row.state),
        "amount": row.amount_decimal,
        "currency": row.currency,
        "attempts": row.attempts,
        "vendor_id": row.vendor_id,
        "last_error": row.last_error,
    }


def apply_rows(report: ApplyReport) -> list[Row]:
    """Return what became of each row that was sent."""
    return [
        {
            "sync": row.sync,
            "entity_key": row.entity_key,
            "state": row.state,
            "vendor_id": row.vendor_id,
            "detail": row.detail,
        }
        for row in report.rows
    ]
