"""A running tenant with three stores and some stock, and a client that signs in on its own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest

from sandbox import newstore
from sandbox.server import Running, opened
from sandbox.store import Store

MONDAY = 1_767_571_200
MINUTE, HOUR, DAY = 60, 3600, 86400
EXTERNAL = "577000000000000001"
STORES = ("LDN01", "MAN01", "BHM01")
QUIET = {"store_rejects_permille": 0, "store_short_permille": 0, "store_late_permille": 0}
LEVELS = {("LDN01", "GROC-1"): 5, ("LDN01", "GROC-2"): 1, ("MAN01", "GROC-1"): 2, ("MAN01", "GROC-2"): 3}


def item(number: int, product: str = "GROC-1", price: float = 10.1, **changes: Any) -> dict[str, Any]:
    """One unit of an order."""
    tax = {"name": "VAT", "amount": 1.68, "rate": 0.2, "country_code": "GB"}
    amounts = {"item_price": price, "item_list_price": price, "item_tax_lines": [tax]}
    return {"external_item_id": f"line-{number}", "product_id": product, "price": amounts, **changes}


def order(external_id: str = EXTERNAL, *products: str, **changes: Any) -> dict[str, Any]:
    """An order as a client would inject it: 10.10 a unit, 2.99 shipping, paid in full."""
    items = [item(number, product) for number, product in enumerate(products or ("GROC-1", "GROC-2"), 1)]
    address = {"country": "GB", "address_line_1": "1 High St", "city": "Leeds", "zip_code": "LS1 1AA"}
    option = {"service_level_identifier": "STANDARD", "price": 2.99, "tax": 0.5}
    payment = {"processor": "tiktok", "correlation_ref": external_id, "type": "captured", "method": "tiktok_shop"}
    paid = {**payment, "amount": round(10.1 * len(items) + 2.99, 2), "processed_at": "2026-01-05T00:00:00Z"}
    return {
        "external_id": external_id,
        "shop": "storefront-catalog-en",
        "shop_locale": "en-GB",
        "channel_type": "web",
        "channel_name": "tiktok_shop",
        "currency": "GBP",
        "price_method": "tax_included",
        "placed_at": "2026-01-05T01:00:00+01:00",
        "shipping_address": address,
        "billing_address": address,
        "shipments": [{"items": items, "shipping_option": option}],
        "payments": [paid],
        **changes,
    }


@dataclass
class Live:
    """A running sandbox and a signed-in client of its NewStore."""

    urls: dict[str, str]
    store: Store
    http: httpx.Client = field(default_factory=lambda: httpx.Client(timeout=20, trust_env=False))
    token: str = ""

    def control(self, method: str, path: str, body: Any = None) -> Any:
        """Call the control API."""
        reply = self.http.request(method, f"{self.urls['control']}/_sandbox{path}", json=body)
        reply.raise_for_status()
        return reply.json()

    def entry(self) -> dict[str, Any]:
        """What the control API says of the tenant."""
        return dict(self.control("GET", "/systems")["newstore"])

    def granted(self, **form: str) -> httpx.Response:
        """Ask the realm for a token."""
        entry = self.entry()
        client = (entry["client_id"], entry["client_secret"])
        return self.http.post(entry["token_url"], data={"grant_type": "client_credentials", **form}, auth=client)

    def send(self, method: str, path: str, body: Any = None, **more: Any) -> httpx.Response:
        """Make a call."""
        if not self.token:
            self.token = self.granted().json()["access_token"]
        headers = {"Authorization": f"Bearer {self.token}", **more.pop("headers", {})}
        sent = more if body is None else {"json": body, **more}
        return self.http.request(method, f"{self.urls['newstore']}{path}", headers=headers, **sent)

    def call(self, method: str, path: str, body: Any = None, **more: Any) -> Any:
        """Make a call that must succeed; returns its JSON, None when it has no body."""
        reply = self.send(method, path, body, **more)
        assert reply.status_code in {200, 201, 202, 204}, reply.text
        return reply.json() if reply.content else None

    def refused(self, method: str, path: str, body: Any = None, **more: Any) -> tuple[int, str]:
        """Make a call that must be refused; returns its status and code."""
        reply = self.send(method, path, body, **more)
        assert set(reply.json()) >= {"error_code", "message"}
        return reply.status_code, reply.json()["error_code"]

    def inject(self, *products: str, external_id: str = EXTERNAL, **changes: Any) -> str:
        """Inject an order; returns its id."""
        return str(self.call("POST", "/v0/d/fulfill_order", order(external_id, *products, **changes))["id"])

    def requests(self, order_id: str) -> list[dict[str, Any]]:
        """The fulfilment requests of an order."""
        return list(self.call("GET", f"/v0/fulfillment_requests/{order_id}")["fulfillment_requests"])

    def read(self, order_id: str) -> dict[str, Any]:
        """An order."""
        return dict(self.call("GET", f"/v0/orders/{order_id}?id_type=internal"))

    def pass_time(self, seconds: int) -> None:
        """Let world time pass, with the waves that come in it."""
        pass_time(self.store, seconds)

    def atp(self, node: str, product: str) -> int:
        """What can be promised of a product in a node."""
        return newstore.stock.atp(newstore.stock.level(self.store, node, product) or {})


def pass_time(store: Store, seconds: int) -> None:
    """Let world time pass, with the waves that come in it."""
    until = store.now + seconds
    while store.now < until:
        store.set_now(min(until, store.now + newstore.WAVE_SECONDS))
        newstore.wave(store, store.now)


def filled(store: Store) -> None:
    """Monday at midnight, the stores' people faultless."""
    store.set_now(MONDAY)
    store.set_meta("world", {"seed": 7, "stores": QUIET})
    newstore.seed_stock(store, LEVELS)


@pytest.fixture
def live(tmp_path: Path) -> Iterator[Live]:
    """A sandbox on free ports."""
    with opened(tmp_path) as sandbox, Running(sandbox) as running:
        filled(sandbox.store)
        caller = Live(running.base_urls, sandbox.store)
        yield caller
        caller.http.close()


@pytest.fixture
def store() -> Iterator[Store]:
    """A tenant without a server."""
    kept = Store()
    newstore.install(kept)
    filled(kept)
    yield kept
    kept.close()
