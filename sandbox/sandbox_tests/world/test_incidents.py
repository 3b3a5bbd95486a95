from collections import defaultdict
from decimal import Decimal as D

import pytest

from sandbox.store import Record
from sandbox.world import advance, plant
from sandbox.world.incidents import PLANTERS

DAY = 86_400
ROWS = "statement_transactions"


@pytest.fixture
def booked(world):
    """The world with two posted payout journals."""
    for number in (1, 2):
        lines = [{"line": 1, "debit": "90.00"}, {"line": 2, "debit": "10.00"}, {"line": 3, "credit": "100.00"}]
        body = {"id": str(number), "tranId": f"JE{number}", "externalId": f"TTS-{number}", "line": {"items": lines}}
        world.put(Record("netsuite", "journalEntry", str(number), body))
    return world


def snapshot(store) -> dict[tuple[str, str, str], str]:
    rows = store.connection.execute("select system, kind, id, body || deleted from record").fetchall()
    return {tuple(row[:3]): row[3] for row in rows}


@pytest.mark.parametrize("code", sorted(code for code in PLANTERS if code[:3] in {"FIN", "ERP"}))
def test_an_incident_changes_records_and_is_remembered(booked, code):
    before = snapshot(booked)
    planted = plant(booked, code, 2)
    changed = {key for key, body in snapshot(booked).items() if before.get(key) != body}
    assert {(entry["system"], entry["kind"], entry["id"]) for entry in planted} <= changed
    remembered = [entry for entry in booked.get_meta("truth") if entry["origin"] == "incident"]
    assert [entry["id"] for entry in remembered] == [entry["id"] for entry in planted]
    assert {entry["code"] for entry in remembered} == {code}
    assert {"entity_type", "entity_id", "shop_id", "detail"} <= set(remembered[0])
    advance(booked, booked.now + 9 * DAY)


def test_no_record_is_hit_twice(world):
    first, second = plant(world, "FIN-03", 3), plant(world, "FIN-03", 3)
    assert not {entry["id"] for entry in first} & {entry["id"] for entry in second}


def test_an_unknown_code_and_an_impossible_plan_are_refused(world):
    with pytest.raises(ValueError, match="expected one of CAN-01"):
        plant(world, "FUL-99", 1)
    with pytest.raises(ValueError, match="at least 1"):
        plant(world, "FIN-01", 0)
    with pytest.raises(LookupError, match="no record can carry it"):
        plant(world, "ERP-07", 1)


def sums(store) -> list[str]:
    """Return what does not add up: statements against rows, payments against statements."""
    rows, statements, off = defaultdict(D), defaultdict(D), []
    for record in store.select("tiktok_shop", ROWS):
        rows[record.parent] += D(record.body["settlement_amount"] or record.body["reserve_amount"])
    for record in store.select("tiktok_shop", "statements"):
        figure = D(record.body["settlement_amount"]) + D(record.body["_total_reserve_amount"])
        statements[record.body["payment_id"]] += figure
        off += [record.id] if figure != rows[record.id] else []
    for record in store.select("tiktok_shop", "payments"):
        before = D(record.body["payment_amount_before_exchange"]["value"])
        off += [record.id] if before != statements[record.id] else []
    return off


SUMS_STAY = "FIN-05 FIN-06 FIN-07 FIN-09 FIN-10 FIN-12 FIN-15 FIN-16 FIN-17 FIN-18 FIN-20"


@pytest.mark.parametrize("code", SUMS_STAY.split())
def test_sums_survive_failures_that_are_about_something_else(world, code):
    plant(world, code, 2)
    assert sums(world) == []
    advance(world, world.now + 9 * DAY)
    assert sums(world) == []


def test_a_short_payment_breaks_only_itself(world):
    entry = plant(world, "FIN-04", 1)[0]
    assert sums(world) == [entry["entity_id"]]


def test_a_repeated_line_is_counted_once_by_its_statement(world):
    entry = plant(world, "FIN-19", 1)[0]
    twin = world.get("tiktok_shop", ROWS, entry["id"])
    first = world.get("tiktok_shop", ROWS, entry["detail"]["first_id"])
    assert {**twin.body, "id": first.id} == first.body
    assert sums(world) == [twin.parent]


def test_a_lost_deposit_can_be_restored(world):
    entry = plant(world, "FIN-02", 1)[0]
    assert world.get("bank", "lines", entry["id"]) is None
    assert world.patch("bank", "lines", entry["id"], {}).body["_payment_ids"] == [entry["entity_id"]]


def test_a_failed_payment_never_reaches_the_bank(world):
    entry = plant(world, "FIN-20", 1)[0]
    advance(world, world.now + 12 * DAY)
    assert world.get("tiktok_shop", "payments", entry["id"]).body["status"] == "FAILED"
    lines = [record.body for record in world.select("bank", "lines")]
    assert not [line for line in lines if entry["id"] in line["_payment_ids"]]


def test_a_held_reserve_is_not_released(world):
    entry = plant(world, "FIN-09", 1)[0]
    advance(world, world.now + 25 * DAY)
    rows = [record.body for record in world.select("tiktok_shop", ROWS)]
    assert [row["reserve_status"] for row in rows if row["reserve_id"] == entry["entity_id"]] == ["COLLECTED"]


def sales(store, order_id) -> int:
    rows = [record.body for record in store.select("tiktok_shop", ROWS)]
    return len([row for row in rows if row["order_id"] == order_id and D(row["revenue_amount"]) > 0])


def test_an_overdue_settlement_comes_two_weeks_late(world):
    entry = plant(world, "FIN-05", 1)[0]
    advance(world, world.now + 9 * DAY)
    assert sales(world, entry["entity_id"]) == 0
    advance(world, world.now + 14 * DAY)
    assert sales(world, entry["entity_id"]) == 1


def test_an_order_settled_unlike_its_estimate_settles_once(world):
    entry = plant(world, "FIN-16", 1)[0]
    settled = world.get("tiktok_shop", ROWS, entry["id"]).body["settlement_amount"]
    assert D(entry["detail"]["estimate"]) - D(settled) >= 5
    advance(world, world.now + 20 * DAY)
    assert sales(world, entry["entity_id"]) == 1


def test_an_edited_journal_still_balances(booked):
    entry = plant(booked, "ERP-07", 1)[0]
    lines = booked.get("netsuite", "journalEntry", entry["id"]).body["line"]["items"]
    assert [line.get("debit") for line in lines] == ["91.00", "10.00", None]
    assert lines[2]["credit"] == "101.00"
