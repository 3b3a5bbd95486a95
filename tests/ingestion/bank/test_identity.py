"""Two records are one only where their scope says so."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ingestion.bank.identity import AccountEntries, KnownStatement, entry_ids, match, statement_id
from ingestion.bank.records import Entry, Fault, Statement

STATEMENT = Statement(
    iban="GB1",
    currency="GBP",
    id="S",
    number="1",
    start="2026-01-05T00:00:00+00:00",
    end="2026-01-05T23:59:59+00:00",
    opening_balance="10",
    closing_balance="20",
)
ENTRY = Entry("R1", "2026-01-05", "2026-01-05", "1.00", "GBP")


def known(statement: Statement, *, file: str = "1.xml") -> list[KnownStatement]:
    return [KnownStatement(statement_id("a", statement, [], file=file), statement, file)]


@pytest.mark.parametrize(
    "again",
    [
        {},
        {"closing_balance": "21"},
        {"opening_balance": "11", "closing_balance": "21"},
        {"id": "other"},
        {"number": "2"},
        {"created": "2026-01-06T00:00:00"},
    ],
)
def test_a_statement_of_the_same_place_and_id_or_number_is_another_version(again):
    assert match(known(STATEMENT), replace(STATEMENT, **again), file="2.xml") is not None


@pytest.mark.parametrize(
    "other",
    [
        {"currency": "EUR"},
        {"page": 2},
        {"start": "2026-01-05T12:00:00+00:00"},
        {"end": "2026-01-06T23:59:59+00:00"},
        {"id": "T", "number": "2"},
        {"id": "", "number": ""},
        {"opening_balance": "20", "closing_balance": "30"},
        {"opening_balance": "0", "closing_balance": "10"},
    ],
)
def test_a_statement_of_another_place_or_one_that_continues_is_another_statement(other):
    another = replace(STATEMENT, **other)
    assert match(known(STATEMENT), another, file="2.xml") is None
    assert statement_id("a", another, known(STATEMENT), file="2.xml") != known(STATEMENT)[0].record_id


def test_without_any_time_only_the_file_says_that_it_is_the_same():
    timeless = replace(STATEMENT, start="", end="")
    assert match(known(timeless), timeless, file="1.xml") is not None
    assert match(known(timeless), timeless, file="2.xml") is None


def test_a_reference_names_an_entry_within_its_statement_and_none_is_no_reference():
    entries = [ENTRY, replace(ENTRY, amount="2.00"), replace(ENTRY, bank_id=""), replace(ENTRY, bank_id="")]
    entries += [replace(ENTRY, part=1), replace(ENTRY, bank_id="R1#2")]
    ids = [record_id for record_id, _ in entry_ids("a/S", entries)]
    assert ids[:2] == ["a/S/R1", "a/S/R1#2"]
    assert len(set(ids)) == len(ids)


def taken(found: list[tuple[str, Entry] | Fault]) -> list[str]:
    return ["fault" if isinstance(each, Fault) else each[0] for each in found]


HELD = [("a/R1", "R1", "a/1.csv", ("2026-01-05", "1.00", "GBP"))]


def test_a_line_that_another_export_has_is_the_same_entry():
    assert taken(list(AccountEntries("a", HELD).ids("a/2.csv", [ENTRY]))) == ["a/R1"]


def test_a_known_reference_with_another_date_or_amount_is_never_merged():
    other = [replace(ENTRY, booking_date="2026-01-06"), replace(ENTRY, amount="-1.00")]
    for entry in other:
        assert taken(list(AccountEntries("a", HELD).ids("a/2.csv", [entry]))) == ["fault"]


def test_an_amount_and_its_fee_under_one_reference_are_two_in_any_order():
    fee = replace(ENTRY, amount="-0.10")
    for order in ([ENTRY, fee], [fee, ENTRY]):
        found = dict(zip(taken(list(AccountEntries("a", HELD).ids("a/2.csv", order))), order, strict=True))
        assert found == {"a/R1": ENTRY, "a/R1#2": fee}


def test_lines_without_a_reference_are_distinguished_by_content_and_number():
    nameless = replace(ENTRY, bank_id="")
    first = taken(list(AccountEntries("a", []).ids("a/1.csv", [nameless, nameless])))
    assert len(set(first)) == 2
    assert taken(list(AccountEntries("a", []).ids("a/2.csv", [nameless]))) == first[:1]
