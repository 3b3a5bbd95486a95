"""Returned units in Linnworks' stock: one return booking for each TikTok Shop return, actioned once.

Belongs here: which lines of the order come back, and what Linnworks holds of the return. Does not: the wire
(connectors.linnworks), or which units may be sold again (dbt).

Linnworks books a return first and takes its units in when the booking is actioned (fact sheet linnworks 10). It would
book the same reference twice, so that the bookings of the order are read before anything is sent: one that is there
under the return's id is actioned, never booked again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from connectors.transport.errors import OutcomeUnknownError, RejectedError
from reverse_sync.destinations.linnworks.held_orders import held_orders, identity_of, is_cancelled
from reverse_sync.model import EDITED, Change, Observation, Proposal
from tieout.numbers import whole_number
from tieout.settings import Linnworks, Settings
from tieout.state import State

if TYPE_CHECKING:  # for types alone: whoever opens the client pays for loading HTTP
    from connectors.linnworks.client import LinnworksClient

MOST_UNITS = 999
"""More of one line is a mistake, not a return."""

Row = dict[str, Any]


class LinnworksRestocks:
    """Returned units that come into the stock of one Linnworks account."""

    def __init__(self, book: LinnworksClient, linnworks: Linnworks) -> None:
        """Write into `book`; this closes it."""
        self._book, self._linnworks = book, linnworks
        self._places: dict[str, str] = {}

    def write(self, change: Change) -> str:
        """Book the return, if it is not booked, action it, and return the booking's id (RMAHeaderId).

        Raises:
            RejectedError: NO_ORDER (Linnworks has processed no such order), NOT_IN_ORDER (it has not these units to
                give back), BOOKED_BY_HAND (units of the order are booked under no return's id), NO_LOCATION, EDITED
                (other units are booked under this return), or Linnworks' own refusal.
            OutcomeUnknownError: when it may be booked, or in stock, by now.
        """
        place, shipped = self._place(change), self._shipped(change)
        bookings = self._bookings(shipped)
        own = _own(bookings, change) or self._booked(shipped, bookings, change, place=place)
        seen = _observed(shipped, own, change, place=place)
        if seen.difference:
            raise RejectedError(seen.difference, vendor="linnworks", code=EDITED)
        for booking in own:
            self._action(booking, change)
        return seen.vendor_id

    def read_back(self, change: Change) -> Observation | None:
        """Return what came into stock under the return; None when nothing did, or not all that is booked."""
        shipped = self._shipped(change)
        own = _own(self._bookings(shipped), change)
        if not own or not all(booking.get("Actioned") for booking in own):
            return None
        return _observed(shipped, own, change, place=self._place(change))

    def close(self) -> None:
        """Close the client."""
        self._book.close()

    def _booked(self, shipped: Sequence[Row], bookings: Sequence[Row], change: Change, *, place: str) -> list[Row]:
        """Book the return and return its booking as Linnworks shows it: it may have left lines out."""
        order, lines = _to_book(shipped, bookings, change, place=place)
        refused: RejectedError | None = None
        try:
            self._book.book_return(order, lines, reference=str(change.desired["return_id"]))
        except RejectedError as error:  # also when the request came twice, and the first one took the units
            refused = error
        own = _own(self._book.returns_of_order(order), change)
        if not own:
            unseen = OutcomeUnknownError("the return was booked, and is not shown yet", vendor="linnworks")
            raise refused or unseen
        return own

    def _action(self, booking: Row, change: Change) -> None:
        """Take a booking's units in; that somebody else has done so meanwhile is as good."""
        if booking.get("Actioned"):
            return
        order, id = str(booking["OrderId"]), str(booking["RMAHeaderId"])
        try:
            self._book.action_return(order, id)
        except RejectedError:
            now = {str(row["RMAHeaderId"]): row for row in _own(self._book.returns_of_order(order), change)}
            if not now.get(id, {}).get("Actioned"):
                raise

    def _shipped(self, change: Change) -> list[Row]:
        held = held_orders(self._book, identity_of(self._linnworks, change))
        return [row for row in held if row.get("Processed") and not is_cancelled(row)]

    def _bookings(self, shipped: Sequence[Row]) -> list[Row]:
        return [booking for row in shipped for booking in self._book.returns_of_order(str(row["OrderId"]))]

    def _place(self, change: Change) -> str:
        """Return the id of the location that the units come back to."""
        self._places = self._places or {
            str(row.get("LocationName")).casefold(): str(row.get("StockLocationId"))
            for row in self._book.locations().rows
        }
        name = str(change.desired["location"])
        if name.casefold() not in self._places:
            reported = f"location {name} is not in Linnworks: mend locations.csv, or add it there"
            raise RejectedError(reported, vendor="linnworks", code="NO_LOCATION")
        return self._places[name.casefold()]


def open_restocks(settings: Settings, state: State) -> LinnworksRestocks:
    """Open Linnworks for taking returned units in.

    Raises:
        ConfigError: when Linnworks is not configured, or a credential is missing.
    """
    from connectors.linnworks.client import (  # imported here: loading HTTP is slow, and only writing needs it
        configured,
        open_linnworks,
    )

    return LinnworksRestocks(open_linnworks(settings, state), configured(settings))


def refuse_restock(settings: Settings, proposal: Proposal) -> str:
    """Return why a return may not be booked: no account for its shop, no ids or location, no units or too many."""
    linnworks, desired = settings.linnworks, proposal.desired
    if linnworks is None or proposal.shop_id not in linnworks.shops:
        return f"shop {proposal.shop_id} is not in Linnworks: add it to [linnworks.shops] in tieout.toml"
    missing = [name for name in ("return_id", "order_id", "location") if not desired.get(name)]
    if missing:
        return f"the return lacks its {missing[0]}"
    lines = desired.get("lines") or []
    for line in lines:
        quantity = line.get("quantity")
        if not line.get("sku"):
            return "a line lacks its SKU"
        if type(quantity) is not int or not 1 <= quantity <= MOST_UNITS:
            return f"quantity {quantity!r} of {line['sku']}: expected a whole number from 1 to {MOST_UNITS}"
    return "" if lines else "the return has no lines"


def _to_book(shipped: Sequence[Row], bookings: Sequence[Row], change: Change, *, place: str) -> tuple[str, list[Row]]:
    """Return the order that takes the whole return, the oldest that can, and the lines to book of it."""
    if not shipped:
        reported = f"Linnworks has processed no order of reference {change.desired['order_id']}"
        raise RejectedError(reported, vendor="linnworks", code="NO_ORDER")
    wanted, problems = _wanted(change), []
    if by_hand := _by_hand(shipped, bookings, change):
        reported = (
            f"booking {by_hand['RMAHeaderId']} in Linnworks, reference {by_hand.get('ExternalReference')}, has units of"
            f" this order and is of no return that is known: if they are those of {change.desired['return_id']}, give"
            " it that reference; else delete it, for they would come into stock twice"
        )
        raise RejectedError(reported, vendor="linnworks", code="BOOKED_BY_HAND")
    booked = Counter[str]()
    for line in _lines(bookings):
        booked[str(line.get("OrderItemRowId"))] += whole_number(line.get("ReturnQuantity") or 0)
    for order in shipped:
        taken, lacking = _taken(order, booked, wanted)
        if not lacking:
            return str(order["OrderId"]), [_return_item(row, units, place) for row, units in taken.items()]
        problems.append(f"order {order.get('NumOrderId')} has {lacking}")
    reported = "Linnworks' " + "; ".join(problems) + ": book this return there by hand, under its id as reference"
    raise RejectedError(reported, vendor="linnworks", code="NOT_IN_ORDER")


def _by_hand(shipped: Sequence[Row], bookings: Sequence[Row], change: Change) -> Row | None:
    """Return a booking of the wanted goods that is under no return's id: whose units it has, nobody can tell."""
    wanted, known = _wanted(change), set(change.desired.get("returns_of_order") or ())
    names = {str(row.get("RowId")): _sku(row, wanted) for order in shipped for row in _goods(order)}
    unknown = (booking for booking in bookings if str(booking.get("ExternalReference")) not in known)
    return next((each for each in unknown if any(_name(line, names) in wanted for line in _lines([each]))), None)


def _taken(order: Row, booked: Mapping[str, int], wanted: Mapping[str, int]) -> tuple[dict[str, int], str]:
    """Return the units to book of each line of an order, and what it lacks for that ("" when nothing)."""
    taken: dict[str, int] = {}
    lacking = []
    for sku, units in sorted(wanted.items()):
        rows = [row for row in _goods(order) if _sku(row, wanted) == sku]
        missing = units
        for row in rows:
            id = str(row["RowId"])
            given = max(0, min(missing, whole_number(row.get("Quantity") or 0) - booked.get(id, 0)))
            missing -= given
            taken |= {id: given} if given else {}
        if missing:
            lacking.append(f"{units - missing} of {units} units of {sku} left to return" if rows else f"no SKU {sku}")
    return taken, " and ".join(lacking)


def _observed(shipped: Sequence[Row], own: Sequence[Row], change: Change, *, place: str) -> Observation:
    """Return the bookings of a return, one as a rule, and where they differ from what is desired."""
    id, wanted = ",".join(str(booking["RMAHeaderId"]) for booking in own), _wanted(change)
    names = {str(row.get("RowId")): _sku(row, wanted) for order in shipped for row in _goods(order)}
    found, elsewhere = Counter[str](), Counter[str]()
    for line in _lines(own):
        sku = _name(line, names)
        units = whole_number(line.get("ReturnQuantity") or 0) - whole_number(line.get("ScrapQuantity") or 0)
        (found if str(line.get("ReturnLocation")).lower() == place.lower() else elsewhere)[sku] += units
    differing = sorted(sku for sku in found.keys() | wanted.keys() | elsewhere.keys() if found[sku] != wanted[sku])
    if not differing and not elsewhere:
        return Observation(id)
    reported = ", ".join(differing or sorted(elsewhere))
    found_there = f"Linnworks has booked other units, or another location, for this return (booking {id}): {reported}"
    return Observation(id, found_there)


def _own(bookings: Sequence[Row], change: Change) -> list[Row]:
    """Return the bookings under the return's id."""
    return [row for row in bookings if str(row.get("ExternalReference")) == str(change.desired["return_id"])]


def _wanted(change: Change) -> Counter[str]:
    wanted = Counter[str]()
    for line in change.desired["lines"]:
        wanted[str(line["sku"])] += int(line["quantity"])
    return wanted


def _lines(bookings: Sequence[Row]) -> Iterator[Row]:
    return (line for booking in bookings for line in booking.get("RMALines") or [] if not line.get("Deleted"))


def _name(line: Row, names: Mapping[str, str]) -> str:
    return names.get(str(line.get("OrderItemRowId")), str(line.get("ReturnItemSKU")))


def _goods(order: Row) -> Iterator[Row]:
    return (row for row in order.get("Items") or [] if not row.get("IsService"))


def _sku(row: Row, wanted: Mapping[str, int]) -> str:
    """Return the name of an order's line: the SKU that the order came with, else Linnworks' own if that is wanted."""
    names = [str(row[name]) for name in ("ChannelSKU", "SKU") if row.get(name)]
    return next((name for name in names if name in wanted), names[0] if names else "")


def _return_item(row_id: str, units: int, place: str) -> Row:
    quantities = {"ReturnQuantity": units, "ScrapQuantity": 0, "RefundAmount": 0}
    return {"OrderItemRowId": row_id, "ReturnLocation": place, **quantities}
