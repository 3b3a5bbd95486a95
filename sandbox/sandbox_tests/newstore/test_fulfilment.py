"""A node's calls on its requests: acknowledged, shipped, rejected and asked of another node, cancelled."""

from __future__ import annotations

from typing import Any

from sandbox_tests.newstore.conftest import Live, order


def asked(live: Live, *products: str, node: str = "LDN01", external_id: str = "o-1") -> tuple[str, dict[str, Any]]:
    """An order that a node was asked for from outside; returns its id and the request."""
    body = order(external_id, *products)
    plan = {"strategy": "external", "fulfillment_node_id": node}
    body["shipments"][0]["shipping_option"]["routing_strategy"] = plan
    id = str(live.call("POST", "/v0/d/fulfill_order", body)["id"])
    return id, live.requests(id)[0]


def path(request: dict[str, Any], call: str) -> str:
    return f"/v0/d/fulfillment_requests/{request['fulfillment_request_id']}/{call}"


def test_a_provider_acknowledges_and_ships_by_product(live: Live) -> None:
    id, request = asked(live, "GROC-1", "GROC-1", "GROC-2")
    live.call("POST", path(request, "acknowledgement"))
    assert live.requests(id)[0]["status"] == "acknowledged"
    parcel = {"carrier": "Royal Mail", "tracking_code": "AB123456785GB"}
    live.call("POST", path(request, "shipment"), {"line_items": [{"product_ids": ["GROC-1"], "shipment": parcel}]})
    assert live.requests(id)[0]["status"] == "partially_completed"
    rest = {"line_items": [{"product_ids": ["GROC-1", "GROC-2"], "shipment": parcel}]}
    live.call("POST", path(request, "shipment"), rest)
    assert live.requests(id)[0]["status"] == "completed"
    assert live.refused("POST", path(request, "shipment"), rest) == (400, "already_shipped")
    assert live.refused("POST", path(request, "acknowledgement")) == (400, "already_shipped")
    sent = live.call("GET", path(request, "shipment"))["successful_shipments"]
    assert [each["product_id"] for each in sent] == ["GROC-1", "GROC-1", "GROC-2"]
    assert live.atp("LDN01", "GROC-1") == 2 and live.read(id)["status"] == "closed"


def test_what_is_rejected_is_asked_of_another_node(live: Live) -> None:
    id, request = asked(live, "GROC-2", "GROC-1")
    missing = {"missing_items": [{"reason": "no_inventory", "product_ids": ["GROC-2"]}]}
    live.call("POST", path(request, "reject_items"), missing)
    first, second = live.requests(id)
    assert {first["fulfillment_node_id"], second["fulfillment_node_id"]} == {"LDN01", "MAN01"}
    assert live.refused("POST", path(request, "reject_items"), missing) == (400, "already_rejected")
    other = next(each for each in (first, second) if each["fulfillment_node_id"] == "MAN01")
    live.call("POST", path(other, "rejection"), {"rejection_reason": "cannot_fulfill"})
    assert live.read(id)["status"] == "on_hold"
    assert live.refused("POST", path(other, "rejection"), {"rejection_reason": "tired"}) == (
        400,
        "schema_validation_error",
    )


def test_states_of_items_are_set_one_kind_at_a_time(live: Live) -> None:
    id, request = asked(live, "GROC-1", "GROC-2")
    url = f"/v0/fulfillment_request/{request['fulfillment_request_id']}/set_items_states"
    ids = [line["item_id"] for line in request["items"]]
    mixed = {"line_items": [{"item_id": ids[0], "state": "shipped"}, {"item_id": ids[1], "state": "rejected"}]}
    assert live.refused("POST", url, mixed) == (400, "schema_validation_error")
    rejected = {"line_items": [{"item_id": ids[1], "state": "rejected"}]}
    assert live.refused("POST", url, rejected) == (400, "schema_validation_error")  # a store says rescinded
    live.call("POST", url, {**rejected, "reason": "rescinded"})
    shipped = {"line_items": [{"item_id": ids[0], "state": "shipped"}], "carrier": "Evri", "tracking_code": "H0"}
    assert live.send("POST", url, shipped).status_code == 204
    (same,) = [each for each in live.requests(id) if each["fulfillment_node_id"] == "LDN01"]
    statuses = {line["item_id"]: line["status"] for line in same["items"]}
    assert statuses == {ids[0]: "shipped", ids[1]: "rejected"}
    names = [each["name"] for each in live.control("GET", "/newstore/events?limit=100")["items"]]
    assert names.count("fulfillment_request.items_completed") == 1


def test_a_provider_cancels_what_nobody_gets_any_more(live: Live) -> None:
    id, request = asked(live, "GROC-1", "GROC-2")
    live.call("POST", path(request, "canceled_items"), {"product_ids": ["GROC-2"]})
    assert [each["product_id"] for each in live.call("GET", path(request, "canceled_items"))["canceled_items"]] == [
        "GROC-2"
    ]
    assert sorted(each["status"] for each in live.read(id)["items"]) == ["cancelled", "in_fulfillment"]
    assert live.atp("LDN01", "GROC-2") == 0
    single = live.call("GET", f"/fulfillment/fulfillment-requests/{request['fulfillment_request_id']}")
    assert (single["order_id"], single["status"]) == (id, "partially_completed")
    assert live.call("GET", "/v0/fulfillment_requests/unknown") == {"fulfillment_requests": []}
    assert live.refused("POST", "/v0/d/fulfillment_requests/unknown/acknowledgement") == (404, "not_found")
