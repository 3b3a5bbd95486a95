"""How an account is set up: forms, custom fields, preferences, reserved calls, and saves that meet each other."""

from __future__ import annotations

import threading

import httpx

from sandbox_tests.netsuite.test_documents import document, read, refusal, written
from sandbox_tests.netsuite.test_sales_orders import level, line, ordered, stocked
from sandbox_tests.netsuite.test_transforms import made, status, transform

STRICT = {"X-NetSuite-PropertyNameValidation": "error"}


def switched(live, **switches):
    live.store.set_meta("limits", {"netsuite": switches})


def test_a_form_forbids_and_demands_fields(client, live):
    switched(live, forms={"salesOrder": {"hidden": ["email"], "mandatory": ["otherRefNum"]}})
    hidden = client.post("/record/v1/salesOrder", json=document(email="a@b.example", otherRefNum="1"))
    assert hidden.json()["o:errorDetails"][0]["o:errorPath"] == "email"
    assert "otherRefNum" in refusal(client.post("/record/v1/salesOrder", json=document()))
    order = written(client, "salesOrder", document(otherRefNum="1"))
    assert "otherRefNum" in refusal(client.patch(order, json={"otherRefNum": None}))


def test_a_custom_field_is_there_as_long_as_its_record(client, live, query):
    order = written(client, "salesOrder", document(custbody_channel_shop="GB"))
    assert read(client, order)["custbody_channel_shop"] == "GB"
    assert query("SELECT custbody_channel_shop AS shop FROM transaction") == [{"shop": "GB"}]
    (field,) = query("SELECT id, scriptid FROM customfield WHERE scriptid = 'CUSTBODY_CHANNEL_SHOP'")
    live.store.delete("netsuite", "customField", field["id"])
    answer = client.post("/record/v1/salesOrder", json=document(custbody_channel_shop="GB"), headers=STRICT)
    assert answer.json()["o:errorDetails"][0]["o:errorCode"] == "NONEXISTENT_FIELD"


def test_goods_are_billed_when_they_have_been_shipped_where_the_account_wants_it_so(client, live):
    switched(live, invoice_in_advance=False)
    stocked(client, "SOAP", 2)
    order = ordered(client, ("SOAP", 3))
    assert "every line is already in one" in refusal(transform(client, order, "invoice"))
    fulfilment = made(client, order, "itemFulfillment", shipStatus={"id": "C"})
    invoice = made(client, order, "invoice")
    assert (read(client, invoice)["total"], status(client, order)) == (10.0, "Partially Fulfilled")
    assert "has been billed" in refusal(client.delete(fulfilment))


def test_an_account_may_ship_what_it_has_not(client, live, query):
    switched(live, fulfil_uncommitted=True)
    item = stocked(client, "SOAP", 1)
    order = ordered(client, ("SOAP", 2))
    made(client, order, "itemFulfillment", shipStatus={"id": "C"})
    assert level(query, item)[0] == "-1"
    assert line(client, order)["quantityFulfilled"] == 2.0


def test_what_was_moved_by_hand_is_not_shipped(client, live):
    item = stocked(client, "SOAP", 2)
    order = ordered(client, ("SOAP", 2))
    live.store.patch("netsuite", "itemLocation", f"{item}001", {"quantityOnHand": "1"})
    assert "less on hand" in refusal(transform(client, order, "itemFulfillment", shipStatus={"id": "C"}))


def test_calls_are_reserved_for_an_integration_or_taken_by_others(client, live):
    limits = "/system/v1/governanceLimits"
    switched(live, calls_of_others=5)
    assert client.get(limits).status_code == 429
    switched(live, calls_of_others=5, integration_concurrency=2)
    assert client.get(limits).json() == {
        "accountConcurrencyLimit": 5, "accountUnallocatedConcurrencyLimit": 3, "integrationConcurrencyLimit": 2,
        "integrationLimitType": "integrationSpecific",
    }  # fmt: skip


def test_of_two_saves_at_once_the_later_is_refused(client, live):
    order = written(client, "salesOrder", document())
    switched(live, latency_seconds=0.5)
    answers: list[httpx.Response] = []
    headers = dict(client.headers)

    def save(memo: str) -> None:
        answers.append(httpx.patch(order, json={"memo": memo}, headers=headers, timeout=30))

    threads = [threading.Thread(target=save, args=(memo,)) for memo in ("one", "two")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answer.status_code for answer in answers) == [204, 400]
    (refused,) = [answer for answer in answers if answer.status_code == 400]
    assert refused.json()["o:errorDetails"][0]["o:errorCode"] == "RCRD_HAS_BEEN_CHANGED"
