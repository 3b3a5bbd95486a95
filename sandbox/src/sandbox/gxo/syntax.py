"""Checks a received set against the tables and says what is wrong in the words of a 997 (fact sheet gxo 10).

Belongs here: AK3, AK4 and AK5 codes for one transaction set. Does not: the tables, and envelopes above the set.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sandbox.gxo.grammar import ELEMENTS, NOTES, SETS, El, Loop, Place, Seg
from sandbox.gxo.x12 import Segment, TransactionSet, element

_NUMBER = {"N0": r"-?\d+", "N2": r"-?\d+", "R": r"-?\d*\.?\d+"}


@dataclass(frozen=True)
class ElementError:
    """One AK4: element position, data element number (0 unknown), code, and the bad value."""

    position: int
    number: int
    code: str
    value: str = ""


@dataclass
class SegmentError:
    """One AK3: segment name, position in the set (ST is 1), code, and its elements' errors."""

    name: str
    position: int
    code: str
    elements: list[ElementError] = field(default_factory=list)


@dataclass
class SetVerdict:
    """What the 997 says of one set. `codes` are AK5-02 and following; without any the set is accepted."""

    code: str
    control: str
    errors: list[SegmentError] = field(default_factory=list)
    codes: list[str] = field(default_factory=list)

    @property
    def accepted(self) -> bool:
        """Whether the set is taken."""
        return not self.codes


def judge(received: TransactionSet, functional_id: str) -> SetVerdict:
    """Return the verdict on one set of a group."""
    verdict = SetVerdict(received.code, received.control)
    known = SETS.get(received.code)
    if known is None or known[0] != functional_id:
        verdict.codes.append("1")
        return verdict
    if not re.fullmatch(r"\w{4,9}", received.control):
        verdict.codes.append("7")
    verdict.codes += _trailer_codes(received)
    verdict.errors = segment_errors(received, known[1])
    if verdict.errors:
        verdict.codes.append("5")
    return verdict


def segment_errors(received: TransactionSet, places: Sequence[Place]) -> list[SegmentError]:
    """Return all errors of a set's segments, by position."""
    body = received.segments[1:-1] if received.closed else received.segments[1:]
    walk = _Walk(body)
    walk.match(places)
    if walk.at < len(body):
        walk.errors.append(SegmentError(body[walk.at][0], walk.at + 2, _why_unplaced(body[walk.at][0], places)))
    for position, segment in enumerate(body, 2):
        if found := element_errors(segment):
            walk.errors.append(SegmentError(segment[0], position, "8", found))
    return sorted(walk.errors, key=lambda error: error.position)


def element_errors(segment: Segment) -> list[ElementError]:
    """Return the errors of one segment's elements; a segment without a table has none."""
    name, specs = segment[0], ELEMENTS.get(segment[0])
    if specs is None:
        return []
    errors = [ElementError(len(specs) + 1, 0, "3")] if len(segment) - 1 > len(specs) else []
    for position, spec in enumerate(specs, 1):
        value = element(segment, position)
        if code := _wrong(value, spec):
            errors.append(ElementError(position, spec.number, code, value))
    for note in NOTES.get(name, ()):
        positions = [int(note[at : at + 2]) for at in range(1, len(note), 2)]
        given = [bool(element(segment, position)) for position in positions]
        if (note[0] == "R" and not any(given)) or (note[0] == "P" and any(given) and not all(given)):
            missing = positions[given.index(False)]
            errors.append(ElementError(missing, specs[missing - 1].number, "2"))
    return sorted(errors, key=lambda error: error.position)


class _Walk:
    """Goes through a set's segments along the places of its grammar."""

    def __init__(self, body: list[Segment]) -> None:
        self.body = body
        self.at = 0
        self.errors: list[SegmentError] = []

    def match(self, places: Sequence[Place]) -> None:
        """Consume what fits the places, in order."""
        for place in places:
            count = 0
            while self.at < len(self.body) and self.body[self.at][0] == place.id:
                count += 1
                if count == place.most + 1:
                    code = "4" if isinstance(place, Loop) else "5"
                    self.errors.append(SegmentError(place.id, self.at + 2, code))
                self._take(place)
            if count < place.least:
                self.errors.append(SegmentError(place.id, self.at + 2, "3"))

    def _take(self, place: Place) -> None:
        self.at += 1
        if isinstance(place, Loop):
            self.match(place.places[1:])


def _why_unplaced(name: str, places: Sequence[Place]) -> str:
    """Return the AK3 code of a segment that is where it may not be."""
    if not re.fullmatch(r"[A-Z][A-Z0-9]{1,2}", name):
        return "1"
    if name not in _names(places):
        return "6" if name in ELEMENTS else "1"
    return "7"


def _names(places: Sequence[Place]) -> set[str]:
    names: set[str] = set()
    for place in places:
        names |= {place.id} if isinstance(place, Seg) else _names(place.places)
    return names


def _trailer_codes(received: TransactionSet) -> list[str]:
    if not received.closed:
        return ["2"]
    trailer = received.segments[-1]
    codes = [] if element(trailer, 2) == received.control else ["3"]
    return codes if element(trailer, 1) == str(len(received.segments)) else [*codes, "4"]


def _wrong(value: str, spec: El) -> str:
    """Return the AK4-03 code of a value, '' when it is fine."""
    if not value:
        return "1" if spec.mandatory else ""
    digits = value.lstrip("-").replace(".", "") if spec.kind in _NUMBER else value
    if len(digits) < spec.least:
        return "4"
    if len(digits) > spec.most:
        return "5"
    if spec.kind in _NUMBER and not re.fullmatch(_NUMBER[spec.kind], value):
        return "6"
    if spec.kind == "DT" and not _is_date(value):
        return "8"
    if spec.kind == "TM" and not re.fullmatch(r"([01]\d|2[0-3])[0-5]\d(\d\d){0,2}", value):
        return "9"
    if not value.isprintable():
        return "6"
    return "7" if spec.codes and value not in spec.codes else ""


def _is_date(value: str) -> bool:
    try:
        datetime.strptime(value, "%Y%m%d")  # noqa: DTZ007  a date has no zone
    except ValueError:
        return False
    return True
