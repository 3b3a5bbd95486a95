"""From transaction sets to messages: 945, 846, 947, 944 and 997 (fact sheet gxo 6 to 10).

Belongs here: which element holds what, and the checks that a message must pass to be believed. Does not: envelopes
(x12), or whether its order is known (dbt). Segments that we have no use for are passed over.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from connectors.gxo.elements import check
from connectors.gxo.messages import (
    AdjustmentLine,
    FunctionalAcknowledgement,
    Message,
    ReceiptLine,
    SetAcknowledgement,
    StockAdjustment,
    StockReceipt,
)
from connectors.gxo.reading_advice import read_advice
from connectors.gxo.reading_stock import read_snapshot
from connectors.gxo.segments import Segment
from connectors.gxo.values import Agreement, check_total, day, factor, item, quantity, singles, site_of
from connectors.gxo.x12 import TransactionSet

_AS_X12 = Agreement()


def read_message(transaction: TransactionSet, agreed: Agreement = _AS_X12) -> Message | None:
    """Return the message in a transaction set, None when it is of a kind that we do not read.

    Raises:
        X12Error: when a segment breaks its table, a mandatory one is missing, or it says what cannot be true.
    """
    reader = _READERS.get(transaction.set_id)
    if reader is None:
        return None
    for segment in transaction.segments:
        check(segment)
    return reader(transaction, agreed)


def check_group(transaction: TransactionSet) -> None:
    """Hold a set to the group it is in: one of our groups holds sets of its own kind only.

    Raises:
        X12Error: when another set is in a group that we read, or a set that we read in another group.
    """
    expected = GROUPS.get(transaction.functional_id)
    if transaction.set_id != expected and (expected or transaction.set_id in _READERS):
        reported = f"expected set {expected or 'of another kind'} in group {transaction.functional_id}"
        raise transaction.start.fault(f"{reported}, found {transaction.set_id}", 1)


def read_note(note: Segment) -> FunctionalAcknowledgement:
    """Return what a TA1 says of an interchange that we sent.

    Raises:
        X12Error: when it lacks the interchange's number or its verdict.
    """
    check(note)
    fault = (f"note {note.text(5)}",) if note.text(4) != "A" else ()
    verdict = SetAcknowledgement("ISA", note.text(1), note.text(4), fault)
    return FunctionalAcknowledgement("TA1", str(int(note.text(1))), note.text(4), (verdict,))


def _adjustment(transaction: TransactionSet, agreed: Agreement) -> StockAdjustment:
    head = transaction.only("W15")
    changes = [segment for segment in transaction.segments if segment.id == "W19"]
    if not changes:
        raise head.fault("expected at least one W19")
    lines = tuple(
        AdjustmentLine(item(segment, (5, 7, 17)), singles(segment, 2, 3, agreed, signed=True), segment.text(1))
        for segment in changes
    )
    return StockAdjustment(head.text(2), day(head, 1, agreed), site_of(transaction.segments), lines)


def _receipt(transaction: TransactionSet, agreed: Agreement) -> StockReceipt:
    head = transaction.only("W17")
    lines: list[ReceiptLine] = []
    references: dict[str, str] = {}
    written = 0
    for segment in transaction.segments:
        if segment.id == "W07":
            written += quantity(segment, 1)
            lines.append(ReceiptLine(item(segment, (4, 6, 10)), singles(segment, 1, 2, agreed), ()))
        elif segment.id == "W13":
            if not lines:
                raise segment.fault("expected after W07")
            last = lines.pop()
            exception = (quantity(segment, 1) * factor(segment, 2, agreed), segment.text(3))
            lines.append(ReceiptLine(last.sku, last.received, (*last.exceptions, exception)))
        elif segment.id == "N9" and not lines:
            references[segment.text(1)] = segment.text(2)
    if not lines:
        raise head.fault("expected at least one W07")
    check_total(transaction.only("W14"), written)
    site = site_of(transaction.segments)
    return StockReceipt(head.text(3), day(head, 2, agreed), site, head.text(4), references, tuple(lines))


def _acknowledgement(transaction: TransactionSet, _agreed: Agreement) -> FunctionalAcknowledgement:
    head, verdict = transaction.only("AK1"), transaction.only("AK9")
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
    _check_verdict(verdict, [found.status in _ACCEPTED for found in sets])
    return FunctionalAcknowledgement(head.text(1), str(int(head.text(2))), verdict.text(1), tuple(sets))


def _check_verdict(verdict: Segment, accepted: Sequence[bool]) -> None:
    status, received, taken = verdict.text(1), quantity(verdict, 3), quantity(verdict, 4)
    if taken > received or sum(accepted) > taken or len(accepted) - sum(accepted) > received - taken:
        raise verdict.fault(f"{taken} of {received} sets accepted is not what the sets say", 4)
    if (status in _ACCEPTED and taken < received) or (status == "R" and taken):
        raise verdict.fault(f"verdict {status} is not that {taken} of {received} sets were accepted", 1)


_ACCEPTED = {"A", "E"}
_READERS: dict[str, Callable[[TransactionSet, Agreement], Message]] = {
    "945": read_advice,
    "846": read_snapshot,
    "947": _adjustment,
    "944": _receipt,
    "997": _acknowledgement,
}

READ_SETS: Sequence[str] = tuple(_READERS)
GROUPS: Mapping[str, str] = {"SW": "945", "IB": "846", "AW": "947", "RE": "944", "FA": "997"}
