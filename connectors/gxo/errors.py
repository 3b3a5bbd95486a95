"""What is wrong with an interchange, and where exactly.

Belongs here: the error of the codec. Does not: what is done with a refused file (ingestion keeps it).
"""

from __future__ import annotations

from tieout.errors import DataError


class X12Error(DataError):
    """An interchange that cannot be used, with the place of the first fault.

    `segment` is the segment's id, `position` its number in the interchange (1 is ISA), `element` the element's number
    (0: the segment as a whole), `reason` what was expected and what was found. Never holds more than 40 characters of
    the file.
    """

    def __init__(self, reason: str, *, segment: str, position: int, element: int = 0) -> None:
        """Say what is wrong at a place."""
        self.reason = reason
        self.segment = segment
        self.position = position
        self.element = element
        place = f"{segment}{element:02d}" if element else segment
        super().__init__(f"segment {position} {place}: {reason}")


def shown(value: str) -> str:
    """Return a value short enough for an error, with control characters made visible."""
    return repr(value if len(value) <= 40 else value[:37] + "...")
