"""What the world sees of GXO, who ships for the GB shop.

Belongs here: reading its records. Does not: how it works. It is imported late: it draws its chances from this package.
"""

from __future__ import annotations

from collections.abc import Mapping

from sandbox.store import Record, Store
from sandbox.world.connected.parcel import Parcel

WAVE = ("gxo_wave", "NTH1")
MODULE = "sandbox.gxo"


def seed(store: Store, levels: Mapping[str, int]) -> None:
    """Set the opening stock by SKU."""
    from sandbox import gxo

    gxo.seed_stock(store, levels)


def consume(store: Store, sku: str, units: int) -> None:
    """Let another channel sell."""
    from sandbox import gxo

    gxo.consume(store, sku, units)


def parcels(store: Store, since: int, until: int) -> list[Parcel]:
    """Return what left from an instant on, before another one."""
    records = store.select("gxo", "shipments", shop="", created=(since, until))
    return [_parcel(record) for record in records if record.body.get("cartons")]


def short_units(store: Store, since: int, until: int) -> int:
    """Return how many ordered units of known SKUs were not there when their orders left, or did not leave."""
    records = store.select("gxo", "shipments", shop="", created=(since, until))
    return sum(_short(store, str(record.body.get("order"))) for record in records if not record.body.get("cancelled"))


def _parcel(record: Record) -> Parcel:
    trackings = tuple(str(carton.get("tracking")) for carton in record.body["cartons"])
    return Parcel(str(record.body.get("order")), trackings, record.created_at)


def _short(store: Store, order_id: str) -> int:
    order = store.get("gxo", "orders", order_id)
    lines = order.body.get("lines", []) if order else []
    known = [line for line in lines if store.get("gxo", "stock", str(line.get("sku"))) is not None]
    return sum(max(0, int(line["quantity"]) - int(line["shipped"])) for line in known)
