"""Stock writes: absolute, by difference, in bulk; other channels' sales."""

from __future__ import annotations

import pytest

from sandbox import linnworks
from sandbox_tests.linnworks.conftest import DEFAULT, channel_order


def test_setting_twice_is_once_and_changing_twice_is_double(live):
    body = {"stockLevels": [{"SKU": "GROC-2", "LocationId": DEFAULT, "Level": 4}], "changeSource": "run 7"}
    for _ in range(2):
        (reported,) = live.call("Stock/SetStockLevel", body)
        assert (reported["StockLevel"], reported["Available"]) == (4, 4)
    for expected in (8, 12):
        (reported,) = live.call("Stock/UpdateStockLevelsBySKU", body)
        assert reported["StockLevel"] == expected
    history = live.read(
        "Stock/GetItemChangesHistory", stockItemId=live.item("GROC-2"), locationId=DEFAULT, pageNumber=-1
    )
    assert [(row["ChangeQty"], row["Note"]) for row in history["Data"]] == [
        (4, "run 7"),
        (4, "run 7"),
        (-6, "run 7"),
        (10, "Opening stock"),
    ]


def test_available_is_level_less_orders_and_may_be_negative(live):
    live.create(channel_order("577001", ("GROC-4", 9)))
    assert live.level("GROC-4") == (7, 9, -2)
    live.call("Stock/SetStockLevel", {"stockLevels": [{"SKU": "GROC-4", "LocationId": DEFAULT, "Level": 20}]})
    assert live.level("GROC-4") == (20, 9, 11)
    ids = [live.item("GROC-4"), live.item("GROC-1")]
    batch = live.call("Stock/GetStockLevel_Batch", {"request": {"StockItemIds": [*ids, DEFAULT]}})
    assert [row["pkStockItemId"] for row in batch] == ids
    one = live.call("Stock/GetStockLevelByLocation", {"request": {"StockItemId": ids[0], "LocationId": DEFAULT}})
    assert one["StockLevel"] == batch[0]["StockItemLevels"][0]


def test_an_unknown_sku_refuses_the_whole_write(live):
    rows = [{"SKU": sku, "LocationId": DEFAULT, "Level": 1} for sku in ("GROC-1", "GONE")]
    assert "GONE" in live.refused("Stock/SetStockLevel", {"stockLevels": rows})
    assert live.level("GROC-1") == (50, 0, 50)


def test_a_bulk_row_fails_alone_inside_a_200(live):
    rows = [
        {"SKU": "GROC-1", "StockLocationName": "Default", "StockLevel": 5, "RowIndex": 1},
        {"SKU": "GONE", "StockLocationId": DEFAULT, "StockLevel": 5, "RowIndex": 2},
        {"SKU": "BNDL-1", "StockLocationId": DEFAULT, "StockLevel": 5, "RowIndex": 3},
        {"StockItemId": live.item("GROC-2"), "StockLocationId": DEFAULT, "UnitCost": 1.25, "MinimumLevel": 2},
    ]
    reported = live.call("Stock/UpdateStockLevelsBulk", {"Items": rows})["Items"]
    assert [bool(row["Errors"]) for row in reported] == [False, True, True, False]
    assert live.level("GROC-1") == (5, 0, 5) and live.level("GROC-2") == (10, 0, 10)
    (level,) = live.read("Stock/GetStockLevel", stockItemId=live.item("GROC-2"))
    assert (level["UnitCost"], level["MinimumLevel"], level["StockValue"]) == (1.25, 2, 12.5)


def test_another_channel_sells_no_more_than_there_is(live):
    live.create(channel_order("577001", ("GROC-2", 4)))
    assert linnworks.consume(live.store, "GROC-2", 100) == 6 and live.level("GROC-2") == (4, 4, 0)
    assert linnworks.consume(live.store, "GROC-2", 1) == linnworks.consume(live.store, "GONE", 1) == 0
    linnworks.seed_stock(live.store, {"GROC-2": 9})
    assert linnworks.consume(live.store, "BNDL-1", 2) == 2
    assert live.level("GROC-1") == (46, 0, 46) and live.level("GROC-2") == (7, 4, 3)


@pytest.mark.parametrize("level", ["many", [1], None])
def test_a_damaged_level_is_shown_as_it_is_and_every_item_is_listed(live, level):
    known = live.item("GROC-1")
    (record,) = (
        row for row in live.control("GET", "/linnworks/stock_levels?limit=1000")["items"] if row["SKU"] == "GROC-1"
    )
    changed = {name: value for name, value in record.items() if name != "StockLevel"}
    if level is not None:
        changed["StockLevel"] = level
    live.control("PUT", f"/linnworks/stock_levels/{record['_record']['id']}", changed)
    listed = live.read("Stock/GetStockItems", locationId=DEFAULT, pageNumber=1, entriesPerPage=200)["Data"]
    (shown,) = (row for row in listed if row["StockItemId"] == known)
    assert len(listed) > 1
    assert shown.get("Quantity") == level


def test_a_damaged_part_of_a_bundle_is_shown_and_its_stock_is_still_reported(live):
    (record, *_) = live.control("GET", "/linnworks/compositions?limit=1000")["items"]
    live.control("PATCH", f"/linnworks/compositions/{record['_record']['id']}", {"Quantity": "many"})
    parts = live.read("Inventory/GetInventoryItemCompositions", inventoryItemId=record["StockItemId"])
    assert "many" in [part["Quantity"] for part in parts]
    assert live.read("Stock/GetStockLevel", stockItemId=record["StockItemId"])
