"""Orders in Linnworks: saved once under TikTok Shop's order id, and cancelled while they are open.

Belongs here: the last check of the order on TikTok Shop, and what Linnworks holds of it. Does not: the wire
(connectors.linnworks), an order's fields (order_body), or which orders may go and how their lines split (dbt).

An order that TikTok ships gets the number of TikTok's label right after it is saved; saving takes none.

Linnworks knows a channel's order by Source, SubSource and ReferenceNumber, and saves a paid one once: a repetition
saves nothing (fact sheet linnworks 5). A reference alone is not unique: splitting an order gives its parts the same.
The buyer's address is read from TikTok Shop at the moment of sending, so that no plan, outbox or log ever holds it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any

from connectors.transport.errors import ConnectorError, OutcomeUnknownError, RejectedError, TransientError
from reverse_sync.destinations.linnworks.address import delivery_address
from reverse_sync.destinations.linnworks.held_orders import Identity, grouped, held_orders, identity_of, is_cancelled
from reverse_sync.destinations.linnworks.order_body import order_of
from reverse_sync.destinations.release_check import not_released
from reverse_sync.model import EDITED, Change, Observation, Proposal
from tieout.numbers import whole_number
from tieout.settings import Linnworks, Settings
from tieout.state import State

if TYPE_CHECKING:  # for types alone: whoever opens the client pays for loading HTTP
    from connectors.linnworks.client import LinnworksClient
    from connectors.tiktok_shop.client import TikTokShopClient

ORDER, CANCEL = "N", "F"
NOTE = "Cancelled on TikTok Shop"

Row = dict[str, Any]


class LinnworksOrders:
    """Orders (purpose N) and their cancellations (F) in one Linnworks account."""

    def __init__(self, book: LinnworksClient, source: TikTokShopClient, linnworks: Linnworks) -> None:
        """Write into `book` what `source` still shows as released; this closes both."""
        self._book, self._source, self._linnworks = book, source, linnworks

    def write(self, change: Change) -> str:
        """Save or cancel the order and return Linnworks' id of it.

        Raises:
            TransientError: NOT_RELEASED (the order is not to be shipped now); the next plan knows better.
            RejectedError: NO_ADDRESS, UNSENDABLE, EDITED (another order is there under its reference), TOO_LATE,
                or Linnworks' own refusal.
            OutcomeUnknownError: when it may be there, or cancelled, by now.
        """
        return self._cancel_order(change) if change.desired["purpose"] == CANCEL else self._create_order(change)

    def write_batch(self, changes: Sequence[Change]) -> list[str | Exception]:
        """Save orders of any shops together; return for each Linnworks' id of it, or what `write` would have raised.

        Raises:
            ConnectorError: when TikTok Shop could not be asked; nothing was sent.
        """
        shown = self._shown(changes)
        answers: dict[str, str | Exception] = {}
        waiting: dict[str, list[tuple[Change, Row]]] = {}
        for change in changes:
            try:
                order = self._order(change, shown.get(str(change.desired["order_id"]), {}))
            except ConnectorError as error:
                answers[change.entity_key] = error
                continue
            waiting.setdefault(str(change.desired["location"]), []).append((change, order))
        for location, orders in waiting.items():
            message = self._create_orders(location, orders)
            answers |= {change.entity_key: answer for (change, _order), answer in zip(orders, message, strict=True)}
        return [answers[change.entity_key] for change in changes]

    def read_back(self, change: Change) -> Observation | None:
        """Return what Linnworks holds of the order; None when it holds none, or one that is still to be cancelled."""
        held = self._held(change)
        if change.desired["purpose"] == CANCEL:
            return _observed_cancellation(held)
        seen = _observed_order(held, change.desired)
        label = str(change.desired.get("tracking_number") or "")
        lacking = _without_label(held, label)
        if seen is None or seen.difference or not lacking:
            return seen
        return _other_label(seen, label) if any(row.get("Processed") for row in lacking) else None

    def close(self) -> None:
        """Close both clients."""
        self._book.close()
        self._source.close()

    def _create_order(self, change: Change) -> str:
        order = self._order(change, self._shown([change]).get(str(change.desired["order_id"]), {}))
        saved = self._book.create_orders([order], str(change.desired["location"]))
        if saved and not change.desired.get("tracking_number"):
            return saved[0]
        return self._confirmed(change)

    def _create_orders(self, location: str, orders: Sequence[tuple[Change, Row]]) -> list[str | Exception]:
        changes = [change for change, _order in orders]
        try:
            saved = self._book.create_orders([order for _change, order in orders], location)
        except RejectedError:  # on account of one of them, and it is not said which
            return [_outcome(partial(self._create_order, change)) for change in changes]
        except ConnectorError as error:
            return [error] * len(orders)
        with _in_doubt_when_broken_off():
            held = grouped(self._book.orders(saved).rows if saved else [])
        return [_outcome(partial(self._confirmed, change, held.get(self._identity(change)))) for change in changes]

    def _confirmed(self, change: Change, held: Sequence[Row] | None = None) -> str:
        """Return the id of an order that was saved, now or before, once it is there as desired and has its label.

        `held`: the order as it was read after saving; None when it was there before.
        """
        desired = change.desired
        with _in_doubt_when_broken_off():
            held = held or self._held(change)
        seen = _observed_order(held, desired)
        if seen is None:
            raise TransientError("Linnworks saved nothing, and holds no such order", vendor="linnworks")
        if not seen.difference:
            with _in_doubt_when_broken_off():
                seen = self._set_tracking(held, seen, label=str(desired.get("tracking_number") or ""))
        if seen.difference:
            raise RejectedError(seen.difference, vendor="linnworks", code=EDITED)
        return seen.vendor_id

    def _set_tracking(self, held: Sequence[Row], seen: Observation, *, label: str) -> Observation:
        """Put the number of TikTok's label on every part that has another one, if it can still be put there."""
        for row in _without_label(held, label):
            if row.get("Processed"):
                return _other_label(seen, label)
            self._book.set_tracking_number(row, label)
        return seen

    def _cancel_order(self, change: Change) -> str:
        held = self._held(change)
        for row in held:
            if not row.get("Processed"):
                place = str(row.get("FulfilmentLocationId"))
                self._book.cancel_order(str(row["OrderId"]), place, note=NOTE)
        seen = _observed_cancellation([row for row in held if row.get("Processed")])
        if seen and seen.difference:
            raise RejectedError(seen.difference, vendor="linnworks", code="TOO_LATE")
        return str(held[0]["OrderId"]) if held else ""

    def _held(self, change: Change) -> list[Row]:
        """Return the orders of this channel's order, oldest first: one, or its parts."""
        return held_orders(self._book, self._identity(change))

    def _identity(self, change: Change) -> Identity:
        return identity_of(self._linnworks, change)

    def _shown(self, changes: Sequence[Change]) -> dict[str, Mapping[str, Any]]:
        """Return the orders as TikTok Shop shows them now, by id."""
        shops = sorted({change.shop_id for change in changes})
        asked = {shop: [str(c.desired["order_id"]) for c in changes if c.shop_id == shop] for shop in shops}
        return {str(row.get("id")): row for shop, ids in asked.items() for row in self._source.orders(shop, ids).rows}

    def _order(self, change: Change, shown: Mapping[str, Any]) -> Row:
        desired = change.desired
        if why := not_released(shown, str(desired.get("tracking_number") or "")):
            message = f"not released for shipping: {why} on TikTok Shop"
            raise TransientError(message, vendor="linnworks", code="NOT_RELEASED")
        address = delivery_address(shown.get("recipient_address"), email=str(shown.get("buyer_email") or ""))
        return order_of(desired, address, sub_source=self._linnworks.shops[change.shop_id])


@contextmanager
def _in_doubt_when_broken_off() -> Iterator[None]:
    """A failure after the order was created does not undo it: the order must not count as unsent."""
    try:
        yield
    except RejectedError:
        raise
    except ConnectorError as error:
        raise OutcomeUnknownError(f"it was saved, and then: {error}", vendor="linnworks") from error


def _outcome(write: Callable[[], str]) -> str | Exception:
    try:
        return write()
    except ConnectorError as error:
        return error


def open_orders(settings: Settings, state: State) -> LinnworksOrders:
    """Open Linnworks for writing orders.

    Raises:
        ConfigError: when Linnworks is not configured, or a credential is missing.
    """
    from connectors.linnworks.client import (  # imported here: loading HTTP is slow, and only writing needs it
        configured,
        open_linnworks,
    )
    from connectors.tiktok_shop.client import open_tiktok_shop

    return LinnworksOrders(open_linnworks(settings, state), open_tiktok_shop(settings, state), configured(settings))


def refuse_order(settings: Settings, proposal: Proposal) -> str:
    """Return why an order may not be sent: no account for its shop, an unknown purpose, or nothing to ship."""
    linnworks, desired = settings.linnworks, proposal.desired
    if linnworks is None or proposal.shop_id not in linnworks.shops:
        return f"shop {proposal.shop_id} is not in Linnworks: add it to [linnworks.shops] in tieout.toml"
    if desired.get("purpose") not in (ORDER, CANCEL) or not desired.get("order_id"):
        return "expected an order_id and purpose N or F"
    if desired["purpose"] == CANCEL:
        return ""
    lines = desired.get("lines") or []
    if not all(line.get("sku") and line.get("quantity", 0) > 0 and line.get("price") for line in lines):
        return "a line lacks its SKU, quantity or price"
    return "" if lines else "the order has no lines"


def _observed_order(held: Sequence[Row], desired: Mapping[str, Any]) -> Observation | None:
    if not held:
        return None
    order = str(held[0]["OrderId"])
    if all(is_cancelled(row) for row in held):
        return Observation(order, "Linnworks has cancelled the order of this reference")
    found = Counter[str]()
    for row in held:
        for line in row.get("Items") or []:
            if not line.get("IsService") and not is_cancelled(row):
                found[str(line.get("ChannelSKU") or line.get("SKU"))] += whole_number(line.get("Quantity") or 0)
    wanted = Counter[str]()
    for line in desired["lines"]:
        wanted[str(line["sku"])] += int(line["quantity"])
    if found == wanted:
        return Observation(order)
    differing = ", ".join(sorted(sku for sku in found.keys() | wanted.keys() if found[sku] != wanted[sku]))
    return Observation(order, f"Linnworks holds an order of this reference with other quantities of {differing}")


def _without_label(held: Sequence[Row], label: str) -> list[Row]:
    """Return the parts that lack the number of TikTok's label; none where there is no such label."""
    numbered = ((row, str((row.get("ShippingInfo") or {}).get("TrackingNumber") or "")) for row in held)
    return [row for row, number in numbered if label and number != label and not is_cancelled(row)]


def _other_label(seen: Observation, label: str) -> Observation:
    return Observation(seen.vendor_id, f"Linnworks has processed it under another number than TikTok's label {label}")


def _observed_cancellation(held: Sequence[Row]) -> Observation | None:
    """Return nothing while an order is open; what is not there, or cancelled, will not ship."""
    if any(not row.get("Processed") for row in held):
        return None
    shipped = [row for row in held if not is_cancelled(row)]
    order = str(held[0]["OrderId"]) if held else ""
    if shipped:
        return Observation(order, "Linnworks has processed it, which is too late to cancel")
    return Observation(order)
