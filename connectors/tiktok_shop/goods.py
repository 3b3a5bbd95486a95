"""Products, their listed stock and the shop's warehouses (fact sheet tiktok_shop 4.5, 5).

Belongs here: the requests about what a shop lists, and proof that the replies are complete. Does not: what may be sold
(dbt), or how a request becomes calls (requester).
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from connectors.tiktok_shop import endpoints
from connectors.tiktok_shop.pages import Page, confirmed_pages, counted_pages
from connectors.tiktok_shop.requester import Request, Requester
from connectors.transport.errors import RejectedError
from connectors.transport.exact_json import Unusable, dump_json
from connectors.transport.rows import Row, rows_of
from tieout.clock import to_epoch

MOST_PAGED = 10_000  # TikTok Shop pages no further through products (12052180)


def products(requester: Requester, shop_id: str, updated_from: datetime | None) -> Iterator[Page]:
    """Yield products of every status; a list that is too long to page is read in halves by creation time."""
    wanted: dict[str, Any] = {"status": "ALL"}
    if updated_from is not None:
        wanted["update_time_ge"] = to_epoch(updated_from)
    return _created_within(requester, shop_id, wanted, bounds=None)


def _created_within(
    requester: Requester, shop_id: str, wanted: dict[str, Any], *, bounds: tuple[int, int] | None
) -> Iterator[Page]:
    within = {} if bounds is None else {"create_time_ge": bounds[0], "create_time_le": bounds[1]}
    request = Request(endpoints.SEARCH_PRODUCTS, shop_id, body=dump_json({**wanted, **within}))
    pages = counted_pages(requester.reader(request), place=request.place)
    first = next(pages)
    begin, end = bounds or (0, to_epoch(first.as_of))
    if (first.total_count or 0) <= MOST_PAGED or begin >= end:
        yield first
        yield from pages
        return
    middle = (begin + end) // 2
    yield from _created_within(requester, shop_id, wanted, bounds=(begin, middle))
    yield from _created_within(requester, shop_id, wanted, bounds=(middle + 1, end))


def inventory(requester: Requester, shop_id: str, sku_ids: Sequence[str]) -> Page:
    """Return the listed stock of SKUs, each row with its `product_id`; asked for twice, unknown ones are not in it."""
    pages = [
        page
        for start in range(0, len(sku_ids), endpoints.MAX_SKU_IDS)
        for page in _some_inventory(requester, shop_id, sku_ids[start : start + endpoints.MAX_SKU_IDS])
    ]
    if not pages:
        raise ValueError("inventory: expected at least one SKU id")
    rows = [row for page in pages for row in page.rows]
    return Page(rows, min(page.as_of for page in pages), pages[0].api_version)


def _some_inventory(requester: Requester, shop_id: str, sku_ids: Sequence[str]) -> Iterator[Page]:
    # This call has no total to prove it whole by: what is missing is asked for once more.
    first = _inventory(requester, shop_id, sku_ids)
    yield first
    found = {str(row.get("id")) for row in first.rows}
    if missing := [sku_id for sku_id in sku_ids if sku_id not in found]:
        yield _inventory(requester, shop_id, missing)


def _inventory(requester: Requester, shop_id: str, sku_ids: Sequence[str]) -> Page:
    request = Request(endpoints.SEARCH_INVENTORY, shop_id, body=dump_json({"sku_ids": list(sku_ids)}))
    page = requester.raw_page(request, "").page
    rows = [row for product in page.rows for row in _skus(product)]
    return Page(rows, page.as_of, page.api_version)


def _skus(product: Row) -> Iterator[Row]:
    skus = product.get("skus") or []
    if not isinstance(skus, list):
        skus = [{"skus": Unusable(str(skus), "expected a list")}]
    return ({**sku, "product_id": product.get("product_id")} for sku in rows_of(skus))


def update_inventory(requester: Requester, shop_id: str, product_id: str, skus: Sequence[Mapping[str, Any]]) -> None:
    """Set the available quantities of SKUs of one product, all warehouses of each SKU named.

    Raises:
        RejectedError: the first SKU's code when any was refused; SKUs that the message does not name are written.
    """
    request = Request(
        endpoints.UPDATE_INVENTORY,
        shop_id,
        ids=(("product_id", product_id),),
        body=dump_json({"skus": list(skus)}),
        is_read=False,
    )
    errors = requester.detail(request).data.get("errors") or []
    if errors:
        message = "; ".join(_message(error) for error in errors)
        raise RejectedError(message, code=str(errors[0].get("code") or ""), **request.place)


def _message(error: Row) -> str:
    detail = error.get("detail") or {}
    places = [str(each.get("warehouse_id") or "") for each in detail.get("extra_errors") or []]
    where = f" in warehouse {', '.join(places)}" if any(places) else ""
    return f"SKU {detail.get('sku_id')}{where}: {error.get('message')} ({error.get('code')})"


def warehouses(requester: Requester, shop_id: str) -> Iterator[Page]:
    """Yield the shop's warehouses: a list without total, believed when two readings agree."""
    request = Request(endpoints.WAREHOUSES, shop_id)
    return confirmed_pages(requester.reader(request), sys.maxsize, place=request.place)
