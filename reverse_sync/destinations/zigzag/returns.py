"""Returns in ZigZag as TikTok Shop has them, under TikTok Shop's id: announced, labelled, taken back.

Belongs here: the calls and their order, and comparing what is held with what is desired. Does not: which returns (dbt).

Several calls make one return; each may be the last whose reply came. So a write begins with what ZigZag holds under the
reference and does what is missing: done twice it does nothing more. Buyers are not named: TikTok Shop masks who they
are, and the label is its own (fact sheet zigzag 3, 5).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from connectors.transport.errors import RejectedError
from connectors.transport.rows import Row
from connectors.zigzag.errors import DUPLICATE_REFERENCE
from reverse_sync.model import EDITED, Change, Observation, Proposal
from tieout.settings import Settings
from tieout.state import State

if TYPE_CHECKING:  # for types alone: whoever opens the client pays for loading HTTP
    from connectors.zigzag.client import ZigZagClient

VENDOR = "zigzag"
ANNOUNCED, LABELLED, OVER = "announced", "labelled", "over"
_ENDED = ("cancelled", "expired")
_UNPOSTED = ("created", "label_issued")
_NOBODY = "TikTok Shop"
_NO_CARRIER = "other"
"""Of a parcel that its buyer posts as he likes: TikTok Shop knows its number alone."""
_MOST_NAMED = 5  # of what cannot be returned, in a message


class ZigZagReturns:
    """One return of TikTok Shop, which may be several of ZigZag's: one for each warehouse that its goods go to."""

    def __init__(self, client: ZigZagClient, settings: Settings) -> None:
        """Write through `client`, which this closes."""
        self._client, self._settings = client, settings

    def write(self, change: Change) -> str:
        """Make ZigZag hold the return as desired and return its id there, several joined by a plus sign.

        Raises:
            RejectedError: EDITED (ZigZag holds it with other goods, or of another order), NO_REASON, NOT_RETURNABLE,
                or ZigZag's own code.
            OutcomeUnknownError: when a call may have been taken.
        """
        try:
            return self._written(change)
        except RejectedError:
            # Whoever came before us, be it our own request come twice, may have done it.
            seen = self.read_back(change)
            if seen is None or seen.difference:
                raise
            return seen.vendor_id

    def _written(self, change: Change) -> str:
        held = self._held(change)
        if change.desired["state"] == OVER:
            for row in held:
                self._cancel(row)
            return _ids(held) or str(change.desired["return_id"])
        if not held:
            held = self._announce(change)
        if difference := _difference(held, change.desired):
            raise RejectedError(difference, vendor=VENDOR, code=EDITED)
        for row in _without_label(held, change.desired):
            tracking, carrier = (
                str(change.desired["tracking_number"]),
                str(change.desired.get("carrier") or _NO_CARRIER),
            )
            self._client.record_label(str(row["returnId"]), tracking, carrier)
        return _ids(held)

    def read_back(self, change: Change) -> Observation | None:
        """Return what ZigZag holds; None while something of it is still to be done."""
        held = self._held(change)
        if change.desired["state"] == OVER:
            is_open = any(row.get("status") in _UNPOSTED for row in held)
            return None if is_open else Observation(_ids(held) or str(change.desired["return_id"]))
        if not held or (not _difference(held, change.desired) and _without_label(held, change.desired)):
            return None
        return Observation(_ids(held), _difference(held, change.desired))

    def close(self) -> None:
        """Close the client."""
        self._client.close()

    def _held(self, change: Change) -> list[Row]:
        found = self._client.returns_by_reference(str(change.desired["return_id"]))
        return sorted((row for row in found if row.get("status") not in _ENDED), key=lambda row: str(row["returnId"]))

    def _announce(self, change: Change) -> list[Row]:
        desired = change.desired
        order_id, lines = str(desired["order_id"]), list(desired["lines"])
        self._client.upsert_order(self._order(change))
        account = self._account()
        skus = [str(line["sku"]) for line in lines]
        opened = self._client.open_return_order(order_id, account.retailer_code, skus)
        if errors := opened.get("errors"):
            named = [" ".join(map(str, each.values())) if isinstance(each, dict) else str(each) for each in errors]
            message = (
                f"ZigZag does not take back {', '.join(named[:_MOST_NAMED])} ({len(named)} errors), so nothing of it is"
            )
            message += " announced: have the items allowed in the portal"
            raise RejectedError(message, vendor=VENDOR, code="NOT_RETURNABLE")
        reasons = {str(row.get("code")): row.get("reasonId") for row in opened.get("reasons") or []}
        code = str(desired["reason_code"])
        if code not in reasons:
            message = f"ZigZag has no reason {code!r}: correct return_reasons.csv; it has {', '.join(sorted(reasons))}"
            raise RejectedError(message, vendor=VENDOR, code="NO_REASON")
        products = [
            {
                **{"productSku": line["sku"], "quantity": line["quantity"], "returnReasonId": reasons[code]},
                **{"returnOption": "refund", "returnReasonDetails": ""},
            }
            for line in lines
        ]
        wanted = {
            **{"orderNumber": order_id, "retailerCode": account.retailer_code, "channel": "tiktok_shop"},
            **{"returnOrderId": opened.get("returnOrderId"), "externalReturnRef": desired["return_id"]},
            **{"notes": "", "products": products},
        }
        try:
            return self._client.create_return(wanted)
        except RejectedError as error:
            if error.code != DUPLICATE_REFERENCE:
                raise
            return self._held(change)

    def _order(self, change: Change) -> Row:
        desired, email = change.desired, self._account().placeholder_email
        units = Counter((str(line["sku"]), str(line["price"])) for line in desired["order_lines"])
        return {
            **{"orderNumber": desired["order_id"], "orderDate": desired["ordered_at"], "email": email, "phone": "0"},
            **{"shippingFirstName": _NOBODY, "address1": _NOBODY, "city": _NOBODY, "postcode": "0"},
            "country": self._settings.shop(change.shop_id).region,
            "lines": [
                {"sku": sku, "quantity": count, "unitPrice": price, "currency": desired["currency"]}
                for (sku, price), count in sorted(units.items())
            ],
        }

    def _cancel(self, row: Row) -> None:
        if row.get("status") not in _UNPOSTED:
            return
        shipments = [shipment["shipmentNumber"] for shipment in row.get("shipments") or []]
        for number in shipments:
            self._client.cancel_shipment(int(number))
        if not shipments:
            self._client.cancel_return(str(row["returnId"]))

    def _account(self) -> Any:
        from connectors.zigzag.client import configured  # imported here, as the client is

        return configured(self._settings)


def open_returns(settings: Settings, state: State) -> ZigZagReturns:
    """Open ZigZag for its returns."""
    from connectors.zigzag.client import open_zigzag  # imported here: loading HTTP is slow, and only writing needs it

    return ZigZagReturns(open_zigzag(settings, state), settings)


def refuse_return(settings: Settings, proposal: Proposal) -> str:
    """Return why a return may not be announced: an unknown shop, no ids, no state, or nothing that comes back."""
    settings.shop(proposal.shop_id)
    desired = proposal.desired
    if missing := [name for name in ("return_id", "order_id") if not desired.get(name)]:
        return f"expected {' and '.join(missing)}"
    if desired.get("state") not in (ANNOUNCED, LABELLED, OVER):
        return f"expected a state of {ANNOUNCED}, {LABELLED} or {OVER}"
    if desired["state"] == OVER:
        return ""
    if not desired.get("lines") or any(not line.get("sku") or line.get("quantity", 0) < 1 for line in desired["lines"]):
        return "expected lines, each with a SKU and at least one unit"
    return "expected a tracking number" if desired["state"] == LABELLED and not desired.get("tracking_number") else ""


def _ids(held: list[Row]) -> str:
    return "+".join(str(row["returnId"]) for row in held)


def _difference(held: list[Row], desired: Mapping[str, Any]) -> str:
    orders = {str(row.get("orderNumber") or "") for row in held}
    if orders != {str(desired["order_id"])}:
        return f"ZigZag holds it of order {', '.join(sorted(orders))}, expected {desired['order_id']}"
    announced: Counter[str] = Counter()
    for row in held:
        for line in row.get("lines") or []:
            announced[str(line.get("sku"))] += int(line.get("quantityRequested") or 0)
    wanted = Counter({str(line["sku"]): int(line["quantity"]) for line in desired["lines"]})
    if +announced != +wanted:
        return f"ZigZag holds {dict(+announced)} of it, expected {dict(wanted)}"
    return ""


def _without_label(held: list[Row], desired: Mapping[str, Any]) -> list[Row]:
    if desired["state"] != LABELLED:
        return []
    tracking = str(desired["tracking_number"])
    return [
        row
        for row in held
        if row.get("status") in _UNPOSTED
        and tracking not in {str(shipment.get("trackingNumber")) for shipment in row.get("shipments") or []}
    ]
