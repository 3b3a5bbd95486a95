"""X12 interchanges: from text to segments and back, with their envelopes checked.

Belongs here: ISA/GS/ST envelopes, control numbers and counts (fact sheet gxo 4). Does not: splitting text (`segments`),
what a transaction set means (`reading`, `writing`), nor where control numbers are kept.

A file is read whole or refused whole, however many interchanges it holds.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from connectors.gxo.errors import X12Error, shown
from connectors.gxo.segments import Segment, read_segments


@dataclass(frozen=True)
class TransactionSet:
    """The segments between ST and SE, with what its envelopes say. `functional_id` is GS01."""

    set_id: str
    control_number: str
    functional_id: str
    group_control_number: str
    start: Segment
    segments: tuple[Segment, ...]

    def only(self, name: str) -> Segment:
        """Return its segment of a name that comes once in a set: a heading, or a total.

        Raises:
            X12Error: when it has none, or a second one.
        """
        found = [segment for segment in self.segments if segment.id == name]
        if not found:
            raise self.start.fault(f"set {self.set_id} has no {name}")
        if len(found) > 1:
            raise found[1].fault(f"a second {name}: expected one in a set")
        return found[0]


@dataclass(frozen=True)
class Interchange:
    """One ISA to IEA. `control_number` is ISA13 as text of nine digits; `notes` are its TA1 segments.

    `header` is its ISA. `digest` is of its segments: the same interchange has the same one, however its lines end.
    """

    sender: str
    receiver: str
    control_number: str
    sets: tuple[TransactionSet, ...]
    header: Segment
    digest: str
    notes: tuple[Segment, ...] = ()


@dataclass(frozen=True)
class Partner:
    """How one trading partner wants its interchanges: ids with qualifiers, version, delimiters, test or production."""

    our_qualifier: str
    our_id: str
    their_qualifier: str
    their_id: str
    our_group_id: str
    their_group_id: str
    version: str = "004010"
    element_separator: str = "*"
    component_separator: str = ">"
    segment_terminator: str = "~"
    usage: str = "P"


def read_interchanges(content: bytes) -> list[Interchange]:
    """Return the interchanges that a file holds, at least one.

    Raises:
        X12Error: at the first place where it holds anything but whole interchanges.
    """
    return [_read_interchange(segments) for segments in read_segments(_decoded(content))]


def read_interchange(content: bytes) -> Interchange:
    """Return the one interchange that a file holds.

    Raises:
        X12Error: at the first place where it is not one whole interchange.
    """
    first, *others = read_interchanges(content)
    if others:
        raise others[0].header.fault("expected nothing after IEA")
    return first


def write_interchange(
    partner: Partner,
    functional_id: str,
    sets: Sequence[tuple[str, Sequence[tuple[str, ...]]]],
    *,
    control_number: int,
    at: datetime,
) -> str:
    """Return an interchange of one group. Each set is (set id, its segments between ST and SE); `at` is any zone's.

    Interchange and group go under the same number, so that a TA1 and a 997 both name it. Trailing empty elements are
    left out, as the standard asks.

    Raises:
        X12Error: when an element holds one of the partner's delimiters, or a control number has too many digits.
    """
    if not 0 < control_number < 10**9:
        raise X12Error(f"control number {control_number}: expected 1 to 999999999", segment="ISA", position=1)
    moment = at.astimezone(UTC)
    rows: list[tuple[str, ...]] = [_isa(partner, control_number, moment)]
    group = (functional_id, partner.our_group_id, partner.their_group_id, f"{moment:%Y%m%d}", f"{moment:%H%M%S}")
    rows.append(("GS", *group, str(control_number), "X", partner.version))
    for number, (set_id, body) in enumerate(sets, start=1):
        rows.append(("ST", set_id, f"{number:04d}"))
        rows.extend(body)
        rows.append(("SE", str(len(body) + 2), f"{number:04d}"))
    rows.append(("GE", str(len(sets)), str(control_number)))
    rows.append(("IEA", "1", f"{control_number:09d}"))
    return "".join(_written(partner, row, position) for position, row in enumerate(rows, start=1))


def _decoded(content: bytes) -> str:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise X12Error(f"byte {error.start} is no UTF-8", segment="ISA", position=1) from None
    return text


def _read_interchange(segments: Sequence[Segment]) -> Interchange:
    cursor = iter(segments)
    isa = next(cursor)
    sets: list[TransactionSet] = []
    notes: list[Segment] = []
    groups, last = 0, isa
    for segment in cursor:
        last = segment
        if segment.id == "GS":
            groups += 1
            sets += _read_group(segment, cursor)
        elif segment.id == "TA1" and not groups:
            notes.append(segment)
        elif segment.id != "IEA":
            raise segment.fault("expected TA1, GS or IEA")
    _check_trailer(isa, last, groups)
    names = (isa.text(6).strip(), isa.text(8).strip(), isa.text(13))
    return Interchange(*names, tuple(sets), isa, _digest(segments), tuple(notes))


def _digest(segments: Sequence[Segment]) -> str:
    text = "\x1e".join("\x1f".join((segment.id, *segment.elements)) for segment in segments)
    return hashlib.sha256(text.encode("utf-8", "backslashreplace")).hexdigest()


def _read_group(gs: Segment, cursor: Iterator[Segment]) -> list[TransactionSet]:
    if not gs.text(1) or not _is_digits(gs.text(6)):
        raise gs.fault(f"expected a control number, found {shown(gs.text(6))}", 6)
    sets: list[TransactionSet] = []
    for segment in cursor:
        if segment.id == "ST":
            sets.append(_read_set(segment, gs, cursor))
        elif segment.id == "GE":
            _agree(segment, 1, str(len(sets)), "transaction sets")
            _agree(segment, 2, gs.text(6), "the group's control number")
            return sets
        else:
            raise segment.fault("expected ST or GE")
    raise gs.fault("the group has no GE")


def _read_set(st: Segment, gs: Segment, cursor: Iterator[Segment]) -> TransactionSet:
    if not _is_digits(st.text(1)) or not st.text(2):
        raise st.fault(f"expected a set id and a control number, found {shown(st.text(1))}", 1)
    body: list[Segment] = []
    for segment in cursor:
        if segment.id == "SE":
            _agree(segment, 1, str(len(body) + 2), "segments")
            _agree(segment, 2, st.text(2), "the set's control number")
            return TransactionSet(st.text(1), st.text(2), gs.text(1), gs.text(6), st, tuple(body))
        if segment.id in ("ST", "GS", "GE", "IEA", "ISA"):
            raise segment.fault(f"set {st.text(2)} has no SE")
        body.append(segment)
    raise st.fault("the set has no SE")


def _check_trailer(isa: Segment, last: Segment, groups: int) -> None:
    if last.id != "IEA":
        raise last.fault("the file ends without IEA")
    _agree(last, 1, str(groups), "groups")
    _agree(last, 2, isa.text(13), "the interchange's control number")


def _agree(trailer: Segment, number: int, expected: str, what: str) -> None:
    found = trailer.text(number).strip()
    same = int(found) == int(expected) if _is_digits(found) and _is_digits(expected) else found == expected
    if not same:
        raise trailer.fault(f"expected {what} {expected}, found {shown(found)}", number)


def _is_digits(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 18


def _isa(partner: Partner, control_number: int, at: datetime) -> tuple[str, ...]:
    ours = (partner.our_qualifier, partner.our_id.ljust(15))
    theirs = (partner.their_qualifier, partner.their_id.ljust(15))
    moment = (f"{at:%y%m%d}", f"{at:%H%M}")
    version = partner.version[:5] if partner.version.startswith("00") else "00401"
    tail = ("U", version, f"{control_number:09d}", "0", partner.usage, partner.component_separator)
    return ("ISA", "00", " " * 10, "00", " " * 10, *ours, *theirs, *moment, *tail)


def _written(partner: Partner, row: tuple[str, ...], position: int) -> str:
    elements = list(row)
    while not elements[-1]:
        elements.pop()
    allowed = partner.component_separator if row[0] == "ISA" else ""
    delimiters = {partner.element_separator, partner.component_separator, partner.segment_terminator, "\r", "\n"}
    for number, element in enumerate(elements):
        if element != allowed and (found := delimiters & set(element)):
            reason = f"holds the delimiter {shown(min(found))}, for which X12 has no escape"
            raise X12Error(reason, segment=row[0], position=position, element=number)
    return partner.element_separator.join(elements) + partner.segment_terminator
