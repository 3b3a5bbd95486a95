"""What carriers and the hub report: scans, receipts, blind arrivals, grades, and GXO's part in them."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox import gxo, zigzag
from sandbox.store import Store
from sandbox.zigzag import hub
from sandbox_tests.gxo.conftest import segments
from sandbox_tests.zigzag.conftest import DAY, HOUR, MONDAY, REF, Live

A = {"condition": "A", "disposition": "restock"}
D = {"condition": "D", "disposition": "dispose"}


def units(*found: tuple[str, int]) -> list[dict[str, Any]]:
    return [{"sku": sku, "quantity": count} for sku, count in found]


def received(live: Live, *found: tuple[str, int], tracking: str = "H1") -> str:
    return hub.receive(live.store, tracking_number=tracking, warehouse="NTH1", units=units(*found), now=live.store.now)


def lines(body: dict[str, Any], *names: str) -> list[tuple[Any, ...]]:
    return [tuple(line[name] for name in names) for line in body["lines"]]


def test_scans_move_shipment_and_return_and_late_ones_are_only_noted(live: Live) -> None:
    id = live.returned(("GROC-1", 1), tracking="H1")["returnId"]
    assert hub.carrier_scan(live.store, "H1", "collected", MONDAY + HOUR, "Leeds") == [id]
    assert live.read(id)["status"] == "in_transit"
    hub.carrier_scan(live.store, "H1", "delivered", MONDAY + 5 * HOUR, "Hub")
    hub.carrier_scan(live.store, "H1", "in_transit", MONDAY + 3 * HOUR, "Depot")
    shown = live.read(id)
    assert (shown["status"], shown["shipments"][0]["status"]) == ("delivered_to_hub", "delivered")
    codes = [event["code"] for event in shown["shipments"][0]["events"]]
    assert codes == ["label_created", "collected", "delivered", "in_transit"]
    assert hub.carrier_scan(live.store, "H9", "lost", MONDAY, None) == []
    with pytest.raises(ValueError, match="returned_to_sender"):
        hub.carrier_scan(live.store, "H1", "on holiday", MONDAY, None)


def test_a_scanned_label_cannot_be_cancelled(live: Live) -> None:
    made = live.returned(("GROC-1", 1), tracking="H1")
    hub.carrier_scan(live.store, "H1", "collected", MONDAY + HOUR, "Leeds")
    number = made["shipments"][0]["shipmentNumber"]
    assert live.refused("DELETE", f"/shipments/{number}") == (409, "already_scanned")


def test_a_receipt_says_what_came_less_more_or_other(live: Live) -> None:
    live.returned(("GROC-1", 2), ("GROC-2", 1), tracking="H1")
    id = received(live, ("GROC-1", 1), ("BOOK-9", 3))
    shown = live.read(id)
    assert shown["status"] == "received"
    assert lines(shown, "sku", "quantityRequested", "quantityReceived") == [
        ("GROC-1", 2, 1),
        ("GROC-2", 1, 0),
        ("BOOK-9", 0, 3),
    ]
    received(live, ("GROC-1", 1))
    assert lines(live.read(id), "quantityReceived") == [(2,), (0,), (3,)]


@pytest.mark.parametrize("tracking", ["", "H404"])
def test_a_parcel_that_nobody_announced_is_a_return_of_its_own(live: Live, tracking: str) -> None:
    shown = live.read(received(live, ("GROC-1", 2), tracking=tracking))
    assert (shown["orderNumber"], shown["externalReturnRef"], shown["status"]) == (None, None, "received")
    assert lines(shown, "sku", "quantityRequested", "quantityReceived") == [("GROC-1", 0, 2)]
    assert shown["shipments"] == [] and "_tracking" not in shown
    hub.grade(live.store, shown["returnId"], live.store.now, [{"sku": "GROC-1", "quantity": 2, **A}])
    assert live.read(shown["returnId"])["refund"]["status"] == "not_ready"


def test_one_parcel_for_two_returns_fills_both(live: Live) -> None:
    first = live.returned(("GROC-1", 1), tracking="H1")["returnId"]
    second = live.returned(("GROC-1", 1), tracking="H1", externalReturnRef="4035318504086604002")["returnId"]
    assert received(live, ("GROC-1", 2)) == first
    assert [lines(live.read(id), "quantityReceived") for id in (first, second)] == [[(1,)], [(1,)]]


def test_grades_split_lines_mark_what_is_missing_and_ready_the_refund(live: Live) -> None:
    live.returned(("GROC-1", 2), ("GROC-2", 1), tracking="H1")
    id = received(live, ("GROC-1", 2))
    live.store.set_now(MONDAY + DAY)
    hub.grade(live.store, id, MONDAY + DAY, [{"sku": "GROC-1", "quantity": 1, **A}])
    assert (live.read(id)["status"], live.read(id)["refund"]["status"]) == ("graded", "not_ready")
    hub.grade(live.store, id, MONDAY + DAY, [{"sku": "GROC-1", "quantity": 1, **D}])
    shown = live.read(id)
    assert lines(shown, "lineId", "quantityRequested", "quantityReceived", "condition", "disposition") == [
        (f"{id}-1", 1, 1, "A", "restock"),
        (f"{id}-2", 1, 0, "F", None),
        (f"{id}-3", 1, 1, "D", "dispose"),
    ]
    assert {line["gradedAt"] for line in shown["lines"]} == {"2026-01-06T00:00:00Z"}
    assert lines(shown, "images") == [([],), ([],), ([f"{live.urls['zigzag']}/photos/{id}-3-1.png"],)]
    assert shown["status"] == "processed"
    assert shown["refund"] == {
        "status": "ready",
        "amount": "20.20",
        "currency": "GBP",
        "triggeredAt": "2026-01-06T00:00:00Z",
        "settledAt": None,
    }
    with pytest.raises(ValueError, match="1 more than were received"):
        hub.grade(live.store, id, MONDAY + DAY, [{"sku": "GROC-1", "quantity": 1, **A}])


def test_a_photo_is_served_where_its_line_says_without_a_token(live: Live) -> None:
    id = live.returned(("GROC-1", 2))["returnId"]
    units = {"units": [{"sku": "GROC-1", "quantity": 2}], "outcomes": [{"sku": "GROC-1", "quantity": 2, **D}]}
    ((address,),) = [line["images"] for line in live.call("POST", f"/returns/{id}/receipt", units)["lines"]]
    reply = live.http.get(address)
    assert (reply.status_code, reply.headers["content-type"], reply.content[:8]) == (
        200,
        "image/png",
        b"\x89PNG\r\n\x1a\n",
    )
    assert live.http.get(address).content == reply.content != b""
    assert {live.http.get(address.replace("-1.png", end)).status_code for end in ("-2.png", "", "-1.png/x")} == {404}


def test_a_client_can_be_the_hub_itself(live: Live) -> None:
    id = live.returned(("GROC-1", 2))["returnId"]
    place = f"/returns/{id}/receipt"
    for wrong in ({}, {"units": [{"sku": "GROC-1"}]}, {"units": [], "outcomes": [1]}):
        assert live.refused("POST", place, wrong) == (400, "invalid_request")
    too_many = {"units": units(("GROC-1", 1)), "outcomes": [{"sku": "GROC-1", "quantity": 2, **A}]}
    assert live.refused("POST", place, too_many) == (400, "invalid_request")
    assert live.read(id)["status"] == "created", "a refused call changes nothing"
    assert live.call("POST", place, {"units": units(("GROC-1", 1))})["status"] == "received"
    outcomes = [{"sku": "GROC-1", "quantity": 2, **D}]
    graded = live.call("POST", place, {"units": units(("GROC-1", 1)), "outcomes": outcomes})
    assert (graded["status"], lines(graded, "condition")) == ("processed", [("D",)])
    assert live.refused("POST", place, {"units": []}) == (409, "already_received")


def test_the_wave_grades_hours_to_two_days_after_receipt_and_some_graders_mistype(store: Store) -> None:
    for number in range(300):
        store.set_now(MONDAY)
        hub.receive(store, tracking_number="", warehouse="Default", units=units((f"S-{number}", 1)), now=MONDAY)
    zigzag.wave(store, MONDAY + 4 * HOUR - 1)
    assert {record.body["status"] for record in store.select("zigzag", "returns")} == {"received"}
    zigzag.wave(store, MONDAY + 20 * HOUR)
    assert {record.body["status"] for record in store.select("zigzag", "returns")} == {"received", "processed"}
    zigzag.wave(store, MONDAY + 40 * HOUR)
    found = [line["condition"] for record in store.select("zigzag", "returns") for line in record.body["lines"]]
    assert found.count("A") > 200 and {"B", "D", "E"} < set(found) and {"AA", "a"} & set(found)
    assert store.get_meta("zigzag.to_grade") == {}


def test_what_gxo_takes_back_is_in_its_stock_its_944_and_its_next_846(live: Live) -> None:
    gxo.seed_stock(live.store, {"GROC-1": 50, "GROC-2": 10})
    gxo.wave(live.store, MONDAY)
    live.returned(("GROC-1", 2), ("GROC-2", 1), tracking="H1")
    id = received(live, ("GROC-1", 2), ("GROC-2", 1))
    outcomes = [{"sku": "GROC-1", "quantity": 1, **A}, {"sku": "GROC-1", "quantity": 1, **D}]
    hub.grade(live.store, id, live.store.now, [*outcomes, {"sku": "GROC-2", "quantity": 1, **A}])
    for wave in range(1, 50):
        gxo.wave(live.store, MONDAY + wave * 1800)
    files = {r.id: segments(r.body["text"]) for r in live.store.select("gxo", "files", parent="out")}
    (advice,) = [rows for name, rows in files.items() if name.startswith("out/944")]
    assert [row[4] for row in advice if row[0] == "W17"] == [REF]
    assert ["N9", "RZ", REF] in advice
    assert [row[1:] for row in advice if row[0] in {"W07", "W13", "W14"}] == [
        ["2", "EA", "", "SK", "GROC-1"],
        ["1", "EA", "01"],
        ["1", "EA", "", "SK", "GROC-2"],
        ["3"],
    ]
    first, *_, last = sorted(name for name in files if name.startswith("out/846"))
    counted = [[row[2] for row in files[name] if row[0] == "QTY"] for name in (first, last)]
    assert counted == [["50", "50", "0", "10", "10", "0"], ["52", "51", "1", "11", "11", "0"]]


def test_linnworks_books_nothing_by_itself(live: Live) -> None:
    before = live.store.count("linnworks", "stock_changes")
    id = hub.receive(live.store, tracking_number="", warehouse="Default", units=units(("GROC-1", 1)), now=MONDAY)
    hub.grade(live.store, id, MONDAY, [{"sku": "GROC-1", "quantity": 1, **A}])
    assert live.store.count("linnworks", "stock_changes") == before
    assert live.store.count("gxo", "receipts") == 0
