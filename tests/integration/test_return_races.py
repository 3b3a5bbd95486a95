"""Others act on a return between plan and write: their answer counts, nothing is done twice, people see what is held.

Belongs here: what people, buyers, carriers and the platform do meanwhile. Does not: kills and lost replies
(test_return_crashes).
"""

import shutil
from collections import Counter
from pathlib import Path

import pytest

from connectors.netsuite.client import open_netsuite
from orchestration.demo.shops import UK
from reverse_sync import OutboxState, PlanAction, list_rows, replay
from reverse_sync.destinations.netsuite.credit_memo_body import memo_body
from reverse_sync.destinations.netsuite.ids import NetSuiteIds
from sandbox.linnworks import return_calls as linnworks_returns
from sandbox.linnworks.parameters import Parameters, folded
from sandbox.server import opened
from sandbox.tiktok_shop import returns
from sandbox.zigzag import hub, return_calls
from sandbox.zigzag.returns import of_reference
from tests.support.return_kills import RETURNS
from tests.support.stepped_tenant import served
from tests.support.waiting_returns import ids_of

DECISIONS, PORTAL, STOCK = "tiktok_shop__return_decisions", "zigzag__returns", "linnworks__restocks"
BOOKS = "netsuite__credit_memos"
BY_HAND = "came back, Anna"


@pytest.fixture(scope="module")
def raced(waiting_returns, tmp_path_factory):
    """The world after others acted between plan and write, and its returns by what they waited for."""
    home = Path(shutil.copytree(waiting_returns, tmp_path_factory.mktemp("raced") / "home"))
    with served(home) as tenant:
        plan = tenant.plan(RETURNS - {BOOKS})
    with opened(home / "sandbox") as sandbox:
        act(sandbox.store, ids_of(home))
    with served(home) as tenant:
        tenant.apply(plan)
        tenant.written = rows(tenant)
        document_by_hand(tenant, ids_of(home)["refunded"][0])
        tenant.look()
        tenant.apply(tenant.plan(RETURNS))
        yield tenant, ids_of(home)


def act(store, ids):
    """Let a person, a buyer, a carrier, the platform and a colleague in each warehouse come first."""
    now = store.now
    returns.decide(store, ids["approved"][0], "APPROVE_RETURN", now)
    cancel(store, ids["approved"][1])
    returns.decide(store, ids["refused"][0], "APPROVE_REFUND", now)
    cancel(store, ids["refused"][1])
    returns.decide(store, ids["accepted"][0], "REJECT_RECEIVED_PACKAGE", now)
    returns.lapse(store, ids["offered a part"][0], now)
    cancel(store, ids["to announce"][0])
    returns.mark_shipped(store, ids["to announce with its label"][0], "", now)
    scanned = ids["to take back with a label"][0]
    [number] = [str(returns.get(store, scanned).body["return_tracking_number"])]
    hub.carrier_scan(store, number, "collected", now, "GB")
    [held] = of_reference(store, ids["to label"][0])
    return_calls.complete(store, held["returnId"], {"carrierServiceId": 1})
    book_by_hand(store, ids["to take into stock"][0])


def document_by_hand(tenant, return_id):
    """Enter the credit memo of a refund as a person does: no external id, nothing in its memo."""
    wanted = rows(tenant)[BOOKS, f"tieout-refund-{UK}-{return_id}"].change().desired
    with open_netsuite(tenant.settings, tenant.state) as client:
        body = memo_body({**wanted, "memo": ""}, NetSuiteIds(client))
        client.create("creditMemo", {name: value for name, value in body.items() if name != "externalId"})


def cancel(store, return_id):
    returns.cancel(store, return_id, store.now, role="BUYER", why="The buyer kept it")


def book_by_hand(store, return_id):
    """Take a return's units into Linnworks' stock as a person does who knows no return's id."""
    body = returns.get(store, return_id).body
    order = next(
        record.body
        for record in store.select("linnworks", "orders")
        if record.body["GeneralInfo"]["ReferenceNum"] == body["order_id"]
    )
    wanted = {line["seller_sku"] for line in body["return_line_items"]}
    row = next(row for row in order["Items"] if row["ChannelSKU"] in wanted)
    place = order["FulfilmentLocationId"]
    line = {"OrderItemRowId": row["RowId"], "ReturnLocation": place, "ReturnQuantity": 1, "ScrapQuantity": 0}
    asked = {"OrderId": order["OrderId"], "ReturnItems": [line], "Reference": BY_HAND}
    booked = linnworks_returns.create(store, Parameters(folded(asked)))
    assert booked["Errors"] == []
    done = {"OrderId": order["OrderId"], "RMAHeaderId": booked["RMAHeaderId"]}
    assert linnworks_returns.action(store, Parameters(folded(done)))["SuccessfullyActioned"]


def rows(tenant):
    return {(row.sync, row.entity_key): row for row in list_rows(tenant.state, states=list(OutboxState))}


def status(tenant, return_id):
    found = {each["return_id"]: each["return_status"] for each in tenant.world.records("tiktok_shop", "returns")}
    return found[return_id]


def portal(tenant, return_id):
    """Return status and tracking numbers of a return in the portal."""
    shipments = {each["_record"]["id"]: each["trackingNumber"] for each in tenant.world.records("zigzag", "shipments")}
    return [
        (each["status"], [shipments[str(number)] for number in each["_shipments"]])
        for each in tenant.world.records("zigzag", "returns")
        if each["externalReturnRef"] == return_id
    ]


@pytest.mark.parametrize(
    ("name", "number", "state", "ends"),
    [
        ("approved", 0, "acknowledged", "AWAITING_BUYER_SHIP"),
        ("approved", 1, "rejected", "RETURN_OR_REFUND_REQUEST_CANCEL"),
        ("refused", 0, "rejected", "RETURN_OR_REFUND_REQUEST_SUCCESS"),
        ("refused", 1, "acknowledged", "RETURN_OR_REFUND_REQUEST_CANCEL"),
        ("accepted", 0, "rejected", "REJECT_RECEIVE_PACKAGE"),
        ("offered a part", 0, "rejected", "RETURN_OR_REFUND_REQUEST_SUCCESS"),
    ],
)
def test_an_answer_that_somebody_else_gave_counts(raced, name, number, state, ends):
    tenant, ids = raced
    return_id = ids[name][number]
    written = tenant.written[DECISIONS, return_id]
    assert (written.state, status(tenant, return_id)) == (state, ends)
    if state == "rejected":
        assert written.error_code == "EDITED" and "decided otherwise" in written.last_error
        assert rows(tenant)[DECISIONS, return_id].state == "withdrawn"


def test_what_its_buyer_cancels_meanwhile_is_taken_back_from_the_portal(raced):
    tenant, ids = raced
    return_id = ids["to announce"][0]
    assert tenant.written[PORTAL, return_id].state == "acknowledged"
    assert [status for status, _ in portal(tenant, return_id)] == ["cancelled"]


def test_what_is_posted_meanwhile_is_announced_once_with_its_label(raced):
    tenant, ids = raced
    [(_, numbers)] = portal(tenant, ids["to announce with its label"][0])
    assert len(numbers) == 1


def test_a_label_that_a_carrier_has_scanned_is_not_cancelled(raced):
    tenant, ids = raced
    scanned, other = ids["to take back with a label"]
    assert [status for status, _ in portal(tenant, scanned)] == ["in_transit"]
    assert [status for status, _ in portal(tenant, other)] == ["cancelled"]


def test_a_label_of_another_number_is_held_for_a_person(raced):
    tenant, ids = raced
    return_id = ids["to label"][0]
    assert rows(tenant)[PORTAL, return_id].error_code == "label_exists"
    held = {row.entity_key: row.held_because for row in tenant.plan(RETURNS).rows if row.action == PlanAction.HELD}
    assert "label_exists" in held[return_id]


def test_units_that_a_person_took_in_are_not_taken_in_again(raced):
    tenant, ids = raced
    by_hand, other = ids["to take into stock"]
    assert rows(tenant)[STOCK, by_hand].error_code == "BOOKED_BY_HAND"
    booked = Counter(each["ExternalReference"] for each in tenant.world.records("linnworks", "returns"))
    assert booked == {BY_HAND: 1, other: 1}
    give_it_the_id(tenant, by_hand)
    tenant.apply(tenant.plan(RETURNS))
    assert rows(tenant)[STOCK, by_hand].state == "acknowledged"


def test_a_refund_that_a_person_has_booked_is_held_and_not_booked_again(raced):
    tenant, ids = raced
    by_hand, other = ids["refunded"]
    held = {row.entity_key: row.held_because for row in tenant.plan({BOOKS}).rows if row.action == PlanAction.HELD}
    reason = held[f"tieout-refund-{UK}-{by_hand}"]
    assert "ERP-05: document" in reason and f"the external id tieout-refund-{UK}-{by_hand}" in reason
    documents = [each.get("externalId") for each in tenant.world.records("netsuite", "creditMemo")]
    assert f"tieout-refund-{UK}-{other}" in documents and f"tieout-refund-{UK}-{by_hand}" not in documents


def give_it_the_id(tenant, return_id):
    """Do as the refusal says: give the booking the return's id, and let the row be tried again."""
    [booking] = [each for each in tenant.world.records("linnworks", "returns") if each["ExternalReference"] == BY_HAND]
    path = f"/_sandbox/linnworks/returns/{booking['RMAHeaderId']}"
    tenant.world.call("PATCH", path, {"ExternalReference": return_id})
    replay(tenant.state, return_id, sync=STOCK, actor="Anna")
