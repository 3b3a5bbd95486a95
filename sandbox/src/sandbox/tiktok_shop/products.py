"""Products: POST search and GET detail (fact sheet tiktok_shop 5.1, 5.3).

Belongs here: filters, and the stock that a product shows. Does not: changing stock (see `inventory`). Records of
kind `products` have the shape of a search row; a combined SKU carries its `combined_skus`, which only detail has.
"""

from __future__ import annotations

from typing import Any

from sandbox.store import Body, Record, Store, wire_body
from sandbox.tiktok_shop.amounts import objects
from sandbox.tiktok_shop.envelope import ApiError, invalid
from sandbox.tiktok_shop.inventory import components, listed_stock, texts
from sandbox.tiktok_shop.listing import Listing, Range, read_page, total
from sandbox.tiktok_shop.paging import one
from sandbox.tiktok_shop.request import Request

STATUSES = (
    "ALL",
    "ACTIVATE",
    "DELETED",
    "DRAFT",
    "FAILED",
    "FREEZE",
    "PENDING",
    "PLATFORM_DEACTIVATED",
    "SELLER_DEACTIVATED",
)
MOST_NAMED, MOST_PAGED = 10, 10_000


def search(request: Request) -> Body:
    """Answer POST /product/{202309,202312,202502}/products/search, newest first; time bounds include both ends."""
    if not one(request.query, "page_size"):
        raise invalid("page_size is a required field")
    wanted = request.json()
    listing = Listing(
        "products",
        "created_at",
        descending=True,
        created=_range(wanted, "create_time"),
        updated=_range(wanted, "update_time"),
        ids=_named(request, wanted),
        matching=_status(wanted),
        carry=total,
    )
    page = read_page(listing, request)
    if one(request.query, "page_token") and page.carried > MOST_PAGED:
        raise ApiError(12052180, f"More than {MOST_PAGED} products cannot be paged, narrow the filters")
    answer: Body = {"total_count": page.carried, "next_page_token": page.next_token}
    return {**answer, "products": rows(request.store, page.rows)} if page.rows else answer


def detail(request: Request) -> Body:
    """Answer GET /product/202309/products/{product_id}. Raises ApiError 12052032 or 12052048."""
    record = request.store.get("tiktok_shop", "products", request.path["product_id"])
    if record is None:
        raise ApiError(12052032, "The product does not exist")
    if record.shop != request.shop_id:
        raise ApiError(12052048, "The product does not belong to this seller")
    row = rows(request.store, [record])[0]
    combined = False
    for sku in objects(row.get("skus")):
        if made_of := components(record.body, sku.get("id")):
            sku["combined_skus"], combined = made_of, True
    return {**row, "product_types": ["COMBINED_PRODUCT"] if combined else []}


def rows(store: Store, records: list[Record]) -> list[Body]:
    """Return products as search lists them, with what of each SKU can be sold now."""
    ids = [str(sku.get("id")) for record in records for sku in objects(record.body.get("skus"))]
    stock = listed_stock(store, store.select("tiktok_shop", "inventory", ids=ids) if ids else [])
    return [_row(record, stock) for record in records]


def _row(record: Record, stock: dict[str, Body]) -> Body:
    body = wire_body(record)
    if isinstance(body.get("skus"), list):
        body["skus"] = [_sku(sku, stock) if isinstance(sku, dict) else sku for sku in body["skus"]]
    return body


def _sku(sku: Body, stock: dict[str, Body]) -> Body:
    known = stock.get(str(sku.get("id")))
    shown = {key: value for key, value in sku.items() if key != "combined_skus"}
    if known is None:
        return shown
    places = objects(known["warehouse_inventory"])
    quantities = [{"warehouse_id": p.get("warehouse_id"), "quantity": p.get("available_quantity")} for p in places]
    return {**shown, "inventory": quantities}


def _named(request: Request, wanted: dict[str, Any]) -> list[str] | None:
    """Return the products that a search names by SKU, None when it names none."""
    asked: list[dict[str, Any]] = []
    if seller_skus := texts(wanted, "seller_skus", MOST_NAMED, 12019027):
        asked.append({"matching": {"seller_sku": seller_skus}})
    if sku_ids := texts(wanted, "sku_ids", MOST_NAMED, 12019027):
        asked.append({"ids": sku_ids})
    if not asked:
        return None
    found = [request.store.select("tiktok_shop", "inventory", shop=request.shop_id, **each) for each in asked]
    return sorted(set.intersection(*({str(row.body.get("product_id")) for row in rows} for rows in found)))


def _status(wanted: dict[str, Any]) -> dict[str, Any]:
    status = wanted.get("status") or "ALL"
    if status not in STATUSES:
        raise invalid(f"param body.status is invalid, the value must be one of {', '.join(STATUSES)}")
    return {} if status == "ALL" else {"status": status}


def _range(wanted: dict[str, Any], name: str) -> Range:
    first, last = _instant(wanted, f"{name}_ge"), _instant(wanted, f"{name}_le")
    return first, None if last is None else last + 1


def _instant(wanted: dict[str, Any], key: str) -> int | None:
    value = wanted.get(key)
    if value is None:
        return None
    if isinstance(value, bool) or not str(value).isdigit():
        raise invalid(f"param body.{key} is invalid, a timestamp in seconds is expected")
    return int(value)
