"""Decisions on returns, over sockets against the stand-in: refused, taken, repeated, and taken without an answer."""

import pytest

from connectors.tiktok_shop.client import open_tiktok_shop
from connectors.transport.client import Wire
from connectors.transport.errors import OutcomeUnknownError, RejectedError
from orchestration.demo.demo import running_sandbox
from tests.support.worlds import CONFIG, World
from tieout.settings import load_settings
from tieout.state import State

PENDING, REFUSED = "RETURN_OR_REFUND_REQUEST_PENDING", "REFUND_OR_RETURN_REQUEST_REJECT"


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    home = tmp_path_factory.mktemp("returns")
    with running_sandbox(home, port=0) as urls:
        world = World(home, urls)
        world.call("POST", "/_sandbox/trade", {"baskets": 200, "days": 30, "seed": 5})
        world.call("POST", "/_sandbox/clock", {"advance_days": 45})
        yield world


@pytest.fixture
def shop(world):
    settings = load_settings(CONFIG, world.home)
    state = State(settings.database_url)
    with open_tiktok_shop(settings, state, wire=Wire(sleep=lambda _seconds: None)) as opened:
        yield opened
    state.close()


@pytest.fixture
def waiting(world):
    """A request to send goods back that waits for its answer; returns its shop and its id."""
    record = next(
        each
        for each in world.records("tiktok_shop", "returns")
        if each["return_type"] == "RETURN_AND_REFUND" and each["return_status"] != REFUSED
    )
    id, now = record["return_id"], world.call("GET", "/_sandbox/clock")["now"]
    asked = {"return_status": PENDING, "is_quick_refund": False, "update_time": now}
    asked |= {"_shipped_at": 0, "_delivered_at": 0, "_refunded_at": 0}
    asked["seller_next_action_response"] = [{"action": "SELLER_RESPOND_RETURN", "deadline": now + 86400}]
    world.call("PATCH", f"/_sandbox/tiktok_shop/returns/{id}", asked)
    return record["_record"]["shop"], id


def status(shop, shop_id, return_id):
    (page,) = shop.returns_by_id(shop_id, [return_id])
    return page.rows[0]["return_status"]


def test_a_refusal_needs_a_reason_of_its_market_and_is_taken_once(shop, waiting):
    shop_id, id = waiting
    with pytest.raises(RejectedError) as refused:
        shop.reject_return(shop_id, id, "REJECT_RETURN", reject_reason="because", idempotency_key="k0")
    assert (refused.value.code, status(shop, shop_id, id)) == ("25001014", PENDING)
    reason = shop.reject_reasons(shop_id, id)[0]
    before = len(shop.return_records(shop_id, id).data["records"])
    for _time in range(2):
        shop.reject_return(shop_id, id, "REJECT_RETURN", reject_reason=reason, comment="Worn.", idempotency_key="k1")
    assert status(shop, shop_id, id) == REFUSED
    records = shop.return_records(shop_id, id).data["records"]
    assert (len(records) - before, records[-1]["role"], records[-1]["note"]) == (1, "SELLER", "Worn.")
    with pytest.raises(RejectedError):
        shop.approve_return(shop_id, id, "APPROVE_RETURN", idempotency_key="k2")


def test_a_decision_whose_answer_is_lost_is_read_back_and_its_repetition_does_nothing(world, shop, waiting):
    shop_id, id = waiting
    fault = {"system": "tiktok_shop", "kind": "lost_reply", "match": f"/returns/{id}/approve", "count": 1}
    world.call("POST", "/_sandbox/faults", fault)
    with pytest.raises(OutcomeUnknownError):
        shop.approve_return(shop_id, id, "APPROVE_RETURN", idempotency_key="k3")
    assert status(shop, shop_id, id) == "AWAITING_BUYER_SHIP"
    records = shop.return_records(shop_id, id).data
    shop.approve_return(shop_id, id, "APPROVE_RETURN", idempotency_key="k3")
    assert shop.return_records(shop_id, id).data == records
