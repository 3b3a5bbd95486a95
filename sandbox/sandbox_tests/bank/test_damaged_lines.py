"""A damaged line shows in its file as it is, and the other lines beside it."""

import csv
import io
from datetime import date

import pytest

from sandbox.bank import camt053, csv_lines
from sandbox.bank.accounts import MAIN, US_PAYOUTS
from sandbox.bank.ledger import account_days

FIELDS = ("amount", "currency", "reference", "counterparty", "remittance", "booking_date", "value_date", "kind")
VALUES = (None, "", "12,50", "1e400", "nonsense", 7, [1], {"a": 1}, "9" * 40)


def texts(store, account_id, render):
    account = store.get("bank", "accounts", account_id).body
    return [render(day) for day in account_days(store, account, date(2026, 1, 10))]


@pytest.mark.parametrize("field", FIELDS)
def test_any_value_in_any_field_is_rendered(store, field):
    for value in VALUES:
        for line, account, render in (("L3", MAIN, camt053.render), ("L4", US_PAYOUTS, csv_lines.render)):
            before = store.get("bank", "lines", line).body
            store.patch("bank", "lines", line, {field: value})
            shown = "".join(texts(store, account, render))
            assert f"{line}" in shown
            store.patch("bank", "lines", line, {field: before[field]})
    assert "L1" in "".join(texts(store, MAIN, camt053.render))


def test_an_amount_that_is_none_is_shown_as_it_is_and_moves_no_balance(store):
    before = account_days(store, store.get("bank", "accounts", MAIN).body, date(2026, 1, 10))[-1].closing
    store.patch("bank", "lines", "L3", {"amount": "12,50"})
    after = account_days(store, store.get("bank", "accounts", MAIN).body, date(2026, 1, 10))[-1].closing
    assert before - after == 50
    assert ">12,50<" in "".join(texts(store, MAIN, camt053.render))


def test_a_sound_amount_has_two_decimals(store):
    (row,) = csv.DictReader(io.StringIO(next(t for t in texts(store, US_PAYOUTS, csv_lines.render) if "L4" in t)))
    assert row["amount"] == "7.50"
