"""A script that knows the vendor's documents and nothing of this account but its keys: order in, tracking out."""

from __future__ import annotations

import time

import httpx
import jwt

JSON = {"X-NetSuite-PropertyNameValidation": "error"}
SINCE = "TO_DATE('2026-01-01 00:00:00', 'YYYY-MM-DD HH24:MI:SS')"
CHANGED = (
    "SELECT t.id, t.tranid, t.status, TO_CHAR(t.lastmodifieddate, 'YYYY-MM-DD HH24:MI:SS') AS changed"
    f" FROM transaction t WHERE t.type = 'ItemShip' AND t.lastmodifieddate >= {SINCE}"
    " ORDER BY t.lastmodifieddate, t.id"
)
TRACKING = (
    "SELECT DISTINCT o.externalid, n.trackingnumber FROM transaction f"
    " INNER JOIN previoustransactionlinelink l ON l.nextdoc = f.id INNER JOIN transaction o ON o.id = l.previousdoc"
    " INNER JOIN trackingnumbermap m ON m.transaction = f.id INNER JOIN trackingnumber n ON n.id = m.trackingnumber"
    " WHERE f.type = 'ItemShip' AND f.status = 'C' AND o.type = 'SalesOrd' ORDER BY n.trackingnumber"
)
ADDRESS = (
    "SELECT t.externalid, a.addressee, a.zip FROM transaction t"
    " INNER JOIN transactionshippingaddress a ON a.nkey = t.shippingaddress WHERE t.type = 'SalesOrd'"
)
STOCK = "SELECT location, quantityonhand, quantityavailable FROM aggregateitemlocation WHERE item = "


class Account:
    """The few calls that such a script makes."""

    def __init__(self, entry):
        keys, now = entry["oauth2"], int(time.time())
        claims = {"iss": keys["client_id"], "scope": ["rest_webservices"], "aud": keys["token_url"], "iat": now,
                  "exp": now + 600}  # fmt: skip
        form = {
            "grant_type": "client_credentials",
            "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
            "client_assertion": jwt.encode(claims, keys["private_key"], "PS256", {"kid": keys["certificate_id"]}),
        }
        token = httpx.post(keys["token_url"], data=form, timeout=30).json()["access_token"]
        self.root = entry["base_url"] + "/services/rest"
        self.headers = {"Authorization": f"Bearer {token}"}

    def write(self, method, url, body):
        """Write a record and return its address."""
        url = url if url.startswith("http") else f"{self.root}/record/v1/{url}"
        answer = httpx.request(method, url, json=body, headers=self.headers | JSON, timeout=30)
        assert answer.status_code == 204, answer.text
        return answer.headers["Location"]

    def read(self, url):
        answer = httpx.get(url, params={"expandSubResources": "true"}, headers=self.headers, timeout=30)
        return answer.json()

    def ask(self, query):
        """Return all rows of a query, page by page."""
        url, rows = f"{self.root}/query/v1/suiteql?limit=1", []
        while url:
            answer = httpx.post(url, json={"q": query}, headers=self.headers | {"Prefer": "transient"}, timeout=30)
            page = answer.json()
            rows += [{name: value for name, value in row.items() if name != "links"} for row in page["items"]]
            url = next((link["href"] for link in page["links"] if link["rel"] == "next"), "")
        return rows


def test_a_stranger_sends_an_order_and_reads_its_tracking_numbers(live):
    account = Account(live.entry)
    item = account.write("PUT", "inventoryItem/eid:MUG-1", {"itemId": "MUG-1"}).rsplit("/", 1)[1]
    account.write("POST", "inventoryAdjustment", {
        "subsidiary": {"id": "1"}, "account": {"externalId": "ACC-5900"},
        "inventory": {"items": [{"item": {"id": item}, "location": {"id": "1"}, "adjustQtyBy": 5, "unitCost": 2}]},
    })  # fmt: skip
    order = {
        "entity": {"externalId": "CUST-TTS-UK"}, "otherRefNum": "576", "orderStatus": {"id": "B"}, "toBeEmailed": False,
        "location": {"id": "1"}, "shippingAddress": {"addressee": "A Buyer", "zip": "ZZ99 1AA"},
        "item": {"items": [
            {"line": 1, "item": {"externalId": "MUG-1"}, "quantity": 3, "price": {"id": -1}, "rate": 9.99},
            {"line": 2, "item": {"externalId": "ITEM-TTS-REFUND"}, "quantity": 1, "amount": -2.5},
        ]},
    }  # fmt: skip
    for _ in range(2):  # sent again after a lost reply, it is the same order
        location = account.write("PUT", "salesOrder/eid:TTS-576", order)
    assert (account.read(location)["total"], account.read(location)["status"]["id"]) == (27.47, "B")
    assert account.ask(ADDRESS) == [{"externalid": "TTS-576", "addressee": "A Buyer", "zip": "ZZ99 1AA"}]
    lines = {"items": [{"orderLine": 1, "quantity": 2, "itemReceive": True}]}
    shipment = account.write("POST", f"{location}/!transform/itemFulfillment", {
        "externalId": "TTS-576-1", "item": lines, "shipStatus": {"id": "A"},
    })  # fmt: skip
    again = httpx.post(f"{location}/!transform/itemFulfillment", json={"externalId": "TTS-576-1", "item": lines},
                          headers=account.headers, timeout=30)  # fmt: skip
    assert again.status_code == 400 and "already exists" in again.text
    packages = [{"packageTrackingNumber": number, "packageWeight": 1} for number in ("JD1", "JD2")]
    account.write("PATCH", shipment, {"shipStatus": {"id": "C"}, "package": {"items": packages}})
    account.write("POST", f"{location}/!transform/itemFulfillment", {"shipStatus": {"id": "C"}})
    assert [row["status"] for row in account.ask(CHANGED)] == ["C", "C"]
    assert account.ask(TRACKING) == [
        {"externalid": "TTS-576", "trackingnumber": "JD1"}, {"externalid": "TTS-576", "trackingnumber": "JD2"},
    ]  # fmt: skip
    assert [row["quantityonhand"] for row in account.ask(STOCK + item + " ORDER BY location")] == ["2", "0"]
    assert account.read(location)["status"]["refName"] == "Pending Billing"
    account.write("POST", f"{location}/!transform/invoice", {"externalId": "TTS-576"})
    assert account.read(location)["status"]["refName"] == "Billed"
