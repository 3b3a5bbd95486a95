"""NewStore's stock: exports of all that can be promised, and between them of what has changed.

Belongs here: from where an export goes on, and when a level counts as deleted. Does not: the job and its file
(connectors.newstore), what a figure means (dbt).

An export's watermark is a number that grows, and no time (fact sheet newstore 6). It is kept with each node's snapshot,
and lands with the rows that it speaks for. What is gone shows in a whole export alone: there is one when a node is new,
when the last one is older than `full_export_hours`, and when a watermark went back. There is one as well after a
reading of which a location was not believed (`stock.smallest_snapshot_share`, `stock.most_zero_share_jump`): what has
changed since then goes on from it, and would prove nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from ingestion.coverage import BEGINNING
from ingestion.load_context import LoadContext, Origin, Reading, delete_vanished, id_of, valid_versions
from ingestion.newstore import records
from tieout.errors import DataError
from tieout.settings import NewStore

if TYPE_CHECKING:  # for types alone: whoever opens the client pays for loading HTTP
    from connectors.newstore.client import NewStoreClient
    from connectors.newstore.stock import Availabilities

ENTITY, SNAPSHOTS = "availabilities", "stock_snapshots"

Row = Mapping[str, Any]

_CONFIGURED = """
select distinct location
from (
    select
        arg_max(payload ->> '$.system', observed_at) as system,
        arg_max(payload ->> '$.location', observed_at) as location,
        arg_max(payload ->> '$.valid_to', observed_at) as valid_to,
        arg_max(is_deleted, observed_at) as is_deleted
    from raw_config.location_map
    group by shop_id, id
)
where system = 'newstore' and not is_deleted and (coalesce(valid_to, '') = '' or valid_to >= $today)
order by 1
"""
_LAST = """
select
    id,
    cast(arg_max(payload ->> '$.watermark', observed_at) as bigint),
    arg_max(payload ->> '$.full_at', observed_at),
    cast(arg_max(payload ->> '$.items', observed_at) as integer),
    cast(arg_max(payload ->> '$.items_at_zero', observed_at) as integer)
from raw_newstore.stock_snapshots
where id in (select unnest($nodes))
group by id
having not arg_max(is_deleted, observed_at)
"""
_COUNTED = """
with read as (
    select
        id,
        cast(payload ->> '$.items' as integer) as items,
        cast(payload ->> '$.items_at_zero' as integer) as items_at_zero,
        row_number() over (partition by id order by observed_at desc, load_id desc) as back
    from raw_newstore.stock_snapshots
    where not is_deleted
)

select
    sum(items) filter (where back = 1),
    sum(items_at_zero) filter (where back = 1),
    sum(items) filter (where back = 2),
    sum(items_at_zero) filter (where back = 2)
from (select unnest($locations) as location) as named
inner join read on list_contains(list_transform(string_split(named.location, '+'), lambda node: trim(node)), read.id)
where read.back <= 2
group by named.location
having count(*) filter (where back = 1) = count(*) filter (where back = 2)
"""
_KNOWN = """
select id, coalesce(try_cast(arg_max(payload ->> '$.atp', observed_at) as bigint), 0) <= 0
from raw_newstore.availabilities
where id in (select unnest($ids))
group by id
having not arg_max(is_deleted, observed_at)
"""


@dataclass(frozen=True)
class _Last:
    """What is known of a node from its last reading. `full_at`: ISO 8601, when all of it was exported."""

    watermark: int
    full_at: str
    items: int
    items_at_zero: int


def load_stock(
    context: LoadContext, client: NewStoreClient, tenant: NewStore, *, nodes: Sequence[str], as_of: datetime
) -> None:
    """Read the nodes that locations.csv names (all, when it names none); one that is not there is a problem.

    `as_of` is the vendor's clock, UTC.
    """
    locations = _configured(context, as_of)
    wanted = _wanted(context, locations, nodes)
    if not wanted:
        return
    last = _last(context, wanted)
    is_whole = bool(context.since) or _is_doubted(context, locations)
    since = None if is_whole else _since(last, wanted, as_of - timedelta(hours=tenant.full_export_hours))
    export = client.availabilities(since=since)
    if since is not None and export.watermark < since:
        export = client.availabilities()
    levels = [records.availability(row) for row in export.rows if _is_of(row, wanted)]
    _land(context, export, levels, wanted)
    taken = list(_snapshots(context, export, levels, wanted=wanted, last=last))
    versions = valid_versions(context, Origin(SNAPSHOTS, export.as_of), taken, reading=Reading())
    context.landing.add(SNAPSHOTS, versions)
    context.cover(ENTITY, start=BEGINNING, end=export.as_of, rows=len(levels))
    how = "all" if export.is_whole else f"changed since {since}"
    context.report(f"{context.system} stock: {len(levels)} levels of {len(wanted)} nodes, {how}")


def wanted_nodes(named: Sequence[str], nodes: Sequence[str]) -> list[str]:
    """Return the nodes that are read: those named that are there, or all when none is named."""
    return [name for name in named if name in nodes] if named else sorted(nodes)


def _configured(context: LoadContext, as_of: datetime) -> list[str]:
    """Return the locations of locations.csv that hold on this day or later."""
    today = {"today": as_of.date().isoformat()}
    return [row[0] for row in context.connection.execute(_CONFIGURED, today).fetchall()]


def _wanted(context: LoadContext, locations: Sequence[str], nodes: Sequence[str]) -> list[str]:
    named = sorted({node.strip() for location in locations for node in location.split("+")})
    for missing in sorted(set(named) - set(nodes)):
        message = f"locations.csv names fulfilment node {missing!r}; NewStore has {', '.join(sorted(nodes))}"
        context.fail(ENTITY, DataError(message))
    return wanted_nodes(named, nodes)


def _is_of(row: Row, wanted: Collection[str]) -> bool:
    """Return whether a row is of a node that is read, or does not say of which."""
    place = records.node(row)
    return not place or place in wanted


def _last(context: LoadContext, wanted: Sequence[str]) -> dict[str, _Last]:
    rows = context.connection.execute(_LAST, {"nodes": list(wanted)}).fetchall()
    return {node: _Last(*known) for node, *known in rows}


def _is_doubted(context: LoadContext, locations: Sequence[str]) -> bool:
    """Return whether one of these locations, as it was read last, is not believed beside the reading before."""
    rules = context.settings.stock
    for items, zero, items_before, zero_before in _counted(context, locations):
        if items < Decimal(str(rules.smallest_snapshot_share)) * items_before:
            return True
        if items and items_before and zero / items - zero_before / items_before > rules.most_zero_share_jump:
            return True
    return False


def _counted(context: LoadContext, locations: Sequence[str]) -> list[tuple[int, int, int, int]]:
    return context.connection.execute(_COUNTED, {"locations": list(locations)}).fetchall()


def _since(last: Mapping[str, _Last], wanted: Sequence[str], whole_from: datetime) -> int | None:
    """Return the watermark to go on from; None for all, as when all was not exported since `whole_from`."""
    if set(wanted) - last.keys():
        return None
    if min(datetime.fromisoformat(each.full_at) for each in last.values()) <= whole_from:
        return None
    return min(each.watermark for each in last.values())


def _land(context: LoadContext, export: Availabilities, levels: Sequence[Row], wanted: Sequence[str]) -> None:
    reading = Reading()
    versions = valid_versions(context, Origin(ENTITY, export.as_of), levels, reading=reading, parent=records.node)
    context.landing.add(ENTITY, versions)
    if export.is_whole:
        delete_vanished(context, ENTITY, reading, observed_at=export.as_of, parents=wanted)
        context.quarantine.scope_read(context.system, ENTITY, shop_id="")


def _snapshots(
    context: LoadContext,
    export: Availabilities,
    levels: Sequence[Row],
    *,
    wanted: Sequence[str],
    last: dict[str, _Last],
) -> Iterator[Row]:
    """Yield a snapshot of each node; of an export of changes, its counts go on from the last one's."""
    known: dict[str, bool] = {}
    if not export.is_whole and levels:
        ids = [id_of(row) for row in levels]
        known = dict(context.connection.execute(_KNOWN, {"ids": ids}).fetchall())
    by_node: dict[str, list[Row]] = defaultdict(list)
    for row in levels:
        by_node[records.node(row)].append(row)
    for place in wanted:
        before = None if export.is_whole else last[place]
        rows = by_node[place]
        yield records.snapshot(
            place,
            as_of=export.as_of,
            full_at=before.full_at if before else export.as_of.isoformat(),
            watermark=export.watermark,
            items=(before.items if before else 0) + sum(id_of(row) not in known for row in rows),
            items_at_zero=(before.items_at_zero if before else 0)
            + sum(records.is_at_zero(row) - known.get(id_of(row), False) for row in rows),
        )
