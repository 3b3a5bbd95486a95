"""A client written from the fact sheet alone: token, order, return order, return, label, list, cancel."""

from __future__ import annotations

from pathlib import Path

import httpx

from sandbox.server import Running, opened


def test_a_plain_script_mirrors_a_return_from_order_to_cancellation(tmp_path: Path) -> None:
    with opened(tmp_path) as sandbox, Running(sandbox) as running:
        sandbox.store.set_now(1_767_571_200)
        systems = httpx.get(f"{running.base_urls['control']}/_sandbox/systems", trust_env=False).json()
        account = systems["zigzag"]
        assert account["base_url"] == running.base_urls["zigzag"]
        http = httpx.Client(base_url=account["base_url"], trust_env=False, timeout=20)

        granted = http.post("/token", json={"username": account["username"], "password": account["password"]})
        assert (granted.status_code, granted.json()["expires_in"]) == (200, 1800)
        http.headers["Authorization"] = f"Bearer {granted.json()['token']}"

        order = {
            "orderNumber": "577000000000000001",
            "orderDate": "2026-01-01T10:00:00",
            "shippingFirstName": "Jo",
            "address1": "1 High St",
            "city": "Leeds",
            "postcode": "LS1 1AA",
            "country": "GB",
            "email": "jo@example.com",
            "phone": "0113 496 0000",
            "lines": [{"sku": "MUG-1", "quantity": 2, "unitPrice": "9.50", "currency": "GBP"}],
        }
        assert http.post("/orders", json=order).status_code == 201
        assert http.post("/orders", json=order).status_code == 200
        assert http.get("/orders/577000000000000001").json()["returnableQuantity"] == 2

        asked = {"orderNumber": order["orderNumber"], "retailerCode": account["retailer_code"], "skus": ["MUG-1"]}
        eligible = http.post("/return-orders", json=asked).json()
        reason = next(each for each in eligible["reasons"] if each["code"] == "DAMAGED")
        product = {"productSku": "MUG-1", "quantity": 1, "returnReasonId": reason["reasonId"], "returnOption": "refund"}
        wanted = {
            "orderNumber": order["orderNumber"],
            "retailerCode": account["retailer_code"],
            "returnOrderId": eligible["returnOrderId"],
            "externalReturnRef": "4035318504086604001",
            "channel": "TikTok Shop",
            "notes": "",
            "products": [{**product, "returnReasonDetails": "The handle is off"}],
        }
        created = http.post("/returns", json=wanted)
        (made,) = created.json()["returns"]
        assert (created.status_code, made["status"], made["externalReturnRef"]) == (
            201,
            "created",
            "4035318504086604001",
        )
        again = http.post("/returns", json=wanted)
        assert (again.status_code, again.json()["code"], again.json()["returnIds"]) == (
            409,
            "duplicate_reference",
            [made["returnId"]],
        )

        label = http.post(f"/returns/{made['returnId']}/complete", json={"carrierServiceId": 1}).json()
        assert label["trackingNumber"] and label["labelUrl"] and label["warehouseDC"] == made["warehouseDC"]

        window = {"updatedFrom": "2026-01-01T00:00:00Z", "updatedTo": "2026-02-01T00:00:00Z", "page": 1, "pageSize": 50}
        listed = http.get("/returns", params=window).json()
        assert (listed["page"], listed["pageSize"], listed["totalCount"]) == (1, 50, 1)
        (shown,) = listed["returns"]
        assert shown["shipments"][0]["shipmentNumber"] == label["shipmentNumber"]
        assert (shown["lines"][0]["reasonCode"], shown["lines"][0]["reasonText"]) == ("DAMAGED", "The handle is off")
        assert shown["refund"] == {
            "status": "not_ready",
            "amount": "9.50",
            "currency": "GBP",
            "triggeredAt": None,
            "settledAt": None,
        }

        assert http.delete(f"/shipments/{label['shipmentNumber']}").status_code == 200
        assert http.get(f"/returns/{made['returnId']}").json()["status"] == "cancelled"
        assert http.get("/orders/577000000000000001").json()["returnableQuantity"] == 2
        http.close()
