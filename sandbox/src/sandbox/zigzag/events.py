"""Webhooks that ZigZag sends: who registered, what is queued, and when a failed delivery is tried again.

Belongs here: registrations, the queue, the pace of retries. Does not: sending (`sandbox.deliveries`).
Fact sheet zigzag 2, 7.4: unsigned; failures of the listed outcomes are retried once a day for seven days.
"""

from __future__ import annotations

import json
import uuid
from typing import Any

from sandbox.deliveries import KIND as DELIVERIES
from sandbox.deliveries import Channel
from sandbox.store import Body, Record, Store, wire_body
from sandbox.zigzag.errors import WireError, invalid
from sandbox.zigzag.profile import SYSTEM, iso, next_number

EVENTS = (
    *("return.created", "return.label_issued", "tracking.updated", "return.received", "return.graded"),
    *("return.processed", "return.cancelled"),
)
WEBHOOKS = "webhooks"
RETRIED = {"400", "401", "403", "405", "408", "500", "502"}
"""Statuses that the documented list has; any other answer, 503 too, ends a delivery. No answer is retried."""
RETRY_AT, DAY, RETRY_DAYS = 6 * 3600, 86400, 7


def emit(store: Store, event: str, snapshot: Body, *, at: int) -> None:
    """Queue an event of a return for everyone who asked for it; `at` is world time (epoch seconds)."""
    wanted = [each.body for each in store.select(SYSTEM, WEBHOOKS) if event in (each.body.get("events") or ())]
    if not wanted:
        return
    number = next_number(store, "event", first=1)
    envelope = {
        "eventId": str(uuid.uuid5(uuid.NAMESPACE_OID, f"zigzag:event:{number}")),
        "event": event,
        "occurredAt": iso(at),
        "retailerCode": snapshot["retailerCode"],
        "data": snapshot,
    }
    for hook in wanted:
        id = f"{number:09d}-{hook['webhookId']}"
        body = {
            "id": id,
            "event_type": event,
            "address": hook["url"],
            "content": json.dumps(envelope, separators=(",", ":")),
            "status": "PENDING",
            "attempts": 0,
            "sent": 0,
            "next_attempt_at": at,
            "last_result": "",
            "_webhook": hook["webhookId"],
        }
        store.put(Record(SYSTEM, DELIVERIES, id, body, "", "PENDING", at, at))


def register(store: Store, wanted: dict[str, Any]) -> dict[str, Any]:
    """Answer POST /webhooks; without `events` all are meant. Raises WireError 400."""
    url, asked, headers = wanted.get("url"), wanted.get("events") or list(EVENTS), wanted.get("headers") or {}
    if not isinstance(url, str) or not url.startswith(("http://", "https://")):
        raise invalid("url", url, "an address that begins with https:// or http://")
    if not isinstance(asked, list) or any(event not in EVENTS for event in asked):
        raise invalid("events", asked, f"some of {', '.join(EVENTS)}")
    if not isinstance(headers, dict) or not all(isinstance(value, str) for value in headers.values()):
        raise invalid("headers", type(headers).__name__, "an object of texts")
    with store.transaction():
        id = str(next_number(store, "webhook", first=1))
        body = {"webhookId": id, "url": url, "events": asked, "headers": headers, "createdAt": iso(store.now)}
        store.put(Record(SYSTEM, WEBHOOKS, id, body, "", "", store.now, store.now))
    return body


def registered(store: Store) -> dict[str, Any]:
    """Answer GET /webhooks; the headers' values are not shown."""
    bodies = [wire_body(record) for record in store.select(SYSTEM, WEBHOOKS)]
    return {"webhooks": [{**body, "headers": dict.fromkeys(body["headers"], "***")} for body in bodies]}


def forget(store: Store, id: str) -> dict[str, Any]:
    """Answer DELETE /webhooks/{id}. Raises WireError 404."""
    if not store.delete(SYSTEM, WEBHOOKS, id):
        raise WireError("not_found", f"webhook {id!r}: there is no such webhook")
    return {"webhookId": id}


def _headers(store: Store, delivery: Body) -> dict[str, str]:
    """Return the headers that go with a delivery: those of its registration, while there is one."""
    hook = store.get(SYSTEM, WEBHOOKS, str(delivery.get("_webhook")))
    return dict(hook.body["headers"]) if hook else {}


def _after(delivery: Body, result: str, now: int) -> Body:
    """Return what becomes of a delivery whose attempt ended like this: an HTTP status, or the name of an error."""
    if result.startswith("2") and result.isdigit():
        return {"status": "DELIVERED"}
    next_run = now - now % DAY + RETRY_AT
    next_run += 0 if next_run > now else DAY
    first = int(delivery.get("_first_failed_at") or now)
    if (result.isdigit() and result not in RETRIED) or next_run > first + RETRY_DAYS * DAY:
        return {"status": "DROPPED"}
    return {"next_attempt_at": next_run, "_first_failed_at": first}


CHANNEL = Channel(SYSTEM, _headers, _after)
