"""A value that was given and cannot be read is named in quarantine, whichever field holds it, and clears when mended.

Belongs here: one raw record for each field that staging reads and each kind of bad value. Does not: what the rest of
the product makes of such a record (tests/integration), or records that ingestion refuses.
"""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import duckdb

from tests.support.raw_world import DAMAGE_LOAD, SHOP, UNDO_LOAD, land, order_line, run_dbt

Payload = dict[str, Any]
NOW = 1_770_000_000
BAD_TIMES = (-1, 99_999_999_999_999, 9e15, "soon", "\uff11\uff17\uff17", [NOW], {"at": NOW}, True)
MONEY = {"currency": "GBP", "total_amount": "20.00"}
ITEM = {"id": "1", "original_price": "20.00", "display_status": "DELIVERED", "currency": "GBP"}
AMOUNT = {"value": "1.00", "currency": "GBP"}
CANCELLATION = {"order_id": "1", "seller_next_action_response": [{"action": "ANY", "deadline": NOW}]}
ESTIMATE = {"type": "ORDER", "order_id": "1", "estimated_settlement": "Delivered + 7 days"}
PAYMENT = {"status": "PROCESSING", "amount": AMOUNT, "create_time": NOW, "paid_time": NOW}
# Each raw table, what it is called in quarantine, and a sound record of it.
SOUND: dict[str, tuple[str, Payload]] = {
    "raw_tiktok_shop.orders": ("orders", {"status": "COMPLETED", "payment": MONEY, "line_items": [ITEM]}),
    "raw_tiktok_shop.payments": ("payments", PAYMENT),
    "raw_tiktok_shop.packages": ("packages", {"status": "PROCESSING"}),
    "raw_tiktok_shop.cancellations": ("cancellations", CANCELLATION),
    "raw_tiktok_shop.statement_transactions": ("statement_transactions", order_line("1", "1.00", "0", "1.00")),
    "raw_tiktok_shop.unsettled_transactions": ("unsettled_transactions", ESTIMATE),
}
ORDER_TIMES = ("create", "paid", "delivery", "update", "rts_sla", "tts_sla", "shipping_due", "cancel")
# The fields of each table, and what none of them can be.
FIELDS: list[tuple[str, tuple[str, ...], tuple[Any, ...]]] = [
    ("raw_tiktok_shop.orders", tuple(f"{name}_time" for name in ORDER_TIMES), BAD_TIMES),
    ("raw_tiktok_shop.payments", ("create_time", "paid_time"), BAD_TIMES),
    ("raw_tiktok_shop.packages", ("create_time", "update_time"), BAD_TIMES),
    (
        "raw_tiktok_shop.cancellations",
        ("create_time", "update_time", "seller_next_action_response.deadline"),
        BAD_TIMES,
    ),
    ("raw_tiktok_shop.statement_transactions", ("order_create_time", "estimated_release_time"), BAD_TIMES),
    ("raw_tiktok_shop.unsettled_transactions", ("order_create_time", "order_delivery_time"), BAD_TIMES),
    ("raw_tiktok_shop.unsettled_transactions", ("estimated_settlement",), (-1, 99_999_999_999_999, 9e15)),
]


def with_value(payload: Payload, field: str, value: Any) -> Payload:
    """Return a copy of the record with another value in one field; a list on the way means its first entry."""
    changed = copy.deepcopy(payload)
    place: Any = changed
    *way, last = field.split(".")
    for name in way:
        place = place.setdefault(name, {})
        place = place[0] if isinstance(place, list) else place
    place[last] = value
    return changed


def records() -> list[tuple[str, str, str, Payload]]:
    """Return every bad record: its table, its id, its bad field, and its payload."""
    return [
        (table, f"{field}-{number}", field, with_value(SOUND[table][1], field, value))
        for table, fields, values in FIELDS
        for field in fields
        for number, value in enumerate(values)
    ]


def landed(home: Path, load: tuple[str, str], *, mended: bool) -> None:
    with duckdb.connect(home / "warehouse.duckdb") as connection:
        connection.execute("set TimeZone = 'UTC'")
        for table, key, _field, bad in records():
            payload = SOUND[table][1] if mended else bad
            land(connection, table, key, payload, shop=SHOP, parent="parent", load=load)
        for table, (_entity, sound) in SOUND.items():
            if not mended:
                land(connection, table, "sound", sound, shop=SHOP, parent="parent", load=load)
                land(connection, table, "void", with_nulls(table), shop=SHOP, parent="parent", load=load)


def with_nulls(table: str) -> Payload:
    """Return a sound record of the table whose other fields are given as null: that is no fault."""
    payload = SOUND[table][1]
    for name, fields, _values in FIELDS:
        for field in fields if name == table else ():
            if "." not in field and field not in payload:
                payload = with_value(payload, field, None)
    return payload


def held(home: Path) -> set[tuple[str, str, str]]:
    run_dbt(home, "--select", "+exc_quarantine")
    with duckdb.connect(home / "warehouse.duckdb") as connection:
        named = connection.execute("select entity, record_id, field from audit.quarantine").fetchall()
        told = connection.execute("select entity_id from exceptions_build.exc_quarantine").fetchall()
    assert {key for (key,) in told} >= {f"tiktok_shop/{entity}/{record}" for entity, record, _field in named}
    return set(named)


def test_every_value_that_cannot_be_read_is_named_until_it_is_mended(home: Path) -> None:
    landed(home, DAMAGE_LOAD, mended=False)
    assert held(home) == {(SOUND[table][0], key, field) for table, key, field, _payload in records()}
    landed(home, UNDO_LOAD, mended=True)
    assert held(home) == set()
