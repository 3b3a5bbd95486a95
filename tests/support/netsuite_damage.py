"""Damages of a world whose orders and stock NetSuite is master of: chosen ones, and which records belong together.

Belongs here: the groups of NetSuite's records, and each chosen damage with the codes that may report it. Does not:
random damages (damage_world, damage_fields.csv), or what the product says of one (damage_runs).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.support.damage import Body
from tests.support.damage_world import ByKind, Records, Ref
from tests.support.return_damage import Chosen, Kind

ORDERS: Kind = ("netsuite", "salesOrder")
SHIPMENTS: Kind = ("netsuite", "itemFulfillment")
ITEMS: Kind = ("netsuite", "inventoryItem")
KITS: Kind = ("netsuite", "kitItem")
LEVELS: Kind = ("netsuite", "itemLocation")
PLACES: Kind = ("netsuite", "location")
LISTINGS: Kind = ("tiktok_shop", "inventory")
NETSUITE_KINDS: dict[Kind, int] = {ORDERS: 6, SHIPMENTS: 4, ITEMS: 3, KITS: 1, LEVELS: 3, PLACES: 0, LISTINGS: 0}
"""Kinds that are damaged in a world of NetSuite's, and how often beside each other; locations are chosen alone."""
STOCK = "tiktok_shop__stock"
"""The sync that follows NetSuite's orders and stock."""
OTHER = "571111111111111111"
"""An order that no shop has."""

Fits = Callable[[Body], bool]
Change = Callable[[Records, Ref, Body], dict[Ref, Body | None]]


def netsuite_groups(records: ByKind) -> dict[Ref, set[str]]:
    """Group what is about one order of TikTok Shop, and what is about one item; a location is a group of its own."""
    order_of = {id: str(body.get("otherRefNum") or "") for id, body in records[ORDERS].items()}
    found: dict[Ref, set[str]] = {(*ORDERS, id): {order} - {""} for id, order in order_of.items()}
    for id, body in records[SHIPMENTS].items():
        found[*SHIPMENTS, id] = {order_of.get(str(body.get("createdFrom", {}).get("id")), "")} - {""}
    sku_of = {id: str(body["itemId"]) for kind in (ITEMS, KITS) for id, body in records[kind].items()}
    found |= {(*kind, id): {sku_of[id]} for kind in (ITEMS, KITS) for id in records[kind]}
    found |= {(*LEVELS, id): {sku_of.get(body["item"]["id"], id)} for id, body in records[LEVELS].items()}
    found |= {(*LISTINGS, id): {str(body["seller_sku"])} for id, body in records[LISTINGS].items()}
    return found | {(*PLACES, id): {f"location {id}"} for id in records[PLACES]}


def lines(body: Body) -> list[Body]:
    """Return the lines of an order or of a fulfilment."""
    rows: list[Body] = body["item"]["items"]
    return rows


def _one(edit: Callable[[Body], Any]) -> Change:
    def change(_records: Records, ref: Ref, body: Body) -> dict[Ref, Body | None]:
        edit(body)
        return {ref: body}

    return change


def _set(**changes: Any) -> Change:
    return _one(lambda body: body.update(changes))


def _removed(_records: Records, ref: Ref, _body: Body) -> dict[Ref, Body | None]:
    return {ref: None}


def _doubled(_records: Records, ref: Ref, body: Body) -> dict[Ref, Body | None]:
    """Return a second record that somebody made from the first: external ids are unique, so that it has none."""
    id = f"9{ref[2]}"
    copy = {name: value for name, value in body.items() if name not in ("externalId", "_record")}
    return {(*ref[:2], id): {**copy, "id": id, "_record": {**body["_record"], "id": id}}, ref: body}


def _status(*letters: str) -> Fits:
    return lambda body: body["status"]["id"] in letters and str(body.get("externalId", "")).startswith("tieout-order-")


def _waits(body: Body) -> bool:
    """Whether nothing of an order was picked."""
    return _status("B")(body) and all(line["quantityPicked"] == "0" for line in lines(body))


def _waits_with(count: int) -> Fits:
    return lambda body: _waits(body) and len(lines(body)) >= count


def _is_sent(body: Body) -> bool:
    """Whether a fulfilment has left in a package."""
    return body["shipStatus"]["id"] == "C" and "package" in body


def _listed(body: Body) -> bool:
    """Whether the shop sells an item by itself."""
    return not str(body["itemId"]).startswith("BNDL-")


def _at_main(body: Body) -> bool:
    return body["location"]["id"] == "3" and int(body["quantityOnHand"]) > 3


def _close(body: Body) -> None:
    body["status"] = {"id": "H", "refName": "Closed"}
    for line in lines(body):
        line["isClosed"] = True


def _with_status(letter: str) -> Change:
    return _set(status={"id": letter}, orderStatus={"id": letter})


def _at_stage(letter: str) -> Change:
    return _set(status={"id": letter}, shipStatus={"id": letter})


def _any(_body: Body) -> bool:
    return True


def _first_member(body: Body) -> Body:
    member: Body = body["member"]["items"][0]
    return member


def _line(**changes: Any) -> Change:
    return _one(lambda body: lines(body)[0].update(changes))


def _of_another(records: Records, ref: Ref, body: Body) -> dict[Ref, Body | None]:
    """Let the first line be of an item that the record does not name."""
    held = {line["item"]["id"] for line in lines(body)}
    lines(body)[0]["item"] = {"id": next(id for id in records.by_kind[ITEMS] if id not in held)}
    return {ref: body}


def _packages(**changes: Any) -> Change:
    return _one(lambda body: body["package"]["items"][0].update(changes))


def _shipped(name: str, codes: str, change: Change, *, may_wait: bool = False) -> Chosen:
    return Chosen(name, codes, SHIPMENTS, _is_sent, change, may_wait=may_wait)


def _order(name: str, codes: str, change: Change, fits: Fits = _waits, *, may_wait: bool = False) -> Chosen:
    return Chosen(name, codes, ORDERS, fits, change, may_wait=may_wait)


CHOSEN: list[Chosen] = [
    _order("sales order deleted", "CAN-06", _removed),
    _order("shipped sales order deleted", "CAN-06 ERP-06", _removed, _status("F")),
    _order("sales order doubled", "ORD-05", _doubled),
    _order("sales order closed", "CAN-06", _one(_close), may_wait=True),
    _order("sales order not approved", "ORD-03", _with_status("A"), may_wait=True),
    _order("status of a sales order unknown", "SYS-03", _with_status("Z")),
    _order("more ordered than sold", "ORD-06 ERP-06", _line(quantity="7")),
    _order("line of another item", "ORD-06", _of_another),
    _order("line removed", "ORD-06 ERP-06", _one(lambda b: lines(b).pop()), _waits_with(2)),
    _order("line closed", "ORD-06 CAN-07", _line(isClosed=True), _waits_with(2)),
    _order("line from another location", "ORD-10", _line(location={"id": "4"}), _waits_with(2)),
    _order("price of a line changed", "ERP-06", _line(amount="0.07", rate="0.07")),
    _order("sales order in another currency", "ERP-06", _set(currency={"id": "2"})),
    _order("sales order for another customer", "ERP-06", _set(entity={"id": "501"})),
    _order("sales order of another order", "ORD-06 ORD-15", _set(otherRefNum=OTHER)),
    _order("reference removed", "ORD-06", _one(lambda b: b.pop("otherRefNum"))),
    _order("key removed", "", _one(lambda b: b.pop("externalId"))),
    _order(
        *("key of another order", "ORD-06"),
        _one(lambda b: b.update(externalId=f"{b['externalId'].rpartition('-')[0]}-{OTHER}")),
    ),
    _order("date changed", "", _set(tranDate="2026-01-02")),
    _shipped("fulfilment deleted", "FUL-13 FUL-10", _removed),
    _shipped("fulfilment taken back", "FUL-13 FUL-10", _at_stage("B")),
    _shipped("status of a fulfilment unknown", "SYS-03 INV-14", _at_stage("Z")),
    _shipped("fulfilment doubled", "FUL-10 FUL-04 INV-14", _doubled),
    _shipped("other tracking number", "FUL-04", _packages(packageTrackingNumber="H00000000000000X"), may_wait=True),
    _shipped("number removed", "FUL-03 FUL-04", _packages(packageTrackingNumber=""), may_wait=True),
    _shipped("more shipped than sold", "FUL-10 INV-14", _line(quantity="9")),
    _shipped("another item shipped", "FUL-10 INV-14", _of_another),
    _shipped("another carrier once the parcel was reported", "", _set(shipMethod={"id": "9", "refName": "Pigeon"})),
    Chosen("item renamed", "MAP-01", ITEMS, _listed, _one(lambda b: b.update(itemId=f"{b['itemId']}-X"))),
    Chosen("item inactive", "MAP-01", ITEMS, _listed, _set(isInactive=True)),
    Chosen("item deleted", "MAP-01", ITEMS, _listed, _removed),
    Chosen("kit with another number", "MAP-04", KITS, _any, _one(lambda b: _first_member(b).update(quantity="3"))),
    Chosen("kit without a member", "MAP-04", KITS, _any, _one(lambda b: b["member"]["items"].pop())),
    Chosen("kit inactive", "", KITS, _any, _set(isInactive=True)),
    Chosen("less in stock", "", LEVELS, _at_main, _set(quantityOnHand="3")),
    Chosen("stock below zero", "INV-06 INV-02", LEVELS, _at_main, _set(quantityOnHand="-4")),
    Chosen("a part of a unit in stock", "SYS-03 INV-12", LEVELS, _at_main, _set(quantityOnHand="2.5")),
    Chosen("stock of an item removed", "MAP-01", LEVELS, _at_main, _removed),
]  # fmt: skip
CLOSING: list[Chosen] = [
    Chosen("location inactive", "MAP-08", PLACES, lambda b: b["id"] == "3", _set(isInactive=True)),
    Chosen("location deleted", "MAP-08", PLACES, lambda b: b["id"] == "3", _removed),
]
"""Damages of all that the shop sells at once."""
