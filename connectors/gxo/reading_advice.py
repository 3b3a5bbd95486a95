"""A 945 as a shipping advice: its lines, the cartons they are in, and the numbers on those (fact sheet gxo 6).

Belongs here: the loops of a 945. Does not: other messages (reading).

A carton is where lines are: it exists with or without a number. Its tracking number is what the carrier
calls the package (MAN CP), else a tracking or carrier reference (N9 or REF: 2I, CN), else the bill of lading (BM);
where the carton has none of its own, that of the advice holds.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from connectors.gxo.errors import shown
from connectors.gxo.messages import AdviceLine, Carton, ShippingAdvice
from connectors.gxo.segments import Segment
from connectors.gxo.values import Agreement, check_total, day, factor, item, quantity, site_of
from connectors.gxo.x12 import TransactionSet

_RANKS = ("CP", "2I", "CN", "BM")
_ITEMS = (7, 21)  # W12-17 names the item that was replaced
_NOTHING_SHIPPED = {"BO", "CU", "DE", "DS", "IC"}
_NEVER_SHIPPED = {"CU", "DE", "IC"}  # the line or the order was cancelled
_UNPACKED = "0"  # the carton of lines that stand before any LX


@dataclass
class _Loop:
    """One LX with what is below it; `written` are its lines' units as the file counts them."""

    number: str
    lines: list[AdviceLine] = field(default_factory=list)
    written: int = 0
    numbers: list[tuple[str, str]] = field(default_factory=list)

    def best(self) -> tuple[str, ...]:
        """Return the numbers of the best kind that was sent; several are a contradiction that is passed on."""
        for rank in _RANKS:
            if found := dict.fromkeys(number for kind, number in self.numbers if kind == rank):
                return tuple(found)
        return ()


def read_advice(transaction: TransactionSet, agreed: Agreement) -> ShippingAdvice:
    """Return the advice in a 945.

    Raises:
        X12Error: when it lacks its order or its lines, or says what cannot be true.
    """
    head = transaction.only("W06")
    if not head.text(2):
        raise head.fault("the depositor's order number is missing", 2)
    loops = list(_loops(transaction, agreed))
    lines = [line for loop in loops for line in loop.lines]
    if not lines:
        raise head.fault("expected at least one W12")
    check_total(transaction.only("W03"), sum(loop.written for loop in loops))
    carrier = next((segment for segment in transaction.segments if segment.id == "W27"), None)
    return ShippingAdvice(
        shipment_id=head.text(4),
        order_number=head.text(2),
        site=site_of(transaction.segments),
        ship_date=day(head, 3, agreed) or _shipped_on(transaction, agreed),
        scac=carrier.text(2) if carrier else "",
        service=carrier.text(3) if carrier else "",
        cartons=tuple(_cartons(loops)),
        lines=tuple(lines),
    )


def _loops(transaction: TransactionSet, agreed: Agreement) -> Iterator[_Loop]:
    current, seen, is_nested = _Loop(_UNPACKED), {_UNPACKED}, False
    for segment in transaction.segments:
        if segment.id in ("LS", "LE"):  # a loop inside a line, with LX of its own
            is_nested = segment.id == "LS"
        elif segment.id == "LX" and not is_nested:
            yield current
            current = _Loop(_unused(segment.text(1), seen))
        elif segment.id == "W12":
            line, written = _line(segment, current.number, agreed)
            current.lines.append(line)
            current.written += written
        else:
            current.numbers += _numbers(segment)
    yield current


def _unused(number: str, seen: set[str]) -> str:
    """Return a carton's number; some sites count every carton as 1."""
    found, again = number, 1
    while found in seen:
        again += 1
        found = f"{number}.{again}"
    seen.add(found)
    return found


def _numbers(segment: Segment) -> list[tuple[str, str]]:
    if segment.id not in ("MAN", "N9", "REF"):
        return []
    kinds = {"CP"} if segment.id == "MAN" else set(_RANKS)
    places = ((1, 2), (1, 3), (4, 5), (4, 6)) if segment.id == "MAN" else ((1, 2),)  # MAN03 and 06 end a range
    pairs = [(segment.text(kind), segment.text(number)) for kind, number in places]
    return [(kind, number) for kind, number in pairs if kind in kinds and number]


def _cartons(loops: list[_Loop]) -> Iterator[Carton]:
    shared = loops[0].best()
    for loop in loops:
        if any(line.shipped for line in loop.lines):
            yield Carton(loop.number, loop.best() or shared)


def _line(segment: Segment, carton: str, agreed: Agreement) -> tuple[AdviceLine, int]:
    ordered, shipped = _counted(segment)
    status, size = segment.text(1), factor(segment, 5, agreed)
    if shipped and status in _NEVER_SHIPPED:
        raise segment.fault(f"status {status} means that nothing was shipped, found {shipped}", 3)
    return AdviceLine(item(segment, _ITEMS), ordered * size, shipped * size, status, carton), shipped


def _counted(segment: Segment) -> tuple[int, int]:
    """Return units ordered and shipped, each from the other and the difference where it is not written."""
    status, difference = segment.text(1), quantity(segment, 4, signed=True)
    ordered, shipped = quantity(segment, 2), quantity(segment, 3)
    if not segment.text(3):
        if not (segment.text(2) and segment.text(4)) and status not in _NOTHING_SHIPPED:
            raise segment.fault(f"the shipped quantity is missing, with status {shown(status)}", 3)
        shipped = ordered - difference if segment.text(4) else 0
    if not segment.text(2):
        ordered = shipped + difference
    if (segment.text(4) and ordered - shipped != difference) or min(ordered, shipped) < 0:
        raise segment.fault(f"ordered {ordered} less shipped {shipped} is not the difference", 4)
    return ordered, shipped


def _shipped_on(transaction: TransactionSet, agreed: Agreement) -> str:
    found = (segment for segment in transaction.segments if segment.id == "G62" and segment.text(1) == "11")
    return next((day(segment, 2, agreed) for segment in found), "")
