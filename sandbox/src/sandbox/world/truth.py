"""What is wrong in the world, as only the world knows it: the answer sheet for whoever looks for it.

Belongs here: remembering planted failures and the few that trade brings by itself. Does not: planting them.
"""

from __future__ import annotations

from typing import Any

from sandbox.store import Store

Truth = dict[str, Any]


def truth(code: str, record: tuple[str, str, str], entity: tuple[str, str], *, shop_id: str, **detail: object) -> Truth:
    """Return one answer: the failure's code, the changed record, and the entity the failure is about."""
    system, kind, id = record
    entity_type, entity_id = entity
    return {
        "code": code,
        "system": system,
        "kind": kind,
        "id": id,
        "entity_type": entity_type,
        "entity_id": entity_id,
        "shop_id": shop_id,
        "detail": detail,
    }


def remember(store: Store, entries: list[Truth], *, origin: str, at: int) -> None:
    """Keep answers; `origin` is "incident" when planted, "trade" when the world did it by itself. `at`: epoch s."""
    known: list[Truth] = store.get_meta("truth", [])
    store.set_meta("truth", known + [{**entry, "origin": origin, "at": at} for entry in entries])
