"""Refunds, their documents and the journals add up to the penny, and what waits is named."""

from decimal import Decimal

from orchestration.demo.documents import documents
from tests.orchestration.explain.test_explain import put

NAMES = {"S": "Shop", "J": "By journal"}


def refund(warehouse, order, amount, *, settlement="equal", books="booked", **rest):
    of_it = {"return_id": f"R{order}", "order_id": order, "shop_id": "S", "stage": "refunded", "currency": "GBP"}
    net = Decimal(amount) / Decimal("1.2")
    booked = net if books == "booked" else None
    values = of_it | {"settlement": settlement, "books": books, "document_amount": net, "booked_amount": booked}
    put(warehouse, "operations.refunds", **values | {"seller_amount": amount} | rest)


def settle(warehouse, order, amount, *, status="posted"):
    payment = f"P{order}"
    line = {"shop_id": "S", "order_id": order, "payment_id": payment, "line_class": "refund", "amount": f"-{amount}"}
    put(warehouse, "finance.payout_lines", **line, vat_amount=-Decimal(amount) / 6)
    put(warehouse, "finance.payouts", payment_id=payment, shop_id="S", books_status=status)


def test_what_is_left_on_the_account_is_what_waits(warehouse):
    refund(warehouse, "cleared", "12.00")
    settle(warehouse, "cleared", "12.00")
    refund(warehouse, "unpaid", "6.00")
    settle(warehouse, "unpaid", "6.00", status="not_posted")
    refund(warehouse, "unsettled", "24.00", settlement="waits_for_settlement")
    refund(warehouse, "odd", "36.00", settlement="settled_more")
    settle(warehouse, "odd", "35.40")
    refund(warehouse, "missing", "1.20", books="missing")
    refund(warehouse, "other", "9.00", shop_id="J", document_amount=None, booked_amount=None, books="in_journal")
    [sentence], [(_, amounts), (_, waiting)] = documents(warehouse, NAMES)
    assert (
        sentence == "5 refunds booked as documents: 1 order cleared by payouts to the penny, 2 wait, 2 do not tie out"
    )
    assert {row[""].strip(): row["Shop"] for row in amounts} == {
        "refunds paid to buyers, as the seller bears them": Decimal("79.20"),
        "VAT of these, in the payouts' journals": Decimal("13.20"),
        "booked as documents, on the customer's account": Decimal("65.00"),
        "taken back by payouts' journals, off that account": Decimal("39.50"),
        "left on the account": Decimal("25.50"),
        "of refunds that wait, each named below": Decimal("25.00"),
        "unexplained": Decimal("0.50"),
    }
    assert {row["order_id"]: row["waits_for"] for row in waiting} == {
        "unpaid": "its payout",
        "unsettled": "its settlement",
        "odd": "nothing: it does not tie out",
        "missing": "not booked as it should be",
    }


def test_where_no_refund_has_a_document_nothing_is_said(warehouse):
    refund(warehouse, "other", "9.00", document_amount=None, booked_amount=None, books="in_journal")
    assert documents(warehouse, NAMES) == ([], [])
