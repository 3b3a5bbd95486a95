"""Sales orders in NetSuite: what is entered, what is compared, what is closed and what is too late."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest

from connectors.netsuite.errors import DUPLICATE_RECORD
from connectors.transport.errors import OutcomeUnknownError, RejectedError, TransientError
from reverse_sync.destinations.netsuite.sales_orders import NetSuiteOrders, refuse_sales_order
from reverse_sync.model import Change, Proposal

UK = "7495000000000000101"
KEY = f"tieout-order-{UK}-571"
ADDRESS = {
    "name": "Ada Byron",
    "address_line1": "1 Mill Lane",
    "address_line2": "Flat 2",
    "post_town": "Leeds",
    "postal_code": "LS1 1AA",
    "region_code": "GB",
    "phone_number": "(+44)7000000000",
}


@dataclass
class FakeNetSuite:
    """An account with two items and one currency; `made` are the bodies that it was sent."""

    held: dict[str, dict[str, Any]] = field(default_factory=dict)
    made: list[dict[str, Any]] = field(default_factory=list)
    patched: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    def suiteql(self, query):
        rows = [{"id": "11", "itemid": "A"}, {"id": "12", "itemid": "OLD", "isinactive": "T"}]
        yield SimpleNamespace(rows=rows if " item " in query else [{"id": "1", "symbol": "GBP"}])

    def create(self, record_type, body):
        assert record_type == "salesOrder"
        if body["externalId"] in self.held:
            raise RejectedError("already exists", vendor="netsuite", code=DUPLICATE_RECORD)
        self.made.append(body)
        return "900"

    def read(self, record_type, id):
        assert record_type == "salesOrder"
        return next((order for order in self.held.values() if order["id"] == id), None)

    def find_by_external_id(self, record_type, external_id):
        return self.held.get(external_id)

    def patch(self, record_type, id, body):
        self.patched.append((id, body))

    def close(self):
        pass


class FakeShop:
    def __init__(self):
        self.order = {"id": "571", "status": "AWAITING_SHIPMENT", "recipient_address": ADDRESS, "line_items": []}

    def orders(self, _shop_id, _ids):
        return SimpleNamespace(rows=[self.order])

    def close(self):
        pass


@pytest.fixture
def netsuite():
    return FakeNetSuite()


@pytest.fixture
def shop():
    return FakeShop()


@pytest.fixture
def settings(make_settings):
    made = make_settings()
    shops = [each.model_copy(update={"netsuite_customer": "CUST-UK"}) for each in made.tiktok_shop.shops]
    section = made.netsuite.model_copy(update={"shops": [UK], "order_tax_code": "5"})
    shop = made.tiktok_shop.model_copy(update={"shops": shops})
    return made.model_copy(update={"tiktok_shop": shop, "netsuite": section})


@pytest.fixture
def orders(netsuite, shop, settings):
    return NetSuiteOrders(netsuite, shop, settings)


def change(purpose="N", **changes):
    desired = {
        **{"external_id": KEY, "order_id": "571", "purpose": purpose, "location": "7", "service": "Royal Mail"},
        **{"currency": "GBP", "ordered_on": "2026-01-31", "ship_by": "2026-02-02", "tracking_number": ""},
        "shipping": "2.99",
        "sales_orders": ["900"] if purpose == "F" else [],
        "lines": [
            {"sku": "A", "quantity": 3, "price": "3.33", "discount": "0.67"},
            {"sku": "A", "quantity": 1, "price": "3.34", "discount": "0.00"},
        ],
    }
    return Change("netsuite__sales_orders", "571", UK, {**desired, **changes}, "hash", "key")


def held(*lines, **fields):
    total = sum((line["amount"] for line in lines), Decimal("2.99"))
    return {"id": "900", "currency": {"id": "1"}, "item": {"items": list(lines)}, "total": total, **fields}


def line(number=1, quantity=3, amount="9.99", **fields):
    return {"line": number, "item": {"id": "11"}, "quantity": quantity, "amount": Decimal(amount), **fields}


def both(**fields):
    return held(line(1, 3, "9.99", **fields), line(4, 1, "3.34", **fields))


def test_an_order_is_entered_with_customer_location_address_and_lines_to_the_penny(orders, netsuite):
    """E4, E6, E18: nobody keys an order again, and it is of the right customer."""
    assert orders.write(change()) == "900"
    [body] = netsuite.made
    assert (body["externalId"], body["otherRefNum"], body["entity"]) == (KEY, "571", {"externalId": "CUST-UK"})
    assert (body["location"], body["orderStatus"], body["toBeEmailed"]) == ({"id": "7"}, {"id": "B"}, False)
    assert (body["tranDate"], body["shipDate"]) == ("2026-01-31", "2026-02-02")
    assert body["shippingAddress"]["addr2"] == "Flat 2" and body["shippingAddress"]["country"] == {"id": "GB"}
    common = {"item": {"id": "11"}, "price": {"id": "-1"}, "location": {"id": "7"}, "taxCode": {"id": "5"}}
    assert (body["shippingCost"], "discountItem" in body, "shipMethod" in body) == (Decimal("2.99"), False, False)
    assert body["item"]["items"] == [
        {**common, "quantity": 3, "rate": Decimal("3.33"), "amount": Decimal("9.99")},
        {**common, "quantity": 1, "rate": Decimal("3.34"), "amount": Decimal("3.34")},
    ]


def test_with_a_discount_item_lines_have_list_prices_and_the_order_its_discount(netsuite, shop, settings):
    section = settings.netsuite.model_copy(update={"order_discount_item": "31", "order_ship_item": "901"})
    orders = NetSuiteOrders(netsuite, shop, settings.model_copy(update={"netsuite": section}))
    orders.write(change())
    [body] = netsuite.made
    assert [line["amount"] for line in body["item"]["items"]] == [Decimal("12.00"), Decimal("3.34")]
    assert (body["discountItem"], body["discountRate"], body["shipMethod"]) == ({"id": "31"}, "-2.01", {"id": "901"})
    netsuite.held[KEY] = held(line(1, 3, "12.00"), line(2, 1, "3.34"), total=Decimal("16.32"))
    assert orders.read_back(change()).difference == ""
    netsuite.held[KEY] = held(line(1, 3, "12.00"), line(2, 1, "3.34"))
    assert "total 18.33, desired 16.32" in orders.read_back(change()).difference


def test_tax_that_netsuite_adds_is_a_difference(orders, netsuite):
    netsuite.held[KEY] = {**both(), "total": Decimal("19.58")}
    assert orders.read_back(change()).difference.endswith(": total 19.58, desired 16.32")


def test_an_order_that_is_there_already_is_not_entered_again(orders, netsuite):
    netsuite.held[KEY] = both()
    assert orders.write(change()) == "900"
    assert (orders.read_back(change()).difference, netsuite.made) == ("", [])


def test_another_order_under_our_id_is_reported_with_what_differs(orders, netsuite):
    netsuite.held[KEY] = held(line(1, 4, "13.32"))
    with pytest.raises(RejectedError, match=r"4 of item id 11 for 13\.32") as raised:
        orders.write(change())
    assert raised.value.code == "EDITED"


def test_an_order_that_exists_and_is_not_shown_is_in_doubt(orders, netsuite, monkeypatch):
    netsuite.held[KEY] = both()
    monkeypatch.setattr(netsuite, "find_by_external_id", lambda *_: None)
    with pytest.raises(OutcomeUnknownError, match="does not show it"):
        orders.write(change())


@pytest.mark.parametrize("sku", ["NONE", "OLD"])
def test_an_item_that_netsuite_lacks_is_named_and_nothing_is_sent(orders, netsuite, sku):
    with pytest.raises(RejectedError, match=f"no active item named '{sku}'"):
        orders.write(change(lines=[{"sku": sku, "quantity": 1, "price": "1.00", "discount": "0.00"}]))
    assert netsuite.made == []


def test_an_order_that_is_not_released_now_waits(orders, shop, netsuite):
    shop.order["status"] = "CANCELLED"
    with pytest.raises(TransientError, match="it is CANCELLED"):
        orders.write(change())
    assert netsuite.made == []


def test_a_masked_address_is_refused_without_a_word_of_it(orders, shop):
    shop.order["recipient_address"] = {**ADDRESS, "postal_code": "***"}
    with pytest.raises(RejectedError, match="no postal code in the delivery address") as raised:
        orders.write(change())
    assert "Byron" not in str(raised.value)


def test_a_cancelled_order_has_each_open_line_closed_by_its_key(orders, netsuite):
    netsuite.held[KEY] = held(line(1), line(4, isClosed=True), line(9))
    assert orders.write(change("F")) == "900"
    assert netsuite.patched == [
        ("900", {"item": {"items": [{"line": 1, "isClosed": True}, {"line": 9, "isClosed": True}]}})
    ]


@pytest.mark.parametrize("name", ["quantityPicked", "quantityPacked", "quantityFulfilled"])
def test_what_is_being_picked_is_not_closed(orders, netsuite, name):
    """E15b, E15c: past the cut-off nothing is closed; a person is asked."""
    netsuite.held[KEY] = held(line(1, **{name: 2}), line(2))
    with pytest.raises(RejectedError, match="2 units of it, which is too late") as raised:
        orders.write(change("F"))
    assert (raised.value.code, netsuite.patched) == ("TOO_LATE", [])
    assert "too late" in orders.read_back(change("F")).difference


def test_closing_is_true_when_no_line_is_open(orders, netsuite):
    netsuite.held[KEY] = held(line(1))
    assert orders.read_back(change("F")) is None
    netsuite.held[KEY] = held(line(1, isClosed=True))
    assert orders.read_back(change("F")).vendor_id == "900"
    orders.write(change("F"))
    assert netsuite.patched == []


def test_an_order_is_closed_by_its_own_id_whoever_entered_it_and_with_each_other_of_the_same(orders, netsuite):
    netsuite.held = {"entered by hand": held(line(1)), KEY: {**held(line(2)), "id": "901"}}
    assert orders.write(change("F")) == "900/901"
    assert netsuite.patched == [
        ("900", {"item": {"items": [{"line": 1, "isClosed": True}]}}),
        ("901", {"item": {"items": [{"line": 2, "isClosed": True}]}}),
    ]
    netsuite.held["entered by hand"] = held(line(1, isClosed=True))
    assert orders.read_back(change("F")) is None
    netsuite.held[KEY] = {**held(line(2, isClosed=True)), "id": "901"}
    assert orders.read_back(change("F")).vendor_id == "900/901"


def test_where_none_of_two_is_there_or_one_was_picked_nothing_counts_as_closed(orders, netsuite):
    with pytest.raises(RejectedError, match="shows no sales order 900, which") as raised:
        orders.write(change("F"))
    assert raised.value.code == "NOT_THERE"
    assert orders.read_back(change("F")) is None
    netsuite.held = {"entered by hand": held(line(1, quantityPicked=1)), KEY: {**held(line(2)), "id": "901"}}
    with pytest.raises(RejectedError, match="1 units of it, which is too late"):
        orders.write(change("F"))
    assert netsuite.patched == []


def test_an_order_that_people_closed_is_said_to_be_closed(orders, netsuite):
    netsuite.held[KEY] = both(isClosed=True)
    assert "is closed" in orders.read_back(change()).difference


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"purpose": "X"}, "purpose N or F"),
        ({"lines": []}, "no lines"),
        ({"lines": [{"sku": "", "quantity": 1, "price": "1"}]}, "lacks its SKU"),
        ({"shipping": ""}, "price of shipping"),
        ({"external_id": "tieout|1"}, "letters, digits"),
        ({"purpose": "F", "sales_orders": []}, "no sales order is named"),
    ],
)
def test_what_cannot_be_an_order_is_refused_before_it_is_sent(settings, changes, reason):
    desired = {**change().desired, **changes}
    proposal = Proposal("netsuite__sales_orders", "571", UK, desired, "hash", Decimal(1), "GBP")
    assert reason in refuse_sales_order(settings, proposal)


def test_a_shop_that_netsuite_does_not_ship_for_is_refused(settings):
    proposal = Proposal(
        "netsuite__sales_orders", "571", "7495000000000000202", change().desired, "h", Decimal(1), "GBP"
    )
    assert "[netsuite] shops" in refuse_sales_order(settings, proposal)


def test_an_order_of_a_shop_without_a_customer_is_refused_and_names_the_setting(settings):
    """E18, ORD-13: an order is attributed to no other customer than the shop's own."""
    shops = [shop.model_copy(update={"netsuite_customer": ""}) for shop in settings.tiktok_shop.shops]
    shop = settings.tiktok_shop.model_copy(update={"shops": shops})
    proposal = Proposal("netsuite__sales_orders", "571", UK, change().desired, "h", Decimal(1), "GBP")
    reason = refuse_sales_order(settings.model_copy(update={"tiktok_shop": shop}), proposal)
    assert reason == f"netsuite_customer of shop {UK} is empty: name the customer of its sales orders"
