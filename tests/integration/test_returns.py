"""Returns from request to books in one world: announced, decided, received, restocked, refunded, settled, booked.

Belongs here: the whole loop over the stand-ins of all systems. Does not: a single model or call.
"""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from orchestration.demo.demo import running_sandbox
from orchestration.explain.return_ import explain_return
from orchestration.warehouse.queries import query_rows, return_rows
from tests.support.connected import cycle
from tests.support.worlds import World
from tieout.settings import Settings, load_settings

REFUNDED = (
    "RETURN_OR_REFUND_REQUEST_COMPLETE",
    "REPLACEMENT_REQUEST_REFUND_SUCCESS",
    "EXCHANGE_REQUEST_REFUND_SUCCESS",
)


@pytest.fixture(scope="module")
def live(returning: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[World, Settings]]:
    """A copy of the world, served, and its settings."""
    home = Path(shutil.copytree(returning, tmp_path_factory.mktemp("returning") / "home"))
    with running_sandbox(home, port=0) as urls:
        world = World(home, urls)
        cycle(load_settings(home / "config", home))
        yield world, load_settings(home / "config", home)


def requested(world: World) -> dict[str, dict[str, Any]]:
    return {row["return_id"]: row for row in world.records("tiktok_shop", "returns")}


def test_every_return_of_the_stand_in_is_shown_as_it_is(live):
    world, settings = live
    theirs = requested(world)
    ours = {row["return_id"]: row for row in return_rows(settings, shop=None, every=True)}
    assert len(theirs) > 5 and set(ours) == set(theirs)
    assert {id: row["status"] for id, row in ours.items()} == {id: row["return_status"] for id, row in theirs.items()}
    paid_back = {id: Decimal(row["refund_amount"]["refund_total"]) for id, row in theirs.items()}
    assert {id: row["refund_amount"] for id, row in ours.items()} == paid_back
    due = [row["minutes_left"] for row in return_rows(settings, shop=None, every=False)]
    assert [minutes for minutes in due if minutes is not None] == sorted(m for m in due if m is not None)


def test_no_request_is_approved_by_the_platform_unseen_where_the_policy_answers(live):
    world, settings = live
    rows = query_rows(
        settings,
        "select return_id, return_type from operations.returns where is_decided_unseen and our_decision is null"
        " and return_type in ('RETURN_AND_REFUND', 'REPLACEMENT') and requested_by = 'BUYER'",
    )
    quick = {id for id, row in requested(world).items() if row.get("is_quick_refund")}
    assert {row["return_id"] for row in rows} <= quick
    (count,) = query_rows(settings, "select count(*) as decided from operations.returns where our_decision is not null")
    assert count["decided"] > 3


def test_every_return_of_goods_is_in_the_portal_once_under_tiktok_shops_id(live):
    world, settings = live
    held = Counter(
        row["externalReturnRef"]
        for row in world.records("zigzag", "returns")
        if row.get("externalReturnRef") and row["status"] not in ("cancelled", "expired")
    )
    wanted = {
        row["return_id"]
        for row in query_rows(
            settings,
            "select return_id from operations.returns"
            " where stage in ('approved', 'shipped') and return_type <> 'REFUND'",
        )
    }
    assert wanted and wanted <= set(held)
    assert not {
        row["externalReturnRef"] for row in world.records("zigzag", "returns") if row.get("externalReturnRef")
    } - (requested(world).keys())


def test_refunds_equal_their_settlement_lines_to_the_penny_or_say_what_they_wait_for(live):
    world, settings = live
    rows = query_rows(settings, "select * from operations.refunds")
    paid = {id for id, row in requested(world).items() if row["return_status"] in REFUNDED}
    assert paid == {row["return_id"] for row in rows if row["stage"] == "refunded"}
    assert paid and not [row for row in rows if row["is_settlement_break"]]
    for row in rows:
        if row["settlement"] == "equal":
            assert row["order_returned_amount"] == row["order_settled_amount"]


def test_what_is_open_about_returns_holds_in_the_stand_ins(live):
    world, settings = live
    rows = query_rows(
        settings, "select code, entity_type, entity_id from exceptions.open where code like 'RET-%' or code = 'INV-11'"
    )
    known = requested(world).keys() | {row["returnId"] for row in world.records("zigzag", "returns")}
    assert {row["entity_id"] for row in rows if row["entity_type"] in ("return", "portal_return")} <= known
    assert {row["code"] for row in rows} <= {f"RET-{n:02}" for n in (1, 2, 4, 8, 9, 11, 12, 14)}


def test_a_return_is_explained_from_request_to_refund(live):
    world, settings = live
    refunded = next(id for id, row in requested(world).items() if row["return_status"] in REFUNDED)
    sections = dict(explain_return(settings, refunded))
    assert [row["return_id"] for row in sections["Return"]] == [refunded]
    assert "TikTok Shop" in {row["source"] for row in sections["What happened"]}
    assert sections["Refund"][0]["return_id"] == refunded


def test_the_same_cycle_again_writes_nothing(live):
    _world, settings = live
    outcome = cycle(settings)
    assert [row for row in outcome.applied.rows if row.state == "acknowledged"] == []
