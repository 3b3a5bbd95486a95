"""Webhooks sent by TikTok Shop: queued by the world, delivered by a thread of the server.

Belongs here: the queue, the retries and their pace, the signature on the way out. Does not: who subscribed
(`subscriptions`). Deliveries are records of kind `webhook_deliveries`; their `parent` is their status: PENDING,
DELIVERED, DROPPED (given up) or REFUSED (an address that is not on loopback is never contacted).
Fact sheet tiktok_shop 8.2: a reply other than HTTP 200 within 3 s is retried after 2 min, 30 min, 3 h and 12 h. These
pauses run on the world's clock.
"""

from __future__ import annotations

import ipaddress
import json
import threading
import urllib.error
import urllib.request
from dataclasses import dataclass, field, replace
from urllib.parse import urlsplit

from sandbox.faults import WEBHOOK_KINDS, FaultBook
from sandbox.store import Body, Record, Store
from sandbox.tiktok_shop.signing import webhook_signature
from sandbox.tiktok_shop.subscriptions import EVENT_TYPES
from sandbox.tiktok_shop.subscriptions import KIND as SUBSCRIPTIONS
from sandbox.tiktok_shop.tokens import APP_KEY, APP_SECRET

KIND = "webhook_deliveries"
TIMEOUT_SECONDS = 3
PAUSES = (120, 1800, 3 * 3600, 12 * 3600)
_FIRST_ID = 7327112393057371910
_BATCH = 200
_NAMES = {number: name for name, number in EVENT_TYPES.items()}


def emit(store: Store, shop_id: str, type: str | int, data: Body, *, at: int | None = None) -> str | None:
    """Queue an event for the shop's subscriber; returns the delivery's id, None without a subscriber.

    `type` is the event's number or name (1 or ORDER_STATUS_CHANGE), `at` its instant in world time (default: now).
    """
    name = _NAMES.get(type, "") if isinstance(type, int) else type
    subscription = store.get("tiktok_shop", SUBSCRIPTIONS, f"{shop_id}:{name}")
    if subscription is None:
        return None
    instant = store.now if at is None else at
    with store.transaction():
        id = str(_FIRST_ID + store.get_meta("tiktok_shop.webhooks", 0))
        store.set_meta("tiktok_shop.webhooks", int(id) - _FIRST_ID + 1)
        message = {"type": EVENT_TYPES[name], "tts_notification_id": id, "shop_id": shop_id, "timestamp": instant}
        body = {
            "id": id,
            "event_type": name,
            "address": subscription.body["address"],
            "content": json.dumps({**message, "data": data}, separators=(",", ":")),
            "status": "PENDING",
            "attempts": 0,
            "sent": 0,
            "next_attempt_at": instant,
            "last_result": "",
        }
        store.put(Record("tiktok_shop", KIND, id, body, shop_id, "PENDING", instant, instant))
    return id


@dataclass
class Sender:
    """Delivers due events, one at a time, oldest first."""

    store: Store
    book: FaultBook
    stopped: threading.Event = field(default_factory=threading.Event)

    def run(self, pause: float = 0.2) -> None:
        """Deliver until `stopped` is set; looks every `pause` seconds of wall time."""
        while not self.stopped.wait(pause):
            self.deliver_due()

    def deliver_due(self) -> int:
        """Try every delivery that is due by the world's clock once; returns how many were tried."""
        now = self.store.now
        pending = self.store.select("tiktok_shop", KIND, parent="PENDING", limit=_BATCH)
        due = self._in_order([record for record in pending if record.body["next_attempt_at"] <= now])
        for record in due:
            if self.stopped.is_set():
                break
            self._attempt(record, now)
        return len(due)

    def _in_order(self, due: list[Record]) -> list[Record]:
        ahead: list[Record] = []
        late: list[Record] = []
        for record in due:
            held = self.book.take("tiktok_shop", "POST", target=_line(record), kinds={"reordered"}) if due[1:] else None
            (late if held else ahead).append(record)
        return ahead + late if ahead else late[::-1]

    def _attempt(self, record: Record, now: int) -> None:
        body = dict(record.body)
        twice = self.book.take("tiktok_shop", "POST", target=_line(record), kinds=WEBHOOK_KINDS - {"reordered"})
        for _ in range(2 if twice else 1):
            result = _sent(body["address"], body["content"].encode())
            body["sent"] += result != "not loopback"
        body["attempts"] += 1
        body["last_result"] = result
        body.update(_next(body, result, now))
        self.store.put(replace(record, body=body, parent=body["status"], updated_at=now))


def _line(record: Record) -> str:
    return f"{record.body['event_type']} {record.body['address']} {record.body['content']}"


def _next(body: Body, result: str, now: int) -> Body:
    if result == "200":
        return {"status": "DELIVERED"}
    if result == "not loopback":
        return {"status": "REFUSED"}
    if body["attempts"] > len(PAUSES):
        return {"status": "DROPPED"}
    return {"next_attempt_at": now + PAUSES[body["attempts"] - 1]}


def _sent(address: str, content: bytes) -> str:
    if not _on_loopback(address):
        return "not loopback"
    headers = {
        "Content-Type": "application/json",
        "Authorization": webhook_signature(APP_KEY, APP_SECRET, body=content),
    }
    request = urllib.request.Request(address, data=content, headers=headers, method="POST")  # noqa: S310  loopback
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
    """A redirect could lead away from loopback, and the vendor does not promise to follow one."""

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
