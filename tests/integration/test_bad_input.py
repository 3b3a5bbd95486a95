"""Input that cannot be right is reported with field, value and remedy, held in quarantine, forgotten when corrected."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ingestion.config.loader import read_config
from orchestration.steps.cycle import CycleOutcome, run_cycle
from tests.integration.test_damage import Picks, Undo, change, record_path
from tests.support.worlds import CONFIG, World
from tieout.settings import load_settings
from tieout.state import State

PRIVATE = "please leave it with Mrs Ashdown at number nine"
Reported = tuple[str, str, str]  # the end of the record's name, its field, what the reason must say


def damage_amounts(world: World, picks: Picks) -> list[tuple[Reported, Undo]]:
    comma, word = (picks.line(picks.payment())["transaction_id"] for _ in range(2))
    payment = picks.payment()
    path = record_path("tiktok_shop", "payments", payment)
    amount = {**world.call("GET", path)["amount"], "currency": "XX"}
    lines = [record_path("tiktok_shop", "statement_transactions", id) for id in (comma, word)]
    return [
        ((comma, "settlement_amount", "12,30"), change(world, lines[0], {"settlement_amount": "12,30"})),
        ((word, "revenue_amount", "abc"), change(world, lines[1], {"revenue_amount": "abc"})),
        ((payment, "amount.currency", "XX"), change(world, path, {"amount": amount})),
    ]


def damage_records(world: World, picks: Picks) -> list[tuple[Reported, Undo]]:
    """Take a line's id away, and send an order of 3 MB."""
    line = record_path("tiktok_shop", "statement_transactions", picks.line(picks.payment())["transaction_id"])
    order = world.records("tiktok_shop", "orders")[-1]
    long = (PRIVATE + " ") * 65_000
    path, now = record_path("tiktok_shop", "orders", order["id"]), world.call("GET", "/_sandbox/clock")["now"]
    world.call("PATCH", path, {"update_time": now})  # as every change of an order does, and so does its correction
    undo = change(world, path, {"buyer_message": long})
    return [
        (("", "id", "expected an id"), change(world, line, {"id": None})),
        ((order["id"], "", "expected at most"), undo),
    ]


def damage_files(world: World) -> list[tuple[Reported, Undo]]:
    """Break a CSV's encoding and an XML's end, and deliver a file without content."""
    bank = world.home / "sandbox" / "bank"
    csv, xml = (max((bank / name).iterdir(), key=_size) for name in ("gbp-us-payouts", "gbp-main"))
    text, document = csv.read_bytes(), xml.read_bytes()
    csv.write_bytes(text[:-2] + b"\xff\n")
    broken, empty = xml.with_name("broken.xml"), xml.with_name("empty.xml")
    broken.write_bytes(document[: len(document) // 2])
    empty.write_bytes(b"")
    return [
        ((csv.name, "", "expected UTF-8"), lambda: csv.write_bytes(text)),
        ((broken.name, "", "at line"), broken.unlink),
        ((empty.name, "", "the file is empty"), empty.unlink),
    ]


def _size(path: Path) -> int:
    return path.stat().st_size


def test_bad_input_is_reported_held_and_forgotten_when_corrected(world: World) -> None:
    before, tied = world.exceptions(), payouts(world)
    picks = Picks(world)  # no payout is damaged twice
    done = [*damage_amounts(world, picks), *damage_records(world, picks), *damage_files(world)]
    world.run()
    held = world.query("select * from audit.quarantine")
    new = world.exceptions() - before
    for (name, field, reason), _undo in done:
        assert [row for row in held if names(row, name, field, reason)], (name, field, reason, held)
    assert len(held) == len(done)
    assert all(row["remedy"] for row in held)
    assert {code for code, _type, _id in new} == {"SYS-03"}
    assert len(new) == len(done)
    assert len(tied - payouts(world)) <= len(done)
    assert "Ashdown" not in "".join(map(str, held + world.query("select * from exceptions.open")))
    for _reported, undo in done:
        undo()
    world.run()
    assert world.query("select * from audit.quarantine") == []
    assert world.exceptions() == before
    assert payouts(world) == tied


def names(row: dict[str, Any], name: str, field: str, reason: str) -> bool:
    reported = f"{row['field_value']} {row['reason']}"
    return row["record_id"].endswith(name) and row["field"] == field and reason in reported


def payouts(world: World) -> set[tuple[str, str]]:
    rows = world.query("select payment_id, tie_out_status, books_status from finance.payouts")
    return {(row["payment_id"], row["tie_out_status"] + row["books_status"]) for row in rows}


def edited(target: Path, name: str, edit: Callable[[str], str]) -> Path:
    """Copy the configuration with one file changed."""
    shutil.copytree(CONFIG, target)
    path = target / name
    path.write_text(edit(path.read_text(encoding="utf-8")), encoding="utf-8")
    return target


def run_with(config: Path, home: Path) -> CycleOutcome:
    settings = load_settings(config, home)
    state = State(settings.database_url)
    try:
        return run_cycle(settings, state, report=lambda _text: None)
    finally:
        state.close()


def test_journals_wait_for_an_account_that_is_missing_or_unknown_to_netsuite(world: World, tmp_path: Path) -> None:
    before = world.exceptions()

    def unmap(text: str) -> str:
        unmapped = text.replace("*,transaction_fee,6130,,\n", "")
        return unmapped.replace("affiliate_commission,6120", "affiliate_commission,6999")

    outcome = run_with(edited(tmp_path / "config", "accounts.csv", unmap), world.home)
    found = {(code, entity) for code, _type, entity in world.exceptions() - before}
    reasons = "\n".join(row.held_because for row in outcome.planned.rows) if outcome.planned else ""
    assert found == {("MAP-06", "transaction_fee"), ("MAP-06", "affiliate_commission")}
    assert "MAP-06: no account for transaction_fee; add a row to accounts.csv" in reasons
    reported = world.query("select distinct actual from exceptions.open where entity_id = 'affiliate_commission'")
    assert reported == [{"actual": "NetSuite has no active account 6999"}]
    world.run()
    assert world.exceptions() == before


@pytest.mark.parametrize(
    ("name", "line", "message"),
    [
        ("accounts.csv", "*,refund,4020,2026-02-01,", "its dates overlap those of line"),
        ("accounts.csv", "*,refnd,4020,,", "line_class 'refnd'; expected one of"),
        ("fees.csv", "*,fee_tax.fee.new_fee,mystery,,,", "line_class 'mystery'; expected one of"),
        ("taxes.csv", "*,refund,buyer,,,", "treatment 'buyer'; expected one of marketplace, none, seller"),
        ("accounts.csv", "*,refund,4020,01/02/2026,", "valid_from '01/02/2026'; expected YYYY-MM-DD"),
    ],
)
def test_a_map_that_cannot_be_right_is_refused_with_its_file_and_line(
    traded: Path, tmp_path: Path, name: str, line: str, message: str
) -> None:
    config = edited(tmp_path / "config", name, lambda text: text.rstrip("\n") + f"\n{line}\n")
    number = len((config / name).read_text(encoding="utf-8").splitlines())
    (fault,) = read_config(load_settings(config, traded)).faults
    assert f"{name}:{number}: " in str(fault)
    assert message in str(fault)
