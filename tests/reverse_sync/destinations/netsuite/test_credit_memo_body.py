"""Which refunds are sent, in what form, and what counts as a difference."""

from __future__ import annotations

from copy import deepcopy
from decimal import Decimal

import pytest

from connectors.transport.errors import RejectedError
from reverse_sync.destinations.netsuite.credit_memo_body import difference, memo_body, memo_faults
from reverse_sync.destinations.netsuite.ids import NetSuiteIds
from tests.support.fake_netsuite import FakeNetSuite
from tests.support.refunds import desired_refund


@pytest.fixture
def ids(tmp_path):
    return NetSuiteIds(FakeNetSuite(tmp_path / "netsuite.sqlite"))


def lines(*amounts, quantity="1"):
    return [{"sku": "S", "quantity": quantity, "amount": amount} for amount in amounts]


def as_read(body):
    """NetSuite's own form of what was sent: references resolved, numbers for amounts, the total."""
    items = [{**line, "line": place, "item": {"id": "601"}} for place, line in enumerate(body["item"]["items"], 1)]
    total = sum(line["amount"] for line in items)
    held = {**body, "entity": {"id": "501"}, "item": {"items": items}, "total": total, "void": False, "id": "1001"}
    return deepcopy(held)


def test_a_refund_is_sent_with_customer_item_and_amounts_that_no_price_level_replaces(ids):
    body = memo_body(desired_refund(account="1010"), ids)
    assert (body["entity"], body["subsidiary"]) == ({"externalId": "CUST-TTS-UK"}, {"id": "1"})
    assert (body["currency"], body["account"], body["tranDate"]) == ({"id": "1"}, {"id": "210"}, "2026-11-02")
    assert body["item"]["items"][0] == {
        "item": {"externalId": "ITEM-TTS-REFUND"}, "quantity": Decimal(1), "amount": Decimal("10.10"),
        "price": {"id": "-1"}, "description": "NG-MUG return line 1",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "reported"),
    [
        ({"customer": ""}, "lacks customer"),
        ({"lines": []}, "lacks lines"),
        ({"kind": "credit_note"}, "kind 'credit_note': expected credit_memo or cash_refund"),
        ({"external_id": "tieout|1"}, "letters, digits"),
        ({"day": "2026-13-01"}, "cannot be read"),
        ({"amount": "0", "lines": lines("0")}, "amount 0: expected more than 0"),
        ({"amount": "-1.00", "lines": lines("-1.00")}, "amount -1.00: expected more than 0"),
        ({"amount": "1.005", "lines": lines("1.005")}, "whole pence"),
        ({"amount": "1e3", "lines": lines("1000")}, "cannot be read"),
        ({"lines": lines("12.49")}, "the lines add up to 12.49, the refund is 12.50"),
        ({"lines": lines("13.50", "-1.00")}, "negative amount"),
        ({"lines": lines("12.50", quantity="0")}, "no quantity"),
        ({"lines": [{"sku": "S", "amount": "12.50"}]}, "cannot be read"),
    ],
)
def test_what_must_never_go_out_is_refused(ids, changes, reported):
    assert reported in memo_faults(desired_refund(**changes))
    with pytest.raises(RejectedError) as raised:
        memo_body(desired_refund(**changes), ids)
    assert raised.value.code == "MALFORMED_REFUND"


def test_what_was_sent_reads_back_equal_whatever_people_note_on_it(ids):
    body = memo_body(desired_refund(), ids)
    found = as_read(body)
    found["item"]["items"].reverse()
    found["memo"] = "checked by Ann"
    found["item"]["items"][0]["amount"] = "2.4"
    assert difference(body, found) == ""


@pytest.mark.parametrize(
    ("edit", "reported"),
    [
        (lambda found: found.update(void=True), "it is void"),
        (lambda found: found.update(tranDate="2026-12-01"), "date 2026-12-01, desired 2026-11-02"),
        (lambda found: found.update(currency={"id": "2"}), "currency id 2, desired 1"),
        (lambda found: found.update(total=Decimal("13")), "total 13, desired 12.5"),
        (
            lambda found: found["item"]["items"][0].update(amount=Decimal("9")),
            "there only: 1 for 9; desired only: 1 for 10.1",
        ),
        (lambda found: found["item"]["items"].pop(), "desired only: 1 for 2.4"),
    ],
    ids=["void", "date", "currency", "total", "amount", "line gone"],
)
def test_what_moves_money_is_a_difference(ids, edit, reported):
    body = memo_body(desired_refund(), ids)
    found = as_read(body)
    edit(found)
    assert reported in difference(body, found)


def test_customer_and_item_are_compared_where_they_are_named_by_internal_id(ids):
    body = memo_body(desired_refund(customer="502", item="602"), ids)
    assert difference(body, as_read(body)) == (
        "entity id 501, desired 502; lines there only: 1 for 10.1 with item id 601, 1 for 2.4 with item id 601;"
        " desired only: 1 for 10.1 with item id 602, 1 for 2.4 with item id 602"
    )
