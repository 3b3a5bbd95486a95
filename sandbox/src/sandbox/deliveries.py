"""Sends webhooks: takes what a system has queued and posts it, to loopback only, on a thread of the server.

Belongs here: due deliveries, their order, the posting itself, the faults of this channel. Does not: what is queued, its
signature, and when it is tried again, which each system's `Channel` says. Deliveries are records of kind
`webhook_deliveries`; their `parent` is their status: PENDING, DELIVERED, DROPPED (given up) or REFUSED (an address
that is not on loopback is never contacted). While one is PENDING, `updated_at` is the instant of its next attempt.
Pauses between attempts run on the world's clock.
"""

from __future__ import annotations

import ipaddress
import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from urllib.parse import urlsplit

from sandbox.faults import WEBHOOK_KINDS, FaultBook
from sandbox.store import Body, Record, Store

KIND = "webhook_deliveries"
TIMEOUT_SECONDS = 3
NOT_LOOPBACK = "not loopback"
_BATCH = 200


@dataclass(frozen=True)
class Channel:
    """How one system sends: the headers of a delivery, and what becomes of it after an attempt.

    `after` takes the delivery's body with the attempt counted, its result (an HTTP status, or the name of an error)
    and the world's clock (epoch seconds); it returns the changes of the body. `streams`, where there are any: their
    names, which deliveries carry as their shop; one that is tried again holds its stream until then.
    """

    system: str
    headers: Callable[[Store, Body], dict[str, str]]
    after: Callable[[Body, str, int], Body]
    streams: Callable[[Store], Sequence[str]] | None = None


@dataclass
class Sender:
    """Delivers a channel's due events, one at a time, oldest first."""

    store: Store
    book: FaultBook
    channel: Channel
    stopped: threading.Event = field(default_factory=threading.Event)
    held: dict[str, int] = field(default_factory=dict)

    def run(self, pause: float = 0.2) -> None:
        """Deliver until `stopped` is set; looks every `pause` seconds of wall time."""
        while not self.stopped.wait(pause):
            self.deliver_due()

    def deliver_due(self) -> int:
        """Try every delivery that is due by the world's clock once; returns how many were tried."""
        if self.channel.streams is None:
            return self._deliver(None)
        return sum(self._deliver(name) for name in self.channel.streams(self.store))

    def _deliver(self, stream: str | None) -> int:
        now, tried = self.store.now, 0
        if stream is not None and self.held.get(stream, now) > now:
            return 0
        due = self.store.select(
            self.channel.system, KIND, shop=stream, parent="PENDING", updated=(None, now + 1), limit=_BATCH
        )
        for record in self._in_order(due):
            if self.stopped.is_set():
                break
            tried += 1
            next_attempt = self._attempt(record, now)
            if stream is not None and next_attempt:
                self.held[stream] = next_attempt
                break
        return tried

    def _in_order(self, due: list[Record]) -> list[Record]:
        ahead: list[Record] = []
        late: list[Record] = []
        for record in due:
            held = self._fault(record, {"reordered"}) if due[1:] else False
            (late if held else ahead).append(record)
        return ahead + late if ahead else late[::-1]

    def _attempt(self, record: Record, now: int) -> int:
        """Try a delivery; return when it is tried again, 0 when it is not."""
        body = dict(record.body)
        twice = self._fault(record, WEBHOOK_KINDS - {"reordered"})
        for _ in range(2 if twice else 1):
            result = _sent(body["address"], body["content"].encode(), self.channel.headers(self.store, body))
            body["sent"] += result != NOT_LOOPBACK
        body["attempts"] += 1
        body["last_result"] = result
        body.update({"status": "REFUSED"} if result == NOT_LOOPBACK else self.channel.after(body, result, now))
        at = body["next_attempt_at"] if body["status"] == "PENDING" else now
        self.store.put(replace(record, body=body, parent=body["status"], updated_at=at))
        return int(at) if body["status"] == "PENDING" else 0

    def _fault(self, record: Record, kinds: set[str]) -> bool:
        body = record.body
        line = f"{body['event_type']} {body['address']} {body['content']}"
        return self.book.take(self.channel.system, "POST", target=line, kinds=kinds) is not None


def _sent(address: str, content: bytes, headers: dict[str, str]) -> str:
    if not _on_loopback(address):
        return NOT_LOOPBACK
    request = urllib.request.Request(  # noqa: S310  loopback
        address, data=content, headers={"Content-Type": "application/json", **headers}, method="POST"
    )
    try:
        with _direct.open(request, timeout=TIMEOUT_SECONDS) as reply:
            return str(reply.status)
    except urllib.error.HTTPError as error:
        error.close()
        return str(error.code)
    except OSError as error:
        return type(error).__name__
    except Exception as error:  # a listener that speaks no HTTP must not end the sender
        return type(error).__name__


class _StayHere(urllib.request.HTTPRedirectHandler):
    """A redirect could lead away from loopback, and no vendor promises to follow one."""

    def redirect_request(self, *_: object, **__: object) -> None:
        """Follow nothing: the redirect's own status is the result."""


_direct = urllib.request.build_opener(urllib.request.ProxyHandler({}), _StayHere())


def _on_loopback(address: str) -> bool:
    parts = urlsplit(address)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        return False
    if parts.hostname == "localhost":
        return True
    try:
        return ipaddress.ip_address(parts.hostname).is_loopback
    except ValueError:
        return False
