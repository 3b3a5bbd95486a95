"""The table of endpoints TikTok Shop serves here: path, versions, scope, cipher rule, answer.

Belongs here: one row per endpoint (fact sheet tiktok_shop 1.3, 1.4, 1.6, 3.1, 4 to 8). Does not: any behaviour.
"""

from __future__ import annotations

from sandbox.store import Body
from sandbox.tiktok_shop import (
    cancellation_calls,
    finance,
    images,
    inventory,
    logistics,
    order_transactions,
    orders,
    packages,
    products,
    return_calls,
    return_checks,
    shipping,
    subscriptions,
)
from sandbox.tiktok_shop.request import Endpoint, Request

_SHOP, _ORDER, _FINANCE = "seller.shop.info", "seller.order.info", "seller.finance.info"
_AUTHORIZATION = "seller.authorization.info"
_STATEMENT = "/finance/{version}/statements/{statement_id}/statement_transactions"
_BY_ORDER = "/finance/{version}/orders/{order_id}/statement_transactions"
_WEBHOOKS = "/event/{version}/webhooks"
_PRODUCT, _PRODUCT_WRITE, _LOGISTICS = "seller.product.basic", "seller.product.write", "seller.logistics"
_SHIPPING, _SHIPPING_WRITE = "seller.fulfillment.basic", "seller.fulfillment.package.write"
_RETURNS = "seller.return_refund.basic"
_STOCK = "/product/{version}/products/{product_id}/inventory/update"
_OPTIONS = "/logistics/{version}/warehouses/{warehouse_id}/delivery_options"
_CARRIERS = "/logistics/{version}/delivery_options/{delivery_option_id}/shipping_providers"
_ORDER_SHIPPING = "/fulfillment/{version}/orders/{order_id}"
_PACKAGE = "/fulfillment/{version}/packages/{package_id}"
_CANCELLATIONS = "/return_refund/{version}/cancellations"
_REASONS = "/return_refund/{version}/reject_reasons"
_RETURN_CALLS = "/return_refund/{version}/returns"
_ELIGIBILITY = "/return_refund/{version}/orders/{order_id}/aftersale_eligibility"
_DECISIONS = "/return_refund/{version}/decision_eligibility"
_REVIEW = "/return_refund/{version}/review_decision"
_FIRST = ("202309",)
_OLD_AND_2602 = ("202309", "202602")
_PRODUCT_SEARCH = ("202309", "202312", "202502")
_OLD_AND_2610 = ("202309", "202610")


def authorized_shops(request: Request) -> Body:
    """Answer GET /authorization/202309/shops."""
    shops = request.store.select("tiktok_shop", "shops")
    keys = ("id", "name", "region", "seller_type", "cipher", "code")
    return {"shops": [{key: shop.body.get(key, "") for key in keys} for shop in shops]} if shops else {}


def active_shops(request: Request) -> Body:
    """Answer GET /seller/202309/shops."""
    shops = request.store.select("tiktok_shop", "shops")
    return {"shops": [{"id": shop.id, "region": shop.body.get("region")} for shop in shops]} if shops else {}


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
    Endpoint("POST", "/product/{version}/products/search", _PRODUCT_SEARCH, _PRODUCT, products.search),
    Endpoint("GET", "/product/{version}/products/{product_id}", _FIRST, _PRODUCT, products.detail),
    Endpoint("POST", "/product/{version}/inventory/search", _FIRST, _PRODUCT, inventory.search),
    Endpoint("POST", _STOCK, _FIRST, _PRODUCT_WRITE, inventory.update),
    Endpoint("POST", "/product/{version}/images/upload", _FIRST, _PRODUCT_WRITE, images.upload, False),
    Endpoint("GET", "/logistics/{version}/warehouses", _FIRST, _LOGISTICS, logistics.warehouses),
    Endpoint("GET", _OPTIONS, _FIRST, _LOGISTICS, logistics.delivery_options),
    Endpoint("GET", _CARRIERS, _FIRST, _LOGISTICS, logistics.shipping_providers),
    Endpoint("POST", f"{_ORDER_SHIPPING}/packages", _OLD_AND_2610, _SHIPPING_WRITE, shipping.mark_as_shipped),
    Endpoint("POST", f"{_ORDER_SHIPPING}/shipping_services/query", _FIRST, _SHIPPING, packages.shipping_services),
    Endpoint(
        "POST", f"{_ORDER_SHIPPING}/shipping_info/update", _FIRST, _SHIPPING_WRITE, shipping.update_order_shipping
    ),
    Endpoint("GET", f"{_ORDER_SHIPPING}/tracking", _FIRST, _SHIPPING, shipping.tracking),
    Endpoint("GET", "/fulfillment/{version}/orders/split_attributes", _FIRST, _SHIPPING, shipping.split_attributes),
    Endpoint("POST", "/fulfillment/{version}/packages/search", _FIRST, _SHIPPING, packages.search),
    Endpoint("POST", "/fulfillment/{version}/packages", ("202512",), _SHIPPING_WRITE, packages.create),
    Endpoint("POST", "/fulfillment/{version}/packages", _FIRST, _SHIPPING_WRITE, packages.create_of_lines),
    Endpoint("GET", _PACKAGE, _FIRST, _SHIPPING, packages.detail),
    Endpoint("POST", f"{_PACKAGE}/ship", _FIRST, _SHIPPING_WRITE, packages.ship),
    Endpoint(
        "POST", f"{_PACKAGE}/shipping_info/update", _OLD_AND_2610, _SHIPPING_WRITE, packages.update_package_shipping
    ),
    Endpoint("GET", f"{_PACKAGE}/shipping_documents", _FIRST, _SHIPPING, packages.shipping_documents),
    Endpoint("POST", f"{_CANCELLATIONS}/search", _OLD_AND_2602, _RETURNS, cancellation_calls.search),
    Endpoint("POST", _CANCELLATIONS, _OLD_AND_2602, _RETURNS, cancellation_calls.cancel),
    Endpoint("POST", f"{_CANCELLATIONS}/{{cancel_id}}/approve", _FIRST, _RETURNS, cancellation_calls.approve),
    Endpoint("POST", f"{_CANCELLATIONS}/{{cancel_id}}/reject", _FIRST, _RETURNS, cancellation_calls.reject),
    Endpoint("GET", _REASONS, _FIRST, _RETURNS, return_checks.reject_reasons),
    Endpoint("POST", f"{_RETURN_CALLS}/search", _OLD_AND_2602, _RETURNS, return_calls.search),
    Endpoint("POST", _RETURN_CALLS, _OLD_AND_2602, _RETURNS, return_calls.create),
    Endpoint("POST", f"{_RETURN_CALLS}/shipping_documents", ("202405",), _RETURNS, return_calls.shipping_documents),
    Endpoint("GET", f"{_RETURN_CALLS}/{{return_id}}/records", _FIRST, _RETURNS, return_calls.records),
    Endpoint("POST", f"{_RETURN_CALLS}/{{return_id}}/approve", _FIRST, _RETURNS, return_calls.approve),
    Endpoint("POST", f"{_RETURN_CALLS}/{{return_id}}/reject", ("202309", "202606"), _RETURNS, return_calls.reject),
    Endpoint("GET", _ELIGIBILITY, ("202309", "202512", "202602"), _RETURNS, return_checks.aftersale_eligibility),
    Endpoint("POST", "/return_refund/{version}/refunds/calculate", _OLD_AND_2602, _RETURNS, return_checks.calculate),
    Endpoint("GET", _DECISIONS, ("202601",), _RETURNS, return_checks.decision_eligibility),
    Endpoint("GET", _REVIEW, ("202606",), _RETURNS, return_checks.review_decision),
    Endpoint("GET", _WEBHOOKS, ("202309",), _AUTHORIZATION, subscriptions.listed),
    Endpoint("PUT", _WEBHOOKS, ("202309",), _AUTHORIZATION, subscriptions.registered),
    Endpoint("DELETE", _WEBHOOKS, ("202309",), _AUTHORIZATION, subscriptions.removed),
)
