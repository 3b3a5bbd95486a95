"""What goes wrong at NewStore with TikTok orders, kept in the truth.

Belongs here: keeping it. Does not: what goes wrong.
"""

from __future__ import annotations

from typing import Any

from sandbox.store import Store
from sandbox.world.truth import remember, truth


def tell(
    store: Store, code: str, about: tuple[str, str, str], order: dict[str, Any], at: int, **detail: object
) -> None:
    """Keep that an order is in trouble, when TikTok Shop has it; `about` is the record that shows it."""
    external_id = str(order["external_id"])
    record = store.get("tiktok_shop", "orders", external_id)
    if record is not None:
        entry = truth(code, about, ("order", external_id), shop_id=record.shop, **detail)
        remember(store, [entry], origin="trade", at=at)
