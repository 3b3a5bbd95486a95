"""Wire faults: what goes wrong between a client and a vendor, switched on from outside.

Belongs here: which fault hits which request, and every fault's effect on a request or its reply. Does not: business
failures (those are incidents of the world) and the text of a vendor's own errors, which each vendor renders itself.
"""

from __future__ import annotations

import asyncio
import itertools
import math
import re
import threading
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass, field
from typing import Any
from urllib.parse import unquote

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sandbox.reply_damage import damaged

REFUSALS = {"429": 429, "500": 500, "expired_token": 401}
CODE, LATE_CODE = "error_code", "late_error_code"
DAMAGES = {"truncated_page", "truncated_body", "bad_json", "reordered"}
WEBHOOK_KINDS = {"duplicate_webhook", "reordered"}
_WIRE_KINDS = ["html_503", "slow", "slow_reply", "lost_reply", "drop_request", "doubled_request"]
KINDS = [*REFUSALS, CODE, LATE_CODE, *_WIRE_KINDS, *sorted(DAMAGES), "duplicate_webhook"]
_HTML_503 = b"<html><head><title>503 Service Temporarily Unavailable</title></head><body>503</body></html>"

RenderError = Callable[[int], bytes]
"""A vendor's own JSON body for HTTP 401 (expired token), 429 or 500."""


@dataclass(frozen=True)
class Refusals:
    """The error codes that a vendor documents, and its reply (HTTP status, body) of one to a method and path."""

    codes: frozenset[str]
    reply: Callable[[str, str, str], tuple[int, bytes]]


@dataclass
class Fault:
    """One rule. It hits a share `rate` of the requests that match, evenly spread, at most `count` times.

    `code` is the vendor's own code that a fault of kind `error_code` answers with, and one of kind `late_error_code`
    after the work was done.
    """

    id: int
    system: str
    kind: str
    match: str = ""
    method: str | None = None
    rate: float = 1.0
    count: int | None = None
    retry_after: float | None = None
    seconds: float = 2.0
    code: str | None = None
    seen: int = 0
    hits: int = 0

    def fits(self, method: str, target: str) -> bool:
        """Return whether a request line is meant: `match` is a part of path?query, or a regular expression on it."""
        if self.method and self.method.upper() != method.upper():
            return False
        return self.match in target or re.search(self.match, target) is not None

    def struck(self) -> bool:
        """Count one matching request and return whether this one is hit."""
        if self.count is not None and self.hits >= self.count:
            return False
        self.seen += 1
        hit = math.floor(self.seen * self.rate) > math.floor((self.seen - 1) * self.rate)
        self.hits += hit
        return hit


@dataclass
class FaultBook:
    """All rules in force, in the order they were added; the first that hits a request decides.

    `refusals` has the systems whose error codes are known, `wires` the kinds of those that do not speak HTTP.
    """

    faults: list[Fault] = field(default_factory=list)
    numbers: itertools.count[int] = field(default_factory=lambda: itertools.count(1))
    lock: threading.Lock = field(default_factory=threading.Lock)
    refusals: dict[str, Refusals] = field(default_factory=dict)
    wires: dict[str, set[str]] = field(default_factory=dict)

    def add(self, wanted: dict[str, Any], systems: list[str]) -> Fault:
        """Add a rule from the control API's JSON. Raises ValueError naming the valid values."""
        checked = _checked(wanted, systems)
        known = self.wires.get(checked["system"], {checked["kind"]})
        if checked["kind"] not in known:
            raise ValueError(f"kind {checked['kind']!r}: expected one of {sorted(known)} for {checked['system']}")
        _require_code(checked, self.refusals)
        fault = Fault(id=next(self.numbers), **checked)
        with self.lock:
            self.faults.append(fault)
        return fault

    def take(self, system: str, method: str, *, target: str, kinds: set[str] | None = None) -> Fault | None:
        """Return the rule that hits this request, or None. `kinds` None means every kind that concerns requests."""
        with self.lock:
            for fault in self.faults:
                meant = fault.kind in kinds if kinds is not None else fault.kind != "duplicate_webhook"
                if fault.system == system and meant and fault.fits(method, target) and fault.struck():
                    return fault
        return None

    def give_back(self, fault: Fault) -> None:
        """Undo a hit that could have no effect (a reply without rows cannot lose any)."""
        with self.lock:
            fault.hits -= 1
            fault.seen -= 1

    def remove(self, id: int | None = None) -> int:
        """Remove one rule, or all; returns how many went."""
        with self.lock:
            kept = [fault for fault in self.faults if id is not None and fault.id != id]
            gone = len(self.faults) - len(kept)
            self.faults[:] = kept
        return gone

    def listed(self) -> list[dict[str, Any]]:
        """Return the rules with their counters."""
        return [asdict(fault) for fault in self.faults]


def faulty(app: ASGIApp, book: FaultBook, *, system: str, render: RenderError) -> ASGIApp:
    """Wrap a vendor so that the rules of `book` strike its requests."""

    async def wrapped(scope: Scope, receive: Receive, send: Send) -> None:
        fault = book.take(system, scope["method"], target=_target(scope))
        if fault is None:
            await app(scope, receive, send)
            return
        if "sandbox.call" in scope:
            scope["sandbox.call"].fault = fault.kind
        if fault.kind in DAMAGES:
            await _damage(app, book, fault, scope=scope, receive=receive, send=send)
        elif fault.kind == LATE_CODE:
            await _answered(app, scope, receive)
            await _refuse(fault, _rendered(book, fault, scope, render), send=send)
        elif fault.kind in _TIMINGS:
            await _TIMINGS[fault.kind](app, fault, scope=scope, receive=receive, send=send)
        else:
            await _drained(receive)
            await _refuse(fault, _rendered(book, fault, scope, render), send=send)

    return wrapped


def _rendered(book: FaultBook, fault: Fault, scope: Scope, render: RenderError) -> tuple[int, bytes]:
    if fault.code is not None:
        return book.refusals[fault.system].reply(fault.code, scope["method"], scope["path"])
    status = REFUSALS.get(fault.kind, 503)
    return status, _HTML_503 if status == 503 else render(status)


async def _refuse(fault: Fault, reply: tuple[int, bytes], *, send: Send) -> None:
    status, body = reply
    content_type = b"text/html; charset=utf-8" if fault.kind == "html_503" else b"application/json"
    waits = _retry(fault, 1.0 if status == 429 else None)
    await _reply(send, status, body=body, content_type=content_type, more=waits)


async def _slow(app: ASGIApp, fault: Fault, *, scope: Scope, receive: Receive, send: Send) -> None:
    await asyncio.sleep(fault.seconds)
    await app(scope, receive, send)


async def _slow_reply(app: ASGIApp, fault: Fault, *, scope: Scope, receive: Receive, send: Send) -> None:
    messages = await _answered(app, scope, receive)
    await asyncio.sleep(fault.seconds)
    for message in messages:
        await send(message)


async def _lost_reply(app: ASGIApp, fault: Fault, *, scope: Scope, receive: Receive, send: Send) -> None:
    await _answered(app, scope, receive)
    await _cut(scope)


async def _drop_request(app: ASGIApp, fault: Fault, *, scope: Scope, receive: Receive, send: Send) -> None:
    await _drained(receive)
    await _cut(scope)


async def _doubled_request(app: ASGIApp, fault: Fault, *, scope: Scope, receive: Receive, send: Send) -> None:
    """Let the request come twice, as a proxy sends it that saw no reply; the second reply is the client's."""
    messages: list[Message] = []
    while not messages or messages[-1].get("more_body"):
        messages.append(await receive())
    for answers in (False, True):
        replies = await _answered(app, dict(scope), _replayed(messages, receive))
        for message in replies if answers else ():
            await send(message)


def _replayed(messages: list[Message], receive: Receive) -> Receive:
    """Return what gives a request's messages once more, and then whatever the client does."""
    waiting = list(messages)

    async def replayed() -> Message:
        return waiting.pop(0) if waiting else await receive()

    return replayed


_TIMINGS: dict[str, Callable[..., Awaitable[None]]] = {
    "slow": _slow,
    "slow_reply": _slow_reply,
    "lost_reply": _lost_reply,
    "drop_request": _drop_request,
    "doubled_request": _doubled_request,
}


async def _damage(app: ASGIApp, book: FaultBook, fault: Fault, *, scope: Scope, receive: Receive, send: Send) -> None:
    messages = await _answered(app, scope, receive)
    status = messages[0]["status"]
    body = b"".join(message.get("body", b"") for message in messages[1:])
    changed = damaged(fault.kind, body) if status == 200 else None
    if changed is None:
        book.give_back(fault)
        if "sandbox.call" in scope:
            scope["sandbox.call"].fault = None
        changed = body
    headers = [(name, value) for name, value in messages[0]["headers"] if name.lower() != b"content-length"]
    headers.append((b"content-length", str(len(changed)).encode()))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": changed})


async def _answered(app: ASGIApp, scope: Scope, receive: Receive) -> list[Message]:
    messages: list[Message] = []

    async def collect(message: Message) -> None:
        messages.append(message)

    await app(scope, receive, collect)
    return messages


async def _cut(scope: Scope) -> None:
    scope["sandbox.abort"]()
    # The server must see the broken connection before this call ends, or it would answer with a 500 of its own.
    await asyncio.sleep(0.01)


async def _drained(receive: Receive) -> None:
    while (await receive()).get("more_body"):
        continue


async def _reply(send: Send, status: int, *, body: bytes, content_type: bytes, more: list[tuple[bytes, bytes]]) -> None:
    headers = [(b"content-type", content_type), (b"content-length", str(len(body)).encode()), *more]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def _retry(fault: Fault, default: float | None) -> list[tuple[bytes, bytes]]:
    seconds = fault.retry_after if fault.retry_after is not None else default
    return [] if seconds is None else [(b"retry-after", f"{seconds:g}".encode())]


def _target(scope: Scope) -> str:
    query = unquote(scope["query_string"].decode("latin-1"))
    return f"{scope['path']}?{query}" if query else str(scope["path"])


def _require_code(wanted: dict[str, Any], refusals: dict[str, Refusals]) -> None:
    """Refuse a code without its kind, the kind without a code, and a code that the system does not document."""
    code, system = wanted.get("code"), wanted["system"]
    if (wanted["kind"] in (CODE, LATE_CODE)) != (code is not None):
        raise ValueError(f"code {code!r}: expected with kind {CODE!r} or {LATE_CODE!r}, and with no other")
    if code is None:
        return
    known = refusals[system].codes if system in refusals else frozenset()
    if code not in known:
        raise ValueError(f"code {code!r}: expected one of {sorted(known)} for {system}")


def _require_pattern(match: str) -> None:
    """Refuse what is no regular expression: taken as plain text only, it would seldom strike, and say nothing."""
    try:
        re.compile(match)
    except re.error as error:
        raise ValueError(
            f"match {match} is no regular expression ({error}): put a backslash before each sign that is meant as"
            f" itself: {re.escape(match)}"
        ) from None


def _checked(wanted: dict[str, Any], systems: list[str]) -> dict[str, Any]:
    allowed = {"system", "kind", "match", "method", "rate", "count", "retry_after", "seconds", "code"}
    if unknown := sorted(set(wanted) - allowed):
        raise ValueError(f"unknown keys {unknown}: expected {sorted(allowed)}")
    if wanted.get("system") not in systems:
        raise ValueError(f"system {wanted.get('system')!r}: expected one of {systems}")
    kind = str(wanted.get("kind"))
    if kind not in KINDS:
        raise ValueError(f"kind {kind!r}: expected one of {KINDS}")
    rate = wanted.get("rate", 1)
    if not isinstance(rate, int | float) or not 0 <= rate <= 1:
        raise ValueError(f"rate {rate!r}: expected a number from 0 to 1")
    count = wanted.get("count", 1 if kind == "expired_token" else None)
    if count is not None and (not isinstance(count, int) or count < 0):
        raise ValueError(f"count {count!r}: expected a whole number, or null for no end")
    _require_pattern(str(wanted.get("match") or ""))
    given = {key: value for key, value in wanted.items() if value is not None}
    if "code" in given:
        given["code"] = str(given["code"])
    return {**given, "kind": kind, "rate": float(rate), "count": count, "match": str(wanted.get("match") or "")}
