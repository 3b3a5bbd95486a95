"""Documents made from others: order to invoice, invoice to credit memo, return authorization to receipt and refund."""

from __future__ import annotations

import pytest

from sandbox_tests.netsuite.test_documents import document, number_of, read, refusal, written


def order(client, *quantities):
    lines = [{"item": item(client, f"SKU-{place}"), "quantity": quantity, "rate": 5}
             for place, quantity in enumerate(quantities or (2,), 1)]  # fmt: skip
    return written(client, "salesOrder", document(item={"items": lines}))


def item(client, name):
    client.put(f"/record/v1/inventoryItem/eid:{name}", json={"itemId": name, "cost": 1.5})
    return {"externalId": name}


def transform(client, location, target, **body):
    return client.post(f"{location}/!transform/{target}", json=body)


def made(client, location, target, **body):
    answer = transform(client, location, target, **body)
    assert answer.status_code == 204, answer.text
    return answer.headers["location"]


def status(client, location):
    return read(client, location)["status"]["refName"]


def lines(client, location):
    return [(line["orderLine"], line["quantity"]) for line in read(client, location)["item"]["items"]]


def test_an_order_becomes_an_invoice_with_customer_lines_and_the_callers_values(client):
    source = order(client, 2, 1)
    invoice = made(client, source, "invoice", externalId="INV-1", memo="shipped")
    body = read(client, invoice)
    assert (body["total"], body["externalId"], body["memo"]) == (15.0, "INV-1", "shipped")
    assert (body["entity"]["id"], body["createdFrom"]["id"]) == ("501", number_of(source))
    assert body["createdFrom"]["links"][0]["href"] == source
    assert lines(client, invoice) == [(1, 2.0), (2, 1.0)]
    assert status(client, source) == "Pending Fulfillment"  # billed before its goods are shipped


def test_an_order_is_invoiced_in_parts_and_not_twice(client):
    source = order(client, 3)
    made(client, source, "invoice", item={"items": [{"orderLine": 1, "quantity": 2}]})
    rest = made(client, source, "invoice")
    assert lines(client, rest) == [(1, 1.0)]
    assert read(client, rest)["total"] == 5.0
    assert "not a valid transformation" in refusal(transform(client, source, "invoice"))


def test_an_invoice_becomes_a_credit_memo_that_pays_it(client):
    invoice = made(client, order(client, 2), "invoice")
    memo = made(client, invoice, "creditMemo", item={"items": [{"orderLine": 1, "quantity": 1}]})
    assert (read(client, memo)["applied"], read(client, memo)["status"]["refName"]) == (5.0, "Fully Applied")
    assert read(client, invoice)["amountRemaining"] == 5.0


def test_a_return_authorization_goes_through_its_letters(client):
    source = made(client, order(client, 2, 1), "returnAuthorization", orderStatus={"id": "A"})
    assert status(client, source) == "Pending Approval"
    assert "Pending Approval" in refusal(transform(client, source, "itemReceipt"))
    client.patch(source, json={"orderStatus": {"id": "B"}})
    assert status(client, source) == "Pending Receipt"
    only_one = [{"orderLine": 1, "quantity": 1}, {"orderLine": 2, "itemReceive": False}]
    receipt = made(client, source, "itemReceipt", item={"items": only_one})
    assert lines(client, receipt) == [(1, 1.0)]
    assert status(client, source) == "Pending Refund/Partially Received"
    made(
        client, source, "creditMemo", item={"items": [{"orderLine": 1, "quantity": 1}, {"orderLine": 2, "quantity": 0}]}
    )
    assert status(client, source) == "Partially Received"
    made(client, source, "itemReceipt")
    assert status(client, source) == "Pending Refund"
    refund = made(client, source, "cashRefund")
    assert status(client, source) == "Refunded"
    assert client.delete(refund).status_code == 204
    assert status(client, source) == "Pending Refund"


def test_an_authorization_closes_with_its_last_line(client):
    source = written(client, "returnAuthorization", document(10))
    client.patch(source, json={"item": {"items": [{"line": 1, "isClosed": True}]}})
    assert status(client, source) == "Closed"
    assert "Closed" in refusal(transform(client, source, "creditMemo"))


def test_no_more_is_received_or_refunded_than_was_authorized(client):
    source = made(client, order(client, 2), "returnAuthorization")
    for target in ("itemReceipt", "creditMemo", "cashRefund"):
        over = {"items": [{"orderLine": 1, "quantity": 3}]}
        assert "exceeds the 2 open" in refusal(transform(client, source, target, item=over))
    made(client, source, "creditMemo")
    assert "every line is already in one" in refusal(transform(client, source, "cashRefund"))


def test_a_receipt_books_cost_into_stock_and_is_in_suiteql_under_its_source(client, query):
    source = made(client, order(client, 2), "returnAuthorization")
    receipt = made(client, source, "itemReceipt")
    rows = query(
        "SELECT a.acctnumber, tal.amount, tl.quantity, tl.iscogs, tl.createdfrom FROM transactionaccountingline tal"
        " INNER JOIN account a ON a.id = tal.account INNER JOIN transactionline tl ON tl.transaction = tal.transaction"
        " AND tl.id = tal.transactionline WHERE tal.transaction = ? ORDER BY tl.id", number_of(receipt),
    )  # fmt: skip
    created = {"createdfrom": number_of(source)}
    assert rows == [
        {"acctnumber": "1300", "amount": "3", "quantity": "2", "iscogs": "F", **created},
        {"acctnumber": "5000", "amount": "-3", "iscogs": "T", **created},
    ]
    assert (
        query(
            "SELECT id FROM transactionaccountingline WHERE transaction = ?".replace("id", "account", 1),
            number_of(source),
        )
        == []
    )


def test_a_receipt_comes_of_an_authorization_alone(client):
    body = {"entity": {"id": 501}, "item": {"items": [{"item": item(client, "SKU-1"), "quantity": 1}]}}
    assert "Created From" in refusal(client.post("/record/v1/itemReceipt", json=body))
    of_invoice = {**body, "createdFrom": {"id": number_of(written(client, "invoice", document()))}}
    assert "createdFrom" in client.post("/record/v1/itemReceipt", json=of_invoice).text


def test_a_credit_memo_may_name_what_it_comes_of_and_takes_its_customer(client):
    source = written(client, "returnAuthorization", document(10, entity={"id": 502}))
    body = {name: value for name, value in document(10).items() if name != "entity"}
    memo = read(client, written(client, "creditMemo", {**body, "createdFrom": {"id": number_of(source)}}))
    assert (memo["entity"]["id"], memo["currency"]["refName"]) == ("502", "US Dollar")


def test_what_others_came_of_cannot_be_deleted_before_them(client):
    source = made(client, order(client, 2), "returnAuthorization")
    receipt = made(client, source, "itemReceipt")
    assert "linked to by one or more" in refusal(client.delete(source))
    assert client.delete(receipt).status_code == 204
    assert client.delete(source).status_code == 204


@pytest.mark.parametrize(
    ("kind", "target"), [("invoice", "cashRefund"), ("creditMemo", "invoice"), ("salesOrder", "nonsense")]
)
def test_other_pairs_are_refused(client, kind, target):
    assert "not a valid transformation" in refusal(transform(client, written(client, kind, document()), target))


def test_a_repeated_transform_under_the_same_external_id_is_refused(client):
    source = made(client, order(client, 2), "returnAuthorization", externalId="RMA-1")
    one = {"externalId": "R-1", "item": {"items": [{"orderLine": 1, "quantity": 1}]}}
    made(client, source, "creditMemo", **one)
    assert "already exists" in refusal(
        client.post("/record/v1/returnAuthorization/eid:RMA-1/!transform/creditMemo", json=one)
    )
