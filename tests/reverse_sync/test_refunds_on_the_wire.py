"""Credit memos and cash refunds through the real connector into the stand-in NetSuite, in a process of its own."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from functools import partial

import pytest

from ingestion.netsuite.credit_memos import CREDIT_MEMOS, Scope, read_deleted, read_headers, read_memos
from reverse_sync import OutboxState, RetryPolicy, apply, list_rows, plan
from reverse_sync.destinations.netsuite.credit_memos import open_credit_memos, refuse_credit_memo
from reverse_sync.sync import FINANCE_LANE, Sync
from tests.support.refunds import SYNC, UK_SHOP, propose_refund
from tests.support.stand_ins import ask

REFUNDS = Sync(SYNC, FINANCE_LANE, "Refunds.", "refund{s}", open_credit_memos, refuse_credit_memo)


@pytest.fixture
def settings(systems, make_settings, monkeypatch):
    account = systems["netsuite"]
    monkeypatch.setenv("TIEOUT_NETSUITE__BASE_URL", account["base_url"])
    monkeypatch.setenv("TIEOUT_BOOKS__REFUND_DOCUMENT", "credit_memo")
    monkeypatch.setenv("TIEOUT_BOOKS__REFUND_ITEM", "ITEM-TTS-REFUND")
    oauth2 = {f"netsuite__{name}": account["oauth2"][name] for name in ("client_id", "certificate_id", "private_key")}
    return with_customer(make_settings(**oauth2), "CUST-TTS-UK")


def with_customer(settings, customer):
    shops = [shop.model_copy(update={"netsuite_customer": customer}) for shop in settings.tiktok_shop.shops]
    return settings.model_copy(update={"tiktok_shop": settings.tiktok_shop.model_copy(update={"shops": shops})})


def booking(settings, document):
    return settings.model_copy(update={"books": settings.books.model_copy(update={"refund_document": document})})


@pytest.fixture
def fault(systems):
    def plant(kind):
        wish = {"system": "netsuite", "kind": kind, "match": "creditMemo", "rate": 1.0, "count": 1}
        ask(f"{systems['control']}/faults", wish | ({"method": "POST"} if kind == "lost_reply" else {}))

    yield plant
    ask(f"{systems['control']}/faults", method="DELETE")


def run(settings, state, *proposals):
    policy = RetryPolicy(first_delay=0.05)
    planned = plan(settings, state, proposals, syncs=[REFUNDS], retry_policy=policy)
    opened = {SYNC: lambda: open_credit_memos(settings, state)}
    return apply(settings, state, planned, destinations=opened, retry_policy=policy)


def held(settings, state, key):
    """The refunds that NetSuite's own query service finds under an external id: id, type and amount."""
    from connectors.netsuite.client import open_netsuite

    query = "select id, type, foreigntotal from transaction where externalid = ? order by id"
    with open_netsuite(settings, state) as client:
        return [
            (row["id"], row["type"], row["foreigntotal"]) for page in client.suiteql(query, [key]) for row in page.rows
        ]


def key(name):
    return f"tieout-refund-{UK_SHOP}-{name}"


@pytest.mark.parametrize(("document", "type_"), [("credit_memo", "CustCred"), ("cash_refund", "CashRfnd")])
def test_a_refund_is_booked_once_and_a_second_run_writes_nothing(settings, sqlite_state, state, document, type_):
    settings, name = booking(settings, document), key(document)
    report = run(settings, sqlite_state, propose_refund(name, kind=document))
    assert report.problems == []
    expected = [(report.rows[0].vendor_id, type_, "-12.5")]
    assert held(settings, sqlite_state, name) == expected
    assert run(settings, sqlite_state, propose_refund(name, kind=document)).rows == ()
    again = run(settings, state, propose_refund(name, kind=document))
    assert (again.rows[0].vendor_id, held(settings, state, name)) == (report.rows[0].vendor_id, expected)


@pytest.mark.parametrize("kind", ["lost_reply", "500", "html_503", "429"])
def test_a_refund_is_booked_once_through_a_fault_of_the_wire(settings, sqlite_state, fault, kind):
    fault(kind)
    report = run(settings, sqlite_state, propose_refund(key(kind)))
    assert report.problems == []
    assert [row[0] for row in held(settings, sqlite_state, key(kind))] == [report.rows[0].vendor_id]


def test_what_is_booked_is_what_ingestion_reads(settings, sqlite_state):
    from connectors.netsuite.client import open_netsuite

    report = run(settings, sqlite_state, propose_refund(key("read")))
    with open_netsuite(settings, sqlite_state) as client:
        ask_netsuite = partial(rows_of, client)
        headers = read_headers(ask_netsuite, CREDIT_MEMOS, Scope(frozenset({"CUST-TTS-UK"})), None)
        mine = [row for row in headers if row["id"] == report.rows[0].vendor_id]
        [(_, memo)] = read_memos(ask_netsuite, mine, {"1": {"symbol": "GBP"}})
        since = read_headers(ask_netsuite, CREDIT_MEMOS, Scope(), datetime(1970, 1, 1, tzinfo=UTC))
        assert read_deleted(ask_netsuite, datetime(1970, 1, 1, tzinfo=UTC)) == set()
    assert (memo["externalid"], memo["currency"], memo["foreigntotal"]) == (key("read"), "GBP", "-12.5")
    lines = [(line["quantity"], line["amount"], line["memo"]) for line in memo["lines"]]
    assert lines == [("1", "10.1", "NG-MUG return line 1"), ("1", "2.4", "NG-TEE return line 2")]
    assert report.rows[0].vendor_id in {row["id"] for row in since}


def rows_of(client, query):
    return [row for page in client.suiteql(query) for row in page.rows]


def outcome(state):
    [row] = list_rows(state, states=list(OutboxState))
    return row.state, row.error_code


def test_a_closed_period_is_reported_with_its_code(settings, sqlite_state):
    run(settings, sqlite_state, propose_refund(key("closed"), day="2025-01-15"))
    assert outcome(sqlite_state) == (OutboxState.REJECTED, "PERIOD_CLOSED")


def test_a_refund_that_a_person_edited_is_not_taken_for_ours_and_left(settings, sqlite_state, state):
    edited = key(f"edited-{state.engine.name}")
    report = run(settings, sqlite_state, propose_refund(edited))
    from connectors.netsuite.client import open_netsuite

    with open_netsuite(settings, state) as client:
        client.patch("creditMemo", report.rows[0].vendor_id, {"item": {"items": [{"line": 1, "amount": 9}]}})
    again = run(settings, state, propose_refund(edited))
    assert outcome(state) == (OutboxState.REJECTED, "EDITED")
    assert "1 for 9" in again.problems[0]
    assert held(settings, state, edited)[0][2] == "-11.4"


def test_a_refund_booked_as_the_other_document_is_not_booked_again(settings, sqlite_state, state):
    run(settings, sqlite_state, propose_refund(key("other")))
    again = run(booking(settings, "cash_refund"), state, propose_refund(key("other"), kind="cash_refund"))
    assert outcome(state) == (OutboxState.REJECTED, "EDITED")
    assert "booked as creditMemo" in again.problems[0]
    assert [row[1] for row in held(settings, state, key("other"))] == ["CustCred"]


def test_a_refund_that_the_configuration_does_not_book_is_refused(settings):
    refund = propose_refund()
    assert refuse_credit_memo(settings, refund) == ""
    assert "journal alone" in refuse_credit_memo(booking(settings, "journal"), refund)
    assert "set netsuite_customer" in refuse_credit_memo(with_customer(settings, ""), refund)
    assert "kind 'credit_memo' is not 'cash_refund'" in refuse_credit_memo(booking(settings, "cash_refund"), refund)
    assert "currency 'USD' is not 'GBP'" in refuse_credit_memo(settings, propose_refund(currency="USD"))
    assert "customer 'CUST-TTS-UK' is not 'X'" in refuse_credit_memo(with_customer(settings, "X"), refund)
    assert "external_id" in refuse_credit_memo(settings, replace(refund, entity_key="other"))
    assert "add up" in refuse_credit_memo(settings, propose_refund(amount="13.50", lines=refund.desired["lines"]))
