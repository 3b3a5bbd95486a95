"""Whatever is in a record's field is served as it is: the endpoints answer, and show the damage."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from sandbox.store import Store
from sandbox.tiktok_shop import envelope
from sandbox.tiktok_shop.gateway import routed
from sandbox.tiktok_shop.request import Request
from sandbox_tests.conftest import GB

MISSING = object()
DAMAGES = (None, "", "text", "12,50", "1e999999", 5, -0.5, [], ["a", 1], {}, {"value": None}, True, MISSING)
STATEMENT = "/finance/{}/statements/stm-1/statement_transactions"
BY_ORDER = "/finance/{}/orders/5770000000000000001/statement_transactions"
SORTED = {"sort_field": "order_create_time"}
ENDPOINTS: dict[str, list[tuple[str, str, dict[str, str]]]] = {
    "orders": [
        ("POST", "/order/202309/orders/search", {"sort_field": "update_time", "page_size": "100"}),
        ("GET", "/order/202507/orders", {"ids": "5770000000000000001"}),
        ("GET", "/order/202407/orders/5770000000000000001/price_detail", {}),
        ("GET", BY_ORDER.format("202501"), {}),
        ("GET", BY_ORDER.format("202309"), {}),
    ],
    "statements": [
        ("GET", "/finance/202309/statements", {"sort_field": "statement_time"}),
        ("GET", STATEMENT.format("202501"), SORTED),
        ("GET", STATEMENT.format("202309"), SORTED),
        ("GET", BY_ORDER.format("202501"), {}),
    ],
    "statement_transactions": [
        ("GET", STATEMENT.format("202501"), SORTED),
        ("GET", STATEMENT.format("202309"), SORTED),
        ("GET", BY_ORDER.format("202501"), {}),
        ("GET", BY_ORDER.format("202309"), {}),
    ],
    "payments": [
        ("GET", "/finance/202605/payments", {"sort_field": "create_time"}),
        ("GET", "/finance/202309/payments", {"sort_field": "create_time"}),
    ],
    "unsettled_transactions": [("GET", "/finance/202507/orders/unsettled", SORTED)],
}
SAMPLES = {
    "orders": "5770000000000000001",
    "statements": "stm-1",
    "statement_transactions": "7400000000000000001",
    "payments": "pay-1",
    "unsettled_transactions": "uns-1",
}
IN_PARTS = ("payment", "line_items", "revenue_breakdown", "fee_tax_breakdown", "shipping_cost_breakdown")


def asked(store: Store, method: str, path: str, query: dict[str, str]) -> dict[str, Any]:
    endpoint, version, parts = routed(method, path)
    texts = {key: [value] for key, value in query.items()}
    shop = store.get("tiktok_shop", "shops", GB)
    return dict(
        json.loads(envelope.envelope(endpoint.answer(Request(store, version, texts, b"", shop, parts))))["data"]
    )


def damaged(body: dict[str, Any], place: tuple[str, ...], damage: Any) -> dict[str, Any]:
    """Return the body with one field, possibly inside an object or a list's first object, replaced."""
    changed = dict(body)
    name, *deeper = place
    if deeper and isinstance(body[name], list):
        changed[name] = [damaged(body[name][0], tuple(deeper), damage), *body[name][1:]]
    elif deeper:
        changed[name] = damaged(body[name], tuple(deeper), damage)
    elif damage is MISSING:
        del changed[name]
    else:
        changed[name] = damage
    return changed


def places_in(body: dict[str, Any]) -> list[tuple[str, ...]]:
    top = [(name,) for name in body if not name.startswith("_")]
    parts = ((name, body[name][0] if isinstance(body[name], list) else body[name]) for name in IN_PARTS if name in body)
    return top + [(name, *inner) for name, part in parts if isinstance(part, dict) for inner in places_in(part)]


@pytest.mark.parametrize("kind", ENDPOINTS)
def test_any_field_may_hold_anything_and_every_endpoint_answers(store: Store, kind: str) -> None:
    sound = store.get("tiktok_shop", kind, SAMPLES[kind])
    assert sound
    for place in places_in(sound.body):
        for damage in DAMAGES:
            store.put(replace(sound, body=damaged(sound.body, place, damage)))
            for method, path, query in ENDPOINTS[kind]:
                assert isinstance(asked(store, method, path, query), dict), (place, damage)


@pytest.mark.parametrize("kind", ENDPOINTS)
def test_damage_is_shown_where_the_record_is_listed(store: Store, kind: str) -> None:
    sound = store.get("tiktok_shop", kind, SAMPLES[kind])
    assert sound
    method, path, query = ENDPOINTS[kind][kind == "orders"]  # the search answers in an older form, without some fields
    for name in (name for name in sound.body if not name.startswith("_")):
        for damage in DAMAGES[:-1]:
            store.put(replace(sound, body={**sound.body, name: damage}))
            listed = next(rows for rows in asked(store, method, path, query).values() if isinstance(rows, list))
            assert damage in [row.get(name) for row in listed], (name, damage)
