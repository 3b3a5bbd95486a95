"""Damage to fields that carry no sum of their own: times, statuses, currencies, links, and sums beyond reason.

Belongs here: one world, one damage per payout, the one row each of them must become. Does not: sums, deletions and
doubles (test_damage).
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from tests.integration.test_damage import Expected, Picks, Undo, change, delete, record_path
from tests.support.worlds import World


def pay(payment_id: str) -> str:
    return record_path("tiktok_shop", "payments", payment_id)


def damaged_payments(world: World, picks: Picks) -> list[tuple[Expected, Undo]]:
    unpaid, undated, foreign, absurd, vanished = (picks.payment() for _ in range(5))
    settled = world.call("GET", pay(foreign))["settlement_amount"]
    statements = [s["id"] for s in world.records("tiktok_shop", "statements") if s["payment_id"] == vanished]
    taken = [delete(world, record_path("tiktok_shop", "statements", id)) for id in statements]
    taken.append(delete(world, pay(vanished)))
    return [
        (("FIN-04", "payment", unpaid), change(world, pay(unpaid), {"status": "PROCESSING"})),
        (
            ("SYS-03", "quarantine", f"tiktok_shop/payments/{undated}"),
            change(world, pay(undated), {"paid_time": 0}),
        ),
        (
            ("FIN-04", "payment", foreign),
            change(world, pay(foreign), {"settlement_amount": {**settled, "currency": "EUR"}}),
        ),
        (("FIN-14", "payment", absurd), change(world, pay(absurd), {"exchange_rate": "999999999999"})),
        (("FIN-04", "payment", vanished), lambda: [undo() for undo in taken]),
    ]


def damaged_statements(world: World, picks: Picks) -> list[tuple[Expected, Undo]]:
    undated, denied, misnamed = (picks.payment() for _ in range(3))
    timeless, unpaid, elsewhere = (picks.line(payment)["statement_id"] for payment in (undated, denied, misnamed))
    return [
        (
            ("FIN-04", "payment", undated),
            change(world, record_path("tiktok_shop", "statements", timeless), {"statement_time": 0}),
        ),
        (
            ("FIN-04", "payment", denied),
            change(world, record_path("tiktok_shop", "statements", unpaid), {"payment_status": "FAILED"}),
        ),
        (
            ("FIN-04", "payment", misnamed),
            change(world, record_path("tiktok_shop", "statements", elsewhere), {"payment_id": "7000000000000000001"}),
        ),
    ]


def paid_last(picks: Picks) -> str:
    """Return the payment that reached the bank last: forty days before it, statements came already."""
    payment = max(picks.free, key=lambda free: str(picks.bank_line(free)["booking_date"]))
    picks.free.remove(payment)
    return payment


def damaged_bank_and_books(world: World, picks: Picks) -> list[tuple[Expected, Undo]]:
    early = paid_last(picks)
    line = picks.bank_line(early)
    foreign, renamed, shifted = (picks.payment() for _ in range(3))
    days = {name: str(date.fromisoformat(line[name]) + timedelta(days=-40)) for name in ("booking_date", "value_date")}
    other, own, away = picks.journal(foreign), picks.journal(renamed), picks.journal(shifted)
    dollars: dict[str, Any] = {"id": "2", "refName": "US Dollar"}
    return [
        (("FIN-21", "payment", early), change(world, record_path("bank", "lines", line["id"]), days)),
        (
            ("ERP-07", "journal", other["externalId"]),
            change(world, record_path("netsuite", "journalEntry", other["id"]), {"currency": dollars}),
        ),
        (
            ("ERP-07", "journal", own["externalId"]),
            change(world, record_path("netsuite", "journalEntry", own["id"]), {"externalId": "BY-HAND-1"}),
        ),
        (
            ("ERP-07", "journal", away["externalId"]),
            change(world, record_path("netsuite", "journalEntry", away["id"]), {"subsidiary": {"id": "2"}}),
        ),
    ]


def test_every_field_that_means_something_is_watched(world):
    before = world.exceptions()
    picks = Picks(world)
    done = [
        each
        for damage in (damaged_payments, damaged_statements, damaged_bank_and_books)
        for each in damage(world, picks)
    ]
    world.run()
    found = world.exceptions() - before
    for _expected, undo in done:
        undo()
    world.run()
    assert found == {expected for expected, _undo in done}
    assert world.exceptions() == before
