"""Sales orders through the real connector into the stand-in NetSuite while the account is at its limit of calls."""

from __future__ import annotations

import hashlib
import json
import threading
from collections import Counter
from decimal import Decimal
from types import SimpleNamespace

import pytest

from connectors.netsuite.client import open_netsuite
from connectors.transport.errors import TransientError
from reverse_sync import OutboxState, Proposal, RetryPolicy, apply, list_rows, plan
from reverse_sync.destinations.netsuite.sales_orders import NetSuiteOrders, refuse_sales_order
from reverse_sync.sync import ORDER_LANE, Sync
from tests.reverse_sync.test_refunds_on_the_wire import rows_of, with_customer
from tests.support.refunds import UK_SHOP
from tests.support.stand_ins import ask
from tieout.state import State

SYNC = "netsuite__sales_orders"
ORDERS, ITEM = 12, "900"
ADDRESS = {
    **{"name": "Ada Byron", "address_line1": "1 Mill Lane", "post_town": "Leeds", "postal_code": "LS1 1AA"},
    **{"region_code": "GB", "phone_number": "(+44)7000000000"},
}


class FakeShop:
    """A shop that shows every order as released."""

    def orders(self, _shop_id, ids):
        shown = {"status": "AWAITING_SHIPMENT", "recipient_address": ADDRESS, "line_items": []}
        return SimpleNamespace(rows=[{**shown, "id": ids[0]}])

    def close(self):
        pass


@pytest.fixture
def settings(systems, make_settings, monkeypatch):
    account = systems["netsuite"]
    monkeypatch.setenv("TIEOUT_NETSUITE__BASE_URL", account["base_url"])
    oauth2 = {f"netsuite__{name}": account["oauth2"][name] for name in ("client_id", "certificate_id", "private_key")}
    item = {"id": ITEM, "itemId": "A", "isInactive": False}
    ask(f"{systems['control']}/netsuite/inventoryItem/{ITEM}", item, method="PUT")
    place = {"id": "3", "name": "Leeds DC", "isInactive": False, "subsidiary": {"id": "1"}}
    ask(f"{systems['control']}/netsuite/location/3", place, method="PUT")
    made = with_customer(make_settings(**oauth2), "CUST-TTS-UK")
    return made.model_copy(update={"netsuite": made.netsuite.model_copy(update={"shops": [UK_SHOP]})})


@pytest.fixture
def limits(systems):
    """Return a function that sets the account's limits; afterwards they are as they were."""

    def set_limits(**wanted):
        ask(f"{systems['control']}/limits", {"netsuite": wanted}, method="PUT")

    yield set_limits
    set_limits(concurrency=5, calls_of_others=0, latency_seconds=0)
    ask(f"{systems['control']}/faults", method="DELETE")


def proposal(number):
    key = f"tieout-order-{UK_SHOP}-{number}"
    desired = {
        **{"external_id": key, "order_id": number, "purpose": "N", "location": "3", "service": "", "currency": "GBP"},
        **{"ordered_on": "2026-11-01", "ship_by": "", "tracking_number": "", "shipping": "2.99"},
        "lines": [{"sku": "A", "quantity": 2, "price": "3.33", "discount": "0"}],
    }
    digest = hashlib.md5(json.dumps(desired, sort_keys=True).encode()).hexdigest()
    return Proposal(SYNC, number, UK_SHOP, desired, digest, Decimal("9.65"), "GBP")


def run(settings, state, proposals):
    def opened():
        return NetSuiteOrders(open_netsuite(settings, state), FakeShop(), settings)

    sync = Sync(SYNC, ORDER_LANE, "Orders.", "order{s}", lambda *_: opened(), refuse_sales_order)
    policy = RetryPolicy(first_delay=0.05)
    planned = plan(settings, state, proposals, syncs=[sync], retry_policy=policy)
    return apply(settings, state, planned, destinations={SYNC: opened}, retry_policy=policy)


def entered(settings, state):
    """Return how many sales orders there are under each of our external ids, and what they come to."""
    query = "select externalid, foreigntotal from transaction where type = 'SalesOrd' order by id"
    with open_netsuite(settings, state) as client:
        rows = [row for row in rows_of(client, query) if str(row.get("externalid", "")).startswith("tieout-order-")]
    totals = {Decimal(str(row["foreigntotal"])) for row in rows}
    return Counter(str(row["externalid"]).rpartition("-")[2] for row in rows), totals


def busy(settings, home, stop):
    """Ask NetSuite for lists without a pause, as another integration of the account does, until `stop` is set."""
    state = State(f"sqlite:///{home / 'rival.sqlite'}")
    try:
        with open_netsuite(settings, state) as client:
            while not stop.is_set():
                try:
                    rows_of(client, "select id, name from location order by id")
                except TransientError:
                    continue
    finally:
        state.close()


def test_orders_are_entered_once_each_while_others_use_up_the_accounts_calls(
    systems, settings, sqlite_state, limits, tmp_path
):
    numbers = [str(571_000 + number) for number in range(ORDERS)]
    limits(concurrency=2, calls_of_others=1, latency_seconds=0.02)
    lost = {"system": "netsuite", "method": "POST", "match": "/salesOrder", "kind": "lost_reply", "rate": 0.25}
    ask(f"{systems['control']}/faults", lost | {"count": 3})
    stop = threading.Event()
    rival = threading.Thread(target=busy, args=(settings, tmp_path, stop))
    rival.start()
    try:
        for _ in range(6):
            run(settings, sqlite_state, [proposal(number) for number in numbers])
    finally:
        stop.set()
        rival.join()
    calls = ask(f"{systems['control']}/netsuite/calls?limit=100000")
    limits(concurrency=5, calls_of_others=0, latency_seconds=0)
    assert Counter(call["status"] for call in calls)[429] > 0
    rows = list_rows(sqlite_state, states=list(OutboxState))
    assert {row.state for row in rows} == {OutboxState.ACKNOWLEDGED}
    assert entered(settings, sqlite_state) == (Counter(numbers), {Decimal("9.65")})


def test_orders_wait_while_no_call_is_left_and_are_entered_once_there_is(settings, sqlite_state, limits):
    numbers = [str(572_000 + number) for number in range(3)]
    limits(concurrency=5, calls_of_others=5)
    run(settings, sqlite_state, [proposal(number) for number in numbers])
    waiting = {row.state for row in list_rows(sqlite_state, states=list(OutboxState))}
    assert waiting <= {OutboxState.PENDING, OutboxState.UNKNOWN}
    limits(concurrency=5, calls_of_others=0)
    for _ in range(3):
        run(settings, sqlite_state, [proposal(number) for number in numbers])
    found, _totals = entered(settings, sqlite_state)
    assert {number: count for number, count in found.items() if number in numbers} == dict.fromkeys(numbers, 1)
