"""What is wrong with an interchange, or with a file as such, and where exactly.

Belongs here: the errors of the codec and of one file. Does not: what is done with a refused file (ingestion keeps it).
"""

from __future__ import annotations

from connectors.transport.errors import TransientError
from tieout.errors import DataError

_LONGEST = 40
_PERSONAL = {"N1", "N2", "N3", "N4", "PER", "G61", "NTE"}  # segments that name people and where they live


class X12Error(DataError):
    """An interchange that cannot be used, with the place of the first fault.

    `segment` is the segment's id, `position` its number in the file (1 is the first ISA), `element` the element's
    number (0: the segment as a whole), `reason` what was expected and what was found, `value` the element as found
    where it names no person. Never holds more than 40 characters of the file.
    """

    def __init__(self, reason: str, *, segment: str, position: int, element: int = 0, value: str = "") -> None:
        """Say what is wrong at a place."""
        self.reason = reason
        self.segment = segment
        self.position = position
        self.element = element
        self.value = "" if segment in _PERSONAL else value[:_LONGEST]
        super().__init__(f"segment {position} {self.place}: {reason}")

    @property
    def place(self) -> str:
        """The segment, or its element as X12 writes it: W0603."""
        return f"{self.segment}{self.element:02d}" if self.element else self.segment


class UnreadableFileError(TransientError):
    """One file of a folder cannot be read now: denied, still growing, too slow, or gone. The others can."""


def shown(value: str, segment: str = "") -> str:
    """Return a value short enough for an error, with control characters made visible; not what names a person."""
    if segment in _PERSONAL:
        return "text"
    return repr(value if len(value) <= _LONGEST else value[: _LONGEST - 3] + "...")
