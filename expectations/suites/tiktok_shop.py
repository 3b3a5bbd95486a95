"""What we rely on in TikTok Shop's finance records (fact sheet tiktok_shop 7.2, 7.4).

Belongs here: their fields, vocabulary and formats. Does not: identities between amounts (dbt).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from expectations.suites.claims import Suite, amounts, currency, field, one_of, present, suite_of

if TYPE_CHECKING:
    from great_expectations import ExpectationSuite

_STATEMENT_AMOUNTS = ("settlement_amount", "revenue_amount", "fee_amount", "adjustment_amount", "net_sales_amount")
_LINE_AMOUNTS = (
    "settlement_amount",
    "revenue_amount",
    "shipping_cost_amount",
    "fee_tax_amount",
    "adjustment_amount",
    "reserve_amount",
)
_PAYMENT_AMOUNTS = ("amount", "settlement_amount", "payment_amount_before_exchange")


def statements() -> ExpectationSuite:
    """Statements: money readable, a currency, a known payment status."""
    claims = [
        *amounts(*_STATEMENT_AMOUNTS),
        currency("currency"),
        present("settlement_amount"),
        present("statement_time"),
        one_of("payment_status", ("PAID", "FAILED", "PROCESSING", "SETTLED")),
    ]
    return suite_of("raw_tiktok_shop.statements", claims)


def statement_transactions() -> ExpectationSuite:
    """Statement lines: money readable, a type, a known reserve status."""
    claims = [*amounts(*_LINE_AMOUNTS), present("type"), one_of("reserve_status", ("COLLECTED", "RELEASED"))]
    return suite_of("raw_tiktok_shop.statement_transactions", claims)


def payments() -> ExpectationSuite:
    """Payments: money readable in both currencies, a known status, a rate that is a number."""
    claims = [
        *amounts(*_PAYMENT_AMOUNTS),
        currency("currency"),
        currency("settlement_currency"),
        present("amount"),
        one_of("status", ("PAID", "FAILED", "PROCESSING")),
    ]
    return suite_of("raw_tiktok_shop.payments", claims)


SUITES = (
    Suite(
        "raw_tiktok_shop.statements",
        {name: field(name) for name in (*_STATEMENT_AMOUNTS, "currency", "statement_time", "payment_status")},
        statements,
    ),
    Suite(
        "raw_tiktok_shop.statement_transactions",
        {name: field(name) for name in (*_LINE_AMOUNTS, "type", "reserve_status")},
        statement_transactions,
    ),
    Suite(
        "raw_tiktok_shop.payments",
        {name: field(f"{name}.value") for name in _PAYMENT_AMOUNTS}
        | {
            "currency": field("amount.currency"),
            "settlement_currency": field("settlement_amount.currency"),
            "status": field("status"),
        },
        payments,
    ),
)
