"""A listing or an order line without seller SKU holds itself under MAP-01, and nothing else.

Belongs here: every way in which a seller SKU can be missing, through a whole cycle up to the plan. Does not: items that
a warehouse does not know (unit tests of the models).
"""

from __future__ import annotations

import json
from typing import Any

from tests.support.goods_world import ITEM, SOUND_ORDER, SOUND_SKU, GoodsWorld, order
from tests.support.raw_world import ROOT, SHOP, UNDO_LOAD

CASE = ROOT / "tests" / "cases" / "22-line-without-seller-sku"
MISSING: dict[str, dict[str, Any]] = {
    "0": {},
    "1": {"seller_sku": None},
    "2": {"seller_sku": ""},
    "3": {"seller_sku": " \t\u00a0\u200b"},
}
NUMBERS = {f"57177145800090002{way}" for way in MISSING}
LISTED = {f"173000000000099900{way}" for way in MISSING}
MIXED = "571771458000900099"


def missing_sku_rows(ways: dict[str, dict[str, Any]]) -> Any:
    """Return what lands the case's order and listing once for each way in which the seller SKU is missing."""
    listing = json.loads((CASE / "product.json").read_text())

    def land(landed: Any) -> None:
        for way, without in ways.items():
            document = json.loads((CASE / "order.json").read_text())
            document["line_items"] = [line | without | {"id": f"{line['id']}{way}"} for line in document["line_items"]]
            landed("raw_tiktok_shop.orders", document["id"][:-1] + way, document, shop=SHOP)
            product, inventory = listing["product"], listing["inventory"]
            key = product["skus"][0]["id"][:-1] + way
            skus = [sku | without | {"id": key} for sku in product["skus"]]
            landed("raw_tiktok_shop.products", product["id"] + way, product | {"skus": skus}, shop=SHOP)
            landed("raw_tiktok_shop.inventory", key, inventory | without, shop=SHOP, parent=product["id"] + way)

    return land


def mixed_order(landed: Any) -> None:
    """Land an order of a sound line and one without a seller SKU."""
    document = order(MIXED, {"seller_sku": ITEM})
    document["line_items"].append(document["line_items"][0] | {"id": "other", "seller_sku": None})
    landed("raw_tiktok_shop.orders", MIXED, document, shop=SHOP)


def test_what_has_no_seller_sku_is_held_alone_until_it_has_one_and_the_rest_flows(goods: GoodsWorld) -> None:
    goods.land(missing_sku_rows(MISSING))
    goods.land(mixed_order)
    rows = {(row.sync, row.entity_key): row.held_because for row in goods.run().rows}
    for number in {*NUMBERS, MIXED}:
        assert rows["gxo__warehouse_orders", number] == "blocked: MAP-01: a line item has no seller SKU"
    assert rows["gxo__warehouse_orders", SOUND_ORDER] == rows["tiktok_shop__stock", SOUND_SKU] == ""
    assert all("MAP-01: the listing has no seller SKU" in rows["tiktok_shop__stock", key] for key in LISTED)
    opened = goods.published("select entity_type, entity_id, owner, actual from exceptions.open where code = 'MAP-01'")
    wanted = {("order", number) for number in {*NUMBERS, MIXED}} | {("sku", key) for key in LISTED}
    assert {row[:2] for row in opened} == wanted
    assert all(owner == "MER" and actual for _type, _id, owner, actual in opened)

    named = {"seller_sku": ITEM}
    goods.land(missing_sku_rows(dict.fromkeys(MISSING, named)), UNDO_LOAD)
    goods.land(lambda landed: landed("raw_tiktok_shop.orders", MIXED, order(MIXED, named), shop=SHOP), UNDO_LOAD)
    held = {row.entity_key: row.held_because for row in goods.run().rows}
    assert {held[number] for number in {*NUMBERS, MIXED}} == {""}
    assert goods.published("select count(*) from exceptions.open where code = 'MAP-01'") == [(0,)]
    assert goods.published("select count(*) from exceptions.history where code = 'MAP-01'") == [(len(wanted),)]
