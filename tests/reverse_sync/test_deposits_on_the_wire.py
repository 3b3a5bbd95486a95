"""Customer deposits through the real connector into the stand-in NetSuite, in a process of its own."""

from __future__ import annotations

import hashlib
import json
from decimal import Decimal
from functools import partial

import pytest

from connectors.netsuite.client import open_netsuite
from ingestion.netsuite.credit_memos import DEPOSITS, Scope, read_headers, read_memos
from reverse_sync import Proposal, RetryPolicy, apply, plan
from reverse_sync.destinations.netsuite.customer_deposits import open_customer_deposits, refuse_customer_deposit
from reverse_sync.sync import FINANCE_LANE, Sync
from tests.reverse_sync.test_refunds_on_the_wire import rows_of, with_customer
from tests.support.refunds import UK_SHOP
from tests.support.stand_ins import ask

SYNC = "netsuite__customer_deposits"
DEPOSIT = Sync(SYNC, FINANCE_LANE, "Deposits.", "deposit{s}", open_customer_deposits, refuse_customer_deposit)


@pytest.fixture
def settings(systems, make_settings, monkeypatch):
    account = systems["netsuite"]
    monkeypatch.setenv("TIEOUT_NETSUITE__BASE_URL", account["base_url"])
    oauth2 = {f"netsuite__{name}": account["oauth2"][name] for name in ("client_id", "certificate_id", "private_key")}
    made = with_customer(make_settings(**oauth2), "CUST-TTS-UK")
    return made.model_copy(update={"netsuite": made.netsuite.model_copy(update={"shops": [UK_SHOP]})})


@pytest.fixture
def sales_order(settings, sqlite_state):
    with open_netsuite(settings, sqlite_state) as client:
        lines = [
            {
                "item": {"externalId": "ITEM-TTS-REFUND"},
                "quantity": 1,
                "amount": Decimal("16.32"),
                "price": {"id": "-1"},
            }
        ]
        body = {"entity": {"externalId": "CUST-TTS-UK"}, "tranDate": "2026-11-01", "item": {"items": lines}}
        return client.create("salesOrder", body)


def proposal(name, sales_order, amount="16.32"):
    key = f"tieout-deposit-{UK_SHOP}-{name}"
    desired = {"external_id": key, "order_id": "571", "payment_id": "901", "customer": "CUST-TTS-UK"}
    desired |= {"sales_order": sales_order, "account": "1290", "day": "2026-11-02", "currency": "GBP"}
    desired |= {"amount": amount, "memo": "TikTok Shop payout 901, order 571"}
    digest = hashlib.md5(json.dumps(desired, sort_keys=True).encode()).hexdigest()
    return Proposal(SYNC, key, UK_SHOP, desired, digest, Decimal(amount), "GBP")


def run(settings, state, *proposals):
    policy = RetryPolicy(first_delay=0.05)
    planned = plan(settings, state, proposals, syncs=[DEPOSIT], retry_policy=policy)
    opened = {SYNC: lambda: open_customer_deposits(settings, state)}
    return apply(settings, state, planned, destinations=opened, retry_policy=policy)


@pytest.mark.parametrize("kind", ["", "lost_reply", "500", "429"])
def test_a_deposit_is_made_once_whatever_the_wire_does(systems, settings, sqlite_state, state, sales_order, kind):
    if kind:
        wish = {"system": "netsuite", "kind": kind, "match": "customerDeposit", "rate": 1.0, "count": 1}
        ask(f"{systems['control']}/faults", wish | {"method": "POST"})
    wanted = proposal(f"{kind}-{sales_order}", sales_order)
    report = run(settings, sqlite_state, wanted)
    ask(f"{systems['control']}/faults", method="DELETE")
    assert report.problems == []
    again = run(settings, state, wanted)
    assert again.rows[0].vendor_id == report.rows[0].vendor_id
    with open_netsuite(settings, sqlite_state) as client:
        found = rows_of(client, f"select id, foreigntotal from transaction where externalid = '{wanted.entity_key}'")
    assert [(row["id"], Decimal(str(row["foreigntotal"]))) for row in found] == [
        (report.rows[0].vendor_id, Decimal("16.32"))
    ]


def test_what_is_made_is_what_ingestion_reads_and_leaves_the_named_account(settings, sqlite_state, sales_order):
    report = run(settings, sqlite_state, proposal("read", sales_order))
    with open_netsuite(settings, sqlite_state) as client:
        asked = partial(rows_of, client)
        headers = read_headers(asked, DEPOSITS, Scope(frozenset({"CUST-TTS-UK"})), None)
        mine = [row for row in headers if row["id"] == report.rows[0].vendor_id]
        [(_, found)] = read_memos(asked, mine, {"1": {"symbol": "GBP"}})
        query = (
            "select a.acctnumber, tal.debit, tal.credit from transactionaccountingline tal"
            f" inner join account a on a.id = tal.account where tal.transaction = {found['id']} order by a.acctnumber"
        )
        posted = [(row["acctnumber"], row.get("debit"), row.get("credit")) for row in rows_of(client, query)]
    assert (found["externalid"], found["currency"], found["foreigntotal"]) == (
        f"tieout-deposit-{UK_SHOP}-read",
        "GBP",
        "16.32",
    )
    assert [number for number, _debit, _credit in posted] == ["1290", "2400"]
    assert Decimal(str(posted[0][1])) == Decimal(str(posted[1][2])) == Decimal("16.32")


def test_an_order_of_another_customer_is_refused_and_said(settings, sqlite_state, sales_order):
    other = with_customer(settings, "CUST-TTS-US")
    wanted = proposal("foreign", sales_order)
    wrong = Proposal(
        SYNC, wanted.entity_key, UK_SHOP, {**wanted.desired, "customer": "CUST-TTS-US"}, "h", Decimal("16.32"), "GBP"
    )
    [row] = run(other, sqlite_state, wrong).rows
    assert row.state != "acknowledged"
