"""What a spreadsheet does to the ids of a file that it opens and saves.

Belongs here: detecting such a value. Does not: which columns hold ids (config.maps, bank.csv_lines).
"""

from __future__ import annotations

import re
from collections.abc import Collection

_SCIENTIFIC = re.compile(r"[+-]?[0-9]([.,][0-9]+)?[Ee][+][0-9]+")
_POINT_ZERO = re.compile(r"[0-9]{6,}[.,]0+")


def spreadsheet_damage(value: str, known: Collection[str] = ()) -> str:
    """Return what a spreadsheet did to an id, in a sentence, or nothing. `known`: ids of which it may be one.

    A spreadsheet shows a long number as 7.495E+18 and keeps 15 of its digits: what it saves is another id.
    """
    if _SCIENTIFIC.fullmatch(value):
        return "a spreadsheet has shortened this id, and its last digits are lost: format the column as text"
    if _POINT_ZERO.fullmatch(value):
        return "a spreadsheet has made this id a decimal number: format the column as text"
    close = [one for one in known if value != one and len(value) == len(one) > 15 and value[:15] == one[:15]]
    if close and value.isascii() and value.isdigit() and not value[15:].strip("0"):
        return f"a spreadsheet has rounded this id, probably {close[0]}: format the column as text"
    return ""
