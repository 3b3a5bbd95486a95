"""Failures of stock and listings: remembered under what they are about, and nothing else touched."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from sandbox.gxo import stock
from sandbox.store import Store
from sandbox.world import advance
from sandbox.world.incidents import PLANTERS, plant
from sandbox_tests.world.connected.conftest import DAY, HOUR, START, begun

CODES = sorted(code for code in PLANTERS if code[:3] in {"INV", "MAP"})


@pytest.fixture(scope="module")
def trading(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """A world that has traded for two days; orders wait."""
    store = begun(tmp_path_factory.mktemp("trading"), baskets=600)
    advance(store, START + 2 * DAY + 19 * HOUR)
    yield store
    store.close()


def contents(store: Store) -> dict[tuple[str, str, str], str]:
    rows = store.connection.execute("select system, kind, id, body || deleted from record").fetchall()
    return {tuple(row[:3]): row[3] for row in rows}


@pytest.mark.parametrize("code", CODES)
def test_it_is_remembered_and_touches_only_goods(trading, code):
    before = contents(trading)
    planted = plant(trading, code, 2)
    changed = {key for key, body in contents(trading).items() if before.get(key) != body}
    assert {(entry["system"], entry["kind"], entry["id"]) for entry in planted} <= changed
    assert {(system, kind) for system, kind, _id in changed} <= {
        ("tiktok_shop", "inventory"),
        ("tiktok_shop", "products"),
        ("tiktok_shop", "warehouses"),
        ("gxo", "stock"),
    }
    assert all(entry["entity_id"] for entry in planted)
    assert [entry["code"] for entry in planted] == [code] * len(planted)


def of(store: Store, code: str) -> dict[str, str]:
    return next(entry for entry in store.get_meta("truth") if entry["code"] == code)


def test_units_that_vanish_are_reported_by_no_message_and_damaged_ones_are(trading):
    waiting = {line["sku"] for line in trading.get_meta(stock.WAITING, [])}
    assert of(trading, "INV-02")["id"] in waiting
    assert of(trading, "INV-14")["id"] not in waiting


def test_a_new_listing_can_be_bought_and_a_renamed_one_keeps_its_id(trading):
    product = trading.get("tiktok_shop", "products", of(trading, "MAP-01")["id"]).body
    sku = product["skus"][0]
    listed = trading.get("tiktok_shop", "inventory", sku["id"]).body
    assert listed["warehouse_inventory"][0]["available_quantity"] > 0
    assert sku["seller_sku"] == of(trading, "MAP-01")["entity_id"].split("/")[1]
    renamed = trading.get("tiktok_shop", "products", of(trading, "MAP-02")["id"]).body["skus"][0]
    assert (renamed["id"], renamed["seller_sku"][-4:]) == (of(trading, "MAP-02")["entity_id"], "-NEW")


def test_a_bundle_is_made_of_what_is_listed(trading):
    product = trading.get("tiktok_shop", "products", of(trading, "MAP-03")["id"]).body
    parts = product["skus"][0]["combined_skus"]
    assert product["skus"][0]["id"] == of(trading, "MAP-03")["entity_id"]
    assert all(trading.get("tiktok_shop", "inventory", part["sku_id"]) for part in parts)
