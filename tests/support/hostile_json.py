"""JSON as no vendor should send it: single values that cannot be used, and replies with damaged bytes.

Belongs here: making mutants of a reply. Does not: what a reader must do with them.
"""

from __future__ import annotations

import json
from random import Random
from typing import Any

from connectors.transport.exact_json import load_json
from connectors.transport.rows import rows_of

MARK = "@@here@@"
UNUSABLE = (
    *("NaN", "Infinity", "-Infinity", "1e999", "-1e-999", "1" * 5_000, "0." + "1" * 500, "1e99999999999999999999"),
    *('"\\ud800"', '"a\\udc00b"', '"\\u0000"', '"x\\u0000y"', '{"a":1,"a":2}', '{"\\ud800":1}'),
    *("[" * 5_000 + "]" * 5_000, '{"a":' * 3_000 + "1" + "}" * 3_000, "[" * 300 + "]" * 300),
)
"""JSON texts of values, each of which no record may land with."""

STRANGE = (
    *(
        "null",
        "true",
        "0",
        "-1",
        "1.5",
        "99999999999999999999",
        '""',
        '" "',
        '"\uff11\uff12"',
        '"2026-02-30"',
        '"\\u202e"',
    ),
    *("[]", "{}", "[[]]", '[null, 1, "x"]', '{"id": null}', json.dumps("x" * 3_000), '"\U0001f600"', "1E+3", "-0"),
)
"""JSON texts of values that are merely not what is expected: a record may land with them."""


def with_value(row: Any, random: Random, text: str) -> Any:
    """Return a copy of a record with one value, at any depth, replaced by a mark; `text` is its JSON."""
    copy = json.loads(json.dumps(row))
    holders = list(_holders(copy))
    holder, key = random.choice(holders)
    holder[key] = MARK + text
    return copy


def written(body: Any) -> bytes:
    """Return a reply's JSON, each mark replaced by the JSON that it carries."""
    text = json.dumps(body)
    while (start := text.find(f'"{MARK}')) >= 0:
        value, length = json.JSONDecoder().raw_decode(text[start:])
        text = text[:start] + value.removeprefix(MARK) + text[start + length :]
    return text.encode("utf-8", "surrogatepass")


def with_damaged_bytes(content: bytes, random: Random) -> bytes:
    """Return a reply with bytes changed, cut out, repeated or put in, or cut short."""
    place = random.randrange(len(content))
    end = min(len(content), place + random.randrange(1, 40))
    kind = random.randrange(6)
    if kind == 0:
        return content[:place] + bytes([random.randrange(256)]) + content[place + 1 :]
    if kind == 1:
        return content[:place] + content[end:]
    if kind == 2:
        return content[:end] + content[place:]
    if kind == 3:
        return content[:place]
    if kind == 4:
        return (
            content[:place]
            + random.choice((b"\xff", b"\x00", b"\xed\xa0\x80", b'"', b"[", b"}", b"\\"))
            + content[place:]
        )
    return random.choice((b"\xef\xbb\xbf", b"\xff\xfe", b" \n")) + content


def bad_row(kind: str, **fields: object) -> Any:
    """Return a row as it comes out of a reply in which one value, or the row itself, cannot be used."""
    text = {"no object": "17", "no number": json.dumps({**fields, "bad": MARK}).replace(f'"{MARK}"', "1e999")}
    return rows_of(load_json(f"[{text[kind]}]".encode()))[0]


def _holders(value: Any) -> Any:
    items = value.items() if isinstance(value, dict) else enumerate(value)
    for key, item in list(items):
        yield value, key
        if isinstance(item, (dict, list)):
            yield from _holders(item)
