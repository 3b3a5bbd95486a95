"""Labels that a seller sends for what comes back."""

from __future__ import annotations

import time
from typing import Any

from sandbox.tiktok_shop import return_life as life
from sandbox.tiktok_shop import returns
from sandbox.tiktok_shop.signing import request_signature
from sandbox.tiktok_shop.tokens import APP_KEY, APP_SECRET
from sandbox_tests.conftest import START
from sandbox_tests.tiktok_shop.returning import (
    EVRI,
    PATH,
    approve,
    asked,
    row,
)


def test_seller_provides_the_label(connected: Any) -> None:
    id, path = asked(connected), "/return_refund/202405/returns/shipping_documents"
    label = {"tracking_number": "H0123456789ABCDE", "return_provider_id": EVRI}
    assert connected.call("POST", path, label, return_ids=id) == 25001003
    approve(connected, id, "APPROVE_RETURN")
    assert connected.call("POST", path, {**label, "return_provider_id": "none"}, return_ids=id) == 25001001
    assert connected.call("POST", path, label, return_ids=id) == {}
    found = row(connected, id)
    assert (found["return_tracking_number"], found["return_provider_name"]) == ("H0123456789ABCDE", "Evri")
    assert found["return_method"] == "SELLER_SHIPPED"


def test_an_app_reads_decides_and_sends_a_label_over_http(client: Any, store: Any) -> None:
    order = store.get("tiktok_shop", "orders", "5770000000000000001")
    store.put(store.indexed(order, {**order.body, "status": "DELIVERED"}))
    id = returns.request(store, order.id, type="RETURN_AND_REFUND", reason="damaged", now=START)
    found = client.data("POST", f"{PATH}/search", body={"return_status": [life.PENDING]}, page_size=50)
    assert [each["return_id"] for each in found["return_orders"]] == [id]
    assert client.data("POST", f"{PATH}/{id}/approve", body={"decision": "APPROVE_RETURN"}, idempotency_key="k") == {}
    path = "/return_refund/202405/returns/shipping_documents"
    query = [("app_key", APP_KEY), ("return_ids", id), ("shop_cipher", "ROW_GB"), ("timestamp", str(int(time.time())))]
    sign = request_signature(APP_SECRET, path, query=query, content_type="multipart/form-data")
    reply = client.http.post(
        client.tiktok + path,
        params=[*query, ("sign", sign)],
        data={"tracking_number": "H0123456789ABCDE", "return_provider_id": EVRI},
        files={"return_shipping_label": ("label.pdf", b"%PDF-1.4", "application/pdf")},
        headers={"x-tts-access-token": client.access_token()},
    )
    assert reply.json()["code"] == 0, reply.text
    assert returns.get(store, id).body["return_tracking_number"] == "H0123456789ABCDE"
