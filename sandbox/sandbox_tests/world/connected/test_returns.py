"""Returns of a connected world: asked for by buyers, answered on the wire or by nobody, refunded, settled."""

from __future__ import annotations

import contextlib
import json
from collections import Counter, defaultdict
from collections.abc import Iterator
from decimal import Decimal as D
from types import SimpleNamespace
from typing import Any

import pytest

from sandbox.store import Body, Record, Store
from sandbox.tiktok_shop import return_life as life
from sandbox.tiktok_shop import returns
from sandbox.tiktok_shop.return_decisions import Detail
from sandbox.world import advance, plant
from sandbox.world.connected import return_parcels, return_steps
from sandbox.world.incidents import PLANTERS
from sandbox.world.settlement import claims, refunds
from sandbox.world.shops import SHOPS
from sandbox.world.state import World
from sandbox_tests.world.connected.conftest import DAY, HOUR, START, Seller, begun

END, EVENT = START + 27 * DAY, "RETURN_STATUS_CHANGE"


class Answering(Seller):
    """A seller who answers one request in three with a refusal, one with a part, and one not at all."""

    answers: dict[str, str]

    def work(self) -> None:
        """Ship, and answer what is new."""
        super().work()
        pending = self.store.select("tiktok_shop", "returns", matching={"return_status": life.PENDING})
        for record in pending:
            if record.id not in self.answers:
                self._answer(record.id, record.body, len(self.answers) % 3)

    def _answer(self, id: str, body: Body, how: int) -> None:
        self.answers[id] = ("refused", "part", "none")[how]
        part = (D(body["refund_amount"]["refund_total"]) / 3).quantize(D("0.01"))
        if how == 0:
            kind = "REJECT_REFUND" if body["return_type"] == "REFUND" else "REJECT_RETURN"
            if not body["is_quick_refund"]:
                returns.decide(self.store, id, kind, self.store.now)
        elif how == 1 and not body["buyer_rejected_partial_refund"]:
            returns.decide(self.store, id, "OFFER_PARTIAL_REFUND", self.store.now, detail=Detail(part))
        returns.announce(self.store, id)


@pytest.fixture(scope="module")
def returned(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SimpleNamespace]:
    """A world in which most buyers ask for something, and a seller who answers some of it."""
    store = begun(tmp_path_factory.mktemp("returned"), baskets=70, days=8, returns_permille=800)
    for shop in SHOPS:
        body = {"event_type": EVENT, "address": "https://never.example/hook"}
        store.put(Record("tiktok_shop", "webhook_subscriptions", f"{shop}:{EVENT}", body, shop))
    seller = Answering(store)
    seller.answers = {}
    seller.serve(END, every=6 * HOUR)
    yield SimpleNamespace(store=store, answers=seller.answers)
    store.close()


def bodies(store: Store) -> list[Body]:
    return [record.body for record in store.select("tiktok_shop", "returns")]


def truth(store: Store, code: str) -> list[Body]:
    return [entry for entry in store.get_meta("truth") if entry["code"] == code]


def test_buyers_ask_after_delivery_and_before_the_order_is_completed(returned):
    found = bodies(returned.store)
    assert len(found) > 25
    for body in found:
        order = returned.store.get("tiktok_shop", "orders", body["order_id"]).body
        assert order["delivery_time"] + DAY <= body["create_time"] < order["delivery_time"] + 14 * DAY
    assert {"REFUND", "RETURN_AND_REFUND", "REPLACEMENT"} <= {body["return_type"] for body in found}
    assert returned.store.get_meta("world_counters")["returns_asked"] <= len(found)


def test_what_nobody_answers_is_approved_by_the_platform_and_remembered(returned):
    known = {entry["entity_id"] for entry in truth(returned.store, "RET-02")}
    by_platform = {
        body["return_id"]
        for body in bodies(returned.store)
        for entry in body["_records"]
        if entry["role"] == "SYSTEM" and entry["description"].endswith(("was approved", "was accepted"))
    }
    assert known and by_platform == known
    assert returned.store.get_meta("world_counters")["returns_approved_unseen"] >= len(known)


def test_a_refused_buyer_gives_up_or_asks_the_platform_or_asks_again(returned):
    refused = [id for id, how in returned.answers.items() if how == "refused"]
    found = [returns.get(returned.store, id).body for id in refused]
    over = [body for body in found if body["return_status"] == life.CANCEL]
    assert len(over) > 3
    assert all(not body["_refunded_at"] for body in over)
    assert any(body["next_return_id"] or body["arbitration_status"] for body in found)


def test_refunds_settle_to_the_penny_parts_included(returned):
    back: dict[str, D] = defaultdict(D)
    wanted: dict[str, D] = defaultdict(D)
    settled = returned.store.select("tiktok_shop", "statement_transactions", matching={"type": "ORDER"})
    for row in settled:
        back[row.body["order_id"]] -= D(row.body["supplementary_component"]["customer_refund_amount"])
    lately = END - 10 * DAY
    for body in bodies(returned.store):
        if body["_refunded_at"]:
            wanted[body["order_id"]] += D(body["refund_amount"]["refund_total"])
    fresh = {body["order_id"] for body in bodies(returned.store) if body["_refunded_at"] > lately}
    for order_id in {*back, *wanted} - fresh:
        assert back[order_id] == wanted[order_id], order_id
    offered = [body for body in bodies(returned.store) if "partial_refund" in body and body["_refunded_at"]]
    parts = [body for body in offered if not body["buyer_rejected_partial_refund"]]
    assert parts and len(wanted.keys() - fresh) > 8
    assert all(body["partial_refund"]["amount"] == body["refund_amount"]["refund_total"] for body in parts)


def test_each_row_still_adds_up(returned):
    for row in returned.store.select("tiktok_shop", "statement_transactions", matching={"type": "ORDER"}):
        parts = ("revenue_amount", "shipping_cost_amount", "fee_tax_amount")
        assert D(row.body["settlement_amount"]) == sum(D(row.body[part]) for part in parts)


def test_every_change_is_announced(returned):
    last: dict[str, Body] = {}
    for record in returned.store.select("tiktok_shop", "webhook_deliveries", order_by="created_at"):
        data = json.loads(record.body["content"])["data"]
        if data["update_time"] >= last.get(data["return_id"], data)["update_time"]:
            last[data["return_id"]] = data
    found = bodies(returned.store)
    assert {body["return_id"] for body in found} == set(last)
    for body in found:
        assert last[body["return_id"]]["return_status"].removesuffix("LED") == body["return_status"]


def test_an_approved_replacement_is_ordered_anew(returned):
    approved = [b for b in bodies(returned.store) if b["return_status"] in life.REPLACED]
    orders = returned.store.select("tiktok_shop", "orders")
    again = [r.body for r in orders if r.body["is_replacement_order"] or r.body["is_exchange_order"]]
    assert approved and again
    sources = {body["order_id"] for body in approved}
    assert {body["replaced_order_id"] or body["exchange_source_order_id"] for body in again} <= sources


def test_unasked_changes_of_state_stop_what_was_planned(returned):
    store = returned.store
    record = next(r for r in store.select("tiktok_shop", "returns") if r.body["return_status"] == life.COMPLETE)
    before = record.body
    return_steps.step(World.of(store), record.id, {"state": "something else"})
    assert returns.get(store, record.id).body == before


class Portal:
    """Keeps the parcels it receives."""

    def __init__(self) -> None:
        self.parcels: list[dict[str, Any]] = []

    def receive(self, store: Store, **parcel: Any) -> str:
        self.parcels.append(parcel)
        return f"zz{len(self.parcels)}"

    def carrier_scan(self, *_: object) -> list[str]:
        return []


@pytest.mark.parametrize(
    ("found", "code"), [(0, ""), (1, "RET-08"), (2, "RET-08"), (3, "RET-08"), (4, "RET-04"), (5, "RET-08")]
)
def test_a_parcel_is_opened_as_people_packed_it(returned, monkeypatch, found, code):
    store, portal = returned.store, Portal()
    weights = tuple(int(place == found) for place in range(len(return_parcels.CONTENTS)))
    monkeypatch.setattr(return_parcels, "_PERMILLE", weights)
    monkeypatch.setattr(return_parcels, "_portal", lambda: portal)
    record = next(r for r in store.select("tiktok_shop", "returns") if r.body["_shipped_at"])
    other = store.select("tiktok_shop", "orders", matching={"status": "DELIVERED"})[0]
    store.put(store.indexed(other, {**other.body, "user_id": record.body["_buyer_user_id"]}))
    before, order = len(store.get_meta("truth")), store.get("tiktok_shop", "orders", record.parent).body
    payload = {"way": "opened", "returns": [record.id], "tracking": "H0123"}
    return_parcels.move(World.of(store), record.id, payload)
    added = store.get_meta("truth")[before:]
    (parcel,) = portal.parcels
    sent = Counter({unit["sku"]: unit["quantity"] for unit in parcel["units"]})
    lines = [line for line in order["line_items"] if line["id"] in record.body["_line_ids"]]
    right = return_parcels.units_of(lines)
    assert (sent == right) == (found in {0, 4})
    assert parcel["tracking_number"] == ("" if found == 4 else "H0123")
    assert [entry["code"] for entry in added] == ([code] if code else [])
    assert not added or added[0]["entity_id"] == (record.id if code == "RET-08" else "zz1")


def test_a_parcel_that_nobody_asked_for_arrives_blind(returned, monkeypatch):
    store, portal = returned.store, Portal()
    monkeypatch.setattr(return_parcels, "_portal", lambda: portal)
    order = store.select("tiktok_shop", "orders", matching={"status": "DELIVERED"})[0]
    payload = {"way": "unasked", "lines": [order.body["line_items"][0]["id"]]}
    return_parcels.move(World.of(store), order.id, payload)
    assert portal.parcels[0]["tracking_number"] == "" and len(portal.parcels[0]["units"]) >= 1
    assert store.get_meta("truth")[-1]["detail"] == {"order_id": order.id}


def test_a_lost_parcel_is_given_up_and_refunded_by_the_platform(returned):
    store, world = returned.store, World.of(returned.store)
    record = next(r for r in store.select("tiktok_shop", "returns") if r.body["return_status"] == life.SHIPPED)
    payload = {"way": "lost", "returns": [record.id], "tracking": ""}
    return_parcels.move(world, record.id, payload)
    assert truth(store, "RET-12")[-1]["entity_id"] == record.id
    return_parcels.move(world, record.id, {**payload, "way": "given up"})
    body = returns.get(store, record.id).body
    assert (body["return_status"], body["_records"][-1]["role"]) == (life.SUCCESS, "OPERATOR")


def test_a_return_whose_order_was_changed_by_hand_settles_with_its_own(returned):
    store, world = returned.store, World.of(returned.store)
    sold = store.select("tiktok_shop", "statement_transactions", matching={"type": "ORDER"})[0]
    order_id = sold.body["order_id"]
    body = {**bodies(store)[0], "_order_id": order_id, "order_id": "577", "return_id": "planted"}
    refunds.settle(world, SHOPS[sold.shop], body)
    claimed = world.agenda.take_claims(sold.shop, 2**60)
    assert order_id in {claim["order_id"] for _due, _id, claim in claimed if "back" in claim}


def test_planted_failures_leave_a_world_that_goes_on(returned):
    store, planted = returned.store, []
    for code in sorted(code for code in PLANTERS if code.startswith("RET")):
        with contextlib.suppress(LookupError):
            planted += plant(store, code, 1)
    assert {"RET-02", "RET-07", "RET-11", "RET-13"} <= {entry["code"] for entry in planted}
    advance(store, store.now + 3 * DAY)
    for entry in planted:
        assert returns.get(store, entry["id"]).body["_records"], entry


def test_an_order_that_never_arrived_settles_once_all_of_it_is_refunded(returned):
    store, world = returned.store, World.of(returned.store)
    found = store.select("tiktok_shop", "orders", matching={"status": "DELIVERED"})
    order = next(each for each in found if not store.count("tiktok_shop", "returns", parent=each.id))
    lost = {**order.body, "id": "lost", "status": "IN_TRANSIT", "delivery_time": 0}
    store.put(Record("tiktok_shop", "orders", "lost", lost, order.shop, "", order.created_at, order.updated_at))
    shop, sale_id = SHOPS[order.shop], claims.sale_id(world, "lost")
    id = returns.request(store, "lost", type="REFUND", reason="x", now=store.now, role="SELLER")
    refunds.settle(world, shop, returns.get(store, id).body)
    assert world.agenda.get_claim(shop.id, sale_id)["order_id"] == "lost"
    claims.for_delivered_order(world, shop, lost)
    assert len([each for each in world.agenda.take_claims(shop.id, 2**60) if each[1] == sale_id]) == 1
