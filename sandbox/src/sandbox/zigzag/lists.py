"""The tenant's own lists: reasons, conditions, dispositions; and the products and stock it has loaded.

Belongs here: what the lists hold at first, reading them, taking products and stock in. Does not: applying them.
Fact sheet zigzag 7.3: the lists are the tenant's own; a code that is in no list does occur.
"""

from __future__ import annotations

from typing import Any

from sandbox.store import Record, Store, wire_body
from sandbox.zigzag.errors import invalid
from sandbox.zigzag.profile import SYSTEM

_REASONS = (
    ("WRONG_SIZE", "Does not fit"),
    ("CHANGED_MIND", "Changed my mind"),
    ("DAMAGED", "Arrived damaged"),
    ("FAULTY", "Does not work"),
    ("NOT_AS_DESCRIBED", "Not as described"),
    ("WRONG_ITEM", "Wrong item received"),
    ("ARRIVED_LATE", "Arrived too late"),
    ("MISSING_PARTS", "Parts are missing"),
    ("OTHER", "Another reason"),
)
_CONDITIONS = (
    ("A", "Sellable"),
    ("B", "Opened"),
    ("C", "Soiled"),
    ("D", "Damaged"),
    ("E", "Wrong item"),
    ("F", "Missing"),
)
_DISPOSITIONS = (
    ("restock", "Back into stock"),
    ("refurbish", "To be repaired"),
    ("quarantine", "Kept apart"),
    ("donate", "Given away"),
    ("dispose", "Thrown away"),
    ("return_to_customer", "Sent back to the customer"),
)
LISTS = {"reasons": _REASONS, "conditions": _CONDITIONS, "dispositions": _DISPOSITIONS}


def write_lists(store: Store) -> None:
    """Write the lists when the store has none."""
    with store.transaction():
        if store.get_meta("zigzag.lists"):
            return
        for kind, rows in LISTS.items():
            for number, (code, text) in enumerate(rows, 1):
                body = {"code": code, "text": text, **({"reasonId": number} if kind == "reasons" else {})}
                store.put(Record(SYSTEM, kind, code, body))
        store.set_meta("zigzag.lists", True)


def listed(store: Store, kind: str) -> list[dict[str, Any]]:
    """Return a list as the wire shows it."""
    return [wire_body(record) for record in store.select(SYSTEM, kind)]


def reasons(store: Store) -> dict[int, dict[str, Any]]:
    """Return the reasons by their id."""
    return {int(body["reasonId"]): body for body in listed(store, "reasons") if str(body.get("reasonId")).isdigit()}


def load_products(store: Store, wanted: dict[str, Any]) -> dict[str, Any]:
    """Answer POST /products: insert or replace products by SKU. Raises WireError 400."""
    rows = _rows(wanted, "products")
    for at, row in enumerate(rows):
        store.put(Record(SYSTEM, "products", _text(row, "sku", f"products[{at}]"), row))
    return {"loaded": len(rows)}


def load_stock(store: Store, wanted: dict[str, Any]) -> dict[str, Any]:
    """Answer POST /stock: set the units of a SKU in a warehouse. Raises WireError 400."""
    rows = _rows(wanted, "items")
    for at, row in enumerate(rows):
        sku, place = (_text(row, name, f"items[{at}]") for name in ("sku", "warehouseDC"))
        units = row.get("quantity")
        if isinstance(units, bool) or not isinstance(units, int) or units < 0:
            raise invalid(f"items[{at}].quantity", units, "a whole number, 0 or more")
        store.put(Record(SYSTEM, "stock", f"{sku}.{place}", row, "", sku))
    return {"updated": len(rows)}


def _rows(wanted: dict[str, Any], name: str) -> list[dict[str, Any]]:
    rows = wanted.get(name)
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise invalid(name, rows, "a list of objects")
    return rows


def _text(row: dict[str, Any], name: str, place: str) -> str:
    value = row.get(name)
    if not isinstance(value, str) or not value.strip() or len(value) > 50:
        raise invalid(f"{place}.{name}", value, "a text of 1 to 50 characters")
    return value
