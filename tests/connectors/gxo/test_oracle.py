"""An independent X12 parser, with the standard's own grammar, reads what we write and what we read as we do."""

from __future__ import annotations

import re
import string
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from itertools import zip_longest
from typing import Any

import pytest
from edi_parser import parse_edi
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from connectors.gxo.errors import X12Error
from connectors.gxo.reading import read_message
from connectors.gxo.writing import Address, OrderLine, ShipOrder, cancel_order_set, ship_order_set
from connectors.gxo.x12 import Partner, read_interchange, write_interchange
from sandbox import gxo as warehouse
from sandbox.store import Store
from tests.connectors.gxo.interchanges import EVERY_MESSAGE

PARTNER = Partner("ZZ", "NORTHGATE", "ZZ", "GXONTH1", "NORTHGATE", "GXONTH1")
AT = datetime(2026, 1, 5, 6, tzinfo=UTC)
MONDAY, DAY = 1_767_571_200, 86_400
SKUS = ("GROC-1", "GROC-2", "GROC-3", "GROC-4")

Row = tuple[str, ...]


def as_the_oracle_reads(text: str) -> list[Row]:
    """Return every segment of an interchange, in order, as the other parser found it; it must find no fault."""
    found = asked(text)
    assert found["success"] and not found["errors"], found["errors"]
    return [row for child in found["data"]["children"] for row in flattened(child)]


def asked(text: str) -> dict[str, Any]:
    strict: dict[str, Any] = {"field_validation_mode": "strict", "empty_segment_handling": "error"}
    return dict(parse_edi(text, editype="x12", messagetype="x12", allow_flexible_optional_order=False, **strict))


def flattened(node: dict[str, Any]) -> Iterator[Row]:
    name = node["BOTSID"]
    found = {key.removeprefix(name).partition(".")[0]: value for key, value in node.items()}  # a composite's only part
    elements = {int(number): value for number, value in found.items() if number.isdigit()}
    row = (name, *(elements.get(number, "") for number in range(1, max(elements, default=0) + 1)))
    children = [row for child in node.get("_children", ()) for row in flattened(child)]
    yield row
    yield from children


def as_we_read(text: str) -> list[list[Row]]:
    """Return the segments between ST and SE of each set."""
    return [[(s.id, *s.elements) for s in found.segments] for found in read_interchange(text.encode()).sets]


def messages_in(text: str) -> list[object]:
    return [read_message(found) for found in read_interchange(text.encode()).sets]


def sets_of(rows: list[Row]) -> list[list[Row]]:
    """Return the rows between ST and SE, set by set."""
    sets: list[list[Row]] = []
    for row in rows:
        if row[0] == "ST":
            sets.append([])
        elif row[0] not in ("ISA", "GS", "SE", "GE", "IEA"):
            sets[-1].append(row)
    return sets


def assert_same(ours: list[list[Row]], theirs: list[list[Row]]) -> None:
    """Compare element by element; the oracle writes the number 007 as 7, text it leaves as it is."""
    assert [[row[0] for row in found] for found in ours] == [[row[0] for row in found] for found in theirs]
    pairs = ((mine, other) for sets in zip(ours, theirs, strict=True) for mine, other in zip(*sets, strict=True))
    for mine, other in pairs:
        elements = zip_longest(mine, other, fillvalue="")
        assert all(text in (found, spelled(found)) for found, text in elements), (mine, other)


def spelled(text: str) -> str:
    try:
        return format(Decimal(text).normalize(), "f") if text.strip("+-0123456789.") == "" else text
    except InvalidOperation:
        return text


def sent(*sets: list[Row]) -> str:
    return write_interchange(PARTNER, "OW", [("940", found) for found in sets], control_number=41, at=AT)


@pytest.fixture(scope="module")
def from_the_warehouse() -> dict[str, list[str]]:
    """What a warehouse says in nine days in which we send it orders, a cancellation and an order that it refuses."""
    address = Address("Jo Doe", "1 High Street", "", "Leeds", "", "LS1 1AA", "GB")
    orders = [
        ShipOrder(f"5768{number:014d}", address, (OrderLine("GROC-1", 8), OrderLine("GROC-4", number % 9 + 1)), "STD")
        for number in range(30)
    ]
    sets = [ship_order_set(order, depositor="NORTHGATE", site="NTH1") for order in orders]
    sets += [cancel_order_set(orders[3].order_number, depositor="NORTHGATE", site="NTH1")]
    store = Store()
    warehouse.install(store)
    store.set_now(MONDAY)
    warehouse.seed_stock(store, dict.fromkeys(SKUS, 200))
    warehouse.folders.save(store, "in/940_1.edi", sent(*sets).encode(), at=MONDAY)
    broken = sent([("W05", "N", "576800000000000099"), ("W76", "1")]).replace("000000041", "000000042")
    warehouse.folders.save(store, "in/940_2.edi", broken.encode(), at=MONDAY)
    for instant in range(MONDAY, MONDAY + 9 * DAY, warehouse.WAVE_SECONDS):
        warehouse.wave(store, instant)
    texts: dict[str, list[str]] = {}
    for record in warehouse.folders.in_folder(store, "out"):
        texts.setdefault(record.id.partition("/")[2].partition("_")[0], []).append(record.body["text"])
    store.close()
    return texts


@pytest.mark.parametrize("set_id", sorted(EVERY_MESSAGE))
def test_hand_checked_messages_are_read_as_the_oracle_reads_them(set_id):
    text = EVERY_MESSAGE[set_id]
    assert_same(as_we_read(text), sets_of(as_the_oracle_reads(text)))


@pytest.mark.parametrize("set_id", ["945", "846", "947", "944", "997"])
def test_messages_of_the_warehouse_are_sound_and_read_as_the_oracle_reads_them(from_the_warehouse, set_id):
    assert from_the_warehouse[set_id]
    for text in from_the_warehouse[set_id]:
        assert_same(as_we_read(text), sets_of(as_the_oracle_reads(text)))
        assert messages_in(text)


TEXT = st.text(string.ascii_letters + string.digits + " .,'()-/&+äß£*~>:", max_size=80)
NAME = TEXT.map(lambda text: f"At {text}")
ORDERS = st.builds(
    ShipOrder,
    order_number=st.from_regex(r"[0-9]{1,22}", fullmatch=True),
    address=st.builds(
        Address,
        name=NAME,
        street=NAME,
        street2=TEXT,
        city=NAME,
        state=st.sampled_from(["", "NY", "Greater London"]),
        postal_code=st.from_regex(r"[A-Z0-9 ]{3,12}", fullmatch=True),
        country=st.sampled_from(["GB", "US"]),
        phone=st.sampled_from(["", "+44 20 7946 0000"]),
    ),
    lines=st.lists(
        st.builds(OrderLine, sku=st.from_regex(r"[A-Z0-9-]{2,30}", fullmatch=True), quantity=st.integers(1, 9_999)),
        min_size=1,
        max_size=12,
    ).map(tuple),
    service=st.sampled_from(["STD", "EXP", "TIKTOK_LABEL"]),
    scac=st.sampled_from(["", "RMGB"]),
    ship_by=st.none() | st.dates(date(2026, 1, 1), date(2030, 1, 1)),
    references=st.sampled_from([(), (("2I", "RM000000000001GB"),)]),
)


@settings(max_examples=60, deadline=None)
@given(orders=st.lists(ORDERS, min_size=1, max_size=3))
def test_orders_of_any_content_are_sound_to_the_oracle_and_keep_every_element(orders):
    sets = [found for order in orders if (found := written(order))]
    assume(sets)
    assert_same(sets, sets_of(as_the_oracle_reads(sent(*sets))))


def written(order):
    """Return the order's segments; None for an address that no room is left for, which is refused by its element."""
    try:
        return ship_order_set(order, depositor="NORTHGATE", site="NTH1")
    except X12Error as error:
        reported = error
    assert reported.segment in ("N1", "N2", "N3", "N4") and reported.element
    return None


def test_a_cancellation_is_sound_to_the_oracle():
    segments = cancel_order_set("576812345678901234", depositor="NORTHGATE", site="NTH1")
    assert_same([segments], sets_of(as_the_oracle_reads(sent(segments))))


@pytest.mark.parametrize(
    ("set_id", "before", "after"),
    [
        ("945", "W06*F*576812345678901234*", "W06**576812345678901234*"),  # a required element is missing
        ("945", "W06*F*5768", "W06*F*57685768576857685768"),  # too long
        ("945", "W12*CC*2*", "W12*CC*two*"),  # no number
        ("846", "BIA*00*SI*SNAP-1*20260110*0200~\n", ""),  # a required segment is missing
        ("846", "*20260110*0200~", "*20261310*0200~"),  # no date
        ("947", "SE*6*0001", "SE*7*0001"),  # a wrong count
        ("997", "IEA*1*000000017", "IEA*1*000000018"),  # a wrong control number
    ],
)
def test_what_the_standard_forbids_is_refused_by_both(set_id, before, after):
    assert before in EVERY_MESSAGE[set_id]
    text = EVERY_MESSAGE[set_id].replace(before, after, 1)
    if not after:  # one segment fewer
        text = re.sub(r"SE\*(\d+)", lambda found: f"SE*{int(found[1]) - 1}", text)
    assert asked(text)["errors"]
    with pytest.raises(X12Error):
        messages_in(text)
