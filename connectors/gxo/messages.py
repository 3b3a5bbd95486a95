"""What GXO sends us, as plain values: advices, snapshots, adjustments, receipts, acknowledgements.

Belongs here: the shapes. Does not: reading them (`reading`). Quantities are whole units; dates and times are the
site's local ones, as received ("YYYY-MM-DD", "HHMM"): X12 gives no zone.
"""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class AdviceLine:
    """Units of one SKU in one carton (or in none: `carton` ""). `status` is W12-01: CC, CP, DS, IC..."""

    sku: str
    ordered: int
    shipped: int
    status: str
    carton: str


@dataclass(frozen=True)
class Carton:
    """One parcel: its number within the advice, and its tracking numbers: none, or several that contradict."""

    number: str
    tracking_numbers: tuple[str, ...]


@dataclass(frozen=True)
class ShippingAdvice:
    """A 945: what left the warehouse for one order. Shipped 0 throughout is a refusal or a cancellation.

    `shipment_id` is the warehouse's, "" when it gives none; several orders may share it.
    """

    shipment_id: str
    order_number: str
    site: str
    ship_date: str
    scac: str
    service: str
    cartons: tuple[Carton, ...]
    lines: tuple[AdviceLine, ...]


@dataclass(frozen=True)
class StockLine:
    """Units of one SKU at a site, all its lots together, by QTY qualifier (17 on hand, 33 available, QH on hold)."""

    sku: str
    quantities: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class StockSnapshot:
    """An 846. `lines_announced` is CTT01 when given; a snapshot over several sets shares its reference."""

    reference: str
    date: str
    time: str
    site: str
    lines: tuple[StockLine, ...]
    lines_announced: int | None


@dataclass(frozen=True)
class AdjustmentLine:
    """A change in units of one SKU, signed, with its reason (element 181)."""

    sku: str
    quantity: int
    reason: str


@dataclass(frozen=True)
class StockAdjustment:
    """A 947; `number` "" when it gives none."""

    number: str
    date: str
    site: str
    lines: tuple[AdjustmentLine, ...]


@dataclass(frozen=True)
class ReceiptLine:
    """Units of one SKU received; `exceptions` are (units, condition code) of W13, counted within them."""

    sku: str
    received: int
    exceptions: tuple[tuple[int, str], ...]


@dataclass(frozen=True)
class StockReceipt:
    """A 944: goods in, or a return when `order_number` or an RMA reference says so."""

    number: str
    date: str
    site: str
    order_number: str
    references: dict[str, str]
    lines: tuple[ReceiptLine, ...]


@dataclass(frozen=True)
class SetAcknowledgement:
    """What a 997 says of one set: A, E or R, and why."""

    set_id: str
    control_number: str
    status: str
    faults: tuple[str, ...]


@dataclass(frozen=True)
class FunctionalAcknowledgement:
    """A 997, or a TA1: the fate of one group that we sent, by its control number. Says nothing of the business outcome.

    A TA1 speaks of the whole interchange: its `functional_id` is "TA1", and its note code is the only fault.
    """

    functional_id: str
    group_control_number: str
    status: str
    sets: tuple[SetAcknowledgement, ...]


Message = ShippingAdvice | StockSnapshot | StockAdjustment | StockReceipt | FunctionalAcknowledgement
