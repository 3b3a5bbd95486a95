"""A running account with one order, and a client that signs in on its own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest

from sandbox import zigzag
from sandbox.server import Running, opened
from sandbox.store import Store

MONDAY = 1_767_571_200
HOUR, DAY = 3600, 86400
ORDER, REF = "577000000000000001", "4035318504086604001"


def order(number: str = ORDER, *lines: tuple[str, int], **changes: Any) -> dict[str, Any]:
    """A despatched order as a client would push it; one line each of (SKU, quantity), 10.10 a unit."""
    return {
        "orderNumber": number,
        "orderDate": "2026-01-05T00:00:00",
        "shippingFirstName": "Jo",
        "shippingLastName": "Doe",
        "address1": "1 High St",
        "city": "Leeds",
        "postcode": "LS1 1AA",
        "country": "GB",
        "email": "buyer@scs.tiktokw.example",
        "phone": "00000000000",
        "lines": [
            {"sku": sku, "quantity": units, "unitPrice": "10.10", "currency": "GBP"}
            for sku, units in lines or (("GROC-1", 2), ("GROC-2", 1))
        ],
        **changes,
    }


@dataclass
class Live:
    """A running sandbox and a signed-in client of its ZigZag."""

    urls: dict[str, str]
    store: Store
    http: httpx.Client = field(default_factory=lambda: httpx.Client(timeout=20, trust_env=False))
    token: str = ""

    def control(self, method: str, path: str, body: Any = None) -> Any:
        """Call the control API."""
        reply = self.http.request(method, f"{self.urls['control']}/_sandbox{path}", json=body)
        reply.raise_for_status()
        return reply.json()

    def sign_in(self) -> None:
        """Get a token and use it from now on."""
        entry = self.control("GET", "/systems")["zigzag"]
        given = {name: entry[name] for name in ("username", "password")}
        self.token = self.http.post(f"{self.urls['zigzag']}/token", json=given).json()["token"]

    def send(self, method: str, path: str, body: Any = None, **more: Any) -> httpx.Response:
        """Make a call."""
        if not self.token:
            self.sign_in()
        headers = {"Authorization": f"Bearer {self.token}"}
        sent = more if body is None else {"json": body, **more}
        return self.http.request(method, f"{self.urls['zigzag']}{path}", headers=headers, **sent)

    def call(self, method: str, path: str, body: Any = None, **more: Any) -> Any:
        """Make a call that must succeed."""
        reply = self.send(method, path, body, **more)
        assert reply.status_code in {200, 201}, reply.text
        return reply.json()

    def refused(self, method: str, path: str, body: Any = None, **more: Any) -> tuple[int, str]:
        """Make a call that must be refused; returns its status and code."""
        reply = self.send(method, path, body, **more)
        assert set(reply.json()) >= {"code", "detail"}
        return reply.status_code, reply.json()["code"]

    def wanted(self, number: str = ORDER, *products: tuple[str, int], **changes: Any) -> dict[str, Any]:
        """The body of POST /returns, its return order made."""
        skus = [sku for sku, _ in products or (("GROC-1", 1),)]
        asked = {"orderNumber": number, "retailerCode": "NORTHGATE", "skus": skus}
        rows = [
            {"productSku": sku, "quantity": units, "returnReasonId": 1, "returnOption": "refund"}
            for sku, units in products or (("GROC-1", 1),)
        ]
        return {
            "orderNumber": number,
            "retailerCode": "NORTHGATE",
            "returnOrderId": self.call("POST", "/return-orders", asked)["returnOrderId"],
            "externalReturnRef": REF,
            "channel": "TikTok Shop",
            "products": rows,
            **changes,
        }

    def returned(self, *products: tuple[str, int], tracking: str = "", **changes: Any) -> dict[str, Any]:
        """A return of the order, with a recorded label when there is a tracking number."""
        (made,) = self.call("POST", "/returns", self.wanted(ORDER, *products, **changes))["returns"]
        if tracking:
            label = {"trackingNumber": tracking, "carrier": "Evri"}
            self.call("POST", f"/returns/{made['returnId']}/complete", label)
        return self.read(made["returnId"])

    def read(self, id: str) -> dict[str, Any]:
        """A return."""
        return dict(self.call("GET", f"/returns/{id}"))


@pytest.fixture
def live(tmp_path: Path) -> Iterator[Live]:
    """A sandbox on free ports, Monday at midnight, with one order pushed."""
    with opened(tmp_path) as sandbox, Running(sandbox) as running:
        sandbox.store.set_now(MONDAY)
        caller = Live(running.base_urls, sandbox.store)
        caller.call("POST", "/orders", order())
        yield caller
        caller.http.close()


@pytest.fixture
def store() -> Iterator[Store]:
    """An account without a server."""
    kept = Store()
    zigzag.install(kept)
    kept.set_now(MONDAY)
    yield kept
    kept.close()
