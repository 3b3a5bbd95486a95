"""ZigZag as its callers see it: returns with parcels and grades, orders, the tenant's own lists; labels and returns.

Rows are as received; amounts are text, instants in rows ISO 8601 text in UTC. The contract is the one we keep to until
ZigZag's own is at hand (fact sheet zigzag 7.1).

Belongs here: one method per operation. Does not: HTTP (transport), tokens, completeness of pages, or codes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from types import TracebackType
from typing import Self
from urllib.parse import quote

from connectors.transport.bearer import BearerSigner
from connectors.transport.client import Api, Service, Wire
from connectors.transport.errors import MalformedReplyError, OutcomeUnknownError, RejectedError
from connectors.transport.exact_json import dump_json
from connectors.transport.limits import Pacer
from connectors.transport.messages import Call, Query, Reply
from connectors.transport.rows import Row, rows_of
from connectors.zigzag.errors import NOT_FOUND, classify_reply
from connectors.zigzag.pages import Page, changed_pages, read_page
from connectors.zigzag.tokens import VENDOR, open_tokens
from tieout.clock import Clock, utc_now
from tieout.errors import ConfigError
from tieout.settings import Settings, ZigZag
from tieout.state import State

PAGE_SIZE = 100
_JSON = {"content-type": "application/json"}


@dataclass(frozen=True)
class Listing:
    """A whole list as received, and the vendor's clock, UTC."""

    rows: list[Row]
    as_of: datetime


class ZigZagClient:
    """One account. Methods raise the errors of `connectors.transport.errors`; writes are never sent twice."""

    def __init__(self, api: Api, now: Clock = utc_now) -> None:
        """Talk over an open API; `now` dates what a refusal says, which carries no clock of the vendor's."""
        self._api, self._now = api, now

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._api.close()

    def returns(self, *, updated_from: datetime | None) -> Iterator[Page]:
        """Yield all returns that changed from then on (UTC; None: all), with parcels, lines and refund.

        Raises:
            MalformedReplyError: at the end, when rows are missing. What was yielded is then incomplete.
        """
        yield from self._changed(updated_from, ())

    def returns_by_reference(self, reference: str) -> list[Row]:
        """Return every return under an external reference: one for each warehouse that the parcel may go to."""
        found: dict[str, Row] = {}
        for page in self._changed(None, (("externalReturnRef", reference),)):
            found |= {str(row.get("returnId")): row for row in page.rows}
        return list(found.values())

    def return_by_id(self, return_id: str) -> Listing:
        """Return the return of this id, or an empty list when there is none."""
        return self._one("return", f"/returns/{_part(return_id)}")

    def upsert_order(self, order: Row) -> None:
        """Write an order under its `orderNumber`, over what was there."""
        self._write("upsert order", "/orders", order)

    def open_return_order(self, order_number: str, retailer_code: str, skus: Sequence[str]) -> Row:
        """Ask what of an order can be returned; return returnOrderId, reasons and errors.

        Each call makes an empty return order, which nobody sees until a return is created in it.
        """
        body = {"orderNumber": order_number, "retailerCode": retailer_code, "skus": list(skus)}
        return _object(self._write("open return order", "/return-orders", body))

    def create_return(self, body: Row) -> list[Row]:
        """Create what a return order holds and return its returns, one per warehouse.

        Raises:
            RejectedError: `duplicate_reference` when there are returns under its `externalReturnRef`.
            OutcomeUnknownError: when it may exist now: look for its reference before trying again.
        """
        reply = self._write("create return", "/returns", body)
        found = _object(reply).get("returns")
        if not isinstance(found, list):
            raise OutcomeUnknownError("expected returns", vendor=VENDOR, endpoint=reply.call.endpoint)
        return rows_of(found)

    def record_label(self, return_id: str, tracking_number: str, carrier: str) -> Row:
        """Record a label that was issued elsewhere; return shipmentNumber, trackingNumber, carrier, warehouseDC."""
        label = {"trackingNumber": tracking_number, "carrier": carrier}
        return _object(self._write("complete return", f"/returns/{_part(return_id)}/complete", label))

    def cancel_shipment(self, shipment_number: int) -> None:
        """Cancel a label; one that a carrier has scanned is refused with status 409."""
        self._send("cancel shipment", "DELETE", f"/shipments/{shipment_number}")

    def cancel_return(self, return_id: str) -> None:
        """Cancel a return that has no label."""
        self._send("cancel return", "DELETE", f"/returns/{_part(return_id)}")

    def reasons(self) -> Listing:
        """Return the tenant's reasons for a return."""
        return self._list("reasons")

    def conditions(self) -> Listing:
        """Return the tenant's conditions of a unit."""
        return self._list("conditions")

    def dispositions(self) -> Listing:
        """Return what may become of a unit, in the tenant's words."""
        return self._list("dispositions")

    def _changed(self, start: datetime | None, filters: Query) -> Iterator[Page]:
        place = {"vendor": VENDOR, "endpoint": "returns"}

        def read(updated_from: datetime | None, number: int) -> Page:
            since = (("updatedFrom", _text(updated_from)),) if updated_from else ()
            query = (*filters, *since, ("page", str(number)), ("pageSize", str(PAGE_SIZE)))
            reply = self._send("returns", "GET", "/returns", query=query)
            return read_page(reply.json(), reply.server_time, place=place)

        yield from changed_pages(read, start, place=place)

    def _one(self, endpoint: str, path: str) -> Listing:
        try:
            reply = self._send(endpoint, "GET", path)
        except RejectedError as error:
            if error.code == NOT_FOUND:
                return Listing([], self._now())
            raise
        return Listing([_object(reply)], reply.server_time)

    def _list(self, name: str) -> Listing:
        reply = self._send(name, "GET", f"/{name}")
        rows = reply.json()
        if not isinstance(rows, list):
            raise MalformedReplyError("expected a list", vendor=VENDOR, endpoint=name)
        return Listing(rows_of(rows), reply.server_time)

    def _write(self, endpoint: str, path: str, body: Row) -> Reply:
        return self._send(endpoint, "POST", path, body=dump_json(body))

    def _send(self, endpoint: str, method: str, path: str, *, query: Query = (), body: bytes = b"") -> Reply:
        headers = _JSON if body else {}
        return self._api.send(
            Call(endpoint, method, path, is_read=method == "GET", query=query, body=body, headers=headers)
        )


def open_zigzag(settings: Settings, state: State, *, wire: Wire | None = None) -> ZigZagClient:
    """Open ZigZag for this tenant: one client per process, closed by its `with` block or `close()`.

    Its rate is shared through `state`, its token through a file in the home folder.

    Raises:
        ConfigError: when ZigZag is not configured.
    """
    account, wire = configured(settings), wire or Wire()
    pacer = Pacer(state, VENDOR, per_second=account.requests_per_second, now=wire.now, sleep=wire.sleep)
    signer = BearerSigner(open_tokens(account, settings, wire))
    classify = partial(classify_reply, secrets=(account.password.get_secret_value(),), tokens_renew=True)
    service = Service(VENDOR, account.base_url, account.timeout_seconds, classify, signer, pacer)
    return ZigZagClient(Api(service, wire), wire.now)


def configured(settings: Settings) -> ZigZag:
    """Return the section of the settings.

    Raises:
        ConfigError: when there is none.
    """
    if settings.zigzag is None:
        raise ConfigError("ZigZag is not configured: add [zigzag] to tieout.toml")
    return settings.zigzag


def _object(reply: Reply) -> Row:
    """Return a reply's object; of a write without one, the outcome is unknown."""
    body = reply.json()
    if isinstance(body, dict):
        return body
    error = MalformedReplyError if reply.call.is_read else OutcomeUnknownError
    raise error("expected an object", vendor=VENDOR, endpoint=reply.call.endpoint)


def _part(key: str) -> str:
    return quote(key, safe="")


def _text(instant: datetime) -> str:
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
