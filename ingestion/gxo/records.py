"""Which raw records GXO's messages become, and what identifies each of them.

Belongs here: identity, with its scope. Does not: reading files (loader), or what quantities mean (dbt).

A partner's reference identifies nothing by itself: sites repeat them from order to order and from day to day. An advice
is its shipment and order; an adjustment or receipt its number, day and content; a snapshot its site, reference, day and
time. Times in messages are the site's local ones; `updated_at` is UTC.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from connectors.gxo.messages import (
    FunctionalAcknowledgement,
    Message,
    ShippingAdvice,
    StockAdjustment,
    StockReceipt,
    StockSnapshot,
)
from connectors.gxo.segments import Segment
from ingestion.versions import canonical_json

Received = tuple[Segment, Message]
"""A message, and the segment that names it."""


@dataclass(frozen=True)
class Record:
    """One record of one entity, as its raw payload; `head` is the segment that names it."""

    entity: str
    payload: dict[str, Any]
    parent_id: str
    updated_at: datetime | None
    head: Segment

    def parent_of(self, _payload: object) -> str:
        """Return the id of its parent."""
        return self.parent_id

    def time_of(self, _payload: object) -> datetime | None:
        """Return its own time, UTC."""
        return self.updated_at


def records_of(received: Sequence[Received], *, site: str, zone: ZoneInfo) -> Iterator[Record]:
    """Yield the records of one interchange's messages; `site` is meant where a message names none."""
    for head, message in received:
        if isinstance(message, StockAdjustment):
            yield from _adjustments(message, head, site=site, zone=zone)
        elif isinstance(message, ShippingAdvice):
            yield _advice(message, head, site=site, zone=zone)
        elif isinstance(message, StockReceipt):
            yield _receipt(message, head, site=site, zone=zone)
        elif isinstance(message, FunctionalAcknowledgement):
            yield _acknowledgement(message, head)
    yield from _snapshots(received, site=site, zone=zone)


def _advice(advice: ShippingAdvice, head: Segment, *, site: str, zone: ZoneInfo) -> Record:
    values = asdict(advice)
    key = f"{advice.shipment_id or _digest(values)}/{advice.order_number}"
    payload = {**values, "id": key, "site": advice.site or site}
    return Record("shipping_advices", payload, advice.order_number, _instant(advice.ship_date, "", zone), head)


def _receipt(receipt: StockReceipt, head: Segment, *, site: str, zone: ZoneInfo) -> Record:
    values = asdict(receipt)
    key = f"{receipt.number}/{receipt.date}/{_digest(values)}"
    payload = {**values, "id": key, "site": receipt.site or site}
    return Record("stock_receipts", payload, receipt.order_number, _instant(receipt.date, "", zone), head)


def _adjustments(adjustment: StockAdjustment, head: Segment, *, site: str, zone: ZoneInfo) -> Iterator[Record]:
    at, digest = _instant(adjustment.date, "", zone), _digest(asdict(adjustment))
    for number, line in enumerate(adjustment.lines, start=1):
        key = f"{adjustment.number}/{adjustment.date}/{digest}/{number}"
        payload = {"id": key, "site": adjustment.site or site, "date": adjustment.date, **asdict(line)}
        yield Record("stock_adjustments", payload, adjustment.number, at, head)


def _acknowledgement(message: FunctionalAcknowledgement, head: Segment) -> Record:
    key = f"{message.functional_id}/{message.group_control_number}"
    payload = {"id": key, **asdict(message)}
    return Record("functional_acknowledgements", payload, message.group_control_number, None, head)


def _snapshots(received: Iterable[Received], *, site: str, zone: ZoneInfo) -> Iterator[Record]:
    """Yield each snapshot with its SKUs; one that is spread over several sets is one, a set sent twice counts once."""
    parts: dict[str, dict[str, Received]] = {}
    for head, message in received:
        if isinstance(message, StockSnapshot):
            key = f"{message.site or site}/{message.reference}/{message.date}T{message.time or '0000'}"
            parts.setdefault(key, {}).setdefault(_digest(asdict(message)), (head, message))
    for key, sets in parts.items():
        head, first = next(iter(sets.values()))
        if isinstance(first, StockSnapshot):
            stock = _summed(message for _, message in sets.values())
            yield from _snapshot(key, first, stock, head=head, site=first.site or site, zone=zone)


def _summed(messages: Iterable[Message]) -> dict[str, dict[str, int]]:
    stock: dict[str, dict[str, int]] = {}
    for message in messages:
        for line in message.lines if isinstance(message, StockSnapshot) else ():
            known = stock.setdefault(line.sku, {})
            for qualifier, units in line.quantities.items():
                known[qualifier] = known.get(qualifier, 0) + units
    return stock


def _snapshot(
    key: str, first: StockSnapshot, stock: dict[str, dict[str, int]], *, head: Segment, site: str, zone: ZoneInfo
) -> Iterator[Record]:
    at = _instant(first.date, first.time, zone)
    taken = {"site": site, "at": at.isoformat() if at else "", "reference": first.reference}
    zeros = sum(not any(quantities.values()) for quantities in stock.values())
    counts = {"skus": len(stock), "skus_at_zero": zeros, "content": _digest(stock)}
    yield Record("stock_snapshots", {"id": key, **taken, **counts}, "", at, head)
    for sku, quantities in stock.items():
        payload = {"id": f"{site}/{sku}", "sku": sku, "quantities": quantities, **taken}
        yield Record("stock_levels", payload, key, at, head)


def _digest(value: object) -> str:
    return hashlib.sha256(canonical_json(value)).hexdigest()[:12]


def _instant(date: str, time: str, zone: ZoneInfo) -> datetime | None:
    """Return the instant of a site's date and time ("" is midnight), UTC."""
    if not date:
        return None
    clock = f"{time[:2]}:{time[2:4]}" if len(time) >= 4 else "00:00"
    return datetime.fromisoformat(f"{date}T{clock}").replace(tzinfo=zone).astimezone(UTC)
