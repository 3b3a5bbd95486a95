"""What a transaction does to the books."""

from __future__ import annotations

from decimal import Decimal

from sandbox.netsuite.postings import postings


def journal(*sides, rate="1"):
    lines = [{"line": place, "account": {"id": str(place)}, **side} for place, side in enumerate(sides, 1)]
    return {"exchangeRate": rate, "line": {"items": lines}}


def test_debits_are_positive_and_the_header_is_their_sum():
    posted = postings("journalEntry", journal({"debit": "0.10"}, {"debit": 0.2}, {"credit": "0.30"}))
    assert [line.amount for line in posted.lines] == [Decimal("0.10"), Decimal("0.2"), Decimal("-0.30")]
    assert posted.total == Decimal("0.30")


def test_cents_left_over_by_conversion_go_to_the_largest_line():
    posted = postings("journalEntry", journal({"debit": "0.05"}, {"debit": "0.05"}, {"credit": "0.10"}, rate="0.79"))
    assert [line.base_amount for line in posted.lines] == [Decimal("0.04"), Decimal("0.04"), Decimal("-0.08")]
    uneven = postings("journalEntry", journal({"debit": "1.01"}, {"debit": "1.01"}, {"credit": "2.02"}, rate="0.75"))
    assert sum(line.base_amount for line in uneven.lines) == 0


def test_a_damaged_unbalanced_journal_is_shown_as_it_is():
    posted = postings("journalEntry", journal({"debit": "5"}, {"credit": "4"}, rate="0.5"))
    assert [line.base_amount for line in posted.lines] == [Decimal("2.50"), Decimal("-2.00")]


def test_a_deposit_debits_its_bank_and_credits_undeposited_funds():
    body = {"account": {"id": "101"}, "total": "9.00", "payment": {"items": [{"id": "7", "paymentAmount": "9.00"}]}}
    lines = postings("deposit", body).lines
    assert [(line.number, line.account, line.amount, line.main) for line in lines] == [
        (0, "101", Decimal("9.00"), True),
        (1, "104", Decimal("-9.00"), False),
    ]


def test_an_order_promises_a_positive_total_of_negative_lines():
    body = {"total": "6.00", "item": {"items": [{"line": 1, "quantity": "3", "amount": "6.00"}]}}
    header, line = postings("salesOrder", body).lines
    assert (header.amount, line.amount, line.quantity) == (Decimal("6.00"), Decimal("-6.00"), Decimal("-3"))
