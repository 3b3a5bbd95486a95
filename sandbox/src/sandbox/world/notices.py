"""Handing over the webhooks that a slice of the world's time caused.

Belongs here: from the world's notices to TikTok Shop's queue. Does not: what is worth a notice.
"""

from __future__ import annotations

import importlib
import importlib.util

from sandbox.world.state import TIKTOK, World

WEBHOOKS = "sandbox.tiktok_shop.webhooks"


def hand_over(world: World) -> None:
    """Queue the waiting webhooks, each as of its instant; without subscribers none is sent."""
    notices, world.notices = world.notices, []
    if (
        not notices
        or not world.store.count(TIKTOK, "webhook_subscriptions")
        or importlib.util.find_spec(WEBHOOKS) is None
    ):
        return
    emit = importlib.import_module(WEBHOOKS).emit
    for at, shop_id, kind, data in notices:
        emit(world.store, shop_id, kind, data, at=at)
