"""From a file's text to X12 segments: delimiters, line ends, and where one interchange ends and the next begins.

Belongs here: splitting (fact sheet gxo 4). Does not: envelopes and their counts (x12), or what segments mean (reading).

Tolerated is what moves no data: any delimiters, line ends after a terminator, lines wrapped at any column, blank lines
and fill at the end, spaces around an element. Whatever may have lost data is refused.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from connectors.gxo.errors import X12Error, shown

ISA_WIDTHS = (2, 10, 2, 10, 2, 15, 2, 15, 6, 4, 1, 5, 9, 1, 1, 1)
_ISA_LENGTH = 106
_LINE_ENDS = "\r\n"
_FILL = " \t\r\n\x00\x1a\ufeff"  # what is between interchanges and at the end of a file


@dataclass(frozen=True)
class Segment:
    """One segment. `position` counts through the file from 1, its first ISA; elements count from 1 as in X12."""

    id: str
    elements: tuple[str, ...]
    position: int

    def text(self, number: int) -> str:
        """Return an element's text, "" when it is absent."""
        return self.elements[number - 1] if number <= len(self.elements) else ""

    def fault(self, reason: str, element: int = 0) -> X12Error:
        """Return the error that this segment, or one of its elements, is wrong."""
        value = self.text(element) if element else ""
        return X12Error(reason, segment=self.id, position=self.position, element=element, value=value)


def read_segments(text: str) -> Iterator[list[Segment]]:
    """Yield the segments of each interchange of a file, ISA to IEA; each ISA declares its own delimiters.

    An interchange without IEA is all that is left of the file.

    Raises:
        X12Error: at the first place that cannot be split.
    """
    reader = _Reader(text)
    if reader.is_at_end():
        raise X12Error("the file is empty: expected an interchange", segment="ISA", position=1)
    while not reader.is_at_end():
        yield list(reader.interchange())


class _Reader:
    def __init__(self, text: str) -> None:
        self._text, self._at, self._position = text, 0, 0

    def is_at_end(self) -> bool:
        """Pass over fill, and return whether nothing follows."""
        while self._at < len(self._text) and self._text[self._at] in _FILL:
            self._at += 1
        return self._at == len(self._text)

    def interchange(self) -> Iterator[Segment]:
        """Yield the segments of the interchange that begins here."""
        header = self._header()
        separator, terminator = header[3], header[-1]
        yield self._segment(header[:-1], separator)
        while (part := self._part(terminator)) is not None:
            if part or terminator not in _LINE_ENDS:
                segment = self._segment(part, separator)
                yield segment
                if segment.id == "IEA":
                    return

    def _header(self) -> str:
        """Return the ISA's 106 characters without the line ends that a wrapped file has among them."""
        text, start = self._text, self._at
        end = start + _ISA_LENGTH - 1
        if not _is_terminator(text, start, end):
            while end < len(text) and end - start - _line_ends(text, start, end) < _ISA_LENGTH - 1:
                end += 1
            while text[end : end + 1] and text[end] in _LINE_ENDS:
                end += 1
        found = _without_line_ends(text[start:end]) + text[end : end + 1]
        if not found.startswith("ISA") or len(found) < _ISA_LENGTH:
            raise self._no_header(found)
        self._at = end + 1
        _check_delimiters(found, self._position + 1)
        return found

    def _no_header(self, found: str) -> X12Error:
        position = self._position + 1
        if self._position and not found.startswith("ISA"):
            return X12Error("expected nothing after IEA", segment=found[:2].strip(), position=position)
        reason = f"expected an ISA of {_ISA_LENGTH} characters, found {shown(found[:20])}"
        return X12Error(reason, segment="ISA", position=position)

    def _part(self, terminator: str) -> str | None:
        """Return the text up to the next terminator, None at the end of the file; it ends a last line as well."""
        end = self._text.find(terminator, self._at)
        part = _without_line_ends(self._text[self._at : end if end >= 0 else None]).strip(" ")
        self._at = end + 1 if end >= 0 else len(self._text)
        if end >= 0:
            return part
        rest = part.strip(_FILL)
        if rest and terminator not in _LINE_ENDS:
            name = "".join(letter for letter in rest[:3] if letter.isalnum())
            reason = f"the file ends inside a segment: {shown(rest, name)}"
            raise X12Error(reason, segment=name, position=self._position + 1)
        return rest or None

    def _segment(self, part: str, separator: str) -> Segment:
        self._position += 1
        name, *elements = part.split(separator)
        if not (2 <= len(name) <= 3 and name.isalnum() and name.isascii() and name.upper() == name):
            raise X12Error(f"{shown(name)} is no segment id", segment=name[:3], position=self._position)
        if name == "ISA":
            return _checked_isa(Segment(name, tuple(elements), self._position))
        trimmed = (element.strip(" ") for element in elements) if " " in part else elements
        return Segment(name, tuple(trimmed), self._position)


def _is_terminator(text: str, start: int, end: int) -> bool:
    """Whether the character after an unwrapped ISA ends it; a line end does when a segment's name follows."""
    if end >= len(text) or _line_ends(text, start, end):
        return False
    following = text[end : end + 3].lstrip(_LINE_ENDS)
    return text[end] not in _LINE_ENDS or not following or following[0].isalnum()


def _without_line_ends(text: str) -> str:
    return text.replace("\r", "").replace("\n", "")


def _line_ends(text: str, start: int, end: int) -> int:
    return text.count("\r", start, end) + text.count("\n", start, end)


def _check_delimiters(header: str, position: int) -> None:
    separator, component, terminator = header[3], header[-2], header[-1]
    marks = (separator, component, terminator)
    if any(mark.isalnum() or mark == " " for mark in marks) or len(set(marks)) < len(marks):
        reported = " and ".join(shown(mark) for mark in marks)
        raise X12Error(f"delimiters {reported} cannot be", segment="ISA", position=position)


def _checked_isa(isa: Segment) -> Segment:
    widths = tuple(len(element) for element in isa.elements)
    for number, (found, expected) in enumerate(zip(widths, ISA_WIDTHS, strict=False), start=1):
        if found != expected:
            raise isa.fault(f"expected {expected} characters, found {found}", number)
    if len(widths) != len(ISA_WIDTHS):
        raise isa.fault(f"expected {len(ISA_WIDTHS)} elements, found {len(widths)}")
    if not (isa.text(13).isascii() and isa.text(13).isdigit()):
        raise isa.fault(f"expected nine digits, found {shown(isa.text(13))}", 13)
    return isa
