"""What can be promised, as callers read it: bulk exports, point reads, lists, insights.

Belongs here: reading stock. Does not: moving it (`stock`).
Fact sheet newstore 6: an export is a job; its watermark `last_updated_at` is an integer that grows, no time; without
one everything is exported, with one what has changed since; a file is a zip of one JSON. Rows may come twice. How
many polls a job takes is a switch; what groups look like is ours.
"""

from __future__ import annotations

import base64
import io
import json
import zipfile
from collections.abc import Iterable, Mapping
from typing import Any

from sandbox.newstore import fulfilment, lists, order_calls, reservations, stock
from sandbox.newstore.errors import WireError, invalid
from sandbox.newstore.profile import SYSTEM, iso, limits, new_id, seed
from sandbox.newstore.stored import usable_stock, whole
from sandbox.store import Record, Store
from sandbox.world.draw import Draw

Body = dict[str, Any]
EXPORTS = "availability_exports"
PROCESSING, FINISHED = "processing", "finished"
_MOST_KEYS, _MOST_ROWS, _MOST_INSIGHTS = 2000, 2000, 1000
_TWICE_PERMILLE = 10
_KEPT, _MOST_KEPT = "newstore.exports", 20
_GROUPS = {"stores": "store", "distribution-centers": "dc"}


def start_export(store: Store, wanted: Body) -> Body:
    """Answer POST /v0/d/availabilities/bulk; `group_name` asks for the sums of a group of nodes.

    Raises WireError 400.
    """
    since = wanted.get("last_updated_at", 0)
    if isinstance(since, bool) or not isinstance(since, int) or since < 0:
        raise invalid("last_updated_at", since, "a watermark, as an earlier export gave it")
    group = wanted.get("group_name")
    if group is not None and group not in _GROUPS:
        raise invalid("group_name", group, " or ".join(_GROUPS))
    newest = stock.revised(store)
    rows = _group_rows(store, str(group), since) if group else _rows(store, since)
    id = new_id(store, "export")
    body = {
        "id": id,
        "availability_export_id": id,
        "state": PROCESSING,
        "created_at": iso(store.now),
        "last_updated_at": newest if rows else 0,
        "_polls": int(limits(store)["export_polls"]),
        "_zip": base64.b64encode(_zipped(rows)).decode() if rows else "",
        "_rows": len(rows),
    }
    store.put(Record(SYSTEM, EXPORTS, id, body, "", PROCESSING, store.now, store.now))
    _forget_old(store, id)
    return {"availability_export_id": id, "state": PROCESSING}


def export(store: Store, id: str, base_url: str) -> Body:
    """Answer GET of an export. Raises WireError 404."""
    body = _export(store, id)
    if body.get("state") == PROCESSING:
        polls = whole(body.get("_polls")) - 1
        body = {**body, "_polls": polls, "state": PROCESSING if polls >= 0 else FINISHED}
        store.put(Record(SYSTEM, EXPORTS, id, body, "", body["state"], store.now, store.now))
    shown = {"availability_export_id": id, "state": body.get("state"), "created_at": body.get("created_at")}
    if body.get("state") != FINISHED:
        return shown
    link = f"{base_url.rstrip('/')}/_files/availabilities/{id}.zip" if body.get("_zip") else None
    return {**shown, "link": link, "last_updated_at": body.get("last_updated_at")}


def export_file(store: Store, name: str) -> bytes:
    """Return the zip that an export's link leads to. Raises WireError 404."""
    return base64.b64decode(str(_export(store, name.removesuffix(".zip")).get("_zip") or ""))


def groups(store: Store) -> Body:
    """Answer GET /v0/d/availabilities/groups."""
    known = lists.nodes(store)
    return {
        "groups": [
            {"name": name, "fulfillment_node_ids": [n["fulfillment_node_id"] for n in known if n["type"] == kind]}
            for name, kind in _GROUPS.items()
        ]
    }


def point_read(store: Store, wanted: Body) -> Body:
    """Answer POST /v0/d/availabilities: 1 to 2000 pairs of product and node. Raises WireError 400."""
    keys = wanted.get("atp_keys")
    if not isinstance(keys, list) or not 1 <= len(keys) <= _MOST_KEYS or not all(map(_is_key, keys)):
        raise invalid("atp_keys", len(keys) if isinstance(keys, list) else keys, f"1 to {_MOST_KEYS} keys")
    items = []
    for key in keys:
        level = stock.level(store, key["fulfillment_node_id"], key["product_id"])
        items.append({**key, "atp": stock.atp(level) if level else 0})
    return {"items": items}


def of_products(store: Store, wanted: Body) -> Body:
    """Answer POST /v0/stock/products/availability, by page. Raises WireError 400."""
    number, size = wanted.get("page_number", 1), wanted.get("page_size", _MOST_ROWS)
    if not isinstance(number, int) or number < 1:
        raise invalid("page_number", number, "a whole number, 1 or more")
    if not isinstance(size, int) or not 1 <= size <= _MOST_ROWS:
        raise invalid("page_size", size, f"a whole number from 1 to {_MOST_ROWS}")
    products = wanted.get("products")
    if not isinstance(products, list):
        raise invalid("products", products, "a list of product ids")
    nodes = [node["fulfillment_node_id"] for node in lists.nodes(store)]
    found = [level for product in products for _, level in sorted(stock.levels_of(store, str(product), nodes).items())]
    rows = found[(number - 1) * size : number * size]
    return {"has_more": len(found) > number * size, "items": [{**_key(row), "atp": stock.atp(row)} for row in rows]}


def unallocated(store: Store, keys: Iterable[Mapping[str, str]] | None) -> Body:
    """Answer GET and POST /v0/stock/unallocated_items: sellable units on hand after safety stock and allocations."""
    if keys is None:
        levels = [usable_stock(record) for record in store.select(SYSTEM, "stock")]
    else:
        found = [stock.level(store, key["fulfillment_node_id"], key["product_id"]) for key in keys if _is_key(key)]
        levels = [level for level in found if level is not None]
    rows = [{**_key(row), "count": max(0, stock.atp(row) + row["reserved"])} for row in levels]
    return {"items": rows}


def insights(store: Store, asked: Mapping[str, str]) -> Body:
    """Answer GET /v0/stock/insights: who holds the units of a product in a node. Raises WireError 400."""
    found = {}
    for name in ("product_id", "fulfillment_node_id"):
        if not asked.get(name):
            raise invalid(name, asked.get(name), "a text")
        found[name] = asked[name]
    product, node = found["product_id"], found["fulfillment_node_id"]
    held = [
        {"order_uuid": body["id"], "item_uuid": item["id"], "created_at": body.get("created_at")}
        for body in fulfilment.waiting_orders(store)
        for item in body["items"]
        if item["product_id"] == product and item["fulfillment_node_id"] == node and item["status"] in fulfilment.HOLDS
    ]
    return {
        **found,
        "allocations": held[:_MOST_INSIGHTS],
        "reservations": reservations.held(store, node, product)[:_MOST_INSIGHTS],
        "future_allocations": [],
    }


def stocked_products(store: Store, asked: Mapping[str, str]) -> Body:
    """Answer the private GET /_/v0/hq/stocked_products, by page. Raises WireError 400."""
    offset, count = order_calls.page(asked, usual=50, most=500)
    total = store.count(SYSTEM, "stock")
    levels = map(usable_stock, store.select(SYSTEM, "stock", limit=count, offset=offset))
    rows = [
        {
            **_key(level),
            "sku": level["product_id"],
            "on_hand": level["on_hand"],
            "allocations": level["allocated"],
            "safety_stock": level["safety_stock"],
            "atp": stock.atp(level),
            "present_atp": stock.atp(level),
            "future_atp": 0,
            "price": None,
            "currency": "GBP",
        }
        for level in levels
    ]
    return {"elements": rows, "pagination_info": {"count": len(rows), "total": total, "offset": offset}}


def _forget_old(store: Store, id: str) -> None:
    """Keep the newest exports only: their files are large."""
    known = [*store.get_meta(_KEPT, []), id]
    for old in known[:-_MOST_KEPT]:
        store.connection.execute("delete from record where system = ? and kind = ? and id = ?", (SYSTEM, EXPORTS, old))
    store.set_meta(_KEPT, known[-_MOST_KEPT:])


def _rows(store: Store, since: int) -> list[Body]:
    records = store.select(SYSTEM, "stock", shop="", updated=(since + 1, None))
    rows = [_row(usable_stock(record)) for record in records]
    twice = [row for row in rows if Draw(seed(store), "newstore twice", _name(row)).happens(_TWICE_PERMILLE)]
    return [*rows, *twice]


def _group_rows(store: Store, group: str, since: int) -> list[Body]:
    """Return the sum of a group of nodes for each product of which any of them has changed."""
    nodes = [node["fulfillment_node_id"] for node in lists.nodes(store) if node["type"] == _GROUPS[group]]
    changed = {row["product_id"] for row in _rows(store, since) if row["fulfillment_node_id"] in nodes}
    rows = []
    for product in sorted(changed):
        units = sum(stock.atp(level) for level in stock.levels_of(store, product, nodes).values())
        rows.append({"product_id": product, "group_name": group, "atp": units})
    return rows


def _row(level: Body) -> Body:
    identifiers = {"sku": level["product_id"]}
    return {**_key(level), "atp": stock.atp(level), "external_identifiers": [{"identifiers": identifiers}]}


def _zipped(rows: list[Body]) -> bytes:
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("availabilities.json", json.dumps({"items": rows}, separators=(",", ":")))
    return kept.getvalue()


def _key(level: Body) -> Body:
    return {"product_id": level["product_id"], "fulfillment_node_id": level["fulfillment_node_id"]}


def _name(row: Body) -> str:
    return f"{row['fulfillment_node_id']}.{row['product_id']}"


def _is_key(key: object) -> bool:
    names = ("product_id", "fulfillment_node_id")
    return isinstance(key, dict) and all(isinstance(key.get(name), str) for name in names)


def _export(store: Store, id: str) -> Body:
    record = store.get(SYSTEM, EXPORTS, id)
    if record is None:
        raise WireError("not_found", f"There is no availability export {id!r}.")
    return record.body
