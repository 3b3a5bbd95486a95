"""TikTok's labels, requests to cancel and corrected numbers of a connected world, through a warehouse and back."""

from collections import Counter

import pytest

from tests.support.connected import copy_of, cycle
from tests.support.gxo_tenant import UK, WAREHOUSE
from tieout.settings import load_settings

CREATE = "/fulfillment/202512/packages"


class Tenant:
    """A connected world, and the product that looks after its UK shop."""

    def __init__(self, world, folder):
        self.world = world
        self.settings = load_settings(folder, world.home)
        self.unsent = self.unsent_case = ""

    def advance(self, hours):
        self.world.call("POST", "/_sandbox/clock", {"advance_hours": hours})

    def cycle(self):
        return cycle(self.settings)

    def orders(self, **wanted):
        found = (order for order in self.world.records("tiktok_shop", "orders") if order["warehouse_id"] == WAREHOUSE)
        return {o["id"]: o for o in found if all(o[name] == value for name, value in wanted.items())}

    def at_warehouse(self):
        return {order["order"]: order for order in self.world.records("gxo", "orders")}

    def packages(self):
        return [each for each in self.world.records("tiktok_shop", "packages") if each["package_status"] != "CANCELLED"]

    def reported_to_stop(self):
        names = [file["name"] for file in self.world.records("gxo", "files")]
        return {name.split("_")[1] for name in names if name.startswith("940_") and "_2F_" in name}

    def ask_to_cancel(self, number):
        """Let the buyer of an order that awaits shipment ask to cancel all of it; returns the request's id."""
        order = self.orders()[number]
        now = self.world.call("GET", "/_sandbox/clock")["now"]
        lines = [{"order_line_item_id": line["id"]} for line in order["line_items"]]
        request = {
            "cancel_id": f"4035{number[-15:]}",
            "order_id": number,
            "cancel_type": "BUYER_CANCEL",
            "cancel_status": "CANCELLATION_REQUEST_PENDING",
            "role": "BUYER",
            "create_time": now,
            "update_time": now,
            "seller_next_action_response": [{"action": "SELLER_RESPOND_BUYER_CANCEL", "deadline": now + 172_800}],
            "cancel_line_items": lines,
            "should_replenish_stock": True,
            "_line_ids": [line["id"] for line in order["line_items"]],
        }
        path = f"/_sandbox/tiktok_shop/cancellations/{request['cancel_id']}?shop={UK}&parent={number}"
        self.world.call("PUT", path, request)
        asked = {"is_buyer_request_cancel": True, "request_cancel_time": now, "update_time": now}
        self.world.call("PATCH", f"/_sandbox/tiktok_shop/orders/{number}", asked)
        return request["cancel_id"]

    def answer(self, cancel_id):
        found = {row["cancel_id"]: row for row in self.world.records("tiktok_shop", "cancellations")}
        return found[cancel_id]["cancel_status"].removeprefix("CANCELLATION_REQUEST_")


def ship_every_other_by_own_carrier(tenant):
    """Let a share of the waiting orders travel by the seller's carrier that a small world does not always draw."""
    waiting = tenant.orders(status="AWAITING_SHIPMENT", fulfillment_type="FULFILLMENT_BY_SELLER")
    for number in sorted(waiting)[::2]:
        tenant.world.call("PATCH", f"/_sandbox/tiktok_shop/orders/{number}", {"shipping_type": "SELLER"})


@pytest.fixture(scope="module")
def tenant(shipping, tmp_path_factory):
    with copy_of(shipping, tmp_path_factory) as (world, folder):
        with (folder / "services.csv").open("a") as services:
            services.write(f"{UK},TIKTOK,*,TIKTOK_LABEL,,\n")
        with (folder / "tieout.toml").open("a") as settings:
            settings.write('\n[fulfilment]\nanswer_cancellations = "auto"\n')
        tenant = Tenant(world, folder)
        tenant.advance(24)
        ship_every_other_by_own_carrier(tenant)
        tenant.unsent = max(tenant.orders(shipping_type="SELLER", status="AWAITING_SHIPMENT"))
        tenant.unsent_case = tenant.ask_to_cancel(tenant.unsent)
        shops = world.call("GET", "/_sandbox/systems")["tiktok_shop"]["shops"]
        labels = f"{CREATE}.*{next(shop['cipher'] for shop in shops if shop['id'] == UK)}"
        fault = {"system": "tiktok_shop", "match": labels, "method": "POST", "kind": "lost_reply", "count": 2}
        world.call("POST", "/_sandbox/faults", fault)
        for hours in (0, 0, 2):
            if hours:
                tenant.advance(hours)
            tenant.cycle()
        yield tenant


def test_each_order_that_tiktok_ships_is_at_the_warehouse_with_its_one_label(tenant):
    labelled = tenant.orders(shipping_type="TIKTOK", fulfillment_type="FULFILLMENT_BY_SELLER")
    held = tenant.at_warehouse()
    sent = [number for number in labelled if number in held]
    numbers = {n: {line["tracking_number"] for line in labelled[n]["line_items"]} for n in sent}
    packages = Counter(package["orders"][0]["id"] for package in tenant.packages())
    assert len(sent) >= 3
    assert {n: {held[n]["tracking"]} for n in sent} == numbers
    assert {held[n]["service"] for n in sent} == {"TIKTOK_LABEL"}
    assert {packages[n] for n in sent} == {1}, "two replies were lost, and no label was bought twice"


def test_a_request_to_cancel_is_answered_by_where_the_goods_are(tenant):
    assert tenant.answer(tenant.unsent_case) == "SUCCESS"
    assert tenant.orders()[tenant.unsent]["status"] == "CANCELLED"
    waiting, held = tenant.orders(shipping_type="SELLER", status="AWAITING_SHIPMENT"), tenant.at_warehouse()
    stoppable = next(n for n in waiting if n in held and held[n]["status"] in ("received", "allocated"))
    case = tenant.ask_to_cancel(stoppable)
    tenant.cycle()
    assert tenant.answer(case) == "PENDING"
    assert stoppable in tenant.reported_to_stop()
    tenant.advance(1)
    assert tenant.at_warehouse()[stoppable]["status"] == "cancelled"
    tenant.cycle()
    assert tenant.answer(case) == "SUCCESS"
    assert tenant.orders()[stoppable]["status"] == "CANCELLED"
    assert tenant.unsent not in tenant.at_warehouse()


def test_a_request_after_the_goods_left_is_refused_and_the_parcel_reported_after_that(tenant):
    tenant.advance(12)
    waiting = tenant.orders(shipping_type="SELLER", status="AWAITING_SHIPMENT")
    whole = {
        n for n, held in tenant.at_warehouse().items() if all(x["shipped"] == x["quantity"] for x in held["lines"])
    }
    left = [s for s in tenant.world.records("gxo", "shipments") if s["cartons"] and s["reported_at"]]
    number = next(shipment["order"] for shipment in left if shipment["order"] in whole & waiting.keys())
    case = tenant.ask_to_cancel(number)
    tenant.cycle()
    assert tenant.answer(case) == "CANCEL"
    tenant.cycle()
    reported = {line["tracking_number"] for line in tenant.orders()[number]["line_items"]}
    (shipment,) = [s for s in tenant.world.records("gxo", "shipments") if s["order"] == number]
    assert reported == {carton["tracking"] for carton in shipment["cartons"]}


def test_a_number_that_the_warehouse_corrects_is_corrected_on_tiktok_shop_once(tenant):
    shipped = {s["order"]: s for s in tenant.world.records("gxo", "shipments") if len(s["cartons"]) == 1}
    package = next(
        each
        for each in tenant.packages()
        if each["shipping_type"] == "SELLER"
        and each["orders"][0]["id"] in shipped
        and each["package_status"] in ("PROCESSING", "FULFILLING")
    )
    old = package["tracking_number"]
    _advise_again(tenant.world, old, "H0CORRECTED00001")
    tenant.cycle()
    _advise_again(tenant.world, "H0CORRECTED00001", "H0CORRECTED00002")
    planned = tenant.cycle().planned.rows
    (now,) = [each for each in tenant.packages() if each["package_id"] == package["package_id"]]
    assert now["tracking_number"] == "H0CORRECTED00001"
    held = [row.held_because for row in planned if row.sync == "tiktok_shop__tracking_corrections"]
    assert held == ["blocked: FUL-04: the number was corrected once already; the warehouse says H0CORRECTED00002"]


def _advise_again(world, old, new):
    """Let the warehouse send a 945 once more, under new control numbers, with another tracking number."""
    files = [file for file in world.records("gxo", "files") if file["name"].startswith("945") and old in file["text"]]
    file = max(files, key=lambda each: each["written_at"])
    control = file["text"].split("*")[13]
    number = f"{int(control) + 500_000:09d}"
    text = file["text"].replace(old, new).replace(control, number)
    name = file["name"].replace("945_", "945_9", 1)
    now = world.call("GET", "/_sandbox/clock")["now"]
    body = {**file, "folder": "out", "name": name, "text": text, "size": len(text), "written_at": now}
    body = {key: value for key, value in body.items() if key not in ("id", "_record")}
    world.call("PUT", f"/_sandbox/gxo/files/out/{name}", body)
