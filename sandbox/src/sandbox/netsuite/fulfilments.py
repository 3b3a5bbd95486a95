"""Item fulfilments: what of an order leaves, picked, packed, then shipped, and what that does to stock.

Belongs here: their first draft from an order, what makes one valid, what they move. Does not: storing; the order's own
quantities (commitment). Fact sheet netsuite 5, 6.2: every open line is fulfilled unless its line says
`itemReceive: false`; only what is shipped leaves the stock; a kit's members are lines of their own, which name it.
"""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from sandbox.netsuite import stock
from sandbox.netsuite.errors import invalid_content, user_error
from sandbox.netsuite.lookup import find_in
from sandbox.netsuite.schema import ENUMS, SYSTEM, TYPES, RecordType
from sandbox.netsuite.seed import INVENTORY
from sandbox.netsuite.stock import Amounts
from sandbox.netsuite.sublists import lines_of
from sandbox.netsuite.switches import switch
from sandbox.netsuite.transforms import copied, refuse_pair, source_of, taken_of
from sandbox.netsuite.values import amount_of, plain_money, ref_id
from sandbox.netsuite.wire import plain
from sandbox.store import Body, Record, Store

KIND, SHIPPED = "itemFulfillment", "C"
_ORDER = ("A", "B", "C")
_DATES = {"A": "pickedDate", "B": "packedDate", "C": "shippedDate"}


def draft(store: Store, source_type: RecordType, source: Record, target: RecordType) -> Body:
    """Return a fulfilment before the caller's own values: of every open line, what is committed and not yet picked.

    Raises WireError 400 when the order's status forbids it, or all of it is in fulfilments.
    """
    pair = refuse_pair(source_type, source, target)
    taken, lines = taken_of(store, source.id, (KIND,)), []
    left_any = False
    for line in lines_of(source.body, "item"):
        if line.get("isClosed") is True or not line.get("_ships"):
            continue
        number = line.get("line")
        left_any = left_any or amount_of(line.get("quantity")) > taken.get(number, Decimal(0))
        quantity = _may_go(store, line, taken.get(number, Decimal(0)))
        if quantity > 0:
            kept = {name: line[name] for name in ("item", "location", "description") if name in line}
            lines.append({"line": number, "orderLine": number, "quantity": plain(quantity), **kept})
    if not left_any:
        raise user_error(f"That is not a valid transformation: {pair}, for every line is already in one.")
    method = {name: source.body[name] for name in ("shipMethod", "shippingAddress") if name in source.body}
    return {**copied(source_type, source, target), **method, "item": {"items": lines}}


def item_fulfilment(store: Store, body: Body) -> Body:
    """Return a fulfilment with its lines, a kit's members among them, and its status. Raises WireError 400."""
    order = source_of(store, body)
    if order is None or order.kind != "salesOrder":
        raise user_error("Please enter value(s) for: Created From")
    before = store.get(SYSTEM, KIND, str(body.get("id")))
    letter = ref_id(body, "shipStatus") or str(switch(store, "default_ship_status"))
    if before and _ORDER.index(letter) < _ORDER.index(ref_id(before.body, "shipStatus") or "A"):
        raise user_error("The status of an item fulfillment can not go back. Delete it to unfulfill the order.")
    lines = _lines(store, body, order, before)
    if not lines:
        raise user_error("You must enter at least one line item for this transaction.")
    today = str(body.get("tranDate") or datetime.fromtimestamp(store.now, UTC).date())
    dates = {_DATES[each]: body.get(_DATES[each], today) for each in _ORDER[: _ORDER.index(letter) + 1]}
    status = {"id": letter, "refName": ENUMS["shipStatus"][letter]}
    body = {"shipCarrier": {"id": "nonups", "refName": "More"}, **body, **dates, "item": {"items": lines}}
    if letter == SHIPPED and not (before and ref_id(before.body, "shipStatus") == SHIPPED):
        _refuse_missing_stock(store, {**body, "shipStatus": status})
    return {**body, "shipStatus": status, "status": status}


def moved(body: Body | None) -> Amounts:
    """Return what a fulfilment takes out of stock, by item at location: nothing until it is shipped."""
    return stock.moves_of(body) if body and ref_id(body, "shipStatus") == SHIPPED else {}


def refuse_removal(store: Store, fulfilment: Record) -> None:
    """Raise WireError 400 when what was fulfilled is billed already."""
    order = source_of(store, fulfilment.body)
    gone = {line.get("orderLine"): amount_of(line.get("quantity")) for line in lines_of(fulfilment.body, "item")}
    if switch(store, "invoice_in_advance") or ref_id(fulfilment.body, "shipStatus") != SHIPPED:
        return
    for line in lines_of(order.body, "item") if order else []:
        left = amount_of(line.get("quantityFulfilled")) - gone.get(line.get("line"), Decimal(0))
        if line.get("_ships") and amount_of(line.get("quantityBilled")) > left:
            raise user_error("This item fulfillment cannot be deleted because what it fulfills has been billed.")


def _may_go(store: Store, line: dict[str, Any], taken: Decimal) -> Decimal:
    """Return how much more of an order's line can be fulfilled; `taken` is what is in other fulfilments."""
    left = amount_of(line.get("quantity")) - taken
    if switch(store, "fulfil_uncommitted"):
        return left
    in_progress = taken - amount_of(line.get("quantityFulfilled"))
    return min(left, amount_of(line.get("quantityCommitted")) - in_progress)


def _lines(store: Store, body: Body, order: Record, before: Record | None) -> list[dict[str, Any]]:
    ordered = {line.get("line"): line for line in lines_of(order.body, "item")}
    known = {line.get("line"): line for line in lines_of(before.body, "item")} if before else {}
    taken = taken_of(store, order.id, (KIND,), without=str(body.get("id")))
    asked = [line for line in lines_of(body, "item") if "kitMemberOf" not in line]
    number = max((line["line"] for line in asked if isinstance(line.get("line"), int)), default=0)
    lines: list[dict[str, Any]] = []
    for place, line in enumerate(asked):
        if line.get("itemReceive") is False:
            continue
        path = f"item.items[{place}]"
        of = ordered.get(line.get("orderLine"))
        if of is None or not of.get("_ships"):
            raise invalid_content("Please choose a line of the sales order that can be fulfilled.", f"{path}.orderLine")
        old = known.get(line.get("line"), {})
        if (old.get("quantity"), old.get("location")) != (line.get("quantity"), line.get("location")):
            _refuse_excess(store, line, of, taken=taken.get(line.get("orderLine"), Decimal(0)), path=path)
        location = (
            line.get("location") or of.get("location") or body.get("inventoryLocation") or order.body.get("location")
        )
        if not location:
            raise invalid_content("Please enter a value for location.", f"{path}.location")
        lines.append(_goods_line(store, {**line, "item": of["item"], "location": location}))
        if not lines[-1]["_moves"]:
            members = _member_lines(store, lines[-1], of, after=number)
            number += len(members)
            lines += members
    return lines


def _refuse_excess(store: Store, line: dict[str, Any], of: dict[str, Any], *, taken: Decimal, path: str) -> None:
    quantity, most = amount_of(line.get("quantity", 1)), _may_go(store, of, taken)
    if quantity <= 0:
        raise invalid_content("The quantity must be positive.", f"{path}.quantity")
    if of.get("isClosed") is True:
        raise invalid_content(f"Line {of.get('line')} of the sales order is closed.", f"{path}.orderLine")
    if ref_id(line, "location") not in {"", ref_id(of, "location")} and ref_id(of, "location"):
        most = amount_of(of.get("quantity")) - taken
    if quantity > most:
        detail = f"The quantity exceeds the {plain(max(most, Decimal(0)))} committed to line {of.get('line')}."
        raise invalid_content(detail, f"{path}.quantity")


def _goods_line(store: Store, line: dict[str, Any]) -> dict[str, Any]:
    """Return a line with what it moves and what that costs; a kit's own line moves nothing."""
    quantity = amount_of(line.get("quantity", 1))
    item = find_in(store, "_item", ref_id(line, "item"))
    stocked = item is not None and item.kind in stock.STOCKED
    place = stock.place_id(ref_id(line, "item"), ref_id(line, "location")) if stocked else ""
    cost = quantity * amount_of(item.body.get("cost")) if item and stocked else Decimal(0)
    return {
        "itemReceive": True, **line, "quantity": plain(quantity),
        **({"itemName": TYPES[item.kind].title(item.body)} if item else {}),
        "_moves": {place: plain(quantity)} if place else {}, "_cost": plain_money(cost),
        "_account": (ref_id(item.body, "assetAccount") if item else "") or INVENTORY,
    }  # fmt: skip


def _member_lines(store: Store, kit: dict[str, Any], of: dict[str, Any], *, after: int) -> list[dict[str, Any]]:
    lines = []
    for index, (item, each) in enumerate(stock.kept_parts(of), 1):
        found = find_in(store, "_item", item)
        reference = {"id": item, "refName": TYPES[found.kind].title(found.body) if found else ""}
        quantity = each * amount_of(kit["quantity"])
        line = {"line": after + index, "kitMemberOf": kit["line"], "item": reference, "location": kit["location"],
                "quantity": plain(quantity)}  # fmt: skip
        lines.append(_goods_line(store, line))
    return lines


def _refuse_missing_stock(store: Store, body: Body) -> None:
    for place, amount in moved(body).items():
        if stock.level_of(store, place).on_hand < amount and not switch(store, "fulfil_uncommitted"):
            raise user_error("You only have less on hand than you want to ship of an item at its location.")
