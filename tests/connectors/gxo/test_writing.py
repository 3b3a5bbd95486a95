"""A 940 carries what X12 can carry, and says what does not fit."""

from datetime import date

import pytest

from connectors.gxo.errors import X12Error
from connectors.gxo.writing import Address, OrderLine, ShipOrder, cancel_order_set, sendable, ship_order_set

ADDRESS = Address("A Buyer", "1 High Street", "", "Leeds", "", "LS1 1AA", "GB", "+44 20 7946 0000")
ORDER = ShipOrder(
    "576812345678901234",
    ADDRESS,
    (OrderLine("GROC-1", 2), OrderLine("GROC-2", 1)),
    "STD",
    ship_by=date(2026, 1, 12),
    references=(("2I", "RM1GB"),),
)


def test_an_order_has_parties_address_lines_and_total():
    assert ship_order_set(ORDER, depositor="NORTHGATE", site="NTH1") == [
        ("W05", "N", "576812345678901234"),
        ("N1", "DE", "NORTHGATE", "92", "NORTHGATE"),
        ("N1", "WH", "NTH1", "92", "NTH1"),
        ("N1", "ST", "A Buyer"),
        ("N3", "1 High Street", ""),
        ("N4", "Leeds", "", "LS1 1AA", "GB"),
        ("PER", "RE", "A Buyer", "TE", "+44 20 7946 0000"),
        ("N9", "2I", "RM1GB"),
        ("G62", "38", "20260112"),
        ("W66", "PP", "U", "", "", "STD", "", "", "", "", ""),
        ("LX", "1"),
        ("W01", "2", "EA", "", "SK", "GROC-1"),
        ("LX", "2"),
        ("W01", "1", "EA", "", "SK", "GROC-2"),
        ("W76", "3"),
    ]


def test_a_cancellation_is_its_header():
    segments = cancel_order_set("576812345678901234", depositor="NORTHGATE", site="NTH1")
    assert [segment[:3] for segment in segments] == [
        ("W05", "F", "576812345678901234"),
        ("N1", "DE", "NORTHGATE"),
        ("N1", "WH", "NTH1"),
    ]


def test_an_order_number_beyond_22_characters_is_refused():
    with pytest.raises(X12Error, match="W0502: expected 1 to 22 characters, found 23"):
        cancel_order_set("1" * 23, depositor="NORTHGATE", site="NTH1")


@pytest.mark.parametrize(
    ("text", "sent"),
    [("Tom * Jerry~Ltd>", "Tom Jerry Ltd"), ("Zoë\n  Müller", "Zoë Müller"), ("x" * 70, "x" * 60), ("  ", "")],
)
def test_text_is_made_fit_for_x12(text, sent):
    assert sendable(text, 60) == sent
