"""Whatever is done to a record from outside, the stores work on and the wire answers."""

from __future__ import annotations

import json
from contextlib import suppress
from decimal import Decimal
from typing import Any

import pytest

from sandbox import newstore
from sandbox.newstore import availability, fulfilment, fulfilment_calls, graph, injection, order_calls, orders, returns
from sandbox.newstore.errors import WireError
from sandbox.store import Record, Store
from sandbox_tests.newstore.conftest import EXTERNAL, HOUR, order, pass_time

VALUES: tuple[Any, ...] = (None, "x", -1, [], ["x"], {"x": 1})
KINDS = ("orders", "fulfillment_requests", "stock", "locations")


def waiting(store: Store) -> str:
    """An order that a store was asked for; returns its id."""
    made = injection.inject(store, json.loads(json.dumps(order()), parse_float=Decimal))
    pass_time(store, HOUR)
    return str(made["id"])


def records(store: Store, kind: str) -> Record:
    return store.select("newstore", kind, limit=1)[0]


def fields() -> list[tuple[str, str, str]]:
    """Kind, '' or the list that a field is in, and the field, of all records that are worked on."""
    store = Store()
    newstore.install(store)
    store.set_meta("world", {"seed": 7})
    newstore.seed_stock(store, {("LDN01", "GROC-1"): 9, ("LDN01", "GROC-2"): 9})
    waiting(store)
    found = [(kind, "", name) for kind in KINDS for name in records(store, kind).body]
    found += [("orders", "items", name) for name in records(store, "orders").body["items"][0]]
    found += [
        ("fulfillment_requests", "items", name) for name in fulfilment.of_order(store, first(store))[0]["items"][0]
    ]
    store.close()
    return found


def first(store: Store) -> str:
    return records(store, "orders").id


@pytest.mark.parametrize(("kind", "inner", "name"), fields())
def test_a_damaged_field_stops_neither_stores_nor_reading(store: Store, kind: str, inner: str, name: str) -> None:
    id = waiting(store)
    every = [record for each in KINDS for record in store.select("newstore", each)]
    whole = records(store, kind)
    for value in VALUES:
        store.put_many(every)
        change = {inner: [{**whole.body[inner][0], name: value}]} if inner else {name: value}
        store.patch("newstore", kind, whole.id, change)
        newstore.wave(store, store.now + 12 * HOUR)
        assert orders.get(store, id) is not None
        answered(lambda: order_calls.read(store, id, "internal", ""))
        answered(lambda: order_calls.read_legacy(store, f"internal={id}"))
        answered(lambda: order_calls.cancellation(store, id, "internal"))
        answered(lambda: fulfilment_calls.listed(store, id))
        answered(lambda: returns.of_order(store, EXTERNAL))
        answered(lambda: availability.start_export(store, {}))
        answered(lambda: availability.unallocated(store, None))
        found = graph.query(store, {"query": "{ orders { nodes { id status grandTotal } } }"}, with_zone=False)
        assert "data" in found


def answered(call: Any) -> None:
    """Make a call that must answer, be it with a refusal."""
    with suppress(WireError):
        json.dumps(call(), default=float)
