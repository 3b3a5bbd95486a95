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

import httpx
import pytest

from orchestration.demo.demo import running_sandbox
from orchestration.explain.return_ import explain_return
from orchestration.warehouse.queries import query_rows, return_rows
from tests.support.connected import components, cycle
from tests.support.return_records import REFUNDED, graded_unfit, in_truth, requested, skus_of
from tests.support.stand_in_figures import lines
from tests.support.worlds import World
from tieout.settings import Returns, Settings, load_settings

POLICY = """
shop_id,step,return_type,reason,grading,amount_up_to,earlier_returns_up_to,decision,percent,approval,valid_from,valid_to
*,parcel,*,*,passed,1000000,1000,approve,0,auto,,
*,parcel,*,*,failed,1000000,1000,offer_partial,40,auto,,
*,parcel,*,*,grade:D,1000000,1000,reject,0,auto,,
*,parcel,*,*,ungraded,1000000,1000,approve,0,auto,,
""".lstrip()
GRADED = (("A", "restock"), ("D", "dispose"), ("C", "donate"))


@pytest.fixture(scope="module")
def live(returning: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[World, Settings]]:
    """A copy of the world, served, and its settings."""
    home = Path(shutil.copytree(returning, tmp_path_factory.mktemp("returning") / "home"))
    with running_sandbox(home, port=0) as urls:
        world = World(home, urls)
        cycle(load_settings(home / "config", home))
        yield world, load_settings(home / "config", home)


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
    assert set(held.values()) == {1}  # each shop sends to one warehouse
    assert not {
        row["externalReturnRef"] for row in world.records("zigzag", "returns") if row.get("externalReturnRef")
    } - (requested(world).keys())


def test_a_bundle_is_expected_back_and_announced_as_its_parts(live):
    world, settings = live
    made_of, theirs = components(world), requested(world)
    asked = {id: sum((made_of[sku] for sku in skus_of(row)), Counter[str]()) for id, row in theirs.items()}
    rows = query_rows(settings, "select return_id, items, units from operations.returns")
    assert {row["return_id"]: Counter(row["items"]) for row in rows} == asked
    assert {row["return_id"]: row["units"] for row in rows} == {id: parts.total() for id, parts in asked.items()}
    announced = {
        row["externalReturnRef"]: Counter({line["sku"]: line["quantityRequested"] for line in row["lines"]})
        for row in world.records("zigzag", "returns")
    }
    bundles = [id for id, row in theirs.items() if asked[id] != Counter(skus_of(row))]
    assert bundles and [+announced[id] for id in bundles] == [asked[id] for id in bundles]


def test_refunds_equal_their_settlement_lines_to_the_penny_or_say_what_they_wait_for(live):
    world, settings = live
    rows = query_rows(settings, "select * from operations.refunds")
    paid = {id for id, row in requested(world).items() if row["return_status"] in REFUNDED}
    assert paid == {row["return_id"] for row in rows if row["stage"] == "refunded"}
    assert paid and not [row for row in rows if row["is_settlement_break"]]
    settled: Counter[str] = Counter()
    for line in lines(world):
        if line["line_class"] in ("refund", "refund_discount"):
            settled[line["order_id"]] -= line["amount"]
    assert {row["order_id"]: row["order_settled_amount"] or 0 for row in rows} == {
        row["order_id"]: settled[row["order_id"]] for row in rows
    }
    known = {row["order_id"] for row in requested(world).values()}
    assert {order for order, amount in settled.items() if amount} <= known
    equal = [row for row in rows if row["settlement"] == "equal"]
    assert all(row["order_returned_amount"] == row["order_settled_amount"] for row in equal)
    assert any(row["order_settled_amount"] > 0 for row in equal)


def test_every_refund_of_a_shop_with_documents_is_a_credit_memo_of_its_amount(live):
    world, settings = live
    rows = query_rows(settings, "select * from operations.refunds where stage = 'refunded' and books <> 'in_journal'")
    held = {body["externalId"]: Decimal(body["total"]) for body in world.records("netsuite", "creditMemo")}
    assert held == {f"tieout-refund-{row['shop_id']}-{row['return_id']}": row["document_amount"] for row in rows} != {}
    assert {row["books"] for row in rows} == {"booked"}


def test_what_is_open_about_returns_holds_in_the_stand_ins(live):
    world, settings = live
    rows = query_rows(
        settings, "select code, entity_type, entity_id from exceptions.open where code like 'RET-%' or code = 'INV-11'"
    )
    known = requested(world).keys() | {f"zigzag/{row['returnId']}" for row in world.records("zigzag", "returns")}
    assert {row["entity_id"] for row in rows if row["entity_type"] in ("return", "portal_return")} <= known
    assert {row["code"] for row in rows} <= {f"RET-{n:02}" for n in (1, 2, 4, 8, 9, 11, 12, 14)}


def test_every_orphan_failed_inspection_and_lost_parcel_is_found_and_nothing_else(live):
    world, settings = live
    rows = query_rows(
        settings,
        "select code, entity_type, entity_id from exceptions.open"
        " union select code, entity_type, entity_id from exceptions.history",
    )
    of_returns = [row for row in rows if row["entity_type"] in ("return", "portal_return")]
    found = {
        code: {row["entity_id"].removeprefix("zigzag/") for row in of_returns if row["code"] == code}
        for code in ("RET-04", "RET-08", "RET-12")
    }
    happened = {code: in_truth(world, code) for code in found}
    assert found["RET-04"] == happened["RET-04"] != set()
    assert found["RET-12"] == happened["RET-12"]
    assert happened["RET-08"] <= found["RET-08"] <= happened["RET-08"] | graded_unfit(world, settings)


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


def test_a_parcel_is_decided_by_its_grade_or_ungraded_when_its_time_is_nearly_over(returning, tmp_path):
    home = Path(shutil.copytree(returning, tmp_path / "home"))
    (home / "config" / "return_policy.csv").write_text(POLICY)
    with running_sandbox(home, port=0) as urls:
        world, settings = World(home, urls), load_settings(home / "config", home)
        settings = settings.model_copy(update={"returns": Returns(decide_ungraded_hours=48)})
        world.call("PUT", "/_sandbox/limits", {"zigzag": {"grade_after_hours": [900, 901]}})
        world.call("POST", "/_sandbox/clock", {"advance_hours": 96})
        waiting = [id for id, row in requested(world).items() if delivered(row) and in_portal(world, id)]
        passed, refused, offered, *ungraded = [id for id in waiting if not has_grade(world, id)]
        for return_id, grade in zip((passed, refused, offered), GRADED, strict=True):
            grade_all(world, return_id, *grade)
        cycle(settings, only="tiktok_shop__return_decisions")
        rows = requested(world)
    assert ungraded and all(accepted_by_us(rows[id]) for id in ungraded)
    assert accepted_by_us(rows[passed])
    assert rows[refused]["return_status"] == "REJECT_RECEIVE_PACKAGE"
    assert rows[offered]["return_status"] == "AWAITING_BUYER_RESPONSE"
    part = Decimal(rows[offered]["refund_amount"]["refund_total"]) * 40 / 100
    assert Decimal(rows[offered]["partial_refund"]["amount"]) == part.quantize(Decimal("0.01"))
    for id, found in ((refused, "damaged"), (offered, "soiled")):
        (said,) = [entry for entry in rows[id]["_records"] if entry["images"]]
        assert said["role"] == "SELLER" and said["note"].startswith("Inspection: 1 x ")
        assert f" {found}; to come back: 1 x " in said["note"] and said["note"].endswith(".")


def delivered(row: dict[str, Any]) -> bool:
    return row["return_status"] == "BUYER_SHIPPED_ITEM" and bool(row["seller_next_action_response"])


def accepted_by_us(row: dict[str, Any]) -> bool:
    done = [entry["role"] for entry in row["_records"] if entry["description"] == "The returned package was accepted"]
    return done == ["SELLER"]


def in_portal(world: World, return_id: str) -> list[dict[str, Any]]:
    return [row for row in world.records("zigzag", "returns") if row.get("externalReturnRef") == return_id]


def has_grade(world: World, return_id: str) -> bool:
    return any(line["gradedAt"] for row in in_portal(world, return_id) for line in row["lines"])


def grade_all(world: World, return_id: str, condition: str, disposition: str) -> None:
    """Be the hub: receive what is missing of a return, and give every unit one grade."""
    account = world.call("GET", "/_sandbox/systems")["zigzag"]
    with httpx.Client(base_url=account["base_url"]) as hub:
        login = {name: account[name] for name in ("username", "password")}
        hub.headers["Authorization"] = f"Bearer {hub.post('/token', json=login).json()['token']}"
        for row in in_portal(world, return_id):
            asked = [(line["sku"], line["quantityRequested"], line["quantityReceived"] or 0) for line in row["lines"]]
            found = [{"sku": sku, "quantity": wanted - there} for sku, wanted, there in asked if wanted > there]
            graded = [
                {"sku": sku, "quantity": wanted, "condition": condition, "disposition": disposition}
                for sku, wanted, _ in asked
            ]
            reply = hub.post(f"/returns/{row['returnId']}/receipt", json={"units": found, "outcomes": graded})
            assert reply.status_code == 200, reply.text
