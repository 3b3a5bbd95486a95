"""What a bad wire does to a reply that was right: rows lost, order changed, JSON broken.

Belongs here: functions from one reply body to a worse one. Does not: deciding when (see `faults`).
"""

from __future__ import annotations

import json
import random
from typing import Any


def damaged(kind: str, body: bytes) -> bytes | None:
    """Return the damaged body, or None when this reply offers nothing to damage (no JSON, no rows)."""
    if kind == "truncated_body":
        return body[: len(body) // 2] if body else None
    if kind == "bad_json":
        return body[:-1] + b",}" if body else None
    try:
        reply = json.loads(body)
    except ValueError:
        return None
    whole = {"rows": reply} if isinstance(reply, list) else reply
    place = rows_of(whole)
    if place is None:
        return None
    holder, key = place
    rows = holder[key]
    # Half the rows go while total_count and the next token stay: only counting reveals it.
    holder[key] = rows[: len(rows) // 2] if kind == "truncated_page" else _shuffled(rows)
    shown = holder[key] if isinstance(reply, list) else reply
    return json.dumps(shown, separators=(",", ":"), ensure_ascii=False).encode()


def rows_of(reply: Any) -> tuple[dict[str, Any], str] | None:
    """Return the object and the key that hold a reply's longest list of rows (top level, or one below)."""
    if not isinstance(reply, dict):
        return None
    holders = [part for part in (*reply.values(), reply) if isinstance(part, dict)]
    places = [
        (holder, key)
        for holder in holders
        for key, value in holder.items()
        if isinstance(value, list) and value and isinstance(value[0], dict)
    ]
    return max(places, key=lambda place: len(place[0][place[1]]), default=None)


def _shuffled(rows: list[Any]) -> list[Any]:
    mixed = list(rows)
    random.Random(len(rows)).shuffle(mixed)  # noqa: S311  the same disorder every time, no secret
    return mixed if mixed != rows else mixed[::-1]
