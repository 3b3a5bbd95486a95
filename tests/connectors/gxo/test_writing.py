"""A 940 carries what X12 can carry, and says what does not fit."""

from dataclasses import replace
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


def wrapped(segments, name):
    return [segment[1:] for segment in segments if segment[0] == name]


def written(**address):
    order = replace(ORDER, address=replace(ADDRESS, **address))
    return ship_order_set(order, depositor="NORTHGATE", site="NTH1")


LONG = "Apartment 14, The Old Corn Exchange Building, 123-127 Upper Saint Something Street North"


def test_a_long_street_goes_on_in_further_elements_and_segments_and_loses_no_word():
    assert wrapped(written(street=LONG), "N3") == [
        ("Apartment 14, The Old Corn Exchange Building, 123-127", "Upper Saint Something Street North"),
    ]
    lines = wrapped(written(street=LONG, street2=f"{LONG} Annex"), "N3")
    assert " ".join(part for line in lines for part in line) == f"{LONG} {LONG} Annex"
    assert len(lines) == 2 and all(len(part) <= 55 for line in lines for part in line)


def test_a_long_name_goes_on_in_n2():
    name = "The Honourable Society of Friends of the Northern Corn Exchange and of its Adjoining Market Halls"
    segments = written(name=name)
    (first,) = [segment[2] for segment in segments if segment[:2] == ("N1", "ST")]
    assert " ".join([first, *(part for line in wrapped(segments, "N2") for part in line if part)]) == name


@pytest.mark.parametrize(
    ("address", "place"),
    [
        ({"street": LONG, "street2": f"{LONG}, {LONG}"}, "N302"),
        ({"name": "x " * 170}, "N202"),
        ({"city": "Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogogoch"}, "N401"),
        ({"postal_code": "1234567890123456"}, "N403"),
        ({"phone": "0" * 81}, "PER04"),
    ],
)
def test_text_that_has_no_room_is_refused_at_its_element_without_being_shown(address, place):
    with pytest.raises(X12Error, match=place) as caught:
        written(**address)
    assert not any(text in str(caught.value) for text in ("Corn", "x x", "Llanfair", "123456", "000"))


def test_a_partners_own_delimiters_in_a_buyers_text_become_spaces():
    order = replace(ORDER, address=replace(ADDRESS, street="Unit 4: Mill Lane", name="O'Brien + Sons"))
    segments = ship_order_set(order, depositor="NORTHGATE", site="NTH1", delimiters="+:'")
    assert ("N3", "Unit 4 Mill Lane", "") in segments
    assert ("N1", "ST", "O Brien Sons") in segments
