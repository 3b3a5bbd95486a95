"""Any record changed, deleted or doubled by hand becomes exactly the fitting exception, and clears when undone."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from tests.support.worlds import World

Undo = Callable[[], Any]
Expected = tuple[str, str, str]


def record_path(system: str, kind: str, id: str) -> str:
    return f"/_sandbox/{system}/{kind}/{id}"


def change(world: World, path: str, changes: dict[str, Any]) -> Undo:
    before = world.call("GET", path)
    world.call("PATCH", path, changes)
    return lambda: world.call("PATCH", path, {name: before[name] for name in changes})


def delete(world: World, path: str) -> Undo:
    before = world.call("GET", path)
    world.call("DELETE", path)
    before.pop("_record")
    return lambda: world.call("PATCH", path, before)


def double(world: World, path: str) -> tuple[str, Undo]:
    twin = world.call("POST", f"{path}/duplicate")
    twin_id = str(twin.get("id") or twin["_record"]["id"])
    return twin_id, lambda: world.call("DELETE", path.rsplit("/", 1)[0] + f"/{twin_id}")


def more(amount: str) -> str:
    return str(Decimal(amount) + Decimal("7.77"))


class Picks:
    """Payouts that tie, each used for one damage only, with their statements, lines, bank entries and journals."""

    def __init__(self, world: World) -> None:
        self.world = world
        rows = world.query(
            """
            select p.payment_id from finance.payouts as p
            join finance.payout_lines as l using (payment_id)
            join finance.bank_matches as b using (payment_id)
            where p.tie_out_status = 'tied' and p.books_status = 'posted' and p.currency = l.currency
                and b.match_kind = '1:1' and l.order_id is not null
            group by p.payment_id
            order by p.payment_id
            """
        )
        self.free = [row["payment_id"] for row in rows]

    def payment(self) -> str:
        return self.free.pop()

    def line(self, payment_id: str) -> dict[str, Any]:
        rows = self.world.query(
            f"select transaction_id, statement_id from finance.payout_lines where payment_id = '{payment_id}'"
            " and order_id is not null order by transaction_id limit 1"
        )
        return rows[0]

    def bank_line(self, payment_id: str) -> dict[str, Any]:
        return next(x for x in self.world.records("bank", "lines") if x["_payment_ids"] == [payment_id])

    def journal(self, payment_id: str) -> dict[str, Any]:
        return next(j for j in self.world.journals() if payment_id in j["externalId"])


def damage_lines(world: World, picks: Picks) -> list[tuple[Expected, Undo]]:
    changed, gone, doubled = (picks.line(picks.payment()) for _ in range(3))
    path = record_path("tiktok_shop", "statement_transactions", changed["transaction_id"])
    undo_change = change(world, path, {"settlement_amount": more(world.call("GET", path)["settlement_amount"])})
    undo_delete = delete(world, record_path("tiktok_shop", "statement_transactions", gone["transaction_id"]))
    twin, undo_double = double(world, record_path("tiktok_shop", "statement_transactions", doubled["transaction_id"]))
    return [
        (("FIN-03", "transaction", changed["transaction_id"]), undo_change),
        (("FIN-03", "statement", gone["statement_id"]), undo_delete),
        (("FIN-19", "transaction", twin), undo_double),
    ]


def damage_statements(world: World, picks: Picks) -> list[tuple[Expected, Undo]]:
    changed, doubled = (picks.line(picks.payment())["statement_id"] for _ in range(2))
    payment = picks.payment()
    gone = picks.line(payment)["statement_id"]
    path = record_path("tiktok_shop", "statements", changed)
    undo_change = change(world, path, {"settlement_amount": more(world.call("GET", path)["settlement_amount"])})
    undo_delete = delete(world, record_path("tiktok_shop", "statements", gone))
    twin, undo_double = double(world, record_path("tiktok_shop", "statements", doubled))
    return [
        (("FIN-03", "statement", changed), undo_change),
        (("FIN-04", "payment", payment), undo_delete),
        (("FIN-19", "statement", twin), undo_double),
    ]


def damage_payments(world: World, picks: Picks) -> list[tuple[Expected, Undo]]:
    amount, before, gone, doubled = (picks.payment() for _ in range(4))
    path = record_path("tiktok_shop", "payments", amount)
    reported = world.call("GET", path)["amount"]
    undo_amount = change(world, path, {"amount": {**reported, "value": more(reported["value"])}})
    path = record_path("tiktok_shop", "payments", before)
    reported = world.call("GET", path)["payment_amount_before_exchange"]
    settled = world.call("GET", path)["amount"]
    undo_before = change(
        world, path, {"payment_amount_before_exchange": {**reported, "value": more(reported["value"])}}
    )
    assert settled["currency"] == reported["currency"]
    undo_delete = delete(world, record_path("tiktok_shop", "payments", gone))
    twin, undo_double = double(world, record_path("tiktok_shop", "payments", doubled))
    return [
        (("FIN-01", "payment", amount), undo_amount),
        (("FIN-04", "payment", before), undo_before),
        (("FIN-04", "payment", gone), undo_delete),
        (("FIN-19", "payment", twin), undo_double),
    ]


def entry_id(world: World, line: dict[str, Any], id: str) -> str:
    """Return the id of another entry in the statement that has a line: its own reference within that statement."""
    query = f"select id from raw_bank.entries where payload ->> '$.bank_reference' = '{line['id']}' limit 1"
    return str(world.query(query)[0]["id"]).removesuffix(line["id"]) + id


def damage_bank(world: World, picks: Picks) -> list[tuple[Expected, Undo]]:
    amount, gone, doubled = (picks.payment() for _ in range(3))
    line = picks.bank_line(amount)
    undo_amount = change(world, record_path("bank", "lines", line["id"]), {"amount": more(line["amount"])})
    undo_delete = delete(world, record_path("bank", "lines", picks.bank_line(gone)["id"]))
    original = picks.bank_line(doubled)
    twin, undo_double = double(world, record_path("bank", "lines", original["id"]))
    return [
        (("FIN-01", "payment", amount), undo_amount),
        (("FIN-02", "payment", gone), undo_delete),
        (("FIN-19", "bank_entry", entry_id(world, original, twin)), undo_double),
    ]


def damage_labels(world: World, picks: Picks) -> list[tuple[Expected, Undo]]:
    moved, retyped = (picks.line(picks.payment()) for _ in range(2))
    path = record_path("tiktok_shop", "statement_transactions", moved["transaction_id"])
    undo_move = change(world, path, {"order_id": "5760000000000000001"})
    path = record_path("tiktok_shop", "statement_transactions", retyped["transaction_id"])
    undo_type = change(world, path, {"type": "SAMPLE_SHIPPING_FEE"})
    return [
        (("FIN-17", "statement", moved["statement_id"]), undo_move),
        (("FIN-17", "statement", retyped["statement_id"]), undo_type),
    ]


def damage_journals(world: World, picks: Picks) -> list[tuple[Expected, Undo]]:
    changed, gone, doubled = (picks.journal(picks.payment()) for _ in range(3))
    lines = [dict(item) for item in changed["line"]["items"]]
    side = "debit" if lines[0].get("debit") else "credit"
    lines[0][side] = more(str(lines[0][side]))
    undo_change = change(world, record_path("netsuite", "journalEntry", changed["id"]), {"line": {"items": lines}})
    undo_delete = delete(world, record_path("netsuite", "journalEntry", gone["id"]))
    _twin, undo_double = double(world, record_path("netsuite", "journalEntry", doubled["id"]))
    return [
        (("ERP-07", "journal", changed["externalId"]), undo_change),
        (("ERP-01", "journal", gone["externalId"]), undo_delete),
        (("ERP-03", "journal", doubled["externalId"]), undo_double),
    ]


@pytest.mark.parametrize(
    "damages",
    [
        (damage_lines, damage_statements, damage_labels),
        *(
            pytest.param(each, marks=pytest.mark.exhaustive)
            for each in [(damage_payments, damage_bank), (damage_journals,)]
        ),
    ],
    ids=["statements", "payouts", "journals"],
)
def test_damage_is_found_named_exactly_and_cleared_when_undone(world, damages):
    before = world.exceptions()
    journals = world.journals()
    picks = Picks(world)  # no payout is damaged twice
    done = [each for damage in damages for each in damage(world, picks)]
    world.run()
    found = world.exceptions() - before
    expected = {exception for exception, _undo in done}
    for _exception, undo in done:
        undo()
    world.run()
    assert found == expected
    assert len(expected) == len(done)
    assert world.exceptions() == before
    if damage_journals not in damages:
        assert world.journals() == journals
    cleared = {(row["code"], row["entity_type"], row["entity_id"]) for row in world.query(CLEARED)}
    assert expected <= cleared


CLEARED = "select code, entity_type, entity_id from exceptions.history where proof <> ''"
