"""The client against the stand-in, over real sockets: what both sides make of the same documents."""

from __future__ import annotations

from decimal import Decimal

import pytest

from connectors.newstore.account import Account
from connectors.newstore.client import open_account
from connectors.newstore.errors import ALREADY_CANCELLED, CHANGED_ORDER
from connectors.transport.errors import CredentialError, RateLimitedError, RejectedError
from sandbox.newstore import availability, lists, stock
from sandbox.server import Running, opened

NOW = 1_767_571_200
ORDER = "577000000000000001"
SKU = "GROC-1"


@pytest.fixture
def served(tmp_path):
    with opened(tmp_path / "sandbox") as sandbox, Running(sandbox):
        sandbox.store.set_now(NOW)
        yield sandbox


@pytest.fixture
def account(served, tmp_path):
    entry = next(each for each in served.systems if each.name == "newstore").entry(served.base_urls["newstore"])
    names = ("base_url", "token_url", "tenant", "client_id", "client_secret")
    return Account(*(entry[name] for name in names), tmp_path, requests_per_second=200)


@pytest.fixture
def client(account, state):
    with open_account(account, state) as opened_client:
        yield opened_client


def body(**changed):
    price = {"item_price": Decimal("10.10"), "item_list_price": Decimal("12.00"), "item_tax_lines": []}
    item = {"external_item_id": "L1", "product_id": SKU, "price": price}
    option = {"service_level_identifier": "TRADITIONAL", "price": Decimal("2.00"), "tax": Decimal(0)}
    payment = {"processor": "tiktok", "correlation_ref": ORDER, "type": "captured", "amount": Decimal("12.10")}
    place = {"country": "GB", "address_line_1": "1 High St", "city": "Leeds", "zip_code": "ZZ99 1AA"}
    order = {
        "external_id": ORDER,
        "shop": "storefront-catalog-en",
        "shop_locale": "en-GB",
        "channel_type": "web",
        "channel_name": "tiktok_shop",
        "currency": "GBP",
        "shipping_address": place,
        "billing_address": place,
        "shipments": [{"items": [item], "shipping_option": option}],
        "payments": [{**payment, "method": "tiktok", "processed_at": "2026-01-05T00:00:00Z"}],
    }
    return {**order, **changed}


def test_an_order_is_injected_once_read_in_every_form_and_cancelled_once(client, served):
    limits = {"newstore": {"readable_after_seconds": 0}}
    served.store.set_meta("limits", limits)
    made = client.inject_order(body())
    assert client.inject_order(body()) == made
    with pytest.raises(RejectedError) as refused:
        client.inject_order(body(customer_name="Another"))
    assert refused.value.code == CHANGED_ORDER
    legacy, current = client.order_by_external_id(ORDER), client.order(made["id"])
    assert legacy["order_uuid"] == current["id"] == made["id"]
    assert current["totals"]["total"] == Decimal("12.1")
    (row,) = client.orders_by_external_ids([ORDER, "unknown"]).rows
    assert (row["id"], row["items"]["nodes"][0]["productId"]) == (made["id"], SKU)
    assert client.fulfilment_requests(made["id"]).rows == []
    assert client.cancellation(made["id"]) == {"cancelable": True, "canceled": False, "is_safe": True}
    client.cancel_order(made["id"], reason="CUSTOMER_REQUEST", note="")
    with pytest.raises(RejectedError) as again:
        client.cancel_order(made["id"], reason="CUSTOMER_REQUEST", note="")
    assert again.value.code == ALREADY_CANCELLED
    assert client.cancellation(made["id"])["canceled"] is True
    assert client.order_by_external_id("unknown") is None


def test_stock_is_exported_whole_then_by_watermark_and_read_by_product(client, served):
    nodes = [node["fulfillment_node_id"] for node in lists.nodes(served.store)]
    for node in nodes:
        stock.change(served.store, node, SKU, on_hand=9)
    first = client.availabilities()
    assert {(row["product_id"], row["fulfillment_node_id"]) for row in first.rows} == {(SKU, node) for node in nodes}
    assert client.availabilities(since=first.watermark).rows == []
    stock.change(served.store, nodes[0], SKU, on_hand=-2)
    second = client.availabilities(since=first.watermark)
    expected = availability.point_read(
        served.store, {"atp_keys": [{"product_id": SKU, "fulfillment_node_id": nodes[0]}]}
    )["items"][0]["atp"]
    assert [(row["fulfillment_node_id"], row["atp"]) for row in second.rows] == [(nodes[0], expected)]
    assert second.watermark > first.watermark
    assert {row["fulfillment_node_id"] for row in client.stock_of([SKU]).rows} == set(nodes)
    assert {row["fulfillment_node_id"] for row in client.locations().rows} == set(nodes)


def test_wrong_credentials_and_the_block_of_an_address_are_different_errors(account, served, state, tmp_path):
    wrong = Account(account.base_url, account.token_url, account.tenant, account.client_id, "wrong", tmp_path / "other")
    with open_account(wrong, state) as client, pytest.raises(CredentialError):
        client.locations()
    served.store.set_meta("limits", {"newstore": {"ip_limit": 0}})
    with open_account(account, state) as client, pytest.raises(RateLimitedError, match="blocked for 300 s"):
        client.locations()
