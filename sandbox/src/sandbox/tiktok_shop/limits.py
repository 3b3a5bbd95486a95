"""Request limits: a token bucket per endpoint, app and shop.

Belongs here: counting. Does not: the refusal's wire form. TikTok Shop allows 50 requests a second per endpoint, app
and shop by default (fact sheet tiktok_shop 2.4).
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field

DEFAULT_QPS = 50.0


@dataclass
class Buckets:
    """Token buckets by key; each holds one second's worth and refills evenly."""

    levels: dict[tuple[str, ...], tuple[float, float]] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def take(self, key: tuple[str, ...], qps: float, *, now: float | None = None) -> bool:
        """Take one request at `now` (monotonic seconds); False when the bucket is empty."""
        instant = time.monotonic() if now is None else now
        with self.lock:
            level, then = self.levels.get(key, (max(qps, 1.0), instant))
            level = min(max(qps, 1.0), level + (instant - then) * qps)
            allowed = level >= 1
            self.levels[key] = (level - allowed, instant)
        return allowed
