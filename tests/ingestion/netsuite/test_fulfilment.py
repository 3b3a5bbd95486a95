"""Where NetSuite ships, its orders are read before its stock, and nothing is gone that was not asked for."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest

from connectors.transport.errors import (
    ConnectorError,
    EndpointRestingError,
    ExpiredTokenError,
    ForbiddenError,
    MalformedReplyError,
    RejectedError,
    TransientError,
)
from ingestion.config import loader as config
from ingestion.netsuite import loader as netsuite
from tests.ingestion.conftest import NOW, UK, Answer, Bench

ORDERS, FULFILMENTS = ("netsuite", "sales_orders", ""), ("netsuite", "item_fulfilments", "")
LEVELS = ("netsuite", "item_levels", "")


def order(number: int, *, status: str = "B", modified: str = "2026-02-01 10:00:00", **fields: object) -> dict[str, Any]:
    key = f"tieout-order-{UK}-57{number}"
    row = {"id": str(number), "externalid": key, "otherrefnum": f"57{number}", "trandate": "2026-01-31", "entity": "9"}
    return {**row, "currencyid": "1", "status": status, "lastmodifieddate": modified, "foreigntotal": "20.00", **fields}


def line(order_id: int, item: str = "11", **fields: object) -> dict[str, Any]:
    row = {"transaction": str(order_id), "line": "1", "item": item, "quantity": "-2", "quantityshiprecv": "0"}
    return {**row, "foreignamount": "-20.00", "isclosed": "F", "location": "7", **fields}


def shipment(number: int, order_id: int, *, status: str = "C", modified: str = "2026-02-01 11:00:00") -> dict[str, Any]:
    row = {"id": str(number), "previousdoc": str(order_id), "tranid": f"IF{number}", "status": status}
    return {**row, "trandate": "2026-02-01", "lastmodifieddate": modified}


def record(number: int, *tracking: str) -> dict[str, Any]:
    packages = [{"packageTrackingNumber": each} for each in tracking]
    lines = [{"item": {"id": "11"}, "quantity": 2, "orderLine": 1}]
    method = {"id": "3", "refName": "Royal Mail"}
    return {"id": str(number), "shipMethod": method, "package": {"items": packages}, "item": {"items": lines}}


@dataclass
class FakeNetSuite:
    """An account that ships; `asked` are its queries in order, `read_ids` the records that were read whole."""

    orders: list[dict[str, Any]] = field(default_factory=list)
    lines: list[dict[str, Any]] = field(default_factory=list)
    shipments: list[dict[str, Any]] = field(default_factory=list)
    records: dict[str, dict[str, Any]] = field(default_factory=dict)
    levels: list[dict[str, Any]] = field(default_factory=list)
    deleted: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    read_ids: list[str] = field(default_factory=list)
    refused: dict[str, ConnectorError] = field(default_factory=dict)

    def suiteql(self, query: str, params: Sequence[str] = ()) -> Iterator[Answer]:
        self.asked.append(query)
        table = query.split(" FROM ")[1].split(" ")[0]
        held = {
            "currency": [{"id": "1", "symbol": "GBP"}],
            "location": [{"id": "7", "name": "Leeds"}],
            "item": [{"id": "11", "itemid": "A", "itemtype": "InvtPart"}],
            "kititemmember": [{"parentitem": "12", "item": "11", "quantity": 2}],
            "inventoryitemlocations": self.levels,
            "deletedrecord": [{"recordid": id} for id in self.deleted],
            "nexttransactionlinelink": self.shipments,
            "transactionline": self.lines,
        }
        if "s.lastmodifieddate" in query:
            since = query.split("TO_DATE('")[1].split("'")[0]
            found = {row["previousdoc"] for row in self.shipments if row["lastmodifieddate"] >= since}
            rows = [{"id": id} for id in sorted(found)]
        else:
            rows = self._orders(query) if "'SalesOrd'" in query else held.get(table, [])
        if "previousdoc IN (" in query or "tl.transaction IN" in query:
            wanted = query.split("IN (")[1].split(")")[0].split(", ")
            rows = [row for row in rows if row.get("previousdoc", row.get("transaction")) in wanted]
        yield Answer(rows, NOW)

    def read(self, record_type: str, id: str) -> dict[str, Any] | None:
        assert record_type == "itemFulfillment"
        self.read_ids.append(id)
        if id in self.refused:
            raise self.refused[id]
        return self.records.get(id)

    def _orders(self, query: str) -> list[dict[str, Any]]:
        if "t.id IN" in query:
            wanted = query.split("t.id IN (")[1].split(")")[0].split(", ")
            return [row for row in self.orders if row["id"] in wanted]
        since = query.split("TO_DATE('")[1].split("'")[0]
        return [row for row in self.orders if row["lastmodifieddate"] >= since]


@pytest.fixture
def ships(bench: Bench) -> Bench:
    """The bench of a tenant whose UK shop ships from NetSuite's location 7."""
    folder = shutil.copytree(bench.settings.config_dir, bench.settings.home / "config")
    section = bench.settings.netsuite.model_copy(update={"shops": [UK]})
    bench.settings = bench.settings.model_copy(update={"netsuite": section, "config_dir": folder})
    return bench


def load(bench: Bench, client: FakeNetSuite, *, places: str = "7", ended: str = ""):
    if bench.settings.netsuite.shops:
        rows = "".join(f"{UK},W{place},netsuite,{place},,\n" for place in places.split())
        rows += "".join(f"{UK},W{place},netsuite,{place},2025-01-01,2025-12-31\n" for place in ended.split())
        columns = "shop_id,warehouse_id,system,location,valid_from,valid_to\n"
        (bench.settings.config_dir / "locations.csv").write_text(columns + rows)
    return bench.ingest(config=config.load, netsuite=lambda run: netsuite.load(run, client))


def payload(bench: Bench, table: str, id: str) -> dict[str, Any]:
    query = f"select arg_max(payload, observed_at) from raw_netsuite.{table} where id = '{id}'"
    return json.loads(bench.query(query)[0][0])


def test_nothing_of_it_is_asked_where_netsuite_ships_for_no_shop(bench):
    client = FakeNetSuite([order(1)], [line(1)])
    load(bench, client)
    assert not any("SalesOrd" in query or "inventoryitemlocations" in query for query in client.asked)


def test_an_order_lands_with_lines_whose_quantities_are_above_zero(ships):
    load(ships, FakeNetSuite([order(1)], [line(1), line(1, "13", line="2", kitcomponent="T")]))
    found = payload(ships, "sales_orders", "1")
    assert (found["otherrefnum"], found["currency"], found["foreigntotal"]) == ("571", "GBP", "20.00")
    assert [(row["item"], row["quantity"], row["amount"]) for row in found["lines"]] == [("11", "2", "20.00")]


def test_orders_are_read_before_stock(ships):
    client = FakeNetSuite([order(1)], [line(1)])
    load(ships, client)
    places = [client.asked.index(next(q for q in client.asked if word in q)) for word in ("SalesOrd", "inventoryitem")]
    assert places == sorted(places)


def test_open_orders_are_asked_for_again_however_old_and_finished_ones_for_some_days(ships):
    old, days_ago, then = "2025-06-01 10:00:00", "2026-01-28 10:00:00", "2026-01-30 10:00:00"
    finished = [order(5, status="G", modified=days_ago), order(6, status="G", modified=then)]
    first = [order(1, modified=old), order(2, status="G", modified=old), order(3), *finished]
    load(ships, FakeNetSuite(first, [line(3), line(5), line(6)]))
    assert ships.live("raw_netsuite.sales_orders") == {"3", "5", "6"}
    done = load(ships, FakeNetSuite([order(3, modified=old), *finished], [line(3), line(5), line(6)]))
    assert (done[ORDERS].read, done[ORDERS].deleted) == (2, 0)
    assert ships.live("raw_netsuite.sales_orders") == {"3", "5", "6"}


def test_an_open_order_that_is_not_there_is_gone_and_a_finished_one_when_netsuite_says_so(ships):
    old = "2026-01-20 10:00:00"
    load(ships, FakeNetSuite([order(1), order(2, status="G", modified=old)], [line(1), line(2)]))
    assert load(ships, FakeNetSuite())[ORDERS].deleted == 1
    done = load(ships, FakeNetSuite(deleted=["2", "99"]))
    assert (done[ORDERS].deleted, ships.live("raw_netsuite.sales_orders")) == (1, set())


def test_a_shipped_fulfilment_is_read_whole_once_and_again_when_it_changes(ships):
    client = FakeNetSuite(
        [order(1)], [line(1)], [shipment(8, 1), shipment(9, 1, status="A")], {"8": record(8, "T1", "T2")}
    )
    load(ships, client)
    load(ships, client)
    assert client.read_ids == ["8"]
    found = payload(ships, "item_fulfilments", "8")
    assert (found["shipmethod"], [row["tracking"] for row in found["packages"]]) == ("Royal Mail", ["T1", "T2"])
    client.shipments[0]["lastmodifieddate"] = "2026-02-01 11:30:00"
    load(ships, client)
    assert client.read_ids == ["8", "8"]


def test_a_fulfilment_that_was_taken_back_is_gone(ships):
    client = FakeNetSuite([order(1)], [line(1)], [shipment(8, 1)], {"8": record(8, "T1")})
    load(ships, client)
    client.shipments.clear()
    assert load(ships, client)[FULFILMENTS].deleted == 1


def test_a_fulfilment_of_a_finished_order_is_read_again_when_it_changes_and_gone_when_netsuite_says_so(ships):
    old = "2026-01-20 10:00:00"
    client = FakeNetSuite([order(1, status="G", modified=old)], [line(1)], [shipment(8, 1, modified=old)])
    client.records["8"] = record(8, "T1")
    load(ships, client)
    load(ships, client)
    assert client.read_ids == ["8"]

    client.shipments[0]["lastmodifieddate"] = "2026-02-01 12:30:00"
    load(ships, client)
    assert client.read_ids == ["8", "8"]

    client.shipments.clear()
    client.deleted.append("8")
    assert load(ships, client)[FULFILMENTS].deleted == 1


@pytest.mark.parametrize("kind", [RejectedError, MalformedReplyError, ForbiddenError, TransientError])
def test_a_fulfilment_that_cannot_be_read_is_quarantined_and_asked_for_until_it_can(ships, kind):
    old = "2026-01-20 10:00:00"
    client = FakeNetSuite([order(1, status="G", modified=old), order(2)], [line(1), line(2)])
    client.shipments = [shipment(8, 1, modified=old), shipment(9, 2)]
    client.records = {"8": record(8, "T1"), "9": record(9, "T2")}
    client.refused["8"] = kind("a workflow locks it")
    done = load(ships, client)
    assert (done[FULFILMENTS].landed, done[FULFILMENTS].quarantined, done[FULFILMENTS].problem) == (1, 1, "")
    assert ships.live("raw_tieout.quarantine") == {"netsuite/item_fulfilments/8"}
    assert done[ORDERS].window_to == NOW

    load(ships, client)
    assert ships.live("raw_tieout.quarantine") == {"netsuite/item_fulfilments/8"}
    client.refused.clear()
    load(ships, client)
    assert ships.live("raw_netsuite.item_fulfilments") == {"8", "9"}
    assert ships.live("raw_tieout.quarantine") == set()
    assert client.read_ids == ["8", "9", "8", "8"]


def test_access_that_is_refused_as_a_whole_ends_the_load_and_a_resting_endpoint_the_reading_of_orders(ships):
    client = FakeNetSuite([order(1)], [line(1)], [shipment(8, 1)], refused={"8": EndpointRestingError("it rests")})
    assert "it rests" in load(ships, client)[ORDERS].problem
    client.refused["8"] = ExpiredTokenError("HTTP 401")
    assert "HTTP 401" in load(ships, client)["netsuite", "*", ""].problem


@pytest.mark.parametrize("first", [(), ("",), ("", "T2")])
def test_a_number_that_comes_after_the_shipment_is_read_for_some_days(ships, first):
    client = FakeNetSuite([order(1)], [line(1)], [shipment(8, 1)], {"8": record(8, *first)})
    load(ships, client)
    client.records["8"] = record(8, "T1", *first[1:])
    load(ships, client)
    load(ships, client)
    assert client.read_ids == ["8", "8"]
    packages = payload(ships, "item_fulfilments", "8")["packages"]
    assert [row["tracking"] for row in packages] == ["T1", *first[1:]]


def test_a_shipment_that_stays_without_a_number_is_not_read_for_ever(ships):
    old = "2026-01-20 10:00:00"
    client = FakeNetSuite([order(1)], [line(1)], [shipment(8, 1, modified=old)], {"8": record(8)})
    load(ships, client)
    load(ships, client)
    assert client.read_ids == ["8"]


def test_a_quantity_that_is_none_is_quarantined_and_the_other_orders_flow(ships):
    done = load(ships, FakeNetSuite([order(1), order(2)], [line(1, quantity="two"), line(2)]))
    assert (done[ORDERS].landed, done[ORDERS].quarantined) == (1, 1)
    assert ships.live("raw_tieout.quarantine") == {"netsuite/sales_orders/1"}


def test_stock_is_read_of_the_locations_that_are_configured_and_an_unknown_one_is_named(ships):
    held = [{"item": "11", "location": "7", "itemid": "A", "quantityonhand": "5", "quantityavailable": "3"}]
    done = load(ships, FakeNetSuite(levels=held), places="7 70")
    assert "location '70'; NetSuite has 7 (Leeds)" in done[LEVELS].problem
    assert ships.live("raw_netsuite.item_levels") == {"11/7"}
    assert payload(ships, "stock_snapshots", "7")["items"] == 1
    assert payload(ships, "kits", "12")["members"] == [{"item": "11", "quantity": 2}]
    assert load(ships, FakeNetSuite())[LEVELS].deleted == 1


def test_a_location_whose_row_has_ended_is_neither_read_nor_missed(ships):
    client = FakeNetSuite(levels=[{"item": "11", "location": "7", "itemid": "A", "quantityonhand": "5"}])
    done = load(ships, client, ended="70")
    assert done[LEVELS].problem == ""
    assert [query for query in client.asked if "inventoryitemlocations" in query and "70" in query] == []
