"""Orders of a connected world reach the warehouse once; what it ships reaches TikTok Shop, and cancellations it."""

from collections import Counter

import pytest

from tests.support.connected import components, copy_of, cycle
from tests.support.gxo_tenant import UK
from tieout.settings import load_settings


class Tenant:
    """A connected world, and the product that looks after its UK shop."""

    def __init__(self, world, folder):
        self.world = world
        self.settings = load_settings(folder, world.home)

    def cycle(self):
        return cycle(self.settings)

    def orders(self):
        found = self.world.records("tiktok_shop", "orders")
        return {order["id"]: order for order in found if order["warehouse_id"] == "7395000000000000101"}

    def warehouse_orders(self):
        return {order["order"]: order for order in self.world.records("gxo", "orders")}

    def sent(self, purpose):
        names = [file["name"] for file in self.world.records("gxo", "files")]
        return Counter(name.split("_")[1] for name in names if name.startswith("940_") and f"{purpose}_" in name)


@pytest.fixture(scope="module")
def tenant(shipping, tmp_path_factory):
    with copy_of(shipping, tmp_path_factory) as (world, folder):
        yield Tenant(world, folder)


def test_every_released_seller_shipped_order_is_at_the_warehouse_once_with_its_lines_split(tenant):
    released = [
        order
        for order in tenant.orders().values()
        if order["shipping_type"] == "SELLER" and order["status"] in ("IN_TRANSIT", "DELIVERED", "AWAITING_COLLECTION")
    ]
    at_warehouse, bundles = tenant.warehouse_orders(), components(tenant.world)
    assert len(released) >= 5
    assert set(tenant.sent("N").values()) == {1}
    for order in released:
        expected = Counter()
        for line in order["line_items"]:
            expected += bundles[line["seller_sku"]]
        found = Counter()
        for line in at_warehouse[order["id"]]["lines"]:
            found[line["sku"]] += line["quantity"]
        assert found == expected


def test_no_order_that_tiktok_ships_or_fulfils_is_sent(tenant):
    orders = tenant.orders()
    assert {orders[number]["shipping_type"] for number in tenant.sent("N")} == {"SELLER"}
    assert {orders[number]["fulfillment_type"] for number in tenant.sent("N")} == {"FULFILLMENT_BY_SELLER"}


def test_every_parcel_that_left_has_its_tracking_number_on_tiktok_shop(tenant):
    orders = tenant.orders()
    shipped = [
        carton["tracking"]
        for shipment in tenant.world.records("gxo", "shipments")
        for carton in shipment["cartons"]
        if orders[shipment["order"]]["status"] != "CANCELLED" and shipment["reported_at"]
    ]
    reported = {line["tracking_number"] for order in orders.values() for line in order["line_items"]}
    assert len(shipped) >= 5
    assert set(shipped) <= reported


def test_the_same_cycle_again_writes_nothing(tenant):
    before = (tenant.sent("N"), tenant.sent("F"))
    assert tenant.cycle().applied.acknowledged == 0
    assert (tenant.sent("N"), tenant.sent("F")) == before


def test_an_order_cancelled_before_picking_is_cancelled_at_the_warehouse(tenant):
    waiting = [n for n, order in tenant.warehouse_orders().items() if order["status"] in ("received", "allocated")]
    fresh = [number for number in tenant.sent("N") if number not in tenant.warehouse_orders()]
    number = next(n for n in [*fresh, *waiting] if tenant.orders()[n]["status"] == "AWAITING_SHIPMENT")
    now = tenant.world.call("GET", "/_sandbox/clock")["now"]
    path = f"/_sandbox/tiktok_shop/orders/{number}"
    tenant.world.call("PATCH", path, {"status": "CANCELLED", "cancel_time": now, "update_time": now})
    tenant.cycle()
    assert tenant.sent("F")[number] == 1
    tenant.world.call("POST", "/_sandbox/clock", {"advance_hours": 1})
    assert tenant.warehouse_orders()[number]["status"] == "cancelled"
    tenant.cycle()
    assert tenant.sent("F")[number] == 1


def test_what_the_desk_is_given_names_the_reason_of_every_order_that_waits(tenant):
    plan = tenant.cycle().planned
    held = [row.held_because for row in plan.rows if row.sync == "gxo__warehouse_orders" and row.held_because]
    assert "blocked: MAP-06: services.csv has no service for shipping type TIKTOK" in held
    assert {reason.split(":")[1].strip() for reason in held} <= {"MAP-06", "CAN-03"}
    assert UK in {row.shop_id for row in plan.rows}
