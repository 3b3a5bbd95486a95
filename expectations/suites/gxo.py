"""What we rely on in GXO's files and messages (fact sheet gxo 6 to 10).

Belongs here: their fields and formats. Does not: what X12 forbids (such a file is refused before it becomes a record).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from expectations.suites.claims import Suite, amounts, field, one_of, present, suite_of

if TYPE_CHECKING:
    from great_expectations import ExpectationSuite

_VERDICTS = ("A", "E", "P", "R", "M", "W", "X")


def files() -> ExpectationSuite:
    """Files: what they were when they were read."""
    return suite_of("raw_gxo.files", [present("size"), present("sha256")])


def shipping_advices() -> ExpectationSuite:
    """Shipping advices: an order, a site, a line with its units."""
    claims = [present("order_number"), present("site"), present("first_sku"), *amounts("first_shipped")]
    return suite_of("raw_gxo.shipping_advices", claims)


def stock_levels() -> ExpectationSuite:
    """Stock levels: an item at a site as of an instant, in numbers."""
    claims = [present("sku"), present("site"), present("at"), *amounts("on_hand", "available")]
    return suite_of("raw_gxo.stock_levels", claims)


def stock_snapshots() -> ExpectationSuite:
    """Stock snapshots: a site, an instant, how many items."""
    return suite_of("raw_gxo.stock_snapshots", [present("site"), present("at"), *amounts("skus", "skus_at_zero")])


def stock_adjustments() -> ExpectationSuite:
    """Adjustments: an item, a day, units, a reason."""
    claims = [present("sku"), present("date"), present("reason"), present("quantity"), *amounts("quantity")]
    return suite_of("raw_gxo.stock_adjustments", claims)


def stock_receipts() -> ExpectationSuite:
    """Receipts: a day, and a line with its units."""
    return suite_of("raw_gxo.stock_receipts", [present("date"), present("first_sku"), *amounts("first_received")])


def functional_acknowledgements() -> ExpectationSuite:
    """Acknowledgements: whose group, and a known verdict."""
    claims = [present("group_control_number"), present("status"), one_of("status", _VERDICTS)]
    return suite_of("raw_gxo.functional_acknowledgements", claims)


SUITES = (
    Suite("raw_gxo.files", {name: field(name) for name in ("size", "sha256")}, files),
    Suite(
        "raw_gxo.shipping_advices",
        {name: field(name) for name in ("order_number", "site")}
        | {"first_sku": field("lines[0].sku"), "first_shipped": field("lines[0].shipped")},
        shipping_advices,
    ),
    Suite(
        "raw_gxo.stock_levels",
        {name: field(name) for name in ("sku", "site", "at")}
        | {"on_hand": field("quantities.17"), "available": field("quantities.33")},
        stock_levels,
    ),
    Suite(
        "raw_gxo.stock_snapshots",
        {name: field(name) for name in ("site", "at", "skus", "skus_at_zero")},
        stock_snapshots,
    ),
    Suite(
        "raw_gxo.stock_adjustments",
        {name: field(name) for name in ("sku", "date", "reason", "quantity")},
        stock_adjustments,
    ),
    Suite(
        "raw_gxo.stock_receipts",
        {"date": field("date"), "first_sku": field("lines[0].sku"), "first_received": field("lines[0].received")},
        stock_receipts,
    ),
    Suite(
        "raw_gxo.functional_acknowledgements",
        {name: field(name) for name in ("group_control_number", "status")},
        functional_acknowledgements,
    ),
)
