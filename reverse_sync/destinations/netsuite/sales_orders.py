"""Sales orders in NetSuite: entered once under our external id, and closed while nothing of them was picked.

Belongs here: the last check of the order on TikTok Shop, and what NetSuite holds of it. Does not: HTTP
(connectors.netsuite), an order's fields (sales_order_body), which orders may go (dbt).

An order cannot be cancelled over the record service: its lines are closed, which frees what was committed to them
(fact sheet netsuite 6.5). What is closed is named by NetSuite's own ids, for people enter orders too, and edit external
ids; what carries ours is closed besides. The buyer's address is read from TikTok Shop at the moment of sending, so that
no plan, outbox or log ever holds it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from connectors.transport.errors import RejectedError, TransientError
from reverse_sync.destinations.netsuite.ids import NetSuiteIds
from reverse_sync.destinations.netsuite.once import create_once
from reverse_sync.destinations.netsuite.references import EXTERNAL_ID
from reverse_sync.destinations.netsuite.sales_order_body import begun, closing_body, difference, is_closed, order_body
from reverse_sync.destinations.recipient import recipient_of
from reverse_sync.destinations.release_check import not_released
from reverse_sync.model import Change, Observation, Proposal
from tieout.errors import ConfigError
from tieout.settings import Settings
from tieout.state import State

if TYPE_CHECKING:  # for types alone: whoever opens the client pays for loading HTTP
    from connectors.netsuite.client import NetSuiteClient
    from connectors.tiktok_shop.client import TikTokShopClient

RECORD = "salesOrder"
ORDER, CLOSE = "N", "F"
_TOO_LATE = "NetSuite has picked, packed or shipped {units} units of it, which is too late to cancel"


class NetSuiteOrders:
    """Sales orders of one NetSuite account."""

    def __init__(self, client: NetSuiteClient, source: TikTokShopClient, settings: Settings) -> None:
        """Write through `client` what `source` shows as released; this closes both."""
        self._client, self._source, self._settings = client, source, settings
        self._ids = NetSuiteIds(client)

    def write(self, change: Change) -> str:
        """Enter the order, or close the lines of all that is there for it; return internal ids, joined by `/`.

        Raises:
            RejectedError: UNMAPPED_ITEM, UNMAPPED_CURRENCY, NO_ADDRESS, EDITED (another order holds the external id),
                TOO_LATE, NOT_THERE (none to close is found), or NetSuite's own code.
            TransientError: NOT_RELEASED (TikTok Shop does not show it as released now).
            OutcomeUnknownError: when the order may exist.
        """
        return self._close(change) if change.desired["purpose"] == CLOSE else self._enter(change)

    def read_back(self, change: Change) -> Observation | None:
        """Return what NetSuite holds of the order; None when nothing, or lines still to be closed."""
        if change.desired["purpose"] == ORDER:
            found = self._carrying(change)
            return None if found is None else self._observed(change, found)
        named = self._named(change)
        if units := _begun(named):
            return Observation(_ids_of(named), _TOO_LATE.format(units=f"{units:f}"))
        return Observation(_ids_of(named)) if named and all(is_closed(found) for found in named) else None

    def close(self) -> None:
        """Close both clients."""
        self._client.close()
        self._source.close()

    def _enter(self, change: Change) -> str:
        body = order_body(
            change.desired,
            self._settings.shop(change.shop_id),
            recipient_of(self._shown(change).get("recipient_address")),
            self._ids,
            self._settings.netsuite,
        )
        return create_once(self._client, RECORD, body, lambda: self.read_back(change))

    def _close(self, change: Change) -> str:
        named = self._named(change)
        if not named:
            ids = ", ".join(change.desired["sales_orders"])
            message = f"NetSuite shows no sales order {ids}, which were there when it was last read"
            raise RejectedError(message, vendor="netsuite", code="NOT_THERE")
        if units := _begun(named):
            raise RejectedError(_TOO_LATE.format(units=f"{units:f}"), vendor="netsuite", code="TOO_LATE")
        for found in named:
            if not is_closed(found):
                self._client.patch(RECORD, str(found["id"]), closing_body(found))
        return _ids_of(named)

    def _named(self, change: Change) -> list[dict[str, Any]]:
        """Return the orders to close, each once, in the order of the ids that name them."""
        asked = [self._client.read(RECORD, id) for id in change.desired["sales_orders"]]
        found = [*asked, self._carrying(change)]
        return list({str(order["id"]): order for order in found if order is not None}.values())

    def _carrying(self, change: Change) -> dict[str, Any] | None:
        return self._client.find_by_external_id(RECORD, str(change.desired["external_id"]))

    def _observed(self, change: Change, found: dict[str, Any]) -> Observation:
        if is_closed(found) and not begun(found):
            return Observation(str(found["id"]), f"{RECORD} {found['id']} in NetSuite is closed")
        differing = difference(change.desired, found, self._ids, self._settings.netsuite)
        text = f"{RECORD} {found['id']} in NetSuite was edited, or is not ours: {differing}" if differing else ""
        return Observation(str(found["id"]), text)

    def _shown(self, change: Change) -> dict[str, Any]:
        """Return the order as TikTok Shop shows it now, released and with an address.

        Raises:
            TransientError, RejectedError: as `write` says.
        """
        rows = self._source.orders(change.shop_id, [str(change.desired["order_id"])]).rows
        shown = dict(rows[0]) if rows else {}
        if why := not_released(shown, str(change.desired.get("tracking_number") or "")):
            message = f"not released for shipping: {why} on TikTok Shop"
            raise TransientError(message, vendor="netsuite", code="NOT_RELEASED")
        if missing := recipient_of(shown.get("recipient_address")).missing:
            reason = f"TikTok Shop shows no {', no '.join(missing)} in the delivery address"
            raise RejectedError(reason, vendor="netsuite", code="NO_ADDRESS", field="recipient_address")
        return shown


def _begun(orders: Sequence[Mapping[str, Any]]) -> Decimal:
    return sum((begun(order) for order in orders), Decimal(0))


def _ids_of(orders: Sequence[Mapping[str, Any]]) -> str:
    return "/".join(str(order["id"]) for order in orders)


def open_sales_orders(settings: Settings, state: State) -> NetSuiteOrders:
    """Open NetSuite for writing sales orders.

    Raises:
        ConfigError: when a credential is missing.
    """
    from connectors.netsuite.client import open_netsuite  # imported here: loading HTTP is slow, only writing needs it
    from connectors.tiktok_shop.client import open_tiktok_shop

    return NetSuiteOrders(open_netsuite(settings, state), open_tiktok_shop(settings, state), settings)


def refuse_sales_order(settings: Settings, proposal: Proposal) -> str:
    """Return why an order may not be sent: no shop of NetSuite's, no customer, an unknown purpose, nothing to ship."""
    try:
        shop = settings.shop(proposal.shop_id)
    except ConfigError as error:
        return str(error)
    desired = proposal.desired
    if proposal.shop_id not in settings.netsuite.shops:
        return f"shop {proposal.shop_id} does not ship from NetSuite: add it to [netsuite] shops in tieout.toml"
    if not shop.netsuite_customer:
        return f"netsuite_customer of shop {shop.shop_id} is empty: name the customer of its sales orders"
    if desired.get("purpose") not in (ORDER, CLOSE) or not desired.get("order_id"):
        return "expected an order_id and purpose N or F"
    if not EXTERNAL_ID.fullmatch(str(desired.get("external_id"))):
        return f"external id {desired.get('external_id')!r}: NetSuite takes letters, digits, '_' and '-'"
    if desired["purpose"] == CLOSE:
        return "" if desired.get("sales_orders") else "no sales order is named that is to be closed"
    lines = desired.get("lines") or []
    if not all(line.get("sku") and line.get("quantity", 0) > 0 and line.get("price") for line in lines):
        return "a line lacks its SKU, quantity or price"
    if not desired.get("shipping"):
        return "the price of shipping is not given"
    return "" if lines else "the order has no lines"
