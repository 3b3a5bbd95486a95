"""Whether an order is released for shipping, as TikTok Shop shows it at this moment.

Belongs here: that check. Does not: reading the order, or what is sent (each destination).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

RELEASED, LABELLED = "AWAITING_SHIPMENT", "AWAITING_COLLECTION"


def not_released(order: Mapping[str, Any], label: str) -> str:
    """Return why an order may not go now, "" when it may; `{}` is an order that is not there.

    With TikTok's label (`label` is its tracking number) its shipment is arranged already, under just that number.
    """
    status = str(order.get("status") or "no such order")
    if status != (LABELLED if label else RELEASED):
        return f"it is {status}"
    if order.get("is_buyer_request_cancel"):
        return "the buyer asks to cancel it"
    lines = [line for line in order.get("line_items") or [] if line.get("display_status") != "CANCELLED"]
    numbers = {str(line.get("tracking_number") or "none") for line in lines}
    return f"its label is {', '.join(sorted(numbers))}, not {label}" if label and numbers != {label} else ""
