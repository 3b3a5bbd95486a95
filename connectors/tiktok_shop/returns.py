"""Returns and refunds: reading them, deciding on them, starting them (fact sheet tiktok_shop 6.1, 6.2, 6.5).

Belongs here: the calls. Does not: which decision to take (dbt, reverse_sync). A decision or a start carries its
caller's idempotency key and is sent once: what came of a lost reply is read from the return.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from connectors.tiktok_shop import endpoints
from connectors.tiktok_shop.endpoints import Endpoint
from connectors.tiktok_shop.pages import Page, counted_pages
from connectors.tiktok_shop.requester import Detail, Request, Requester
from connectors.transport.errors import MalformedReplyError, RejectedError
from connectors.transport.exact_json import dump_json
from connectors.transport.messages import Query
from connectors.transport.rows import Row, rows_of
from tieout.clock import to_epoch

ID = "return_id"
REFUND = "REFUND"
NOT_ELIGIBLE = "NOT_ELIGIBLE"
AFTER_RECEIPT = "OFFER_PARTIAL_REFUND_AFTER_RECEIVING_PKG"

Fields = Mapping[str, Any]


def returns(requester: Requester, shop_id: str, updated_from: datetime | None) -> Iterator[Page]:
    """Yield returns updated from then on, oldest update first; `return_id` names each."""
    return _search(requester, shop_id, {} if updated_from is None else {"update_time_ge": to_epoch(updated_from)})


def returns_by_id(requester: Requester, shop_id: str, ids: Sequence[str]) -> Iterator[Page]:
    """Yield the returns with these ids, as many a call as a page holds; ids that are not found are not in it."""
    size = endpoints.SEARCH_RETURNS.page_size
    for start in range(0, len(ids), size):
        yield from _search(requester, shop_id, {"return_ids": list(ids[start : start + size])})


def returns_of_order(requester: Requester, shop_id: str, order_id: str) -> Iterator[Page]:
    """Yield every return and refund of an order, whoever asked for it."""
    yield from _search(requester, shop_id, {"order_ids": [order_id]})


def _search(requester: Requester, shop_id: str, body: Fields) -> Iterator[Page]:
    request = Request(endpoints.SEARCH_RETURNS, shop_id, body=dump_json(body))
    return counted_pages(requester.reader(request), place=request.place, key=ID)


def records(requester: Requester, shop_id: str, return_id: str) -> Detail:
    """Return what was done to a return and by whom, in `records` of the answer."""
    return requester.detail(Request(endpoints.RETURN_RECORDS, shop_id, ids=((ID, return_id),)))


def refund_reasons(requester: Requester, shop_id: str, order_id: str, line_ids: Sequence[str]) -> list[str]:
    """Return the names of the reasons for which the seller may refund these lines of an order, without their goods.

    Raises:
        RejectedError: NOT_ELIGIBLE when one of them cannot be refunded so, with TikTok Shop's reason.
    """
    filters = (("initiate_aftersale_user", "SELLER"),)
    request = Request(endpoints.ELIGIBILITY, shop_id, ids=(("order_id", order_id),), filters=filters)
    skus = requester.raw_page(request, "").page.rows
    offered = [row for sku in skus for row in rows_of(sku.get("line_item_eligibility") or [])]
    free: dict[str, list[str]] = {}
    for row in (row for row in offered if row.get("request_type") == REFUND):
        names = [str(name) for name in row.get("available_reason_names") or []]
        if row.get("eligible") is True:
            free |= {str(line): names for line in row.get("order_line_items_ids") or []}
    if missing := sorted(set(line_ids) - free.keys()):
        refused = (row.get("ineligible_reason") for row in offered if row.get("request_type") == REFUND)
        said = next((str(reason) for reason in refused if reason), "no reason is given")
        message = f"lines {', '.join(missing)} cannot be refunded: {said}"
        raise RejectedError(message, code=NOT_ELIGIBLE, **request.place)
    return [name for name in free[line_ids[0]] if all(name in free[line] for line in line_ids)]


def partial_refund_range(requester: Requester, shop_id: str, return_id: str) -> tuple[Decimal, Decimal]:
    """Return the least and the most that may be offered for a parcel that arrived, all lines together.

    Raises:
        RejectedError: when no such offer may be made of a line, with TikTok Shop's reason.
    """
    filters = (("seller_id", shop_id), ("return_or_cancel_id", return_id), ("check_decisions", AFTER_RECEIPT))
    request = Request(endpoints.REVIEW_DECISION, shop_id, filters=filters)
    least = most = Decimal(0)
    for line in requester.raw_page(request, "").page.rows:
        for decision in rows_of(line.get("decisions") or []):
            if decision.get("eligible") is not True:
                message = str(decision.get("ineligible_reason") or "no partial refund may be offered")
                raise RejectedError(message, code=str(decision.get("ineligible_code") or ""), **request.place)
            try:
                offered = decision["partial_refund_amount_range"]
                least, most = least + Decimal(offered["min_amount"]), most + Decimal(offered["max_amount"])
            except (KeyError, TypeError, InvalidOperation):
                raise MalformedReplyError("expected partial_refund_amount_range in amounts", **request.place) from None
    return least, most


def approve(
    requester: Requester, shop_id: str, return_id: str, decision: str, *, idempotency_key: str, details: Fields
) -> None:
    """Decide for the buyer, in full or by an offer."""
    body = {"decision": decision, **details}
    _write(requester, endpoints.APPROVE_RETURN, shop_id, body, ids=((ID, return_id),), filters=_key(idempotency_key))


def reject(
    requester: Requester, shop_id: str, return_id: str, decision: str, *, idempotency_key: str, details: Fields
) -> None:
    """Decide against the buyer, for one of the reasons that are offered."""
    body = {"decision": decision, **details}
    _write(requester, endpoints.REJECT_RETURN, shop_id, body, ids=((ID, return_id),), filters=_key(idempotency_key))


def create(requester: Requester, shop_id: str, order_id: str, wanted: Fields, *, idempotency_key: str) -> Row:
    """Start a return or a refund in the seller's name; returns its `return_id` and `return_status`."""
    body = {"order_id": order_id, **wanted}
    return _write(requester, endpoints.CREATE_RETURN, shop_id, body, filters=_key(idempotency_key)).data


def _key(idempotency_key: str) -> Query:
    return (("idempotency_key", idempotency_key),)


def _write(
    requester: Requester,
    endpoint: Endpoint,
    shop_id: str,
    body: Fields,
    *,
    ids: tuple[tuple[str, str], ...] = (),
    filters: Query,
) -> Detail:
    return requester.detail(
        Request(endpoint, shop_id, ids=ids, filters=filters, body=dump_json(dict(body)), is_read=False)
    )
