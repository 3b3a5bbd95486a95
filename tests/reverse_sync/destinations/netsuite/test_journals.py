"""Payout journals in NetSuite: what is sent, what is compared, what is refused."""

from decimal import Decimal

import pytest

from connectors.transport.errors import OutcomeUnknownError, RejectedError
from reverse_sync import OutboxState, list_rows, replay
from reverse_sync.destinations.netsuite.journals import NetSuiteJournals
from reverse_sync.model import Change
from tests.support.clocks import ManualClock
from tests.support.fake_netsuite import FakeNetSuite
from tests.support.journals import SYNC, Cycle, desired_journal, propose

KEY = "TTS-1-P1-202603-R0"


@pytest.fixture
def vendor(tmp_path):
    return FakeNetSuite(tmp_path / "netsuite.sqlite")


@pytest.fixture
def journals(vendor):
    return NetSuiteJournals(vendor)


@pytest.fixture
def cycle(make_settings, sqlite_state, vendor):
    return Cycle(make_settings(), sqlite_state, ManualClock(), NetSuiteJournals(vendor))


def change(**changes):
    desired = desired_journal(KEY, **changes)
    return Change(SYNC, KEY, "7495000000000000101", desired, "hash", "key")


def outcome(cycle):
    [row] = list_rows(cycle.state, states=list(OutboxState))
    return row.state, row.error_code


def test_a_journal_is_created_under_its_external_id_with_ids_for_numbers(journals, vendor):
    vendor.create = seen = Recorder("77")
    assert journals.write(change(total="12.30")) == "77"
    assert seen.calls == [
        (
            "journalEntry",
            {
                "externalId": KEY,
                "tranDate": "2026-03-01",
                "currency": {"id": "1"},
                "subsidiary": {"id": "1"},
                "line": {
                    "items": [
                        {"account": {"id": "210"}, "debit": Decimal("12.30"), "memo": "bank"},
                        {"account": {"id": "401"}, "credit": Decimal("12.30"), "memo": "gross_sales"},
                    ]
                },
                "memo": "payout",
            },
        )
    ]


class Recorder:
    def __init__(self, answer):
        self.answer, self.calls = answer, []

    def __call__(self, *arguments):
        self.calls.append(arguments)
        return self.answer


def test_a_subsidiary_may_be_named_by_its_external_id(journals, vendor):
    vendor.create = seen = Recorder("77")
    journals.write(change(subsidiary="uk-retail"))
    assert seen.calls[0][1]["subsidiary"] == {"externalId": "uk-retail"}


def test_lines_of_zero_are_left_out(journals, vendor):
    vendor.create = seen = Recorder("77")
    lines = [*desired_journal(KEY)["lines"], {"account": "no such", "debit": "0.00", "credit": "0", "memo": "penalty"}]
    journals.write(change(lines=lines))
    assert len(seen.calls[0][1]["line"]["items"]) == 2


def test_accounts_and_currencies_are_read_once_a_run(journals, vendor):
    for number in range(3):
        desired = desired_journal(f"TTS-{number}")
        journals.write(Change(SYNC, f"TTS-{number}", "", desired, "hash", "key"))
    assert len(vendor.queries) == 2
    assert all(query.endswith("order by id") for query in vendor.queries)


@pytest.mark.parametrize(
    ("number", "reported"),
    [("9999", "no active account"), ("4100", "no active account"), ("5000", "2 active accounts")],
    ids=["absent", "inactive", "ambiguous"],
)
def test_an_account_that_is_not_exactly_one_is_refused_naming_the_row_to_change(journals, vendor, number, reported):
    lines = [{**line, "account": number} if line["credit"] != "0" else line for line in desired_journal(KEY)["lines"]]
    with pytest.raises(RejectedError) as raised:
        journals.write(change(lines=lines))
    assert raised.value.code == "UNMAPPED_ACCOUNT"
    assert reported in str(raised.value) and repr(number) in str(raised.value)
    assert "accounts.csv, row line_class gross_sales" in str(raised.value)
    assert vendor.external_ids() == []


def test_a_currency_that_netsuite_lacks_is_refused(journals, vendor):
    with pytest.raises(RejectedError, match="no single currency 'CHF'; it has GBP, USD"):
        journals.write(change(currency="CHF"))
    assert vendor.external_ids() == []


def test_a_journal_that_does_not_balance_never_reaches_netsuite(journals, vendor):
    lines = [{"account": "1010", "debit": "5.00", "credit": "0", "memo": "bank"}]
    with pytest.raises(RejectedError, match="does not balance"):
        journals.write(change(lines=lines))
    assert vendor.external_ids() == []


def test_a_journal_that_is_there_already_and_equal_is_acknowledged(journals, vendor):
    first = journals.write(change())
    assert journals.write(change()) == first
    assert vendor.external_ids() == [KEY]


def test_a_journal_that_is_there_already_and_differs_is_refused_and_left(journals, vendor):
    journals.write(change())
    with pytest.raises(RejectedError, match="lines there only: account id 210 debit 100 credit 0") as raised:
        journals.write(change(total="90.00"))
    assert raised.value.code == "EDITED"
    assert vendor.find_by_external_id("journalEntry", KEY)["line"]["items"][0]["debit"] == Decimal("100.00")


def test_a_double_that_netsuite_refuses_and_does_not_show_is_unknown(journals, vendor):
    def refuse(*_arguments):
        raise RejectedError("already exists", code="DUPLICATE_RECORD")

    vendor.create = refuse
    with pytest.raises(OutcomeUnknownError, match="does not show it"):
        journals.write(change())


def test_nothing_there_is_reported_as_nothing(journals):
    assert journals.read_back(change()) is None


@pytest.mark.parametrize(
    "edit",
    [
        lambda body: body["line"]["items"].reverse(),
        lambda body: body["line"]["items"].append({"account": {"id": "9"}, "debit": 0}),
        lambda body: body["line"]["items"][0].update(debit="100.0", memo="a person's note"),
        lambda body: body.update(memo="checked by Ann"),
    ],
    ids=["order of lines", "line of zero", "memo and digits", "header memo"],
)
def test_what_moves_no_money_is_no_difference(journals, vendor, edit):
    journals.write(change())
    vendor.edit(KEY, edit)
    assert journals.read_back(change()).difference == ""


@pytest.mark.parametrize(
    ("edit", "reported"),
    [
        (lambda body: body["line"]["items"][0].update(debit="99.99"), "account id 210 debit 99.99"),
        (lambda body: body["line"]["items"][0].update(account={"id": "600"}), "account id 600"),
        (lambda body: body["line"]["items"].pop(), "desired only: account id 401"),
        (lambda body: body["line"]["items"].append(dict(body["line"]["items"][0])), "lines there only"),
        (lambda body: body.update(tranDate="2026-04-01"), "date 2026-04-01, desired 2026-03-01"),
        (lambda body: body.update(currency={"id": "2"}), "currency id 2, desired 1"),
    ],
    ids=["amount", "account", "line gone", "line doubled", "date", "currency"],
)
def test_what_moves_money_is_a_difference(journals, vendor, edit, reported):
    journals.write(change())
    vendor.edit(KEY, edit)
    assert reported in journals.read_back(change()).difference


def test_a_closed_period_is_rejected_with_its_code_and_goes_after_replay(cycle, vendor):
    vendor.closed_period = True
    cycle.run([propose()])
    assert outcome(cycle) == (OutboxState.REJECTED, "PERIOD_CLOSED")
    vendor.closed_period = False
    assert cycle.run([propose()]).rows == ()
    replay(cycle.state, KEY, actor="ann", clock=cycle.clock)
    assert cycle.run([propose()]).acknowledged == 1


def test_a_journal_edited_before_its_reply_was_known_is_never_overwritten(cycle, vendor):
    def edit_and_lose():
        vendor.edit(KEY, lambda body: body["line"]["items"][0].update(debit="1.00"))
        raise OutcomeUnknownError("no reply")

    vendor.on_commit = edit_and_lose
    cycle.run([propose()])
    assert outcome(cycle) == (OutboxState.REJECTED, "EDITED")
    assert vendor.external_ids() == [KEY]
    assert vendor.find_by_external_id("journalEntry", KEY)["line"]["items"][0]["debit"] == Decimal("1.00")


def test_a_line_on_receivables_is_sent_with_its_customer(journals, vendor):
    vendor.create = seen = Recorder("78")
    bank, sales = desired_journal(KEY)["lines"]
    journals.write(change(lines=[bank, {**sales, "customer": "501"}]))
    [(_, body)] = seen.calls
    assert [line.get("entity") for line in body["line"]["items"]] == [None, {"id": "501"}]
