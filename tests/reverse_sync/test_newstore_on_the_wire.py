"""Orders and cancellations through the real connector into the stand-in NewStore, in a process of its own."""

from __future__ import annotations

import hashlib
import json
import shutil
from decimal import Decimal
from types import SimpleNamespace

import pytest

from connectors.newstore.client import configured, open_newstore
from reverse_sync import OutboxState, Proposal, RetryPolicy, apply, list_rows, plan
from reverse_sync.destinations.newstore.orders import NewStoreOrders, refuse_order
from reverse_sync.sync import ORDER_LANE, Sync
from tests.support.newstore_tenant import ACCOUNT, SECRETS, UK
from tests.support.stand_ins import ask, stand_ins

SYNC = "newstore__orders"
INJECT, CANCEL = "/v0/d/fulfill_order", "/cancel"
ADDRESS = {
    **{"name": "Ada Byron", "address_line1": "1 Mill Lane", "post_town": "Leeds", "postal_code": "LS1 1AA"},
    **{"region_code": "GB", "phone_number": "(+44)7000000000"},
}
FAULTS = {
    "lost_reply": {"kind": "lost_reply"},
    "500": {"kind": "500"},
    "rpc_timeout after the work": {"kind": "late_error_code", "code": "rpc_timeout"},
    "504 after the work": {"kind": "late_error_code", "code": "gateway_timeout"},
    "503": {"kind": "html_503"},
    "429": {"kind": "429", "retry_after": 0.1},
    "doubled": {"kind": "doubled_request"},
}


class FakeShop:
    """A shop that shows every order as released, with whatever address it has now."""

    def __init__(self):
        self.address = ADDRESS

    def orders(self, _shop_id, ids):
        shown = {"status": "AWAITING_SHIPMENT", "recipient_address": self.address, "line_items": []}
        return SimpleNamespace(rows=[{**shown, "id": ids[0]}])

    def close(self):
        pass


@pytest.fixture(scope="module")
def systems(tmp_path_factory):
    with stand_ins(tmp_path_factory.mktemp("sandbox")) as control:
        ask(f"{control}/limits", {"newstore": {"readable_after_seconds": 0}}, method="PUT")
        yield ask(f"{control}/systems")


@pytest.fixture
def settings(systems, make_settings, demo_config, tmp_path):
    tenant, folder = systems["newstore"], tmp_path / "config"
    shutil.copytree(demo_config, folder)
    with (folder / "tieout.toml").open("a") as written:
        written.write(ACCOUNT.format(shop_id=UK, **tenant))
    return make_settings(config_dir=folder, **{f"newstore__{name}": tenant[name] for name in SECRETS})


@pytest.fixture
def fault(systems):
    def plant(match, **more):
        ask(
            f"{systems['control']}/faults", {"system": "newstore", "method": "POST", "match": match, "count": 1, **more}
        )

    yield plant
    ask(f"{systems['control']}/faults", method="DELETE")


@pytest.fixture
def limits(systems):
    def set_limits(**wanted):
        ask(f"{systems['control']}/limits", {"newstore": {"readable_after_seconds": 0, **wanted}}, method="PUT")

    yield set_limits
    set_limits(changed_injection="error")


@pytest.fixture
def run(settings, sqlite_state):
    """Return a function that plans and applies proposals, and gives the rows that were applied."""

    def runs(*proposals, shop=None):
        def opened():
            return NewStoreOrders(open_newstore(settings, sqlite_state), shop or FakeShop(), configured(settings))

        sync = Sync(SYNC, ORDER_LANE, "Orders.", "order{s}", lambda *_: opened(), refuse_order)
        policy = RetryPolicy(first_delay=0.05)
        planned = plan(settings, sqlite_state, proposals, syncs=[sync], retry_policy=policy)
        return apply(settings, sqlite_state, planned, destinations={SYNC: opened}, retry_policy=policy).rows

    return runs


@pytest.fixture
def held(systems):
    """Return a function that gives the orders that NewStore holds under an external id."""

    def orders_of(number):
        found = ask(f"{systems['control']}/newstore/orders?limit=100000")["items"]
        return [order for order in found if order["external_id"] == number]

    return orders_of


def proposal(number, purpose="N", price="6.67"):
    lines = [
        {"id": f"{number}-1", "sku": "A", "quantity": 1, "price": price, "discount": "3.33"},
        {"id": f"{number}-2", "sku": "A", "quantity": 1, "price": "3.33", "discount": "0.00"},
    ]
    order = {
        **{"location": "LDN01", "service": "STD", "currency": "GBP", "price_method": "tax_included"},
        **{"placed_at": "2026-11-01T10:00:00Z", "paid_at": "2026-11-01T10:00:00Z", "tracking_number": ""},
        **{"shipping": "2.99", "lines": lines},
    }
    desired = {"order_id": number, "purpose": purpose, **(order if purpose == "N" else {"because": "cancelled"})}
    digest = hashlib.md5(json.dumps(desired, sort_keys=True).encode()).hexdigest()
    return Proposal(SYNC, number, UK, desired, digest, Decimal("12.99"), "GBP")


def states(state):
    return {row.state for row in list_rows(state, states=list(OutboxState))}


@pytest.mark.parametrize("name", ["", *FAULTS])
def test_an_order_is_in_newstore_once_whatever_the_wire_does(run, held, fault, sqlite_state, name):
    number = f"571{[*FAULTS, ''].index(name):03}"
    if name:
        fault(INJECT, **FAULTS[name])
    for _ in range(3):
        run(proposal(number))
    assert states(sqlite_state) == {OutboxState.ACKNOWLEDGED}
    [order] = held(number)
    [row] = list_rows(sqlite_state, states=list(OutboxState))
    assert (row.vendor_id, [item["external_item_id"] for item in order["items"]]) == (
        order["id"],
        [f"{number}-1", f"{number}-2"],
    )
    assert [payment["amount"] for payment in order["payments"]] == ["12.99"]


def test_while_our_address_is_blocked_an_order_waits_and_nothing_else_is_sent(run, held, fault, sqlite_state):
    fault(INJECT, kind="error_code", code="ip_blocked")
    [first, second] = sorted(run(proposal("571101"), proposal("571102")), key=lambda row: row.entity_key)
    assert (first.state, second.state, "blocked for 300 s" in first.detail) == ("pending", "pending", True)
    assert (held("571101"), held("571102")) == ([], [])
    assert states(sqlite_state) == {OutboxState.PENDING}


def test_an_address_that_changed_after_a_lost_reply_is_no_second_order(run, held, fault, limits):
    number, shop = "572001", FakeShop()
    limits(readable_after_seconds=2)  # so that the order is sent again
    fault(INJECT, kind="lost_reply")
    run(proposal(number), shop=shop)
    shop.address = {**ADDRESS, "address_line1": "2 Mill Lane"}
    limits()
    rows = [row for _ in range(3) for row in run(proposal(number), shop=shop)]
    assert [order["shipping_address"]["address_line_1"] for order in held(number)] == ["1 Mill Lane"]
    assert {row.state for row in rows} <= {"acknowledged"}


@pytest.mark.parametrize("answers", ["error", "first"])
def test_another_order_under_the_same_id_is_a_difference_however_newstore_answers(run, held, limits, settings, answers):
    number = f"573{('error', 'first').index(answers):03}"
    limits(changed_injection=answers)
    run(proposal(number))
    first = held(number)
    [row] = run(proposal(number, price="7.67"))
    assert (row.state, "total 12.99, desired 13.99" in row.detail) == ("rejected", True)
    assert held(number) == first


@pytest.mark.parametrize("name", ["", "lost_reply", "500", "504 after the work", "503", "429"])
def test_a_cancelled_order_is_cancelled_once(run, held, fault, sqlite_state, name):
    number = f"574{[*FAULTS, ''].index(name):03}"
    run(proposal(number))
    if name:
        fault(CANCEL, **FAULTS[name])
    for _ in range(3):
        run(proposal(number, purpose="F"))
    assert states(sqlite_state) == {OutboxState.ACKNOWLEDGED}
    [order] = held(number)
    assert {item["status"] for item in order["items"]} == {"cancelled"}


def test_what_a_store_has_shipped_is_too_late_to_cancel(run, held, systems):
    number = "575001"
    run(proposal(number))
    [order] = held(number)
    for item in order["items"]:
        item["status"] = "complete"
    ask(f"{systems['control']}/newstore/orders/{order['id']}", order, method="PUT")
    [row] = run(proposal(number, purpose="F"))
    assert (row.state, "does not let it be cancelled any more" in row.detail) == ("rejected", True)
