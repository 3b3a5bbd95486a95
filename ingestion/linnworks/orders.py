"""Linnworks' orders from TikTok Shop: the open book as it is, and what was processed or cancelled lately.

Belongs here: which orders are read again, and when one counts as deleted. Does not: the protocol, or their meaning.

There is no list of changes (fact sheet linnworks 12). The open book is read whole each time; processed orders by date,
with those of the last `reread_days` listed again, and read in full where their row differs from what we know. An order
that we knew and no list brings is asked for by its id: only what is not found then, twice, is gone.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from ingestion.coverage import verified_until
from ingestion.linnworks import records
from ingestion.load_context import LoadContext, Origin, Reading, id_of, valid_versions
from ingestion.versions import Version, deletion_of
from tieout.settings import Linnworks

if TYPE_CHECKING:  # for types alone: whoever opens the client pays for loading HTTP
    from connectors.linnworks.client import LinnworksClient

SYSTEM = "linnworks"
SOURCE = "TIKTOK"
AHEAD = timedelta(minutes=5)  # of searches: the vendor's stores need not share one clock

Row = Mapping[str, Any]

_KNOWN = """
with last as (
    select
        id,
        arg_max(struct_pack(at := updated_at), observed_at).at as closed_at,
        max(observed_at) as observed_at
    from raw_linnworks.orders
    group by id
    having not arg_max(is_deleted, observed_at)
)

select
    last.id,
    last.closed_at,
    landed.parent_id,
    coalesce(landed.payload ->> '$.ShippingInfo.TrackingNumber', '') as tracking_number,
    coalesce(landed.payload ->> '$.GeneralInfo.HoldOrCancel', 'false') as is_cancelled
from last
inner join raw_linnworks.orders as landed on last.id = landed.id and last.observed_at = landed.observed_at
where last.closed_at is null or last.closed_at >= $start
"""


@dataclass(frozen=True)
class _Known:
    """A live order as landed. `closed_at`: when it was processed or cancelled, None while it is open."""

    closed_at: datetime | None
    reference: str
    facts: tuple[str, str]

    def is_closed_with(self, facts: tuple[str, str]) -> bool:
        """Return whether it was known as closed, with this tracking number and cancelled or not."""
        return self.closed_at is not None and self.facts == facts


def load_orders(
    context: LoadContext, client: LinnworksClient, linnworks: Linnworks, *, locations: Sequence[str], as_of: datetime
) -> None:
    """Read the open book of every location, and what was closed since the last complete reading.

    `as_of` is the vendor's clock before any of it was read.
    """
    start = _start(context, linnworks, as_of)
    known = _known_orders(context, start)
    listed = {order for place in locations for order in client.open_order_ids(place, source=SOURCE)}
    locked = {order for place in locations for order in client.open_order_ids(place, source=SOURCE, locked=True)}
    closed = closed_orders(client, start, as_of + AHEAD)
    held = {record.record_id for record in context.quarantine.held(SYSTEM, shop_id="") if record.entity == "orders"}
    unchanged = {order for order, facts in closed.items() if order in known and known[order].is_closed_with(facts)}
    wanted = sorted(((listed | closed.keys() | known.keys()) - unchanged) | {order for order in held if order})
    reading, read_at = _read(context, client, wanted, locked=locked, otherwise=as_of)
    if reading.all_identified:
        gone = (known.keys() & set(wanted)) - reading.ids
        context.landing.add("orders", _deletions(gone, known, observed_at=read_at))
    context.quarantine.scope_read(SYSTEM, "orders", shop_id="")
    context.cover("orders", start=start, end=as_of, rows=len(listed | closed.keys()))
    context.report(f"{SYSTEM} orders: {len(listed)} open, {len(closed)} closed lately, {len(wanted)} read")


def _start(context: LoadContext, linnworks: Linnworks, as_of: datetime) -> datetime:
    until = verified_until(context.state, SYSTEM, "orders")
    if until is None:
        return as_of - timedelta(days=linnworks.history_days)
    until = min(until, context.since) if context.since else until
    return until - timedelta(days=linnworks.reread_days)


def _known_orders(context: LoadContext, start: datetime) -> dict[str, _Known]:
    rows = context.connection.execute(_KNOWN, {"start": start}).fetchall()
    return {
        order: _Known(closed_at, reference or "", (tracking, cancelled))
        for order, closed_at, reference, tracking, cancelled in rows
    }


def closed_orders(client: LinnworksClient, start: datetime, end: datetime) -> dict[str, tuple[str, str]]:
    """Return what the lists of closed orders say of each: tracking number, and whether it was cancelled."""
    rows = [
        *client.processed_orders("processed", start, end, source=SOURCE),
        *client.processed_orders("cancelled", start, end, source=SOURCE),
    ]
    return {
        id_of(row, "pkOrderID"): (
            str(row.get("PostalTrackingNumber") or ""),
            str(bool(row.get("HoldOrCancel"))).lower(),
        )
        for row in rows
        if id_of(row, "pkOrderID")
    }


def _read(
    context: LoadContext,
    client: LinnworksClient,
    wanted: Sequence[str],
    *,
    locked: Collection[str],
    otherwise: datetime,
) -> tuple[Reading, datetime]:
    reading = Reading()
    if not wanted:
        return reading, otherwise
    listing = client.orders(wanted)
    rows = [records.order(row, locked) for row in listing.rows]
    origin = Origin("orders", listing.as_of)
    versions = valid_versions(
        context, origin, rows, reading=reading, parent=records.reference, updated_at=records.closed_at
    )
    context.landing.add("orders", versions)
    return reading, listing.as_of


def _deletions(gone: Collection[str], known: Mapping[str, _Known], *, observed_at: datetime) -> Iterator[Version]:
    for order in sorted(gone):
        last = known[order]
        yield deletion_of("", order, observed_at=observed_at, parent_id=last.reference, updated_at=last.closed_at)
