"""Orders in NewStore: what is injected, what is compared, what is cancelled and what is too late."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest

from connectors.newstore.errors import ALREADY_CANCELLED, CHANGED_ORDER
from connectors.transport.errors import CredentialError, OutcomeUnknownError, RejectedError, TransientError
from reverse_sync.destinations.newstore.orders import NewStoreOrders, refuse_order
from reverse_sync.model import Change, Proposal
from tieout.settings import NewStore

UK = "7495000000000000101"
ADDRESS = {
    "name": "Ada King Byron",
    "address_line1": "1 Mill Lane",
    "address_line2": "Flat 2",
    "address_line3": "Old Mill",
    "post_town": "Leeds",
    "postal_code": "LS1 1AA",
    "region_code": "GB",
    "phone_number": "(+44)7000000000",
}
LINES = [
    {"id": "L1-1", "sku": "A", "quantity": 1, "price": "3.34", "discount": "0.66"},
    {"id": "L1-2", "sku": "A", "quantity": 1, "price": "3.33", "discount": "0.67"},
    {"id": "L2", "sku": "B", "quantity": 1, "price": "10.10", "discount": "0.00"},
]


@dataclass
class FakeNewStore:
    """A tenant that keeps one order under an id; `refusal` and `answered` are how it answers a write."""

    held: Any = None
    state: dict[str, Any] | None = None
    refusal: Exception | None = None
    answered: dict[str, Any] | None = None
    injected: list[dict[str, Any]] = field(default_factory=list)
    cancelled: list[dict[str, Any]] = field(default_factory=list)
    is_closed: bool = False

    def inject_order(self, body):
        self.injected.append(body)
        if self.refusal:
            raise self.refusal
        items = [
            {"id": f"i-{number}", "external_item_id": item["external_item_id"], "product_id": item["product_id"]}
            for number, item in enumerate(body["shipments"][0]["items"])
        ]
        return self.answered or {"id": "u-1", "items": items}

    def order_by_external_id(self, external_id):
        return {"order_uuid": "u-1"} if self.held else None

    def order(self, order_id):
        if isinstance(self.held, Exception):
            raise self.held
        return self.held

    def cancellation(self, order_id):
        return self.state

    def cancel_order(self, order_id, **said):
        self.cancelled.append(said)
        if self.refusal:
            raise self.refusal

    def close(self):
        self.is_closed = True


class FakeShop:
    def __init__(self):
        self.order = {"id": "571", "status": "AWAITING_SHIPMENT", "recipient_address": ADDRESS, "line_items": []}
        self.order["buyer_email"] = "b@scs.tiktokw.example"
        self.is_closed = False

    def orders(self, _shop_id, _ids):
        return SimpleNamespace(rows=[self.order])

    def close(self):
        self.is_closed = True


@pytest.fixture
def newstore():
    return FakeNewStore()


@pytest.fixture
def shop():
    return FakeShop()


@pytest.fixture
def section():
    url, muted = "https://northgate.s.newstore.example", ["order_shipped"]
    return NewStore(base_url=url, token_url=url, tenant="northgate", shops=[UK], muted_notifications=muted)


@pytest.fixture
def orders(newstore, shop, section):
    return NewStoreOrders(newstore, shop, section)


def change(purpose="N", **changes):
    desired = {
        **{"order_id": "571", "purpose": purpose, "location": "LDN01", "service": "STD", "currency": "GBP"},
        **{"price_method": "tax_included", "placed_at": "2026-01-31T10:00:00Z", "paid_at": "2026-01-31T10:01:00Z"},
        **{"tracking_number": "", "shipping": "2.99", "lines": LINES},
    }
    return Change("newstore__orders", "571", UK, {**desired, **changes}, "hash", "key")


def proposal(made):
    return Proposal(made.sync, made.entity_key, made.shop_id, made.desired, "hash", Decimal("19.76"), "GBP")


def held(**changes):
    items = [{"product_id": line["sku"], "status": "pending"} for line in LINES]
    return {"id": "u-1", "currency": "GBP", "items": items, "totals": {"total": Decimal("19.76")}, **changes}


def test_an_order_is_injected_with_a_line_for_each_unit_and_one_payment_to_the_penny(orders, newstore):
    assert orders.write(change()) == "u-1"
    [body] = newstore.injected
    assert (body["external_id"], body["channel_type"], body["channel_name"]) == ("571", "web", "tiktok_shop")
    assert (body["shop"], body["shop_locale"]) == ("storefront-catalog-en", "en-GB")
    assert (body["price_method"], body["is_preconfirmed"]) == ("tax_included", True)
    assert body["notification_blacklist"] == ["order_shipped"]
    [shipment] = body["shipments"]
    shown = [
        (
            item["external_item_id"],
            item["price"]["item_price"],
            [each["price_adjustment"] for each in item["price"].get("item_discount_info", [])],
        )
        for item in shipment["items"]
    ]
    assert shown == [
        ("L1-1", Decimal("4.00"), [Decimal("0.66")]),
        ("L1-2", Decimal("4.00"), [Decimal("0.67")]),
        ("L2", Decimal("10.10"), []),
    ]
    [payment] = body["payments"]
    assert (payment["amount"], payment["type"], payment["correlation_ref"]) == (Decimal("19.76"), "captured", "571")
    assert shipment["shipping_option"] == {
        "service_level_identifier": "STD",
        "price": Decimal("2.99"),
        "tax": Decimal(0),
        "routing_strategy": {"strategy": "default"},
    }


def test_the_address_is_read_when_the_order_is_sent_and_is_also_the_billing_address(orders, newstore):
    orders.write(change())
    [body] = newstore.injected
    assert body["shipping_address"] == {
        "country": "GB",
        "address_line_1": "1 Mill Lane",
        "address_line_2": "Flat 2, Old Mill",
        "city": "Leeds",
        "zip_code": "LS1 1AA",
        "first_name": "Ada King",
        "last_name": "Byron",
        "phone": "(+44)7000000000",
    }
    assert body["billing_address"] == body["shipping_address"]
    assert (body["customer_name"], body["customer_email"]) == ("Ada King Byron", "b@scs.tiktokw.example")


@pytest.mark.parametrize("strategy", ["prerouted", "external"])
def test_an_order_that_is_routed_here_names_the_node_of_locations_csv(newstore, shop, section, strategy):
    routed = section.model_copy(update={"order_routing": strategy})
    NewStoreOrders(newstore, shop, routed).write(change())
    option = newstore.injected[0]["shipments"][0]["shipping_option"]
    assert option["routing_strategy"] == {"strategy": strategy, "fulfillment_node_id": "LDN01"}


def test_an_order_that_costs_nothing_has_no_payment(orders, newstore):
    free = [{**line, "price": "0.00", "discount": "0.00"} for line in LINES]
    orders.write(change(lines=free, shipping="0.00"))
    assert newstore.injected[0]["payments"] == []


def test_tiktoks_label_goes_with_an_order_that_tiktok_ships(orders, newstore, shop):
    shop.order |= {"status": "AWAITING_COLLECTION", "line_items": [{"tracking_number": "T9"}]}
    orders.write(change(tracking_number="T9"))
    attributes = {each["name"]: each["value"] for each in newstore.injected[0]["extended_attributes"]}
    assert attributes == {"tiktok_shop_order_id": "571", "tiktok_shop_tracking_number": "T9"}


@pytest.mark.parametrize("shown", [{"status": "CANCELLED"}, {"status": "ON_HOLD"}, {"is_buyer_request_cancel": True}])
def test_an_order_that_is_not_released_now_is_not_injected(orders, newstore, shop, shown):
    shop.order |= shown
    with pytest.raises(TransientError) as caught:
        orders.write(change())
    assert (caught.value.code, newstore.injected) == ("NOT_RELEASED", [])


@pytest.mark.parametrize(
    ("shown", "code"),
    [
        ({"postal_code": "****"}, "NO_ADDRESS"),
        ({"address_line1": "x" * 129}, "UNSENDABLE"),
        ({"postal_code": "9" * 33}, "UNSENDABLE"),
    ],
)
def test_an_address_that_nobody_could_deliver_to_is_not_sent_nor_quoted(orders, newstore, shop, shown, code):
    shop.order["recipient_address"] = ADDRESS | shown
    with pytest.raises(RejectedError) as caught:
        orders.write(change())
    assert (caught.value.code, newstore.injected) == (code, [])
    assert not any(text in str(caught.value) for text in ("Ada", "Mill", "xxx", "999"))


def test_an_order_that_is_there_with_another_body_but_as_desired_counts_as_injected(orders, newstore):
    newstore.refusal, newstore.held = RejectedError("differs", vendor="newstore", code=CHANGED_ORDER), held()
    assert orders.write(change()) == "u-1"


def test_an_order_that_is_there_and_worth_something_else_is_not_ours(orders, newstore):
    newstore.refusal = RejectedError("differs", vendor="newstore", code=CHANGED_ORDER)
    newstore.held = held(totals={"total": Decimal("19.77")})
    with pytest.raises(RejectedError, match=r"total 19\.77, desired 19\.76") as caught:
        orders.write(change())
    assert caught.value.code == "EDITED"


def test_an_order_that_is_said_to_be_there_and_is_not_shown_is_of_unknown_outcome(orders, newstore):
    newstore.refusal = RejectedError("differs", vendor="newstore", code=CHANGED_ORDER)
    with pytest.raises(OutcomeUnknownError, match="does not show it"):
        orders.write(change())


def test_a_silent_answer_with_the_order_that_was_there_is_found_by_its_units(orders, newstore):
    newstore.answered = {"id": "u-0", "items": [{"external_item_id": "L9", "product_id": "A"}]}
    with pytest.raises(RejectedError, match="another order u-0 of this id: it has 1 units") as caught:
        orders.write(change())
    assert caught.value.code == "EDITED"


def test_a_silent_answer_with_the_same_units_is_found_by_what_they_are_worth(orders, newstore):
    newstore.held = held(totals={"total": Decimal("30.00")})
    with pytest.raises(RejectedError, match="total 30") as caught:
        orders.write(change())
    assert caught.value.code == "EDITED"


@pytest.mark.parametrize("error", [TransientError("down"), CredentialError("no")])
def test_a_failure_after_the_injection_does_not_undo_it(orders, newstore, error):
    newstore.held = error
    with pytest.raises(OutcomeUnknownError, match="it was injected, and then"):
        orders.write(change())


def test_another_refusal_is_newstores_own(orders, newstore):
    newstore.refusal = RejectedError("no", vendor="newstore", code="schema_validation_error")
    with pytest.raises(RejectedError) as caught:
        orders.write(change())
    assert caught.value.code == "schema_validation_error"


@pytest.mark.parametrize(
    ("found", "difference"),
    [
        (held(), ""),
        (held(currency="EUR"), "currency EUR, desired GBP"),
        (held(items=held()["items"][1:]), "units there only: none; desired only: 1 A"),
        (held(totals=None), "total None, desired 19.76"),
        (held(items=[{**item, "status": "cancelled"} for item in held()["items"]]), "NewStore has cancelled the order"),
    ],
)
def test_what_moves_goods_or_money_is_compared(orders, newstore, found, difference):
    newstore.held = found
    seen = orders.read_back(change())
    assert seen.vendor_id == "u-1"
    assert difference in seen.difference and bool(difference) == bool(seen.difference)


def test_nothing_is_there_before_it_is_injected(orders):
    assert orders.read_back(change()) is None


def test_an_order_is_cancelled_while_newstore_lets_it_be(orders, newstore):
    newstore.held, newstore.state = held(), {"cancelable": True, "canceled": False, "is_safe": False}
    assert orders.read_back(change("F")) is None
    assert orders.write(change("F")) == "u-1"
    assert newstore.cancelled == [{"reason": "CUSTOMER_REQUEST", "note": "Cancelled on TikTok Shop"}]


def test_what_is_cancelled_or_not_there_is_cancelled_and_nothing_is_sent(orders, newstore):
    assert orders.write(change("F")) == ""
    newstore.held, newstore.state = held(), {"cancelable": False, "canceled": True, "is_safe": True}
    assert orders.write(change("F")) == "u-1"
    assert orders.read_back(change("F")).difference == ""
    assert newstore.cancelled == []


def test_what_cannot_be_cancelled_any_more_is_too_late(orders, newstore):
    newstore.held, newstore.state = held(), {"cancelable": False, "canceled": False, "is_safe": False}
    with pytest.raises(RejectedError, match="does not let it be cancelled any more") as caught:
        orders.write(change("F"))
    assert (caught.value.code, newstore.cancelled) == ("TOO_LATE", [])
    assert "any more" in orders.read_back(change("F")).difference


def test_what_somebody_else_cancelled_just_now_is_cancelled(orders, newstore):
    newstore.held, newstore.state = held(), {"cancelable": True}
    newstore.refusal = RejectedError("is", vendor="newstore", code=ALREADY_CANCELLED)
    assert orders.write(change("F")) == "u-1"


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({}, ""),
        ({"purpose": "F", "lines": None}, ""),
        ({"purpose": "X"}, "expected an order_id and purpose N or F"),
        ({"order_id": ""}, "expected an order_id and purpose N or F"),
        ({"currency": "USD"}, "the order is in USD"),
        ({"lines": []}, "the order has no lines"),
        ({"lines": [{**LINES[0], "quantity": 2}]}, "is not one unit"),
        ({"lines": [{**LINES[0], "sku": ""}]}, "lacks its id, SKU or price"),
        ({"lines": [{**LINES[0], "id": ""}]}, "lacks its id, SKU or price"),
        ({"shipping": ""}, "the price of shipping is not given"),
        ({"location": "LDN01+MAN01"}, ""),
    ],
)
def test_what_must_never_go_out_is_refused(make_settings, section, changes, reason):
    settings = make_settings().model_copy(update={"newstore": section})
    said = refuse_order(settings, proposal(change(**changes)))
    assert reason in said and bool(reason) == bool(said)


def test_an_order_for_several_nodes_is_not_routed_here(make_settings, section):
    routed = section.model_copy(update={"order_routing": "external"})
    settings = make_settings().model_copy(update={"newstore": routed})
    said = refuse_order(settings, proposal(change(location="LDN01+MAN01")))
    assert said == "newstore.order_routing is external, and location LDN01+MAN01 has several nodes"


def test_a_shop_of_another_system_is_refused(make_settings, section):
    elsewhere = make_settings().model_copy(update={"newstore": section.model_copy(update={"shops": []})})
    assert "does not ship from NewStore" in refuse_order(elsewhere, proposal(change()))
    assert "does not ship from NewStore" in refuse_order(make_settings(), proposal(change()))


def test_both_clients_are_closed(orders, newstore, shop):
    orders.close()
    assert newstore.is_closed and shop.is_closed
