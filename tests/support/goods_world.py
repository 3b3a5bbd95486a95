"""A shop that ships from one GXO site, as raw rows: a sound listing, a sound order, and whatever a test lands beside.

Belongs here: landing those rows and running the steps of a cycle over them. Does not: what should come of it.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb

from orchestration.steps.steps import build_step, check_step, plan_step, publish_step
from reverse_sync import Plan
from tests.support.raw_world import DAMAGE_LOAD, SHOP, land
from tests.support.worlds import CONFIG
from tieout.published import open_published
from tieout.settings import Settings
from tieout.state import State

Payload = dict[str, Any]
WAREHOUSE, SITE, ITEM = "7395000000000000101", "NTH1", "A"
SOUND_ORDER, SOUND_SKU = "571771458000900001", "1730000000000000001"
CREATED, DUE = 1771455200, 1771614680  # 18 Feb 22:53, 20 Feb 19:11
RULES = {"gxo_stale_after_minutes": 3000, "linnworks_stale_after_minutes": 3000}
SHARES = {"smallest_snapshot_share": "0.5", "most_zero_share_jump": "0.9", "most_zeroed_share": "0.2"}


GXO = f"""
[gxo]
site = "{SITE}"
shops = ["{SHOP}"]
host = "localhost"
user = "tieout"
host_key = "ssh-ed25519 AAAA"
depositor = "US"
our_id = "US"
their_id = "THEM"
"""


def write_tenant(folder: Path) -> None:
    """Write the demo's configuration with this shop and this site in it."""
    shutil.copytree(CONFIG, folder)
    settings = (folder / "tieout.toml").read_text().replace("7495000000000000101", SHOP)
    (folder / "tieout.toml").write_text(settings + GXO)


def order(number: str, line: Payload) -> Payload:
    """Return an order of one line item that waits to be shipped by the seller."""
    item = {"id": f"{number}000", "sku_id": SOUND_SKU, "display_status": "AWAITING_SHIPMENT", "currency": "GBP"}
    times = {"create_time": CREATED, "paid_time": CREATED, "update_time": CREATED, "rts_sla_time": DUE}
    return {
        "status": "AWAITING_SHIPMENT",
        "payment": {"currency": "GBP", "total_amount": "3.92"},
        "fulfillment_type": "FULFILLMENT_BY_SELLER",
        "shipping_type": "SELLER",
        "warehouse_id": WAREHOUSE,
        "line_items": [item | {"original_price": "3.92", "sale_price": "3.92"} | line],
        **times,
    }


class GoodsWorld:
    """The warehouse that the rows are landed in, and what its steps make of them."""

    def __init__(self, settings: Settings) -> None:
        self.settings, self.home = settings, settings.home

    def land(self, rows: Callable[[Callable[..., None]], None], load: tuple[str, str] = DAMAGE_LOAD) -> None:
        """Call `rows` with a function that lands (table, key, payload, shop=, parent=) as one load."""
        with duckdb.connect(self.home / "warehouse.duckdb") as connection:
            connection.execute("set TimeZone = 'UTC'")

            def landed(table: str, key: str, payload: Payload | None, *, shop: str = "", parent: str = "") -> None:
                land(connection, table, key, payload, shop=shop, parent=parent, load=load)

            rows(landed)

    def land_sound_goods(self) -> None:
        """Land the maps, the stock of the site, one listing and one order, all of which agree."""
        self.land(_sound_goods)

    def run(self) -> Plan:
        """Build, check, publish and plan, as a cycle does; nothing is written to anybody."""
        state = State(self.settings.database_url)
        try:
            build_step(self.settings, state, report=_silent)
            check_step(self.settings, state, report=_silent)
            publish_step(self.settings, report=_silent)
            return plan_step(self.settings, state)
        finally:
            state.close()

    def published(self, sql: str) -> list[tuple[Any, ...]]:
        """Return what readers see."""
        with open_published(self.settings) as connection:
            return connection.execute(sql).fetchall()


def _silent(_text: str) -> None:
    """Report nothing."""


def _sound_goods(landed: Callable[..., None]) -> None:
    place = {"shop_id": SHOP, "warehouse_id": WAREHOUSE, "system": "gxo", "location": SITE}
    landed("raw_config.location_map", "1", place)
    service = {"shop_id": "*", "shipping_type": "SELLER", "delivery_option": "*", "service": "STD"}
    landed("raw_config.service_map", "1", service)
    landed("raw_config.stock", "stock", RULES | SHARES)
    snapshot = {"site": SITE, "at": "2026-02-18T22:00:00Z", "skus": 1, "skus_at_zero": 0}
    landed("raw_gxo.stock_snapshots", "846/1", snapshot)
    level = {"site": SITE, "sku": ITEM, "quantities": {"17": 9, "33": 9, "QH": 0}}
    landed("raw_gxo.stock_levels", f"{SITE}/{ITEM}", level, parent="846/1")
    product = {"status": "ACTIVATE", "skus": [{"id": SOUND_SKU, "seller_sku": ITEM}]}
    landed("raw_tiktok_shop.products", "1729000000000000001", product, shop=SHOP)
    held = [{"warehouse_id": WAREHOUSE, "available_quantity": 3, "committed_quantity": 0}]
    listing = {"seller_sku": ITEM, "warehouse_inventory": held}
    landed("raw_tiktok_shop.inventory", SOUND_SKU, listing, shop=SHOP, parent="1729000000000000001")
    landed("raw_tiktok_shop.orders", SOUND_ORDER, order(SOUND_ORDER, {"seller_sku": ITEM}), shop=SHOP)
    until = {"window_from": "1970-01-01T00:00:00+00:00", "window_to": "2026-02-19T00:00:00+00:00"}
    for entity in ("orders", "inventory"):
        window = until | {"system": "tiktok_shop", "entity": entity, "shop_id": SHOP, "load_id": DAMAGE_LOAD[1]}
        landed("raw_tieout.coverage", f"goods {entity}", window, shop=SHOP)
