"""NetSuite's error form, and the exception every layer of this stand-in raises to answer with one.

Belongs here: the body of an error, its codes and titles. Does not: deciding when a call is wrong.
Fact sheet netsuite 4.9: body `{type, title, status, o:errorDetails: [...]}`; the list is never empty.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from sandbox.faults import Refusals

TITLES = {
    400: "Bad Request",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    405: "Method Not Allowed",
    429: "Too Many Requests",
    500: "Internal Server Error",
    503: "Service Unavailable",
}
_SECTIONS = {400: "15.5.1", 401: "15.5.2", 403: "15.5.4", 404: "15.5.5", 405: "15.5.6", 500: "15.6.1", 503: "15.6.4"}
_FAULTS = {
    401: ("INVALID_LOGIN", "Invalid login attempt. For more details, see the Login Audit Trail in the NetSuite UI."),
    403: ("INSUFFICIENT_PERMISSION", "Your current role does not have permission to perform this action."),
    429: ("CONCURRENCY_LIMIT_EXCEEDED", "Concurrent request limit exceeded. Request blocked."),
    500: ("UNEXPECTED_ERROR", "An unexpected error occurred. Error ID: sandbox0000000000000"),
    503: ("UNEXPECTED_ERROR", "The service is temporarily unavailable."),
}
_CODES = {
    "INVALID_CONTENT": (400, "Error while accessing a resource. Invalid content."),
    "INVALID_REQUEST": (400, "Invalid request."),
    "INVALID_PARAMETER": (400, "Invalid search query."),
    "NONEXISTENT_FIELD": (400, "Error while accessing a resource. Unknown field."),
    "USER_ERROR": (400, "Error while accessing a resource. A script refused the record."),
    "IDEMPOTENCY_ERROR": (400, "The idempotency key was used before."),
    "RCRD_HAS_BEEN_CHANGED": (400, "Record has been changed."),
    "DUP_RCRD": (400, "This record already exists."),
    "SSS_REQUEST_LIMIT_EXCEEDED": (400, "The maximum number of requests at once has been reached."),
    "SSS_INVALID_API_USAGE": (400, "A script used an interface in a way that it does not allow."),
    "SSS_TIME_LIMIT_EXCEEDED": (400, "A script ran longer than it may."),
    "SSS_USAGE_LIMIT_EXCEEDED": (400, "A script used more than its units."),
    "UNIQUE_CUST_ID_REQD": (400, "A customer with this name exists already."),
    "INVALID_LOGIN": (401, _FAULTS[401][1]),
    "INSUFFICIENT_PERMISSION": (403, _FAULTS[403][1]),
    "NONEXISTENT_ID": (404, "The record instance does not exist. Provide a valid record instance ID."),
    "METHOD_NOT_ALLOWED": (405, "The method is not allowed on this resource."),
    "CONCURRENCY_LIMIT_EXCEEDED": (429, _FAULTS[429][1]),
    "UNEXPECTED_ERROR": (500, _FAULTS[500][1]),
}
"""Codes with their HTTP status (fact sheet netsuite 4.9); the wording of several is a guess."""


@dataclass(eq=False)
class WireError(Exception):
    """A refusal on its way to the caller; `where` names the place: o:errorPath, o:errorQueryParam, o:errorHeader."""

    status: int
    code: str
    detail: str
    where: tuple[str, str] | None = None
    headers: tuple[tuple[str, str], ...] = ()

    def body(self) -> dict[str, Any]:
        """Return the JSON body."""
        detail = {"detail": self.detail, "o:errorCode": self.code}
        if self.where:
            detail[self.where[0]] = self.where[1]
        section = _SECTIONS.get(self.status)
        anchor = f"rfc9110.html#section-{section}" if section else "rfc6585.html#section-4"
        return {
            "type": f"https://www.rfc-editor.org/rfc/{anchor}",
            "title": TITLES.get(self.status, "Error"),
            "status": self.status,
            "o:errorDetails": [detail],
        }


def error_body(status: int) -> bytes:
    """Return the body NetSuite itself sends for a failure injected from outside (401, 403, 429, 500, 503)."""
    code, detail = _FAULTS.get(status, _FAULTS[500])
    body = WireError(status, code, detail).body()
    if status == 429:
        # The vendor's printed sample carries this second code at the top level.
        body["o:errorCode"] = "USER_ERROR"
    return json.dumps(body).encode()


def refused_with(code: str, method: str, path: str) -> tuple[int, bytes]:
    """Return HTTP status and body of a refusal with this code."""
    status, detail = _CODES[code]
    return status, json.dumps(WireError(status, code, detail).body()).encode()


REFUSALS = Refusals(frozenset(_CODES), refused_with)


def invalid_content(detail: str, path: str) -> WireError:
    """Return the refusal of one value in a request body; `path` is the property's JSON path."""
    return WireError(400, "INVALID_CONTENT", f"Error while accessing a resource. {detail}", ("o:errorPath", path))


def user_error(detail: str) -> WireError:
    """Return the refusal of a business rule."""
    return WireError(400, "USER_ERROR", f"Error while accessing a resource. {detail}")


def invalid_parameter(detail: str, parameter: str = "q") -> WireError:
    """Return the refusal of a query parameter or a query."""
    return WireError(400, "INVALID_PARAMETER", detail, ("o:errorQueryParam", parameter))


def not_found(detail: str = "The record instance does not exist. Provide a valid record instance ID.") -> WireError:
    """Return the 404 of an unknown id."""
    return WireError(404, "NONEXISTENT_ID", detail)


def invalid_login() -> WireError:
    """Return the one 401 for every failed login (fact sheet netsuite 3.1)."""
    code, detail = _FAULTS[401]
    return WireError(401, code, detail)
