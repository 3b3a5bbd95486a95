"""Warehouse orders at GXO: one 940 file per order and purpose, delivered once under a name that follows the intent.

Belongs here: the last check of the order on TikTok Shop, the file, and whether it was delivered. Does not: X12 or SFTP
(connectors.gxo), or which orders may go and how their lines split (dbt).

The buyer's address is read from TikTok Shop at the moment of sending, so that no plan, outbox or log ever contains it.
A 997 says only that a file could be read; whether the order has shipped is said by the 945 (fact sheet gxo 5).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from connectors.gxo.control_numbers import (
    remember_control_number,
    remembered_control_number,
    take_control_number,
)
from connectors.gxo.errors import X12Error
from connectors.gxo.writing import CANCEL, ORIGINAL, Address, OrderLine, ShipOrder, cancel_order_set, ship_order_set
from connectors.gxo.x12 import Partner, write_interchange
from connectors.transport.errors import RejectedError, TransientError
from reverse_sync.destinations.gxo.sent_files import MARK, SentFiles
from reverse_sync.destinations.release_check import not_released
from reverse_sync.model import Change, Observation, Proposal
from tieout.clock import Clock, utc_now
from tieout.errors import ConfigError
from tieout.settings import Gxo, Settings
from tieout.state import State

if TYPE_CHECKING:
    from connectors.gxo.client import GxoClient
    from connectors.tiktok_shop.client import TikTokShopClient


class GxoOrders:
    """Ship orders (W05-01 N) and cancellations (F) of one GXO site."""

    def __init__(
        self, folders: GxoClient, source: TikTokShopClient, gxo: Gxo, state: State, *, clock: Clock = utc_now
    ) -> None:
        """Deliver to `folders` what `source` still shows as released; this closes both."""
        self._folders, self._source, self._gxo, self._state, self._clock = folders, source, gxo, state, clock
        self._sent: SentFiles | None = None

    def write(self, change: Change) -> str:
        """Deliver the change's file and return `<control number>/<file name>`.

        Raises:
            TransientError: NOT_RELEASED (the order may not be shipped now); the next plan knows better.
            RejectedError: NO_ADDRESS, or UNSENDABLE: nothing was delivered.
            OutcomeUnknownError: when the file may have been put in place.
        """
        number = self._sent_files().number_of(file_name(change))
        if number is None:
            number, content = self._file(change)
            self._folders.deliver(file_name(change), content)
        return f"{number}/{file_name(change)}"

    def _sent_files(self) -> SentFiles:
        """Return the files GXO holds already, read before the first one is sent: a restored state may lack some."""
        if self._sent is None:
            self._sent = SentFiles(self._folders)
            self._sent.recall(self._state, self._gxo.their_id)
        return self._sent

    def _file(self, change: Change) -> tuple[int, bytes]:
        """Return the change's file and its control number, which is remembered before it goes."""
        try:
            body = self._cancellation(change.desired) if change.desired["purpose"] == CANCEL else self._order(change)
            number = take_control_number(self._state, self._gxo.their_id)
            remember_control_number(self._state, change.idempotency_key, number)
            sets = [("940", body)]
            text = write_interchange(_partner(self._gxo), "OW", sets, control_number=number, at=self._clock())
            return number, text.encode()
        except X12Error as error:
            raise _unsendable(f"X12 cannot carry it: {error}", error.place) from None
        except (KeyError, TypeError, ValueError) as error:  # what is desired is no order; nothing was sent
            raise _unsendable(f"it is no order: {type(error).__name__}", "") from None

    def read_back(self, change: Change) -> Observation | None:
        """Return the change's file when it was delivered; None when it certainly was not."""
        if not self._folders.was_delivered(file_name(change)):
            return None
        number = remembered_control_number(self._state, change.idempotency_key)
        if number is None:
            number = SentFiles(self._folders).number_of(file_name(change))
        return Observation(f"{number}/{file_name(change)}")

    def close(self) -> None:
        """Close both clients."""
        self._folders.close()
        self._source.close()

    def _order(self, change: Change) -> list[tuple[str, ...]]:
        desired = change.desired
        found = self._source.orders(change.shop_id, [str(desired["order_id"])]).rows
        label = str(desired.get("tracking_number") or "")
        if why := not_released(found[0] if found else {}, label):
            message = f"not released for shipping: {why} on TikTok Shop"
            raise TransientError(message, vendor="gxo", code="NOT_RELEASED")
        order = ShipOrder(
            order_number=str(desired["order_id"]),
            address=_address(found[0].get("recipient_address")),
            lines=tuple(OrderLine(str(line["sku"]), int(line["quantity"])) for line in desired["lines"]),
            service=str(desired["service"]),
            ship_by=date.fromisoformat(desired["ship_by"]) if desired.get("ship_by") else None,
            references=(("2I", label),) if label else (),
        )
        gxo = self._gxo
        delimiters = gxo.element_separator + gxo.component_separator + gxo.segment_terminator
        return ship_order_set(order, depositor=gxo.depositor, site=gxo.site, delimiters=delimiters)

    def _cancellation(self, desired: Mapping[str, Any]) -> list[tuple[str, ...]]:
        return cancel_order_set(str(desired["order_id"]), depositor=self._gxo.depositor, site=self._gxo.site)


def _unsendable(reason: str, field: str) -> RejectedError:
    return RejectedError(reason, vendor="gxo", code="UNSENDABLE", field=field)


def file_name(change: Change) -> str:
    """Return the name under which a change is delivered: the same intent always has the same one.

    A cancellation sorts after its order, since files received together are processed by name.
    """
    purpose = change.desired["purpose"]
    return (
        f"940_{change.desired['order_id']}_{2 if purpose == CANCEL else 1}{purpose}_{change.idempotency_key[:MARK]}.edi"
    )


def open_warehouse_orders(settings: Settings, state: State) -> GxoOrders:
    """Open GXO for writing orders.

    Raises:
        ConfigError: when GXO is not configured.
    """
    from connectors.gxo.client import open_gxo  # imported here: loading SSH is slow, and only writing needs it
    from connectors.tiktok_shop.client import open_tiktok_shop

    if settings.gxo is None:
        raise ConfigError("GXO is not configured: add [gxo] to tieout.toml")
    return GxoOrders(open_gxo(settings.gxo), open_tiktok_shop(settings, state), settings.gxo, state)


def refuse_warehouse_order(settings: Settings, proposal: Proposal) -> str:
    """Return why an order may not be sent: no site for its shop, an unknown purpose, or nothing to ship."""
    gxo, desired = settings.gxo, proposal.desired
    if gxo is None or proposal.shop_id not in gxo.shops:
        return f"shop {proposal.shop_id} ships from no GXO site: add it to [gxo] shops in tieout.toml"
    if desired.get("purpose") not in (ORIGINAL, CANCEL) or not desired.get("order_id"):
        return "expected an order_id and purpose N or F"
    lines = desired.get("lines") or []
    if desired["purpose"] == ORIGINAL and not all(line.get("sku") and line.get("quantity", 0) > 0 for line in lines):
        return "a line lacks its SKU or quantity"
    return "" if lines or desired["purpose"] == CANCEL else "the order has no lines"


def _address(recipient: Any) -> Address:
    given: Mapping[str, Any] = recipient if isinstance(recipient, Mapping) else {}
    levels = {str(part.get("address_level")): str(part.get("address_name") or "") for part in _districts(given)}
    lines = [text for number in range(1, 5) if (text := str(given.get(f"address_line{number}") or ""))]
    address = Address(
        name=str(given.get("name") or ""),
        street=lines[0] if lines else str(given.get("address_detail") or ""),
        street2=", ".join(lines[1:]),
        city=str(given.get("post_town") or levels.get("L3") or levels.get("L2") or ""),
        state=levels.get("L1", ""),
        postal_code=str(given.get("postal_code") or ""),
        country=str(given.get("region_code") or ""),
        phone=str(given.get("phone_number") or ""),
    )
    needed = {"name": address.name, "street": address.street, "postal code": address.postal_code}
    missing = [what for what, text in needed.items() if not text.strip("* ")]
    if missing:
        reason = f"TikTok Shop shows no {', no '.join(missing)} in the delivery address"
        raise RejectedError(reason, vendor="gxo", code="NO_ADDRESS", field="recipient_address")
    return address


def _districts(recipient: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    found = recipient.get("district_info")
    return [part for part in found if isinstance(part, Mapping)] if isinstance(found, list) else []


def _partner(gxo: Gxo) -> Partner:
    return Partner(
        gxo.our_qualifier,
        gxo.our_id,
        gxo.their_qualifier,
        gxo.their_id,
        gxo.our_id,
        gxo.their_id,
        element_separator=gxo.element_separator,
        component_separator=gxo.component_separator,
        segment_terminator=gxo.segment_terminator,
        usage=gxo.usage,
    )
