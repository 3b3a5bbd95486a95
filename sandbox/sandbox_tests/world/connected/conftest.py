"""Connected worlds: one without a seller, one with a seller who ships, and worlds to begin anew."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from sandbox import gxo
from sandbox.installation import installed
from sandbox.store import Body, Record, Store
from sandbox.tiktok_shop import fulfilment
from sandbox.world import advance, create_world
from sandbox_tests.gxo.conftest import interchange, ship_order

START, HOUR, DAY = 1_767_571_200, 3600, 86_400
DAYS, BASKETS, SEED = 14, 120, 7
GB, EVRI, USPS = "7495000000000000101", "6617675021119438849", "7117858858072016686"

OpenWorld = Callable[..., Store]


@dataclass
class Seller:
    """Serves a world: sends GB orders to the warehouse, reports its parcels to TikTok Shop, ships US orders at once."""

    store: Store
    sent: set[str] = field(default_factory=set)
    reported: set[str] = field(default_factory=set)

    def serve(self, until: int, *, every: int = 2 * HOUR) -> None:
        """Let time pass, and do what is to do now and then."""
        while self.store.now < until:
            advance(self.store, min(until, self.store.now + every))
            self.work()

    def work(self) -> None:
        """Do what is to do now."""
        self._send([r for r in self._waiting() if r.id not in self.sent])
        for shipment in self.store.select("gxo", "shipments"):
            if shipment.id not in self.reported:
                self.reported.add(shipment.id)
                self._tell(shipment.body)

    def _waiting(self) -> list[Any]:
        waits = {"status": "AWAITING_SHIPMENT", "fulfillment_type": "FULFILLMENT_BY_SELLER"}
        records = self.store.select("tiktok_shop", "orders", matching=waits)
        return [record for record in records if not record.body["is_buyer_request_cancel"]]

    def _send(self, records: list[Any]) -> None:
        bodies = []
        for record in records:
            self.sent.add(record.id)
            if record.shop == GB:
                bodies.append(ship_order(record.id, *sorted(wanted(record.body).items())))
            else:
                ship_by_post(self.store, record.body)
        if bodies:
            text = interchange(*bodies, isa=self.store.now % 10**9)
            gxo.folders.save(self.store, f"in/940_{self.store.now}.edi", text.encode(), at=self.store.now)

    def _tell(self, shipment: Body) -> None:
        order = self.store.get("tiktok_shop", "orders", shipment["order"])
        lines = self.store.get("gxo", "orders", shipment["order"]).body["lines"]
        short = {line["sku"] for line in lines if line["shipped"] < line["quantity"]}
        able = [line["id"] for line in fulfilment.shippable(order.body, []) if not short & set(wanted_of(line))]
        if able and shipment["cartons"]:
            number = shipment["cartons"][0]["tracking"]
            fulfilment.mark_shipped(self.store, order.body, able, number, EVRI, self.store.now)


def ship_by_post(store: Store, order: Body) -> None:
    """Hand a US order over on the spot, past its warehouse's staff, and report it to TikTok Shop."""
    number = f"94{order['id'][-15:]}"
    body = {
        "_closed_at": store.now,
        "ShippingInfo": {"TrackingNumber": number},
        "GeneralInfo": {"ReferenceNum": order["id"]},
    }
    store.put(Record("linnworks", "orders", number, body, "", "processed", store.now, store.now))
    fulfilment.mark_shipped(store, order, [], number, USPS, store.now)


def wanted(order: Body) -> Counter[str]:
    """The units of an order that the warehouse is to ship, by SKU, bundles by their parts."""
    units: Counter[str] = Counter()
    for line in order["line_items"]:
        if line["display_status"] == "AWAITING_SHIPMENT":
            units += wanted_of(line)
    return units


def wanted_of(line: Body) -> Counter[str]:
    """The units of a line, by SKU."""
    parts = line["combined_listing_skus"] or [{"seller_sku": line["seller_sku"], "sku_count": 1}]
    return Counter({part["seller_sku"]: part["sku_count"] for part in parts})


def begun(folder: Path, **options: Any) -> Store:
    """A connected world on its first instant."""
    store = Store(folder / "records.sqlite")
    installed(store, folder / "bank")
    settings = {"seed": SEED, "start": START, "days": DAYS, "baskets": BASKETS, "fulfilment": "connected"}
    create_world(store, **{**settings, **options})
    return store


@pytest.fixture
def new_world(tmp_path: Path) -> Iterator[OpenWorld]:
    """Opens connected worlds and closes them at the end."""
    stores: list[Store] = []

    def open_one(**options: Any) -> Store:
        stores.append(begun(tmp_path / str(len(stores)), **options))
        return stores[-1]

    yield open_one
    for store in stores:
        store.close()


@pytest.fixture(scope="session")
def neglected(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """A world in which nothing is shipped for three weeks, to read."""
    store = begun(tmp_path_factory.mktemp("neglected"))
    advance(store, START + 21 * DAY)
    yield store
    store.close()


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """A world with a seller at work for three weeks, to read."""
    store = begun(tmp_path_factory.mktemp("served"))
    Seller(store).serve(START + 21 * DAY)
    yield store
    store.close()
