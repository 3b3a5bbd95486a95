"""Reservations: units that a store keeps for a customer.

Belongs here: the calls on them. Does not: stock arithmetic.
Fact sheet newstore 6: an Idempotency-Key makes one reservation; a unit that is reserved is not promised; one that
expires gives its units back. Version 2 of the media type shows `external_id`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sandbox.newstore import lists, order_calls, stock
from sandbox.newstore.errors import WireError, invalid
from sandbox.newstore.profile import SYSTEM, iso, new_id
from sandbox.newstore.stored import objects, whole
from sandbox.store import Record, Store

Body = dict[str, Any]
KIND = "reservations"
PENDING, RESERVED, REJECTED, CONVERTED, UNRESERVED = "PENDING", "RESERVED", "REJECTED", "CONVERTED", "UNRESERVED"
_MOST_ITEMS, _USUAL_MINUTES = 500, 1440


def create(store: Store, wanted: Body, key: str) -> tuple[str, Body]:
    """Answer POST /inventory/reservations; return its id and body. Raises WireError 400."""
    if not key:
        raise invalid("Idempotency-Key", key, "a text, in the header")
    known = store.select(SYSTEM, KIND, parent=key)
    if known:
        return known[0].id, shown(store, known[0].id)
    status, minutes = wanted.get("status") or RESERVED, wanted.get("expires_in_min", _USUAL_MINUTES)
    if status not in {PENDING, RESERVED}:
        raise invalid("status", status, "PENDING or RESERVED")
    if not isinstance(minutes, int) or minutes < 1:
        raise invalid("expires_in_min", minutes, "a whole number of minutes, 1 or more")
    node, products = str(wanted.get("location_id") or ""), [row.get("product_id") for row in _items(wanted)]
    if lists.node(store, node) is None:
        raise invalid("location_id", node, "a location of the tenant")
    if not isinstance(wanted.get("customer_profile_id"), str):
        raise invalid("customer_profile_id", wanted.get("customer_profile_id"), "a text")
    if not 1 <= len(products) <= _MOST_ITEMS or not all(isinstance(product, str) for product in products):
        raise invalid("items", wanted.get("items"), f"1 to {_MOST_ITEMS} items with a product_id")
    id = new_id(store, "reservation")
    at = iso(store.now)
    body = {
        "id": id,
        "external_id": f"R{id[:8].upper()}",
        "customer_profile_id": wanted["customer_profile_id"],
        "location_id": node,
        "associate_id": wanted.get("associate_id"),
        "status": status,
        "created_at": at,
        "updated_at": at,
        "expires_at": iso(store.now + minutes * 60),
        "items": [
            {"id": new_id(store, "reservation_item"), "product_id": product, "status": status, "updated_at": at}
            for product in products
        ],
        "_key": key,
        "_expires_at": store.now + minutes * 60,
    }
    for product in map(str, products):
        stock.change(store, node, product, reserved=1)
    _put(store, body)
    return id, shown(store, id)


def shown(store: Store, id: str) -> Body:
    """Return a reservation as the wire shows it. Raises WireError 404."""
    return {name: value for name, value in _found(store, id).items() if not name.startswith("_")}


def listed(store: Store, asked: Mapping[str, str]) -> Body:
    """Answer GET /inventory/reservations. Raises WireError 400."""
    offset, count = order_calls.page(asked, usual=20, most=100)
    names = ("location_id", "status", "external_id", "customer_profile_id", "associate_id")
    wanted = {name: asked[name] for name in names if name in asked}
    found = [record.id for record in store.select(SYSTEM, KIND, matching=wanted)]
    rows = [shown(store, id) for id in found[offset : offset + count]]
    for row in rows:
        row["reserved_item_count"] = len([item for item in row["items"] if item["status"] == RESERVED])
    return {"items": rows, "pagination_info": {"count": len(rows), "offset": offset, "total": len(found)}}


def change(store: Store, id: str, wanted: Body) -> None:
    """Answer PATCH of a reservation: decide on a pending one. Raises WireError 400, 404 or 409."""
    body, status = _found(store, id), wanted.get("status")
    if status not in {REJECTED, RESERVED}:
        raise invalid("status", status, "REJECTED or RESERVED")
    if body["status"] != PENDING:
        raise WireError("invalid_status_update", f"The reservation {id} is {body['status']}.")
    for item in body["items"]:
        _set(store, body, item, status)
    _put(store, {**body, "status": status})


def change_items(store: Store, id: str, wanted: object) -> None:
    """Answer PATCH of a reservation's items: sold, or given back. Raises WireError 400, 404 or 409."""
    body, rows = _found(store, id), objects(wanted)
    if not rows:
        raise invalid("body", wanted, "a list of id and status")
    items = {item["id"]: item for item in body["items"]}
    for row in rows:
        item = items.get(str(row.get("id")))
        if item is None:
            raise WireError("not_found", f"The reservation has no item {row.get('id')!r}.")
        if row.get("status") not in {CONVERTED, UNRESERVED}:
            raise invalid("status", row.get("status"), "CONVERTED or UNRESERVED")
        if item["status"] != RESERVED:
            raise WireError("invalid_status_update", f"The item {item['id']} is {item['status']}.")
        _set(store, body, item, str(row["status"]))
    _put(store, body)


def expire(store: Store, now: int) -> None:
    """Give back what was kept long enough; no stock moves."""
    for record in store.select(SYSTEM, KIND, matching={"status": [PENDING, RESERVED]}):
        body = _found(store, record.id)
        if whole(body.get("_expires_at")) <= now:
            for item in body["items"]:
                if item["status"] in {PENDING, RESERVED}:
                    _set(store, body, item, UNRESERVED)
            _put(store, {**body, "status": UNRESERVED})


def held(store: Store, node: str, product: str) -> list[Body]:
    """Return the reserved units of a product in a node, as insights show them."""
    found = store.select(SYSTEM, KIND, matching={"location_id": node, "status": [PENDING, RESERVED]})
    return [
        {"order_uuid": record.id, "item_uuid": item["id"], "created_at": record.body.get("created_at"),
         "expires_at": record.body.get("expires_at")}
        for record in found
        for item in objects(record.body.get("items"))
        if item.get("product_id") == product and item.get("status") in {PENDING, RESERVED}
    ]  # fmt: skip


def _set(store: Store, body: Body, item: Body, status: str) -> None:
    if status in {REJECTED, CONVERTED, UNRESERVED}:
        gone = {"on_hand": -1} if status == CONVERTED else {}
        stock.change(store, body["location_id"], item["product_id"], reserved=-1, **gone)
    item.update(status=status, updated_at=iso(store.now))


def _items(wanted: Body) -> list[Body]:
    return objects(wanted.get("items"))


def _found(store: Store, id: str) -> Body:
    record = store.get(SYSTEM, KIND, id)
    if record is None:
        raise WireError("not_found", f"There is no reservation {id!r}.")
    usual = {"status": "", "product_id": "", "id": ""}
    return {**record.body, "id": id, "items": [{**usual, **item} for item in objects(record.body.get("items"))]}


def _put(store: Store, body: Body) -> None:
    old = store.get(SYSTEM, KIND, body["id"])
    changed = {**body, "updated_at": iso(store.now)}
    created = old.created_at if old else store.now
    store.put(Record(SYSTEM, KIND, body["id"], changed, "", str(body.get("_key") or ""), created, store.now))
