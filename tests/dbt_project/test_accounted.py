"""Every record that was read is in one place; one that is in none is reported, once, until it is corrected.

Belongs here: records that no comparison would hold. Does not: records that part from another one (test_root_causes).
"""

from __future__ import annotations

from pathlib import Path

import duckdb

from tests.support.raw_world import (
    DAMAGE_LOAD,
    FIRST_LOAD,
    LINES,
    NAMED,
    ORDERS,
    PAID,
    STATEMENTS,
    UNDO_LOAD,
    Change,
    append,
    build,
    gone,
    land,
    set_fields,
)

Found = tuple[str, str, str]
CANCELLATIONS = "raw_tiktok_shop.cancellations"


def found(home: Path) -> set[Found]:
    build(home, "exceptions_build.exc_all")
    with duckdb.connect(home / "warehouse.duckdb") as connection:
        rows = connection.execute("select code, entity_type, entity_id from exceptions_build.exc_all").fetchall()
    return {(code, kind, key) for code, kind, key in rows}


def item(number: str, status: str = "DELIVERED") -> dict[str, str]:
    return {"id": number, "original_price": "10.00", "sale_price": "10.00", "currency": "GBP", "display_status": status}


WITHOUT_A_PLACE: dict[str, Change] = {
    "no list of lines": lambda order: {name: value for name, value in order.items() if name != "line_items"},
    "an empty list of lines": set_fields(line_items=[]),
    "all lines cancelled": set_fields(line_items=[item("2", "CANCELLED")]),
    "two lines of one id": set_fields(line_items=[item("1"), item("1")]),
    "a line of another order": set_fields(line_items=[item("9")]),
    "the other order of that line": set_fields(line_items=[item("8"), item("9")]),
}
WITH_A_PLACE: dict[str, Change] = {
    "unpaid": set_fields(status="UNPAID", line_items=[item("3", "UNPAID")]),
    "cancelled": set_fields(status="CANCELLED", line_items=[item("4", "CANCELLED")]),
    "partly cancelled": set_fields(line_items=[item("5"), item("6", "CANCELLED")]),
    "sample": set_fields(is_sample_order=True, line_items=[item("7")]),
}


def sound(key: str) -> Change:
    """Return the change that gives an order the line it had before, and has again."""
    own = {"all lines cancelled": "2", "two lines of one id": "1"}
    return set_fields(line_items=[item(own.get(key, f"line of {key}"))])


def test_records_that_no_comparison_would_hold_are_reported_until_they_are_corrected(home: Path) -> None:
    for key in WITHOUT_A_PLACE:
        append(home, ORDERS, "5711", change=sound(key), load=FIRST_LOAD, new_key=key)
    for key, change in (WITHOUT_A_PLACE | WITH_A_PLACE).items():
        append(home, ORDERS, "5711", change=change, load=DAMAGE_LOAD, new_key=key)
    append(home, LINES, "line-11", change=set_fields(), load=DAMAGE_LOAD, new_key="line-9", new_parent="statement-9")
    append(home, STATEMENTS, "statement-1", change=set_fields(payment_status="ADJUSTING"), load=DAMAGE_LOAD)
    append(home, PAID, NAMED, change=set_fields(status="ADJUSTING"), load=DAMAGE_LOAD)
    with duckdb.connect(home / "warehouse.duckdb") as connection:
        for key, order in (("lost", "no such order"), ("known", "5711")):
            request = {"order_id": order, "cancel_status": "CANCELLATION_REQUEST_CANCEL", "update_time": 1769904000}
            land(connection, CANCELLATIONS, key, request, load=DAMAGE_LOAD)
    reported = found(home)
    assert {key for _code, kind, key in reported if kind == "cancellation"} == {"lost"}
    assert {key for code, kind, key in reported if kind == "order" and key not in ("5711", "5712")} == set(
        WITHOUT_A_PLACE
    )
    assert reported >= {("SYS-15", "statement", "statement-9"), ("SYS-15", "order", "all lines cancelled")}
    assert {kind for _code, kind, key in reported if key == NAMED} == {"payment"}

    for key in WITHOUT_A_PLACE:
        append(home, ORDERS, "5711", change=sound(key), load=UNDO_LOAD, new_key=key)
    for key in ("unpaid", "cancelled"):
        append(home, ORDERS, key, change=gone, load=UNDO_LOAD)
    append(home, CANCELLATIONS, "lost", change=gone, load=UNDO_LOAD)
    append(home, LINES, "line-9", change=gone, load=UNDO_LOAD)
    append(home, STATEMENTS, "statement-1", change=set_fields(), load=UNDO_LOAD)
    append(home, PAID, NAMED, change=set_fields(), load=UNDO_LOAD)
    assert found(home) == set()
