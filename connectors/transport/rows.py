"""Rows of a list as received: one that is no object, or has no id, must not spoil the others.

Belongs here: what every vendor's lists share. Does not: paging, or proving a list whole (each system's `pages`).
"""

from __future__ import annotations

from typing import Any

from connectors.transport.exact_json import Unusable

Row = dict[str, Any]


def rows_of(found: Any) -> list[Row]:
    """Return objects as they are, and each other value as an object that no record can be written from.

    Raises:
        TypeError: when it is no list.
    """
    if not isinstance(found, list):
        raise TypeError(f"expected a list, found {type(found).__name__}")
    return [row if isinstance(row, dict) else {"row": Unusable(str(row), "expected an object")} for row in found]


def key_of(row: Row, name: str) -> str:
    """Return what identifies a row of a list: the field `name` as text, or all of a row that has none."""
    value = row.get(name)
    is_id = isinstance(value, (str, int)) and value != ""
    return str(value) if is_id else f"without {name}: {row!r}"
