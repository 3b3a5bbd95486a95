from copy import deepcopy
from decimal import Decimal

import pytest

from reverse_sync.destinations.netsuite.journal_body import difference

BODY = {
    "tranDate": "2026-03-01",
    "subsidiary": {"id": "1"},
    "currency": {"id": "1"},
    "exchangeRate": 1,
    "line": {
        "items": [
            {"account": {"id": "210"}, "debit": Decimal("100.00")},
            {"account": {"id": "401"}, "credit": Decimal("100.00")},
        ]
    },
}


def found(debit):
    journal = deepcopy(BODY)
    journal["line"]["items"][0]["debit"] = debit
    return journal


@pytest.mark.parametrize("amount", [100, Decimal("1E+2"), "100", "100.00"])
def test_an_amount_may_be_spelled_in_several_ways(amount):
    assert difference(BODY, found(amount)) == ""


@pytest.mark.parametrize("amount", ["\uff11\uff10\uff10.00", "1_00", "100,00", "one hundred"])
def test_an_amount_that_is_no_plain_decimal_is_a_difference(amount):
    journal = found(amount)
    journal["line"]["items"].append({"account": {"id": "210"}, "debit": 5})
    assert "account id 210 debit NaN" in difference(BODY, journal)


def test_a_line_on_receivables_names_its_customer_and_is_compared_with_it():
    body, held = deepcopy(BODY), deepcopy(BODY)
    body["line"]["items"][0]["entity"] = {"id": "501"}
    assert difference(body, body) == difference(BODY, body) == ""
    assert "desired only: account id 210 debit 100 credit 0 customer id 501" in difference(body, held)
    body["line"]["items"][0]["entity"] = {"externalId": "CUST-TTS-UK"}
    assert difference(body, held) == ""
