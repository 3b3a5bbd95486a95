"""The tenant's own lists: fulfilment nodes, reasons, conditions, and the order-injection configuration.

Belongs here: what the lists hold at first, and reading them. Does not: applying them.
"""

from __future__ import annotations

from typing import Any

from sandbox.newstore.errors import WireError
from sandbox.newstore.profile import DC, STORES, SYSTEM, TENANT, Place, iso
from sandbox.store import Record, Store

Body = dict[str, Any]
_CONFIG: Body = {
    "big_sales_order": {"soft_limit_for_big_orders": 100, "hard_limit_for_big_orders": 150},
    "skip_soft_routing_on_injection": False,
}
_CANCELLATIONS = (("CUSTOMER_REQUEST", "Customer request"), ("FRAUD", "Fraud"), ("INSUFFICIENT_STOCK", "Out of stock"))
_RETURNS = ((1, "Other"), (2, "Does not fit"), (3, "Changed mind"), (4, "Defective"), (5, "Not as described"))
_CONDITIONS = ((1, "Sellable"), (2, "Damaged"), (3, "Worn"), (4, "Packaging missing"))
_ALL = "reason_codes"


def write_lists(store: Store) -> None:
    """Write the lists and some stores when the store has none."""
    with store.transaction():
        if store.get_meta("newstore.lists"):
            return
        for code, text in _CANCELLATIONS:
            _put_code(store, "cancellations", {"reason_code": code, "reason_text": text})
        for number, text in _RETURNS:
            _put_code(store, "returns", {"return_code": number, "return_reason": text})
        for number, text in _CONDITIONS:
            _put_code(store, "conditions", {"condition_code": number, "item_condition": text})
        value = {"value": _CONFIG, "version": "1", "updated_at": iso(store.now), "updated_by": "system"}
        store.put(Record(SYSTEM, "configurations", "order_injection", {"id": "order_injection", **value}))
        open_nodes(store, 3)
        store.set_meta("newstore.lists", True)


def open_nodes(store: Store, count: int) -> None:
    """Have the first stores of the tenant, and its distribution centre, and no other of its stores."""
    for place in STORES[count:]:
        store.delete(SYSTEM, "locations", place.id)
    for place in STORES[:count]:
        store.put(Record(SYSTEM, "locations", place.id, _node(place, "store")))
    store.put(Record(SYSTEM, "locations", DC, _node(Place(DC, "Northgate DC", "Corby", "ZZ97 1AA"), "dc")))


def nodes(store: Store) -> list[Body]:
    """Return the fulfilment nodes that ship, by id."""
    return [body for record in store.select(SYSTEM, "locations") if (body := _usable(record))["is_active"]]


def node(store: Store, id: str) -> Body | None:
    """Return a fulfilment node, or None."""
    record = store.get(SYSTEM, "locations", id)
    return None if record is None else _usable(record)


def is_store(body: Body) -> bool:
    """Return whether people in a store work on a node's requests; a distribution centre's provider calls instead."""
    return str(body.get("type")) == "store"


def codes(store: Store, kind: str) -> list[Body]:
    """Return a list of codes: cancellations, returns or conditions."""
    shown = [record.body for record in store.select(SYSTEM, _ALL, parent=kind)]
    return [{key: value for key, value in body.items() if key not in {"id", "type"}} for body in shown]


def injection_config(store: Store) -> Body:
    """Return the configuration of order injection as the wire shows it."""
    record = store.get(SYSTEM, "configurations", "order_injection")
    if record is None:
        return {"value": _CONFIG, "version": "1", "updated_at": iso(store.now), "updated_by": "system"}
    return {key: value for key, value in record.body.items() if key != "id"}


def change_injection_config(store: Store, version: str, wanted: Body, *, whole: bool) -> Body:
    """Replace (`whole`) or merge the configuration of order injection, optimistically. Raises WireError 400 or 409."""
    known = injection_config(store)
    if version != str(known["version"]):
        raise WireError("version_out_of_date", f"version {version!r}: the configuration is at {known['version']!r}")
    if unknown := sorted(set(wanted) - set(_CONFIG)):
        raise WireError("schema_validation_error", f"unknown fields {', '.join(unknown)}")
    value = {**_CONFIG, **wanted} if whole else {**known["value"], **wanted}
    changed = {"value": value, "version": str(int(version) + 1), "updated_at": iso(store.now), "updated_by": "api"}
    store.put(Record(SYSTEM, "configurations", "order_injection", {"id": "order_injection", **changed}))
    return changed


def locations(store: Store) -> Body:
    """Answer GET /v0/locations."""
    return {"locations": [{**body, "location_id": body["fulfillment_node_id"]} for body in nodes(store)]}


def stores(store: Store) -> Body:
    """Answer GET /stores."""
    known = [body for body in nodes(store) if is_store(body)]
    return {"items": [{"id": body["store_id"], "tenant": TENANT, "description": body["name"],
                       "country_code": body["address"]["country_code"], "multi_cashbox": False} for body in known],
            "next_page_key": ""}  # fmt: skip


def _put_code(store: Store, kind: str, body: Body) -> None:
    id = f"{kind}.{next(iter(body.values()))}"
    store.put(Record(SYSTEM, _ALL, id, {"id": id, "type": kind, **body}, "", kind))


def _node(place: Place, kind: str) -> Body:
    address = {"city": place.city, "zip_code": place.zip, "country_code": "GB", "address_line_1": "1 Example Street"}
    return {
        "fulfillment_node_id": place.id,
        "store_id": place.id if kind == "store" else None,
        "name": place.name,
        "type": kind,
        "is_active": True,
        "timezone": "Europe/London",
        "address": address,
    }


def _usable(record: Record) -> Body:
    body = record.body
    address = body["address"] if isinstance(body.get("address"), dict) else {}
    known = {"country_code": "GB", "zip_code": "", "city": "", **address}
    return {"name": "", "type": "store", "store_id": record.id, "is_active": True, **body,
            "fulfillment_node_id": record.id, "address": known}  # fmt: skip
