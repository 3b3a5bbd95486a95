"""Units sold, cancelled and returned as the stand-ins' own records have them, against operations.units.

Belongs here: the identity of units, computed without a model, and what says that a movement does not fit it. Does not:
what is counted on the shelves (test_operations), or each return (test_returns).
"""

from __future__ import annotations

import csv
import re
import shutil
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from orchestration.demo.demo import running_sandbox
from orchestration.demo.shops import UK, US
from orchestration.warehouse.queries import query_rows
from tests.support.connected import components, cycle
from tests.support.worlds import CONFIG, World
from tieout.settings import Settings, load_settings

Place = tuple[str, str]
Key = tuple[str, str, str]
Grade = tuple[str, str]
GRADE, FIT, UNFIT = ("condition", "disposition"), ("A", "restock"), ("D", "dispose")
COMPLETE = "RETURN_OR_REFUND_REQUEST_COMPLETE"
PLACES: dict[str, Place] = {UK: ("gxo", "NTH1"), US: ("linnworks", "Default")}
HOLDS, CLOSED = ("05", "55"), ("shipped", "shorted")
ROWS = "select * from operations.units"


@pytest.fixture(scope="module")
def live(returning: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[World, Settings]]:
    """A copy of the world, served, and its settings: goods came back to each warehouse, and what was done is read."""
    home = Path(shutil.copytree(returning, tmp_path_factory.mktemp("units") / "home"))
    with running_sandbox(home, port=0) as urls:
        world, settings = World(home, urls), load_settings(home / "config", home)
        bring_back(world)
        cycle(settings)
        cycle(settings)
        yield world, settings


def bring_back(world: World) -> None:
    """Let a return of each shop be fit to be sold again and refunded; of another of GXO's all but its first line."""
    first, other = announced(world, UK)[:2]
    for return_id in (first, announced(world, US)[0]):
        receive(world, return_id, lambda _line: FIT)
        done = {"return_status": COMPLETE, "update_time": world.call("GET", "/_sandbox/clock")["now"]}
        world.call("PATCH", f"/_sandbox/tiktok_shop/returns/{return_id}", done)
    receive(world, other, lambda line: UNFIT if line == 0 else FIT)
    world.call("POST", "/_sandbox/clock", {"advance_hours": 1})


def announced(world: World, shop: str) -> list[str]:
    """Return a shop's returns whose label the portal has issued, and of which nothing arrived yet."""
    shops = {row["return_id"]: row["_record"]["shop"] for row in world.records("tiktok_shop", "returns")}
    found = [row for row in world.records("zigzag", "returns") if shops.get(row["externalReturnRef"]) == shop]
    return sorted(row["externalReturnRef"] for row in found if row["status"] == "label_issued")


def receive(world: World, return_id: str, grade: Callable[[int], Grade]) -> None:
    """Be the hub: take in all that a return announces, and grade it line by line."""
    account = world.call("GET", "/_sandbox/systems")["zigzag"]
    (row,) = [row for row in world.records("zigzag", "returns") if row["externalReturnRef"] == return_id]
    found = [{"sku": line["sku"], "quantity": line["quantityRequested"]} for line in row["lines"]]
    graded = [{**line, **dict(zip(GRADE, grade(number), strict=True))} for number, line in enumerate(found)]
    with httpx.Client(base_url=account["base_url"]) as hub:
        login = {name: account[name] for name in ("username", "password")}
        hub.headers["Authorization"] = f"Bearer {hub.post('/token', json=login).json()['token']}"
        reply = hub.post(f"/returns/{row['returnId']}/receipt", json={"units": found, "outcomes": graded})
        assert reply.status_code == 200, reply.text


def units(rows: Iterable[tuple[Place, dict[str, int]]]) -> dict[Key, int]:
    """Add up units by system, location and item; what comes to nothing is left out."""
    added: Counter[Key] = Counter()
    for place, items in rows:
        for item, count in items.items():
            added[*place, item] += count
    return {key: count for key, count in added.items() if count}


def less(left: dict[Key, int], *right: dict[Key, int]) -> dict[Key, int]:
    """Return what is left of units when others are taken away."""
    found = {key: left.get(key, 0) - sum(each.get(key, 0) for each in right) for key in set(left).union(*right)}
    return {key: count for key, count in found.items() if count}


def kept(world: World) -> dict[Key, int]:
    """Return what TikTok Shop's orders ask for, without what was cancelled, in items."""
    made_of = components(world)
    return units(
        (PLACES[order["_record"]["shop"]], made_of[line["seller_sku"]])
        for order in ours(world)
        for line in order["line_items"]
        if "CANCELLED" not in (order["status"], line["display_status"])
    )


def ours(world: World) -> list[dict[str, Any]]:
    orders = world.records("tiktok_shop", "orders")
    return [order for order in orders if order["fulfillment_type"] != "FULFILLMENT_BY_TIKTOK"]


def fit_again(world: World) -> dict[Key, int]:
    """Return what the portal has graded as sellable of TikTok Shop's returns, once all of a return is graded."""
    with (CONFIG / "grades.csv").open() as file:
        fit = {(row["condition"], row["disposition"]) for row in csv.DictReader(file) if row["is_sellable"] == "yes"}
    shops = {row["return_id"]: row["_record"]["shop"] for row in world.records("tiktok_shop", "returns")}
    return units(
        (PLACES[shops[row["externalReturnRef"]]], {line["sku"]: line["quantityReceived"] or 0})
        for row in world.records("zigzag", "returns")
        if row["externalReturnRef"] in shops
        and all(line["gradedAt"] for line in row["lines"] if line["quantityReceived"])
        for line in row["lines"]
        if (line["condition"], line["disposition"]) in fit
    )


def moved_at_gxo(world: World) -> dict[Key, int]:
    """Return what is missing on GXO's shelves since they were filled, and that nothing but orders and returns explains.

    Damaged goods that came back lie on hold, and are no part of it.
    """
    ids, place = {row["return_id"] for row in world.records("tiktok_shop", "returns")}, PLACES[UK]
    receipts = world.records("gxo", "receipts")
    lines = [(line, receipt.get("reference") in ids) for receipt in receipts for line in receipt["lines"]]
    adjusted = [row for row in world.records("gxo", "adjustments") if row["reason"] not in HOLDS]
    return units(
        [(place, {row["sku"]: row["_full"] - row["on_hand"]}) for row in world.records("gxo", "stock")]
        + [(place, {line["sku"]: line.get("damaged", 0) if is_back else line["units"]}) for line, is_back in lines]
        + [(place, {row["sku"]: row["units"]}) for row in adjusted]
    )


def moved_at_linnworks(world: World) -> dict[Key, int]:
    """Return what Linnworks has taken off its shelves for orders, less what it has put back for them."""
    skus = {row["StockItemId"]: row["SKU"] for row in world.records("linnworks", "stock_levels")}
    channel = {
        row["NumOrderId"] for row in world.records("linnworks", "orders") if row["GeneralInfo"]["Source"] == "TIKTOK"
    }
    changes = [(re.match(r"Order (\d+) ", row["Note"]), row) for row in world.records("linnworks", "stock_changes")]
    return units(
        (PLACES[US], {skus[row["StockItemId"]]: -row["ChangeQty"]})
        for named, row in changes
        if named and int(named[1]) in channel
    )


def short(world: World) -> dict[Key, int]:
    """Return what GXO has not had on its shelves when it shipped an order, and ships no more."""
    return units(
        (PLACES[UK], {line["sku"]: line["quantity"] - line["shipped"]})
        for order in world.records("gxo", "orders")
        if order["status"] in CLOSED
        for line in order["lines"]
    )


def waiting(world: World) -> dict[Key, int]:
    """Return what orders ask for that have not left: open or unknown at GXO, or in Linnworks."""
    made_of = components(world)
    gone = {row["order"] for row in world.records("gxo", "orders") if row["status"] in CLOSED}
    gone |= {row["GeneralInfo"]["ReferenceNum"] for row in world.records("linnworks", "orders") if row["Processed"]}
    return units(
        (PLACES[order["_record"]["shop"]], made_of[line["seller_sku"]])
        for order in ours(world)
        if order["id"] not in gone
        for line in order["line_items"]
        if "CANCELLED" not in (order["status"], line["display_status"])
    )


def shown(settings: Settings, figure: Callable[[dict[str, Any]], int]) -> dict[Key, int]:
    rows = query_rows(settings, ROWS)
    found = {(row["fulfilment_system"], row["fulfilment_location"], row["item"]): figure(row) for row in rows}
    return {key: count for key, count in found.items() if count}


def test_units_sold_and_kept_are_those_of_the_shops_orders(live):
    world, settings = live
    figures = kept(world)
    assert {key[:2] for key in figures} == set(PLACES.values()) and sum(figures.values()) > 100
    assert shown(settings, lambda row: row["sold_units"] - row["cancelled_units"]) == figures


def test_units_fit_to_be_sold_again_are_those_that_the_portal_graded(live):
    world, settings = live
    figures = fit_again(world)
    assert {key[:2] for key in figures} == set(PLACES.values())
    assert shown(settings, lambda row: row["sellable_units"]) == figures


def test_units_that_moved_are_those_that_the_shelves_miss(live):
    world, settings = live
    figures = moved_at_gxo(world) | moved_at_linnworks(world)
    assert {key[:2] for key in figures} == set(PLACES.values())
    assert shown(settings, lambda row: row["moved_units"]) == figures


def test_what_was_sold_and_not_returned_has_moved_or_waits(live):
    world, settings = live
    moved = moved_at_gxo(world) | moved_at_linnworks(world)
    left = less(kept(world), fit_again(world), moved)
    assert less(left, waiting(world), short(world)) == {}
    assert shown(settings, lambda row: row["difference_units"]) == left
    assert shown(settings, lambda row: row["not_shipped_units"]) == waiting(world)
    assert shown(settings, lambda row: row["short_units"]) == short(world) != {}
    assert shown(settings, lambda row: row["unexplained_units"]) == {}


def test_a_shipment_and_a_grade_that_were_edited_are_named_until_they_are_as_before(live):
    world, settings = live
    before = open_rows(settings)
    name, text, order_id, sku = one_shipped(world)
    graded = back_in_stock(world)
    write(world, name, one_more(text, order_id, sku), number=900000001)
    regrade(world, graded, [{**line, **dict(zip(GRADE, UNFIT, strict=True))} for line in graded["lines"]])
    cycle(settings)
    back = units((PLACES[UK], {line["sku"]: line["quantityReceived"]}) for line in graded["lines"])
    assert shown(settings, lambda row: -row["unexplained_units"]) == less({(*PLACES[UK], sku): 1}, back)
    of_items = {("INV-14", f"NTH1/{item}", "moved without a sale or a grade") for _system, _place, item in back}
    wanted = of_items | {("INV-14", f"NTH1/{sku}", "change without a message"), ("ORD-06", order_id, "contents")}
    assert {row for row in open_rows(settings) - before if row[0] in ("INV-14", "ORD-06")} == wanted
    write(world, name, text, number=900000002)
    regrade(world, graded, graded["lines"])
    cycle(settings)
    assert open_rows(settings) & wanted == set()
    assert shown(settings, lambda row: row["unexplained_units"]) == {}


def one_shipped(world: World) -> tuple[str, str, str, str]:
    """Return name and text of a 945, with an order in it that was delivered and not returned, and one of its SKUs."""
    back = {row["order_id"] for row in world.records("tiktok_shop", "returns")}
    there = {row["id"] for row in world.records("tiktok_shop", "orders") if row["status"] == "DELIVERED"} - back
    for file in world.records("gxo", "files"):
        for found in re.finditer(r"W06\*F\*(\d+)\*.*?\*SK\*([^~]+)~", file["text"]):
            if file["id"].startswith("out/945") and found[1] in there:
                return file["id"], file["text"], found[1], found[2]
    raise LookupError("no 945 of an order that was delivered and not returned")


def one_more(text: str, order_id: str, sku: str) -> str:
    """Return a 945 in which one more unit of a SKU left for an order."""

    def more(found: re.Match[str]) -> str:
        return f"{found[1]}*{int(found[2]) + 1}*{int(found[3]) + 1}*"

    start = text.index(f"*{order_id}*")
    end = text.index("~SE*", start)
    found = re.sub(rf"(W12\*CC)\*(\d+)\*(\d+)\*(?=0\*EA\*\*SK\*{sku}~)", more, text[start:end], count=1)
    found = re.sub(r"W03\*(\d+)", lambda total: f"W03*{int(total[1]) + 1}", found)
    return text[:start] + found + text[end:]


def write(world: World, name: str, text: str, *, number: int) -> None:
    """Change a file at GXO, under a control number that was not seen yet."""
    text = re.sub(r"(ISA(?:\*[^*]*){12}\*)\d{9}", rf"\g<1>{number}", text, count=1)
    text = re.sub(r"IEA\*1\*\d{9}", f"IEA*1*{number}", text)
    now = world.call("GET", "/_sandbox/clock")["now"]
    changed = {"text": text, "size": len(text), "written_at": now + number % 10}
    world.call("PATCH", f"/_sandbox/gxo/files/{name}", changed)


def regrade(world: World, row: dict[str, Any], lines: list[dict[str, Any]]) -> None:
    """Change what the portal says of a return's lines."""
    now = datetime.fromtimestamp(world.call("GET", "/_sandbox/clock")["now"], UTC)
    changed = {"lines": lines, "updatedAt": f"{now:%Y-%m-%dT%H:%M:%SZ}"}
    world.call("PATCH", f"/_sandbox/zigzag/returns/{row['returnId']}", changed)


def back_in_stock(world: World) -> dict[str, Any]:
    """Return the portal's return that GXO has in stock again, and that was refunded."""
    taken_in = {row.get("reference") for row in world.records("gxo", "receipts")}
    rows = world.records("tiktok_shop", "returns")
    ids = {row["return_id"] for row in rows if row["return_status"] == COMPLETE} & taken_in
    return next(row for row in world.records("zigzag", "returns") if row["externalReturnRef"] in ids)


def open_rows(settings: Settings) -> set[tuple[str, str, str]]:
    rows = query_rows(settings, "select code, entity_id, cause from exceptions.open")
    return {(row["code"], row["entity_id"], row["cause"]) for row in rows}
