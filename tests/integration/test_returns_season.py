"""Ninety days of returns, one call in a hundred failing: what has to hold of all of them when the world is at rest.

Belongs here: a whole season, cycle by cycle. Does not: one step of a return (test_returns), or kills.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from orchestration.demo.demo import running_sandbox
from orchestration.demo.tenant import write_goods_maps, write_tenant
from orchestration.warehouse.queries import query_rows, return_rows
from tests.support.connected import cycle
from tests.support.return_records import REFUNDED, graded_unfit, in_truth, requested
from tests.support.stand_in_figures import lines
from tests.support.worlds import CONFIG, World
from tieout.settings import Settings, load_settings

pytestmark = [pytest.mark.exhaustive, pytest.mark.timeout(3 * 3600)]

TRADE = {
    **{"baskets": 300, "distinct_baskets": 80, "days": 50, "seed": 11, "fulfilment": "connected", "live_events": 0},
    "returns_permille": 700,
}
CYCLES, HOURS = 180, 12
UNGRADED_HOURS = 26  # as config/demo/tieout.toml has it
POLICY = """
shop_id,step,return_type,reason,grading,amount_up_to,earlier_returns_up_to,decision,percent,approval,valid_from,valid_to
*,request,RETURN_AND_REFUND,*,*,1000000,1000,approve,0,auto,,
*,request,REFUND,*,*,1000000,1000,approve,0,auto,,
*,request,REPLACEMENT,*,*,1000000,1000,approve,0,auto,,
*,parcel,*,*,passed,1000000,1000,approve,0,auto,,
*,parcel,*,*,failed,1000000,1000,offer_partial,40,auto,,
*,parcel,*,*,grade:D,1000000,1000,reject,0,auto,,
*,parcel,*,*,ungraded,1000000,1000,approve,0,auto,,
""".lstrip()
FAULTY = ("tiktok_shop", "linnworks", "zigzag", "netsuite")
KINDS = ("429", "500", "html_503", "lost_reply", "drop_request", "truncated_body", "bad_json")
RATE = 0.01 / len(KINDS)
QUICK = {"linnworks": {"per_minute": {"*": 100_000}}}
HELD_BY = {"RET-03", "RET-04", "RET-07", "RET-08", "RET-09", "RET-13", "RET-14"}
EXPECTED = {f"RET-{n:02}" for n in (1, 2, 4, 8, 9, 11, 12, 14)} | {"INV-11"}


@pytest.fixture(scope="module")
def season(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[World, Settings]]:
    """The world after its season, at rest, and its settings."""
    home = tmp_path_factory.mktemp("season")
    with running_sandbox(home, port=0) as urls:
        world = World(home, urls)
        world.call("POST", "/_sandbox/trade", TRADE)
        world.call("PUT", "/_sandbox/limits", QUICK)
        write_tenant(CONFIG, home, urls["control"])
        write_goods_maps(home, urls["control"])
        (home / "config" / "return_policy.csv").write_text(POLICY)
        for system in FAULTY:
            for kind in KINDS:
                world.call("POST", "/_sandbox/faults", {"system": system, "kind": kind, "rate": RATE})
        settings = load_settings(home / "config", home)
        for _ in range(CYCLES):
            world.call("POST", "/_sandbox/clock", {"advance_hours": HOURS})
            cycle(settings)
        assert all(fault["hits"] for fault in world.call("GET", "/_sandbox/faults") if fault["seen"] > 1 / RATE)
        world.call("DELETE", "/_sandbox/faults")
        cycle(settings)
        cycle(settings)
        yield world, settings


def reported(settings: Settings) -> list[dict[str, Any]]:
    """Return what was ever reported: code, entity_type, entity_id."""
    return query_rows(
        settings,
        "select code, entity_type, entity_id from exceptions.open"
        " union select code, entity_type, entity_id from exceptions.history",
    )


def about(settings: Settings, code: str) -> set[str]:
    """Return the returns, of TikTok Shop and of the portal, of which a code was reported."""
    return {
        row["entity_id"].removeprefix("zigzag/")
        for row in reported(settings)
        if row["code"] == code and row["entity_type"] in ("return", "portal_return")
    }


def test_the_season_holds_every_kind_of_return_and_every_end(season):
    world, settings = season
    theirs = requested(world)
    assert len(theirs) > 150
    assert {row["return_type"] for row in theirs.values()} == {"REFUND", "RETURN_AND_REFUND", "REPLACEMENT", "EXCHANGE"}
    ours = {row["return_id"]: row["status"] for row in return_rows(settings, shop=None, every=True)}
    assert ours == {id: row["return_status"] for id, row in theirs.items()}


def test_the_platform_decides_nothing_unseen_that_could_be_decided(season):
    world, settings = season
    theirs = requested(world)
    by_platform = in_truth(world, "RET-02")
    no_call = {id for id in by_platform if theirs[id]["return_type"] == "EXCHANGE"}
    held = set().union(*(about(settings, code) for code in HELD_BY))
    assert by_platform - no_call <= held
    unseen = query_rows(settings, "select return_id from operations.returns where is_decided_unseen")
    quick = {id for id, row in theirs.items() if row.get("is_quick_refund")}
    assert by_platform - quick <= about(settings, "RET-02") | about(settings, "RET-14")
    assert {row["return_id"] for row in unseen} - quick <= by_platform | in_truth(world, "RET-11")
    assert about(settings, "RET-02") <= by_platform | in_truth(world, "RET-11")


def test_no_refund_is_doubled_and_none_is_missing(season):
    world, settings = season
    theirs = requested(world)
    rows = query_rows(settings, "select * from operations.refunds")
    paid = {id for id, row in theirs.items() if row["return_status"] in REFUNDED}
    assert Counter(row["return_id"] for row in rows if row["stage"] == "refunded") == Counter(dict.fromkeys(paid, 1))
    lines_paid = Counter(id for key in paid for id in theirs[key]["_line_ids"] if not is_partial(theirs[key]))
    assert {line for line, times in lines_paid.items() if times > 1} == set()
    unfinished = [row for row in return_rows(settings, shop=None, every=False) if not waits_for_inspection(row)]
    still = {row["return_id"] for row in unfinished} - waits_for_buyers(theirs)
    named = set().union(*(about(settings, code) for code in sorted({row["code"] for row in reported(settings)})))
    assert still <= named


def waits_for_inspection(row: dict[str, Any]) -> bool:
    """Whether a parcel was delivered and has time to be graded: an ungraded one is answered in the last hours."""
    return row["portal_status"] == "delivered_to_hub" and (row["minutes_left"] or 0) > UNGRADED_HOURS * 60


def waits_for_buyers(theirs: dict[str, dict[str, Any]]) -> set[str]:
    """Return the returns whose next step is a buyer's or a carrier's: the world trades on."""
    waiting = ("AWAITING_BUYER_SHIP", "AWAITING_BUYER_RESPONSE", "BUYER_SHIPPED_ITEM")
    return {
        id
        for id, row in theirs.items()
        if row["return_status"] in waiting and not row.get("seller_next_action_response")
    }


def is_partial(row: dict[str, Any]) -> bool:
    return bool(row.get("partial_refund"))


def test_refunds_settlements_and_documents_are_equal_to_the_penny_or_named(season):
    world, settings = season
    rows = query_rows(settings, "select * from operations.refunds where stage = 'refunded'")
    settled: Counter[str] = Counter()
    for line in lines(world):
        if line["line_class"] in ("refund", "refund_discount"):
            settled[line["order_id"]] -= line["amount"]
    assert {row["order_id"]: row["order_settled_amount"] or 0 for row in rows} == {
        row["order_id"]: settled[row["order_id"]] for row in rows
    }
    states = Counter(row["settlement"] for row in rows)
    assert set(states) <= {"equal", "waits_for_sale", "waits_for_settlement"} and states["equal"] > 100
    assert all(
        row["order_returned_amount"] == row["order_settled_amount"] for row in rows if row["settlement"] == "equal"
    )
    documented = [row for row in rows if row["books"] != "in_journal"]
    held = {body["externalId"]: Decimal(body["total"]) for body in world.records("netsuite", "creditMemo")}
    wanted = {f"tieout-refund-{row['shop_id']}-{row['return_id']}": row["document_amount"] for row in documented}
    assert held == wanted != {}
    assert {row["books"] for row in documented} == {"booked"}


def test_every_orphan_is_found_and_nothing_else(season):
    world, settings = season
    blind = {row["returnId"] for row in world.records("zigzag", "returns") if not row["externalReturnRef"]}
    assert about(settings, "RET-04") == blind >= in_truth(world, "RET-04") != set()
    lost, nameless = in_truth(world, "RET-12"), {each["detail"].get("return_id") for each in blind_arrivals(world)}
    assert lost <= about(settings, "RET-12") <= lost | nameless
    odd = in_truth(world, "RET-08")
    assert odd - taken_unseen(world) <= about(settings, "RET-08") <= odd | graded_unfit(world, settings)
    codes = {row["code"] for row in reported(settings) if row["entity_type"] in ("return", "portal_return")}
    assert codes <= EXPECTED


def taken_unseen(world: World) -> set[str]:
    """Return the returns whose parcel we accepted before it was graded, for its time was nearly over."""
    accepted = {
        id: datetime.fromtimestamp(entry["create_time"], UTC)
        for id, row in requested(world).items()
        for entry in row["_records"]
        if (entry["role"], entry["description"]) == ("SELLER", "The returned package was accepted")
    }
    graded = {
        row["externalReturnRef"]: min(datetime.fromisoformat(line["gradedAt"]) for line in row["lines"])
        for row in world.records("zigzag", "returns")
        if all(line["gradedAt"] for line in row["lines"])
    }
    return {id for id, at in accepted.items() if id not in graded or at < graded[id]}


def blind_arrivals(world: World) -> list[dict[str, Any]]:
    """Return what the stand-in's answer sheet says of parcels that nobody announced, or that bore no number."""
    return [each for each in world.call("GET", "/_sandbox/truth") if each["code"] == "RET-04"]


def test_the_portal_holds_each_return_once(season):
    world, _settings = season
    open_ones = [
        row["externalReturnRef"]
        for row in world.records("zigzag", "returns")
        if row.get("externalReturnRef") and row["status"] not in ("cancelled", "expired")
    ]
    assert open_ones and set(Counter(open_ones).values()) == {1}
    assert set(open_ones) <= requested(world).keys()


def test_at_rest_nothing_is_written(season):
    _world, settings = season
    assert [row for row in cycle(settings).applied.rows if row.state == "acknowledged"] == []
