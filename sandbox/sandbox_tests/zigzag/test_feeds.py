"""Files over SFTP: the order feed with its refusals, and what ZigZag leaves; and the server that serves them."""

from __future__ import annotations

import asyncio
import csv
from typing import Any

import asyncssh
import httpx
import pytest

from sandbox import zigzag
from sandbox.store import Store
from sandbox.zigzag import feeds, hub
from sandbox_tests.zigzag.conftest import HOUR, MONDAY, REF, Live

HEADING = (
    "OrderNumber,OrderDate,ShippingFirstName,Address1,City,Postcode,Country,Email,Phone,SKU,Quantity,UnitPrice,Currency"
)
TAIL = "2026-01-05T00:00:00,Jo,1 High St,Leeds,LS1 1AA,GB,jo@example.com,0"


def row(number: str, sku: str = "A", quantity: str = "1") -> str:
    return f"{number},{TAIL},{sku},{quantity},9.50,GBP"


def fed(store: Store, *rows: str, name: str = "ReturnOrders_2026-01-05T000000Z.csv", heading: str = HEADING) -> None:
    """Leave a file, and let a wave pass."""
    text = "\n".join([heading, *rows]) + "\n"
    feeds.SHARE.save(store, f"feeds/Order/{name}", text.encode(), at=store.now)
    zigzag.wave(store, store.now)


def read(store: Store, folder: str) -> list[dict[str, str]]:
    """The rows of all files of a folder."""
    files = feeds.SHARE.in_folder(store, folder)
    return [found for file in files for found in csv.DictReader(file.body["text"].splitlines())]


def orders(store: Store) -> dict[str, list[tuple[str, int]]]:
    found = store.select("zigzag", "orders")
    return {each.id: [(line["sku"], line["quantity"]) for line in each.body["lines"]] for each in found}


def test_rows_of_one_order_become_its_lines_and_a_later_file_replaces_it(store: Store) -> None:
    fed(store, row("1", "A", "2"), row("1", "B"), row("2", "C"))
    assert orders(store) == {"1": [("A", 2), ("B", 1)], "2": [("C", 1)]}
    fed(store, row("1", "A", "1"), name="ReturnOrders_2026-01-06T000000Z.csv")
    assert orders(store)["1"] == [("A", 1)]
    assert read(store, "reports") == [] and feeds.SHARE.in_folder(store, "feeds/Order") == []
    assert len(feeds.SHARE.in_folder(store, "archive")) == 2


def test_what_is_refused_is_reported_row_by_row_and_the_rest_is_kept(store: Store) -> None:
    fed(store, row("1"), row("2", quantity="x"), row("3"), row("1", "B"), row("", "C"))
    assert orders(store) == {"1": [("A", 1)], "3": [("A", 1)]}
    refused = [(found["row"], found["orderNumber"]) for found in read(store, "reports")]
    assert refused == [("3", "2"), ("5", "1"), ("6", "")]
    errors = [found["error"] for found in read(store, "reports")]
    assert "lines[0].quantity" in errors[0] and "twice" in errors[1] and "orderNumber" in errors[2]


@pytest.mark.parametrize("separator", [";", "|", "\t"])
def test_other_separators_and_printed_names_are_read(store: Store, separator: str) -> None:
    heading = HEADING.replace("OrderNumber", "Order No.").replace("ShippingFirstName", "Shipping First Name")
    fed(store, row("1").replace(",", separator), heading="\ufeff" + heading.replace(",", separator))
    assert orders(store) == {"1": [("A", 1)]}


def test_files_of_another_name_or_too_large_are_refused_whole(store: Store) -> None:
    fed(store, row("1"), name="orders.csv")
    fed(store, row("2"), " " * feeds.LARGEST_FILE)
    feeds.SHARE.save(store, "feeds/Order/ReturnOrders_1.csv.tmp", b"x", at=MONDAY)
    fed(store, name="ReturnOrders_2.csv", heading="")
    assert orders(store) == {}
    errors = [found["error"] for found in read(store, "reports")]
    assert "expected at most 20000000" in errors[0] and errors[1].startswith("name orders.csv")
    assert len(feeds.SHARE.in_folder(store, "feeds/Order")) == 1


def test_each_wave_leaves_what_was_graded_and_scanned_since_the_last(live: Live) -> None:
    store = live.store
    zigzag.wave(store, MONDAY)
    id = live.returned(("GROC-1", 1), tracking="H1")["returnId"]
    store.set_now(MONDAY + 600)
    hub.carrier_scan(store, "H1", "collected", MONDAY - HOUR, "Leeds")
    found = [{"sku": "GROC-1", "quantity": 1}]
    hub.receive(store, tracking_number="H1", warehouse="Default", units=found, now=MONDAY + 600)
    outcome = {"sku": "GROC-1", "quantity": 1, "condition": "B", "disposition": "refurbish"}
    hub.grade(store, id, MONDAY + HOUR, [outcome])
    for hour in (1, 2, 3):
        store.set_now(MONDAY + hour * HOUR)
        zigzag.wave(store, store.now)
    names = [file.id for file in feeds.SHARE.in_folder(store, "outbound")]
    assert names == ["outbound/Returns_2026-01-05T020000Z.csv", "outbound/Tracking_2026-01-05T010000Z.csv"]
    graded, *scans = read(store, "outbound")
    assert (graded["returnId"], graded["externalReturnRef"], graded["condition"]) == (id, REF, "B")
    assert [(scan["code"], scan["at"], scan["trackingNumber"]) for scan in scans] == [
        ("label_created", "2026-01-05T00:00:00Z", "H1"),
        ("collected", "2026-01-04T23:00:00Z", "H1"),
    ]


def test_a_client_leaves_orders_and_takes_reports_away(live: Live) -> None:
    entry = live.control("GET", "/systems")["zigzag_sftp"]

    async def work() -> dict[str, Any]:
        hosts = asyncssh.import_known_hosts(entry["known_hosts"] + "\n")
        place = {"host": entry["host"], "port": entry["port"], "known_hosts": hosts, "config": None}
        login = {"username": entry["user"], "password": entry["password"], "client_keys": None, "agent_path": None}
        async with asyncssh.connect(**place, **login) as connection, connection.start_sftp_client() as client:
            folders = {path: sorted(await client.listdir(path)) for path in ("/", "feeds", "feeds/Order")}
            async with client.open("feeds/Order/ReturnOrders_1.tmp", "w") as file:
                await file.write(f"{HEADING}\n{row('1')}\n{row('2', quantity='0')}\n")
            await client.rename("feeds/Order/ReturnOrders_1.tmp", "feeds/Order/ReturnOrders_1.csv")
            with pytest.raises(asyncssh.SFTPPermissionDenied):
                await client.rename("feeds/Order/ReturnOrders_1.csv", "outbound/x.csv")
            await asyncio.to_thread(zigzag.wave, live.store, live.store.now)
            async with client.open("reports/ReturnOrders_1.csv", "r") as file:
                report = await file.read()
            await client.rename("reports/ReturnOrders_1.csv", "archive/report.csv")
            return {**folders, "report": report}

    fault = {"system": "zigzag_sftp", "kind": "slow", "seconds": 0.1, "match": "rename /feeds", "count": 1}
    live.control("POST", "/faults", fault)
    seen = asyncio.run(asyncio.wait_for(work(), 60))
    assert [each["hits"] for each in live.control("GET", "/faults")] == [1]
    with pytest.raises(httpx.HTTPStatusError, match="400"):
        live.control("POST", "/faults", {**fault, "kind": "429"})
    assert set(seen["/"]) >= {"feeds", "outbound", "reports", "archive"}
    assert "Order" in seen["feeds"] and seen["feeds/Order"] == [".", ".."]
    assert "quantity" in seen["report"]
    assert live.call("GET", "/orders/1")["returnableQuantity"] == 1
    calls = live.control("GET", "/zigzag_sftp/calls?path=feeds")
    assert {call["method"] for call in calls} >= {"open", "write", "close", "rename", "list"}
    assert live.control("GET", "/zigzag_sftp/files?parent=archive")["total"] == 2
