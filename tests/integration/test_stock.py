"""In a connected world TikTok Shop lists what may be sold: each figure written once, on facts that can be believed."""

from collections import Counter

import pytest

from tests.support import linnworks_tenant
from tests.support.connected import copy_of, cycle
from tests.support.gxo_tenant import UK, WAREHOUSE
from tests.support.linnworks_tenant import US
from tieout.settings import load_settings
from tieout.warehouse import open_warehouse

STOCK = "tiktok_shop__stock"
UPDATE = "/inventory/update"
WAREHOUSES = {UK: WAREHOUSE, US: linnworks_tenant.WAREHOUSE}
WAITING = ("UNPAID", "ON_HOLD", "AWAITING_SHIPMENT")


class Tenant:
    """A connected world, and the product that looks after what its two shops list."""

    def __init__(self, world, folder):
        self.world = world
        self.settings = load_settings(folder, world.home)

    def advance(self, hours):
        """Trade on, and half an hour more: what other channels sold on the hour, the warehouse has reported by then."""
        self.world.call("POST", "/_sandbox/clock", {"advance_minutes": hours * 60 + 30 - self.minutes_past()})

    def minutes_past(self):
        return self.world.call("GET", "/_sandbox/clock")["now"] % 3600 // 60

    def cycle(self, *, only=STOCK, observe=None):
        return cycle(self.settings, only=only, observe=observe)

    def planned(self, outcome):
        return {row.entity_key: row for row in outcome.planned.rows if row.sync == STOCK}

    def stock(self, columns="sku_id, available_to_sell_quantity", where="true"):
        query = f"select {columns} from intermediate.int_stock__available_to_sell where {where} order by sku_id"
        with open_warehouse(self.settings) as warehouse:
            return warehouse.execute(query).fetchall()

    def listed(self, sku):
        return self.place(sku)["available_quantity"]

    def place(self, sku):
        body = self.world.call("GET", f"/_sandbox/tiktok_shop/inventory/{sku}")
        return body["warehouse_inventory"][0]

    def change(self, sku, *, available, committed=0):
        """Change a listing as a hand in Seller Center, or as buyers, do."""
        now = self.place(sku)
        place = {
            "warehouse_id": now["warehouse_id"],
            "available_quantity": now["available_quantity"] + available,
            "committed_quantity": now["committed_quantity"] + committed,
        }
        self.world.call("PATCH", f"/_sandbox/tiktok_shop/inventory/{sku}", {"warehouse_inventory": [place]})

    def is_at_rest(self):
        found = self.world.records("tiktok_shop", "inventory")
        listed = {b["id"]: sum(place["available_quantity"] for place in b["warehouse_inventory"]) for b in found}
        return all(listed[sku] == units for sku, units in self.stock(where="not is_combined"))

    def listing(self, shop):
        found = self.world.records("tiktok_shop", "inventory")
        return {body["id"]: body["warehouse_inventory"] for body in found if body["_record"]["shop"] == shop}

    def updates(self):
        calls = self.world.call("GET", "/_sandbox/tiktok_shop/calls")
        return [call for call in calls if call["path"].endswith(UPDATE)]

    def fault(self, **fault):
        self.world.call("POST", "/_sandbox/faults", {"system": "tiktok_shop", "match": UPDATE, "count": 1, **fault})


@pytest.fixture(scope="module")
def connected(shipping, tmp_path_factory):
    with copy_of(shipping, tmp_path_factory) as (world, folder):
        tenant = Tenant(world, folder)
        tenant.advance(12)
        for sync in (STOCK, "gxo__warehouse_orders", "linnworks__orders", STOCK):
            tenant.cycle(only=sync)
        yield tenant


@pytest.fixture
def tenant(connected):
    """The world at rest: every figure is listed as computed, and no fault is left over."""
    connected.world.call("DELETE", "/_sandbox/faults")
    for _ in range(3):
        if not connected.is_at_rest():
            connected.cycle()
    assert connected.is_at_rest()
    connected.world.call("DELETE", "/_sandbox/tiktok_shop/calls")
    return connected


@pytest.fixture
def sku(tenant):
    """A SKU of the UK shop with stock, that is no bundle."""
    return sku_of(tenant, UK)


def sku_of(tenant, shop):
    sound = "not is_combined and available_to_sell_quantity >= 5 and reason_held = ''"
    return tenant.stock("sku_id", f"shop_id = '{shop}' and {sound}")[0][0]


def expected(tenant, sku):
    return dict(tenant.stock())[sku]


def test_a_world_at_rest_lists_what_was_computed_and_nothing_is_written(tenant):
    outcome = tenant.cycle()
    found = tenant.stock("sku_id, available_to_sell_quantity, listed_quantity, reason_held")
    assert min(Counter(shop for (shop,) in tenant.stock("shop_id")).values()) > 500
    assert [row for row in found if row[1] != row[2] or row[3]] == []
    assert tenant.planned(outcome) == {} and tenant.updates() == []


def left_at_gxo(tenant):
    """Return what GXO has of each item beyond what its own orders need, and the orders it knows."""
    orders = tenant.world.records("gxo", "orders")
    left = Counter({body["sku"]: body["on_hand"] - body["on_hold"] for body in tenant.world.records("gxo", "stock")})
    for order in orders:
        if order["status"] in ("received", "allocated", "picking"):
            left.subtract({line["sku"]: line["quantity"] for line in order["lines"]})
    return left, {order["order"] for order in orders}


def left_at_linnworks(tenant):
    levels = tenant.world.records("linnworks", "stock_levels")
    left = Counter({level["SKU"]: level["StockLevel"] - level["InOrderBook"] for level in levels})
    return left, {order["GeneralInfo"]["ReferenceNum"] for order in tenant.world.records("linnworks", "orders")}


@pytest.mark.parametrize(("shop", "left_at"), [(UK, left_at_gxo), (US, left_at_linnworks)])
def test_no_unit_is_offered_that_a_known_or_unknown_order_needs(tenant, shop, left_at):
    left, known = left_at(tenant)
    for order in tenant.world.records("tiktok_shop", "orders"):
        is_unknown = order["status"] in WAITING and order["id"] not in known
        if is_unknown and order["warehouse_id"] == WAREHOUSES[shop]:
            lines = [line for line in order["line_items"] if line["display_status"] != "CANCELLED"]
            left.subtract(Counter(line["seller_sku"] for line in lines))
    offered = tenant.stock("seller_sku, available_to_sell_quantity", f"shop_id = '{shop}' and not is_combined")
    assert {sku: units for sku, units in offered if units > max(0, left[sku])} == {}
    assert sum(units == left[sku] for sku, units in offered) > 0.95 * len(offered)


@pytest.mark.parametrize("shop", [UK, US])
def test_stock_edited_by_hand_is_put_back_every_time(tenant, shop):
    sku = sku_of(tenant, shop)
    for _ in range(2):
        tenant.change(sku, available=25)
        assert tenant.cycle().applied.acknowledged == 1
        assert tenant.listed(sku) == expected(tenant, sku)
    assert len(tenant.updates()) == 2


def test_an_edit_that_restores_what_was_there_before_our_write_is_put_back_too(tenant, sku):
    tenant.change(sku, available=25)
    tenant.cycle()
    tenant.change(sku, available=25)
    tenant.cycle()
    assert tenant.listed(sku) == expected(tenant, sku)


def test_what_was_just_written_is_not_planned_again_before_it_is_read(tenant, sku):
    tenant.change(sku, available=25)
    outcome = tenant.cycle()
    assert list(tenant.planned(outcome)) == [sku]
    assert len(tenant.updates()) == 1


def test_a_sale_between_plan_and_write_is_not_given_back(tenant, sku):
    tenant.change(sku, available=-3)

    def buy(event):
        if event == "plan done":
            tenant.change(sku, available=-1, committed=1)

    tenant.cycle(observe=buy)
    assert tenant.listed(sku) == expected(tenant, sku) - 1


def test_an_update_whose_reply_is_lost_sets_the_right_figure_once(tenant, sku):
    tenant.change(sku, available=25)
    tenant.fault(kind="lost_reply")
    outcome = tenant.cycle()
    assert outcome.applied.facts() == {"acknowledged": 1}
    assert tenant.listed(sku) == expected(tenant, sku)
    assert len(tenant.updates()) == 1


def test_too_many_requests_are_waited_out(tenant, sku):
    tenant.change(sku, available=25)
    tenant.fault(kind="429", retry_after=1)
    assert tenant.cycle().applied.facts() == {"acknowledged": 1}
    assert tenant.listed(sku) == expected(tenant, sku)


def test_half_a_snapshot_changes_nothing_and_the_next_whole_one_does(tenant, sku):
    halved = {"system": "gxo", "match": "emit /out/846", "kind": "halved_846", "count": 1}
    tenant.world.call("POST", "/_sandbox/faults", halved)
    tenant.advance(24)
    tenant.change(sku, available=25)
    before = tenant.listing(UK)
    outcome = tenant.cycle()
    held = {row.held_because for row in tenant.planned(outcome).values() if row.shop_id == UK}
    assert {reason.split(":")[1].strip() for reason in held} == {"INV-12"}
    assert tenant.listing(UK) == before
    tenant.advance(24)
    assert tenant.planned(tenant.cycle())[sku].held_because == ""
    assert tenant.listed(sku) == expected(tenant, sku)


def test_a_snapshot_that_grows_old_is_not_pushed(tenant, sku):
    tenant.change(sku, available=25)
    old = {"gxo": tenant.settings.gxo.model_copy(update={"stock_stale_after_minutes": 1})}
    believed = tenant.settings
    tenant.settings = believed.model_copy(update=old)
    tenant.advance(1)
    before = tenant.listing(UK)
    outcome = tenant.cycle()
    tenant.settings = believed
    held = {row.held_because for row in tenant.planned(outcome).values() if row.shop_id == UK}
    assert {reason.split(":")[1].strip() for reason in held} == {"INV-01"}
    assert tenant.listing(UK) == before


def test_units_kept_back_are_not_listed(tenant, sku):
    item = tenant.stock("limiting_item", f"sku_id = '{sku}'")[0][0]
    (tenant.settings.config_dir / "buffers.csv").write_text(
        f"shop_id,seller_sku,units,percent,valid_from,valid_to\n{UK},{item},2,0,,\n"
    )
    before = expected(tenant, sku)
    tenant.cycle()
    (tenant.settings.config_dir / "buffers.csv").unlink()
    assert expected(tenant, sku) == before - 2 == tenant.listed(sku)
    tenant.cycle()
    assert expected(tenant, sku) == before == tenant.listed(sku)
