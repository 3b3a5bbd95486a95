"""What can be promised: bulk exports by watermark, stock of some products, fulfilment nodes (fact sheet newstore 6).

Belongs here: the calls, and an export's job and file. Does not: what a figure means (dbt).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from typing import Any

from connectors.newstore.account import VENDOR
from connectors.newstore.files import FileReader
from connectors.newstore.requester import Listing, Requester, list_of, object_of, part
from connectors.transport.client import Wire
from connectors.transport.errors import MalformedReplyError, TransientError
from connectors.transport.rows import Row, rows_of
from tieout.numbers import whole_number

FINISHED = "finished"
FAILED = frozenset({"failed", "error"})
POLL_SECONDS = 2.0
MOST_POLLS = 150
PRODUCTS_PER_CALL = 500
PAGE_SIZE = 2000
_BULK = "/v0/d/availabilities/bulk"


@dataclass(frozen=True)
class Availabilities:
    """Units available to promise, one row for a product in a node; `as_of` is the clock before the export began, UTC.

    `watermark` is what to ask from next time: a number that grows, and no time. `is_whole`: no row was left out for
    not having changed.
    """

    rows: list[Row]
    watermark: int
    as_of: datetime
    is_whole: bool


def availabilities(requester: Requester, files: FileReader, wire: Wire, *, since: int | None = None) -> Availabilities:
    """Export what has changed since a watermark, or all, and wait for it.

    A row may come twice, once for each locale of a catalogue: one of them is kept.

    Raises:
        TransientError: when the job is not done within five minutes.
        MalformedReplyError: when it failed, or its file cannot be read.
    """
    wanted = {} if since is None else {"last_updated_at": since}
    reply = requester.ask("start export", _BULK, wanted)
    as_of, job = reply.server_time, _job(reply)
    done = _finished(requester, job, wire)
    watermark = _watermark(done)
    if watermark == 0:
        return Availabilities([], since or 0, as_of, since is None)
    rows = _rows(files.read_json("export file", str(done.get("link") or "")))
    kept = {(row.get("product_id"), row.get("fulfillment_node_id"), _odd(row)): row for row in rows}
    return Availabilities(list(kept.values()), watermark, as_of, since is None)


def stock_of(requester: Requester, product_ids: Sequence[str]) -> Listing:
    """Return units available to promise of some products in every node.

    Raises:
        ValueError: when no product is given.
        MalformedReplyError: when a list does not end.
    """
    wanted = list(dict.fromkeys(product_ids))
    if not wanted:
        raise ValueError("stock_of: expected at least one product")
    pages = [page for chunk in _chunks(wanted) for page in _stock_pages(requester, chunk)]
    return Listing([row for page in pages for row in page.rows], min(page.as_of for page in pages))


def locations(requester: Requester) -> Listing:
    """Return the tenant's fulfilment nodes, stores and distribution centres alike."""
    reply = requester.read("locations", "/v0/locations")
    return Listing(list_of(reply, "locations"), reply.server_time)


def _stock_pages(requester: Requester, product_ids: list[str]) -> Iterator[Listing]:
    for number in count(1):
        body = {"page_number": number, "page_size": PAGE_SIZE, "products": product_ids}
        reply = requester.ask("stock of products", "/v0/stock/products/availability", body)
        page, more = list_of(reply, "items"), object_of(reply).get("has_more")
        yield Listing(page, reply.server_time)
        if not more:
            return
        if not page:
            raise MalformedReplyError("an empty page announces more", vendor=VENDOR, endpoint=reply.call.endpoint)


def _job(reply: Any) -> str:
    found = object_of(reply).get("availability_export_id")
    if isinstance(found, str) and found:
        return found
    raise MalformedReplyError("expected availability_export_id", vendor=VENDOR, endpoint=reply.call.endpoint)


def _finished(requester: Requester, job: str, wire: Wire) -> Row:
    for _ in range(MOST_POLLS):
        body = object_of(requester.read("export", f"{_BULK}/{part(job)}"))
        if body.get("state") == FINISHED:
            return body
        if body.get("state") in FAILED:
            raise MalformedReplyError("the export failed", vendor=VENDOR, endpoint="export")
        wire.sleep(POLL_SECONDS)
    seconds = MOST_POLLS * POLL_SECONDS
    raise TransientError(f"the export was not done within {seconds:.0f} s", vendor=VENDOR, endpoint="export")


def _watermark(body: Row) -> int:
    try:
        return whole_number(body["last_updated_at"])
    except (KeyError, TypeError, ValueError):
        raise MalformedReplyError(
            "expected last_updated_at, a whole number", vendor=VENDOR, endpoint="export"
        ) from None


def _rows(content: Any) -> list[Row]:
    found = content.get("items") if isinstance(content, dict) else content
    try:
        return rows_of(found)
    except TypeError:
        raise MalformedReplyError("expected a list of rows", vendor=VENDOR, endpoint="export file") from None


def _odd(row: Row) -> str:
    """Return what distinguishes rows that do not name their product and node."""
    return "" if row.get("product_id") and row.get("fulfillment_node_id") else repr(row)


def _chunks(ids: list[str]) -> Iterator[list[str]]:
    for first in range(0, len(ids), PRODUCTS_PER_CALL):
        yield ids[first : first + PRODUCTS_PER_CALL]
