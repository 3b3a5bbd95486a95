"""A connected world whose UK shop ships from stores of NewStore alone, and what buyers bring back to the tills.

Belongs here: the tenant, the world once its first parcels have arrived, and taking goods back at a till, over
NewStore's own calls. Does not: what a test asks of it.

The world comes to be without the product: another client, which is here, enters its orders and reports its parcels.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
import pytest

from orchestration.demo.demo import running_sandbox
from orchestration.demo.tenant import write_goods_maps, write_secrets
from sandbox import world as trading
from sandbox.newstore import injection
from sandbox.server import opened
from sandbox.store import Store
from sandbox.tiktok_shop import fulfilment
from tests.support.newstore_tenant import STORES, UK, add_stores
from tests.support.worlds import CONFIG, World, made_once

Body = dict[str, Any]
US = "7495000000000000202"
EVRI = "6617675021119438849"
TRADE = {
    **{"baskets": 20, "distinct_baskets": 20, "days": 2, "seed": 3, "fulfilment": "connected", "live_events": 0},
    **{"stores": 3, "store_orders_permille": 1000, "returns_permille": 0, "store_late_permille": 0},
}
DAYS, STEP = 9, 6 * 3600


def write_tenant(world: World, folder: Path) -> None:
    """Write the configuration of a tenant whose one shop ships from stores, with its secrets."""
    shutil.copytree(CONFIG, folder)
    settings = folder / "tieout.toml"
    before, rest = settings.read_text().split(f'[[tiktok_shop.shops]]\nshop_id = "{US}"')
    answers = '\n[fulfilment]\nanswer_cancellations = "auto"\n'
    settings.write_text(before + rest[rest.index("[netsuite]") :] + answers)
    for path in folder.glob("*.csv"):
        lines = path.read_text().splitlines(keepends=True)
        path.write_text("".join(line for line in lines if not line.startswith(US)))
    (folder / "locations.csv").write_text("shop_id,warehouse_id,system,location,valid_from,valid_to\n")
    write_secrets(world.home, world.urls["control"])
    add_stores(world, folder)
    _point_at(world)
    write_goods_maps(world.home, world.urls["control"])


@pytest.fixture(scope="session")
def stores(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A world of stores of which many parcels arrived and nothing came back, that no cycle has seen; its home."""
    return made_once(tmp_path_factory, "stores", _trade)


@contextmanager
def served(home: Path) -> Iterator[World]:
    """Serve a world of stores, and point its tenant at it."""
    with running_sandbox(home, port=0) as urls:
        world = World(home, urls, home / "config")
        _point_at(world)
        yield world


def _point_at(world: World) -> None:
    tenant = world.call("GET", "/_sandbox/systems")["newstore"]
    for name in ("base_url", "token_url"):
        (world.home / "secrets" / f"newstore__{name}").write_text(tenant[name])


def _trade(home: Path) -> None:
    with running_sandbox(home, port=0) as urls:
        world = World(home, urls, home / "config")
        world.call("POST", "/_sandbox/trade", TRADE)
        write_tenant(world, home / "config")
    with opened(home / "sandbox") as sandbox:
        _serve(sandbox.store, days=DAYS)


def _serve(store: Store, *, days: int) -> None:
    """Enter the stores' orders at NewStore, and report their parcels to TikTok Shop, for some days."""
    reported: set[str] = set()
    until = store.now + days * 86400
    while store.now < until:
        trading.advance(store, store.now + STEP)
        waits = {"status": "AWAITING_SHIPMENT", "warehouse_id": STORES}
        for record in store.select("tiktok_shop", "orders", shop=UK, matching=waits):
            injection.inject(store, json.loads(json.dumps(_entered(record.body)), parse_float=Decimal))
        for shipment in store.select("newstore", "shipments"):
            if shipment.id not in reported:
                _report(store, shipment.body)
                reported.add(shipment.id)


def _report(store: Store, parcel: Body) -> None:
    order = store.get("tiktok_shop", "orders", parcel["external_id"])
    held = store.get("newstore", "orders", parcel["order_id"])
    if order is not None and held is not None:
        number = parcel["tracking_code"]
        in_it = [item for item in held.body["items"] if item["tracking_code"] == number]
        wanted = sorted({item["external_item_id"].partition("-")[0] for item in in_it})
        if lines := [line["id"] for line in fulfilment.shippable(order.body, wanted)]:
            fulfilment.mark_shipped(store, order.body, lines, number, EVRI, store.now)


def _entered(order: Body) -> Body:
    """Return an order of TikTok Shop as a client enters it: a line for each unit, for what the seller gets for it."""
    units = [unit for line in order["line_items"] for unit in _units(line)]
    address = {"country": "GB", "address_line_1": "1 High St", "city": "Leeds", "zip_code": "LS1 1AA"}
    shipping = Decimal(order["payment"]["shipping_fee"] or 0)
    total = shipping + sum(Decimal(str(unit["price"]["item_price"])) for unit in units)
    payment = {"processor": "tiktok", "correlation_ref": order["id"], "type": "captured", "method": "tiktok_shop"}
    option = {"service_level_identifier": "STANDARD", "price": float(shipping), "tax": 0}
    return {
        **{"external_id": order["id"], "shop": "storefront-catalog-en", "shop_locale": "en-GB", "channel_type": "web"},
        **{"channel_name": "tiktok_shop", "currency": "GBP", "price_method": "tax_included"},
        **{"placed_at": "2026-01-05T00:00:00Z", "shipping_address": address, "billing_address": address},
        "shipments": [{"items": units, "shipping_option": option}],
        "payments": [{**payment, "amount": float(total), "processed_at": "2026-01-05T00:00:00Z"}],
    }


def _units(line: Body) -> Iterator[Body]:
    parts = line.get("combined_listing_skus") or [{**line, "sku_count": 1}]
    skus = [part["seller_sku"] for part in parts for _ in range(part["sku_count"])]
    paid = Decimal(line["original_price"]) - Decimal(line.get("seller_discount") or 0)
    each = (paid / len(skus)).quantize(Decimal("0.01"))
    for number, sku in enumerate(skus, 1):
        price = float(paid - each * (len(skus) - 1) if number == 1 else each)
        id = line["id"] if len(skus) == 1 else f"{line['id']}-{number}"
        amounts = {"item_price": price, "item_list_price": price, "item_tax_lines": []}
        yield {"external_item_id": id, "product_id": sku, "price": amounts}


class Till:
    """A till of a store: it takes goods back over NewStore's own calls."""

    def __init__(self, world: World) -> None:
        """Sign in as the tenant."""
        self.world = world
        tenant = world.call("GET", "/_sandbox/systems")["newstore"]
        self.node = tenant["stores"][0]
        self._http = httpx.Client(base_url=tenant["base_url"], trust_env=False)
        form = {"grant_type": "client_credentials"}
        granted = self._http.post(tenant["token_url"], data=form, auth=(tenant["client_id"], tenant["client_secret"]))
        self._http.headers["Authorization"] = f"Bearer {granted.json()['access_token']}"

    def take_back(self, order_id: str, products: Mapping[str, int], *, condition: int = 1, paid: str = "0.00") -> str:
        """Take units of products back, each in a condition (1 is sellable), and give `paid` back; return its id."""
        unit = {"condition_code": condition, "item_condition": "Sellable" if condition == 1 else "Damaged"}
        items = [{"product_id": product, **unit} for product, units in products.items() for _ in range(units)]
        wanted = {"items": items, "returned_from": self.node, "refund_amount": float(paid)}
        reply = self._http.post(f"/v0/d/orders/{order_id}/returns", json=wanted)
        assert reply.status_code == 200, reply.text
        return str(reply.json()["return_id"])

    def close(self) -> None:
        """Close the connection."""
        self._http.close()


def delivered(world: World) -> list[Body]:
    """Return the UK shop's orders that arrived, without bundles and gifts, by id."""
    found = [order for order in world.records("tiktok_shop", "orders") if order["_record"]["shop"] == UK]
    return sorted(
        (
            order
            for order in found
            if order["status"] in ("DELIVERED", "COMPLETED")
            and not order["is_sample_order"]
            and all(
                line["display_status"] != "CANCELLED" and not line.get("combined_listing_skus")
                for line in order["line_items"]
            )
        ),
        key=lambda order: str(order["id"]),
    )
