"""ZigZag's error form, and the exception that every call raises to answer with one.

Belongs here: statuses and codes. Does not: deciding when a call is wrong.
Fact sheet zigzag 2: 4xx with code and detail. Which codes there are is ours.
"""

from __future__ import annotations

import json
from typing import Any

from sandbox.faults import Refusals

CODES: dict[str, tuple[int, str]] = {
    "invalid_request": (400, "The request is not valid."),
    "unauthorized": (401, "The token is missing, unknown or expired."),
    "invalid_credentials": (401, "Username or password is wrong."),
    "not_found": (404, "There is nothing at this address."),
    "method_not_allowed": (405, "This address does not take this method."),
    "already_received": (409, "The parcel has been received."),
    "already_scanned": (409, "The carrier has the parcel."),
    "duplicate_reference": (409, "This externalReturnRef has returns."),
    "label_exists": (409, "The return has a label: cancel its shipment first."),
    "return_cancelled": (409, "The return is cancelled or has expired."),
    "return_order_used": (409, "This return order has made its returns."),
    "not_returnable": (422, "None of these SKUs can be returned."),
    "quantity_above_returnable": (422, "More units than the order has left to return."),
    "unknown_carrier_service": (422, "There is no such carrier service."),
    "unknown_order": (422, "There is no such order."),
    "unknown_reason": (422, "There is no such reason."),
    "unknown_retailer": (422, "There is no such retailer."),
    "unknown_return_option": (422, "There is no such return option."),
    "unknown_return_order": (422, "There is no such return order for this order."),
    "unknown_sku": (422, "The order has no such SKU."),
    "too_many_requests": (429, "Too many requests: wait as long as Retry-After says."),
    "server_error": (500, "Something went wrong on our side."),
}
_INJECTED = {401: "unauthorized", 429: "too_many_requests", 500: "server_error"}


class WireError(Exception):
    """A refusal on its way to the caller."""

    def __init__(self, code: str, detail: str = "", *, retry_after: int | None = None, **more: Any) -> None:
        """Keep code, text, whole seconds for `Retry-After`, and further keys of the body."""
        self.code = code
        self.status, usual = CODES[code]
        self.detail = detail or usual
        self.retry_after = retry_after
        self.more = more
        super().__init__(self.detail)

    def body(self) -> bytes:
        """Return the JSON body."""
        return json.dumps({"code": self.code, "detail": self.detail, **self.more}).encode()


def error_body(status: int) -> bytes:
    """Return the body ZigZag itself sends for a failure injected from outside (401, 429, 500)."""
    return WireError(_INJECTED.get(status, "server_error")).body()


def invalid(field: str, value: object, expected: str) -> WireError:
    """Return the 400 of a field that is missing or malformed."""
    return WireError("invalid_request", f"{field} {value!r}: expected {expected}")


REFUSALS = Refusals(frozenset(CODES), lambda code, method, path: (CODES[code][0], WireError(code).body()))
