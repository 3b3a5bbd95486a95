"""The elements of the segments we read and write: kind, shortest, longest (fact sheet gxo 4 to 10, X12 4010).

Belongs here: the table and the check of one segment against it. Does not: the order of segments.
"""

from __future__ import annotations

import re
from datetime import datetime

from connectors.gxo.errors import shown
from connectors.gxo.segments import Segment

_SPECS = {
    "W05": "!ID1-1 AN1-22 AN1-22 N06-6 AN1-22 ID2-2 ID1-2",
    "N1": "!ID2-3 AN1-60 ID1-2 AN2-80",
    "N2": "!AN1-60 AN1-60",
    "N3": "!AN1-55 AN1-55",
    "N4": "AN2-30 ID2-2 ID3-15 ID2-3",
    "PER": "!ID2-2 AN1-60 ID2-2 AN1-80 ID2-2 AN1-80",
    "N9": "!ID2-3 AN1-30 AN1-45 DT8-8 TM4-8",
    "REF": "!ID2-3 AN1-30 AN1-80",
    "G62": "ID2-2 DT8-8 ID1-2 TM4-8 ID2-2",
    "NTE": "ID3-3 !AN1-80",
    "W66": "!ID2-2 !ID1-2 ID1-1 ID2-2 AN1-35 ID1-2 AN1-80 ID2-2 N01-15 ID2-4",
    "LX": "!N01-6",
    "W01": "!R1-10 !ID2-2 AN12-12 ID2-2 AN1-48 ID2-2 AN1-48",
    "W76": "!R1-10 R1-10 ID2-2 R1-8 ID2-2 R1-5",
    "W06": "!ID1-1 AN1-22 DT8-8 AN1-30 AN1-12 AN1-22 AN1-22 N06-6 ID2-3 ID2-2 ID2-2 ID1-2",
    "W27": "!ID1-2 ID2-4 AN1-35 ID2-2 ID2-2 AN1-4 AN1-10 ID2-2",
    "MAN": "!ID1-2 !AN1-48 AN1-48 ID1-2 AN1-48 AN1-48",
    "W12": "!ID2-2 R1-10 R1-10 R1-9 ID2-2 AN12-12 ID2-2 AN1-48",
    "W03": "!R1-10 R1-10 ID2-2 R1-8 ID2-2 N01-8 ID2-2",
    "BIA": "!ID2-2 !ID2-2 !AN1-30 !DT8-8 TM4-8 ID1-2",
    "LIN": "AN1-20 !ID2-2 !AN1-48",
    "QTY": "!ID2-2 !R1-15",
    "CTT": "!N01-6 R1-10",
    "W15": "!DT8-8 AN1-22 AN1-22 ID2-2 ID2-2 ID1-2",
    "W19": "!ID2-2 !R1-10 !ID2-2 AN12-12 ID2-2 AN1-48 ID2-2 AN1-48",
    "W17": "!ID1-1 !DT8-8 !AN1-12 AN1-22 AN1-30 ID1-2 TM4-8 AN1-22 N06-6",
    "W07": "!R1-10 !ID2-2 AN12-12 ID2-2 AN1-48 ID2-2 AN1-48",
    "W13": "!R1-10 !ID2-2 !ID2-2 AN1-30",
    "W14": "!R1-10 R1-10 R1-10 R1-10",
    "TA1": "!N09-9 DT6-8 TM4-4 !ID1-1 ID3-3",
    "AK1": "!ID2-2 !N01-9",
    "AK2": "!ID3-3 !AN4-9",
    "AK3": "!AN2-3 !N01-10 AN1-6 ID1-3",
    "AK4": "!AN1-6 N01-4 !ID1-3 AN1-99",
    "AK5": "!ID1-1 ID1-3",
    "AK9": "!ID1-1 !N01-6 !N01-6 !N01-6 ID1-3",
}
_SPEC = re.compile(r"(?P<required>!?)(?P<kind>ID|AN|N0|R|DT|TM)(?P<shortest>\d+)-(?P<longest>\d+)")
_TABLE = {
    name: [match.groupdict() for spec in text.split() if (match := _SPEC.fullmatch(spec))]
    for name, text in _SPECS.items()
}
_NUMBER = re.compile(r"-?(\d+(\.\d*)?|\.\d+)", re.ASCII)
_WHOLE = re.compile(r"-?\d+", re.ASCII)
_DIGITS = re.compile(r"\d{4}|\d{6}|\d{8}", re.ASCII)


def check(segment: Segment) -> None:
    """Hold a segment to its table; segments and elements that we do not use may hold anything.

    Raises:
        X12Error: naming the element that is missing, too short, too long, or not of its kind.
    """
    for number, spec in enumerate(_TABLE.get(segment.id, []), start=1):
        value = segment.text(number)
        if not value:
            if spec["required"]:
                raise segment.fault("is missing", number)
            continue
        # A number's sign and point do not count towards its length.
        length = len(value.replace("-", "").replace(".", "")) if spec["kind"] in ("R", "N0") else len(value)
        if not int(spec["shortest"]) <= length <= int(spec["longest"]):
            expected = f"expected {spec['shortest']} to {spec['longest']} characters"
            raise segment.fault(f"{expected}, found {length}: {shown(value, segment.id)}", number)
        if fault := _fault(spec["kind"], value):
            raise segment.fault(f"{fault}, found {shown(value, segment.id)}", number)


def _fault(kind: str, value: str) -> str:
    if kind == "N0" and not _WHOLE.fullmatch(value):
        return "expected a whole number"
    if kind == "R" and not _NUMBER.fullmatch(value):
        return "expected a number"
    if kind == "DT" and not _is_time(value, "%y%m%d" if len(value) == 6 else "%Y%m%d"):
        return "expected a date CCYYMMDD"
    if kind == "TM" and not (_is_time(value[:4], "%H%M") and value.isascii() and value.isdigit()):
        return "expected a time HHMM"
    return "" if value.isprintable() else "expected printable text"


def _is_time(value: str, form: str) -> bool:
    if not _DIGITS.fullmatch(value):  # Python takes "202601 1" and full-width digits for a date
        return False
    try:
        datetime.strptime(value, form)  # noqa: DTZ007 - only its form matters here
    except ValueError:
        return False
    return True
