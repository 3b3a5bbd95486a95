"""Deposits for sales orders in NetSuite: what is sent, what is compared, what is refused."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest

from connectors.netsuite.errors import DUPLICATE_RECORD
from connectors.transport.errors import OutcomeUnknownError, RejectedError
from reverse_sync.destinations.netsuite.customer_deposits import NetSuiteDeposits, refuse_customer_deposit
from reverse_sync.model import Change, Proposal

UK = "7495000000000000101"
KEY = f"tieout-deposit-{UK}-901-571"
DESIRED = {
    **{"external_id": KEY, "order_id": "571", "payment_id": "901", "customer": "CUST-UK", "sales_order": "77"},
    **{"account": "1290", "day": "2026-01-31", "currency": "GBP", "amount": "16.32", "memo": "order 571"},
}


@dataclass
class FakeNetSuite:
    held: dict[str, dict[str, Any]] = field(default_factory=dict)
    made: list[dict[str, Any]] = field(default_factory=list)

    def suiteql(self, query):
        rows = [{"id": "1", "symbol": "GBP"}] if "currency" in query else [{"id": "129", "acctnumber": "1290"}]
        yield SimpleNamespace(rows=rows)

    def create(self, record_type, body):
        assert record_type == "customerDeposit"
        if body["externalId"] in self.held:
            raise RejectedError("already exists", vendor="netsuite", code=DUPLICATE_RECORD)
        self.made.append(body)
        return "900"

    def find_by_external_id(self, record_type, external_id):
        assert record_type == "customerDeposit"
        return self.held.get(external_id)


@pytest.fixture
def netsuite():
    return FakeNetSuite()


@pytest.fixture
def deposits(netsuite):
    return NetSuiteDeposits(netsuite)


@pytest.fixture
def settings(make_settings):
    made = make_settings()
    shops = [each.model_copy(update={"netsuite_customer": "CUST-UK"}) for each in made.tiktok_shop.shops]
    section = made.netsuite.model_copy(update={"shops": [UK]})
    return made.model_copy(
        update={"tiktok_shop": made.tiktok_shop.model_copy(update={"shops": shops}), "netsuite": section}
    )


def change(**changes):
    return Change("netsuite__customer_deposits", KEY, UK, {**DESIRED, **changes}, "hash", "key")


def held(**changes):
    body = {"id": "900", "tranDate": "2026-01-31", "payment": Decimal("16.32"), "void": False}
    references = {"customer": "501", "salesOrder": "77", "currency": "1", "account": "129"}
    return {**body, **{name: {"id": id} for name, id in references.items()}, **changes}


def test_a_deposit_names_the_order_the_account_and_the_exact_amount(deposits, netsuite):
    assert deposits.write(change()) == "900"
    [body] = netsuite.made
    assert (body["customer"], body["salesOrder"], body["account"]) == (
        {"externalId": "CUST-UK"},
        {"id": "77"},
        {"id": "129"},
    )
    assert (body["payment"], body["undepFunds"], body["tranDate"]) == (Decimal("16.32"), False, "2026-01-31")


def test_one_that_is_there_already_counts_and_is_not_made_again(deposits, netsuite):
    netsuite.held[KEY] = held()
    assert (deposits.write(change()), netsuite.made) == ("900", [])
    assert deposits.read_back(change()).difference == ""


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"payment": Decimal("16.33")}, "amount 16.33, desired 16.32"),
        ({"salesOrder": {"id": "78"}}, "salesOrder id 78, desired 77"),
        ({"account": {"id": "130"}}, "account id 130, desired 129"),
        ({"tranDate": "2026-02-01"}, "date 2026-02-01"),
        ({"void": True}, "it is void"),
    ],
)
def test_what_was_changed_is_said_and_not_overwritten(deposits, netsuite, changed, said):
    netsuite.held[KEY] = held(**changed)
    assert said in deposits.read_back(change()).difference
    with pytest.raises(RejectedError, match="was edited") as raised:
        deposits.write(change())
    assert raised.value.code == "EDITED"


def test_one_that_exists_and_is_not_shown_is_in_doubt(deposits, netsuite, monkeypatch):
    netsuite.held[KEY] = held()
    monkeypatch.setattr(netsuite, "find_by_external_id", lambda *_: None)
    with pytest.raises(OutcomeUnknownError, match="does not show it"):
        deposits.write(change())


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"amount": "0.00"}, "above 0"),
        ({"amount": "1.005"}, "whole pence"),
        ({"amount": "much"}, "cannot be read"),
        ({"sales_order": None}, "lacks sales_order"),
        ({"customer": "CUST-US"}, "is not 'CUST-UK'"),
        ({"day": "31/01/2026"}, "cannot be read"),
    ],
)
def test_what_cannot_be_a_deposit_is_refused_before_it_is_sent(settings, changes, reason):
    proposal = Proposal("netsuite__customer_deposits", KEY, UK, {**DESIRED, **changes}, "hash", Decimal(1), "GBP")
    assert reason in refuse_customer_deposit(settings, proposal)


def test_a_shop_without_orders_in_netsuite_gets_no_deposits(settings):
    proposal = Proposal("netsuite__customer_deposits", KEY, "7495000000000000202", DESIRED, "h", Decimal(1), "GBP")
    assert "[netsuite] shops" in refuse_customer_deposit(settings, proposal)
