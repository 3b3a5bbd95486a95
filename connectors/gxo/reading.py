"""From transaction sets to messages: 945, 846, 947, 944 and 997 (fact sheet gxo 6 to 10).

Belongs here: which element holds what, and the checks that a message must pass to be believed. Does not: envelopes
(x12), or whether its order is known (dbt). Segments that we have no use for are passed over.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from connectors.gxo.elements import check
from connectors.gxo.messages import (
    AdjustmentLine,
    AdviceLine,
    Carton,
    FunctionalAcknowledgement,
    Message,
    ReceiptLine,
    SetAcknowledgement,
    ShippingAdvice,
    StockAdjustment,
    StockLine,
    StockReceipt,
    StockSnapshot,
)
from connectors.gxo.x12 import Segment, TransactionSet

_TRACKING = {"CP", "2I", "CN"}


def read_message(transaction: TransactionSet) -> Message | None:
    """Return the message in a transaction set, None when it is of a kind that we do not read.

    Raises:
        X12Error: when a segment breaks its table, a mandatory one is missing, or its totals disagree.
    """
    reader = _READERS.get(transaction.set_id)
    if reader is None:
        return None
    for segment in transaction.segments:
        check(segment)
    return reader(transaction)


def read_note(note: Segment) -> FunctionalAcknowledgement:
    """Return what a TA1 says of an interchange that we sent.

    Raises:
        X12Error: when it lacks the interchange's number or its verdict.
    """
    check(note)
    fault = (f"note {note.text(5)}",) if note.text(4) != "A" else ()
    verdict = SetAcknowledgement("ISA", note.text(1), note.text(4), fault)
    return FunctionalAcknowledgement("TA1", str(int(note.text(1))), note.text(4), (verdict,))


def _advice(transaction: TransactionSet) -> ShippingAdvice:
    head = _first(transaction, "W06")
    if not head.text(2):
        raise head.fault("the depositor's order number is missing", 2)
    carrier = next((segment for segment in transaction.segments if segment.id == "W27"), None)
    tracking: dict[str, list[str]] = {}
    lines: list[AdviceLine] = []
    carton = ""
    for segment in transaction.segments:
        if segment.id == "LX":
            carton = segment.text(1)
        elif segment.id in ("MAN", "N9") and segment.text(1) in _TRACKING and segment.text(2):
            tracking.setdefault(carton, []).append(segment.text(2))
        elif segment.id == "W12":
            lines.append(_advice_line(segment, carton))
    _check_total(transaction, "W03", sum(line.shipped for line in lines))
    cartons = tuple(Carton(number, tuple(dict.fromkeys(found))) for number, found in tracking.items())
    shipment = head.text(4) or f"{head.text(2)}-{transaction.group_control_number}-{transaction.control_number}"
    scac, service = (carrier.text(2), carrier.text(3)) if carrier else ("", "")
    return ShippingAdvice(shipment, head.text(2), _date(head.text(3)), scac, service, cartons, tuple(lines))


def _advice_line(segment: Segment, carton: str) -> AdviceLine:
    ordered, shipped = _units(segment, 2), _units(segment, 3)
    if segment.text(4) and ordered - shipped != _units(segment, 4):
        raise segment.fault(f"ordered {ordered} less shipped {shipped} is not the difference", 4)
    if min(ordered, shipped) < 0:
        raise segment.fault("expected no negative quantity", 3)
    return AdviceLine(_sku(segment, 7), ordered, shipped, segment.text(1), carton)


def _snapshot(transaction: TransactionSet) -> StockSnapshot:
    head = _first(transaction, "BIA")
    lines: list[StockLine] = []
    site, announced = "", None
    for segment in transaction.segments:
        if segment.id == "N1" and segment.text(1) == "WH":
            site = segment.text(4) or segment.text(2)
        elif segment.id == "LIN":
            lines.append(StockLine(_sku(segment, 2)))
        elif segment.id == "QTY":
            if not lines:
                raise segment.fault("expected after LIN")
            if segment.text(1) in lines[-1].quantities:
                raise segment.fault(f"quantity {segment.text(1)} comes twice", 1)
            lines[-1].quantities[segment.text(1)] = _units(segment, 2)
        elif segment.id == "CTT":
            announced = int(segment.text(1))
            if announced != len(lines):
                raise segment.fault(f"expected {announced} lines, found {len(lines)}", 1)
    return StockSnapshot(head.text(3), _date(head.text(4)), head.text(5)[:4], site, tuple(lines), announced)


def _adjustment(transaction: TransactionSet) -> StockAdjustment:
    head = _first(transaction, "W15")
    changes = [segment for segment in transaction.segments if segment.id == "W19"]
    if not changes:
        raise head.fault("expected at least one W19")
    lines = tuple(AdjustmentLine(_sku(segment, 5), _units(segment, 2), segment.text(1)) for segment in changes)
    number = head.text(2) or f"{transaction.group_control_number}-{transaction.control_number}"
    return StockAdjustment(number, _date(head.text(1)), _site(transaction), lines)


def _receipt(transaction: TransactionSet) -> StockReceipt:
    head = _first(transaction, "W17")
    lines: list[ReceiptLine] = []
    references: dict[str, str] = {}
    for segment in transaction.segments:
        if segment.id == "W07":
            lines.append(ReceiptLine(_sku(segment, 4), _units(segment, 1), ()))
        elif segment.id == "W13":
            if not lines:
                raise segment.fault("expected after W07")
            last = lines.pop()
            exception = (_units(segment, 1), segment.text(3))
            lines.append(ReceiptLine(last.sku, last.received, (*last.exceptions, exception)))
        elif segment.id == "N9" and not lines:
            references[segment.text(1)] = segment.text(2)
    _check_total(transaction, "W14", sum(line.received for line in lines))
    return StockReceipt(head.text(3), _date(head.text(2)), head.text(4), references, tuple(lines))


def _acknowledgement(transaction: TransactionSet) -> FunctionalAcknowledgement:
    head, verdict = _first(transaction, "AK1"), _first(transaction, "AK9")
    sets: list[SetAcknowledgement] = []
    about: Segment | None = None
    faults: list[str] = []
    for segment in transaction.segments:
        if segment.id == "AK2":
            about, faults = segment, []
        elif segment.id == "AK3":
            faults.append(f"segment {segment.text(2)} {segment.text(1)}: code {segment.text(4)}")
        elif segment.id == "AK4":
            faults.append(f"element {segment.text(1)}: code {segment.text(3)} {segment.text(4)}".rstrip())
        elif segment.id == "AK5":
            if about is None:
                raise segment.fault("expected after AK2")
            sets.append(SetAcknowledgement(about.text(1), about.text(2), segment.text(1), tuple(faults)))
            about = None
    if about is not None:
        raise about.fault("expected an AK5 after it")
    return FunctionalAcknowledgement(head.text(1), head.text(2), verdict.text(1), tuple(sets))


def _first(transaction: TransactionSet, name: str) -> Segment:
    found = next((segment for segment in transaction.segments if segment.id == name), None)
    if found is None:
        raise transaction.start.fault(f"set {transaction.set_id} has no {name}")
    return found


def _check_total(transaction: TransactionSet, name: str, total: int) -> None:
    trailer = _first(transaction, name)
    if _units(trailer, 1) != total:
        raise trailer.fault(f"expected the lines' total {total}, found {trailer.text(1)}", 1)


def _site(transaction: TransactionSet) -> str:
    found = (segment for segment in transaction.segments if segment.id == "N1" and segment.text(1) == "WH")
    return next((segment.text(4) or segment.text(2) for segment in found), "")


def _sku(segment: Segment, first: int) -> str:
    """Return the id under qualifier SK, else the vendor's item number VN, among the pairs from element `first` on."""
    last = len(segment.elements)
    pairs = {segment.text(number): segment.text(number + 1) for number in range(first, last, 2)}
    sku = pairs.get("SK") or pairs.get("VN")
    if not sku:
        raise segment.fault("expected an item under qualifier SK or VN", first)
    return sku


def _units(segment: Segment, number: int) -> int:
    text = segment.text(number) or "0"
    whole, _, fraction = text.partition(".")
    if fraction.strip("0"):
        raise segment.fault(f"expected whole units, found {text!r}", number)
    return int(whole or "0") if whole != "-" else 0


def _date(text: str) -> str:
    return f"{text[:4]}-{text[4:6]}-{text[6:]}" if text else ""


_READERS: dict[str, Callable[[TransactionSet], Message]] = {
    "945": _advice,
    "846": _snapshot,
    "947": _adjustment,
    "944": _receipt,
    "997": _acknowledgement,
}

READ_SETS: Sequence[str] = tuple(_READERS)
