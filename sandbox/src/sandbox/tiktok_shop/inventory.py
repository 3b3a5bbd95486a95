"""Listed stock: how many units of a SKU TikTok Shop may still sell, and how many are sold and not yet gone.

Belongs here: reserving, releasing, POST inventory search and update (fact sheet tiktok_shop 5.1, 5.2). Does not:
what a warehouse really holds. A combined SKU (a bundle) has no stock of its own: it is what its components allow.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sandbox.store import Body, Record, Store
from sandbox.tiktok_shop.amounts import fields, objects
from sandbox.tiktok_shop.envelope import ApiError, invalid
from sandbox.tiktok_shop.request import Request

MOST_SKUS, MOST_PRODUCTS, MOST_ASKED = 100, 100, 600
MOST_UNITS = 99_999
_EDITABLE = {"DRAFT", "PENDING", "FAILED", "ACTIVATE", "SELLER_DEACTIVATED"}


def reserve(store: Store, sku_id: str, warehouse_id: str, units: int) -> bool:
    """Commit units to an order; False, and nothing changed, when fewer are available or the SKU is not listed."""
    with store.transaction():
        parts = _parts(store, sku_id, warehouse_id, units)
        if any(place is None or counted(place, "available_quantity") < wanted for _, place, wanted in parts):
            return False
        for record, place, wanted in parts:
            if record is not None and place is not None:
                _move(store, record, place, available=-wanted, committed=wanted)
    return bool(parts)


def release(store: Store, sku_id: str, warehouse_id: str, units: int, to_available: bool) -> None:
    """End a commitment: units are for sale again, or have left. A SKU that is not listed is left alone."""
    with store.transaction():
        for record, place, wanted in _parts(store, sku_id, warehouse_id, units):
            if record is not None and place is not None:
                gone = min(wanted, counted(place, "committed_quantity"))
                _move(store, record, place, available=wanted if to_available else 0, committed=-gone)


def counted(place: Body, key: str) -> int:
    """Return a count of a warehouse's entry; 0 when something else is there."""
    value = place.get(key)
    return value if isinstance(value, int) and not isinstance(value, bool) else 0


def components(product: Body, sku_id: object) -> list[Body]:
    """Return what a combined SKU is made of: {product_id, sku_id, sku_count, seller_sku} each; none for others."""
    skus = [sku for sku in objects(product.get("skus")) if sku.get("id") == sku_id]
    return objects(skus[0].get("combined_skus")) if skus else []


def listed_stock(store: Store, records: Iterable[Record]) -> dict[str, Body]:
    """Return the wire row of each inventory record by SKU; rows of combined SKUs follow from their components."""
    found = {record.id: record.body for record in records}
    products = _by_id(store, "products", {str(body.get("product_id")) for body in found.values()})
    made_of = {
        sku: components(products[str(body.get("product_id"))].body, sku)
        for sku, body in found.items()
        if str(body.get("product_id")) in products
    }
    wanted = {str(part.get("sku_id")) for parts in made_of.values() for part in parts}
    stock = _by_id(store, "inventory", wanted)
    return {sku: _row(body, made_of.get(sku, []), stock) for sku, body in found.items()}


def search(request: Request) -> Body:
    """Answer POST /product/202309/inventory/search: up to 600 `sku_ids`, or up to 100 `product_ids`."""
    wanted = request.json()
    skus, products = texts(wanted, "sku_ids", MOST_ASKED), texts(wanted, "product_ids", MOST_PRODUCTS)
    if not skus and not products:
        raise invalid("param body.product_ids or body.sku_ids is missing")
    asked: dict[str, Any] = {"ids": skus} if skus else {"matching": {"product_id": products}}
    records = request.store.select("tiktok_shop", "inventory", shop=request.shop_id, **asked)
    rows = listed_stock(request.store, records)
    by_product: dict[str, list[Body]] = {}
    for record in records:
        by_product.setdefault(str(record.body.get("product_id")), []).append(rows[record.id])
    return {"inventory": [{"product_id": id, "skus": skus} for id, skus in by_product.items()]} if rows else {}


def texts(wanted: dict[str, Any], key: str, most: int, code: int = 36009004) -> list[str]:
    """Return a list of ids of a request's body. Raises ApiError for anything else, or for more than `most`."""
    values = wanted.get(key) or []
    if not isinstance(values, list) or len(values) > most:
        raise ApiError(code, f"param body.{key} is invalid, at most {most} values are allowed")
    return [str(value) for value in values]


def update(request: Request) -> Body:
    """Answer POST /product/202309/products/{product_id}/inventory/update: absolute quantities, the last write wins.

    SKUs are taken one by one: what is wrong with one is in `errors`, beside code 0, and the others are written.
    """
    store = request.store
    with store.transaction():
        product = _own_product(request)
        wanted = _wanted(request.json())
        errors = [_failed(str(sku.get("id")), *why) for sku in wanted if (why := _written(request, product, sku))]
    return {"errors": errors} if errors else {}


Refusal = tuple[int, str, str]


def _own_product(request: Request) -> Body:
    record = request.store.get("tiktok_shop", "products", request.path["product_id"])
    if record is None:
        raise ApiError(12052032, "The product does not exist")
    if record.shop != request.shop_id:
        raise ApiError(12052048, "The product does not belong to this seller")
    if str(record.body.get("status")) not in _EDITABLE:
        raise ApiError(12052901, "The product's status does not allow this")
    return record.body


def _wanted(body: dict[str, Any]) -> list[Body]:
    skus = objects(body.get("skus"))
    if not skus:
        raise ApiError(12052902, "The list of SKUs is empty")
    if len(skus) > MOST_SKUS:
        raise ApiError(12052050, f"At most {MOST_SKUS} SKUs are allowed")
    ids = [sku.get("id") for sku in skus]
    if len(set(map(str, ids))) < len(ids):
        raise ApiError(12052553, "A SKU is named twice")
    if not all(isinstance(id, str) and id for id in ids):
        raise invalid("param body.skus.id is missing")
    return skus


def _written(request: Request, product: Body, sku: Body) -> Refusal | None:
    record = request.store.get("tiktok_shop", "inventory", sku["id"])
    if record is None or record.body.get("product_id") != product.get("id"):
        return 12052556, "The SKU does not exist", ""
    if components(product, record.id):
        return 12052850, "The stock of a combined SKU follows from its components", ""
    places = objects(record.body.get("warehouse_inventory"))
    entries = objects(sku.get("inventory"))
    if len(places) == len(entries) == 1 and not entries[0].get("warehouse_id"):
        entries = [{**entries[0], "warehouse_id": places[0].get("warehouse_id")}]
    if why := _wrong_places(request, places, entries) or _wrong_counts(record.body, entries):
        return why
    quantities = {str(entry["warehouse_id"]): entry["quantity"] for entry in entries}
    for place in places:
        place["available_quantity"] = quantities[str(place.get("warehouse_id"))]
    record.body["_update_time"] = request.store.now
    request.store.put(request.store.indexed(record, record.body))
    return None


def _wrong_places(request: Request, places: list[Body], entries: list[Body]) -> Refusal | None:
    if not entries:
        return 12019022, "No valid warehouse", ""
    assigned = {str(place.get("warehouse_id")) for place in places}
    named = [str(entry.get("warehouse_id") or "") for entry in entries]
    for id in named:
        warehouse = request.store.get("tiktok_shop", "warehouses", id) if id else None
        if warehouse is None:
            return 12052097, "The warehouse is missing or does not exist", id
        if warehouse.shop != request.shop_id:
            return 12052530, "The warehouse does not belong to this seller", id
        if warehouse.body.get("_is_platform_owned"):
            return 12052037, "The stock of this warehouse belongs to the platform's fulfilment", id
        if warehouse.body.get("effect_status") == "DISABLED":
            return 12052531, "The warehouse is disabled", id
        if warehouse.body.get("type") != "SALES_WAREHOUSE":
            return 12052532, "The warehouse is not a sales warehouse", id
    if missing := assigned - set(named):
        return 12019028, "All warehouses of the SKU must be listed", min(missing)
    if len(named) > len(assigned):
        return 12052533, "The set of warehouses may not change", named[-1]
    return None


def _wrong_counts(body: Body, entries: list[Body]) -> Refusal | None:
    for entry in entries:
        quantity, place = entry.get("quantity"), str(entry["warehouse_id"])
        if not isinstance(quantity, int) or isinstance(quantity, bool):
            return 12019024, "The quantity is invalid", place
        if not 0 <= quantity <= MOST_UNITS:
            return 12052055, f"The quantity must be between 0 and {MOST_UNITS}", place
    if sum(entry["quantity"] for entry in entries) < _locked(body):
        return 12052393, f"The stock may not go below the {_locked(body)} units locked by a promotion", ""
    return None


def _failed(sku_id: str, code: int, message: str, warehouse_id: str) -> Body:
    extra = [{"warehouse_id": warehouse_id, "code": code, "message": message}] if warehouse_id else []
    return {"code": code, "message": message, "detail": {"sku_id": sku_id, "extra_errors": extra}}


def _locked(body: Body) -> int:
    distribution = fields(body.get("total_available_inventory_distribution"))
    kinds = ("campaign_inventory", "creator_inventory")
    return sum(counted(row, "quantity") for kind in kinds for row in objects(distribution.get(kind)))


Part = tuple[Record | None, Body | None, int]


def _parts(store: Store, sku_id: str, warehouse_id: str, units: int) -> list[Part]:
    """Return record, warehouse entry and units of the SKU, or of each component of a combined one."""
    record = store.get("tiktok_shop", "inventory", sku_id)
    product = store.get("tiktok_shop", "products", str(record.body.get("product_id"))) if record else None
    made_of = components(product.body, sku_id) if product else []
    if not made_of:
        return [_part(record, warehouse_id, units)]
    return [
        _part(store.get("tiktok_shop", "inventory", str(part.get("sku_id"))), warehouse_id, units * _each(part))
        for part in made_of
    ]


def _part(record: Record | None, warehouse_id: str, units: int) -> Part:
    places = objects(record.body.get("warehouse_inventory")) if record else []
    return record, next((place for place in places if place.get("warehouse_id") == warehouse_id), None), units


def _each(part: Body) -> int:
    return max(1, counted(part, "sku_count"))


def _move(store: Store, record: Record, place: Body, *, available: int, committed: int) -> None:
    place["available_quantity"] = counted(place, "available_quantity") + available
    place["committed_quantity"] = counted(place, "committed_quantity") + committed
    record.body["_update_time"] = store.now
    store.put(store.indexed(record, record.body))


def _by_id(store: Store, kind: str, ids: set[str]) -> dict[str, Record]:
    return {record.id: record for record in store.select("tiktok_shop", kind, ids=sorted(ids))} if ids else {}


def _row(body: Body, made_of: list[Body], stock: dict[str, Record]) -> Body:
    places = _combined(made_of, stock) if made_of else objects(body.get("warehouse_inventory"))
    total = sum(counted(place, "available_quantity") for place in places)
    distribution = fields(body.get("total_available_inventory_distribution"))
    return {
        "id": body.get("id"),
        "seller_sku": body.get("seller_sku"),
        "total_available_quantity": total,
        "total_committed_quantity": sum(counted(place, "committed_quantity") for place in places),
        "warehouse_inventory": places if made_of else body.get("warehouse_inventory"),
        "total_available_inventory_distribution": {
            "campaign_inventory": distribution.get("campaign_inventory", []),
            "creator_inventory": distribution.get("creator_inventory", []),
            "in_shop_inventory": {"quantity": total - _locked(body)},
        },
    }


def _combined(made_of: list[Body], stock: dict[str, Record]) -> list[Body]:
    """Return what can be put together of the components, warehouse by warehouse."""
    allowed: dict[str, list[int]] = {}
    for part in made_of:
        record = stock.get(str(part.get("sku_id")))
        for place in objects(record.body.get("warehouse_inventory")) if record else []:
            sets = max(0, counted(place, "available_quantity") // _each(part))
            allowed.setdefault(str(place.get("warehouse_id")), []).append(sets)
    return [
        {
            "warehouse_id": id,
            "available_quantity": min(sets) if len(sets) == len(made_of) else 0,
            "committed_quantity": 0,
        }
        for id, sets in sorted(allowed.items())
    ]
