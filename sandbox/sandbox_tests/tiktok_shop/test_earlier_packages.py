"""Orders that shipped before anybody took over: the packages that they name are there."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sandbox.server import Running, opened
from sandbox_tests.conftest import GB, Client

CORRECTED = {"tracking_number": "H099999999999999", "shipping_provider_id": "6617675021119438849"}


@pytest.fixture
def traded(tmp_path: Path) -> Iterator[Client]:
    """A client of a world that has traded for ten days, and ships by itself."""
    with opened(tmp_path) as sandbox, Running(sandbox) as running:
        client = Client(running.sandbox)
        client.control("POST", "/trade", {"baskets": 40, "days": 2, "seed": 2})
        client.control("POST", "/clock", {"advance_days": 4})
        yield client
        client.http.close()


def shipped(client: Client, shipping_type: str) -> tuple[dict[str, Any], str]:
    """Return an order that its carrier has not delivered yet, and the shop's cipher."""
    shops = client.control("GET", "/systems").json()["tiktok_shop"]["shops"]
    cipher = next(shop["cipher"] for shop in shops if shop["id"] == GB)
    found = client.data("POST", "/order/202309/orders/search", cipher=cipher, page_size=100)["orders"]
    wanted = (o for o in found if o["status"] in {"AWAITING_COLLECTION", "IN_TRANSIT"})
    return next(o for o in wanted if o["shipping_type"] == shipping_type), cipher


def test_the_package_of_an_order_names_its_parcel(traded: Client) -> None:
    order, cipher = shipped(traded, "SELLER")
    (package,) = order["packages"]
    found = traded.data("GET", f"/fulfillment/202309/packages/{package['id']}", cipher=cipher)
    assert found["order_line_item_ids"] == [line["id"] for line in order["line_items"]]
    assert (found["tracking_number"], found["create_time"]) == (order["tracking_number"], order["rts_time"])
    assert found["package_status"] == order["line_items"][0]["package_status"]
    assert not [name for name in found if name.startswith("_")]
    path = f"/fulfillment/202309/packages/{package['id']}/shipping_info/update"
    assert traded.call("POST", path, cipher="ROW_OTHER", body=CORRECTED).json()["code"] == 101000
    path = f"/fulfillment/202309/orders/{order['id']}/shipping_info/update"
    traded.data("POST", path, cipher=cipher, body=CORRECTED)
    again = traded.data("GET", f"/fulfillment/202309/packages/{package['id']}", cipher=cipher)
    assert again["tracking_number"] == CORRECTED["tracking_number"]
    assert traded.call("POST", path, cipher=cipher, body=CORRECTED).json()["code"] == 21011050


def test_its_label_was_used_and_another_shops_package_is_none(traded: Client) -> None:
    order, cipher = shipped(traded, "TIKTOK")
    path = f"/fulfillment/202309/packages/{order['packages'][0]['id']}"
    document = traded.call("GET", f"{path}/shipping_documents", cipher=cipher, document_type="SHIPPING_LABEL").json()
    is_taken = order["status"] == "IN_TRANSIT"
    assert document["code"] == (21042102 if is_taken else 0)
    other = next(s for s in traded.control("GET", "/systems").json()["tiktok_shop"]["shops"] if s["id"] != GB)
    assert traded.call("GET", path, cipher=other["cipher"]).json()["code"] == 21011028
