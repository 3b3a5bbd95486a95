"""CSV as banks write it: by the account's names and form; nothing is guessed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from ingestion.bank.csv_lines import read_csv
from ingestion.bank.records import FileFaultError
from tieout.bank_settings import Bank, BankAccount, CsvForm

CASES = Path(__file__).parents[2] / "cases"
MAPPED = {"id": "Ref", "booking_date": "Date", "amount": "Sum", "currency": "Ccy", "remittance": "Text"}


def account(columns: dict[str, str] | None = None, **form: Any) -> BankAccount:
    return BankAccount(
        account_id="a",
        iban="GB1",
        currency="GBP",
        format="csv",
        folder=Path(),
        netsuite_account="1",
        columns=columns or {},
        csv=CsvForm(**form),
    )


def amounts(text: str, columns: dict[str, str] | None = None, **form: Any) -> list[str]:
    statement = read_csv(text, account(columns, **form))
    assert statement.faults == []
    return [entry.amount for entry in statement.entries]


def test_a_file_is_read_by_the_columns_that_the_account_names():
    (found,) = read_csv('Ref,Date,Sum,Ccy,Text\nF1,2026-01-05,-3.50,GBP,"a, ""b"""\n', account(MAPPED)).entries
    assert (found.bank_id, found.amount, found.remittance) == ("F1", "-3.50", 'a, "b"')
    assert found.value_date == "2026-01-05"


def test_a_german_form_is_read():
    text = "Kontoauszug;;\nIBAN;GB1;\nBuchung;Betrag;Zweck;\n05.01.2026;1.234,50;x;\n06.01.2026;1.000,00-;y;\n;;;\n"
    columns = {"booking_date": "Buchung", "amount": "Betrag", "remittance": "Zweck"}
    form = {"delimiter": ";", "decimal_mark": ",", "thousands_mark": ".", "date_format": "%d.%m.%Y", "header_line": 3}
    assert amounts(text, columns, **form) == ["1234.50", "-1000.00"]


@pytest.mark.parametrize("written", ["(1.50)", "1.50-", "-1.50", "\u22121.50", "- 1.50"])
def test_a_minus_is_read_wherever_it_is(written):
    assert amounts(f"booking_date,amount\n2026-01-05,{written}\n") == ["-1.50"]


def test_money_in_and_out_may_have_columns_of_their_own():
    text = "booking_date,In,Out\n2026-01-05,5.00,\n2026-01-05,0.00,7.00\n2026-01-05,,\n2026-01-05,1,2\n2026-01-05,,-3\n"
    statement = read_csv(text, account({"amount_in": "In", "amount_out": "Out"}))
    assert [entry.amount for entry in statement.entries] == ["5.00", "-7.00"]
    assert [(fault.place, fault.field) for fault in statement.faults] == [
        ("line 4", "amount"),
        ("line 5", "amount"),
        ("line 6", "amount_out"),
    ]


def test_a_word_may_say_the_direction():
    text = "booking_date,amount,SH\n2026-01-05,5.00,H\n2026-01-05,7.00,S\n"
    assert amounts(text, {"direction": "SH"}, incoming=["H"], outgoing=["S"]) == ["5.00", "-7.00"]
    statement = read_csv(text.replace(",S\n", ",X\n"), account({"direction": "SH"}, incoming=["H"], outgoing=["S"]))
    assert [(fault.field, fault.value) for fault in statement.faults] == [("direction", "X")]


def test_signs_may_be_the_other_way_round():
    assert amounts("booking_date,amount\n2026-01-05,5.00\n2026-01-05,-7\n", sign="reversed") == ["-5.00", "7"]


def test_a_file_without_a_header_has_its_columns_by_number():
    assert amounts("2026-01-05,x,5.00\n", {"booking_date": "1", "amount": "3"}, header_line=0) == ["5.00"]


def test_only_the_booked_words_of_the_status_column_are_money():
    columns = {
        "id": "ID", "booking_date": "Date completed (UTC)", "amount": "Amount", "currency": "Payment currency",
        "status": "State", "reference": "Reference", "counterparty": "Payer", "balance": "Balance",
    }  # fmt: skip
    text = (CASES / "07-pending-entries/revolut.csv").read_text()
    statement = read_csv(text, account(columns, booked=["COMPLETED"]))
    assert [(entry.bank_id, entry.status, entry.bank_status) for entry in statement.entries] == [
        ("r1", "BOOK", "COMPLETED"),
        ("r2", "OTHR", "PENDING"),
        ("r3", "OTHR", "REVERTED"),
        ("r4", "OTHR", "DECLINED"),
    ]
    assert (statement.opening_balance, statement.closing_balance, statement.adds_up) == ("0.00", "100.00", True)


def test_a_column_that_is_there_twice_is_refused_by_name():
    text = (CASES / "11-csv-of-banks/two-amount-columns.csv").read_text()
    columns = {"id": "ID", "booking_date": "Date", "amount": "Amount", "currency": "Currency"}
    with pytest.raises(FileFaultError, match="Amount, Currency is there more than once"):
        read_csv(text, account(columns))


@pytest.mark.parametrize(
    ("text", "reported"),
    [
        ("id\n", "column amount, booking_date is missing; found id"),
        ("", "no header"),
        ('booking_date,amount\n"2026', "line 2 is no CSV"),
        ("booking_date,amount,currency\n2026-01-05,1,EUR\n", "not in GBP"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused(text, reported):
    with pytest.raises(FileFaultError, match=reported):
        read_csv(text, account())


def test_a_mapped_column_that_is_missing_is_refused_even_where_it_is_not_needed():
    with pytest.raises(FileFaultError, match="column Text is missing"):
        read_csv("booking_date,amount\n2026-01-05,1\n", account({"remittance": "Text"}))


@pytest.mark.parametrize(
    ("line", "field"),
    [
        ("2026-01-05,1,234.50", ""),
        ("2026-01-05,1e3", "amount"),
        ('2026-01-05,"12,30"', "amount"),
        ("2026-01-05,\uff11\uff12", "amount"),
        ("05/01/2026,1", "booking_date"),
        ("\uff12\uff10\uff12\uff16-01-05,1", "booking_date"),
        ("9999-12-31,1", "booking_date"),
        ("2026-01-05", ""),
        ("2026-01-05,1\0", ""),
    ],
)
def test_a_bad_line_is_named_and_the_others_stay(line, field):
    statement = read_csv(f"booking_date,amount\n2026-01-05,1\n{line}\n2026-01-05,2\n", account())
    assert [entry.amount for entry in statement.entries] == ["1", "2"]
    assert [(fault.place, fault.field) for fault in statement.faults] == [("line 3", field)]


@pytest.mark.parametrize("order", [1, -1])
def test_running_balances_are_read_oldest_or_newest_first(order):
    lines = ["2026-01-05,1,11", "2026-01-06,2,13", "2026-01-07,-3,10"][::order]
    statement = read_csv("\n".join(["booking_date,amount,balance", *lines]), account())
    assert (statement.opening_balance, statement.closing_balance, statement.adds_up) == ("10", "10", True)
    wrong = read_csv("\n".join(["booking_date,amount,balance", *lines]).replace(",2,", ",4,"), account())
    assert wrong.adds_up is False


def test_lines_of_a_currency_that_has_its_own_account_are_left_to_it():
    text = "booking_date,amount,currency\n2026-01-05,1,GBP\n2026-01-05,2,EUR\n2026-01-05,3,USD\n"
    found = read_csv(text, account(), elsewhere={"EUR"}).entries
    assert [(entry.amount, entry.currency) for entry in found] == [("1", "GBP"), ("3", "USD")]


@pytest.mark.parametrize(
    ("columns", "form", "reported"),
    [
        ({"bookingdate": "Date"}, {}, "bookingdate is no name of ours"),
        ({"status": "State"}, {}, "need each other"),
        ({}, {"booked": ["DONE"]}, "need each other"),
        ({"amount": "A", "amount_in": "B", "amount_out": "C"}, {}, "either amount"),
        ({}, {"decimal_mark": ",", "thousands_mark": ","}, "the same"),
        ({}, {"encoding": "utf-99"}, "no encoding"),
        ({}, {"date_format": "DD/MM/YYYY"}, "day, month and year"),
    ],
)
def test_settings_that_cannot_be_right_are_refused(columns, form, reported):
    with pytest.raises(ValidationError, match=reported):
        account(columns, **form)


def test_two_accounts_of_one_iban_differ_in_currency():
    euro = account().model_copy(update={"account_id": "b", "currency": "EUR"})
    assert len(Bank(accounts=[account(), euro]).accounts) == 2
    with pytest.raises(ValidationError, match="GB1 in GBP is there twice"):
        Bank(accounts=[account(), account().model_copy(update={"account_id": "b"})])
