"""A shop that lists stock and has orders to ship, and calls that go straight to the endpoint."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from sandbox.store import Record, Store
from sandbox.tiktok_shop.envelope import ApiError
from sandbox.tiktok_shop.gateway import routed
from sandbox.tiktok_shop.request import Request
from sandbox_tests.conftest import GB, START, US, seeded_store

WAREHOUSES = {GB: "7395000000000000101", US: "7395000000000000202"}
CURRENCIES = {GB: "GBP", US: "USD"}


@dataclass
class Connected:
    """A store and calls on it. `call` answers data, or the code of a refusal."""

    store: Store

    def call(self, method: str, path: str, body: Any = None, *, shop: str = GB, **query: Any) -> Any:
        """Answer a call as the gateway would, without signing."""
        endpoint, version, parts = routed(method, path)
        texts = {key: [str(value)] for key, value in query.items()}
        raw = b"" if body is None else json.dumps(body).encode()
        record = self.store.get("tiktok_shop", "shops", shop)
        try:
            return endpoint.answer(Request(self.store, version, texts, raw, record, parts, "127.0.0.1:1"))
        except ApiError as error:
            return error.code

    def put(self, kind: str, id: str, body: dict[str, Any], *, shop: str = GB) -> None:
        """Store a record as the world would."""
        record = Record("tiktok_shop", kind, id, body, shop)
        self.store.put(self.store.indexed(record, body))

    def body(self, kind: str, id: str) -> dict[str, Any]:
        """Return a record's body, which must exist."""
        record = self.store.get("tiktok_shop", kind, id)
        assert record is not None
        return record.body

    def list_sku(self, sku: str, available: int, committed: int = 0, *, shop: str = GB, **more: Any) -> None:
        """List a product with one SKU."""
        product = f"p-{sku}"
        row = {"id": sku, "seller_sku": f"GROC-{sku}", "price": {"currency": CURRENCIES[shop], "sale_price": "10"}}
        combined = {key: more.pop(key) for key in list(more) if key == "combined_skus"}
        self.put(
            "products",
            product,
            {
                "id": product,
                "title": sku,
                "status": more.pop("status", "ACTIVATE"),
                "skus": [{**row, **combined}],
                "create_time": START + len(sku),
                "update_time": START + 10,
            },
            shop=shop,
        )
        place = {
            "warehouse_id": WAREHOUSES[shop],
            "available_quantity": available,
            "committed_quantity": committed,
        }
        stock = {"product_id": product, "id": sku, "seller_sku": f"GROC-{sku}", "warehouse_inventory": [place], **more}
        self.put("inventory", sku, stock, shop=shop)

    def order(
        self, id: str, skus: list[str], *, status: str = "AWAITING_SHIPMENT", shop: str = GB, **more: Any
    ) -> None:
        """Store an order of one unit a line."""
        lines = [
            {
                "id": f"{id}-{number}",
                "sku_id": sku,
                "sku_name": "Default",
                "product_name": sku,
                "seller_sku": f"GROC-{sku}",
                "display_status": status,
                "sale_price": "10",
                "item_tax": [],
                "package_id": "",
                "package_status": "",
            }
            for number, sku in enumerate(skus)
        ]
        self.put(
            "orders",
            id,
            {
                "id": id,
                "status": status,
                "create_time": START,
                "update_time": START,
                "paid_time": 0 if status == "UNPAID" else START + 60,
                "fulfillment_type": "FULFILLMENT_BY_SELLER",
                "shipping_type": "SELLER",
                "warehouse_id": WAREHOUSES[shop],
                "packages": [],
                "recipient_address": {"name": "A Buyer", "region_code": "GB"},
                "payment": {"currency": CURRENCIES[shop], "shipping_fee": "2.99", "total_amount": "12.99"},
                "is_on_hold_order": True,
                "is_buyer_request_cancel": False,
                "line_items": lines,
                **more,
            },
            shop=shop,
        )

    def stock(self, sku: str) -> tuple[int, int]:
        """Return available and committed units."""
        place = self.body("inventory", sku)["warehouse_inventory"][0]
        return place["available_quantity"], place["committed_quantity"]

    def sent(self, event: str) -> list[dict[str, Any]]:
        """Return the data of the webhooks of a type that were queued."""
        found = self.store.select("tiktok_shop", "webhook_deliveries", matching={"event_type": event})
        return [json.loads(record.body["content"])["data"] for record in found]


@pytest.fixture
def connected() -> Iterator[Connected]:
    """Two shops with a warehouse each, subscribed to webhooks 1, 4, 11 and 12."""
    shop = Connected(seeded_store(Store()))
    for id, warehouse in WAREHOUSES.items():
        body = {"id": warehouse, "name": "Main", "effect_status": "ENABLED", "type": "SALES_WAREHOUSE"}
        shop.put("warehouses", warehouse, body, shop=id)
        for event in ("ORDER_STATUS_CHANGE", "PACKAGE_UPDATE", "CANCELLATION_STATUS_CHANGE", "RETURN_STATUS_CHANGE"):
            address = {"event_type": event, "address": "http://127.0.0.1:9/hook"}
            shop.put("webhook_subscriptions", f"{id}:{event}", address, shop=id)
    yield shop
    shop.store.close()
