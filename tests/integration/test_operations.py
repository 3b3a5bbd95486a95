"""What operations sees of a connected world: orders, parcels and stock as they are; each failure of goods by name."""

from __future__ import annotations

from typing import Any

import pytest

from orchestration.explain.order import explain_order
from orchestration.explain.sku import explain_sku
from orchestration.warehouse.queries import exception_rows, fetch
from tests.support.connected import copy_of, cycle
from tests.support.gxo_tenant import UK
from tieout.published import open_published
from tieout.settings import load_settings

CODES = ("INV-07", "INV-10", "MAP-01", "MAP-02", "MAP-04", "MAP-07")
AT_GXO = ("INV-02", "INV-14")
Found = set[tuple[str, str, str]]


class Tenant:
    """A connected world, and the product that looks after its UK shop."""

    def __init__(self, world, folder):
        self.world = world
        self.settings = load_settings(folder, world.home)

    def cycle(self, *, hours=0):
        if hours:
            self.world.call("POST", "/_sandbox/clock", {"advance_hours": hours})
        return cycle(self.settings)

    def query(self, sql: str) -> list[dict[str, Any]]:
        with open_published(self.settings) as connection:
            return fetch(connection, sql)

    def reported(self, table: str = "open") -> Found:
        rows = self.query(f"select code, entity_type, entity_id from exceptions.{table}")
        return {tuple(row.values()) for row in rows if row["code"][:3] in ("INV", "MAP")}


@pytest.fixture(scope="module")
def tenant(shipping, tmp_path_factory):
    with copy_of(shipping, tmp_path_factory) as (world, folder):
        yield Tenant(world, folder)


def test_every_order_is_one_row_with_the_status_it_has(tenant):
    status = {order["id"]: order["status"] for order in tenant.world.records("tiktok_shop", "orders")}
    rows = tenant.query("select order_id, status, due_at, minutes_left from operations.orders")
    assert {row["order_id"]: row["status"] for row in rows} == status
    assert len(rows) == len(status)
    assert all((row["minutes_left"] is None) == (row["due_at"] is None) for row in rows)
    assert {row["status"] for row in rows if row["due_at"]} <= {"AWAITING_SHIPMENT", "AWAITING_COLLECTION"}


def test_an_order_shows_what_its_warehouse_has(tenant):
    held = {order["order"]: order for order in tenant.world.records("gxo", "orders")}
    rows = tenant.query(f"select * from operations.orders where shop_id = '{UK}' and warehouse_order_id is not null")
    shipped = [row for row in rows if row["warehouse_status"] == "shipped"]
    assert {row["order_id"] for row in rows} >= set(held) and shipped
    assert {held[row["order_id"]]["status"] for row in shipped} == {"shipped"}
    assert all(row["units"] == sum(line["quantity"] for line in held[row["order_id"]]["lines"]) for row in shipped)


def test_a_parcel_shows_the_number_that_tiktok_shop_was_reported(tenant):
    known = {
        line["tracking_number"]
        for order in tenant.world.records("tiktok_shop", "orders")
        for line in order["line_items"]
    }
    rows = tenant.query("select tracking_number, sent_tracking_number from operations.shipments where status = 'sent'")
    assert rows
    assert all(row["tracking_number"] == row["sent_tracking_number"] for row in rows)
    assert {row["tracking_number"] for row in rows} <= known


def test_an_order_is_explained_from_purchase_to_parcel(tenant):
    reported = f"select order_id from operations.shipments where shop_id = '{UK}' and status = 'sent'"
    order_id = tenant.query(reported)[0]["order_id"]
    sections = dict(explain_order(tenant.settings, order_id))
    assert {row["sync"] for row in sections["Written for it"]} == {"gxo__warehouse_orders", "tiktok_shop__shipments"}
    assert (
        sections["Order"] and sections["At the warehouse"] and sections["Parcels"] and sections["Raw shipping advices"]
    )


def test_a_sku_is_explained_from_listing_to_shelf(tenant):
    ordered = "select item from operations.stock_commitments where shop_id = '{}' and item in (select item from {})"
    item = tenant.query(ordered.format(UK, "operations.stock"))[0]["item"]
    sections = dict(explain_sku(tenant.settings, item))
    assert sections["Stock"][0]["available_to_sell_quantity"] is not None
    assert sections["Orders that wait"] and sections["What the warehouse said"]


def test_open_exceptions_come_with_the_gravest_first_and_of_these_the_most_urgent(tenant):
    rows = exception_rows(tenant.settings, code=None, history=False)
    ranks = [(row["severity"], row["minutes_left"] is None, row["minutes_left"] or 0) for row in rows]
    assert ranks and ranks == sorted(ranks)


def planted(tenant, codes) -> Found:
    entries = tenant.world.call("GET", "/_sandbox/truth")
    return {
        (entry["code"], entry["entity_type"], entry["entity_id"])
        for entry in entries
        if entry["origin"] == "incident" and entry["code"] in codes and entry["shop_id"] == UK
    }


def test_every_failure_of_goods_is_named_and_nothing_else(tenant):
    before = tenant.reported()
    for code in CODES:
        tenant.world.call("POST", "/_sandbox/incidents", {"code": code, "count": 4})
    for code in AT_GXO:
        tenant.world.call("POST", "/_sandbox/incidents", {"code": code, "count": 1})
    tenant.cycle()
    seen = tenant.reported() | tenant.reported("history")
    tenant.cycle(hours=15)
    seen |= tenant.reported() | tenant.reported("history")
    wanted = planted(tenant, {*CODES, *AT_GXO})
    assert {code for code, _kind, _entity in wanted} == {*CODES, *AT_GXO}
    assert wanted - seen == set()
    of_goods = {row for row in seen - before - wanted if row[0] not in ("INV-02", "INV-06")}
    others = {row for row in of_goods if row not in us(tenant)}
    assert others == set(), "oversold SKUs are true by themselves; nothing else is"


def us(tenant) -> Found:
    """What was planted in the shop that this tenant ships nothing for."""
    entries = tenant.world.call("GET", "/_sandbox/truth")
    return {(entry["code"], entry["entity_type"], entry["entity_id"]) for entry in entries if entry["shop_id"] != UK}


def test_a_listing_edited_by_hand_is_put_back_and_its_row_closed(tenant):
    edited = {row for row in tenant.reported("history") if row[0] == "INV-10"}
    assert edited
    assert not {row for row in tenant.reported() if row[0] == "INV-10"}


def test_units_that_come_back_close_their_row(tenant):
    entity = next(entity for code, _kind, entity in tenant.reported() if code == "INV-14")
    sku = entity.split("/")[1]
    body = tenant.world.call("GET", f"/_sandbox/gxo/stock/{sku}")
    tenant.world.call("PATCH", f"/_sandbox/gxo/stock/{sku}", {"on_hand": body["on_hand"] + 2})
    tenant.cycle(hours=24)
    assert ("INV-14", "item", entity) in tenant.reported("history") - tenant.reported()
