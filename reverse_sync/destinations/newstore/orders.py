"""Orders in NewStore: injected once under TikTok Shop's order id, and cancelled while NewStore lets them be.

Belongs here: the last check of the order on TikTok Shop, and what NewStore holds of it. Does not: the wire
(connectors.newstore), an order's fields (order_body), which orders may go (dbt).

NewStore knows an order by its external id: the same body again is answered as the first time was, and another body is
refused, or answered with the order that is there (fact sheet newstore 2). So every answer is compared with what was
sent. An order can be found by its external id some seconds after its injection, and one whose call timed out may come
into being later still: sending the same again does no harm. The buyer's address is read from TikTok Shop at the moment
of sending, so that no plan, outbox or log ever holds it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from connectors.newstore.errors import ALREADY_CANCELLED, CHANGED_ORDER
from connectors.transport.errors import ConnectorError, OutcomeUnknownError, RejectedError, TransientError
from reverse_sync.destinations.newstore.order_body import (
    SEVERAL_NODES,
    difference,
    is_cancelled,
    order_body,
    other_units,
)
from reverse_sync.destinations.recipient import recipient_of
from reverse_sync.destinations.release_check import not_released
from reverse_sync.model import EDITED, Change, Observation, Proposal
from tieout.errors import ConfigError
from tieout.settings import NewStore, Settings
from tieout.state import State

if TYPE_CHECKING:  # for types alone: whoever opens the client pays for loading HTTP
    from connectors.newstore.client import NewStoreClient
    from connectors.tiktok_shop.client import TikTokShopClient

ORDER, CANCEL = "N", "F"
NOTE = "Cancelled on TikTok Shop"
_TOO_LATE = "NewStore does not let it be cancelled any more: a store has begun, or has shipped it"

Row = dict[str, Any]


class NewStoreOrders:
    """Orders (purpose N) of one NewStore tenant, and their cancellations (F)."""

    def __init__(self, client: NewStoreClient, source: TikTokShopClient, section: NewStore) -> None:
        """Write through `client` what `source` shows as released; this closes both."""
        self._client, self._source, self._section = client, source, section

    def write(self, change: Change) -> str:
        """Inject or cancel the order and return NewStore's id of it; '' where there is nothing to cancel.

        Raises:
            TransientError: NOT_RELEASED (TikTok Shop does not show it as released now).
            RejectedError: NO_ADDRESS, UNSENDABLE, EDITED (another order is there under its id), TOO_LATE, or
                NewStore's own code.
            OutcomeUnknownError: when it may be there, or cancelled, by now.
        """
        return self._cancel(change) if change.desired["purpose"] == CANCEL else self._inject(change)

    def read_back(self, change: Change) -> Observation | None:
        """Return what NewStore holds of the order; None when it holds none, or one that is still to be cancelled."""
        order_id = self._order_id(change)
        if change.desired["purpose"] == CANCEL:
            return self._observed_cancellation(order_id)
        found = self._client.order(order_id) if order_id else None
        return None if found is None else _observed(change, order_id, found)

    def close(self) -> None:
        """Close both clients."""
        self._client.close()
        self._source.close()

    def _inject(self, change: Change) -> str:
        shown = self._shown(change)
        recipient = recipient_of(shown.get("recipient_address"))
        body = order_body(change.desired, recipient, str(shown.get("buyer_email") or ""), self._section)
        try:
            answered = self._client.inject_order(body)
        except RejectedError as error:
            if error.code != CHANGED_ORDER:
                raise
            return self._there_already(change, error)
        if different := other_units(change.desired, answered):
            message = f"NewStore answered with another order {answered['id']} of this id: {different}"
            raise RejectedError(message, vendor="newstore", code=EDITED)
        return self._confirmed(change, str(answered["id"]))

    def _there_already(self, change: Change, error: RejectedError) -> str:
        """Return the id of the order that was there before with another body: a changed address alone is no matter."""
        seen = self.read_back(change)
        if seen is None:
            message = f"NewStore says the order exists, and does not show it: {error.message}"
            raise OutcomeUnknownError(message, vendor="newstore") from error
        return _as_desired(seen)

    def _confirmed(self, change: Change, order_id: str) -> str:
        """Return the id of an order that was injected, now or before, unless it is there and worth something else."""
        with _in_doubt_when_broken_off():
            found = self._client.order(order_id)
        return order_id if found is None else _as_desired(_observed(change, order_id, found))

    def _cancel(self, change: Change) -> str:
        order_id = self._order_id(change)
        seen = self._observed_cancellation(order_id)
        if seen is None:
            try:
                self._client.cancel_order(order_id, reason=self._section.cancellation_reason, note=NOTE)
            except RejectedError as error:
                if error.code != ALREADY_CANCELLED:
                    raise
            return order_id
        if seen.difference:
            raise RejectedError(seen.difference, vendor="newstore", code="TOO_LATE")
        return seen.vendor_id

    def _observed_cancellation(self, order_id: str) -> Observation | None:
        """Return nothing while an order can be cancelled; what is not there, or cancelled, will not ship."""
        state = self._client.cancellation(order_id) if order_id else None
        if state is None or state.get("canceled") is True:
            return Observation(order_id)
        return None if state.get("cancelable") is True else Observation(order_id, _TOO_LATE)

    def _order_id(self, change: Change) -> str:
        """Return NewStore's own id of the order, '' when it shows none under TikTok Shop's."""
        found = self._client.order_by_external_id(str(change.desired["order_id"]))
        return str((found or {}).get("order_uuid") or "")

    def _shown(self, change: Change) -> Mapping[str, Any]:
        """Return the order as TikTok Shop shows it now, released and with an address.

        Raises:
            TransientError, RejectedError: as `write` says.
        """
        listed = self._source.orders(change.shop_id, [str(change.desired["order_id"])]).rows
        shown: Row = dict(listed[0]) if listed else {}
        if why := not_released(shown, str(change.desired.get("tracking_number") or "")):
            message = f"not released for shipping: {why} on TikTok Shop"
            raise TransientError(message, vendor="newstore", code="NOT_RELEASED")
        if missing := recipient_of(shown.get("recipient_address")).missing:
            reason = f"TikTok Shop shows no {', no '.join(missing)} in the delivery address"
            raise RejectedError(reason, vendor="newstore", code="NO_ADDRESS", field="recipient_address")
        return shown


@contextmanager
def _in_doubt_when_broken_off() -> Iterator[None]:
    """A failure after the order was injected does not undo it: the order must not count as unsent."""
    try:
        yield
    except ConnectorError as error:
        raise OutcomeUnknownError(f"it was injected, and then: {error}", vendor="newstore") from error


def _observed(change: Change, order_id: str, found: Row) -> Observation:
    if is_cancelled(found):
        return Observation(order_id, "NewStore has cancelled the order of this id")
    differing = difference(change.desired, found)
    text = f"order {order_id} in NewStore was edited, or is not ours: {differing}" if differing else ""
    return Observation(order_id, text)


def _as_desired(seen: Observation) -> str:
    if seen.difference:
        raise RejectedError(seen.difference, vendor="newstore", code=EDITED)
    return seen.vendor_id


def open_orders(settings: Settings, state: State) -> NewStoreOrders:
    """Open NewStore for writing orders.

    Raises:
        ConfigError: when NewStore is not configured, or a credential is missing.
    """
    from connectors.newstore.client import (  # imported here: loading HTTP is slow, and only writing needs it
        configured,
        open_newstore,
    )
    from connectors.tiktok_shop.client import open_tiktok_shop

    return NewStoreOrders(open_newstore(settings, state), open_tiktok_shop(settings, state), configured(settings))


def refuse_order(settings: Settings, proposal: Proposal) -> str:
    """Return why an order may not be sent: no shop of its, another currency, an unknown purpose, nothing to ship."""
    section, desired = settings.newstore, proposal.desired
    try:
        shop = settings.shop(proposal.shop_id)
    except ConfigError as error:
        return str(error)
    if section is None or proposal.shop_id not in section.shops:
        return f"shop {proposal.shop_id} does not ship from NewStore: add it to [newstore] shops in tieout.toml"
    if desired.get("purpose") not in (ORDER, CANCEL) or not desired.get("order_id"):
        return "expected an order_id and purpose N or F"
    if desired["purpose"] == CANCEL:
        return ""
    if desired.get("currency") != shop.currency:
        return f"the order is in {desired.get('currency')}, and shop {shop.shop_id} sells in {shop.currency}"
    return _refuse_contents(section, desired)


def _refuse_contents(section: NewStore, desired: Mapping[str, Any]) -> str:
    routing, location = section.order_routing, str(desired.get("location"))
    if routing != "default" and SEVERAL_NODES in location:
        return f"newstore.order_routing is {routing}, and location {location} has several nodes"
    lines = desired.get("lines") or []
    names = ("id", "sku", "price")
    if not all(line.get("quantity") == 1 and all(line.get(name) for name in names) for line in lines):
        return "a line lacks its id, SKU or price, or is not one unit"
    if not desired.get("shipping"):
        return "the price of shipping is not given"
    return "" if lines else "the order has no lines"
