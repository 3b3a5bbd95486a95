"""Packages of orders that shipped by themselves: derived from the order, which is all that the world writes of them.

Belongs here: the record of such a package. Not: packages made on the wire, which are stored (`fulfilment`), nor the
list of packages, which shows those alone. A package whose tracking is corrected is stored from then on.
"""

from __future__ import annotations

from sandbox.store import Record, Store
from sandbox.tiktok_shop.amounts import objects
from sandbox.tiktok_shop.fulfilment import package_body

_INDEX = (
    "create index if not exists record_by_package on record (system, kind, json_extract(body, '$.packages[0].id'))"
    " where deleted = 0 and kind = 'orders'"
)
_FIND = (
    "select id from record where system = 'tiktok_shop' and kind = 'orders'"
    " and json_extract(body, '$.packages[0].id') = ? and deleted = 0"
)


def index_packages(store: Store) -> None:
    """Let an order be found by its package without reading every body."""
    with store.transaction():
        store.connection.execute(_INDEX)


def earlier_package(store: Store, package_id: str) -> Record | None:
    """Return the package with this id of an order that shipped by itself, or None."""
    with store.transaction():
        row = store.connection.execute(_FIND, (package_id,)).fetchone()
    record = store.get("tiktok_shop", "orders", str(row[0])) if row else None
    return package_of_order(record) if record is not None else None


def package_of_order(record: Record) -> Record | None:
    """Return the one package of an order as its lines name it, or None when it names none."""
    body = record.body
    id = next((str(each.get("id")) for each in objects(body.get("packages"))), "")
    lines = [line for line in objects(body.get("line_items")) if id and line.get("package_id") == id]
    if not lines:
        return None
    at = int(body.get("rts_time") or record.created_at)
    moved = max(int(body.get(name) or at) for name in ("rts_time", "collection_time", "delivery_time"))
    reported = {
        "package_status": lines[0].get("package_status"),
        "tracking_number": body.get("tracking_number", ""),
        "shipping_provider_id": body.get("shipping_provider_id", ""),
        "shipping_provider_name": body.get("shipping_provider", ""),
        "update_time": moved,
        "_platform_label": body.get("shipping_type") == "TIKTOK",
    }
    package = {**package_body(record.shop, body, lines, id=id, at=at), "split_and_combine_tag": "", **reported}
    return Record("tiktok_shop", "packages", id, package, record.shop, record.id, at, moved)
