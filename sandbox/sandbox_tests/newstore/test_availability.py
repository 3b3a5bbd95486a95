"""Exports with their watermark, point reads, insights, reservations and imports."""

from __future__ import annotations

import io
import json
import threading
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from sandbox import newstore
from sandbox.newstore import availability, fulfilment, imports, injection, orders, reservations
from sandbox.newstore.errors import WireError
from sandbox.store import Store
from sandbox_tests.newstore.conftest import DAY, HOUR, LEVELS, MONDAY, Live, order, pass_time

KEY = {"product_id": "GROC-1", "fulfillment_node_id": "LDN01"}


def exported(store: Store, **wanted: Any) -> tuple[dict[tuple[str, str], int], int]:
    """Run an export; returns ATP by node (or group) and product, and the watermark."""
    id = availability.start_export(store, wanted)["availability_export_id"]
    assert availability.export(store, id, "http://x")["state"] == "processing"
    done = availability.export(store, id, "http://x")
    assert done["state"] == "finished"
    if done["last_updated_at"] == 0:
        assert done["link"] is None
        return {}, 0
    with zipfile.ZipFile(io.BytesIO(availability.export_file(store, done["link"].rsplit("/", 1)[1]))) as archive:
        (name,) = archive.namelist()
        rows = json.loads(archive.read(name))["items"]
    place = "group_name" if "group_name" in wanted else "fulfillment_node_id"
    return {(row[place], row["product_id"]): row["atp"] for row in rows}, done["last_updated_at"]


def test_an_export_has_what_changed_since_its_watermark(store: Store) -> None:
    everything, mark = exported(store)
    assert everything == {key: units - 1 for key, units in LEVELS.items()}  # one unit is kept back
    assert exported(store, last_updated_at=mark) == ({}, 0)
    newstore.stock.change(store, "LDN01", "GROC-1", on_hand=-2)
    changed, later = exported(store, last_updated_at=mark)
    assert changed == {("LDN01", "GROC-1"): 2} and later > mark
    store.patch("newstore", "stock", "MAN01.GROC-2", {"on_hand": 9})
    assert exported(store, last_updated_at=later)[0] == {("MAN01", "GROC-2"): 8}
    group, _ = exported(store, last_updated_at=mark, group_name="stores")
    assert group == {("stores", "GROC-1"): 3, ("stores", "GROC-2"): 8}
    with pytest.raises(WireError, match="last_updated_at"):
        availability.start_export(store, {"last_updated_at": "2026-01-01"})


def test_old_exports_are_forgotten(store: Store) -> None:
    ids = [availability.start_export(store, {})["availability_export_id"] for _ in range(22)]
    with pytest.raises(WireError):
        availability.export(store, ids[0], "")
    assert availability.export(store, ids[-1], "")["state"] == "processing"


def test_units_are_read_by_key_by_product_and_by_page(store: Store) -> None:
    unknown = {"product_id": "X", "fulfillment_node_id": "LDN01"}
    assert availability.point_read(store, {"atp_keys": [KEY, unknown]})["items"] == [
        {**KEY, "atp": 4},
        {**unknown, "atp": 0},
    ]
    for keys in ([], [KEY] * 2001, [{"product_id": "GROC-1"}]):
        with pytest.raises(WireError):
            availability.point_read(store, {"atp_keys": keys})
    first = availability.of_products(store, {"products": ["GROC-1"], "page_number": 1, "page_size": 1})
    assert (first["has_more"], first["items"]) == (True, [{**KEY, "atp": 4}])
    assert {"product_id": "GROC-2", "fulfillment_node_id": "LDN01", "count": 0} in availability.unallocated(
        store, None
    )["items"]
    page = availability.stocked_products(store, {"limit": "2", "offset": "3"})
    assert (page["pagination_info"], len(page["elements"])) == ({"count": 1, "total": 4, "offset": 3}, 1)


def test_insights_name_who_holds_a_unit(store: Store) -> None:
    body = order("held", "GROC-1")
    body["shipments"][0]["shipping_option"]["routing_strategy"] = {
        "strategy": "prerouted",
        "fulfillment_node_id": "LDN01",
    }
    made = injected(store, body)
    reservations.create(store, {"customer_profile_id": "c", "location_id": "LDN01", "items": [KEY]}, "key")
    found = availability.insights(store, KEY)
    assert [(each["order_uuid"], each["item_uuid"]) for each in found["allocations"]] == [
        (made["id"], made["items"][0]["id"])
    ]
    assert len(found["reservations"]) == 1
    assert newstore.stock.atp(newstore.stock.level(store, "LDN01", "GROC-1") or {}) == 2


def test_a_reservation_is_made_once_for_each_key_and_gives_its_unit_back(store: Store) -> None:
    wanted = {"customer_profile_id": "c", "location_id": "LDN01", "items": [KEY], "expires_in_min": 60}
    id, body = reservations.create(store, wanted, "key")
    assert reservations.create(store, wanted, "key") == (id, body)
    with pytest.raises(WireError, match="Idempotency-Key"):
        reservations.create(store, wanted, "")
    assert atp(store) == 3
    reservations.change_items(store, id, [{"id": body["items"][0]["id"], "status": "CONVERTED"}])
    with pytest.raises(WireError):
        reservations.change_items(store, id, [{"id": body["items"][0]["id"], "status": "UNRESERVED"}])
    assert newstore.stock.level(store, "LDN01", "GROC-1")["on_hand"] == 4  # type: ignore[index]
    other, _ = reservations.create(store, wanted, "other")
    assert atp(store) == 2
    pass_time(store, 2 * HOUR)
    assert (reservations.shown(store, other)["status"], atp(store)) == ("UNRESERVED", 3)


def test_an_import_sets_what_is_there_less_what_was_shipped_since(store: Store) -> None:
    made = injected(store, order("one", "GROC-1"))
    pass_time(store, DAY)
    node = fulfilment.of_order(store, made["id"])[0]["fulfillment_node_id"]
    rows = [{"fulfillment_node_id": node, "product_id": "GROC-1", "quantity": 10}]
    rows.append({"fulfillment_node_id": "NOWHERE", "product_id": "GROC-1", "quantity": 1})
    for end, left in ((0, 9), (1, 10)):
        covered = {"logical_timestamp_start": 0, "logical_timestamp_end": end}
        content = {"head": {"mode": "atp", "completed_fulfillment_requests": covered}, "items": rows}
        id = imported(store, {"availabilities.json": content}, ["availabilities"])
        assert imports.poll(store, id)["state"] == "processing"
        assert imports.poll(store, id)["state"] == "finished"
        assert [each["entity_id"] for each in imports.errors(store, id)["errors"]] == ["GROC-1"]
        assert newstore.stock.atp(newstore.stock.level(store, node, "GROC-1") or {}) == left


def test_imports_that_cannot_be_done_fail_and_open_ones_are_limited(store: Store) -> None:
    full = imported(store, {"availabilities.json": {"items": []}}, ["availabilities"], full=True)
    pass_time(store, HOUR)
    assert imports.shown(store, full)["state"] == "failed"
    away = job(store)
    imports.start(store, away, {"transformed_uri": "https://example.com/x.zip"})
    assert imports.errors(store, away)["errors"][0]["reason"].endswith("only addresses on loopback are fetched")
    for _ in range(19):
        job(store)
    with pytest.raises(WireError) as refused:
        job(store)
    assert (refused.value.status, refused.value.code) == (429, "too_many_open_imports")
    assert len(imports.listed(store, {"filter[state]": "received"})["items"]) == 19


def test_the_links_of_exports_lead_to_their_zip(live: Live) -> None:
    id = live.call("POST", "/v0/d/availabilities/bulk", {})["availability_export_id"]
    states = [live.call("GET", f"/v0/d/availabilities/bulk/{id}") for _ in range(2)]
    assert [each["state"] for each in states] == ["processing", "finished"]
    content = live.http.get(states[1]["link"]).content
    assert zipfile.ZipFile(io.BytesIO(content)).namelist() == ["availabilities.json"]
    assert live.call("GET", "/v0/stock/insights", params=KEY)["allocations"] == []
    assert live.call("GET", "/v0/d/availabilities/groups")["groups"][0]["name"] == "stores"
    headers = {"Idempotency-Key": "k"}
    wanted = {"customer_profile_id": "c", "location_id": "LDN01", "items": [{"product_id": "GROC-1"}]}
    made = live.send("POST", "/inventory/reservations", wanted, headers=headers)
    assert (made.status_code, made.headers["location"]) == (201, f"/inventory/reservations/{made.json()['id']}")


def injected(store: Store, body: dict[str, Any]) -> dict[str, Any]:
    from decimal import Decimal

    made = injection.inject(store, json.loads(json.dumps(body), parse_float=Decimal))
    found = orders.get(store, made["id"])
    assert found is not None and store.now >= MONDAY
    return found


def atp(store: Store) -> int:
    return newstore.stock.atp(newstore.stock.level(store, "LDN01", "GROC-1") or {})


def job(store: Store, entities: tuple[str, ...] = ("availabilities",), **more: Any) -> str:
    wanted = {"provider": "erp", "source_uri": "http://127.0.0.1/x.zip", "revision": 1, "entities": list(entities)}
    return str(imports.create(store, {**wanted, **more})["id"])


def imported(store: Store, files: dict[str, Any], entities: list[str], **more: Any) -> str:
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, json.dumps(content))
    id = job(store, tuple(entities), **more)
    with served(kept.getvalue()) as url:
        imports.start(store, id, {"transformed_uri": url})
    return id


@contextmanager
def served(content: bytes) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            return

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/x.zip"
        finally:
            server.shutdown()
            thread.join()
