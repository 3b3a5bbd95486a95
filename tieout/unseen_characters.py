"""Characters that nobody sees and that act on what shows them: they move a cursor, or turn a text around.

Control characters but line break and tab, and those that set a direction of writing. Belongs here: which they are, and
their escapes in Python and in SQL. Does not: where a text is shown.
"""

from __future__ import annotations

import re

_RANGES = (
    *((0x00, 0x08), (0x0B, 0x1F), (0x7F, 0x9F)),
    *((0x061C, 0x061C), (0x200E, 0x200F), (0x2028, 0x202E), (0x2066, 0x2069)),
)
_SQL_PATTERN = "[" + "".join(rf"\x{{{first:04X}}}-\x{{{last:04X}}}" for first, last in _RANGES) + "]"

UNSEEN = re.compile("[" + "".join(rf"\u{first:04x}-\u{last:04x}" for first, last in _RANGES) + "]")


def escaped(text: str) -> str:
    r"""Return a text with each such character as its escape, as \u202e."""
    return UNSEEN.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def escaped_sql(value: str) -> str:
    """Return SQL that says the same of a text in DuckDB."""
    each = rf"if(regexp_matches(sign, '{_SQL_PATTERN}'), printf('\u%04x', ord(sign)), sign)"
    spelled = f"array_to_string(list_transform(string_split({value}, ''), lambda sign: {each}), '')"
    return f"if(regexp_matches({value}, '{_SQL_PATTERN}'), {spelled}, {value})"
