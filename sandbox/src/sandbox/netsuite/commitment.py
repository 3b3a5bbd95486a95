"""What a sales order has of the stock, and how far it has come: committed, back-ordered, picked, shipped, billed.

Belongs here: a line's quantities, the order's status letter, who gets stock that becomes free. Does not: making
fulfilments and invoices. Fact sheet netsuite 6.1, 6.5, 7. A kit's members are committed one by one; as many kits are
committed as the scarcest member allows. The oldest waiting order gets what becomes free.
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

from sandbox.netsuite import stock
from sandbox.netsuite.schema import ENUMS, SYSTEM
from sandbox.netsuite.stock import Amounts
from sandbox.netsuite.sublists import lines_of
from sandbox.netsuite.transforms import made_from, taken_of
from sandbox.netsuite.values import amount_of, plain_money, ref_id
from sandbox.netsuite.wire import plain, wire_instant
from sandbox.store import Body, Record, Store

ORDER, FULFILMENT = "salesOrder", "itemFulfillment"
OPEN = "open"
"""The parent under which orders are stored that somebody still has to do something for."""
_BILLS = ("invoice", "cashSale")
_REACHED = {"Picked": "ABC", "Packed": "BC", "Fulfilled": "C"}
_ZERO = Decimal(0)
_NEVER, _COMPLETE = "3", "2"


def settle(store: Store, order_id: str, before: Body | None = None) -> None:
    """Bring a sales order up to its lines, its fulfilments and its bills, and stock up to the order.

    `before` is the body that stock was last settled with, the stored one unless given. Removed orders give all back.
    """
    freed = _settled(store, order_id, before)
    _give(store, freed, without=order_id)


def released(store: Store, places: Amounts) -> None:
    """Give stock that came in (by the id of an item at a location) to the orders that wait for it, oldest first."""
    _give(store, {place for place, amount in places.items() if amount > 0}, without="")


def waiting(store: Store) -> list[Record]:
    """Return the sales orders for which somebody still has to do something, oldest first."""
    return store.select(SYSTEM, ORDER, parent=OPEN, order_by="created_at")


def status_letter(body: Body) -> str:
    """Return a sales order's letter, from its lines as they were last brought up to date."""
    approved = ref_id(body, "orderStatus")
    if approved in {"A", "C"}:
        return approved
    lines = lines_of(body, "item")
    still_open = [line for line in lines if line.get("isClosed") is not True]
    goods = [line for line in lines if line.get("_ships")]
    shipped = any(amount_of(line.get("quantityFulfilled")) > 0 for line in goods)
    billed = any(amount_of(line.get("quantityBilled")) > 0 for line in lines)
    if not still_open and not shipped:
        return "G" if billed else "H"
    if not all(_fulfilled(line) for line in goods):
        if not shipped:
            return "B"
        return "E" if any(_owed(line) > 0 for line in goods) else "D"
    return "F" if any(_owed(line) > 0 for line in lines) else "G"


def _fulfilled(line: dict[str, Any]) -> bool:
    done = amount_of(line.get("quantityFulfilled")) >= amount_of(line.get("quantity"))
    return done or line.get("isClosed") is True


def _owed(line: dict[str, Any]) -> Decimal:
    """Return what of a line can be billed and is not: of goods what was shipped, of all else what was ordered."""
    due = amount_of(line.get("quantityFulfilled" if line.get("_ships") else "quantity"))
    if line.get("isClosed") is True and not line.get("_ships"):
        return _ZERO
    return due - amount_of(line.get("quantityBilled"))


def _settled(store: Store, order_id: str, before: Body | None) -> set[str]:
    """Settle one order; return the ids of items at locations of which it now holds less than before."""
    record = store.get(SYSTEM, ORDER, order_id)
    old_held, old_short = _sums(before or (record.body if record else {}))
    body = _with_progress(store, record.body, old_held) if record else {}
    held, short = _sums(body)
    if record:
        body = {**body, "status": _named(status_letter(body))}
        parent = OPEN if ref_id(body, "status") in "ABDE" else ""
        if body != record.body or parent != record.parent:
            body = {**body, "lastModifiedDate": wire_instant(store.now)}
            store.put(replace(record, body=body, parent=parent, updated_at=store.now))
    stock.change(store, committed=stock.difference(held, old_held), back_ordered=stock.difference(short, old_short))
    return {place for place, amount in old_held.items() if held.get(place, _ZERO) < amount}


def _give(store: Store, places: set[str], *, without: str) -> None:
    able = {place for place in places if stock.level_of(store, place).available > 0}
    for record in waiting(store) if able else ():
        if record.id != without and able & _sums(record.body)[1].keys():
            _settled(store, record.id, None)
            able = {place for place in able if stock.level_of(store, place).available > 0}


def _with_progress(store: Store, body: Body, held_before: Amounts) -> Body:
    """Return an order with each line's quantities, committing what is available and what it held already."""
    id = str(body.get("id"))
    reached = {name: _moved(store, id, letters) for name, letters in _REACHED.items()}
    billed = taken_of(store, id, _BILLS)
    active = ref_id(body, "orderStatus") == "B"
    lines: list[dict[str, Any]] = []
    pool: Amounts = {}
    for line in lines_of(body, "item"):
        number = line.get("line")
        counted = {f"quantity{name}": plain(moved.get(number, _ZERO)) for name, moved in reached.items()}
        counted["quantityBilled"] = plain(billed.get(number, _ZERO))
        if line.get("_ships"):
            counted |= _committed(store, body, {**line, **counted}, held_before=held_before, pool=pool, active=active)
        lines.append({**line, **counted})
    numbers = [number for each in made_from(store, id, (FULFILMENT,)) for number in tracking_numbers(each.body)]
    deposits = [amount_of(each.body.get("payment")) for each in made_from(store, id, ("customerDeposit",))]
    dates = [str(d) for each in made_from(store, id, (FULFILMENT,)) if (d := each.body.get("shippedDate"))]
    more = {
        **({"linkedTrackingNumbers": " ".join(numbers)} if numbers else {}),
        **({"actualShipDate": max(dates)} if dates else {}),
        **({"amountDeposited": plain_money(sum(deposits, _ZERO))} if deposits else {}),
    }
    kept = {key: value for key, value in body.items() if key not in {"linkedTrackingNumbers", "actualShipDate"}}
    return {**kept, **more, "item": {"items": lines}}


def tracking_numbers(fulfilment: Body) -> list[str]:
    """Return the tracking numbers of a fulfilment's packages."""
    found = (line.get("packageTrackingNumber") for line in lines_of(fulfilment, "package"))
    return [str(number) for number in found if number]


def _committed(
    store: Store, body: Body, line: dict[str, Any], *, held_before: Amounts, pool: Amounts, active: bool
) -> dict[str, Any]:  # fmt: skip
    """Return what a goods line holds and lacks of the stock. `pool` is what the order may still take, filled here."""
    wanted = amount_of(line.get("quantity")) - amount_of(line.get("quantityFulfilled"))
    if not active or line.get("isClosed") is True:
        wanted = _ZERO
    location = ref_id(line, "location") or ref_id(body, "location")
    parts = [(stock.place_id(item, location), quantity) for item, quantity in stock.kept_parts(line)]
    parts = [(place, quantity) for place, quantity in parts if place]
    held: Amounts = {}
    policy = ref_id(line, "commitInventory")
    for place, each in parts if policy != _NEVER else []:
        if place not in pool:
            level = stock.level_of(store, place)
            pool[place] = level.on_hand - level.committed + held_before.get(place, _ZERO)
        taken = max(min(wanted * each, pool[place]), _ZERO)
        held[place], pool[place] = held.get(place, _ZERO) + taken, pool[place] - taken
    whole = min((held[place] // each for place, each in parts if place in held), default=_ZERO)
    if policy == _COMPLETE and whole < wanted:
        for place, amount in held.items():
            pool[place] += amount
        held, whole = {}, _ZERO
    short = {place: wanted * each - held.get(place, _ZERO) for place, each in parts}
    return {
        "quantityCommitted": plain(whole), "quantityBackOrdered": plain(wanted - whole),
        "_held": {place: plain(amount) for place, amount in held.items() if amount},
        "_short": {place: plain(amount) for place, amount in short.items() if amount},
    }  # fmt: skip


def _moved(store: Store, order_id: str, letters: str) -> dict[Any, Decimal]:
    """Return by order line what fulfilments have brought at least as far as one of the letters."""
    moved: dict[Any, Decimal] = {}
    for record in made_from(store, order_id, (FULFILMENT,)):
        if record.body.get("void") is not True and (ref_id(record.body, "shipStatus") or "A") in letters:
            for line in lines_of(record.body, "item"):
                number = line.get("orderLine")
                if isinstance(number, int):
                    moved[number] = moved.get(number, _ZERO) + amount_of(line.get("quantity"))
    return moved


def _sums(body: Body) -> tuple[Amounts, Amounts]:
    """Return what an order holds and lacks, by item at location."""
    sums: list[Amounts] = []
    for name in ("_held", "_short"):
        total: Amounts = {}
        for line in lines_of(body, "item"):
            kept = line.get(name)
            for place, amount in kept.items() if isinstance(kept, dict) else ():
                total[place] = total.get(place, _ZERO) + amount_of(amount)
        sums.append(total)
    return sums[0], sums[1]


def _named(letter: str) -> dict[str, str]:
    return {"id": letter, "refName": ENUMS["status"][letter]}
