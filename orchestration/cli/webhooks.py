"""The receiver of TikTok Shop's webhooks: verify, remember once, answer at once.

Belongs here: turning a signed notification into an inbox row. Does not: acting on it (ingestion re-reads the order that
a notification names; the payload itself is only a hint, since deliveries double, reorder and get lost).
"""

from __future__ import annotations

import logging

from sqlalchemy import insert, select
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from connectors.tiktok_shop.webhooks import Notification, WebhookError, verify_webhook
from tieout.clock import Clock, utc_now
from tieout.errors import TieoutError
from tieout.settings import Settings
from tieout.state import State, webhook_inbox

_LOG = logging.getLogger(__name__)
MAX_BYTES = 1_000_000
WAIT_SECONDS = 4.0  # for other writers of the state, within what the vendor waits for an answer
RETRY_AFTER_SECONDS = "30"


def webhook_app(settings: Settings, state: State, *, clock: Clock = utc_now) -> Starlette:
    """Return the ASGI application that answers `POST /webhooks/tiktok_shop`.

    200 with an empty body once the notification is stored (also when it was stored before), 401 on a wrong signature,
    413 on a body that no notification has, 503 with Retry-After when the state cannot be written: the vendor sends
    again. What a state's other writers may take is set where it is opened.
    """

    async def receive(request: Request) -> Response:
        body = await _bounded_body(request)
        if body is None:
            return Response(status_code=413)
        try:
            notification = verify_webhook(
                settings.tiktok_shop.app_key.get_secret_value(),
                settings.tiktok_shop.app_secret.get_secret_value(),
                body,
                request.headers.get("authorization", ""),
            )
        except WebhookError as error:
            _LOG.warning("webhook refused: %s", error)
            return Response(status_code=401)
        try:
            await run_in_threadpool(remember, state, notification, clock=clock)
        except (TieoutError, PoolTimeoutError) as error:
            _LOG.error("webhook not stored, to be sent again: %s", error)
            return Response(status_code=503, headers={"Retry-After": RETRY_AFTER_SECONDS})
        return Response(status_code=200)

    return Starlette(routes=[Route("/webhooks/tiktok_shop", receive, methods=["POST"])])


async def _bounded_body(request: Request) -> bytes | None:
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > MAX_BYTES:
            return None
    return bytes(body)


def remember(state: State, notification: Notification, *, clock: Clock = utc_now) -> bool:
    """Store a notification once; False when it is already there."""
    key = (webhook_inbox.c.system == "tiktok_shop") & (webhook_inbox.c.notification_id == notification.id)
    with state.transaction() as connection:
        if connection.execute(select(webhook_inbox.c.system).where(key)).first():
            return False
        connection.execute(
            insert(webhook_inbox).values(
                system="tiktok_shop",
                notification_id=notification.id,
                shop_id=notification.shop_id,
                type=str(notification.type),
                entity_id=notification.order_id,
                received_at=clock().isoformat(),
                handled_at="",
            )
        )
    return True
