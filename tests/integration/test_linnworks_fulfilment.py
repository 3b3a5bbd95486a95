"""Orders of a connected world reach Linnworks once; what it ships reaches TikTok Shop, and cancellations reach it."""

import json
from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal

import pytest

from tests.support.connected import CALLS, CREATE, components, copy_of, cycle
from tests.support.linnworks_tenant import US, WAREHOUSE
from tieout.settings import load_settings
from tieout.warehouse import open_warehouse

CANCEL = "/api/Orders/CancelOrder"


class Tenant:
    """A connected world, and the product that looks after its US shop."""

    def __init__(self, world, folder):
        self.world = world
        self.settings = load_settings(folder, world.home)

    def cycle(self):
        return cycle(self.settings)

    def orders(self):
        found = self.world.records("tiktok_shop", "orders")
        return {order["id"]: order for order in found if order["warehouse_id"] == WAREHOUSE}

    def documents(self):
        return {order["OrderId"]: order for order in self.world.records("linnworks", "orders")}

    def references(self):
        return Counter(order["GeneralInfo"]["ReferenceNum"] for order in self.documents().values())

    def calls(self, path):
        """Return the bodies' hashes of all calls of a path, those of before the copy was made among them."""
        earlier = json.loads((self.world.home / CALLS).read_text())
        found = self.world.call("GET", "/_sandbox/linnworks/calls?limit=100000")
        return [call["body_sha256"] for call in [*earlier, *found] if call["path"] == path]

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
def tenant(shipping, tmp_path_factory):
    with copy_of(shipping, tmp_path_factory) as (world, folder):
        yield Tenant(world, folder)


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
    calls = tenant.calls(CREATE)
    assert 0 < len(calls) == len(set(calls)), "no call is sent again"


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
    orders = tenant.orders()
    left = {
        document["ShippingInfo"]["TrackingNumber"]
        for document in tenant.documents().values()
        if document["Processed"] and not document["GeneralInfo"]["HoldOrCancel"]
    }
    reported = {line["tracking_number"] for order in orders.values() for line in order["line_items"]}
    assert len(left) >= 5
    assert left <= reported


def test_the_same_cycle_again_writes_nothing(tenant):
    before = (tenant.calls(CREATE), tenant.calls(CANCEL), tenant.references())
    tenant.cycle()
    assert (tenant.calls(CREATE), tenant.calls(CANCEL), tenant.references()) == before


@dataclass
class Disturbed:
    """Orders cancelled or deleted in a world at rest, and what the first and the second cycle made of that."""

    tenant: Tenant
    cancelled: tuple[str, str]
    shipped: str
    parked: str
    deleted: str
    calls: dict[str, list[str]]
    rows: list = field(default_factory=list)
    cancels: list[int] = field(default_factory=list)

    def cycle(self):
        self.rows += self.tenant.cycle().planned.rows
        self.cancels.append(len(self.tenant.calls(CANCEL)) - len(self.calls[CANCEL]))

    def planned(self, sync):
        return {row.entity_key: row for row in self.rows if row.sync == sync}


@pytest.fixture(scope="module")
def disturbed(tenant):
    cancelled, parked, deleted = list(tenant.waiting().items())[:3]
    shipped = next(
        document["GeneralInfo"]["ReferenceNum"]
        for document in tenant.documents().values()
        if document["Processed"] and not document["GeneralInfo"]["HoldOrCancel"]
    )
    for number in (cancelled[0], shipped, parked[0]):
        tenant.patch_order(number, status="CANCELLED")
    general = {**tenant.documents()[parked[1]]["GeneralInfo"], "IsParked": True}
    tenant.world.call("PATCH", f"/_sandbox/linnworks/orders/{parked[1]}", {"GeneralInfo": general})
    tenant.world.call("DELETE", f"/_sandbox/linnworks/orders/{deleted[1]}")
    tenant.lose_reply(CANCEL)
    calls = {path: tenant.calls(path) for path in (CREATE, CANCEL)}
    found = Disturbed(tenant, cancelled, shipped, parked[0], deleted[0], calls)
    for _ in range(2):
        found.cycle()
    return found


def test_a_cancelled_order_is_cancelled_there_once_though_the_reply_was_lost(disturbed):
    found = disturbed.tenant.documents()[disturbed.cancelled[1]]
    assert found["Processed"] and found["GeneralInfo"]["HoldOrCancel"]
    assert disturbed.cancels == [1, 1]


def test_what_cannot_be_cancelled_any_more_says_why_and_is_not_tried(disturbed):
    planned = disturbed.planned("linnworks__cancellations")
    assert planned[disturbed.shipped].held_because.startswith("blocked: CAN-02")
    assert planned[disturbed.parked].held_because.startswith("blocked: CAN-01")
    assert disturbed.cancels == [1, 1], "the one call is that of the order that could be cancelled"


def test_an_order_deleted_there_is_seen_as_absent_and_is_not_sent_again(disturbed):
    tenant, number = disturbed.tenant, disturbed.deleted
    assert number not in disturbed.planned("linnworks__orders")
    assert tenant.calls(CREATE) == disturbed.calls[CREATE]
    shown = f"select count(*) from intermediate.int_fulfilments__warehouse_orders where order_id = '{number}'"
    assert tenant.query(shown) == [(0,)]


def test_what_the_desk_is_given_names_the_reason_of_every_order_that_waits(disturbed):
    rows = [row for row in disturbed.planned("linnworks__orders").values() if row.held_because]
    assert {row.held_because.split(":")[1].strip() for row in rows} <= {"FUL-08", "FUL-09", "FUL-10", "CAN-03"}
    assert {row.shop_id for row in rows} == {US}
