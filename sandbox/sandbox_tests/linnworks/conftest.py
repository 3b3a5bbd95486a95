"""A running account with stock, and a client that signs in on its own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import httpx
import pytest

from sandbox import linnworks, world
from sandbox.control import World
from sandbox.server import Running, Sandbox
from sandbox.store import Store
from sandbox.systems import System

MONDAY = 1_767_571_200
HOUR, DAY = 3600, 86400
DEFAULT = "00000000-0000-0000-0000-000000000000"
LEVELS = {"GROC-1": 50, "GROC-2": 10, "GROC-3": 0, "GROC-4": 7}
BUNDLES = {"BNDL-1": {"GROC-1": 2, "GROC-2": 1}}


def channel_order(reference: str, *lines: tuple[str, int], **changes: Any) -> dict[str, Any]:
    """A paid order of the US shop as a client would send it; one line each of (channel SKU, quantity)."""
    items = [
        {
            "ItemNumber": str(number),
            "ChannelSKU": sku,
            "ItemTitle": f"Title of {sku}",
            "Qty": quantity,
            "PricePerUnit": 10.1,
            "TaxRate": 8.75,
            "LineDiscount": 0,
            "TaxCostInclusive": False,
            "UseChannelTax": True,
        }
        for number, (sku, quantity) in enumerate(lines or (("GROC-1", 2),), 1)
    ]
    return {
        "Source": "TIKTOK",
        "SubSource": "Northgate US",
        "ReferenceNumber": reference,
        "ExternalReference": f"EXT-{reference}",
        "ReceivedDate": "2026-01-05T00:00:00Z",
        "DispatchBy": "2026-01-07T00:00:00Z",
        "PaymentStatus": "Paid",
        "Currency": "USD",
        "PostalServiceCost": 4.99,
        "UseChannelTax": True,
        "AutomaticallyLinkBySKU": True,
        "DeliveryAddress": {"FullName": "Jo Doe", "Address1": "1 High St", "Town": "Arlen", "PostCode": "75000"},
        "OrderItems": items,
        **changes,
    }


@dataclass
class Live:
    """A running sandbox and a signed-in client of its Linnworks."""

    urls: dict[str, str]
    store: Store
    http: httpx.Client = field(default_factory=lambda: httpx.Client(timeout=20, trust_env=False))
    token: str = ""

    @property
    def base(self) -> str:
        """The account's base URL."""
        return self.urls["linnworks"]

    def control(self, method: str, path: str, body: Any = None) -> Any:
        """Call the control API."""
        reply = self.http.request(method, f"{self.urls['control']}/_sandbox{path}", json=body)
        reply.raise_for_status()
        return reply.json()

    def credentials(self) -> dict[str, str]:
        """The three values that open a session, as a client sends them."""
        entry = self.control("GET", "/systems")["linnworks"]
        names = {"ApplicationId": "application_id", "ApplicationSecret": "application_secret", "Token": "token"}
        return {name: entry[key] for name, key in names.items()}

    def sign_in(self) -> dict[str, Any]:
        """Open a session and use it from now on."""
        reply = self.http.post(f"{self.base}/api/Auth/AuthorizeByApplication", json=self.credentials())
        assert reply.status_code == 200, reply.text
        self.token = reply.json()["Token"]
        return dict(reply.json())

    def send(self, method: str, body: Any = None, *, verb: str = "POST", **more: Any) -> httpx.Response:
        """Call a method with a JSON body, or whatever `more` says."""
        if not self.token:
            self.sign_in()
        headers = {"Authorization": self.token}
        sent = more if body is None else {"json": body, **more}
        return self.http.request(verb, f"{self.base}/api/{method}", headers=headers, **sent)

    def call(self, method: str, body: Any = None, **more: Any) -> Any:
        """Call a method that must succeed; returns its decoded answer, None for a 204."""
        reply = self.send(method, body, **more)
        assert reply.status_code in {200, 204}, reply.text
        return reply.json() if reply.content else None

    def read(self, method: str, **query: Any) -> Any:
        """Call a GET method."""
        return self.call(method, verb="GET", params=query)

    def refused(self, method: str, body: Any = None, *, status: int = 400, **more: Any) -> str:
        """Call a method that must be refused; returns its message."""
        reply = self.send(method, body, **more)
        assert reply.status_code == status, reply.text
        return str(reply.json()["Message"])

    def create(self, *orders: dict[str, Any]) -> list[str]:
        """Save channel orders."""
        return list(self.call("Orders/CreateOrders", {"orders": list(orders), "location": "Default"}))

    def order(self, id: str) -> dict[str, Any]:
        """An order in full."""
        return dict(self.call("Orders/GetOrdersById", {"pkOrderIds": [id]})[0])

    def item(self, sku: str) -> str:
        """The id of a SKU."""
        found = self.call("Inventory/GetStockItemIdsBySKU", {"request": {"SKUS": [sku]}})
        return str(found["Items"][0]["StockItemId"])

    def level(self, sku: str) -> tuple[int, int, int]:
        """Physical, in orders and available units of a SKU in the Default location."""
        (found,) = self.read("Stock/GetStockLevel", stockItemId=self.item(sku))
        return found["StockLevel"], found["InOrders"], found["Available"]

    def switch(self, **switches: Any) -> None:
        """Change the account's switches."""
        self.control("PUT", "/limits", {"linnworks": switches})

    def fault(self, kind: str, match: str = "", **more: Any) -> None:
        """Switch a wire fault on, once."""
        self.control("POST", "/faults", {"system": "linnworks", "kind": kind, "match": match, "count": 1, **more})


@pytest.fixture
def live() -> Iterator[Live]:
    """The account alone on free ports with stock in it, on Monday at midnight UTC."""
    store = Store()
    linnworks.install(store)
    store.set_now(MONDAY)
    linnworks.seed_stock(store, LEVELS)
    linnworks.seed_composites(store, BUNDLES)
    kinds, app = tuple(linnworks.KINDS), linnworks.linnworks_app(store)
    system = System("linnworks", kinds, partial(linnworks.systems_entry, store), app, linnworks.error_body)
    entry = World(world.create_world, world.advance, world.plant)
    with Running(Sandbox(store, [system], entry)) as running:
        account = Live(running.base_urls, store)
        yield account
        account.http.close()
    store.close()
