"""TikTok Shop as its callers see it: reading shops, orders, statements and payments; saying what was shipped.

Money stays the text it is on the wire; ids are text; instants in rows are epoch seconds, as received.

Belongs here: one method per question. Does not: HTTP (transport), completeness (pages, statements), codes (errors).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock
from types import TracebackType
from typing import Self
from urllib.parse import quote

from connectors.tiktok_shop import endpoints
from connectors.tiktok_shop.auth import VENDOR, open_token_file
from connectors.tiktok_shop.endpoints import Endpoint, Version
from connectors.tiktok_shop.errors import reply_judge
from connectors.tiktok_shop.pages import Leaf, Page, ReadPage, Row, confirmed_pages, counted_pages, leaf_of
from connectors.tiktok_shop.signing import RequestSigner
from connectors.tiktok_shop.statements import StatementDetail, read_statement
from connectors.transport.client import Api, Service, Wire
from connectors.transport.errors import CredentialError, UnknownVersionError
from connectors.transport.exact_json import dump_json
from connectors.transport.limits import Pacer
from connectors.transport.messages import Call, Query
from tieout.clock import to_epoch
from tieout.settings import Settings
from tieout.state import State


@dataclass(frozen=True)
class AuthorizedShop:
    """A shop the token may read. `region` as the vendor writes it (GB, US); `cipher` addresses it in calls."""

    id: str
    name: str
    region: str
    cipher: str


@dataclass(frozen=True)
class Detail:
    """One object as received: `data` of the answer. `as_of` UTC, the vendor's clock."""

    data: Row
    as_of: datetime
    api_version: str


@dataclass(frozen=True)
class _Question:
    """One call before its version is chosen: what is asked of which shop."""

    endpoint: Endpoint
    shop_id: str
    ids: tuple[tuple[str, str], ...] = ()
    filters: Query = ()
    body: bytes = b""
    is_read: bool = True


class TikTokShopClient:
    """One app's shops; a write is sent once a call. Methods raise the errors of `connectors.transport.errors`."""

    def __init__(self, api: Api) -> None:
        """Read through `api`; shops are looked up once, at the first need."""
        self._api = api
        self._shops: dict[str, AuthorizedShop] = {}
        self._versions: dict[tuple[str, str], Version] = {}
        self._guard = Lock()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._api.close()

    def shops(self) -> list[AuthorizedShop]:
        """Return the shops this app may read (Get Authorized Shops 202309; not paged)."""
        leaf = self._leaf(_Question(endpoints.AUTHORIZED_SHOPS, ""), "")
        found = [
            AuthorizedShop(*(str(row.get(name) or "") for name in ("id", "name", "region", "cipher")))
            for row in leaf.page.rows
        ]
        self._shops = {shop.id: shop for shop in found}
        return found

    def search_orders(
        self, shop_id: str, *, updated_from: datetime | None, updated_to: datetime | None = None
    ) -> Iterator[Page]:
        """Yield orders updated from `updated_from` on and before `updated_to`, oldest update first.

        Both bounds reach outwards to whole seconds, so windows that meet lose nothing. Orders move while one pages; a
        row may come twice, and the list is proven whole only when the iteration ends without an error.
        """
        bounds = _bounds("update_time", updated_from, updated_to)
        body = dump_json({name: int(value) for name, value in bounds})
        question = _Question(endpoints.SEARCH_ORDERS, shop_id, body=body)
        return counted_pages(self._reader(question), place=_place(question))

    def orders(self, shop_id: str, ids: Sequence[str]) -> Page:
        """Return the orders with these ids, fifty a call; ids that are not found, asked for twice, are not in it."""
        leaves = [leaf for chunk in _chunks(ids, endpoints.MAX_ORDER_IDS) for leaf in self._some_orders(shop_id, chunk)]
        if not leaves:
            raise ValueError("orders: expected at least one id")
        rows = [row for leaf in leaves for row in leaf.page.rows]
        first = leaves[0].page
        return Page(rows, min(leaf.page.as_of for leaf in leaves), first.api_version)

    def price_detail(self, shop_id: str, order_id: str) -> Detail:
        """Return how an order's price came about (202407)."""
        return self._detail(_Question(endpoints.PRICE_DETAIL, shop_id, ids=(("order_id", order_id),)))

    def statements(
        self, shop_id: str, *, statement_from: datetime, statement_to: datetime | None = None
    ) -> Iterator[Page]:
        """Yield statements of `statement_time` in [from, to), oldest first; short pages are confirmed."""
        question = _Question(
            endpoints.STATEMENTS, shop_id, filters=_bounds("statement_time", statement_from, statement_to)
        )
        return confirmed_pages(self._reader(question), endpoints.STATEMENTS.page_size, place=_place(question))

    def statement_transactions(self, shop_id: str, statement_id: str) -> StatementDetail:
        """Return one statement with all of its rows (202501, where not offered 202309 in its flat shape).

        Raises:
            MalformedReplyError: when the rows are not as many as the statement says, also in a second reading.
        """
        question = _Question(endpoints.STATEMENT_TRANSACTIONS, shop_id, ids=(("statement_id", statement_id),))
        return read_statement(self._reader(question), place=_place(question))

    def payments(self, shop_id: str, *, created_from: datetime) -> Iterator[Page]:
        """Yield payments created from then on, oldest first (202605, else 202309). Short pages are confirmed."""
        question = _Question(endpoints.PAYMENTS, shop_id, filters=_bounds("create_time", created_from, None))
        return confirmed_pages(self._reader(question), endpoints.PAYMENTS.page_size, place=_place(question))

    def unsettled(self, shop_id: str) -> Iterator[Page]:
        """Yield what is earned and not yet settled: a snapshot of estimates, which rows leave as they settle."""
        question = _Question(endpoints.UNSETTLED, shop_id)
        return counted_pages(self._reader(question), place=_place(question))

    def order_transactions(self, shop_id: str, order_id: str) -> Detail:
        """Return an order's settled amounts per SKU, with the statement of each; empty until it settles."""
        return self._detail(_Question(endpoints.ORDER_TRANSACTIONS, shop_id, ids=(("order_id", order_id),)))

    def mark_shipped(
        self, shop_id: str, order_id: str, *, line_ids: Sequence[str], tracking_number: str, provider_id: str
    ) -> str:
        """Say that these line items left with a seller's own carrier; returns the package id (202309).

        Raises:
            RejectedError: the platform's own code, "already shipped" among them: re-read the order.
            OutcomeUnknownError: when the package may exist now.
        """
        body = {
            "order_line_item_ids": list(line_ids),
            "tracking_number": tracking_number,
            "shipping_provider_id": provider_id,
        }
        question = _Question(
            endpoints.MARK_SHIPPED, shop_id, ids=(("order_id", order_id),), body=dump_json(body), is_read=False
        )
        return str(self._detail(question).data.get("package_id") or "")

    def _some_orders(self, shop_id: str, ids: Sequence[str]) -> Iterator[Leaf]:
        # This call has no total to prove it whole by: what is missing is asked for once more.
        leaf = self._leaf(_Question(endpoints.ORDERS, shop_id, filters=(("ids", ",".join(ids)),)), "")
        yield leaf
        found = {str(row.get("id")) for row in leaf.page.rows}
        if missing := [order_id for order_id in ids if order_id not in found]:
            yield self._leaf(_Question(endpoints.ORDERS, shop_id, filters=(("ids", ",".join(missing)),)), "")

    def _detail(self, question: _Question) -> Detail:
        leaf = self._leaf(question, "")
        return Detail(leaf.header, leaf.page.as_of, leaf.page.api_version)

    def _reader(self, question: _Question) -> ReadPage:
        return lambda token: self._leaf(question, token)

    def _leaf(self, question: _Question, token: str) -> Leaf:
        version = self._version(question)
        try:
            reply = self._api.send(self._call(question, version, token=token))
        except UnknownVersionError:
            if not self._step_back(question, version):
                raise
            return self._leaf(question, token)
        data = reply.json().get("data")
        return leaf_of(data, version.rows, as_of=reply.server_time, api_version=version.number, place=_place(question))

    def _call(self, question: _Question, version: Version, *, token: str) -> Call:
        endpoint = question.endpoint
        ids = {name: quote(value, safe="") for name, value in question.ids}
        query = endpoint.query(self._cipher(question) if endpoint.needs_cipher else "") + question.filters
        return Call(
            endpoint.name,
            endpoint.method,
            endpoint.path.format(version=version.number, **ids),
            is_read=question.is_read,
            query=query + ((("page_token", token),) if token else ()),
            body=question.body,
            scope=question.shop_id,
        )

    def _version(self, question: _Question) -> Version:
        return self._versions.get((question.shop_id, question.endpoint.name), question.endpoint.versions[0])

    def _step_back(self, question: _Question, refused: Version) -> bool:
        """Remember the next older version for this shop; False when there is none."""
        versions = question.endpoint.versions
        older = versions[versions.index(refused) + 1 :]
        if older:
            self._versions[question.shop_id, question.endpoint.name] = older[0]
        return bool(older)

    def _cipher(self, question: _Question) -> str:
        with self._guard:
            if not self._shops:
                self.shops()
        shop = self._shops.get(question.shop_id)
        if shop is None or not shop.cipher:
            known = ", ".join(sorted(self._shops)) or "none"
            raise CredentialError(
                f"shop {question.shop_id} has not authorized this app; authorized: {known}", **_place(question)
            )
        return shop.cipher


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
        judge=reply_judge((key, secret, shop.refresh_token.get_secret_value())),
        signer=RequestSigner(key, secret, tokens=open_token_file(settings, wire), now=wire.now),
        gate=Pacer(state, VENDOR, per_second=shop.requests_per_second, now=wire.now, sleep=wire.sleep),
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


def _place(question: _Question) -> dict[str, str]:
    return {"vendor": VENDOR, "endpoint": f"{question.endpoint.name} of shop {question.shop_id}"}
