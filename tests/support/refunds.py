"""Refunds as desired in the books, as tests need them."""

from __future__ import annotations

import hashlib
import json
from decimal import Decimal
from typing import Any

from reverse_sync import Proposal

SYNC = "netsuite__credit_memos"
UK_SHOP = "7495000000000000101"
KEY = f"tieout-refund-{UK_SHOP}-4035000001"


def desired_refund(key: str = KEY, amount: str = "12.50", **changes: Any) -> dict[str, Any]:
    """A refund of two units."""
    rest = str(Decimal(amount) - Decimal("2.40"))
    made = {"external_id": key, "kind": "credit_memo", "customer": "CUST-TTS-UK", "item": "ITEM-TTS-REFUND"}
    lines = [
        {"sku": "NG-MUG", "quantity": "1", "amount": rest, "memo": "return line 1"},
        {"sku": "NG-TEE", "quantity": "1", "amount": "2.40", "memo": "return line 2"},
    ]
    books = {"day": "2026-11-02", "currency": "GBP", "subsidiary": "1", "memo": f"Refund of return {key}"}
    return {**made, **books, "amount": amount, "lines": lines, **changes}


def propose_refund(key: str = KEY, **changes: Any) -> Proposal:
    """A proposal of that refund; its hash follows from what is desired."""
    desired = desired_refund(key, **changes)
    digest = hashlib.md5(json.dumps(desired, sort_keys=True).encode()).hexdigest()
    return Proposal(SYNC, key, UK_SHOP, desired, digest, Decimal(desired["amount"]), desired["currency"])
