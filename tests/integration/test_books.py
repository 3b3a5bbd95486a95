"""Journals changed by hand in NetSuite are reported by kind, their payouts leave the books, and all clears when
undone; books that hold the journals already are confirmed, not written again.

Belongs here: whole cycles over the traded world. Does not: every damage there is (tests/dbt_project/test_books).
"""

from __future__ import annotations

from collections import Counter
from typing import Any

from tests.integration.test_damage import Expected, Undo, change, record_path
from tests.support.worlds import World


def path_of(journal: dict[str, Any]) -> str:
    return record_path("netsuite", "journalEntry", journal["id"])


def put(world: World, id: str, body: dict[str, Any]) -> Undo:
    """Enter a record by hand; undone, it is deleted."""
    path = record_path("netsuite", "journalEntry", id)
    world.call("PUT", path, body | {"id": id})
    return lambda: world.call("DELETE", path)


def by_hand(journal: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """Return a journal as somebody enters it again: without our key."""
    ours = {"externalId", "memo", "_record"}
    return {name: value for name, value in journal.items() if name not in ours} | {"memo": "see mail"} | changes


def on_clearing(world: World, journal: dict[str, Any]) -> dict[str, Any]:
    """Return an entry that leaves 25.00 on the clearing account."""
    accounts = {body["acctNumber"]: {"id": body["id"]} for body in world.records("netsuite", "account")}
    lines = [
        {"line": 1, "account": accounts["1250"], "debit": "25.00"},
        {"line": 2, "account": accounts["9999"], "credit": "25.00"},
    ]
    return by_hand(journal, line={"items": lines})


def damage(world: World) -> list[tuple[list[Expected], Undo]]:
    journals = iter(world.journals())
    periods = {body["periodName"]: {"id": body["id"]} for body in world.records("netsuite", "accountingPeriod")}
    done: list[tuple[list[Expected], Undo]] = []

    def edit(code: str, changes: dict[str, Any]) -> None:
        journal = next(journals)
        done.append(([(code, "journal", journal["externalId"])], change(world, path_of(journal), changes)))

    edit("ERP-07", {"memo": "moved"})
    edit("ERP-07", {"postingPeriod": periods["Oct 2025"]})
    edit("ERP-07", {"exchangeRate": "1.1"})
    edit("ERP-11", {"void": True})
    edit("ERP-11", {"approved": False})
    reversed_by_date, turned, copied = next(journals), next(journals), next(journals)
    path = path_of(reversed_by_date)
    world.call("PATCH", path, {"reversalDate": "2026-03-01"})
    done.append(
        (
            [("ERP-11", "journal", reversed_by_date["externalId"])],
            lambda: world.call("PATCH", path, {"reversalDate": None}),
        )
    )
    sides = {"debit": "credit", "credit": "debit"}
    lines = [{sides.get(name, name): value for name, value in line.items()} for line in turned["line"]["items"]]
    mirror = put(world, "900001", by_hand(turned, line={"items": lines}))
    done.append(([("ERP-11", "journal", turned["externalId"])], mirror))
    copy = put(world, "900011", by_hand(copied))
    done.append(([("ERP-03", "journal", copied["externalId"])], copy))
    done.append(([("ERP-09", "journal", "900021")], put(world, "900021", on_clearing(world, copied))))
    one, other = next(journals), next(journals)
    swap = [change(world, path_of(a), {"externalId": b["externalId"]}) for a, b in ((one, other), (other, one))]
    reported = [("ERP-07", "journal", journal["externalId"]) for journal in (one, other)]
    done.append((reported, lambda: [undo() for undo in swap]))
    return done


def test_damage_to_the_books_is_reported_as_what_it_is_and_clears_when_undone(world: World) -> None:
    before = world.exceptions()
    assert not [code for code, _kind, _id in before if code in {"ERP-07", "ERP-09", "ERP-11"}]
    done = damage(world)
    assert world.run()
    assert world.exceptions() - before == {expected for reported, _undo in done for expected in reported}
    lost = {id.split("-")[2] for reported, _undo in done for code, _kind, id in reported if code == "ERP-11"}
    books = "select payment_id from finance.payouts where books_status = 'not_in_books'"
    assert {row["payment_id"] for row in world.query(books)} == lost
    for _reported, undo in done:
        undo()
    world.run()
    assert world.exceptions() == before
    assert world.query(books) == []


def test_a_fresh_state_beside_books_that_hold_the_journals_confirms_them_and_writes_none(world: World) -> None:
    journals = world.journals()
    for name in ("state.sqlite", "state.sqlite-wal", "state.sqlite-shm", "warehouse.duckdb"):
        (world.home / name).unlink(missing_ok=True)
    planned = world.run(dry_run=True).planned
    assert planned is not None
    ours = Counter(str(row.action) for row in planned.rows if row.sync == "netsuite__journal_entries")
    assert ours["confirm"] == len(journals) and not ours["send"]
    world.run()
    assert world.journals() == journals
    assert not [code for code, _kind, _id in world.exceptions() if code.startswith("ERP-")]
    assert world.query("select count(distinct journal_id) as journals from finance.payout_journals") == [
        {"journals": len(journals)}
    ]
