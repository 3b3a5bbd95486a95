"""A client written from the fact sheet alone: token, stock, order, cancellation, events, parcel, return."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path

import httpx

from sandbox import newstore
from sandbox.server import Running, opened

MONDAY, DAY = 1_767_571_200, 86_400


def test_a_plain_script_takes_an_order_from_injection_to_return(tmp_path: Path) -> None:
    with opened(tmp_path) as sandbox, Running(sandbox) as running:
        sandbox.store.set_now(MONDAY)
        newstore.seed_stock(sandbox.store, {("LDN01", "MUG-1"): 5})
        account = httpx.get(f"{running.base_urls['control']}/_sandbox/systems", trust_env=False).json()["newstore"]
        http = httpx.Client(base_url=account["base_url"], trust_env=False, timeout=20)
        client = (account["client_id"], account["client_secret"])
        granted = http.post(account["token_url"], data={"grant_type": "client_credentials"}, auth=client)
        assert granted.status_code == 200
        http.headers.update({"Authorization": f"Bearer {granted.json()['access_token']}", "tenant": account["tenant"]})

        job = http.post("/v0/d/availabilities/bulk", json={}).json()["availability_export_id"]
        while (state := http.get(f"/v0/d/availabilities/bulk/{job}").json())["state"] != "finished":
            assert state["state"] == "processing"
        with zipfile.ZipFile(io.BytesIO(httpx.get(state["link"], trust_env=False).content)) as archive:
            rows = json.loads(archive.read(archive.namelist()[0]))["items"]
        assert rows[0]["product_id"] == "MUG-1" and rows[0]["atp"] == 4 and state["last_updated_at"] > 0
        later = http.post("/v0/d/availabilities/bulk", json={"last_updated_at": state["last_updated_at"]}).json()
        http.get(f"/v0/d/availabilities/bulk/{later['availability_export_id']}")
        assert http.get(f"/v0/d/availabilities/bulk/{later['availability_export_id']}").json()["last_updated_at"] == 0

        address = {"country": "GB", "address_line_1": "1 High St", "city": "Leeds", "zip_code": "LS1 1AA"}
        tax = [{"name": "VAT", "amount": 1.58, "rate": 0.2, "country_code": "GB"}]
        discount = {"type": "fixed", "discount_ref": "seller", "original_value": 0.5, "price_adjustment": 0.5}
        price = {
            "item_price": 10,
            "item_list_price": 10,
            "item_tax_lines": tax,
            "item_discount_info": [discount],
        }
        order = {
            "external_id": "577000000000000001",
            "shop": account["shop"],
            "shop_locale": account["shop_locale"],
            "channel_type": "web",
            "channel_name": "tiktok_shop",
            "currency": "GBP",
            "price_method": "tax_included",
            "placed_at": "2026-01-05T00:00:00Z",
            "notification_blacklist": ["order_confirmation"],
            "shipping_address": address,
            "billing_address": address,
            "extended_attributes": [{"name": "tiktok_order_id", "value": "577000000000000001"}],
            "shipments": [
                {
                    "items": [
                        {"external_item_id": f"58{number}", "product_id": "MUG-1", "price": price}
                        for number in range(2)
                    ],
                    "shipping_option": {"service_level_identifier": "STANDARD", "price": 2.99, "tax": 0.5},
                }
            ],
            "payments": [
                {
                    "processor": "tiktok",
                    "correlation_ref": "577000000000000001",
                    "type": "captured",
                    "amount": 21.99,
                    "method": "tiktok_shop",
                    "processed_at": "2026-01-05T00:00:00Z",
                }
            ],
        }
        made = http.post("/v0/d/fulfill_order", json=order)
        assert made.status_code == 200 and made.json()["external_id"] == order["external_id"]
        assert http.post("/v0/d/fulfill_order", json=order).json() == made.json()
        second = http.post("/v0/d/fulfill_order", json={**order, "external_id": "577000000000000002"}).json()
        state = http.get("/v0/orders/577000000000000002/cancel?id_type=external").json()
        assert state == {"cancelable": True, "canceled": False, "is_safe": True}
        cancelled = http.post(f"/v0/orders/{second['id']}/cancel?id_type=internal", json={"reason": "CUSTOMER_REQUEST"})
        assert (cancelled.status_code, cancelled.content) == (200, b"")

        hook = {"callback_parameters": {"callback_url": "http://127.0.0.1:9/", "api_key": "k"}}
        listening = http.post("/api/v1/org/integrations/eventstream", json={**hook, "integration_type": "permanent"})
        assert listening.status_code == 201
        http.delete(f"/api/v1/org/integrations/eventstream/{listening.json()['id']}")

        for step in range(0, DAY, newstore.WAVE_SECONDS):
            sandbox.store.set_now(MONDAY + step)
            newstore.wave(sandbox.store, MONDAY + step)
        id = made.json()["id"]
        requests = http.get(f"/v0/fulfillment_requests/{id}").json()["fulfillment_requests"]
        tracked = [line for request in requests for line in request["items"] if line["tracking_code"]]
        shown = http.get(f"/v0/orders/{id}?id_type=internal").json()
        assert shown["totals"]["total"] == 21.99 and shown["status"] in {"open", "closed", "on_hold"}
        for line in tracked:
            assert line["status"] == "shipped" and line["carrier"]
            back = {"items": [{"product_id": line["product_id"]}], "returned_from": account["stores"][0]}
            assert http.post(f"/v0/d/orders/{id}/returns", json=back).json()["refunded_amount"] >= 9.5
        http.close()
