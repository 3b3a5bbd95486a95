"""Cancellations: reading them, and answering a buyer's request (fact sheet tiktok_shop 6.1, 6.3, 6.5).

Belongs here: the calls. Does not: which answer to give (dbt, reverse_sync).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from connectors.tiktok_shop import endpoints
from connectors.tiktok_shop.endpoints import Endpoint
from connectors.tiktok_shop.pages import Page, counted_pages
from connectors.tiktok_shop.requester import Request, Requester
from connectors.transport.exact_json import dump_json
from tieout.clock import to_epoch

ID = "cancel_id"


def cancellations(requester: Requester, shop_id: str, updated_from: datetime | None) -> Iterator[Page]:
    """Yield cancellations updated from then on, oldest update first; `cancel_id` names each."""
    return _search(requester, shop_id, {} if updated_from is None else {"update_time_ge": to_epoch(updated_from)})


def cancellation(requester: Requester, shop_id: str, cancel_id: str) -> dict[str, Any] | None:
    """Return one cancellation, None when there is none of this id."""
    pages = _search(requester, shop_id, {"cancel_ids": [cancel_id]})
    rows = [row for page in pages for row in page.rows if str(row.get(ID)) == cancel_id]
    return rows[-1] if rows else None


def _search(requester: Requester, shop_id: str, body: dict[str, Any]) -> Iterator[Page]:
    request = Request(endpoints.SEARCH_CANCELLATIONS, shop_id, body=dump_json(body))
    return counted_pages(requester.reader(request), place=request.place, key=ID)


def approve_cancellation(requester: Requester, shop_id: str, cancel_id: str, *, idempotency_key: str) -> None:
    """Accept what the buyer asks: the order, or its lines, are cancelled and refunded."""
    _decide(requester, endpoints.APPROVE_CANCELLATION, shop_id, cancel_id, key=idempotency_key, body=b"")


def reject_cancellation(
    requester: Requester, shop_id: str, cancel_id: str, *, reason: str, idempotency_key: str
) -> None:
    """Refuse what the buyer asks, for one of the reasons that `reject_reasons` offers: the order goes on."""
    body = dump_json({"reject_reason": reason})
    _decide(requester, endpoints.REJECT_CANCELLATION, shop_id, cancel_id, key=idempotency_key, body=body)


def reject_reasons(requester: Requester, shop_id: str, case_id: str) -> list[str]:
    """Return the names of the reasons for which a cancellation or return may be refused, by market and status."""
    request = Request(endpoints.REJECT_REASONS, shop_id, filters=(("return_or_cancel_id", case_id),))
    return [str(row.get("name")) for row in requester.raw_page(request, "").page.rows]


def _decide(requester: Requester, endpoint: Endpoint, shop_id: str, cancel_id: str, *, key: str, body: bytes) -> None:
    ids, filters = ((ID, cancel_id),), (("idempotency_key", key),)
    requester.detail(Request(endpoint, shop_id, ids=ids, filters=filters, body=body, is_read=False))
