"""The endpoints we call, as data (fact sheet tiktok_shop 1.3, 1.6, 3.1, 6.1, 7.2).

Belongs here: paths, versions, what each takes and where its rows are. Does not: calling them.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Version:
    """One version of an endpoint, and the field of `data` that holds its rows ("" when it answers one object)."""

    number: str
    rows: str = ""


@dataclass(frozen=True)
class Endpoint:
    """One endpoint; `versions` newest first, since each market gets new ones at its own time.

    `needs_cipher`: TikTok Shop refuses a missing shop_cipher (106013) as well as one too many (36009004).
    `page_size` 0 means not paged. `sort` is sent as sort_field with ascending order; finance lists require it.
    """

    name: str
    path: str
    versions: tuple[Version, ...]
    method: str = "GET"
    needs_cipher: bool = True
    page_size: int = 0
    sort: str = ""

    def query(self, cipher: str) -> tuple[tuple[str, str], ...]:
        """Return the query parameters that every call of this endpoint carries."""
        pairs = [("shop_cipher", cipher)] if self.needs_cipher else []
        if self.page_size:
            pairs.append(("page_size", str(self.page_size)))
        if self.sort:
            pairs += [("sort_field", self.sort), ("sort_order", "ASC")]
        return tuple(pairs)


AUTHORIZED_SHOPS = Endpoint(
    "authorized_shops", "/authorization/{version}/shops", (Version("202309", "shops"),), needs_cipher=False
)
SEARCH_ORDERS = Endpoint(
    "search_orders",
    "/order/{version}/orders/search",
    (Version("202309", "orders"),),
    method="POST",
    page_size=100,
    sort="update_time",
)
ORDERS = Endpoint("orders", "/order/{version}/orders", (Version("202507", "orders"), Version("202309", "orders")))
PRICE_DETAIL = Endpoint("price_detail", "/order/{version}/orders/{order_id}/price_detail", (Version("202407"),))
STATEMENTS = Endpoint(
    "statements",
    "/finance/{version}/statements",
    (Version("202309", "statements"),),
    page_size=100,
    sort="statement_time",
)
STATEMENT_TRANSACTIONS = Endpoint(
    "statement_transactions",
    "/finance/{version}/statements/{statement_id}/statement_transactions",
    (Version("202501", "transactions"), Version("202309", "statement_transactions")),
    page_size=100,
    sort="order_create_time",
)
ORDER_TRANSACTIONS = Endpoint(
    "order_transactions",
    "/finance/{version}/orders/{order_id}/statement_transactions",
    (Version("202501"), Version("202309")),
)
UNSETTLED = Endpoint(
    "unsettled",
    "/finance/{version}/orders/unsettled",
    (Version("202507", "transactions"),),
    page_size=100,
    sort="order_create_time",
)
PAYMENTS = Endpoint(
    "payments",
    "/finance/{version}/payments",
    (Version("202605", "payments"), Version("202309", "payments")),
    page_size=100,
    sort="create_time",
)
MARK_SHIPPED = Endpoint(
    "mark_shipped", "/fulfillment/{version}/orders/{order_id}/packages", (Version("202309"),), method="POST"
)
SEARCH_PACKAGES = Endpoint(
    "search_packages",
    "/fulfillment/{version}/packages/search",
    (Version("202309", "packages"),),
    method="POST",
    page_size=50,
    sort="update_time",
)
PACKAGE = Endpoint("package", "/fulfillment/{version}/packages/{package_id}", (Version("202309"),))
CREATE_PACKAGE = Endpoint("create_package", "/fulfillment/{version}/packages", (Version("202512"),), method="POST")
SHIP_PACKAGE = Endpoint(
    "ship_package", "/fulfillment/{version}/packages/{package_id}/ship", (Version("202309"),), method="POST"
)
CORRECT_TRACKING = Endpoint(
    "correct_tracking",
    "/fulfillment/{version}/packages/{package_id}/shipping_info/update",
    (Version("202309"),),
    method="POST",
)
SEARCH_PRODUCTS = Endpoint(
    "search_products",
    "/product/{version}/products/search",
    (Version("202502", "products"),),
    method="POST",
    page_size=100,
)
PRODUCT = Endpoint("product", "/product/{version}/products/{product_id}", (Version("202309"),))
SEARCH_INVENTORY = Endpoint(
    "search_inventory", "/product/{version}/inventory/search", (Version("202309", "inventory"),), method="POST"
)
UPDATE_INVENTORY = Endpoint(
    "update_inventory", "/product/{version}/products/{product_id}/inventory/update", (Version("202309"),), method="POST"
)
UPLOAD_IMAGE = Endpoint(
    "upload_image", "/product/{version}/images/upload", (Version("202309"),), method="POST", needs_cipher=False
)
WAREHOUSES = Endpoint("warehouses", "/logistics/{version}/warehouses", (Version("202309", "warehouses"),))
DELIVERY_OPTIONS = Endpoint(
    "delivery_options",
    "/logistics/{version}/warehouses/{warehouse_id}/delivery_options",
    (Version("202309", "delivery_options"),),
)
SHIPPING_PROVIDERS = Endpoint(
    "shipping_providers",
    "/logistics/{version}/delivery_options/{delivery_option_id}/shipping_providers",
    (Version("202309", "shipping_providers"),),
)
SEARCH_CANCELLATIONS = Endpoint(
    "search_cancellations",
    "/return_refund/{version}/cancellations/search",
    (Version("202602", "cancellations"), Version("202309", "cancellations")),
    method="POST",
    page_size=50,
    sort="update_time",
)
APPROVE_CANCELLATION = Endpoint(
    "approve_cancellation",
    "/return_refund/{version}/cancellations/{cancel_id}/approve",
    (Version("202309"),),
    method="POST",
)
REJECT_CANCELLATION = Endpoint(
    "reject_cancellation",
    "/return_refund/{version}/cancellations/{cancel_id}/reject",
    (Version("202309"),),
    method="POST",
)
REJECT_REASONS = Endpoint("reject_reasons", "/return_refund/{version}/reject_reasons", (Version("202309", "reasons"),))
SEARCH_RETURNS = Endpoint(
    "search_returns",
    "/return_refund/{version}/returns/search",
    (Version("202602", "return_orders"), Version("202309", "return_orders")),
    method="POST",
    page_size=50,
    sort="update_time",
)
RETURN_RECORDS = Endpoint(
    "return_records", "/return_refund/{version}/returns/{return_id}/records", (Version("202309"),)
)
APPROVE_RETURN = Endpoint(
    "approve_return", "/return_refund/{version}/returns/{return_id}/approve", (Version("202309"),), method="POST"
)
REJECT_RETURN = Endpoint(
    "reject_return",
    "/return_refund/{version}/returns/{return_id}/reject",
    (Version("202606"), Version("202309")),
    method="POST",
)
CREATE_RETURN = Endpoint(
    "create_return", "/return_refund/{version}/returns", (Version("202602"), Version("202309")), method="POST"
)
ELIGIBILITY = Endpoint(
    "aftersale_eligibility",
    "/return_refund/{version}/orders/{order_id}/aftersale_eligibility",
    (Version("202602", "sku_eligibility"), Version("202309", "sku_eligibility")),
)
REVIEW_DECISION = Endpoint(
    "review_decision", "/return_refund/{version}/review_decision", (Version("202606", "line_items"),)
)
REFRESH_TOKEN = "/api/v2/token/refresh"  # noqa: S105 - a path, on the auth host, unsigned

MAX_ORDER_IDS = 50
MAX_SKU_IDS = 600
