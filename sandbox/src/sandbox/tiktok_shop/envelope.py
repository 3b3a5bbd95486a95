"""TikTok Shop's reply envelope and its refusals.

Belongs here: the JSON around every answer, and one constructor per refusal with the vendor's code, text and HTTP
status (fact sheet tiktok_shop 2.1, 2.2). Does not: deciding when to refuse.
"""

from __future__ import annotations

import itertools
import json
import time
from dataclasses import dataclass
from typing import Any

_numbers = itertools.count(1)


@dataclass
class ApiError(Exception):
    """A refusal on its way to the caller. `headers` are extra HTTP headers."""

    code: int
    message: str
    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()


def envelope(data: dict[str, Any] | None, *, code: int = 0, message: str = "Success") -> bytes:
    """Return the body of a reply; `data` None is how the vendor answers errors."""
    reply = {"code": code, "data": data, "message": message, "request_id": request_id()}
    return json.dumps(reply, separators=(",", ":"), ensure_ascii=False).encode()


def error_body(status: int) -> bytes:
    """Return the body TikTok Shop itself sends for a failure injected from outside (401, 429, 500)."""
    error = {401: token_expired(), 429: too_many_requests(1)}.get(status, internal_error())
    return envelope(None, code=error.code, message=error.message)


def request_id() -> str:
    """Return an id of the vendor's form: a time stamp and a number in hexadecimal."""
    return f"{time.strftime('%Y%m%d%H%M%S', time.gmtime())}{next(_numbers):020X}"


def invalid(message: str, status: int = 400) -> ApiError:
    """36009004: any missing or wrong parameter; only the text says which."""
    return ApiError(36009004, message, status)


def too_many_requests(retry_after: int) -> ApiError:
    """36009002 with HTTP 429; `retry_after` in seconds."""
    return ApiError(36009002, "Too many requests", 429, (("Retry-After", str(retry_after)),))


def internal_error() -> ApiError:
    """36009003."""
    return ApiError(36009003, "Internal error", 500)


def unknown_path() -> ApiError:
    """36009009."""
    return ApiError(36009009, "Invalid path", 404)


def unknown_method() -> ApiError:
    """36009010."""
    return ApiError(36009010, "Invalid method", 405)


def version_retired() -> ApiError:
    """36009014: no such version, or one not (or no longer) served to this shop."""
    return ApiError(36009014, "Invalid API version", 400)


def bad_signature() -> ApiError:
    """106001."""
    return ApiError(106001, "Invalid sign, the signature does not match", 401)


def token_expired() -> ApiError:
    """105002."""
    return ApiError(105002, "Expired credentials, the access token has expired", 401)


def deauthorized() -> ApiError:
    """105001."""
    return ApiError(105001, "The seller has deauthorized the app", 401)


def scope_missing(scope: str) -> ApiError:
    """105005: the app or the token lacks a scope; the seller has to authorize again."""
    return ApiError(105005, f"Access denied, scope {scope} is not granted", 401)


def cipher_missing() -> ApiError:
    """106013."""
    return ApiError(106013, "Missing shop_cipher", 400)


def cipher_mismatch() -> ApiError:
    """101000."""
    return ApiError(101000, "The shop_cipher does not match the access token", 200)
