"""Customer deposits, payments and cash sales: what they pay, what they post, and when they are in the bank."""

from __future__ import annotations

from sandbox_tests.netsuite.test_documents import ACCOUNTS, document, number_of, read, refusal, written
from sandbox_tests.netsuite.test_transforms import made, order, status, transform

PAYER = {"externalId": "CUST-TTS-UK"}


def posted(query, location):
    return [(row["acctnumber"], row.get("debit"), row.get("credit")) for row in query(ACCOUNTS, number_of(location))]


def test_a_deposit_for_an_order_is_applied_to_its_invoice_until_nothing_is_left(client, query):
    sold = order(client, 2)
    deposit = written(client, "customerDeposit", {"salesOrder": {"id": number_of(sold)}, "payment": 10})
    assert (status(client, deposit), read(client, sold)["amountDeposited"]) == ("Not Deposited", 10.0)
    assert posted(query, deposit) == [("1200", "10", None), ("2400", None, "10")]
    invoice = made(client, sold, "invoice")
    application = made(client, deposit, "depositApplication", apply={"items": [{"doc": {"id": number_of(invoice)}}]})
    assert posted(query, application) == [("2400", "10", None), ("1100", None, "10")]
    assert (status(client, deposit), status(client, invoice)) == ("Fully Applied", "Paid In Full")
    links = query("SELECT previousdoc, linktype FROM nexttransactionlinelink WHERE nextdoc = ? ORDER BY linktype",
                  number_of(application))  # fmt: skip
    assert links == [{"previousdoc": number_of(deposit), "linktype": "DepAppl"},
                     {"previousdoc": number_of(invoice), "linktype": "Payment"}]  # fmt: skip
    client.delete(application)
    assert (status(client, deposit), status(client, invoice)) == ("Not Deposited", "Open")


def test_no_more_of_a_deposit_is_applied_than_it_has(client):
    deposit = written(client, "customerDeposit", {"customer": PAYER, "payment": 4, "undepFunds": True})
    invoice = made(client, order(client, 2), "invoice")
    lines = {"items": [{"doc": {"id": number_of(invoice)}, "amount": 5}]}
    assert "exceeds the total" in refusal(transform(client, deposit, "depositApplication", apply=lines))
    made(client, deposit, "depositApplication", apply={"items": [{"doc": {"id": number_of(invoice)}}]})
    assert read(client, invoice)["amountRemaining"] == 6.0
    assert "is below what is applied" in refusal(client.patch(deposit, json={"payment": 3}))


def test_a_payment_of_an_invoice_is_deposited_by_a_bank_deposit_that_lists_it(client, query):
    invoice = made(client, order(client, 2), "invoice")
    payment = made(client, invoice, "customerPayment")
    assert (status(client, payment), status(client, invoice)) == ("Not Deposited", "Paid In Full")
    assert posted(query, payment) == [("1200", "10", None), ("1100", None, "10")]
    lines = {"items": [{"id": number_of(payment), "deposit": True, "paymentAmount": 10}]}
    bank = {"account": {"externalId": "ACC-1010"}, "subsidiary": {"id": "1"}, "payment": lines}
    location = written(client, "deposit", bank)
    assert status(client, payment) == "Deposited"
    client.delete(location)
    assert status(client, payment) == "Not Deposited"


def test_a_payment_for_several_invoices_keeps_what_is_left(client):
    first, second = (made(client, order(client, 2), "invoice") for _ in range(2))
    lines = [{"doc": {"id": number_of(each)}} for each in (first, second)]
    payment = written(client, "customerPayment", {"customer": PAYER, "payment": 25, "apply": {"items": lines}})
    body = read(client, payment)
    assert (body["applied"], body["unapplied"]) == (20.0, 5.0)


def test_an_order_is_sold_for_cash_and_refunded(client, query):
    sold = order(client, 2)
    sale = made(client, sold, "cashSale", account={"externalId": "ACC-1250"})
    assert posted(query, sale) == [("1250", "10", None), ("4000", None, "10")]
    assert status(client, sale) == "Deposited"
    assert "every line is already in one" in refusal(transform(client, sold, "invoice"))
    refund = made(client, sale, "cashRefund")
    assert read(client, refund)["total"] == 10.0
    assert "every line is already in one" in refusal(transform(client, sale, "cashRefund"))


def test_what_lacks_its_amount_or_is_anothers_is_refused(client):
    nothing = client.post("/record/v1/customerPayment", json={"customer": PAYER})
    assert "Payment Amount" in refusal(nothing)
    sold = written(client, "salesOrder", document())
    body = {"customer": {"externalId": "CUST-TTS-US"}, "salesOrder": {"id": number_of(sold)}, "payment": 1}
    assert "another customer" in refusal(client.post("/record/v1/customerDeposit", json=body))
