"""The staff of a shop whose master NetSuite is: when they pick, pack and ship, and what goes wrong with them."""

from __future__ import annotations

from collections import Counter

import pytest

from sandbox.netsuite import KINDS, commitment, people, seed, stock, trading, warehouse
from sandbox.netsuite.lookup import index_external_ids
from sandbox.netsuite.values import ref_id
from sandbox.store import Store
from sandbox.world.draw import Draw

MONDAY_EIGHT, HOUR, DAY = 1767600000, 3600, 86_400  # 2026-01-05T08:00:00Z
DIRECT = "7495000000000000303"


@pytest.fixture
def store():
    store = Store(None)
    store.register("netsuite", KINDS)
    index_external_ids(store)
    seed(store)
    store.set_now(MONDAY_EIGHT)
    store.set_meta(trading.SHOP, DIRECT)
    trading.seed_shop(store, {"SOAP": 12, "TEA": 4}, {"SET": {"SOAP": 1, "TEA": 2}})
    yield store
    store.close()


def reference(what, permille, *, happens=True, first=1000):
    """Return an order number for which a chance of the staff's falls so; nothing else happens to it."""
    chances = {"life": warehouse.CLOSED_PERMILLE, "picks": warehouse.SHORT_PERMILLE}
    for number in range(first, first + 100_000):
        others = (Draw(1, "netsuite", name, number).happens(chances[name]) for name in chances if name != what)
        if not any(others) and Draw(1, "netsuite", what, number).happens(permille) is happens and _on_time(number):
            return str(number)
    raise AssertionError(what)


def _on_time(number):
    picks = Draw(1, "netsuite", "picks", number)
    picks.happens(warehouse.SHORT_PERMILLE)
    if picks.happens(warehouse.PARTIAL_PERMILLE):
        return False
    draw = Draw(1, "netsuite", "pick", number, 0)
    draw.between(60, 360)
    return draw.weighted((930, 50, 20)) == 0


USUAL, OTHER = (reference("nothing", 0, happens=False, first=first) for first in (1000, 5000))


def ordered(store, lines, ref=USUAL, **body):
    items = [
        {"item": {"id": trading.item_of(store, sku).id}, "quantity": count, "rate": 5} for sku, count in lines.items()
    ]
    return people.create(store, "salesOrder", {
        "entity": {"id": trading.CUSTOMER[0]}, "otherRefNum": ref, "location": {"id": trading.MAIN},
        "item": {"items": items}, **body,
    }).id  # fmt: skip


def work(store, hours, *, until=None):
    """Let the staff work for so many hours, or until something holds."""
    for _ in range(2 * hours):
        store.set_now(store.now + warehouse.WAVE_SECONDS)
        warehouse.wave(store, store.now)
        if until and until():
            return
    assert until is None, "never came"


def order_of(store, id):
    return store.get("netsuite", "salesOrder", id).body


def status(store, id):
    return order_of(store, id)["status"]["id"]


def steps(store):
    return Counter(ref_id(record.body, "shipStatus") for record in store.select("netsuite", "itemFulfillment"))


def codes(store):
    return [(entry["code"], entry["entity_id"], entry["shop_id"]) for entry in store.get_meta("truth", [])]


def test_an_order_is_picked_then_packed_then_shipped_with_its_numbers(store):
    id = ordered(store, {"SOAP": 7})
    for letter in "ABC":
        work(store, 12, until=lambda letter=letter: steps(store)[letter])
    assert status(store, id) == "F"
    ((about, numbers, at),) = trading.shipped(store, 0, store.now + 1)
    assert (about, len(numbers), at) == (USUAL, 2, store.now)
    assert order_of(store, id)["linkedTrackingNumbers"].split() == list(numbers)
    assert codes(store) == []


def test_the_label_that_an_order_comes_with_is_the_one_that_leaves(store):
    ordered(store, {"SOAP": 7}, memo=f"Order {USUAL}, standard, label H039304412229748")
    work(store, 36, until=lambda: steps(store)["C"])
    ((_about, numbers, _at),) = trading.shipped(store, 0, store.now + 1)
    assert list(numbers) == ["H039304412229748"]


def test_nobody_works_at_night_or_on_a_weekend(store):
    store.set_now(MONDAY_EIGHT + 4 * DAY + 10 * HOUR)
    ordered(store, {"SOAP": 1})
    work(store, 61)
    assert not steps(store)
    work(store, 9, until=lambda: steps(store))


def test_what_is_closed_before_it_is_packed_is_not_sent(store):
    id = ordered(store, {"SOAP": 1})
    work(store, 12, until=lambda: steps(store)["A"])
    people.close_lines(store, store.get("netsuite", "salesOrder", id), [1])
    work(store, 12)
    assert (steps(store), status(store, id)) == (Counter(), "H")
    assert list(trading.shipped(store, 0, store.now + 1)) == []


def test_what_is_closed_when_it_is_packed_is_sent_all_the_same(store):
    id = ordered(store, {"SOAP": 1})
    work(store, 12, until=lambda: steps(store)["B"])
    people.close_lines(store, store.get("netsuite", "salesOrder", id), [1])
    work(store, 12, until=lambda: steps(store)["C"])
    assert [about for about, *_ in trading.shipped(store, 0, store.now + 1)] == [USUAL]


def test_orders_that_wait_for_approval_are_approved(store):
    id = ordered(store, {"SOAP": 1}, orderStatus={"id": "A"})
    work(store, 3)
    assert status(store, id) == "B"


def test_an_order_that_is_to_ship_whole_waits_for_the_rest(store):
    id = ordered(store, {"SOAP": 1, "TEA": 5}, shipComplete=True)
    other = ordered(store, {"SOAP": 1, "TEA": 1}, OTHER)
    work(store, 10)
    assert (status(store, id), status(store, other)) == ("B", "E")
    assert {code for code, *_ in codes(store)} == {"INV-02"}
    people.adjust(store, [(trading.item_of(store, "TEA").id, trading.MAIN, 9)], "found")
    work(store, 30, until=lambda: status(store, id) == "F" and status(store, other) == "F")


def test_a_person_closes_an_order_now_and_then(store):
    ref = reference("life", warehouse.CLOSED_PERMILLE)
    id = ordered(store, {"SOAP": 1, "TEA": 1}, ref)
    work(store, 12)
    assert (status(store, id), codes(store)) == ("H", [("CAN-06", ref, DIRECT)])
    assert not steps(store)


def test_a_kit_waits_when_a_picker_finds_a_member_missing(store):
    ref = reference("picks", warehouse.SHORT_PERMILLE)
    people.adjust(store, [(trading.item_of(store, "SOAP").id, trading.MAIN, -10)], "elsewhere")
    id = ordered(store, {"SET": 2}, ref)
    assert order_of(store, id)["item"]["items"][0]["quantityCommitted"] == "2"
    work(store, 12, until=lambda: codes(store))
    assert codes(store) == [("INV-02", ref, DIRECT)]
    line = order_of(store, id)["item"]["items"][0]
    assert (line["quantityCommitted"], line["quantityBackOrdered"]) == ("1", "1")


def test_a_line_changed_past_the_record_service_is_shipped_as_it_now_reads(store):
    id = ordered(store, {"SOAP": 1})
    lines = order_of(store, id)["item"]["items"]
    store.patch("netsuite", "salesOrder", id, {"item": {"items": [{**lines[0], "quantity": "3"}]}})
    work(store, 12, until=lambda: status(store, id) == "F")
    assert order_of(store, id)["item"]["items"][0]["quantityFulfilled"] == "3"


def test_stock_taken_away_by_hand_stops_an_order_and_nothing_else(store):
    soap = stock.place_id(trading.item_of(store, "SOAP").id, trading.MAIN)
    id, other = (
        ordered(store, {"SOAP": 3}),
        ordered(store, {"TEA": 1}, reference("partly", 0, happens=False, first=5000)),
    )
    store.patch("netsuite", stock.KIND, soap, {"quantityOnHand": "0"})
    work(store, 14)
    assert (status(store, id), status(store, other)) == ("B", "F")
    store.patch("netsuite", stock.KIND, soap, {"quantityOnHand": "9"})
    commitment.settle(store, id)
    work(store, 48, until=lambda: status(store, id) == "F")


def test_nothing_is_picked_where_a_location_is_closed(store):
    id = ordered(store, {"SOAP": 1})
    store.patch("netsuite", "location", trading.MAIN, {"isInactive": True})
    work(store, 30)
    assert (status(store, id), steps(store)) == ("B", Counter())


def test_a_shops_stock_is_filled_up_on_wednesday_and_sold_elsewhere_too(store):
    assert [trading.consume(store, "SET", 9), trading.consume(store, "SOAP", 9), trading.consume(store, "NONE", 1)] == [
        2, 9, 0,
    ]  # fmt: skip
    places = [stock.place_id(trading.item_of(store, sku).id, trading.MAIN) for sku in ("SOAP", "TEA")]
    assert [int(stock.level_of(store, place).on_hand) for place in places] == [1, 0]
    warehouse.wave(store, store.now)
    work(store, 48)
    assert [int(stock.level_of(store, place).on_hand) for place in places] == [12, 4]
