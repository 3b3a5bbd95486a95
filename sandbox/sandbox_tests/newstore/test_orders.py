"""Injection, reading and cancellation of orders, and their way from grace period to parcel."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from sandbox_tests.newstore.conftest import DAY, EXTERNAL, HOUR, MINUTE, MONDAY, Live, item, order

INJECT = "/v0/d/fulfill_order"


def changed(**changes: Any) -> dict[str, Any]:
    return order(**changes)


def with_item(**changes: Any) -> dict[str, Any]:
    body = order()
    body["shipments"][0]["items"][0].update(changes)
    return body


def with_price(**changes: Any) -> dict[str, Any]:
    body = order()
    body["shipments"][0]["items"][0]["price"].update(changes)
    return body


def test_an_order_is_made_once_for_each_external_id(live: Live) -> None:
    made = live.call("POST", INJECT, order())
    assert live.call("POST", INJECT, order()) == made
    assert [row["external_item_id"] for row in made["items"]] == ["line-1", "line-2"]
    assert live.refused("POST", INJECT, order(customer_name="Jo")) == (400, "same_order_injection_with_different_data")
    live.control("PUT", "/limits", {"newstore": {"changed_injection": "first"}})
    assert live.call("POST", INJECT, order(customer_name="Jo")) == made
    assert live.control("GET", "/newstore/orders")["total"] == 1


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (changed(external_id=""), "schema_validation_error"),
        (changed(external_id="x" * 65), "schema_validation_error"),
        (changed(currency="gbp"), "schema_validation_error"),
        (changed(channel_type="tiktok"), "schema_validation_error"),
        (changed(shipments=[]), "schema_validation_error"),
        (changed(payments=[]), "payment_amount_mismatch"),
        (changed(shipping_address={"country": "GB"}), "schema_validation_error"),
        (with_item(quantity=2), "schema_validation_error"),
        (with_item(addon_parent_external_item_id="line-9"), "addon_invalid_parent_item"),
        (with_price(item_price=10.101), "schema_validation_error"),
        (with_price(item_price=10.2), "payment_amount_mismatch"),
        (with_price(item_tax_lines=[{"name": "VAT", "amount": 1.68, "rate": 20}]), "schema_validation_error"),
    ],
)
def test_what_contradicts_the_rules_is_refused(live: Live, body: dict[str, Any], code: str) -> None:
    reply = live.send("POST", INJECT, body)
    assert (reply.status_code, reply.json()["error_code"]) == (400, code)
    assert reply.headers["content-type"] == "application/problem+json"
    assert live.control("GET", "/newstore/orders")["total"] == 0


def test_discounts_and_tax_on_top_count_into_the_total(live: Live) -> None:
    discount = {"type": "fixed", "discount_ref": "tiktok-seller", "original_value": 1, "price_adjustment": 1}
    body = order(EXTERNAL, "GROC-1", price_method="tax_excluded")
    body["shipments"][0]["items"][0]["price"]["item_discount_info"] = [discount]
    body["payments"][0]["amount"] = 14.27  # 10.10 - 1.00 + 1.68, and 2.99 + 0.50
    shown = live.read(live.call("POST", INJECT, body)["id"])
    assert Decimal(str(shown["totals"]["total"])) == Decimal("14.27")
    assert shown["items"][0]["price"] == {"base": 10.1, "discount": 1.0, "net": 9.1, "tax": 1.68, "gross": 10.78}
    assert shown["tax_method"] == "vat_excluded"


def test_an_order_is_read_in_both_forms(live: Live) -> None:
    id = live.inject()
    shown = live.call("GET", f"/v0/orders/{EXTERNAL}?id_type=external")
    assert (shown["id"], shown["origin_id"], shown["status"], shown["totals"]["total"]) == (id, EXTERNAL, "open", 23.19)
    assert [each["status"] for each in shown["items"]] == ["pending", "pending"]
    assert shown["placed_at"] == "2026-01-05T01:00:00+01:00"
    version_2 = {"Accept": "application/x.newstore.orders+json;version=2"}
    in_utc = live.call("GET", f"/v0/orders/{id}?id_type=internal", headers=version_2)
    assert in_utc["placed_at"] == "2026-01-05T00:00:00Z"
    missing = live.send("GET", "/v0/orders/unknown?id_type=external")
    assert (missing.status_code, missing.content) == (404, b"")
    assert live.send("GET", f"/v0/orders/{id}").status_code == 400

    assert live.send("GET", f"/v0/d/external_orders/{EXTERNAL}").status_code == 404  # not yet
    live.control("PUT", "/limits", {"newstore": {"readable_after_seconds": 0}})
    live.inject("GROC-1", external_id="other")
    legacy = live.call("GET", "/v0/d/external_orders/external_order_id=other")
    assert (legacy["external_order_id"], legacy["ordered_products"][0]["product_sku"]) == ("other", "GROC-1")


def test_a_customers_orders_are_listed_newest_first(live: Live) -> None:
    for number in range(12):
        live.inject("GROC-9", external_id=f"o-{number}", external_customer_id="buyer")
        live.store.set_now(MONDAY + number + 1)
    version_2 = {"Accept": "application/x.newstore.orders+json;version=2"}
    assert len(live.call("GET", "/v0/orders?customer_id=buyer")["orders"]) == 12
    rows = live.call("GET", "/v0/orders?customer_id=buyer&offset=10&count=5", headers=version_2)["orders"]
    assert [row["origin_id"] for row in rows] == ["o-1", "o-0"]


def test_stores_ship_what_left_its_grace_period(live: Live) -> None:
    id = live.inject("GROC-1", "GROC-2")
    live.pass_time(29 * MINUTE)
    assert live.requests(id) == []
    live.pass_time(31 * MINUTE)
    (request,) = live.requests(id)
    assert (request["status"], request["fulfillment_node_id"] in {"LDN01", "MAN01"}) == ("dispatched", True)
    live.pass_time(16 * HOUR)
    (request,) = live.requests(id)
    assert request["status"] == "completed"
    assert all(line["status"] == "shipped" and line["tracking_code"] and line["carrier"] for line in request["items"])
    shown = live.read(id)
    assert (shown["status"], {each["status"] for each in shown["items"]}) == ("closed", {"complete"})
    assert shown["fulfillments"][0]["origin"]["country_code"] == "GB"
    names = [each["name"] for each in live.control("GET", "/newstore/events")["items"]]
    assert names == [
        *("order.created", "order.opened", "fulfillment_request.assigned", "fulfillment_request.items_completed"),
        "order.completed",
    ]


def test_what_no_node_has_alone_is_split_and_what_none_has_waits(live: Live) -> None:
    split = live.inject(*["GROC-1"] * 5, external_id="split")
    held = live.inject("GROC-1", "GROC-7", external_id="held")
    live.pass_time(HOUR)
    nodes = sorted((each["fulfillment_node_id"], len(each["items"])) for each in live.requests(split))
    assert nodes == [("LDN01", 4), ("MAN01", 1)]  # one unit of each is kept back
    assert live.read(held)["status"] == "on_hold"
    assert {each["status"] for each in live.read(held)["items"]} == {"on_hold"}
    trace = live.call("GET", f"/v0/routing/insights/order/{held}")["insights"]["activities"]
    assert [each["type"] for each in trace] == ["not_routable"]


def test_nobody_works_on_sundays(live: Live) -> None:
    live.store.set_now(MONDAY + 5 * DAY + 17 * HOUR + 50 * MINUTE)  # Saturday, shortly before closing
    id = live.inject("GROC-1")
    live.pass_time(30 * HOUR)
    assert live.requests(id)[0]["status"] == "dispatched"
    live.pass_time(DAY)
    assert live.requests(id)[0]["status"] == "completed"


def test_cancelling_is_safe_in_the_grace_period_and_over_once_a_store_works_on_it(live: Live) -> None:
    before = live.atp("LDN01", "GROC-1") + live.atp("MAN01", "GROC-1")
    first, second = live.inject("GROC-1", external_id="first"), live.inject("GROC-1", external_id="second")
    state = live.call("GET", "/v0/orders/first/cancel?id_type=external")
    assert state == {"cancelable": True, "canceled": False, "is_safe": True}
    assert live.refused("POST", f"/v0/orders/{first}/cancel?id_type=internal", {}) == (400, "schema_validation_error")
    live.call("POST", "/v0/orders/first/cancel?id_type=external", {"reason": "CUSTOMER_REQUEST"})
    assert live.call("GET", "/v0/orders/first/cancel?id_type=external")["canceled"] is True
    again = live.refused("POST", f"/v0/orders/{first}/cancel?id_type=internal", {"reason": "x"})
    assert again == (400, "order_already_canceled")
    live.pass_time(HOUR)
    assert live.call("GET", f"/v0/orders/{second}/cancel?id_type=internal")["is_safe"] is False
    live.pass_time(11 * HOUR)  # acknowledged by now
    assert live.call("GET", f"/v0/orders/{second}/cancel?id_type=internal")["cancelable"] is False
    both = {"order_ids": [first, second, "nothing"], "reason": "x"}
    failed = live.call("POST", "/v0/orders/bulk-cancel", both)
    assert failed["succeeded"] == []
    codes = [each["error"] for each in failed["failed"]]
    assert codes == ["order_already_canceled", "order_not_cancelable", "not_found"]
    assert live.atp("LDN01", "GROC-1") + live.atp("MAN01", "GROC-1") == before - 1
    private = live.call("POST", f"/_/v0/hq/customer_orders/{first}/cancellation", {"reason": "x"})
    assert private["error"]["code"] == "order_already_canceled"


def test_a_request_that_waits_is_cancelled_with_its_order(live: Live) -> None:
    id = live.inject("GROC-1")
    live.pass_time(HOUR)
    live.call("POST", f"/v0/orders/{id}/cancel?id_type=internal", {"reason": "x"})
    (request,) = live.requests(id)
    assert (request["status"], request["items"][0]["status"]) == ("completed", "cancelled")
    assert live.read(id)["status"] == "closed"
    names = [each["name"] for each in live.control("GET", "/newstore/events")["items"]]
    assert names[-2:] == ["order.items_cancelled", "order.cancelled"]


def test_the_grace_period_is_extended_once(live: Live) -> None:
    path = f"/v0/orders/{EXTERNAL}/_extend_grace_period?id_type=external"
    id = live.inject("GROC-1")
    assert live.call("POST", path)["grace_period_ends_at"] == "2026-01-05T00:45:00Z"
    assert live.refused("POST", path) == (409, "grace_period_extended")
    live.pass_time(HOUR)
    assert live.refused("POST", path) == (412, "not_in_grace_period")
    assert len(live.requests(id)) == 1


def test_routing_from_outside_needs_a_node_and_no_stock(live: Live) -> None:
    def routed(external_id: str, strategy: str, node: str) -> dict[str, Any]:
        body = order(external_id, "GROC-7")
        plan = {"strategy": strategy, "fulfillment_node_id": node}
        body["shipments"][0]["shipping_option"]["routing_strategy"] = plan
        return live.read(live.call("POST", INJECT, body)["id"])

    assert routed("a", "external", "BHM01")["items"][0]["status"] == "in_fulfillment"
    assert routed("b", "external", "NOWHERE")["items"][0]["status"] == "cancelled"
    assert routed("c", "prerouted", "LDN01")["status"] == "on_hold"


def test_big_orders_are_refused_by_a_limit_that_is_changed_optimistically(live: Live) -> None:
    path = "/v1/r/config/order_injection"
    config = live.call("GET", path)
    assert config["version"] == "1"
    smaller = {"big_sales_order": {"soft_limit_for_big_orders": 1, "hard_limit_for_big_orders": 2}}
    assert live.call("PATCH", f"{path}?version=1", smaller)["version"] == "2"
    assert live.refused("PATCH", f"{path}?version=1", smaller) == (409, "version_out_of_date")
    assert live.refused("POST", INJECT, order("big", *["GROC-1"] * 3)) == (
        400,
        "maximum_allowed_number_of_items_exceeded",
    )
    held = live.inject("GROC-1", "GROC-1", external_id="middle")
    assert live.read(held)["status"] == "on_hold"
    live.call("PATCH", f"/v0/orders/{held}", {"status": "open"})
    assert live.read(held)["status"] == "open"


def test_an_answer_that_failed_may_hide_an_order(live: Live) -> None:
    for code in ("gateway_timeout", "rpc_timeout"):
        fault = {"system": "newstore", "kind": "late_error_code", "match": INJECT, "code": code, "count": 1}
        live.control("POST", "/faults", fault)
    assert live.send("POST", INJECT, order()).status_code == 504
    assert live.refused("POST", INJECT, order("second")) == (500, "rpc_timeout")
    assert live.call("POST", INJECT, order())["external_id"] == EXTERNAL
    assert live.control("GET", "/newstore/orders")["total"] == 2


def test_history_and_sales_over_the_counter_are_closed_at_once(live: Live) -> None:
    past = order("past", is_historical=True)
    shipment = past["shipments"][0]
    shipment["historical_shipping_option"] = {**shipment.pop("shipping_option"), "shipping_type": "traditional_carrier"}
    assert live.read(live.call("POST", INJECT, past)["id"])["status"] == "closed"
    till = order("till", "GROC-1", is_fulfilled=True, store_id="LDN01", channel_type="store", associate_id="a-101")
    till["shipments"][0]["shipping_option"]["service_level_identifier"] = "IN_STORE_HANDOVER"
    shown = live.read(live.call("POST", INJECT, till)["id"])
    assert (shown["status"], shown["fulfillment_type"]) == ("closed", "in_store_purchase")
    assert live.atp("LDN01", "GROC-1") == 3


def test_addons_belong_to_an_item_of_their_shipment(live: Live) -> None:
    body = order()
    body["shipments"][0]["items"][1]["addon_parent_external_item_id"] = "line-1"
    live.call("POST", INJECT, body)
    twice = order("twice", "GROC-1", "GROC-1", "GROC-2")
    twice["shipments"][0]["items"][2] = item(1, "GROC-2", addon_parent_external_item_id="line-2")
    assert live.refused("POST", INJECT, twice) == (400, "addon_duplicate_external_item_id")
