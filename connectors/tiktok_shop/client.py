"""TikTok Shop as its callers see it: what a shop lists, sells, ships and earns, and the writes to it.

Money stays the text it is on the wire; ids are text; instants in rows are epoch seconds, as received.

Belongs here: one method per operation. Does not: how a request becomes calls (requester), HTTP (transport),
completeness (pages, statements), codes (errors).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial
from types import TracebackType
from typing import Any, Self

from connectors.tiktok_shop import cancellations, endpoints, goods, images, returns, shipping
from connectors.tiktok_shop.auth import VENDOR, open_token_file
from connectors.tiktok_shop.errors import classify_reply
from connectors.tiktok_shop.pages import Page, RawPage, confirmed_pages, counted_pages
from connectors.tiktok_shop.requester import AuthorizedShop, Detail, Request, Requester
from connectors.tiktok_shop.signing import RequestSigner
from connectors.tiktok_shop.statements import StatementDetail, read_statement
from connectors.transport.client import Api, Service, Wire
from connectors.transport.exact_json import dump_json
from connectors.transport.limits import Pacer
from connectors.transport.messages import Query
from tieout.clock import to_epoch
from tieout.settings import Settings
from tieout.state import State


class TikTokShopClient:
    """One app's shops; a write is sent once a call. Methods raise the errors of `connectors.transport.errors`."""

    def __init__(self, api: Api) -> None:
        """Read through `api`; shops are looked up once, at the first need."""
        self._requester = Requester(api)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._requester.close()

    def shops(self) -> list[AuthorizedShop]:
        """Return the shops this app may read (Get Authorized Shops 202309; not paged)."""
        return self._requester.shops()

    def search_orders(
        self, shop_id: str, *, updated_from: datetime | None, updated_to: datetime | None = None
    ) -> Iterator[Page]:
        """Yield orders updated from `updated_from` on and before `updated_to`, oldest update first.

        Both bounds reach outwards to whole seconds, so windows that meet lose nothing. Orders move while one pages; a
        row may come twice, and the list is proven whole only when the iteration ends without an error.
        """
        bounds = _bounds("update_time", updated_from, updated_to)
        body = dump_json({name: int(value) for name, value in bounds})
        request = Request(endpoints.SEARCH_ORDERS, shop_id, body=body)
        return counted_pages(self._requester.reader(request), place=request.place)

    def orders(self, shop_id: str, ids: Sequence[str]) -> Page:
        """Return the orders with these ids, fifty a call; ids that are not found, asked for twice, are not in it."""
        raw_pages = [
            raw_page
            for chunk in _chunks(ids, endpoints.MAX_ORDER_IDS)
            for raw_page in self._some_orders(shop_id, chunk)
        ]
        if not raw_pages:
            raise ValueError("orders: expected at least one id")
        rows = [row for raw_page in raw_pages for row in raw_page.page.rows]
        first = raw_pages[0].page
        return Page(rows, min(raw_page.page.as_of for raw_page in raw_pages), first.api_version)

    def price_detail(self, shop_id: str, order_id: str) -> Detail:
        """Return how an order's price came about (202407)."""
        return self._requester.detail(Request(endpoints.PRICE_DETAIL, shop_id, ids=(("order_id", order_id),)))

    def statements(
        self, shop_id: str, *, statement_from: datetime, statement_to: datetime | None = None
    ) -> Iterator[Page]:
        """Yield statements of `statement_time` in [from, to), oldest first; short pages are confirmed."""
        request = Request(
            endpoints.STATEMENTS, shop_id, filters=_bounds("statement_time", statement_from, statement_to)
        )
        return confirmed_pages(self._requester.reader(request), endpoints.STATEMENTS.page_size, place=request.place)

    def statement_transactions(self, shop_id: str, statement_id: str) -> StatementDetail:
        """Return one statement with all of its rows (202501, where not offered 202309 in its flat shape).

        Raises:
            MalformedReplyError: when the rows are not as many as the statement says, also in a second reading.
        """
        request = Request(endpoints.STATEMENT_TRANSACTIONS, shop_id, ids=(("statement_id", statement_id),))
        return read_statement(self._requester.reader(request), place=request.place)

    def payments(self, shop_id: str, *, created_from: datetime) -> Iterator[Page]:
        """Yield payments created from then on, oldest first (202605, else 202309). Short pages are confirmed."""
        request = Request(endpoints.PAYMENTS, shop_id, filters=_bounds("create_time", created_from, None))
        return confirmed_pages(self._requester.reader(request), endpoints.PAYMENTS.page_size, place=request.place)

    def unsettled(self, shop_id: str) -> Iterator[Page]:
        """Yield what is earned and not yet settled: a snapshot of estimates, which rows leave as they settle."""
        request = Request(endpoints.UNSETTLED, shop_id)
        return counted_pages(self._requester.reader(request), place=request.place)

    def order_transactions(self, shop_id: str, order_id: str) -> Detail:
        """Return an order's settled amounts per SKU, with the statement of each; empty until it settles."""
        return self._requester.detail(Request(endpoints.ORDER_TRANSACTIONS, shop_id, ids=(("order_id", order_id),)))

    def warehouses(self, shop_id: str) -> Iterator[Page]:
        """Yield the shop's warehouses, selling and returning ones alike."""
        return goods.warehouses(self._requester, shop_id)

    def carriers(self, shop_id: str, warehouse_id: str) -> dict[str, str]:
        """Return id and name of the carriers that a warehouse of the shop may hand parcels to."""
        return shipping.carriers(self._requester, shop_id, warehouse_id)

    def products(self, shop_id: str, *, updated_from: datetime | None) -> Iterator[Page]:
        """Yield products of every status that were edited from then on; sales and stock do not count as edits."""
        return goods.products(self._requester, shop_id, updated_from)

    def product(self, shop_id: str, product_id: str) -> Detail:
        """Return one product with what search leaves out: the composition of a combined SKU (`combined_skus`)."""
        return self._requester.detail(Request(endpoints.PRODUCT, shop_id, ids=(("product_id", product_id),)))

    def inventory(self, shop_id: str, sku_ids: Sequence[str]) -> Page:
        """Return listed stock by SKU id, 600 a call, each row with its `product_id`; unknown SKUs are not in it."""
        return goods.inventory(self._requester, shop_id, sku_ids)

    def update_inventory(self, shop_id: str, product_id: str, skus: Sequence[Mapping[str, Any]]) -> None:
        """Set available quantities: `skus` [{id, inventory: [{warehouse_id, quantity}]}], all warehouses of each SKU.

        Raises:
            RejectedError: TikTok Shop's code of the first SKU refused; SKUs that the message does not name are written.
            OutcomeUnknownError: when the quantities may stand now.
        """
        goods.update_inventory(self._requester, shop_id, product_id, skus)

    def packages(self, shop_id: str, *, updated_from: datetime | None) -> Iterator[Page]:
        """Yield packages updated from then on, oldest update first."""
        return shipping.packages(self._requester, shop_id, updated_from)

    def package(self, shop_id: str, package_id: str) -> Detail:
        """Return one package."""
        return shipping.package(self._requester, shop_id, package_id)

    def mark_shipped(
        self, shop_id: str, order_id: str, *, line_ids: Sequence[str], tracking_number: str, provider_id: str
    ) -> str:
        """Say that these line items left with a seller's own carrier; returns the package id (202309).

        Raises:
            RejectedError: the platform's own code, "already shipped" among them: re-read the order.
            OutcomeUnknownError: when the package may exist now.
        """
        return shipping.mark_shipped(
            self._requester,
            shop_id,
            order_id,
            line_ids=line_ids,
            tracking_number=tracking_number,
            provider_id=provider_id,
        )

    def create_package(self, shop_id: str, order_id: str, *, line_ids: Sequence[str] = ()) -> str:
        """Buy TikTok's label for an order or some of its line items, by the default service; returns the package id.

        Raises:
            RejectedError: the platform's own code, "already shipped" among them: re-read the order.
            OutcomeUnknownError: when the label may be bought now.
        """
        return shipping.create_package(self._requester, shop_id, order_id, line_ids=line_ids)

    def ship_package(self, shop_id: str, package_id: str, *, handover_method: str) -> None:
        """Arrange the shipment of a package that exists and waits: DROP_OFF or PICKUP by TikTok's carrier."""
        shipping.ship_package(self._requester, shop_id, package_id, handover_method=handover_method)

    def correct_tracking(self, shop_id: str, package_id: str, *, tracking_number: str, provider_id: str) -> None:
        """Replace a shipped package's tracking number: once, within 72 hours of shipping."""
        shipping.correct_tracking(
            self._requester, shop_id, package_id, tracking_number=tracking_number, provider_id=provider_id
        )

    def cancellations(self, shop_id: str, *, updated_from: datetime | None) -> Iterator[Page]:
        """Yield cancellations updated from then on, oldest update first; `cancel_id` names each (202602, 202309)."""
        return cancellations.cancellations(self._requester, shop_id, updated_from)

    def cancellation(self, shop_id: str, cancel_id: str) -> dict[str, Any] | None:
        """Return one cancellation, None when there is none of this id."""
        return cancellations.cancellation(self._requester, shop_id, cancel_id)

    def approve_cancellation(self, shop_id: str, cancel_id: str, *, idempotency_key: str) -> None:
        """Accept what a buyer asks. Raises RejectedError (25001010 and its like) when it is decided already."""
        cancellations.approve_cancellation(self._requester, shop_id, cancel_id, idempotency_key=idempotency_key)

    def reject_cancellation(self, shop_id: str, cancel_id: str, *, reason: str, idempotency_key: str) -> None:
        """Refuse what a buyer asks, for a reason out of `reject_reasons`. Raises RejectedError as approving does."""
        cancellations.reject_cancellation(
            self._requester, shop_id, cancel_id, reason=reason, idempotency_key=idempotency_key
        )

    def reject_reasons(self, shop_id: str, case_id: str) -> list[str]:
        """Return the reasons that may now be given to refuse a cancellation or a return; they differ by market."""
        return cancellations.reject_reasons(self._requester, shop_id, case_id)

    def returns(self, shop_id: str, *, updated_from: datetime | None) -> Iterator[Page]:
        """Yield returns updated from then on, oldest update first; `return_id` names each (202602, 202309)."""
        return returns.returns(self._requester, shop_id, updated_from)

    def returns_by_id(self, shop_id: str, ids: Sequence[str]) -> Iterator[Page]:
        """Yield the returns with these ids; those that are not found are not in it."""
        return returns.returns_by_id(self._requester, shop_id, ids)

    def returns_of_order(self, shop_id: str, order_id: str) -> Iterator[Page]:
        """Yield every return and refund of an order."""
        return returns.returns_of_order(self._requester, shop_id, order_id)

    def refund_reasons(self, shop_id: str, order_id: str, line_ids: Sequence[str]) -> list[str]:
        """Return for which reasons the seller may refund lines without goods. Raises RejectedError NOT_ELIGIBLE."""
        return returns.refund_reasons(self._requester, shop_id, order_id, line_ids)

    def return_records(self, shop_id: str, return_id: str) -> Detail:
        """Return what was done to a return and by whom: `records`, in TikTok Shop's own order."""
        return returns.records(self._requester, shop_id, return_id)

    def partial_refund_range(self, shop_id: str, return_id: str) -> tuple[Decimal, Decimal]:
        """Return least and most of an offer for a parcel that arrived. Raises RejectedError when none may be made."""
        return returns.partial_refund_range(self._requester, shop_id, return_id)

    def approve_return(
        self, shop_id: str, return_id: str, decision: str, *, idempotency_key: str, **details: Any
    ) -> None:
        """Decide for the buyer; `details`: buyer_keep_item, partial_refund. Raises as reject_return does."""
        returns.approve(self._requester, shop_id, return_id, decision, idempotency_key=idempotency_key, details=details)

    def reject_return(
        self, shop_id: str, return_id: str, decision: str, *, idempotency_key: str, **details: Any
    ) -> None:
        """Decide against the buyer; `details`: reject_reason, comment, images, partial_refund_amount (202606).

        Raises:
            RejectedError: the platform's own code: decided already, a quick refund (25011025), FBT (25011026).
            OutcomeUnknownError: when it may be decided now.
        """
        returns.reject(self._requester, shop_id, return_id, decision, idempotency_key=idempotency_key, details=details)

    def upload_image(self, shop_id: str, content: bytes, mime_type: str) -> dict[str, Any]:
        """Upload a photo; returns {image_id, mime_type, width, height}, as `reject_return` takes it in images."""
        return images.upload(self._requester, shop_id, content, mime_type)

    def create_return(
        self, shop_id: str, order_id: str, wanted: Mapping[str, Any], *, idempotency_key: str
    ) -> dict[str, Any]:
        """Start `wanted` {return_type, return_reason, ...} in the seller's name; returns return_id, return_status."""
        return returns.create(self._requester, shop_id, order_id, wanted, idempotency_key=idempotency_key)

    def _some_orders(self, shop_id: str, ids: Sequence[str]) -> Iterator[RawPage]:
        # This call has no total to prove it whole by: what is missing is asked for once more.
        raw_page = self._requester.raw_page(Request(endpoints.ORDERS, shop_id, filters=(("ids", ",".join(ids)),)), "")
        yield raw_page
        found = {str(row.get("id")) for row in raw_page.page.rows}
        if missing := [order_id for order_id in ids if order_id not in found]:
            yield self._requester.raw_page(
                Request(endpoints.ORDERS, shop_id, filters=(("ids", ",".join(missing)),)), ""
            )


def open_tiktok_shop(settings: Settings, state: State, *, wire: Wire | None = None) -> TikTokShopClient:
    """Open TikTok Shop for this tenant: one client per process, closed by its `with` block or `close()`.

    The rate limit (per endpoint and shop) is shared through `state`, the access token through a file in the home
    folder. `wire` replaces the network, the clock and sleeping in tests.
    """
    wire = wire or Wire()
    shop = settings.tiktok_shop
    key, secret = shop.app_key.get_secret_value(), shop.app_secret.get_secret_value()
    service = Service(
        VENDOR,
        shop.base_url,
        shop.timeout_seconds,
        classify_reply=partial(classify_reply, secrets=(key, secret, shop.refresh_token.get_secret_value())),
        signer=RequestSigner(key, secret, tokens=open_token_file(settings, wire), now=wire.now),
        limiter=Pacer(state, VENDOR, per_second=shop.requests_per_second, now=wire.now, sleep=wire.sleep),
    )
    return TikTokShopClient(Api(service, wire))


def _bounds(name: str, start: datetime | None, end: datetime | None) -> Query:
    lower = ((f"{name}_ge", str(to_epoch(start))),) if start is not None else ()
    upper = ((f"{name}_lt", str(to_epoch(_next_whole_second(end)))),) if end is not None else ()
    return lower + upper


def _next_whole_second(instant: datetime) -> datetime:
    whole = instant.replace(microsecond=0)
    return whole if whole == instant else whole + timedelta(seconds=1)


def _chunks(ids: Sequence[str], size: int) -> list[Sequence[str]]:
    return [ids[start : start + size] for start in range(0, len(ids), size)]
