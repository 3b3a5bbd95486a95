"""NewStore's error forms, and the exception that every call raises to answer with one.

Belongs here: statuses, codes, and which form a path answers in. Does not: deciding when a call is wrong.
Fact sheet newstore 12: newer calls answer problem+json; legacy ones {error_code, message}; the block of an address
is a page that is no JSON. Which codes there are beyond the documented ones is ours.
"""

from __future__ import annotations

import json
import uuid
from typing import Any

from sandbox.faults import Refusals

PROBLEM, JSON, HTML = "application/problem+json", "application/json", "text/html"
_LEGACY = ("/v0/d/", "/v0/c/", "/v0/i/", "/_/v0/", "/api/v1/")
_PROBLEMS = ("/v0/d/fulfill_order",)
_TOKENS = ("/v0/token", "/auth/")
_BLOCKED = b"<html><head><title>403 Forbidden</title></head><body><h1>403 ERROR</h1>Request blocked.</body></html>"

CODES: dict[str, tuple[int, str]] = {
    "schema_validation_error": (400, "The request is not valid."),
    "invalid_request": (400, "The request is not valid."),
    "invalid_grant": (400, "The credentials are not valid."),
    "invalid_scope": (400, "The client has no such scope."),
    "unsupported_grant_type": (400, "This grant is not supported."),
    "same_order_injection_with_different_data": (400, "An order with this external_id exists and differs."),
    "maximum_allowed_number_of_items_exceeded": (400, "The order has too many items; it was cancelled."),
    "addon_invalid_parent_item": (400, "The parent of an add-on is not an item of the same shipment."),
    "addon_duplicate_external_item_id": (400, "The external_item_id of an add-on or its parent is not unique."),
    "payment_amount_mismatch": (400, "The payments do not equal items and shipping."),
    "order_already_canceled": (400, "The order is cancelled."),
    "order_not_cancelable": (400, "The order can no longer be cancelled."),
    "item_not_cancelable": (400, "The item can no longer be cancelled."),
    "already_shipped": (400, "Items of the request are shipped."),
    "already_rejected": (400, "Items of the request are rejected."),
    "already_canceled": (400, "Items of the request are cancelled."),
    "too_many_fulfillment_requests": (400, "The order has more than 2000 fulfillment requests."),
    "not_returnable": (400, "The order has no such unit that can be returned."),
    "refund_exceeds_payment": (400, "More than was paid cannot be refunded."),
    "integration_limit_reached": (400, "There are as many integrations as there can be."),
    "unauthorized": (401, "The access token is missing, unknown or expired."),
    "invalid_client": (401, "Invalid client or Invalid client credentials"),
    "forbidden": (403, "The access token lacks a scope."),
    "ip_blocked": (403, "Request blocked."),
    "not_found": (404, "There is nothing at this address."),
    "method_not_allowed": (405, "This address does not take this method."),
    "conflict": (409, "The record has been changed since."),
    "version_out_of_date": (409, "The version is out of date: the configuration was updated."),
    "invalid_status_update": (409, "The status does not allow this."),
    "grace_period_extended": (409, "The grace period has been extended already."),
    "not_in_grace_period": (412, "The order is not in its grace period."),
    "too_many_requests": (429, "Too many requests."),
    "too_many_open_imports": (429, "Too many imports are open."),
    "server_error": (500, "An internal error occurred."),
    "shipping_provider_communication_error": (500, "The shipping provider did not answer."),
    "grpc_unavailable": (500, "A service is unavailable."),
    "rpc_timeout": (500, "rpc_timeout for sales_order"),
    "bad_gateway": (502, "Bad gateway."),
    "service_unavailable": (503, "A service is unavailable."),
    "gateway_timeout": (504, "The request is still being processed: send it again to learn its outcome."),
}
_INJECTED = {401: "unauthorized", 429: "too_many_requests", 500: "server_error"}
_TITLES = {400: "Bad Request", 401: "Unauthorized", 403: "Forbidden", 404: "Not Found", 405: "Method Not Allowed"}
_TITLES |= {409: "Conflict", 412: "Precondition Failed", 429: "Too Many Requests", 500: "Internal Server Error"}
_TITLES |= {502: "Bad Gateway", 503: "Service Unavailable", 504: "Gateway Timeout"}


class WireError(Exception):
    """A refusal on its way to the caller."""

    def __init__(
        self,
        code: str,
        detail: str = "",
        *,
        messages: list[str] | None = None,
        retry_after: int | None = None,
        is_empty: bool = False,
    ) -> None:
        """Keep code, text, single messages, whole seconds for `Retry-After`, and whether the answer has no body."""
        self.code = code
        self.status, usual = CODES[code]
        self.detail = detail or (messages or [usual])[0]
        self.messages = messages or [self.detail]
        self.retry_after = retry_after
        self.is_empty = is_empty
        super().__init__(self.detail)

    def body(self, path: str) -> tuple[bytes, str]:
        """Return body and media type as a path of the API answers."""
        if self.is_empty:
            return b"", JSON
        if self.code == "ip_blocked":
            return _BLOCKED, HTML
        if path.startswith(_TOKENS):
            return _dumped({"error": self.code, "error_description": self.detail}), JSON
        request_id = str(uuid.uuid4())
        if path.startswith(_LEGACY) and path not in _PROBLEMS:
            return _dumped({"error_code": self.code, "message": self.detail, "request_id": request_id}), JSON
        return _dumped(self._problem(path, request_id)), PROBLEM

    def _problem(self, path: str, request_id: str) -> dict[str, Any]:
        return {
            "type": f"https://errors.newstore.example/{self.code}",
            "title": _TITLES[self.status],
            "status": self.status,
            "detail": self.detail,
            "instance": path,
            "error_code": self.code,
            "message": self.detail,
            "messages": self.messages,
            "request_id": request_id,
        }


def error_body(status: int) -> bytes:
    """Return the body NewStore itself sends for a failure injected from outside (401, 429, 500)."""
    return WireError(_INJECTED.get(status, "server_error")).body("")[0]


def invalid(field: str, value: object, expected: str) -> WireError:
    """Return the 400 of a field that is missing or malformed."""
    return WireError("schema_validation_error", f"{field} {value!r}: expected {expected}")


def _dumped(value: dict[str, Any]) -> bytes:
    return json.dumps(value).encode()


REFUSALS = Refusals(frozenset(CODES), lambda code, method, path: (CODES[code][0], WireError(code).body(path)[0]))
