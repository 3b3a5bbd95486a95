"""An 846 as a snapshot of stock: its SKUs, each with all its lots together (fact sheet gxo 7).

Belongs here: the loops of an 846. Does not: other messages (reading).
"""

from __future__ import annotations

from connectors.gxo.messages import StockLine, StockSnapshot
from connectors.gxo.segments import Segment
from connectors.gxo.values import Agreement, day, item, singles, site_of
from connectors.gxo.x12 import TransactionSet

_AVAILABLE = "33"  # below zero where a site has promised more than it holds


def read_snapshot(transaction: TransactionSet, agreed: Agreement) -> StockSnapshot:
    """Return the snapshot in an 846; several LIN of one SKU (lots, places) are one line, their quantities summed.

    Raises:
        X12Error: when a quantity cannot be true, or belongs to no item or to another site.
    """
    head = transaction.only("BIA")
    header = [segment for segment in transaction.segments[: _first_line(transaction)] if segment.id in ("N1", "REF")]
    site = site_of(header) or next((found.text(2) for found in header if found.text(1) == "WS"), "")
    lots: list[StockLine] = []
    announced = None
    for segment in transaction.segments:
        if segment.id == "LIN":
            lots.append(StockLine(item(segment, range(2, len(segment.elements) + 1, 2))))
        elif segment.id == "QTY":
            _add(lots, segment, agreed)
        elif segment.id == "CTT":
            announced = _announced(segment, len(lots))
        elif lots:
            _check_place(segment, site)
    time = head.text(5)[:4]
    return StockSnapshot(head.text(3), day(head, 4, agreed), time, site, _by_sku(lots), announced)


def _first_line(transaction: TransactionSet) -> int:
    found = (number for number, segment in enumerate(transaction.segments) if segment.id == "LIN")
    return next(found, len(transaction.segments))


def _add(lots: list[StockLine], segment: Segment, agreed: Agreement) -> None:
    qualifier = segment.text(1)
    if not lots:
        raise segment.fault("expected after LIN")
    if qualifier in lots[-1].quantities:
        raise segment.fault(f"quantity {qualifier} comes twice", 1)
    lots[-1].quantities[qualifier] = singles(segment, 2, 3, agreed, signed=qualifier == _AVAILABLE)


def _announced(segment: Segment, lines: int) -> int:
    announced = int(segment.text(1))
    if announced != lines:
        raise segment.fault(f"expected {announced} lines, found {lines}", 1)
    return announced


def _check_place(segment: Segment, site: str) -> None:
    if segment.id == "SDQ":
        raise segment.fault("quantities per location are not read: expected QTY")
    if segment.id == "N1" and segment.text(1) == "WH" and (found := segment.text(4) or segment.text(2)) != site:
        raise segment.fault(f"expected stock of site {site} only, found {found}", 4)


def _by_sku(lots: list[StockLine]) -> tuple[StockLine, ...]:
    summed: dict[str, dict[str, int]] = {}
    for lot in lots:
        known = summed.setdefault(lot.sku, {})
        for qualifier, units in lot.quantities.items():
            known[qualifier] = known.get(qualifier, 0) + units
    return tuple(StockLine(sku, quantities) for sku, quantities in summed.items())
