"""Webhooks sent by TikTok Shop: queued by the world, sent by `sandbox.deliveries`.

Belongs here: the queue, the pace of retries, the signature on the way out. Does not: who subscribed
(`subscriptions`), the sending. Fact sheet tiktok_shop 8.2: a reply other than HTTP 200 within 3 s is retried after
2 min, 30 min, 3 h and 12 h. These pauses run on the world's clock.
"""

from __future__ import annotations

import json

from sandbox.deliveries import KIND, Channel
from sandbox.store import Body, Record, Store
from sandbox.tiktok_shop.signing import webhook_signature
from sandbox.tiktok_shop.subscriptions import EVENT_TYPES
from sandbox.tiktok_shop.subscriptions import KIND as SUBSCRIPTIONS
from sandbox.tiktok_shop.tokens import APP_KEY, APP_SECRET

PAUSES = (120, 1800, 3 * 3600, 12 * 3600)
_FIRST_ID = 7327112393057371910
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


def _signed(store: Store, delivery: Body) -> dict[str, str]:
    return {"Authorization": webhook_signature(APP_KEY, APP_SECRET, body=delivery["content"].encode())}


def _after(delivery: Body, result: str, now: int) -> Body:
    if result == "200":
        return {"status": "DELIVERED"}
    if delivery["attempts"] > len(PAUSES):
        return {"status": "DROPPED"}
    return {"next_attempt_at": now + PAUSES[delivery["attempts"] - 1]}


CHANNEL = Channel("tiktok_shop", _signed, _after)
