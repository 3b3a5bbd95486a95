"""JSON without floats: a Decimal is written digit for digit and read back as it was.

What is read is bounded: depth, length of numbers, text that is Unicode, names that come once. A value beyond that does
not spoil the rest of a page: an `Unusable` takes its place, and a record that holds one cannot be written.

Belongs here: the two directions, and those bounds. Does not: any vendor's shape.
"""

from __future__ import annotations

import json
import re
from decimal import Decimal, InvalidOperation
from typing import Any

import orjson

MAX_DEPTH = 254  # what canonical JSON (orjson) can write; vendors' records are a dozen deep
MAX_DIGITS = 100
MAX_SHOWN = 60

_TOKEN = re.compile(r'"(?:[^"\\]++|\\.?)*+(?:"|\Z)|[\[\]{}]', re.DOTALL)
_CUT = "-Infinity"
_DEEP = "[…]"
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_ESCAPED = re.compile(rb"\\u00(?:00|3[aA])")  # a NUL; and a colon that would spoil the count of names


class Unusable:
    """What replaces a value that cannot be used: as it was sent, shortened, and why. No text, number or container."""

    __slots__ = ("reason", "value")

    def __init__(self, value: str, reason: str) -> None:
        """Keep at most 60 characters of the value."""
        shown = value.encode("utf-8", "backslashreplace").decode().replace("\x00", "\\u0000")
        self.value = shown if len(shown) <= MAX_SHOWN else shown[: MAX_SHOWN - 1] + "…"
        self.reason = reason

    def __repr__(self) -> str:
        return f"{self.value} ({self.reason})"


def dump_json(value: Any) -> bytes:
    """Return compact UTF-8 JSON of dicts, lists, text, booleans, None, integers and finite Decimals.

    Raises:
        TypeError: for a float, or any other type that has no exact form.
        ValueError: for a Decimal that is not a number.
    """
    return _text(value).encode()


def load_json(content: bytes) -> Any:
    """Return what the bytes spell; numbers with a fraction or exponent are Decimal, others int.

    An `Unusable` replaces: NaN and Infinity; numbers of more than 100 digits; what is nested more than 254 deep; text
    that is no Unicode or holds a NUL; a name that comes twice in one object.

    Raises:
        ValueError: when they are no JSON, or one value that cannot be used.
    """
    if _is_plain(content):
        return _PLAIN.decode(content.decode())
    text = content.removeprefix(_BYTE_ORDER_MARK).decode("utf-8", "surrogateescape")
    value = _usable(_CAREFUL.decode(_cut(text)))
    if isinstance(value, Unusable):
        raise ValueError(str(value))
    return value


def unusable_in(value: Any) -> tuple[str, Unusable] | None:
    """Return the first value in a record that cannot be used, with the path of its field, as `lines[0].price`."""
    waiting: list[tuple[str, Any, int]] = [("", value, 0)]
    while waiting:
        path, found, depth = waiting.pop()
        if isinstance(found, Unusable):
            return path[:MAX_SHOWN], found
        if depth > MAX_DEPTH:
            return path[:MAX_SHOWN], Unusable(_DEEP, f"nested more than {MAX_DEPTH} deep")
        if isinstance(found, dict):
            named = [(f"{path}.{name}" if path else str(name), item, depth + 1) for name, item in found.items()]
            waiting += reversed(named)
        elif isinstance(found, list):
            waiting += reversed([(f"{path}[{place}]", item, depth + 1) for place, item in enumerate(found)])
    return None


def _is_plain(content: bytes) -> bool:
    """Return whether no value needs care, quickly: by a strict and bounded parser that reads numbers as floats."""
    try:
        written = orjson.dumps(orjson.loads(content))
    except (ValueError, TypeError):
        return False
    return written.count(b":") == content.count(b":") and not _ESCAPED.search(content)


def _cut(text: str) -> str:
    """Return JSON text with a stand-in for each value that is nested too deep."""
    kept: list[str] = []
    depth = start = 0
    for token in _TOKEN.finditer(text):
        sign = token.group()
        if sign in "[{":
            depth += 1
            if depth == MAX_DEPTH + 1:
                kept += [text[start : token.start()], _CUT]
                start = len(text)
        elif sign in "]}":
            if depth == MAX_DEPTH + 1:
                start = token.end()
            depth -= 1
    return "".join([*kept, text[start:]])


def _usable(value: Any) -> Any:
    if isinstance(value, list):
        return [_usable(item) for item in value]
    if not isinstance(value, str):
        return value
    try:
        value.encode()
    except UnicodeEncodeError:
        return Unusable(value, "text that is no Unicode")
    return Unusable(value, "text with a NUL character") if "\x00" in value else value


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        known = _usable(name)
        if isinstance(known, Unusable):
            found[known.value] = known
        elif name in found:
            found[name] = Unusable(f"{_short(found[name])} and {_short(value)}", "named twice in one object")
        else:
            found[name] = _usable(value)
    return found


def _short(value: Any) -> str:
    return "an object" if isinstance(value, dict) else "a list" if isinstance(value, list) else str(value)


def _decimal(text: str) -> Decimal | Unusable:
    try:
        value = Decimal(text)
    except InvalidOperation:
        return Unusable(text, "a number out of all bounds")
    if len(text) <= MAX_DIGITS and -MAX_DIGITS <= value.adjusted() <= MAX_DIGITS:
        return value
    return Unusable(text, f"a number of more than {MAX_DIGITS} digits")


def _integer(text: str) -> int | Unusable:
    return int(text) if len(text) <= MAX_DIGITS else Unusable(text, f"a number of more than {MAX_DIGITS} digits")


def _constant(name: str) -> Unusable:
    deep = f"no number, or nested more than {MAX_DEPTH} deep"
    return Unusable(_DEEP, deep) if name == _CUT else Unusable(name, "no number")


_PLAIN = json.JSONDecoder(parse_float=_decimal, parse_int=_integer, parse_constant=_constant)
_CAREFUL = json.JSONDecoder(
    parse_float=_decimal, parse_int=_integer, parse_constant=_constant, object_pairs_hook=_object, strict=False
)


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
