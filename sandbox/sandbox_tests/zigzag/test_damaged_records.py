"""Whatever is done to a record from outside, the hub works on and the wire answers."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox import zigzag
from sandbox.store import Record, Store
from sandbox.zigzag import hub, labels, orders, return_calls, returns
from sandbox.zigzag.errors import WireError
from sandbox_tests.zigzag.conftest import DAY, MONDAY, ORDER, REF, order

VALUES: tuple[Any, ...] = (None, "", "x", 5, -1, 1.5, True, [], ["x"], [None], {}, {"x": 1})


def mirrored(store: Store) -> Record:
    """A return with a label, made by the calls."""
    orders.save(store, order())
    asked = {"orderNumber": ORDER, "retailerCode": "NORTHGATE", "skus": ["GROC-1"]}
    opened = return_calls.open_return_order(store, asked)
    products = [{"productSku": "GROC-1", "quantity": 2, "returnReasonId": 1, "returnOption": "refund"}]
    wanted = {**asked, "returnOrderId": opened["returnOrderId"], "externalReturnRef": REF, "products": products}
    (made,) = return_calls.create(store, wanted)["returns"]
    labels.recorded(store, returns.get(store, made["returnId"]) or {}, "H1", "Evri")
    return record(store, "returns", made["returnId"])


def record(store: Store, kind: str, id: str) -> Record:
    found = store.get("zigzag", kind, id)
    assert found is not None
    return found


def fields(kind: str) -> list[tuple[str, str]]:
    """Field names of a record, '' and a name for one of its lines or events."""
    store = Store()
    zigzag.install(store)
    store.set_now(MONDAY)
    body = mirrored(store).body
    if kind == "shipments":
        body = store.select("zigzag", "shipments")[0].body
    if kind == "orders":
        body = record(store, "orders", ORDER).body
    inner = {"returns": "lines", "shipments": "events", "orders": "lines"}[kind]
    store.close()
    return [("", name) for name in body] + [(inner, name) for name in body[inner][0]]


CASES = [(kind, inner, name) for kind in ("returns", "shipments", "orders") for inner, name in fields(kind)]


@pytest.mark.parametrize(("kind", "inner", "name"), CASES)
def test_a_damaged_field_stops_neither_hub_nor_reading(store: Store, kind: str, inner: str, name: str) -> None:
    made = mirrored(store)
    id = {"returns": made.id, "shipments": str(made.body["_shipments"][0]), "orders": ORDER}[kind]
    whole, shipment = record(store, kind, id), record(store, "shipments", str(made.body["_shipments"][0]))
    for value in VALUES:
        store.put_many([made, shipment, whole])
        change = {inner: [{**whole.body[inner][0], name: value}]} if inner else {name: value}
        store.patch("zigzag", kind, id, change)
        hub.carrier_scan(store, "H1", "delivered", MONDAY, None)
        found = [{"sku": "GROC-1", "quantity": 2}]
        received = hub.receive(store, tracking_number="H1", warehouse="Default", units=found, now=MONDAY)
        store.patch("zigzag", kind, id, change)
        for day in (1, 2, 60):
            zigzag.wave(store, MONDAY + day * DAY)
        assert record(store, "returns", received).body["status"] is not None
        assert return_calls.search(store, {})["totalCount"] >= 1
        assert return_calls.read(store, received)["returnId"]
        store.set_meta("zigzag.last_wave", MONDAY)


@pytest.mark.parametrize("value", VALUES)
def test_a_damaged_order_is_refused_or_answered(store: Store, value: Any) -> None:
    mirrored(store)
    store.patch("zigzag", "orders", ORDER, {"lines": value})
    asked = {"orderNumber": ORDER, "retailerCode": "NORTHGATE", "skus": ["GROC-1"]}
    with pytest.raises(WireError, match="None of these SKUs"):
        return_calls.open_return_order(store, asked)
    assert orders.read(store, ORDER)["returnableQuantity"] == 0
