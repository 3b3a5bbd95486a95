"""Returns of both versions, refunds, and what is brought to a till."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest

from sandbox import newstore
from sandbox.newstore import injection, orders, returns, till
from sandbox.newstore.errors import WireError
from sandbox.store import Store
from sandbox.world.draw import Draw
from sandbox_tests.newstore.conftest import DAY, EXTERNAL, Live, order, pass_time


def shipped(store: Store, *products: str) -> str:
    """An order that has left; returns its id."""
    made = injection.inject(store, json.loads(json.dumps(order(EXTERNAL, *products)), parse_float=Decimal))
    pass_time(store, DAY)
    return str(made["id"])


def rows(*products: str, **more: Any) -> list[dict[str, Any]]:
    return [{"product_id": product, "condition_code": 1, "item_condition": "Sellable", **more} for product in products]


def names(store: Store) -> list[str]:
    return [str(record.body["name"]) for record in store.select("newstore", "events")]


def test_version_1_takes_an_amount_and_pays_shipping_with_the_last_unit(store: Store) -> None:
    id = shipped(store, "GROC-1", "GROC-2")
    there = newstore.stock.level(store, "BHM01", "GROC-1") or {"on_hand": 0}
    given = {"items": rows("GROC-1"), "returned_from": "BHM01", "refund_amount": Decimal(5)}
    first = returns.take_back(store, id, given, is_v2=False)
    assert first["refunded_amount"] == 5.0
    assert newstore.stock.level(store, "BHM01", "GROC-1")["on_hand"] == there["on_hand"] + 1  # type: ignore[index]
    last = returns.take_back(store, id, {"items": rows("GROC-2"), "returned_from": "BHM01"}, is_v2=False)
    assert last["refunded_amount"] == 13.09  # the unit and the shipping
    assert [each["return_id"] for each in returns.of_order(store, id)] and returns.refunded(store, id) == Decimal(
        "18.09"
    )
    assert {item["status"] for item in (orders.get(store, id) or {})["items"]} == {"returned"}
    with pytest.raises(WireError, match="no unit of it"):
        returns.take_back(store, id, {"items": rows("GROC-1"), "returned_from": "BHM01"}, is_v2=False)


def test_version_2_works_the_amount_out_and_keeps_a_fee(store: Store) -> None:
    id = shipped(store, "GROC-1", "GROC-2")
    given = {"items": rows("GROC-1", condition_code=2), "returned_from": "LDN01"}
    with pytest.raises(WireError, match="refund_amount"):
        returns.take_back(store, id, {**given, "refund_amount": Decimal(1)}, is_v2=True)
    before = newstore.stock.level(store, "LDN01", "GROC-1")
    made = returns.take_back(store, id, {**given, "return_fee": Decimal("1.10")}, is_v2=True)
    assert (made["refunded_amount"], made["return_fee"]) == (9.0, 1.1)
    assert newstore.stock.level(store, "LDN01", "GROC-1") == before  # damaged: not for sale
    assert names(store)[-2:] == ["return.processed", "payment_account.amount_refunded"]
    payload = store.select("newstore", "events", parent="return.processed")[0].body["payload"]
    assert (payload["order_id"], payload["external_order_id"]) == (id, EXTERNAL)
    assert (payload["total_refund_amount"], payload["total_refund_tax"]) == (9.0, 1.68)


def test_more_than_was_paid_is_never_given_back(store: Store) -> None:
    id = shipped(store, "GROC-1")
    wanted = {"amount": Decimal(10), "currency": "GBP", "note": "late"}
    attributes = [{"name": "tiktok_return_id", "value": "4035"}]
    made = returns.refund(store, id, {**wanted, "extended_attributes": attributes})
    assert made["amount"] == 10.0
    (shown,) = returns.refunds(store, id)["refunds"]
    assert shown["metadata"]["extended_attributes"] == attributes
    with pytest.raises(WireError) as refused:
        returns.refund(store, id, wanted)
    assert refused.value.code == "refund_exceeds_payment"
    with pytest.raises(WireError) as refused:
        returns.take_back(store, id, {"items": rows("GROC-1"), "returned_from": "LDN01"}, is_v2=True)
    assert refused.value.code == "refund_exceeds_payment"
    with pytest.raises(WireError, match="currency"):
        returns.refund(store, id, {**wanted, "currency": "USD"})


def test_a_till_takes_back_what_comes_and_gives_no_money(store: Store) -> None:
    id = shipped(store, "GROC-1", "GROC-2")
    back = till.take_back(store, EXTERNAL, ["GROC-2", "GROC-9"], Draw(1, "till"))
    assert (back["order_id"], back["refunded_amount"], len(back["return_items"])) == (id, 0.0, 2)
    statuses = {item["product_id"]: item["status"] for item in (orders.get(store, id) or {})["items"]}
    assert statuses == {"GROC-1": "complete", "GROC-2": "returned"}
    assert "payment_account.amount_refunded" not in names(store)


def test_an_order_that_is_not_known_comes_back_blind(store: Store) -> None:
    back = till.take_back(store, "577000000000000999", ["GROC-1"], Draw(1, "till"))
    body = orders.get(store, back["order_id"]) or {}
    assert body["status"] == "created_for_blind_return"
    assert body["extended_attributes"] == [{"name": "receipt", "value": "577000000000000999"}]
    payload = store.select("newstore", "events", parent="return.processed")[0].body["payload"]
    assert payload["blind_order_id"] == body["id"] and "order_id" not in payload


def test_returns_are_made_and_read_over_the_wire(live: Live) -> None:
    id = live.inject("GROC-1")
    live.pass_time(DAY)
    wanted = {"items": rows("GROC-1"), "returned_from": "LDN01"}
    url = f"/v0/d/orders/{id}/returns"
    assert live.refused("POST", f"{url}?version=0.2", {**wanted, "refund_amount": 1}) == (
        400,
        "schema_validation_error",
    )
    made = live.call("POST", url, wanted)
    assert live.call("GET", url) == [live.call("GET", f"{url}/{made['return_id']}")]
    assert live.refused("GET", f"{url}/other") == (404, "not_found")
    text = """
        query ($ids: [String!]) {
          orders(first: 5, filter: {externalId: {in: $ids}}) {
            nodes {
              id status placedAt
              fulfillmentRequests { nodes { fulfillmentLocationId logicalTimestamp items { nodes { trackingCode } } } }
              addresses { nodes { addressType city } }
              paymentAccount { transactions(filter: {transactionType: {equalTo: "refund"}}) { nodes { amount } } }
            }
            edges { node { externalId } }
          }
          return(id: "RETURN", tenant: "northgate") { orderId items { edges { node { conditionCode } } } }
        }
    """.replace("RETURN", made["return_id"])
    asked = {"query": text, "variables": {"ids": [EXTERNAL]}}
    data = live.call("POST", "/api/v1/org/data/query", asked)["data"]
    (node,) = data["orders"]["nodes"]
    assert (node["id"], node["status"], node["addresses"]["nodes"][0]["city"]) == (id, "closed", "Leeds")
    assert node["placedAt"] == "2026-01-05T01:00:00+01:00"
    (request,) = node["fulfillmentRequests"]["nodes"]
    assert request["logicalTimestamp"] == 1 and request["items"]["nodes"][0]["trackingCode"]
    assert node["paymentAccount"]["transactions"]["nodes"] == [{"amount": made["refunded_amount"]}]
    assert data["return"] == {"orderId": id, "items": {"edges": [{"node": {"conditionCode": 1}}]}}
    wrong = live.call("POST", "/api/v1/org/data/query", {"query": "{ nothing }"})
    assert wrong["data"] is None and wrong["errors"]
    created = "{ orders { nodes { createdAt } } }"
    bare = live.call("POST", "/api/v1/org/data/query", {"query": created})["data"]["orders"]["nodes"][0]["createdAt"]
    zoned = {"Force-Render-Timezone": "true"}
    full = live.call("POST", "/api/v1/org/data/query", {"query": created}, headers=zoned)
    assert f"{bare}Z" == full["data"]["orders"]["nodes"][0]["createdAt"]
