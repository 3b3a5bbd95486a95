"""JSON without floats: a Decimal is written digit for digit and read back as it was.

Belongs here: the two directions. Does not: any vendor's shape.
"""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any


def dump_json(value: Any) -> bytes:
    """Return compact UTF-8 JSON of dicts, lists, text, booleans, None, integers and finite Decimals.

    Raises:
        TypeError: for a float, or any other type that has no exact form.
        ValueError: for a Decimal that is not a number.
    """
    return _text(value).encode()


def load_json(content: bytes) -> Any:
    """Return what the bytes spell; numbers with a fraction or exponent are Decimal, others int.

    Raises:
        ValueError: when they are no JSON (NaN and Infinity are none).
    """
    return json.loads(content, parse_float=Decimal, parse_constant=_refuse_constant)


def _text(value: Any) -> str:
    if value is None or isinstance(value, (bool, str)):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, int):
        return str(value)
    if isinstance(value, Decimal):
        return _digits(value)
    if isinstance(value, dict):
        return "{" + ",".join(f"{_name(key)}:{_text(item)}" for key, item in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ",".join(_text(item) for item in value) + "]"
    raise TypeError(f"{type(value).__name__} has no exact JSON form: pass Decimal for amounts, text for instants")


def _digits(value: Decimal) -> str:
    if not value.is_finite():
        raise ValueError(f"{value} is no number that JSON can carry")
    return format(value, "f")


def _name(key: Any) -> str:
    if not isinstance(key, str):
        raise TypeError(f"JSON names are text, found {type(key).__name__}")
    return json.dumps(key, ensure_ascii=False)


def _refuse_constant(name: str) -> Any:
    raise ValueError(f"{name} is no JSON")
