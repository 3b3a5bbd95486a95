"""Every refusal that TikTok Shop documents for what we call, over the stand-in's API: each is reported by kind."""

import re
from collections import defaultdict
from datetime import UTC, datetime

import pytest

from connectors.tiktok_shop.client import open_tiktok_shop
from connectors.transport.client import Wire
from connectors.transport.errors import (
    ConnectorError,
    CredentialError,
    OutcomeUnknownError,
    RejectedError,
    TransientError,
)
from orchestration.demo.demo import call_sandbox, running_sandbox
from sandbox.tiktok_shop.documented_errors import documented_errors
from tests.support.worlds import CONFIG
from tieout.settings import load_settings
from tieout.state import State

SHOP = "7495000000000000101"
LONG_AGO = datetime(2025, 1, 1, tzinfo=UTC)
CARRIER = {"tracking_number": "H012345678901234", "provider_id": "6617675021119438849"}
SLOW = {10002014, 10002015, 10037002, 10037003, 10037004}
TIMEOUTS = {11001027, 21001003}
KEY = {"idempotency_key": "key-1"}
CALLS = {
    ("GET", "/order/{version}/orders"): lambda shop: shop.orders(SHOP, ["1"]),
    ("POST", "/order/{version}/orders/search"): lambda shop: list(shop.search_orders(SHOP, updated_from=LONG_AGO)),
    ("GET", "/order/{version}/orders/{order_id}/price_detail"): lambda shop: shop.price_detail(SHOP, "1"),
    ("GET", "/finance/{version}/statements"): lambda shop: list(shop.statements(SHOP, statement_from=LONG_AGO)),
    ("GET", "/finance/{version}/statements/{statement_id}/statement_transactions"): lambda shop: list(
        shop.statement_transactions(SHOP, "1").pages
    ),
    ("GET", "/finance/{version}/orders/{order_id}/statement_transactions"): lambda shop: shop.order_transactions(
        SHOP, "1"
    ),
    ("GET", "/finance/{version}/orders/unsettled"): lambda shop: list(shop.unsettled(SHOP)),
    ("GET", "/finance/{version}/payments"): lambda shop: list(shop.payments(SHOP, created_from=LONG_AGO)),
    ("GET", "/logistics/{version}/warehouses"): lambda shop: list(shop.warehouses(SHOP)),
    ("GET", "/logistics/{version}/warehouses/{warehouse_id}/delivery_options"): lambda shop: shop.carriers(SHOP, "1"),
    ("POST", "/product/{version}/products/search"): lambda shop: list(shop.products(SHOP, updated_from=None)),
    ("GET", "/product/{version}/products/{product_id}"): lambda shop: shop.product(SHOP, "1"),
    ("POST", "/product/{version}/inventory/search"): lambda shop: shop.inventory(SHOP, ["1"]),
    ("POST", "/product/{version}/products/{product_id}/inventory/update"): lambda shop: shop.update_inventory(
        SHOP, "1", [{"id": "1", "inventory": [{"warehouse_id": "1", "quantity": 1}]}]
    ),
    ("POST", "/fulfillment/{version}/packages/search"): lambda shop: list(shop.packages(SHOP, updated_from=None)),
    ("GET", "/fulfillment/{version}/packages/{package_id}"): lambda shop: shop.package(SHOP, "1"),
    ("POST", "/fulfillment/{version}/orders/{order_id}/packages"): lambda shop: shop.mark_shipped(
        SHOP, "1", line_ids=["1"], **CARRIER
    ),
    ("POST", "/fulfillment/{version}/packages"): lambda shop: shop.create_package(SHOP, "1"),
    ("POST", "/fulfillment/{version}/packages/{package_id}/ship"): lambda shop: shop.ship_package(
        SHOP, "1", handover_method="DROP_OFF"
    ),
    ("POST", "/fulfillment/{version}/packages/{package_id}/shipping_info/update"): lambda shop: shop.correct_tracking(
        SHOP, "1", **CARRIER
    ),
    ("POST", "/return_refund/{version}/cancellations/search"): lambda shop: list(
        shop.cancellations(SHOP, updated_from=None)
    ),
    ("POST", "/return_refund/{version}/cancellations/{cancel_id}/approve"): lambda shop: shop.approve_cancellation(
        SHOP, "1", **KEY
    ),
    ("POST", "/return_refund/{version}/cancellations/{cancel_id}/reject"): lambda shop: shop.reject_cancellation(
        SHOP, "1", reason="r", **KEY
    ),
    ("POST", "/return_refund/{version}/returns/search"): lambda shop: list(shop.returns(SHOP, updated_from=None)),
    ("POST", "/return_refund/{version}/returns/{return_id}/approve"): lambda shop: shop.approve_return(
        SHOP, "1", "APPROVE_REFUND", **KEY
    ),
    ("POST", "/return_refund/{version}/returns/{return_id}/reject"): lambda shop: shop.reject_return(
        SHOP, "1", "REJECT_REFUND", reject_reason="r", **KEY
    ),
    ("POST", "/return_refund/{version}/returns"): lambda shop: shop.create_return(SHOP, "1", {}, **KEY),
}


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    home = tmp_path_factory.mktemp("errors")
    with running_sandbox(home, port=0) as urls:

        def control(method, path, body=None):
            return call_sandbox(urls["control"], method, f"/_sandbox{path}", body)

        control("POST", "/trade", {"baskets": 10, "days": 1})
        control("PUT", "/limits", {"tiktok_shop": {"qps": 1000}})
        yield control, home


@pytest.fixture(scope="module")
def shop(world):
    settings = load_settings(CONFIG, world[1])
    state = State(settings.database_url)
    with open_tiktok_shop(settings, state, wire=Wire(sleep=lambda _seconds: None)) as opened:
        opened.shops()
        yield opened
    state.close()


def refusals():
    by_call = defaultdict(list)
    for error in documented_errors():
        by_call[error.method, error.path].append(error.code)
    return by_call


@pytest.mark.parametrize("called", CALLS, ids=lambda called: " ".join(called))
def test_each_documented_code_reaches_us_as_itself(world, shop, called):
    control, _ = world
    kinds = {}
    for code in refusals()[called]:
        match = re.sub(r"\\?\{\w+\\?\}", "[^/]+", re.escape(called[1])) + r"($|\?)"
        fault = {"system": "tiktok_shop", "kind": "error_code", "code": code, "method": called[0], "match": match}
        planted = control("POST", "/faults", fault)
        with pytest.raises(ConnectorError) as reported:
            CALLS[called](shop)
        control("DELETE", f"/faults/{planted['id']}")
        assert reported.value.code == str(code), f"{code}: {reported.value!r}"
        kinds[code] = type(reported.value)
    is_read = called[0] == "GET" or called[1].endswith("/search")
    meant = {36009003: TransientError if is_read else OutcomeUnknownError, 10006402: CredentialError}
    meant |= dict.fromkeys(SLOW, TransientError)
    meant |= dict.fromkeys(TIMEOUTS, TransientError if is_read else OutcomeUnknownError)
    assert kinds == {code: meant.get(code, RejectedError) for code in kinds}
