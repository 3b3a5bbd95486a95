"""NewStore as its callers see it: orders, fulfilment requests, stock, returns; injecting and cancelling orders.

Rows are as received: amounts are Decimal, instants RFC 3339 text, by GraphQL without an offset and in UTC.

Belongs here: one method per operation. Does not: paths (orders, fulfilment, stock, returns, imports), HTTP (transport).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from types import TracebackType
from typing import Self

from connectors.newstore import fulfilment, imports, orders, returns, stock, till
from connectors.newstore.account import VENDOR, Account
from connectors.newstore.errors import classify_reply
from connectors.newstore.files import FileReader
from connectors.newstore.imports import Entity
from connectors.newstore.requester import AddressLimiter, Listing, Requester
from connectors.newstore.returns import ReasonKind
from connectors.newstore.stock import Availabilities
from connectors.newstore.tokens import TenantSigner, open_tokens
from connectors.transport.client import Api, Service, Wire
from connectors.transport.limits import Pacer
from connectors.transport.rows import Row
from tieout.errors import ConfigError
from tieout.settings import NewStore, Settings
from tieout.state import State


class NewStoreClient:
    """One tenant. Methods raise the errors of `connectors.transport.errors`; writes are never sent twice."""

    def __init__(self, api: Api, files: FileReader, wire: Wire) -> None:
        """Talk over an open API; `wire` waits for jobs."""
        self._requester, self._files, self._wire = Requester(api, wire.now), files, wire

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._requester.close()

    def inject_order(self, body: Row) -> Row:
        """Inject an order; return its id, external_id and items (id, external_item_id, product_id).

        The same body again is answered as the first time was.

        Raises:
            RejectedError: `same_order_injection_with_different_data` when its external id is taken. A tenant may
                answer with the order that is there instead: compare the items, and read it.
            OutcomeUnknownError: when it may exist now, or may come into being: send the same body again to learn it.
        """
        return orders.inject_order(self._requester, body)

    def order(self, order_id: str) -> Row | None:
        """Return an order by NewStore's own id; None when there is none."""
        return orders.order(self._requester, order_id)

    def order_by_external_id(self, external_id: str) -> Row | None:
        """Return an order in the legacy form (order_uuid, ordered_products, payments); None when there is none.

        An injected order is found some seconds later.
        """
        return orders.order_by_external_id(self._requester, external_id)

    def orders_by_external_ids(self, external_ids: Sequence[str]) -> Listing:
        """Return orders with items and fulfilment requests, by GraphQL, which may lag; unknown ids are not in it."""
        return orders.orders_by_external_ids(self._requester, external_ids)

    def orders_of_channel(self, channel: str, statuses: Sequence[str]) -> Listing:
        """Return a channel's orders in some statuses, in the same form; the absence of one says nothing."""
        return orders.orders_of_channel(self._requester, channel, statuses)

    def orders_of_customer(self, customer_id: str) -> Iterator[Row]:
        """Yield all orders of a customer."""
        return orders.orders_of_customer(self._requester, customer_id)

    def cancellation(self, order_id: str) -> Row | None:
        """Return whether an order is `cancelable`, `canceled`, and whether cancelling `is_safe`; None for no order."""
        return orders.cancellation(self._requester, order_id)

    def cancel_order(self, order_id: str, *, reason: str, note: str) -> None:
        """Cancel a whole order for one of the tenant's reasons.

        Raises:
            RejectedError: `order_already_canceled`, or another code when it can no longer be cancelled.
        """
        orders.cancel_order(self._requester, order_id, reason=reason, note=note)

    def fulfilment_requests(self, order_id: str) -> Listing:
        """Return what nodes were asked to ship of an order, oldest first; none for an order that is not known."""
        return fulfilment.fulfilment_requests(self._requester, order_id)

    def shipments(self, request_id: str) -> Listing | None:
        """Return what a fulfilment request shipped, a row for each unit; None when there is no such request."""
        return fulfilment.shipments(self._requester, request_id)

    def availabilities(self, *, since: int | None = None) -> Availabilities:
        """Export what can be promised of every product in every node, or what has changed since a watermark."""
        return stock.availabilities(self._requester, self._files, self._wire, since=since)

    def stock_of(self, product_ids: Sequence[str]) -> Listing:
        """Return what can be promised of some products in every node."""
        return stock.stock_of(self._requester, product_ids)

    def locations(self) -> Listing:
        """Return the tenant's fulfilment nodes."""
        return stock.locations(self._requester)

    def returns_of_order(self, order_id: str) -> Listing:
        """Return what was taken back of an order; none for an order that is not known."""
        return returns.returns_of_order(self._requester, order_id)

    def return_of_order(self, order_id: str, return_id: str) -> Row | None:
        """Return one return of an order; None when there is none."""
        return returns.return_of_order(self._requester, order_id, return_id)

    def returns_of_orders(self, order_ids: Sequence[str]) -> Listing:
        """Return what came back to tills of these orders, by GraphQL: as many returns as are counted, or an error."""
        return till.returns_of_orders(self._requester, order_ids)

    def blind_orders(self) -> Listing:
        """Return the orders that blind returns are booked under, with extendedAttributes."""
        return till.blind_orders(self._requester)

    def refunds_of_order(self, order_id: str) -> Listing:
        """Return what was paid back of an order without goods; none for an order that is not known."""
        return returns.refunds_of_order(self._requester, order_id)

    def reason_codes(self, kind: ReasonKind) -> Listing:
        """Return the tenant's reasons of a kind."""
        return returns.reason_codes(self._requester, kind)

    def create_import(self, provider: str, *, source_uri: str, revision: int, entities: Sequence[Entity]) -> str:
        """Announce a file to import and return the job's id.

        Raises:
            RateLimitedError: when too many jobs are open.
        """
        return imports.create_import(
            self._requester, provider, source_uri=source_uri, revision=revision, entities=entities
        )

    def start_import(self, import_id: str, *, transformed_uri: str) -> None:
        """Have the file of a job fetched."""
        imports.start_import(self._requester, import_id, transformed_uri=transformed_uri)

    def import_job(self, import_id: str) -> Row | None:
        """Return a job and its `state`; None when there is none."""
        return imports.import_job(self._requester, import_id)

    def imports(self, *, state: str = "") -> Listing:
        """Return all jobs, or those in a state."""
        return imports.imports(self._requester, state=state)

    def import_errors(self, import_id: str) -> Listing:
        """Return what a job could not import."""
        return imports.import_errors(self._requester, import_id)


def open_account(account: Account, state: State, *, wire: Wire | None = None) -> NewStoreClient:
    """Open a tenant: one client per process, closed by its `with` block or `close()`.

    Its rate is shared through `state`, its token through a file in the home folder.
    """
    wire = wire or Wire()
    pacer = Pacer(state, VENDOR, per_second=account.requests_per_second, now=wire.now, sleep=wire.sleep)
    signer = TenantSigner(open_tokens(account, wire), account.tenant)
    classify = partial(classify_reply, secrets=(account.client_secret,), tokens_renew=True)
    service = Service(VENDOR, account.base_url, account.timeout_seconds, classify, signer, AddressLimiter(pacer))
    return NewStoreClient(Api(service, wire), FileReader(account, wire), wire)


def open_newstore(settings: Settings, state: State, *, wire: Wire | None = None) -> NewStoreClient:
    """Open NewStore for this tenant: one client per process, closed by its `with` block or `close()`.

    Raises:
        ConfigError: when NewStore is not configured, or a credential is missing.
    """
    newstore = configured(settings)
    account = Account(
        base_url=newstore.base_url,
        token_url=newstore.token_url,
        tenant=newstore.tenant,
        client_id=_required(newstore, "client_id"),
        client_secret=_required(newstore, "client_secret"),
        home=settings.home,
        scopes=newstore.scopes,
        requests_per_second=newstore.requests_per_second,
        timeout_seconds=newstore.timeout_seconds,
    )
    return open_account(account, state, wire=wire)


def configured(settings: Settings) -> NewStore:
    """Return the section of the settings.

    Raises:
        ConfigError: when there is none.
    """
    if settings.newstore is None:
        raise ConfigError("NewStore is not configured: add [newstore] to tieout.toml")
    return settings.newstore


def _required(newstore: NewStore, name: str) -> str:
    secret = getattr(newstore, name)
    text = secret.get_secret_value().strip() if secret else ""
    if not text:
        raise ConfigError(
            f"newstore.{name} is missing: put it into the secret file newstore__{name}"
            f" or TIEOUT_NEWSTORE__{name.upper()}"
        )
    return str(text)
