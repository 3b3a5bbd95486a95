"""What we rely on in TikTok Shop's finance records (fact sheet tiktok_shop 7.2, 7.4, 7.6).

Belongs here: their fields, vocabulary and formats. Does not: identities between amounts (dbt), goods (goods).
"""

from __future__ import annotations

from expectations.suites.claims import Suite, amounts, currency, digits, epochs, fields, one_of, present

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
_SUMMARY_AMOUNTS = ("total_settlement_amount", "total_reserve_amount", "payable_amount")
_ESTIMATES = (
    "est_settlement_amount",
    "est_revenue_amount",
    "est_shipping_cost_amount",
    "est_fee_tax_amount",
    "est_adjustment_amount",
)

SUITES = (
    Suite(
        "raw_tiktok_shop.statements",
        fields(*_STATEMENT_AMOUNTS, "currency", "statement_time", "payment_status"),
        [
            *amounts(*_STATEMENT_AMOUNTS),
            currency("currency"),
            *present("settlement_amount", "statement_time"),
            one_of("payment_status", ("PAID", "FAILED", "PROCESSING", "SETTLED")),
        ],
    ),
    Suite(
        "raw_tiktok_shop.statement_transactions",
        fields(*_LINE_AMOUNTS, "type", "reserve_status"),
        [*amounts(*_LINE_AMOUNTS), *present("type"), one_of("reserve_status", ("COLLECTED", "RELEASED"))],
    ),
    Suite(
        "raw_tiktok_shop.statement_summaries",
        fields(*_SUMMARY_AMOUNTS, "currency"),
        [*digits("id"), *amounts(*_SUMMARY_AMOUNTS), currency("currency")],
    ),
    Suite(
        "raw_tiktok_shop.payments",
        {name: f"{name}.value" for name in _PAYMENT_AMOUNTS}
        | fields("status", currency="amount.currency", settlement_currency="settlement_amount.currency"),
        [
            *amounts(*_PAYMENT_AMOUNTS),
            currency("currency"),
            currency("settlement_currency"),
            *present("amount"),
            one_of("status", ("PAID", "FAILED", "PROCESSING")),
        ],
    ),
    Suite(
        "raw_tiktok_shop.unsettled_transactions",
        fields(*_ESTIMATES, "currency", "order_id", "order_create_time", "order_delivery_time", "type"),
        [
            *digits("id", "order_id"),
            *amounts(*_ESTIMATES),
            currency("currency"),
            *epochs("order_create_time", "order_delivery_time"),
            *present("type"),
        ],
    ),
)
