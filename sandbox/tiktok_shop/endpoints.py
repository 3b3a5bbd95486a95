"""The table of endpoints TikTok Shop serves here: path, versions, scope, cipher rule, answer.

Belongs here: one row per endpoint (fact sheet tiktok_shop 1.3, 1.4, 1.6, 3.1, 7.2, 8.2). Does not: any behaviour.
"""

from __future__ import annotations

from sandbox.store import Body
from sandbox.tiktok_shop import finance, order_transactions, orders, subscriptions
from sandbox.tiktok_shop.request import Endpoint, Request

_SHOP, _ORDER, _FINANCE = "seller.shop.info", "seller.order.info", "seller.finance.info"
_AUTHORIZATION = "seller.authorization.info"
_STATEMENT = "/finance/{version}/statements/{statement_id}/statement_transactions"
_BY_ORDER = "/finance/{version}/orders/{order_id}/statement_transactions"
_WEBHOOKS = "/event/{version}/webhooks"


def authorized_shops(request: Request) -> Body:
    """Answer GET /authorization/202309/shops."""
    shops = request.store.select("tiktok_shop", "shops")
    keys = ("id", "name", "region", "seller_type", "cipher", "code")
    return {"shops": [{key: shop.body.get(key, "") for key in keys} for shop in shops]} if shops else {}


def active_shops(request: Request) -> Body:
    """Answer GET /seller/202309/shops."""
    shops = request.store.select("tiktok_shop", "shops")
    return {"shops": [{"id": shop.id, "region": shop.body["region"]} for shop in shops]} if shops else {}


def permissions(request: Request) -> Body:
    """Answer GET /seller/202309/permissions."""
    return {"permissions": ["MANAGE_GLOBAL_PRODUCT"]}


ENDPOINTS = (
    Endpoint("GET", "/authorization/{version}/shops", ("202309",), _AUTHORIZATION, authorized_shops, False),
    Endpoint("GET", "/seller/{version}/shops", ("202309",), _SHOP, active_shops, False),
    Endpoint("GET", "/seller/{version}/permissions", ("202309",), _SHOP, permissions, False),
    Endpoint("POST", "/order/{version}/orders/search", ("202309",), _ORDER, orders.search),
    Endpoint("GET", "/order/{version}/orders", ("202309", "202507"), _ORDER, orders.detail),
    Endpoint("GET", "/order/{version}/orders/{order_id}/price_detail", ("202407",), _ORDER, orders.price_detail),
    Endpoint("GET", "/finance/{version}/statements", ("202309",), _FINANCE, finance.statements),
    Endpoint("GET", _STATEMENT, ("202501",), _FINANCE, finance.statement_transactions),
    Endpoint("GET", _STATEMENT, ("202309",), _FINANCE, finance.flat_statement_transactions),
    Endpoint("GET", _BY_ORDER, ("202501",), _FINANCE, order_transactions.transactions_by_order),
    Endpoint("GET", _BY_ORDER, ("202309",), _FINANCE, order_transactions.flat_transactions_by_order),
    Endpoint("GET", "/finance/{version}/orders/unsettled", ("202507",), _FINANCE, finance.unsettled),
    Endpoint("GET", "/finance/{version}/payments", ("202309", "202605"), _FINANCE, finance.payments),
    Endpoint("GET", "/finance/{version}/withdrawals", ("202309",), _FINANCE, finance.withdrawals),
    Endpoint("GET", _WEBHOOKS, ("202309",), _AUTHORIZATION, subscriptions.listed),
    Endpoint("PUT", _WEBHOOKS, ("202309",), _AUTHORIZATION, subscriptions.registered),
    Endpoint("DELETE", _WEBHOOKS, ("202309",), _AUTHORIZATION, subscriptions.removed),
)
