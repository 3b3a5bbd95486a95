"""The client against the stand-in, over real sockets: what both sides make of one contract."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime

import pytest

from connectors.transport.errors import RejectedError
from connectors.zigzag.client import open_zigzag
from connectors.zigzag.errors import DUPLICATE_REFERENCE
from sandbox.server import Running, opened
from sandbox.zigzag import hub

NOW = 1_767_571_200
ORDER, REFERENCE = "577000000000000001", "4035318504086604001"


@pytest.fixture
def store(tmp_path):
    with opened(tmp_path / "sandbox") as sandbox, Running(sandbox):
        sandbox.store.set_now(NOW)
        yield sandbox


@pytest.fixture
def client(store, make_settings, state, demo_config, tmp_path):
    """Return the client as a tenant's settings open it."""
    entry = next(each for each in store.systems if each.name == "zigzag").entry(store.base_urls["zigzag"])
    folder = tmp_path / "zigzag-config"
    shutil.copytree(demo_config, folder)
    section = "\n".join(
        [
            "\n[zigzag]",
            f'base_url = "{entry["base_url"]}"',
            f'username = "{entry["username"]}"',
            f'retailer_code = "{entry["retailer_code"]}"',
            'shops = ["7495000000000000101"]',
            "requests_per_second = 50",
        ]
    )
    (folder / "tieout.toml").write_text((folder / "tieout.toml").read_text() + section + "\n")
    with open_zigzag(make_settings(config_dir=folder, zigzag__password=entry["password"]), state) as account:
        yield account


def order():
    lines = [{"sku": "GROC-1", "quantity": 2, "unitPrice": "10.10", "currency": "GBP"}]
    head = {"orderNumber": ORDER, "orderDate": "2026-01-05T00:00:00", "shippingFirstName": "Jo"}
    place = {"address1": "1 High St", "city": "Leeds", "postcode": "LS1 1AA", "country": "GB"}
    return {**head, **place, "email": "jo@example.com", "phone": "0", "lines": lines}


def test_a_return_is_mirrored_labelled_received_graded_and_read(client, store):
    client.upsert_order(order())
    opened_order = client.open_return_order(ORDER, "NORTHGATE", ["GROC-1"])
    reason = opened_order["reasons"][0]["reasonId"]
    product = {"productSku": "GROC-1", "quantity": 1, "returnReasonId": reason, "returnOption": "refund"}
    body = {"orderNumber": ORDER, "retailerCode": "NORTHGATE", "returnOrderId": opened_order["returnOrderId"]}
    body |= {"externalReturnRef": REFERENCE, "channel": "TikTok Shop", "products": [product]}
    (made,) = client.create_return(body)
    with pytest.raises(RejectedError) as refused:
        client.create_return(body)
    assert refused.value.code == DUPLICATE_REFERENCE
    label = client.record_label(made["returnId"], "H1", "Evri")
    assert (label["trackingNumber"], label["warehouseDC"]) == ("H1", "NTH1")
    hub.receive(store.store, tracking_number="H1", warehouse="NTH1", units=[{"sku": "GROC-1", "quantity": 1}], now=NOW)
    hub.grade(store.store, made["returnId"], NOW, [
        {"sku": "GROC-1", "quantity": 1, "condition": "A", "disposition": "restock"}
    ])  # fmt: skip
    (found,) = client.returns_by_reference(REFERENCE)
    assert (found["status"], found["refund"]["status"]) == ("processed", "ready")
    assert client.return_by_id(made["returnId"]).rows == [found]
    assert client.return_by_id("R9").rows == []


def test_pages_lists_and_cancellations_are_understood(client, store):
    client.upsert_order(order())
    for number in range(230):
        store.store.set_now(NOW + number)
        hub.receive(store.store, tracking_number="", warehouse="Default", units=[], now=NOW + number)
    pages = list(client.returns(updated_from=datetime(2026, 1, 5, tzinfo=UTC)))
    assert len({row["returnId"] for page in pages for row in page.rows}) == 230
    assert [len(found.rows) for found in (client.reasons(), client.conditions(), client.dispositions())] == [9, 6, 6]
    opened_order = client.open_return_order(ORDER, "NORTHGATE", ["GROC-1"])
    product = {"productSku": "GROC-1", "quantity": 1, "returnReasonId": 1, "returnOption": "refund"}
    body = {"orderNumber": ORDER, "retailerCode": "NORTHGATE", "returnOrderId": opened_order["returnOrderId"]}
    (made,) = client.create_return({**body, "externalReturnRef": REFERENCE, "products": [product]})
    label = client.record_label(made["returnId"], "H2", "Evri")
    client.cancel_shipment(label["shipmentNumber"])
    client.cancel_return(made["returnId"])
    assert client.returns_by_reference(REFERENCE)[0]["status"] == "cancelled"
