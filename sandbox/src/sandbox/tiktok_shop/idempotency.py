"""Idempotency keys: a replayed one gives the first outcome and does nothing (fact sheet tiktok_shop 2.5).

Belongs here: remembering outcomes. Does not: what is done. Refusals are not remembered: the call may be made again.
"""

from __future__ import annotations

from collections.abc import Callable

from sandbox.store import Body
from sandbox.tiktok_shop.envelope import invalid
from sandbox.tiktok_shop.paging import one
from sandbox.tiktok_shop.request import Request

LONGEST = 255


def once(request: Request, about: str, do: Callable[[], Body]) -> Body:
    """Return what `do` answers, or answered when the request's key was used before for what `about` names.

    Raises:
        ApiError: 36009004 the key is longer than 255 characters; whatever `do` raises.
    """
    key = one(request.query, "idempotency_key")
    if len(key) > LONGEST:
        raise invalid(f"idempotency_key is invalid, at most {LONGEST} characters are allowed")
    meta = f"tiktok_shop.decided.{about}.{key}"
    with request.store.transaction():
        known: Body | None = request.store.get_meta(meta) if key else None
        if known is not None:
            return known
        answer = do()
        if key:
            request.store.set_meta(meta, answer)
    return answer
