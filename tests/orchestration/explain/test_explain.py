"""Evidence is gathered from the published marts by their contracts: whole lives of orders and SKUs, not of others."""

import pytest

from orchestration.explain.order import explain_order
from orchestration.explain.return_ import explain_return
from orchestration.explain.sku import explain_sku
from orchestration.warehouse.publish import publish
from tieout.errors import DataError


def put(connection, table, **values):
    names = ", ".join(f'"{name}"' for name in values)
    marks = ", ".join("?" * len(values))
    connection.execute(f"insert into {table} ({names}) values ({marks})", list(values.values()))


@pytest.fixture
def settings(make_settings):
    return make_settings()


def complain(connection, code, kind, entity, evidence="{}"):
    put(connection, "exceptions.open", code=code, entity_type=kind, entity_id=entity, severity="S1", evidence=evidence)


def reported(settings, explain, name):
    return {title: rows for title, rows in explain(settings, name) if rows}


def test_an_order_is_reported_from_purchase_to_money(settings, warehouse):
    put(warehouse, "operations.orders", order_id="A", shop_id="S", status="IN_TRANSIT", minutes_left=5)
    put(warehouse, "operations.warehouse_orders", warehouse_order_id="D", order_id="A", warehouse_status="shipped")
    put(warehouse, "operations.shipments", parcel_id="P/1", order_id="A", package_id="K", status="sent")
    put(warehouse, "operations.cancellations", cancel_id="C", order_id="A", status="CANCELLATION_REQUEST_REJECTED")
    for key in ("A", "P/1", "K", "C", "of another"):
        put(warehouse, "audit.acknowledgements", sync="x", entity_key=key, vendor_id="v")
    put(warehouse, "finance.payout_lines", order_id="A", transaction_id="T", payment_id="M", amount=1)
    complain(warehouse, "FUL-04", "parcel", "P/1")
    complain(warehouse, "FIN-03", "transaction", "T")
    complain(warehouse, "CAN-03", "cancellation", "C")
    complain(warehouse, "INV-02", "item", "N/x", '{"order_ids": ["B", "A"]}')
    complain(warehouse, "FUL-01", "order", "another")
    land = "insert into raw_gxo.shipping_advices values ('', 'P', 'A', null, now(), false, '', '{}', 'h', 'l')"
    warehouse.execute(land)
    publish(settings, warehouse)

    found = reported(settings, explain_order, "A")

    assert found["Order"][0]["status"] == "IN_TRANSIT"
    assert found["At the warehouse"][0]["warehouse_order_id"] == "D"
    assert found["Parcels"][0]["package_id"] == "K"
    assert found["Cancellations"][0]["cancel_id"] == "C"
    assert {row["entity_key"] for row in found["Written for it"]} == {"A", "P/1", "K", "C"}
    assert found["Settlement lines"][0]["payment_id"] == "M"
    assert {row["code"] for row in found["Open exceptions"]} == {"FUL-04", "FIN-03", "CAN-03", "INV-02"}
    assert found["Raw shipping advices"][0]["shipment_id"] == "P"


@pytest.mark.parametrize("name", ["1730", "BNDL-1", "bundle"])
def test_a_sku_is_reported_by_its_id_its_seller_sku_or_its_item(settings, warehouse, name):
    place = {"sku_id": "1730", "seller_sku": "BNDL-1", "item": "bundle", "limiting_item": "part", "warehouse_id": "W"}
    put(warehouse, "operations.stock", **place, listed_quantity=5, available_to_sell_quantity=3)
    put(warehouse, "operations.stock", sku_id="1731", seller_sku="OTHER", item="other", warehouse_id="W")
    put(warehouse, "operations.stock_commitments", item="part", order_id="A", quantity=2, is_in_flight=True)
    put(warehouse, "operations.stock_commitments", item="other", order_id="B", quantity=2, is_in_flight=True)
    put(warehouse, "operations.stock_ledger", item="part", entry_type="snapshot", entry_id="N1", on_hand_quantity=4)
    put(warehouse, "audit.acknowledgements", sync="tiktok_shop__stock", entity_key="1730", vendor_id="v")
    put(warehouse, "audit.acknowledgements", sync="tiktok_shop__stock", entity_key="1731", vendor_id="v")
    complain(warehouse, "INV-04", "sku", "1730")
    complain(warehouse, "INV-10", "listing", "1730/W")
    complain(warehouse, "MAP-04", "bundle", "bundle")
    complain(warehouse, "INV-14", "item", "N/part")
    complain(warehouse, "INV-10", "listing", "1731/W")
    complain(warehouse, "FUL-01", "order", "A")
    publish(settings, warehouse)

    found = reported(settings, explain_sku, name)

    assert [row["sku_id"] for row in found["Stock"]] == ["1730"]
    assert [row["entity_key"] for row in found["Written for it"]] == ["1730"]
    assert [row["order_id"] for row in found["Orders that wait"]] == ["A"]
    assert [row["entry_id"] for row in found["What the warehouse said"]] == ["N1"]
    assert sorted(row["code"] for row in found["Open exceptions"]) == ["INV-04", "INV-10", "INV-14", "MAP-04"]


def test_what_nothing_names_is_said_to_be_unknown(settings, warehouse):
    publish(settings, warehouse)
    with pytest.raises(DataError, match="order '42'"):
        explain_order(settings, "42")
    with pytest.raises(DataError, match="SKU '42'"):
        explain_sku(settings, "42")


def test_a_return_is_reported_by_its_shop_and_one_id_of_two_shops_as_two(settings, warehouse):
    for shop, order in (("S", "A"), ("T", "B")):
        ids = {"shop_id": shop, "return_id": "R", "order_id": order}
        put(warehouse, "operations.returns", **ids, portal="zigzag", portal_return_ids=[f"P{shop}"])
        put(warehouse, "operations.return_events", **ids, event_name="asked", source="TikTok Shop")
        put(warehouse, "finance.payout_lines", shop_id=shop, order_id="A", transaction_id=f"T{shop}", amount=1)
        put(warehouse, "exceptions.open", code="RET-01", shop_id=shop, entity_type="return", entity_id="R")
    complain(warehouse, "RET-04", "portal_return", "zigzag/PS")
    complain(warehouse, "SYS-03", "quarantine", "zigzag/returns/PT")
    complain(warehouse, "RET-04", "portal_return", "another/PS")
    warehouse.execute("update exceptions.open set shop_id = '' where shop_id is null")
    publish(settings, warehouse)

    found = reported(settings, explain_return, "R")

    assert [row["order_id"] for row in found["Return (shop S)"]] == ["A"]
    assert [row["order_id"] for row in found["Return (shop T)"]] == ["B"]
    assert [row["transaction_id"] for row in found["Settlement lines of its order (shop S)"]] == ["TS"]
    assert "Settlement lines of its order (shop T)" not in found
    codes = [{row["code"] for row in found[f"Open exceptions (shop {shop})"]} for shop in ("S", "T")]
    assert codes == [{"RET-01", "RET-04"}, {"RET-01", "SYS-03"}]
