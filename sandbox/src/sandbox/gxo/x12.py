"""X12 envelopes: text to interchanges, groups and sets, and back (fact sheet gxo 4).

Belongs here: delimiters, ISA to IEA, counts and control numbers. Does not: what a set may contain.
A segment is a list of its elements, its name first. Reading keeps what is wrong with an envelope for the
acknowledgement instead of stopping at it; only text without a usable ISA cannot be read.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from sandbox.gxo import profile

Segment = list[str]

_ISA_WIDTHS = (2, 10, 2, 10, 2, 15, 2, 15, 6, 4, 1, 5, 9, 1, 1, 1)
_ISA_LENGTH = 106
ELEMENT, COMPONENT, TERMINATOR = "*", ">", "~"


class Unreadable(ValueError):
    """Text without a usable interchange header. `note` is the TA1 note code; `header` [] when there is none."""

    def __init__(self, message: str, note: str, header: Segment | None = None) -> None:
        """Keep the code and the header."""
        super().__init__(message)
        self.note = note
        self.header = header if header and _can_be_answered(header) else []


@dataclass
class TransactionSet:
    """One ST with all up to its SE, both included. `closed` False: the SE is missing."""

    segments: list[Segment]
    closed: bool = False

    @property
    def code(self) -> str:
        """The set id, ST01."""
        return element(self.segments[0], 1)

    @property
    def control(self) -> str:
        """The set control number, ST02."""
        return element(self.segments[0], 2)


@dataclass
class Group:
    """One functional group. `trailer` None: the GE is missing."""

    header: Segment
    sets: list[TransactionSet] = field(default_factory=list)
    trailer: Segment | None = None


@dataclass
class Interchange:
    """One ISA with its groups. `stray` are segments that stand where none may."""

    header: Segment
    groups: list[Group] = field(default_factory=list)
    trailer: Segment | None = None
    stray: list[Segment] = field(default_factory=list)

    @property
    def control(self) -> str:
        """The interchange control number, ISA13."""
        return self.header[13]

    def note(self) -> str:
        """Return the TA1 note code of the worst fault of the envelope, '000' when there is none."""
        isa, trailer = self.header, self.trailer
        checks = (
            (trailer is None, "023"),
            (trailer is not None and element(trailer, 2) != isa[13], "001"),
            (trailer is not None and element(trailer, 1) != str(len(self.groups)), "021"),
            ((isa[5], isa[6].strip()) != (profile.QUALIFIER, profile.CLIENT_ID), "006"),
            ((isa[7], isa[8].strip()) != (profile.QUALIFIER, profile.WAREHOUSE_ID), "008"),
            (not re.fullmatch(r"\d{6}", isa[9]), "014"),
            (not re.fullmatch(r"\d{4}", isa[10]), "015"),
            (isa[11] != "U", "016"),
            (isa[12] != profile.INTERCHANGE_VERSION, "017"),
            (not re.fullmatch(r"\d{9}", isa[13]), "018"),
            (isa[14] not in {"0", "1"}, "019"),
            (isa[15] not in {"T", "P", "I"}, "020"),
            (bool(self.stray), "024"),
        )
        return next((code for wrong, code in checks if wrong), "000")


def element(segment: Sequence[str], position: int) -> str:
    """Return an element by its X12 position, '' when the segment ends before it."""
    return segment[position] if position < len(segment) else ""


def read(text: str) -> list[Interchange]:
    """Return the interchanges of a file, in order.

    Raises:
        Unreadable: The text does not begin with an ISA segment of 106 characters.
    """
    found: list[Interchange] = []
    rest = text.lstrip()
    while rest:
        header, separator, terminator = _header(rest)
        current = Interchange(header)
        rest = _fill(current, rest[_ISA_LENGTH:], separator=separator, terminator=terminator).lstrip()
        found.append(current)
    if not found:
        raise Unreadable("the file is empty", "023")
    return found


def _can_be_answered(header: Segment) -> bool:
    wanted = ((13, r"\d{9}"), (9, r"\d{6}"), (10, r"\d{4}"))
    return len(header) == len(_ISA_WIDTHS) + 1 and all(re.fullmatch(form, header[place]) for place, form in wanted)


def _header(text: str) -> tuple[Segment, str, str]:
    if not text.startswith("ISA") or len(text) < _ISA_LENGTH:
        raise Unreadable("no ISA segment of 106 characters", "024")
    separator, terminator = text[3], text[_ISA_LENGTH - 1]
    elements = text[: _ISA_LENGTH - 1].split(separator)
    if tuple(map(len, elements[1:])) != _ISA_WIDTHS:
        raise Unreadable("the ISA elements have not their fixed widths", "022", text.split(separator)[:17])
    if len({separator, elements[16], terminator}) < 3 or (separator + terminator).isalnum():
        raise Unreadable("the delimiters are not three different signs", "026", elements)
    return elements, separator, terminator


def _fill(current: Interchange, text: str, *, separator: str, terminator: str) -> str:
    """Read segments into the interchange up to its IEA; return the text behind."""
    start = 0
    while (end := text.find(terminator, start)) >= 0:
        segment, began = text[start:end].strip("\r\n").split(separator), start
        start = end + 1
        if segment == [""]:
            continue
        if segment[0] == "ISA":
            return text[began:]
        if segment[0] == "IEA":
            current.trailer = segment
            return text[start:]
        _place(current, segment)
    if text[start:].strip():
        current.stray.append(text[start:].strip().split(separator))
    return ""


def _place(current: Interchange, segment: Segment) -> None:
    group = current.groups[-1] if current.groups else None
    open_group = group if group is not None and group.trailer is None else None
    last = open_group.sets[-1] if open_group is not None and open_group.sets else None
    open_set = last if last is not None and not last.closed else None
    if segment[0] == "GS":
        current.groups.append(Group(segment))
    elif segment[0] == "GE" and open_group is not None:
        open_group.trailer = segment
    elif segment[0] == "ST" and open_group is not None:
        open_group.sets.append(TransactionSet([segment]))
    elif open_set is not None:
        open_set.segments.append(segment)
        open_set.closed = segment[0] == "SE"
    elif segment[0] != "TA1":
        current.stray.append(segment)


def clean(value: object) -> str:
    """Return a value that can stand in an element: X12 knows no escape, so delimiters and line ends become blanks."""
    return re.sub(r"[*>~\r\n\t]", " ", str(value)).strip()


def segment_text(segment: Iterable[object]) -> str:
    """Return a segment with its terminator; empty elements at its end are left out, as X12 wants it."""
    elements = [clean(value) for value in segment]
    while elements[-1] == "":
        elements.pop()
    return ELEMENT.join(elements) + TERMINATOR


def set_text(code: str, control: int, body: Sequence[Sequence[object]]) -> str:
    """Return one transaction set; `body` goes between ST and SE."""
    number = f"{control:04d}"
    return "".join(map(segment_text, [["ST", code, number], *body, ["SE", len(body) + 2, number]]))


def interchange_text(
    code: str,
    bodies: Sequence[Sequence[Sequence[object]]],
    *,
    isa: int,
    group: int,
    at: int,
    trailer: int | None = None,
) -> str:
    """Return an interchange of one group from the warehouse to its client, sets numbered from 1.

    `isa` and `group` are control numbers, `at` the instant it is written (epoch seconds). `trailer` writes another
    number into the IEA.
    """
    date, time = profile.date8(at), profile.time4(at)
    functional = profile.FUNCTIONAL_IDS[code]
    sets = "".join(set_text(code, number, body) for number, body in enumerate(bodies, 1))
    head = ["GS", functional, profile.WAREHOUSE_ID, profile.CLIENT_ID, date, time, group, "X", profile.GROUP_VERSION]
    tail = segment_text(["GE", len(bodies), group])
    return envelope(segment_text(head) + sets + tail, groups=1, isa=isa, at=at, trailer=trailer)


def envelope(content: str, *, groups: int, isa: int, at: int, trailer: int | None = None) -> str:
    """Return content between ISA and IEA."""
    date, time = profile.date8(at)[2:], profile.time4(at)
    header = [
        *("ISA", "00", " " * 10, "00", " " * 10),
        *(profile.QUALIFIER, profile.WAREHOUSE_ID.ljust(15), profile.QUALIFIER, profile.CLIENT_ID.ljust(15)),
        *(date, time, "U", profile.INTERCHANGE_VERSION, f"{isa:09d}", "0", "P", COMPONENT),
    ]
    last = isa if trailer is None else trailer
    return ELEMENT.join(header) + TERMINATOR + content + segment_text(["IEA", groups, f"{last:09d}"])
