"""A parcel is refused with its photos, over sockets: from the portal's host to the records of TikTok Shop."""

from __future__ import annotations

import shutil

import pytest

from connectors.transport.errors import OutcomeUnknownError
from orchestration.demo.demo import running_sandbox
from reverse_sync.destinations.tiktok_shop.return_decisions import open_return_decisions
from reverse_sync.model import Change
from tests.support.worlds import CONFIG, World
from tieout.settings import load_settings
from tieout.state import State

PORTAL = """
[zigzag]
base_url = "{base_url}"
username = "{username}"
retailer_code = "{retailer_code}"
shops = []
"""
PARCEL = {
    **{"return_status": "BUYER_SHIPPED_ITEM", "return_type": "RETURN_AND_REFUND", "is_quick_refund": False},
    **{"_refunded_at": 0, "_is_fulfilled_by_platform": False},
}


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    home = tmp_path_factory.mktemp("refusals")
    with running_sandbox(home, port=0) as urls:
        world = World(home, urls, home / "config")
        shutil.copytree(CONFIG, world.config)
        portal = world.call("GET", "/_sandbox/systems")["zigzag"]
        with (world.config / "tieout.toml").open("a") as settings:
            settings.write(PORTAL.format(**portal))
        (home / "secrets" / "zigzag__password").write_text(portal["password"])
        world.call("POST", "/_sandbox/trade", {"baskets": 200, "days": 30, "seed": 5})
        world.call("POST", "/_sandbox/clock", {"advance_days": 45})
        yield world


@pytest.fixture
def decisions(world):
    settings = load_settings(world.config, world.home)
    state = State(settings.database_url)
    opened = open_return_decisions(settings, state)
    yield opened
    opened.close()
    state.close()


@pytest.fixture
def refusal(world, request):
    """A parcel that waits for its answer, and our refusal of it: two photos that are there, and one that is not."""
    record = world.records("tiktok_shop", "returns")[0]
    id, now = record["return_id"], world.call("GET", "/_sandbox/clock")["now"]
    waiting = {**PARCEL, "_shipped_at": now - 200, "_delivered_at": now - 100, "update_time": now, "_records": []}
    waiting["seller_next_action_response"] = [{"action": "SELLER_RESPOND_RECEIVE_PACKAGE", "deadline": now + 86400}]
    world.call("PATCH", f"/_sandbox/tiktok_shop/returns/{id}", waiting)
    line = {"lineId": "R1-1", "sku": "A", "images": ["/photos/R1-1-1.png", "/photos/R1-1-2.png"]}
    world.call("PUT", "/_sandbox/zigzag/returns/R1", {"returnId": "R1", "lines": [line]})
    desired = {
        **{"return_id": id, "order_id": record["order_id"], "step": "parcel", "decision": "reject"},
        **{"return_type": "RETURN_AND_REFUND", "amount": "1.00", "currency": "GBP", "comment": "1 x A damaged."},
        "photo_urls": [f"{world.urls['zigzag']}/photos/R1-1-{number}.png" for number in (1, 3, 2)],
    }
    return Change("tiktok_shop__return_decisions", id, record["_record"]["shop"], desired, "hash", request.node.name)


def said(world, refusal):
    (record,) = [row for row in world.records("tiktok_shop", "returns") if row["return_id"] == refusal.entity_key]
    return [each for each in record["_records"] if each["role"] == "SELLER"]


def test_a_refusal_names_the_photos_that_can_be_had(world, decisions, refusal, caplog):
    assert decisions.write(refusal) == refusal.entity_key
    (answer,) = said(world, refusal)
    assert answer["note"] == "1 x A damaged."
    images = {body["url"]: body for body in world.records("tiktok_shop", "images")}
    assert [images[image["url"]]["_mime_type"] for image in answer["images"]] == ["image/png"] * 2
    assert len({image["url"] for image in answer["images"]}) == 2
    assert "a photo is left out of its refusal: 127.0.0.1" in caplog.text and "HTTP 404" in caplog.text


@pytest.mark.parametrize("system", ["zigzag", "tiktok_shop"])
def test_a_portal_or_an_upload_that_fails_does_not_hold_a_refusal_up(world, decisions, refusal, system):
    match = "/photos/" if system == "zigzag" else "/images/upload"
    code = {"kind": "500"} if system == "zigzag" else {"kind": "error_code", "code": "105005"}
    world.call("POST", "/_sandbox/faults", {"system": system, "match": match, **code})
    assert decisions.write(refusal) == refusal.entity_key
    world.call("DELETE", "/_sandbox/faults")
    (answer,) = said(world, refusal)
    assert (answer["note"], answer["images"]) == ("1 x A damaged.", [])


def test_a_refusal_whose_answer_is_lost_is_there_once(world, decisions, refusal):
    match = f"/returns/{refusal.entity_key}/reject"
    world.call("POST", "/_sandbox/faults", {"system": "tiktok_shop", "kind": "lost_reply", "match": match, "count": 1})
    with pytest.raises(OutcomeUnknownError):
        decisions.write(refusal)
    assert decisions.read_back(refusal).difference == ""
    assert decisions.write(refusal) == refusal.entity_key
    (answer,) = said(world, refusal)
    assert len(answer["images"]) == 2
