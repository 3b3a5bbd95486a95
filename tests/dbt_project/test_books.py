"""Every damage to a journal in NetSuite becomes its own code, clears when it is undone, and what is no damage is none.

Belongs here: raw rows of acknowledged journals and of NetSuite's transactions, and what is reported for them. Does not:
how they are read (tests/ingestion/netsuite/test_loader), whole cycles (tests/integration/test_books).
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb

from tests.support.raw_world import DAMAGE_LOAD, NAMED, SHOP, UNDO_LOAD, UNNAMED, build, land

Payload = dict[str, Any]
Damage = Callable[[Payload], list[tuple[str, str, Payload | None]]]

OURS, OTHERS = "raw_netsuite.journal_entries", "raw_netsuite.other_entries"
CLEARING, BANK, SALES = "1003", "1004", "1000"
PERIODS = {
    "13": {"periodname": "Jan 2026", "startdate": "2026-01-01", "enddate": "2026-01-31", "closed": "T"},
    "14": {"periodname": "Feb 2026", "startdate": "2026-02-01", "enddate": "2026-02-28", "closed": "F"},
    "15": {"periodname": "Q1 2026", "startdate": "2026-01-01", "enddate": "2026-03-31", "isquarter": "T"},
}


def key_of(number: int) -> str:
    return f"TTS-{SHOP}-79000000{number:04d}-202602-R0"


def lines_of(amount: str, *, debit: str = BANK, credit: str = SALES, notes: tuple[str, str] = ("bank", "gross_sales")):
    return [
        {"line": "1", "account": "1", "acctnumber": debit, "debit": amount, "credit": "0", "memo": notes[0]},
        {"line": "2", "account": "2", "acctnumber": credit, "debit": "0", "credit": amount, "memo": notes[1]},
    ]


def entry(number: int, **changes: Any) -> Payload:
    """Return a transaction as it is read; number n is the journal of key n for n.00."""
    amount = f"{100 + number}.00"
    return {
        "id": str(number), "type": "Journal", "externalid": key_of(number), "tranid": f"JE{number}",
        "trandate": "2026-02-03", "memo": f"{key_of(number)} TikTok Shop payout", "currency": "GBP", "subsidiary": "1",
        "lastmodifieddate": "2026-02-04 09:00:00", "exchangerate": "1", "postingperiod": "14", "posting": "T",
        "status": "B", "approvalstatus": "2", "void": "F", "voided": "F", "isreversal": "F", "reversal": "",
        "reversaldate": "", "createdby": "5", "lines": lines_of(amount),
    } | changes  # fmt: skip


def by_hand(number: int, like: Payload, **changes: Any) -> Payload:
    """Return what a person enters: no external id, nothing of ours in its memo."""
    return like | {"id": str(number), "externalid": "", "tranid": f"JE{number}", "memo": "entered by hand"} | changes


def changed(**fields: Any) -> Damage:
    return lambda own: [(OURS, own["id"], own | fields)]


def lines_changed(**options: Any) -> Damage:
    amount = options.pop("amount", "")
    return lambda own: [(OURS, own["id"], own | {"lines": lines_of(amount or own["lines"][0]["debit"], **options)})]


def mirrored(own: Payload) -> list[Payload]:
    return [line | {"debit": line["credit"], "credit": line["debit"]} for line in own["lines"]]


def reversed_by_netsuite(own: Payload) -> list[tuple[str, str, Payload | None]]:
    twin = by_hand(9001, own, memo=own["memo"], isreversal="T", reversal=own["id"], lines=mirrored(own))
    return [(OURS, own["id"], own | {"reversal": "9001", "reversaldate": "2026-02-05"}), (OURS, "9001", twin)]


def taken_back_by_hand(own: Payload) -> list[tuple[str, str, Payload | None]]:
    return [(OTHERS, "9002", by_hand(9002, own, lines=mirrored(own)))]


def copied_by_hand(own: Payload) -> list[tuple[str, str, Payload | None]]:
    return [(OTHERS, "9003", by_hand(9003, own, trandate="2026-02-20"))]


def copied_with_memo(own: Payload) -> list[tuple[str, str, Payload | None]]:
    return [(OURS, "9004", by_hand(9004, own, memo=f"{own['memo']} (copy)"))]


def copied_under_another_key(own: Payload) -> list[tuple[str, str, Payload | None]]:
    return [(OURS, "9005", by_hand(9005, own, externalid=own["externalid"].replace("-R0", "-R1")))]


def deleted_and_entered_by_hand(own: Payload) -> list[tuple[str, str, Payload | None]]:
    return [(OURS, own["id"], None), (OTHERS, "9006", by_hand(9006, own))]


def lost_from_our_list(own: Payload) -> list[tuple[str, str, Payload | None]]:
    """Its key and memo were taken away: it is listed among the others from now on."""
    return [(OURS, own["id"], None), (OTHERS, own["id"], own | {"externalid": "", "memo": ""})]


DAMAGES: list[tuple[str, Damage]] = [
    ("ERP-07", changed(memo="something else")),
    ("ERP-07", changed(memo="")),
    ("ERP-07", lines_changed(notes=("bank", "ads"))),
    ("ERP-07", lines_changed(amount="7.00")),
    ("ERP-07", lines_changed(credit=CLEARING)),
    ("ERP-07", changed(trandate="2026-01-31", postingperiod="13")),
    ("ERP-07", changed(postingperiod="13")),
    ("ERP-07", changed(postingperiod="15")),
    ("ERP-07", changed(postingperiod="")),
    ("ERP-07", changed(exchangerate="1.25")),
    ("ERP-07", changed(exchangerate="")),
    ("ERP-07", changed(currency="USD")),
    ("ERP-07", changed(currency="")),
    ("ERP-07", changed(subsidiary="2")),
    ("ERP-07", changed(externalid="BY-HAND-1")),
    ("ERP-07", lost_from_our_list),
    ("ERP-11", changed(void="T", voided="T", lines=lines_of("0"))),
    ("ERP-11", changed(voided="T")),
    ("ERP-11", changed(approvalstatus="1", status="A", posting="F")),
    ("ERP-11", changed(approvalstatus="", status="A")),
    ("ERP-11", changed(approvalstatus="3")),
    ("ERP-11", changed(posting="F")),
    ("ERP-11", changed(reversaldate="2026-03-01")),
    ("ERP-11", changed(isreversal="T")),
    ("ERP-11", reversed_by_netsuite),
    ("ERP-11", taken_back_by_hand),
    ("ERP-03", copied_by_hand),
    ("ERP-03", copied_with_memo),
    ("ERP-03", copied_under_another_key),
    ("ERP-01", lambda own: [(OURS, own["id"], None)]),
    ("ERP-01", deleted_and_entered_by_hand),
]
SWAPPED = (501, 502)


def no_damage(own: Payload) -> dict[str, list[tuple[str, str, Payload | None]]]:
    """Return what may happen to one of our journals, or beside it, without a word."""
    return {
        "saved again": [(OURS, own["id"], own | {"lastmodifieddate": "2026-02-09 09:00:00"})],
        "a pair of others that undo each other": [
            (OTHERS, "9101", by_hand(9101, own)),
            (OTHERS, "9102", by_hand(9102, own, lines=mirrored(own))),
        ],
        "a copy that was voided": [(OTHERS, "9103", by_hand(9103, own, void="T"))],
        "a copy that was reversed": [
            (OTHERS, "9104", by_hand(9104, own, reversal="9105", reversaldate="2026-02-06")),
            (OTHERS, "9105", by_hand(9105, own, isreversal="T", reversal="9104", lines=mirrored(own))),
        ],
        "a reversal that was voided": [
            (OURS, own["id"], own | {"reversal": "9106", "reversaldate": "2026-02-06"}),
            (OURS, "9106", by_hand(9106, own, isreversal="T", reversal=own["id"], void="T", lines=mirrored(own))),
        ],
        "an accountant's own journal": [(OTHERS, "9107", by_hand(9107, own, lines=lines_of("3.21", credit="1002")))],
        "voided, renamed and entered again under its key": [
            (OURS, own["id"], own | {"externalid": f"{own['externalid']}-VOID", "void": "T", "lines": lines_of("0")}),
            (OURS, "9108", own | {"id": "9108"}),
        ],
        "deleted and entered again under its key": [(OURS, own["id"], None), (OURS, "9109", own | {"id": "9109"})],
        "lines of zero": [(OURS, own["id"], own | {"lines": [*own["lines"], lines_of("0")[0]]})],
    }


def acknowledge(
    connection: duckdb.DuckDBPyConnection, number: int, *, at: str = "2026-02-04T08:00:00+00:00", **changes: Any
) -> None:
    """Land the acknowledgement of key n as journal n, and journal n as it was acknowledged."""
    held = entry(number, **changes)
    lines = [
        {"account": line["acctnumber"], "debit": line["debit"], "credit": line["credit"], "memo": line["memo"]}
        for line in held["lines"]
    ]
    desired = {"external_id": key_of(number), "date": "2026-02-03", "currency": "GBP", "subsidiary": "1"}
    payload = {
        "sync": "netsuite__journal_entries", "entity_key": key_of(number), "desired_hash": str(number),
        "desired": json.dumps(desired | {"memo": held["memo"], "lines": lines}), "vendor_id": str(number),
        "acknowledged_at": at,
    }  # fmt: skip
    land(connection, "raw_tieout.acknowledgements", f"netsuite__journal_entries/{key_of(number)}/{at}", payload)
    land(connection, OURS, str(number), held, shop="")


def books_reported(home: Path) -> dict[str, set[str]]:
    """Return the codes that are reported of the books, by entity."""
    reported: dict[str, set[str]] = {}
    with duckdb.connect(home / "warehouse.duckdb", read_only=True) as connection:
        reported_of = "exceptions_build.exc_books union all select code, entity_id from exceptions_build.exc_clearing"
        for code, entity in connection.execute(f"select code, entity_id from {reported_of}").fetchall():
            reported.setdefault(entity, set()).add(code)
    return reported


def write(home: Path, rows: list[tuple[str, str, Payload | None]], load: tuple[str, str]) -> None:
    with duckdb.connect(home / "warehouse.duckdb") as connection:
        connection.execute("set TimeZone = 'UTC'")
        for table, id, payload in rows:
            land(connection, table, id, payload, shop="", load=load)


def acknowledged_world(home: Path, numbers: list[int]) -> None:
    with duckdb.connect(home / "warehouse.duckdb") as connection:
        connection.execute("set TimeZone = 'UTC'")
        for id, period in PERIODS.items():
            land(connection, "raw_netsuite.accounting_periods", id, period, shop="")
        for number in numbers:
            acknowledge(connection, number)
    build(home)


def test_every_damage_to_a_journal_has_its_code_and_clears_when_undone(home: Path) -> None:
    numbers = list(range(1, len(DAMAGES) + 1))
    acknowledged_world(home, [*numbers, *SWAPPED])
    assert books_reported(home) == {}

    rows = [row for number, (_code, damage) in zip(numbers, DAMAGES, strict=True) for row in damage(entry(number))]
    one, other = map(entry, SWAPPED)
    rows += [(OURS, one["id"], one | {"externalid": other["externalid"]})]
    rows += [(OURS, other["id"], other | {"externalid": one["externalid"]})]
    write(home, rows, DAMAGE_LOAD)
    build(home)
    expected = {key_of(number): {code} for number, (code, _damage) in zip(numbers, DAMAGES, strict=True)}
    assert books_reported(home) == expected | {key_of(number): {"ERP-07"} for number in SWAPPED}

    undone: list[tuple[str, str, Payload | None]] = [(OURS, own["id"], own) for own in map(entry, [*numbers, *SWAPPED])]
    kept = {(table, id) for table, id, _payload in undone}
    write(home, undone + [(table, id, None) for table, id, _payload in rows if (table, id) not in kept], UNDO_LOAD)
    build(home)
    assert books_reported(home) == {}


def test_what_changes_nothing_in_the_books_is_silent(home: Path) -> None:
    kinds = list(no_damage(entry(1)))
    numbers = list(range(1, len(kinds) + 1))
    acknowledged_world(home, numbers)
    write(home, [row for number, kind in zip(numbers, kinds, strict=True) for row in no_damage(entry(number))[kind]],
          DAMAGE_LOAD)  # fmt: skip
    build(home)
    assert books_reported(home) == {}


def test_a_key_that_was_acknowledged_again_means_what_was_acknowledged_last(home: Path) -> None:
    with duckdb.connect(home / "warehouse.duckdb") as connection:
        connection.execute("set TimeZone = 'UTC'")
        acknowledge(connection, 1, at="2026-02-19T08:00:00+00:00", lines=lines_of("95.00"))
        acknowledge(connection, 1, at="2026-02-04T08:00:00+00:00", lines=lines_of("101.00"))
        land(connection, OURS, "1", entry(1, lines=lines_of("95.00")), shop="", load=DAMAGE_LOAD)
    build(home)
    assert books_reported(home) == {}
    with duckdb.connect(home / "warehouse.duckdb", read_only=True) as connection:
        booked = connection.execute(
            "select account, debit_amount - credit_amount from finance.payout_journals order by line"
        ).fetchall()
    assert [(account, str(amount)) for account, amount in booked] == [(BANK, "95.0000"), (SALES, "-95.0000")]


def on_clearing(number: int, amount: str, **changes: Any) -> tuple[str, str, Payload | None]:
    """Return an entry by hand that leaves money on the clearing account."""
    lines = lines_of(amount, debit=CLEARING, credit="9999")
    return (OTHERS, str(number), by_hand(number, entry(number), lines=lines) | changes)


def test_whatever_others_leave_on_the_clearing_account_is_named(home: Path) -> None:
    waits, clears, voided = 1, 2, 3
    with duckdb.connect(home / "warehouse.duckdb") as connection:
        connection.execute("set TimeZone = 'UTC'")
        for number, debit, credit in ((waits, CLEARING, SALES), (clears, BANK, CLEARING), (voided, CLEARING, SALES)):
            acknowledge(connection, number, lines=lines_of("50.00", debit=debit, credit=credit))
    build(home)
    assert books_reported(home) == {}

    lines, mirror = lines_of("0", debit=CLEARING), lines_of("40.00", debit="9999", credit=CLEARING)
    rows = [
        (OURS, str(voided), entry(voided, void="T", lines=lines)),
        on_clearing(9201, "25.00"),
        on_clearing(9202, "30.00", type="Deposit", memo="bank charge"),
        on_clearing(9203, "1.00", memo=f"corrects {key_of(waits)}"),
        on_clearing(9204, "40.00", reversal="9205", reversaldate="2026-02-06"),
        on_clearing(9205, "40.00", isreversal="T", reversal="9204", lines=mirror),
        on_clearing(9206, "60.00", approvalstatus="1", posting="F", status="A"),
    ]
    write(home, rows, DAMAGE_LOAD)
    build(home)
    named = {str(number): {"ERP-09"} for number in (9201, 9202, 9203)}
    assert books_reported(home) == named | {key_of(voided): {"ERP-11"}}
    with duckdb.connect(home / "warehouse.duckdb", read_only=True) as connection:
        found = connection.execute(
            "select left_amount, right_amount, others_amount, explained_amount, unexplained_amount"
            " from reconciliation.rec_accounts__clearing_vs_journals"
        ).fetchall()
    assert [tuple(map(str, row)) for row in found] == [("50.0000", "56.0000", "56.0000", "-50.0000", "0.0000")]

    write(home, [(OURS, str(voided), entry(voided, lines=lines_of("50.00", debit=CLEARING)))], UNDO_LOAD)
    write(home, [(OTHERS, id, None) for table, id, _payload in rows if table == OTHERS], UNDO_LOAD)
    build(home)
    assert books_reported(home) == {}


def proposed(home: Path) -> list[tuple[Any, ...]]:
    """Return what is still to be acknowledged: key, desired, approval, block, and where it is already."""
    with duckdb.connect(home / "warehouse.duckdb", read_only=True) as connection:
        return connection.execute(
            "select entity_key, desired, needs_approval, blocked_reason, already_there"
            " from sync.sync_netsuite__journal_entries order by entity_key"
        ).fetchall()


def held(number: int, desired: str, *, revision: int = 0, **changes: Any) -> tuple[str, str, Payload | None]:
    """Return a desired journal as NetSuite holds it."""
    asked = json.loads(desired)
    key = asked["external_id"].replace("-R0", f"-R{revision}")
    lines = [
        line | {"line": str(place), "account": "1", "acctnumber": line["account"]}
        for place, line in enumerate(asked["lines"], 1)
    ]
    made = {"externalid": key, "memo": f"{key} TikTok Shop payout", "trandate": asked["date"], "lines": lines}
    return (OURS, str(number), entry(number, **made) | changes)


def test_journals_that_the_books_hold_already_are_confirmed_and_never_sent_again(home: Path) -> None:
    build(home)
    fresh = proposed(home)
    assert [(row[0].split("-")[2], row[2:]) for row in fresh] == [(id, (False, None, None)) for id in (NAMED, UNNAMED)]
    (_key, one, *_), (_other_key, other, *_) = fresh

    write(home, [held(1, one), held(2, other, voided="T")], DAMAGE_LOAD)
    build(home)
    same, voided = proposed(home)
    assert same == (fresh[0][0], one, False, None, "journal 1")
    assert voided[3] == "ERP-11: journal 2 has this key and does not count: voided"
    assert books_reported(home) == {fresh[1][0]: {"ERP-11"}}

    part = json.loads(other)
    part["lines"] = lines_of("5.00")
    rest = lines_of("5.00", debit=SALES, credit=BANK, notes=("gross_sales", "bank"))
    split = [held(2, other), held(3, json.dumps(part), revision=1, lines=lines_of("5.00"))]
    write(home, [held(1, one, externalid=""), *split], UNDO_LOAD)
    build(home)
    reported = {row[0]: row[2:] for row in proposed(home)}
    assert reported[fresh[0][0]][1].startswith("ERP-07: journal 1 has this key in its memo")
    assert reported[fresh[1][0]] == (True, None, "journal 2"), "its month is not what the payout says"
    assert {code for codes in books_reported(home).values() for code in codes} == {"ERP-07"}

    later = ("2026-02-19 03:00:00+00", "20260219T030000.000000Z")
    write(home, [held(1, one), held(4, json.dumps(part), revision=2, lines=rest)], later)
    stray = f"TTS-{SHOP}-79999999-202602-R0"
    write(home, [(OURS, "5", entry(5, externalid=stray, memo=f"{stray} TikTok Shop payout"))], later)
    build(home)
    assert [row[2:] for row in proposed(home)] == [(False, None, f"journal {number}") for number in (1, 2, 3, 4)]
    assert books_reported(home) == {stray: {"ERP-09"}}
