"""What an element says as a value: units of a SKU, a date, an item; and what was agreed about them with the site.

Belongs here: reading one element, and refusing what cannot be true. Does not: which element holds what (reading).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from connectors.gxo.errors import shown
from connectors.gxo.segments import Segment

MOST_UNITS = 9_999_999  # seven digits, as W07-01 has (fact sheet gxo 9)
_EARLIEST_YEAR = 2000


@dataclass(frozen=True)
class Agreement:
    """What was agreed with a site beyond X12.

    `units` says how many single items a unit of measure has; `latest` is the last day a message may speak of
    (the site's own), None where unknown.
    """

    units: Mapping[str, int] = field(default_factory=lambda: {"EA": 1})
    latest: date | None = None


def quantity(segment: Segment, number: int, *, signed: bool = False) -> int:
    """Return an element's whole number as it is written, 0 when it is absent.

    Raises:
        X12Error: when it is negative though it may not be, has a fraction, or is beyond `MOST_UNITS`.
    """
    text = segment.text(number) or "0"
    whole, _, fraction = text.partition(".")
    if fraction.strip("0"):
        raise segment.fault(f"expected whole units, found {shown(text)}", number)
    found = int(whole) if whole.strip("-") else 0
    if found < 0 and not signed:
        raise segment.fault(f"expected no negative quantity, found {shown(text)}", number)
    if abs(found) > MOST_UNITS:
        raise segment.fault(f"expected at most {MOST_UNITS} units, found {shown(text)}", number)
    return found


def singles(segment: Segment, number: int, unit: int, agreed: Agreement, *, signed: bool = False) -> int:
    """Return a quantity in single items; its unit of measure is in element `unit`, and a missing one means singles.

    Raises:
        X12Error: as `quantity` does, or when the unit is none that was agreed.
    """
    return quantity(segment, number, signed=signed) * factor(segment, unit, agreed)


def factor(segment: Segment, unit: int, agreed: Agreement) -> int:
    """Return how many single items the unit of measure in an element has.

    Raises:
        X12Error: when it is none that was agreed.
    """
    code = segment.text(unit)
    if code and code not in agreed.units:
        known = ", ".join(sorted(agreed.units))
        raise segment.fault(f"expected unit of measure {known} ([gxo] units), found {shown(code)}", unit)
    return agreed.units[code] if code else 1


def day(segment: Segment, number: int, agreed: Agreement) -> str:
    """Return a date as YYYY-MM-DD, "" when it is absent.

    Raises:
        X12Error: when it lies before the year 2000, or after what the agreement says.
    """
    text = segment.text(number)
    if not text:
        return ""
    found = date(int(text[:4]), int(text[4:6]), int(text[6:]))
    if found.year < _EARLIEST_YEAR or (agreed.latest and found > agreed.latest):
        raise segment.fault(f"expected a day from {_EARLIEST_YEAR} to now, found {shown(text)}", number)
    return found.isoformat()


def item(segment: Segment, pairs: Sequence[int]) -> str:
    """Return the id under qualifier SK, else the vendor's item number VN; `pairs` are the qualifiers' elements.

    Raises:
        X12Error: when there is neither, or two of one kind.
    """
    for wanted in ("SK", "VN"):
        found = {segment.text(at + 1) for at in pairs if segment.text(at) == wanted} - {""}
        if len(found) > 1:
            raise segment.fault(f"expected one item under qualifier {wanted}, found {len(found)}", pairs[0])
        if found:
            return found.pop()
    raise segment.fault("expected an item under qualifier SK or VN", pairs[0])


def check_total(trailer: Segment, total: int) -> None:
    """Hold a trailer's first element to the sum of its lines.

    Raises:
        X12Error: when they differ.
    """
    if quantity(trailer, 1, signed=True) != total:
        raise trailer.fault(f"expected the lines' total {total}, found {trailer.text(1)}", 1)


def site_of(segments: Iterable[Segment]) -> str:
    """Return the warehouse that a message names (N1 WH), "" when it names none."""
    found = (segment for segment in segments if segment.id == "N1" and segment.text(1) == "WH")
    return next((segment.text(4) or segment.text(2) for segment in found), "")
