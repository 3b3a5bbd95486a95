"""Orders of a connected world reach Linnworks once; what it ships reaches TikTok Shop, and cancellations reach it."""

from collections import Counter
from decimal import Decimal

import pytest

from tests.support.connected import components, connected_world, cycle
from tests.support.linnworks_tenant import US, WAREHOUSE, write_tenant
from tieout.settings import load_settings
from tieout.warehouse import open_warehouse

HOURS = (36, 12, 12)  # from a midnight to a morning: what was bought over night waits
CREATE, CANCEL = "/api/Orders/CreateOrders", "/api/Orders/CancelOrder"


class Tenant:
    """A connected world, and the product that looks after its US shop."""

    def __init__(self, world, folder):
        self.world = world
        self.settings = load_settings(folder, world.home)

    def cycle(self, *, hours=0):
        if hours:
            self.world.call("POST", "/_sandbox/clock", {"advance_hours": hours})
        return cycle(self.settings)

    def orders(self):
        found = self.world.records("tiktok_shop", "orders")
        return {order["id"]: order for order in found if order["warehouse_id"] == WAREHOUSE}

    def documents(self):
        return {order["OrderId"]: order for order in self.world.records("linnworks", "orders")}

    def references(self):
        return Counter(order["GeneralInfo"]["ReferenceNum"] for order in self.documents().values())

    def calls(self, path):
        found = self.world.call("GET", "/_sandbox/linnworks/calls?limit=100000")
        return sum(call["path"] == path for call in found)

    def patch_order(self, number, **changes):
        now = self.world.call("GET", "/_sandbox/clock")["now"]
        body = {"update_time": now, **changes}
        if changes.get("status") == "CANCELLED":
            body["cancel_time"] = now
        self.world.call("PATCH", f"/_sandbox/tiktok_shop/orders/{number}", body)

    def lose_reply(self, path):
        fault = {"system": "linnworks", "match": path, "kind": "lost_reply", "rate": 1, "count": 1}
        self.world.call("POST", "/_sandbox/faults", fault)

    def query(self, sql):
        with open_warehouse(self.settings) as connection:
            return connection.execute(sql).fetchall()

    def waiting(self):
        """Return ids of TikTok orders that wait in Linnworks, with the id of their order there."""
        statuses = {number: order["status"] for number, order in self.orders().items()}
        return {
            reference: order["OrderId"]
            for order in self.documents().values()
            if not order["Processed"]
            and statuses.get(reference := order["GeneralInfo"]["ReferenceNum"]) == "AWAITING_SHIPMENT"
        }


@pytest.fixture(scope="module")
def tenant(tmp_path_factory):
    with connected_world(tmp_path_factory, write_tenant, baskets=1500, days=20) as (world, folder):
        tenant = Tenant(world, folder)
        tenant.lose_reply(CREATE)
        for hours in HOURS:
            tenant.cycle(hours=hours)
        yield tenant


def goods(order):
    is_free = order["is_sample_order"] or order["is_replacement_order"]
    lines = [Decimal(line["original_price"]) - Decimal(line["seller_discount"]) for line in order["line_items"]]
    return Decimal(0) if is_free else sum(lines, Decimal(0))


def test_every_order_there_is_one_of_ours_once_though_a_reply_was_lost(tenant):
    references, orders = tenant.references(), tenant.orders()
    assert len(references) >= 8
    assert set(references.values()) == {1}
    assert references.keys() <= orders.keys()
    assert {orders[number]["fulfillment_type"] for number in references} == {"FULFILLMENT_BY_SELLER"}
    released = {
        number
        for number, order in orders.items()
        if order["shipping_type"] == "SELLER" and order["status"] in ("IN_TRANSIT", "DELIVERED", "AWAITING_COLLECTION")
    }
    assert released and released <= references.keys()
    assert tenant.calls(CREATE) == len(references)


def test_its_lines_are_the_orders_lines_split_and_its_money_the_orders_to_the_penny(tenant):
    orders, bundles = tenant.orders(), components(tenant.world)
    for document in tenant.documents().values():
        order = orders[document["GeneralInfo"]["ReferenceNum"]]
        expected, found = Counter(), Counter()
        for line in order["line_items"]:
            expected += bundles[line["seller_sku"]]
        for row in document["Items"]:
            found[row["SKU"]] += row["Quantity"]
        assert found == expected
        money = sum((Decimal(str(row["PricePerUnit"])) * row["Quantity"] for row in document["Items"]), Decimal(0))
        tax = sum((Decimal(str(row["Tax"])) for row in document["Items"]), Decimal(0))
        assert money == goods(order)
        assert tax == (0 if money == 0 else Decimal(order["payment"]["product_tax"]))
        assert document["CustomerInfo"]["Address"]["PostCode"] == order["_recipient_address"]["postal_code"]


def test_an_order_that_tiktok_ships_is_there_under_the_number_of_its_label(tenant):
    orders = tenant.orders()
    labelled = [
        (document["ShippingInfo"]["TrackingNumber"], orders[reference])
        for document in tenant.documents().values()
        if orders[reference := document["GeneralInfo"]["ReferenceNum"]]["shipping_type"] == "TIKTOK"
    ]
    assert len(labelled) >= 3
    for number, order in labelled:
        assert {line["tracking_number"] for line in order["line_items"]} == {number}


def test_the_tracking_number_of_every_parcel_that_left_is_on_tiktok_shop(tenant):
    tenant.cycle()
    orders = tenant.orders()
    left = {
        document["ShippingInfo"]["TrackingNumber"]
        for document in tenant.documents().values()
        if document["Processed"] and not document["GeneralInfo"]["HoldOrCancel"]
    }
    told = {line["tracking_number"] for order in orders.values() for line in order["line_items"]}
    assert len(left) >= 5
    assert left <= told


def test_the_same_cycle_again_writes_nothing(tenant):
    before = (tenant.calls(CREATE), tenant.calls(CANCEL), tenant.references())
    tenant.cycle()
    assert (tenant.calls(CREATE), tenant.calls(CANCEL), tenant.references()) == before


def test_a_cancelled_order_is_cancelled_there_once_though_the_reply_was_lost(tenant):
    number, document = next(iter(tenant.waiting().items()))
    tenant.patch_order(number, status="CANCELLED")
    tenant.lose_reply(CANCEL)
    before = tenant.calls(CANCEL)
    tenant.cycle()
    found = tenant.documents()[document]
    assert found["Processed"] and found["GeneralInfo"]["HoldOrCancel"]
    assert tenant.calls(CANCEL) == before + 1
    tenant.cycle()
    assert tenant.calls(CANCEL) == before + 1


def test_what_cannot_be_cancelled_any_more_says_why(tenant):
    shipped = next(
        document["GeneralInfo"]["ReferenceNum"]
        for document in tenant.documents().values()
        if document["Processed"] and not document["GeneralInfo"]["HoldOrCancel"]
    )
    parked, document = next(iter(tenant.waiting().items()))
    tenant.patch_order(shipped, status="CANCELLED")
    tenant.patch_order(parked, status="CANCELLED")
    general = {**tenant.documents()[document]["GeneralInfo"], "IsParked": True}
    tenant.world.call("PATCH", f"/_sandbox/linnworks/orders/{document}", {"GeneralInfo": general})
    before = tenant.calls(CANCEL)
    held = {
        row.entity_key: row.held_because
        for row in tenant.cycle().planned.rows
        if row.sync == "linnworks__cancellations"
    }
    assert held[shipped].startswith("blocked: CAN-02")
    assert held[parked].startswith("blocked: CAN-01")
    assert tenant.calls(CANCEL) == before


def test_an_order_deleted_there_is_seen_as_absent_and_is_not_sent_again(tenant):
    number, document = next(iter(tenant.waiting().items()))
    tenant.world.call("DELETE", f"/_sandbox/linnworks/orders/{document}")
    before = tenant.calls(CREATE)
    plan = tenant.cycle().planned
    assert number not in {row.entity_key for row in plan.rows if row.sync == "linnworks__orders"}
    assert tenant.calls(CREATE) == before
    shown = f"select count(*) from intermediate.int_fulfilments__documents where order_id = '{number}'"
    assert tenant.query(shown) == [(0,)]


def test_what_the_desk_is_told_names_the_reason_of_every_order_that_waits(tenant):
    rows = [row for row in tenant.cycle().planned.rows if row.sync == "linnworks__orders" and row.held_because]
    assert {row.held_because.split(":")[1].strip() for row in rows} <= {"FUL-08", "FUL-09", "FUL-10", "CAN-03"}
    assert {row.shop_id for row in rows} == {US}
