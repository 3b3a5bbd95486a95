"""The stock lane's incremental models hold after any change what they would hold if they were built again.

Belongs here: a small warehouse of listings, levels and maps, random changes of it, and the comparison. Does not: what
may be sold (unit tests beside the models), or whole cycles (test_incremental_equals_rebuild).
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from ingestion.raw import create_raw_tables
from orchestration.accelerator.lineage import models_before
from orchestration.accelerator.replay import build_models
from tests.support.rebuilds import Maker, Payload, Row, built_anew, differences, iso, land, load_id, open_made
from tieout.reading import Reading

SYNC, VIEW = "sync.sync_tiktok_shop__stock", "intermediate.int_stock__available_to_sell"
START = datetime(2026, 2, 19, 9, tzinfo=UTC)
SHOPS, ITEMS, PLACES = ("S", "T"), ("A", "B", "C", "SET"), ("1", "2", "3")


def _dated(chance: random.Random, now: datetime) -> Payload:
    days = [(now + timedelta(days=shift)).date().isoformat() for shift in (-1, 0, 1)]
    return {"valid_from": chance.choice(["", "", *days]), "valid_to": chance.choice(["", "", "", *days])}


def _inventory(chance: random.Random, _now: datetime) -> list[Row]:
    shop, number = chance.choice(SHOPS), chance.randint(1, 9)
    warehouses = chance.sample(PLACES, chance.choice([0, 2, 3, 3]))
    listed = [
        {"warehouse_id": shop + place, "available_quantity": chance.randint(0, 9), "committed_quantity": 0}
        for place in warehouses
    ]
    payload = {"seller_sku": chance.choice([*ITEMS, "old"]), "warehouse_inventory": listed}
    gone = chance.random() < 0.1
    product = chance.choice(["p1", "p2"])
    return [Row("raw_tiktok_shop.inventory", f"{shop}{number}", None if gone else payload, shop, product)]


def _product(chance: random.Random, _now: datetime) -> list[Row]:
    """SKUs 1 to 5 are of one product and the rest of the other, so that none is ever in both."""
    shop, product = chance.choice(SHOPS), chance.choice(["p1", "p2"])
    numbers = [number for number in (range(1, 6) if product == "p1" else range(6, 10)) if chance.random() < 0.8]
    payload = {
        "status": chance.choice(["ACTIVATE", "ACTIVATE", "FREEZE"]),
        "skus": [{"id": f"{shop}{n}"} for n in numbers],
    }
    combined = chance.choice([[], [], [], [{"seller_sku": "A", "sku_count": 1}]])
    detail = {"skus": [{"id": f"{shop}{n}", "combined_skus": combined} for n in numbers]}
    rows = [
        Row("raw_tiktok_shop.products", product, None if chance.random() < 0.1 else payload, shop),
        Row("raw_tiktok_shop.product_details", product, detail, shop),
    ]
    return chance.sample(rows, chance.randint(1, 2))


def _counted_in(chance: random.Random, now: datetime) -> list[Row]:
    shop, place = chance.choice(SHOPS), chance.choice(PLACES)
    system, location = chance.choice([("linnworks", "L1"), ("linnworks", "L2"), ("gxo", "N")])
    mapped = {"shop_id": shop, "warehouse_id": shop + place, "system": system, "location": location}
    gone = chance.random() < 0.1
    return [Row("raw_config.location_map", shop + place, None if gone else mapped | _dated(chance, now))]


def _map(chance: random.Random, now: datetime) -> list[Row]:
    shop, kind = chance.choice([*SHOPS, "*"]), chance.choice(["sku_map", "bundle_map", "buffer_map"])
    rows: dict[str, Payload] = {
        "sku_map": {"shop_id": shop, "seller_sku": "old", "item": chance.choice(ITEMS)},
        "bundle_map": {"bundle": "SET", "component": chance.choice("ABC"), "quantity": chance.randint(1, 2)},
        "buffer_map": {"shop_id": shop, "seller_sku": chance.choice([*ITEMS, "*"]), "units": 1, "percent": 10},
    }
    row = rows[kind]
    key = "/".join(str(value) for name, value in row.items() if name not in ("item", "quantity"))
    return [Row(f"raw_config.{kind}", key, None if chance.random() < 0.2 else row | _dated(chance, now))]


def _peak(chance: random.Random, now: datetime) -> list[Row]:
    starts = now + timedelta(minutes=chance.choice([-30, 0, 30, 90]))
    times = {"starts_at": iso(starts), "ends_at": iso(starts + timedelta(minutes=60))}
    kept = {"shop_id": chance.choice([*SHOPS, "*"]), "name": "live", "buffer_units": 1, "buffer_percent": 10}
    return [Row("raw_config.peaks", chance.choice("xy"), None if chance.random() < 0.2 else kept | times)]


def _rules(chance: random.Random, _now: datetime) -> list[Row]:
    stale = chance.choice([45, 90, 900])
    rules = {"gxo_stale_after_minutes": stale * 10, "linnworks_stale_after_minutes": stale}
    shares = {"smallest_snapshot_share": 0.5, "most_zero_share_jump": 0.9, "most_zeroed_share": 0.2}
    return [Row("raw_config.stock", "stock", rules | shares)]


def _level(chance: random.Random, _now: datetime) -> list[Row]:
    """A level; now and then Linnworks gives the item another number."""
    number, location = chance.randint(0, 4), chance.choice(["L1", "L2"])
    item = [*ITEMS, "Z"][number] if chance.random() < 0.8 else "renamed"
    level = {"ItemNumber": item, "Quantity": chance.randint(0, 9), "Available": chance.randint(0, 9)}
    level |= {"InOrder": 0, "MinimumLevel": chance.choice([0, 0, -1]), "IsCompositeParent": chance.random() < 0.1}
    gone = chance.random() < 0.1
    return [Row("raw_linnworks.stock_levels", f"{number}/{location}", None if gone else level, parent=location)]


def _names(chance: random.Random, _now: datetime) -> list[Row]:
    """Two items under their own names or, now and then, under each other's."""
    names = ("A", "B") if chance.random() < 0.6 else ("B", "A")
    return [Row("raw_linnworks.stock_items", str(place), {"ItemNumber": name}) for place, name in enumerate(names)]


def _reading(chance: random.Random, now: datetime) -> list[Row]:
    location = chance.choice(["L1", "L2"])
    name = location if chance.random() < 0.9 else "moved"
    reported = {"id": location, "location": name, "as_of": iso(now), "items": chance.choice([4, 4, 9])}
    gone = chance.random() < 0.05
    payload = None if gone else reported | {"items_at_zero": 0}
    return [Row("raw_linnworks.stock_snapshots", location, payload)]


def _gxo_snapshot(chance: random.Random, now: datetime) -> list[Row]:
    taken, items = now - timedelta(minutes=chance.choice([0, 5, 600])), chance.sample(ITEMS, chance.randint(2, 4))
    reported = {"site": "N", "at": iso(taken), "skus": len(items), "skus_at_zero": 0}
    rows = [Row("raw_gxo.stock_snapshots", f"846/{iso(taken)}", reported)]
    for item in items:
        quantities = {"17": chance.randint(0, 9), "33": chance.randint(0, 9), "QH": chance.randint(0, 1)}
        level = {"site": "N", "sku": item, "quantities": quantities}
        rows.append(Row("raw_gxo.stock_levels", f"N/{item}", level, parent=f"846/{iso(taken)}", reported_at=taken))
    return rows


def _gxo_message(chance: random.Random, now: datetime) -> list[Row]:
    key, item, day = chance.choice("abc"), chance.choice(ITEMS), now.date().isoformat()
    line = {"sku": item, "ordered": 1, "shipped": chance.randint(0, 1), "received": 2, "exceptions": []}
    rows: dict[str, Payload] = {
        "stock_adjustments": {
            "site": "N",
            "sku": item,
            "quantity": chance.choice([-1, 1]),
            "reason": "05",
            "date": day,
        },
        "stock_receipts": {"site": "N", "lines": [line], "date": day},
        "shipping_advices": {"site": "N", "order_number": f"S{key}", "lines": [line], "ship_date": day},
    }
    table = chance.choice(list(rows))
    payload = None if chance.random() < 0.1 else rows[table]
    return [Row(f"raw_gxo.{table}", key, payload, reported_at=now.replace(hour=0))]


def _order(chance: random.Random, now: datetime) -> list[Row]:
    shop, key = chance.choice(SHOPS), chance.choice("abcdefgh")
    lines = [
        {"id": f"{key}{n}", "seller_sku": chance.choice(ITEMS), "sku_id": f"{shop}{n}", "display_status": "UNPAID"}
        for n in range(chance.randint(1, 2))
    ]
    order = {
        "status": chance.choice(["UNPAID", "AWAITING_SHIPMENT", "AWAITING_SHIPMENT", "IN_TRANSIT", "CANCELLED"]),
        "payment": {"currency": "GBP", "total_amount": "1.00"},
        "create_time": int(now.timestamp()),
        "warehouse_id": shop + chance.choice(PLACES),
        "fulfillment_type": "FULFILLMENT_BY_SELLER",
        "line_items": lines,
    }
    known = {"Processed": "false", "GeneralInfo": {"Source": "TIKTOK", "ReferenceNum": shop + key, "Status": "1"}}
    rows = [Row("raw_tiktok_shop.orders", shop + key, order, shop)]
    return rows + [Row("raw_linnworks.orders", f"own{key}", known)] * chance.randint(0, 1)


MAKERS: tuple[Maker, ...] = (
    *(_inventory, _product, _counted_in, _map, _peak, _rules),
    *(_level, _names, _reading, _gxo_snapshot, _gxo_message, _order),
)


def _coverage(chance: random.Random, now: datetime) -> Iterator[Row]:
    """What was read moves every clock; its windows part and meet, and at times a shop is listed without its orders."""
    for shop in SHOPS:
        for entity in ("inventory", "orders") if chance.random() < 0.9 else ("inventory",):
            since = chance.choice(["1970-01-01T00:00:00Z", iso(now - timedelta(minutes=10)), iso(now)])
            window = {"window_from": since, "window_to": iso(now), "load_id": load_id(now)}
            reported = {"system": "tiktok_shop", "entity": entity, "shop_id": shop}
            yield Row("raw_tieout.coverage", f"{shop}{entity}{load_id(now)}", reported | window)


@pytest.mark.parametrize("seed", [0, *(pytest.param(seed, marks=pytest.mark.exhaustive) for seed in (1, 2))])
def test_random_loads_change_by_change_hold_what_a_whole_build_holds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    monkeypatch.setenv("TIEOUT_HOME", str(tmp_path))
    chance, now = random.Random(seed), START
    wanted = [*models_before(tmp_path, SYNC), *models_before(tmp_path, VIEW)[-1:]]
    with open_made(tmp_path) as warehouse:
        create_raw_tables(warehouse)
    land(tmp_path, [row for maker in MAKERS * 25 for row in maker(chance, now)], now)
    rows_seen = 0
    anew = built_anew(tmp_path, [model.name for model in wanted])
    assert anew
    for _ in range(8):
        land(tmp_path, list(_coverage(chance, now)), now)
        build_models(Reading(home=tmp_path, config_dir=tmp_path), wanted)
        assert differences(tmp_path, anew) == {}
        with open_made(tmp_path) as warehouse:
            rows_seen += len(warehouse.execute(f"select * from {VIEW}").fetchall())
        now += timedelta(minutes=chance.choice([5, 5, 20, 60, 700]))
        changes = chance.choices(MAKERS, k=chance.choice([0, 1, 2, 5, 9]))
        land(tmp_path, [row for maker in changes for row in maker(chance, now)], now)
    assert rows_seen > 8
