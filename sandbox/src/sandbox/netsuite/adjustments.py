"""Inventory adjustments: stock counted up or down at a location, and kits and assemblies' members.

Belongs here: what makes these valid. Does not: storing, what waits for the stock (commitment).
Fact sheet netsuite 6.3: an item's quantities are never written directly, an adjustment changes them.
"""

from __future__ import annotations

from typing import Any

from sandbox.netsuite import stock
from sandbox.netsuite.errors import invalid_content, user_error
from sandbox.netsuite.lookup import find_in
from sandbox.netsuite.seed import INVENTORY
from sandbox.netsuite.sublists import lines_of
from sandbox.netsuite.values import amount_of, plain_money, ref_id
from sandbox.netsuite.wire import plain
from sandbox.store import Body, Store


def inventory_adjustment(store: Store, body: Body) -> Body:
    """Return an adjustment with what each line moves. Raises WireError 400."""
    if "account" not in body:
        raise user_error("Please enter value(s) for: Adjustment Account")
    lines = [_line(store, body, line, place) for place, line in enumerate(lines_of(body, "inventory"))]
    if not lines:
        raise user_error("You must enter at least one line item for this transaction.")
    return {**body, "inventory": {"items": lines}}


def with_members(store: Store, body: Body) -> Body:
    """Return a kit or an assembly whose members are stocked items. Raises WireError 400."""
    if not lines_of(body, "member"):
        raise user_error("Please enter at least one member.")
    for place, line in enumerate(lines_of(body, "member")):
        found = find_in(store, "_item", ref_id(line, "item"))
        if found is None or found.kind == stock.KIT:
            raise invalid_content("Please choose a member that is no kit itself.", f"member.items[{place}].item")
        if amount_of(line.get("quantity", 1)) <= 0:
            raise invalid_content("The quantity must be positive.", f"member.items[{place}].quantity")
    return body


def _line(store: Store, body: Body, line: dict[str, Any], place: int) -> dict[str, Any]:
    path = f"inventory.items[{place}]"
    found = find_in(store, "_item", ref_id(line, "item"))
    if found is None or found.kind not in stock.STOCKED:
        raise invalid_content("Please choose an item that is kept in stock.", f"{path}.item")
    location = line.get("location") or body.get("adjLocation") or body.get("location")
    if not location:
        raise invalid_content("Please enter a value for location.", f"{path}.location")
    quantity = amount_of(line.get("adjustQtyBy"))
    if not quantity:
        raise invalid_content("Please enter a value for adjustQtyBy.", f"{path}.adjustQtyBy")
    cost = quantity * amount_of(line.get("unitCost", found.body.get("cost")))
    line = {**line, "location": location, "adjustQtyBy": plain(quantity)}
    return {
        **line, "_moves": stock.moves_of_line(store, found.id, ref_id(line, "location"), quantity),
        "_cost": plain_money(cost), "_account": ref_id(found.body, "assetAccount") or INVENTORY,
    }  # fmt: skip
