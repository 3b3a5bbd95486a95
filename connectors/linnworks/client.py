"""Linnworks as its callers see it: locations, items and levels, bundles, orders, returns; writing the last two.

Rows are as received; amounts are Decimal, instants in rows ISO 8601 text in UTC.

Belongs here: one method per operation. Does not: HTTP (transport), sessions, completeness of pages, or codes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from types import TracebackType
from typing import Any, Literal, Self

from connectors.linnworks import methods
from connectors.linnworks.errors import classify_reply
from connectors.linnworks.methods import VENDOR, Method, MethodLimiter, call_of
from connectors.linnworks.pages import Listing, Page, read_all, read_page
from connectors.linnworks.sessions import Session, SessionSigner, open_sessions
from connectors.transport.client import Api, Service, Wire
from connectors.transport.errors import ExpiredTokenError, MalformedReplyError, OutcomeUnknownError, RejectedError
from connectors.transport.exact_json import Unusable
from connectors.transport.messages import Reply
from connectors.transport.rows import Row, key_of, rows_of
from connectors.transport.tokens import TokenFile
from tieout.errors import ConfigError
from tieout.settings import Linnworks, Settings
from tieout.state import State

ITEMS_PER_PAGE = 500  # a smaller page would do: how many there are is what the answer says
ORDERS_PER_PAGE = 500
IDS_PER_CALL = 100
LONGEST_SEARCH = timedelta(days=80)  # a search spans about three months (fact sheet linnworks 6)
ProcessedBy = Literal["processed", "cancelled"]


class LinnworksClient:
    """One account. Methods raise the errors of `connectors.transport.errors`; writes are never sent twice."""

    def __init__(self, sessions: TokenFile, open_api: Callable[[str], Api]) -> None:
        """Talk to whichever server the session in force lives on; `open_api` opens the API of a server."""
        self._sessions, self._open_api = sessions, open_api
        self._apis: dict[str, Api] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        for api in self._apis.values():
            api.close()

    def locations(self) -> Listing:
        """Return every stock location (StockLocationId, LocationName); the one named Default has the empty GUID."""
        reply = self._send(methods.LOCATIONS, {})
        return Listing(_rows(reply), reply.server_time)

    def stock_items(self, location_id: str) -> Listing:
        """Return every item that is not archived, bundles included, with the numbers of one location."""

        def read(number: int) -> Page:
            asked = {"keyWord": "", "locationId": location_id, "entriesPerPage": str(ITEMS_PER_PAGE)}
            flags = dict.fromkeys(("excludeComposites", "excludeVariations", "excludeBatches"), "false")
            reply = self._send(methods.STOCK_ITEMS, {**asked, **flags, "pageNumber": str(number)})
            return read_page(reply.json(), reply.server_time, endpoint=reply.call.endpoint)

        return read_all(read, key="StockItemId", endpoint=methods.STOCK_ITEMS.name)

    def compositions(self, item_ids: Sequence[str]) -> dict[str, list[Row]]:
        """Return the components of each of these items that is a bundle."""
        found: dict[str, Any] = {}
        for chunk in _chunks(item_ids):
            reply = self._send(methods.COMPOSITIONS, {"InventoryItemIds": chunk})
            found |= _compositions(reply)
        return found

    def open_order_ids(self, location_id: str, *, source: str, locked: bool | None = None) -> list[str]:
        """Return the ids of a location's open orders from one channel, all in one answer; `locked`: only such ones.

        Parked and locked orders are among them.
        """
        texts = [{"FieldCode": "GENERAL_INFO_SOURCE", "Type": "Equal", "Text": source}]
        flags = [] if locked is None else [{"FieldCode": "GENERAL_INFO_LOCKED", "Value": locked}]
        filters = {"TextFields": texts, "BooleanFields": flags}
        asked = {"filters": filters, "sorting": [], "fulfilmentCenter": location_id, "additionalFilter": ""}
        reply = self._send(methods.OPEN_ORDER_IDS, asked)
        ids = reply.json()
        if not isinstance(ids, list) or not all(isinstance(each, str) for each in ids):
            raise MalformedReplyError("expected a list of ids", vendor=VENDOR, endpoint=reply.call.endpoint)
        return ids

    def orders(self, ids: Sequence[str]) -> Listing:
        """Return orders by id, open or processed; what is not in it was asked for twice and is not there.

        Raises:
            ValueError: when no id is given.
        """
        if not ids:
            raise ValueError("orders: expected at least one id")
        rows, as_of = self._some_orders(ids)
        missing = sorted(set(ids) - {str(row.get("OrderId")) for row in rows})
        if missing:
            rows += self._some_orders(missing)[0]
        return Listing(rows, as_of)

    def processed_orders(self, by: ProcessedBy, start: datetime, end: datetime, *, source: str) -> list[Row]:
        """Return a channel's orders that were processed, or cancelled, from `start` to `end` (UTC), as flat rows.

        Their fields carry other names than an order's own (pkOrderID, PostalTrackingNumber, HoldOrCancel).
        """
        found: dict[str, Row] = {}
        for begin, until in _slices(start, end):
            found |= {key_of(row, "pkOrderID"): row for row in self._processed(by, begin, until, source=source)}
        return list(found.values())

    def orders_by_reference(self, reference: str) -> list[Row]:
        """Return up to fifty orders whose reference, or secondary reference, this is; it is not unique."""
        return _rows(self._send(methods.ORDERS_BY_REFERENCE, {"ReferenceId": reference}))

    def create_orders(self, orders: Sequence[Row], location: str) -> list[str]:
        """Save a channel's orders, twenty at most, at a location named by its name; return the ids of those saved now.

        An order is known by Source, SubSource and ReferenceNumber; a paid one that is there is not changed, nor in the
        answer.
        """
        reply = self._send(methods.CREATE_ORDERS, {"orders": list(orders), "location": location})
        saved = reply.json()
        if not isinstance(saved, list):
            raise OutcomeUnknownError("expected a list of ids", vendor=VENDOR, endpoint=reply.call.endpoint)
        return [str(each) for each in saved]

    def cancel_order(self, order_id: str, location_id: str, *, note: str) -> None:
        """Cancel an open order within Linnworks, refunding nothing; one that is parked, locked or gone is refused."""
        asked = {"orderId": order_id, "fulfilmentCenter": location_id, "refund": 0, "note": note}
        self._send(methods.CANCEL_ORDER, asked)

    def set_tracking_number(self, order: Row, number: str) -> None:
        """Put a tracking number on an open order, given as it was read: what is left out would be cleared."""
        kept = ("PostalServiceId", "TotalWeight", "ItemWeight", "PostageCost", "ManualAdjust")
        shipping: Row = order.get("ShippingInfo") or {}
        info = {name: shipping[name] for name in kept if shipping.get(name) is not None}
        self._send(methods.SET_SHIPPING, {"orderId": order["OrderId"], "info": {**info, "TrackingNumber": number}})

    def returns_of_order(self, order_id: str) -> list[Row]:
        """Return the return bookings of an order, actioned or not, each with its lines (RMALines)."""
        reply = self._send(methods.RETURNS_OF_ORDER, {"OrderId": order_id})
        body = reply.json()
        found = body.get("RMAHeaders") if isinstance(body, dict) else None
        if not isinstance(found, list):
            raise MalformedReplyError("expected RMAHeaders, a list", vendor=VENDOR, endpoint=reply.call.endpoint)
        return rows_of(found)

    def book_return(self, order_id: str, lines: Sequence[Row], *, reference: str) -> str:
        """Book a return of a processed order's lines (ReturnItem) and return the booking's id; stock stays as it is.

        A second call books a second time, also under the same reference.

        Raises:
            RejectedError: when the answer says why nothing was booked.
            OutcomeUnknownError: when it says neither that it was booked nor why not.
        """
        asked = {"OrderId": order_id, "ChannelInitiated": False, "ReturnItems": list(lines), "Reference": reference}
        reply = self._send(methods.BOOK_RETURN, asked)
        return str(_done(reply, "RMAHeaderId"))

    def action_return(self, order_id: str, return_id: str) -> None:
        """Accept a return booking by its id: what it says comes into stock.

        Raises:
            RejectedError: when the answer says why nothing was done, as for one that was actioned before.
            OutcomeUnknownError: when it says neither that it was done nor why not.
        """
        asked = {"RMAHeaderId": int(return_id), "OrderId": order_id}
        _done(self._send(methods.ACTION_RETURN, asked), "SuccessfullyActioned")

    def _processed(self, by: ProcessedBy, start: datetime, end: datetime, *, source: str) -> list[Row]:
        asked = {
            "SearchTerm": "",
            "SearchFilters": [{"SearchField": "Source", "SearchTerm": source}],
            "DateField": by,
            "FromDate": _text(start),
            "ToDate": _text(end),
            "ResultsPerPage": ORDERS_PER_PAGE,
            "SearchSorting": {"SortField": "dProcessedOn", "SortDirection": "ASC"},
        }

        def read(number: int) -> Page:
            reply = self._send(methods.PROCESSED_ORDERS, {**asked, "PageNumber": number})
            body = reply.json()
            inner = body.get("ProcessedOrders") if isinstance(body, dict) else None
            return read_page(inner, reply.server_time, endpoint=reply.call.endpoint)

        return read_all(read, key="pkOrderID", endpoint=methods.PROCESSED_ORDERS.name).rows

    def _some_orders(self, ids: Sequence[str]) -> tuple[list[Row], datetime]:
        replies = [self._send(methods.ORDERS_BY_ID, {"pkOrderIds": chunk}) for chunk in _chunks(ids)]
        return [row for reply in replies for row in _rows(reply)], replies[0].server_time

    def _send(self, method: Method, parameters: Mapping[str, Any]) -> Reply:
        """Send to the server of the session in force, and once more when a new session lives on another one."""
        call = call_of(method, parameters)
        server = Session.of(self._sessions.current()).server
        try:
            return self._api(server).send(call)
        except ExpiredTokenError:
            moved_to = Session.of(self._sessions.current()).server
            if moved_to == server:
                raise
            return self._api(moved_to).send(call)

    def _api(self, server: str) -> Api:
        if server not in self._apis:
            self._apis[server] = self._open_api(server)
        return self._apis[server]


def open_linnworks(settings: Settings, state: State, *, wire: Wire | None = None) -> LinnworksClient:
    """Open Linnworks for this tenant: one client per process, closed by its `with` block or `close()`.

    The quota of each method is shared through `state`, the session through a file in the home folder.

    Raises:
        ConfigError: when Linnworks is not configured, or a credential is missing.
    """
    linnworks = configured(settings)
    wire = wire or Wire()
    sessions = open_sessions(linnworks, settings, wire)
    limiter = MethodLimiter(state, wire)
    secrets = tuple(
        secret.get_secret_value()
        for secret in (linnworks.application_id, linnworks.application_secret, linnworks.token)
        if secret
    )

    def open_api(server: str) -> Api:
        classify = partial(classify_reply, secrets=secrets, sessions_renew=True)
        signer = SessionSigner(sessions, server)
        return Api(Service(VENDOR, server, linnworks.timeout_seconds, classify, signer, limiter), wire)

    return LinnworksClient(sessions, open_api)


def configured(settings: Settings) -> Linnworks:
    """Return the section of the settings.

    Raises:
        ConfigError: when there is none.
    """
    if settings.linnworks is None:
        raise ConfigError("Linnworks is not configured: add [linnworks] to tieout.toml")
    return settings.linnworks


def _rows(reply: Reply) -> list[Row]:
    rows = reply.json()
    if not isinstance(rows, list):
        raise MalformedReplyError("expected a list", vendor=VENDOR, endpoint=reply.call.endpoint)
    return rows_of(rows)


def _done(reply: Reply, sign: str) -> Any:
    """Return what the field `sign` of a write's answer says was done; a refusal is a 200 with `Errors`."""
    body = reply.json()
    found = body if isinstance(body, dict) else {}
    if found.get(sign):
        return found[sign]
    place = {"vendor": VENDOR, "endpoint": reply.call.endpoint}
    errors = found.get("Errors")
    if isinstance(errors, list) and errors:
        raise RejectedError("; ".join(str(each) for each in errors), **place)
    raise OutcomeUnknownError(f"expected {sign} or Errors", **place)


def _compositions(reply: Reply) -> dict[str, Any]:
    body = reply.json()
    found = body.get("InventoryItemsCompositionByIds") if isinstance(body, dict) else None
    if not isinstance(found, dict):
        raise MalformedReplyError("expected components by item", vendor=VENDOR, endpoint=reply.call.endpoint)
    return {item: rows_of(parts) if isinstance(parts, list) else _no_list(parts) for item, parts in found.items()}


def _no_list(value: Any) -> Unusable:
    return Unusable(str(value), "expected a list")


def _chunks(ids: Sequence[str]) -> Iterator[list[str]]:
    for start in range(0, len(ids), IDS_PER_CALL):
        yield list(ids[start : start + IDS_PER_CALL])


def _slices(start: datetime, end: datetime) -> Iterator[tuple[datetime, datetime]]:
    while start < end:
        until = min(start + LONGEST_SEARCH, end)
        yield start, until
        start = until


def _text(instant: datetime) -> str:
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
