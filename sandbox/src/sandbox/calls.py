"""The log of requests each vendor received, for checks of idempotency, limits and what a client really sent.

Belongs here: what is remembered of a request, with its secrets taken out. Does not: judging or answering requests.
`at` is wall time (epoch seconds with fraction), `world_at` the world's clock (epoch seconds UTC).
"""

from __future__ import annotations

import hashlib
import itertools
import json
import time
from collections import deque
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlencode

from starlette.types import ASGIApp, Message, Receive, Scope, Send

KEPT = 200_000
_SECRET_KEYS = {
    *("app_secret", "refresh_token", "access_token", "auth_code", "sign", "client_assertion", "assertion"),
    *("applicationid", "applicationsecret", "token"),
}
_IDEMPOTENCY_HEADERS = {"x-netsuite-idempotency-key", "idempotency-key"}
_IDEMPOTENCY_BODY_LIMIT = 1_000_000


@dataclass
class Call:
    """One request as it came in, and the status that left. `status` None: no byte of an answer was sent."""

    number: int
    at: float
    world_at: int
    method: str
    path: str
    query: str
    idempotency: dict[str, str]
    status: int | None = None
    fault: str | None = None
    body_sha256: str = ""
    body_size: int = 0
    seconds: float = 0.0


@dataclass
class CallLog:
    """The last calls of one vendor, oldest dropped first."""

    calls: deque[Call] = field(default_factory=lambda: deque(maxlen=KEPT))
    numbers: itertools.count[int] = field(default_factory=lambda: itertools.count(1))

    def listed(self, since: float | None = None, path: str = "") -> list[dict[str, Any]]:
        """Return calls received at or after `since` (wall time) whose path contains `path`, oldest first."""
        found = [call for call in list(self.calls) if since is None or call.at >= since]
        return [asdict(call) for call in found if path in call.path]

    def clear(self) -> int:
        """Forget all calls; returns how many there were."""
        count = len(self.calls)
        self.calls.clear()
        return count


def logged(app: ASGIApp, log: CallLog, *, world_now: Callable[[], int]) -> ASGIApp:
    """Wrap a vendor so that every request lands in `log`; `scope["sandbox.call"]` is its entry."""

    async def wrapped(scope: Scope, receive: Receive, send: Send) -> None:
        call = _started(scope, next(log.numbers), world_now())
        log.calls.append(call)
        scope["sandbox.call"] = call
        digest = hashlib.sha256()
        kept = bytearray()

        async def counted() -> Message:
            message = await receive()
            chunk = message.get("body", b"")
            digest.update(chunk)
            call.body_size += len(chunk)
            if call.body_size <= _IDEMPOTENCY_BODY_LIMIT:
                kept.extend(chunk)
            return message

        async def watched(message: Message) -> None:
            if message["type"] == "http.response.start":
                call.status = message["status"]
            await send(message)

        started = time.perf_counter()
        try:
            await app(scope, counted, watched)
        finally:
            call.seconds = round(time.perf_counter() - started, 6)
            call.body_sha256 = digest.hexdigest()
            call.idempotency.update(_body_key(bytes(kept)))

    return wrapped


def _started(scope: Scope, number: int, world_at: int) -> Call:
    pairs = parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)
    keys = {key: value for key, value in pairs if key == "idempotency_key"}
    for name, value in scope["headers"]:
        if name.decode("latin-1").lower() in _IDEMPOTENCY_HEADERS:
            keys[name.decode("latin-1").lower()] = value.decode("latin-1")
    shown = urlencode([(key, "***" if key.lower() in _SECRET_KEYS else value) for key, value in pairs], safe="*")
    return Call(number, time.time(), world_at, scope["method"], scope["path"], shown, keys)


def _body_key(body: bytes) -> dict[str, str]:
    if b"idempotency_key" not in body:
        return {}
    try:
        found = json.loads(body)
    except ValueError:
        return {}
    key = found.get("idempotency_key") if isinstance(found, dict) else None
    return {"body.idempotency_key": str(key)} if key else {}
