"""What makes a transaction valid."""

from __future__ import annotations

import pytest


def refusal(answer):
    assert answer.status_code == 400, answer.text
    return answer.json()["o:errorDetails"][0]["detail"]


@pytest.mark.parametrize("lines", [(("1250", 10), ("4000", -9.99)), (("1250", 0.3), ("4000", -0.1), ("4000", -0.1))])
def test_a_journal_must_balance_to_the_cent(client, journal, lines):
    assert "balance" in refusal(client.post("/record/v1/journalEntry", json=journal(*lines)))


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ({"debit": 1, "credit": 1}, "either a debit or a credit"),
        ({}, "either a debit or a credit"),
        ({"debit": 0}, "either a debit or a credit"),
        ({"debit": -1}, "must be positive"),
    ],
)
def test_a_line_has_one_positive_side(client, journal, line, reason):
    body = journal(("1250", 1), ("4000", -1))
    body["line"]["items"].append({"account": {"externalId": "ACC-1250"}, **line})
    assert reason in refusal(client.post("/record/v1/journalEntry", json=body))


def test_a_journal_needs_two_lines_a_company_and_accounts(client, journal):
    assert "two lines" in refusal(client.post("/record/v1/journalEntry", json=journal(line={"items": []})))
    unowned = {name: value for name, value in journal().items() if name != "subsidiary"}
    assert "Subsidiary" in refusal(client.post("/record/v1/journalEntry", json=unowned))
    body = journal()
    del body["line"]["items"][0]["account"]
    assert "account" in refusal(client.post("/record/v1/journalEntry", json=body))


def test_a_closed_period_takes_no_posting_and_is_named(client, journal):
    detail = refusal(client.post("/record/v1/journalEntry", json=journal(tranDate="2025-10-31")))
    assert "Oct 2025" in detail
    assert "closed" in detail
    assert client.post("/record/v1/journalEntry", json=journal(tranDate="2025-11-01")).status_code == 204


def test_a_posted_journal_freezes_when_its_period_is_locked(client, live, journal):
    location = client.post("/record/v1/journalEntry", json=journal()).headers["location"]
    period = client.get(location).json()["postingPeriod"]["id"]
    live.store.patch("netsuite", "accountingPeriod", period, {"allLocked": True})
    assert "Jan 2026" in refusal(client.patch(location, json={"memo": "late"}))
    assert "Jan 2026" in refusal(client.delete(location))


def test_a_date_outside_every_period_is_refused(client, journal):
    assert "no accounting period" in refusal(
        client.post("/record/v1/journalEntry", json=journal(tranDate="2031-01-01"))
    )


def test_moving_the_date_moves_the_period(client, journal):
    location = client.post("/record/v1/journalEntry", json=journal()).headers["location"]
    client.patch(location, json={"tranDate": "2026-02-10"})
    assert client.get(location).json()["postingPeriod"]["refName"] == "Feb 2026"


def test_today_is_the_worlds_day_in_the_accounts_time_zone(client, live, journal):
    live.store.set_now(1782862200)  # 2026-06-30T23:30:00Z, July already in London
    body = {name: value for name, value in journal().items() if name != "tranDate"}
    location = client.post("/record/v1/journalEntry", json=body).headers["location"]
    assert client.get(location).json()["tranDate"] == "2026-07-01"


def test_the_rate_follows_the_currencies_unless_given(client, journal):
    dollars = client.post("/record/v1/journalEntry", json=journal(currency={"externalId": "CUR-USD"})).headers[
        "location"
    ]
    assert client.get(dollars).json()["exchangeRate"] == 0.79
    given = client.post("/record/v1/journalEntry", json=journal(currency={"id": 2}, exchangeRate=0.8)).headers[
        "location"
    ]
    assert client.get(given).json()["exchangeRate"] == 0.8


def test_a_deposit_needs_a_bank_account_and_a_line(client):
    assert "Account" in refusal(client.post("/record/v1/deposit", json={"subsidiary": {"id": 1}}))
    body = {"subsidiary": {"id": 1}, "account": {"id": 101}}
    assert "at least one line" in refusal(client.post("/record/v1/deposit", json=body))
    body["other"] = {"items": [{"amount": 1}]}
    assert "account" in refusal(client.post("/record/v1/deposit", json=body))


def test_a_sales_order_needs_a_customer_and_items(client):
    assert "Customer" in refusal(client.post("/record/v1/salesOrder", json={}))
    assert "line item" in refusal(client.post("/record/v1/salesOrder", json={"entity": {"id": 501}}))
    body = {"entity": {"id": 501}, "item": {"items": [{"quantity": 1}]}}
    assert "item" in refusal(client.post("/record/v1/salesOrder", json=body))
