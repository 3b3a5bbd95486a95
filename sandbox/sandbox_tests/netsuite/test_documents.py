"""Invoices, return authorizations, receipts, credit memos and cash refunds: what makes one valid, and what it posts."""

from __future__ import annotations

import pytest

REFUND_ITEM = {"externalId": "ITEM-TTS-REFUND"}
ACCOUNTS = (
    "SELECT a.acctnumber, tal.debit, tal.credit, tl.mainline, tl.taxline, tl.quantity"
    " FROM transactionaccountingline tal INNER JOIN account a ON a.id = tal.account"
    " INNER JOIN transactionline tl ON tl.transaction = tal.transaction AND tl.id = tal.transactionline"
    " WHERE tal.transaction = ? ORDER BY tal.transactionline"
)


def document(*amounts, **body):
    items = [{"item": REFUND_ITEM, "quantity": 1, "amount": amount} for amount in amounts or (12.5,)]
    return {"entity": {"externalId": "CUST-TTS-UK"}, "tranDate": "2026-01-04", "item": {"items": items}, **body}


def refusal(answer):
    assert answer.status_code == 400, answer.text
    return answer.json()["o:errorDetails"][0]["detail"]


def written(client, kind, body):
    answer = client.post(f"/record/v1/{kind}", json=body)
    assert answer.status_code == 204, answer.text
    return answer.headers["location"]


def read(client, location):
    return client.get(location, params={"expandSubResources": "true"}).json()


def number_of(location):
    return location.rsplit("/", 1)[1]


def test_the_account_says_its_customers_and_its_refund_item(live, query):
    assert live.entry["customers"] == {"CUST-TTS-UK": "501", "CUST-TTS-US": "502"}
    (id,) = live.entry["refund_item"].values()
    (item,) = query("SELECT itemid, itemtype, incomeaccount FROM item WHERE id = ?", id)
    assert item == {"itemid": "TikTok Shop refund", "itemtype": "NonInvtPart", "incomeaccount": "119"}


def test_a_credit_memo_debits_its_items_income_account_and_credits_receivables(client, query):
    location = written(client, "creditMemo", document(10.1, 2.4, externalId="R-1"))
    assert query(ACCOUNTS, number_of(location)) == [
        {"acctnumber": "1100", "credit": "12.5", "mainline": "T", "taxline": "F"},
        {"acctnumber": "4020", "debit": "10.1", "mainline": "F", "taxline": "F", "quantity": "1"},
        {"acctnumber": "4020", "debit": "2.4", "mainline": "F", "taxline": "F", "quantity": "1"},
    ]
    (header,) = query("SELECT type, externalid, entity, foreigntotal, status, posting FROM transaction")
    assert header == {
        "type": "CustCred", "externalid": "R-1", "entity": "501", "foreigntotal": "-12.5", "status": "A",
        "posting": "T",
    }  # fmt: skip


def test_a_credit_memo_reads_back_with_totals_and_without_what_is_private(client):
    body = read(client, written(client, "creditMemo", document(10.1, 2.4, memo="refund")))
    assert (body["tranId"], body["total"], body["applied"], body["unapplied"]) == ("CM1", 12.5, 0.0, 12.5)
    assert body["status"] == {"id": "A", "refName": "Open"}
    first = body["item"]["items"][0]
    assert (first["quantity"], first["rate"], first["amount"]) == (1.0, 10.1, 10.1)
    assert first["item"]["links"][0]["href"].endswith("/record/v1/nonInventorySaleItem/601")
    assert not [name for name in (*body, *first) if name.startswith("_")]


def test_a_credit_memo_is_on_receivables_alone(client, query):
    location = written(client, "creditMemo", document(account={"externalId": "ACC-1110"}))
    assert query(ACCOUNTS, number_of(location))[0]["acctnumber"] == "1110"
    body = document(account={"externalId": "ACC-1250"})
    assert "Invalid account reference key" in refusal(client.post("/record/v1/creditMemo", json=body))


def test_a_cash_refund_leaves_undeposited_funds_unless_an_account_is_named(client, query):
    default = written(client, "cashRefund", document())
    named = written(client, "cashRefund", document(account={"externalId": "ACC-1250"}))
    found = [query(ACCOUNTS, number_of(location))[0]["acctnumber"] for location in (default, named)]
    assert found == ["1200", "1250"]
    assert query("SELECT type, foreigntotal FROM transaction ORDER BY id")[0] == {
        "type": "CashRfnd",
        "foreigntotal": "-12.5",
    }


def test_tax_and_shipping_are_lines_of_their_own_and_all_balances(client, query):
    body = document(10, shippingCost=1.5)
    body["item"]["items"][0]["tax1Amt"] = 2
    rows = query(ACCOUNTS, number_of(written(client, "invoice", body)))
    assert [(row["acctnumber"], row.get("debit"), row.get("credit"), row["taxline"]) for row in rows] == [
        ("1100", "13.5", None, "F"), ("4020", None, "10", "F"), ("4030", None, "1.5", "F"), ("2200", None, "2", "T"),
    ]  # fmt: skip


def test_a_customers_currency_is_the_documents_and_the_books_are_in_the_companys(client, query):
    location = written(client, "creditMemo", document(10, entity={"externalId": "CUST-TTS-US"}))
    assert read(client, location)["currency"]["refName"] == "US Dollar"
    assert [row.get("debit") or row["credit"] for row in query(ACCOUNTS, number_of(location))] == ["7.9", "7.9"]


@pytest.mark.parametrize("kind", ["invoice", "creditMemo", "cashRefund", "returnAuthorization"])
def test_a_document_needs_a_customer_items_and_a_total_that_is_not_negative(client, kind):
    unowned = {name: value for name, value in document().items() if name != "entity"}
    assert "Customer" in refusal(client.post(f"/record/v1/{kind}", json=unowned))
    assert "line item" in refusal(client.post(f"/record/v1/{kind}", json=document(item={"items": []})))
    assert "item" in refusal(client.post(f"/record/v1/{kind}", json=document(item={"items": [{"amount": 1}]})))
    assert "negative" in refusal(client.post(f"/record/v1/{kind}", json=document(-0.01)))
    unknown = document(item={"items": [{"item": {"externalId": "ITEM-9"}, "amount": 1}]})
    assert "ITEM-9 is not a valid Item" in refusal(client.post(f"/record/v1/{kind}", json=unknown))


def test_a_closed_period_takes_no_credit_memo_and_gives_none_back(client, live):
    assert "Oct 2025" in refusal(client.post("/record/v1/creditMemo", json=document(tranDate="2025-10-31")))
    location = written(client, "creditMemo", document())
    period = client.get(location).json()["postingPeriod"]["id"]
    live.store.patch("netsuite", "accountingPeriod", period, {"closed": True})
    assert "Jan 2026" in refusal(client.delete(location))


def test_an_external_id_is_one_credit_memos_and_may_be_a_cash_refunds_too(client):
    written(client, "creditMemo", document(externalId="R-1"))
    assert "already exists" in refusal(client.post("/record/v1/creditMemo", json=document(externalId="R-1")))
    written(client, "cashRefund", document(externalId="R-1"))
    assert client.get("/record/v1/creditMemo/eid:R-1").json()["tranId"] == "CM1"


def test_a_deleted_credit_memo_is_gone_and_listed(client, query):
    location = written(client, "creditMemo", document(externalId="R-1"))
    assert client.delete(location).status_code == 204
    assert client.get("/record/v1/creditMemo/eid:R-1").status_code == 404
    (row,) = query("SELECT type, scriptid, recordid FROM deletedrecord")
    assert row == {"type": "Credit Memo", "scriptid": "creditmemo", "recordid": number_of(location)}


def test_a_changed_line_changes_the_total_and_a_list_finds_it(client):
    location = written(client, "creditMemo", document(10, 5))
    changed = client.patch(location, json={"item": {"items": [{"line": 2, "amount": 4}]}, "memo": "checked"})
    assert changed.status_code == 204
    assert (read(client, location)["total"], read(client, location)["memo"]) == (14.0, "checked")
    found = client.get("/record/v1/creditMemo", params={"q": 'memo IS "checked"'}).json()
    assert [item["id"] for item in found["items"]] == [number_of(location)]


def test_a_void_sets_lines_and_amounts_to_zero(client, live, query):
    location = written(client, "creditMemo", document(10))
    live.store.patch("netsuite", "creditMemo", number_of(location), {"void": True})
    body = read(client, location)
    assert (body["total"], body["unapplied"], body["item"]["items"][0]["amount"]) == (0.0, 0.0, 0.0)
    assert query("SELECT void, foreigntotal FROM transaction") == [{"void": "T", "foreigntotal": "0"}]


def test_a_credit_memo_pays_invoices_in_part_and_in_full(client):
    first, second = (written(client, "invoice", document(amount)) for amount in (10, 4))
    apply = [{"doc": {"id": number_of(first)}, "apply": True}, {"doc": {"id": number_of(second)}, "amount": 1}]
    memo = written(client, "creditMemo", document(12, apply={"items": apply}))
    body = read(client, memo)
    assert (body["applied"], body["unapplied"], body["status"]["refName"]) == (11.0, 1.0, "Open")
    assert [
        (read(client, each)["status"]["refName"], read(client, each)["amountRemaining"]) for each in (first, second)
    ] == [
        ("Paid In Full", 0.0),
        ("Open", 3.0),
    ]
    rest = {"apply": {"items": [{"doc": {"id": number_of(second)}, "amount": 2}]}}
    assert client.patch(memo, json=rest).status_code == 204
    assert (read(client, memo)["status"]["refName"], read(client, second)["amountRemaining"]) == ("Fully Applied", 2.0)
    assert client.get(f"{memo}/apply/{number_of(second)}").json()["amount"] == 2.0
    assert client.delete(memo).status_code == 204
    assert [read(client, each)["amountRemaining"] for each in (first, second)] == [10.0, 4.0]


def test_no_more_is_applied_than_there_is(client):
    invoice = number_of(written(client, "invoice", document(10)))
    theirs = number_of(written(client, "invoice", document(10, entity={"id": 502})))

    def applied(**line):
        return refusal(client.post("/record/v1/creditMemo", json=document(12, apply={"items": [line]})))

    assert "within what invoice INV1 has open" in applied(doc={"id": invoice}, amount=10.01)
    assert "another customer's" in applied(doc={"id": theirs}, amount=1)
    assert "doc" in applied(amount=1)
    small = document(5, apply={"items": [{"doc": {"id": invoice}, "amount": 6}]})
    assert "exceeds the credit memo's total" in refusal(client.post("/record/v1/creditMemo", json=small))
