"""Packages: reading them, shipping by the seller's carrier or with TikTok's label, correcting a tracking number.

Belongs here: the calls of fact sheet tiktok_shop 4. Does not: when to make them (dbt, reverse_sync). No call here takes
an idempotency key (2.5): after a lost reply the order or the package is read again.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from connectors.tiktok_shop import endpoints
from connectors.tiktok_shop.endpoints import Endpoint
from connectors.tiktok_shop.pages import Page, counted_pages
from connectors.tiktok_shop.requester import Detail, Request, Requester
from connectors.transport.errors import RejectedError
from connectors.transport.exact_json import dump_json
from tieout.clock import to_epoch

_WITHOUT_CARRIERS = ("21008116", "21008117")  # an option that is not subscribed to, or that TikTok Shop fulfils itself
WHOLE_ORDER, PART_OF_ORDER = "1", "2"


def packages(requester: Requester, shop_id: str, updated_from: datetime | None) -> Iterator[Page]:
    """Yield packages updated from then on, oldest update first."""
    body = {} if updated_from is None else {"update_time_ge": to_epoch(updated_from)}
    request = Request(endpoints.SEARCH_PACKAGES, shop_id, body=dump_json(body))
    return counted_pages(requester.reader(request), place=request.place)


def package(requester: Requester, shop_id: str, package_id: str) -> Detail:
    """Return one package."""
    return requester.detail(Request(endpoints.PACKAGE, shop_id, ids=(("package_id", package_id),)))


def carriers(requester: Requester, shop_id: str, warehouse_id: str) -> dict[str, str]:
    """Return id and name of the carriers that a warehouse may hand parcels to, over all its delivery options (4.4)."""
    options = requester.raw_page(
        Request(endpoints.DELIVERY_OPTIONS, shop_id, ids=(("warehouse_id", warehouse_id),)), ""
    )
    found: dict[str, str] = {}
    for option in options.page.rows:
        ids = (("delivery_option_id", str(option.get("id"))),)
        try:
            rows = requester.raw_page(Request(endpoints.SHIPPING_PROVIDERS, shop_id, ids=ids), "").page.rows
        except RejectedError as error:
            if error.code not in _WITHOUT_CARRIERS:
                raise
            continue
        found |= {str(row.get("id")): str(row.get("name")) for row in rows}
    return found


def mark_shipped(
    requester: Requester,
    shop_id: str,
    order_id: str,
    *,
    line_ids: Sequence[str],
    tracking_number: str,
    provider_id: str,
) -> str:
    """Say that these line items left with a seller's own carrier; returns the package id (202309)."""
    body = {
        "order_line_item_ids": list(line_ids),
        "tracking_number": tracking_number,
        "shipping_provider_id": provider_id,
    }
    answer = _write(requester, endpoints.MARK_SHIPPED, shop_id, ids=(("order_id", order_id),), body=body)
    return str(answer.data.get("package_id") or "")


def create_package(requester: Requester, shop_id: str, order_id: str, *, line_ids: Sequence[str]) -> str:
    """Buy TikTok's label for line items of an order (none named: for all of it); returns the package id (202512)."""
    named: dict[str, Any] = {"order_line_item": [{"order_line_id": line} for line in line_ids]} if line_ids else {}
    body = {"ship_type": PART_OF_ORDER if line_ids else WHOLE_ORDER, "order_id": order_id, **named}
    return str(_write(requester, endpoints.CREATE_PACKAGE, shop_id, ids=(), body=body).data.get("package_id") or "")


def ship_package(requester: Requester, shop_id: str, package_id: str, *, handover_method: str) -> None:
    """Arrange the shipment of a package that exists and waits, by TikTok's carrier."""
    body = {"handover_method": handover_method}
    _write(requester, endpoints.SHIP_PACKAGE, shop_id, ids=(("package_id", package_id),), body=body)


def correct_tracking(
    requester: Requester, shop_id: str, package_id: str, *, tracking_number: str, provider_id: str
) -> None:
    """Replace a shipped package's tracking number; TikTok Shop takes one correction within 72 hours (4.4)."""
    body = {"tracking_number": tracking_number, "shipping_provider_id": provider_id}
    _write(requester, endpoints.CORRECT_TRACKING, shop_id, ids=(("package_id", package_id),), body=body)


def _write(
    requester: Requester, endpoint: Endpoint, shop_id: str, *, ids: tuple[tuple[str, str], ...], body: dict[str, Any]
) -> Detail:
    return requester.detail(Request(endpoint, shop_id, ids=ids, body=dump_json(body), is_read=False))
