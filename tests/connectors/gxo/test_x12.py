"""Interchanges are read whole or refused whole, with the place of the fault."""

import random
from datetime import UTC, datetime

import pytest

from connectors.gxo.errors import X12Error
from connectors.gxo.reading import read_message
from connectors.gxo.x12 import Partner, read_interchange, write_interchange
from tests.connectors.gxo.interchanges import EVERY_MESSAGE

PARTNER = Partner("ZZ", "NORTHGATE", "ZZ", "GXONTH1", "NORTHGATE", "GXONTH1")
AT = datetime(2026, 1, 10, 9, 30, tzinfo=UTC)
BODY = [("W05", "N", "576812345678901234"), ("N1", "WH", "North", "92", "NTH1"), ("W76", "3")]


def written(**changes):
    options = {"control_number": 7, "at": AT, **changes}
    return write_interchange(PARTNER, "OW", [("940", BODY), ("940", BODY)], **options)


def test_what_is_written_is_read_back():
    interchange = read_interchange(written().encode())
    assert (interchange.sender, interchange.receiver, interchange.control_number) == (
        "NORTHGATE",
        "GXONTH1",
        "000000007",
    )
    assert [found.control_number for found in interchange.sets] == ["0001", "0002"]
    assert [(s.id, *s.elements) for s in interchange.sets[0].segments] == BODY


def test_isa_has_its_106_characters():
    assert written().index("~") == 105


@pytest.mark.parametrize("ends", ["~\r\n", "~\n", "~", "'", "\n", "\x1c"])
def test_any_terminator_and_line_end_is_read(ends):
    text = written().replace("~", ends)
    assert len(read_interchange(text.encode()).sets) == 2


@pytest.mark.parametrize(("separator", "component"), [("|", ":"), ("^", "<"), ("\x1d", "\x1f")])
def test_any_element_separator_is_read(separator, component):
    text = written().replace("*", separator).replace(">", component)
    assert read_interchange(text.encode()).sets[1].segments[0].text(2) == "576812345678901234"


@pytest.mark.parametrize(
    ("before", "after", "reported"),
    [
        ("SE*5*0001", "SE*6*0001", "segment 7 SE01: expected segments 5, found '6'"),
        ("SE*5*0001", "SE*5*0009", "segment 7 SE02: expected the set's control number 0001, found '0009'"),
        ("GE*2*7", "GE*1*7", "segment 13 GE01: expected transaction sets 2, found '1'"),
        ("GE*2*7", "GE*2*8", "segment 13 GE02: expected the group's control number 7, found '8'"),
        ("IEA*1*000000007", "IEA*1*000000008", "segment 14 IEA02"),
        ("IEA*1*000000007~", "", "segment 2 GS: the file ends without IEA"),
        ("IEA*1*000000007~", "IEA*1*000000007~ST*940*1~", "segment 15 ST: expected nothing after IEA"),
        ("SE*5*0001~", "", "segment 7 ST: set 0001 has no SE"),
        ("W76*3~", "w76*3~", "segment 6 w76: 'w76' is no segment id"),
        ("*000000007*0*P", "*00000007*0*P", "ISA"),
        ("0007~", "0007", "the file ends inside a segment"),
    ],
)
def test_a_broken_envelope_is_refused_at_its_place(before, after, reported):
    text = written()
    assert before in text
    with pytest.raises(X12Error) as caught:
        read_interchange(text.replace(before, after, 1).encode())
    assert reported in str(caught.value)


@pytest.mark.parametrize("content", [b"", b" \n", b"hello", b"\xff\xfe", b"ISA*00*short~"])
def test_what_is_no_interchange_is_refused(content):
    with pytest.raises(X12Error, match="segment 1 ISA"):
        read_interchange(content)


def test_a_delimiter_in_the_data_is_refused_when_writing():
    with pytest.raises(X12Error, match=r"segment 4 W0502: holds the delimiter '\*'"):
        write_interchange(PARTNER, "OW", [("940", [("W05", "N", "1*2")])], control_number=1, at=AT)


def test_control_numbers_have_at_most_nine_digits():
    with pytest.raises(X12Error, match="1000000000"):
        written(control_number=10**9)


def mutated(content, dice):
    """Return the content with one to four bytes, stretches or segments changed, dropped, doubled or swapped."""
    raw = bytearray(content)
    for _ in range(dice.randint(1, 4)):
        at = dice.randrange(len(raw)) if raw else 0
        kind = dice.randrange(6)
        if kind == 0:
            raw[at : at + 1] = bytes([dice.randrange(256)])
        elif kind == 1:
            del raw[at : at + dice.choice((1, 2, 5, 40))]
        elif kind == 2:
            raw[at:at] = raw[at : at + dice.choice((1, 3, 20))]
        elif kind == 3:
            raw[at:at] = dice.choice((b"*", b"~", b"\n", b"ST*945*0001~", b"SE*1*0001~", b"-", b"9" * 20))
        elif kind == 4:
            parts = bytes(raw).split(b"~")
            dice.shuffle(parts) if dice.random() < 0.2 else parts.pop(dice.randrange(len(parts)))
            raw = bytearray(b"~".join(parts))
        else:
            raw = raw[: at + 1]
    return bytes(raw)


@pytest.mark.parametrize("set_id", sorted(EVERY_MESSAGE))
def test_two_thousand_mutations_of_a_message_are_read_whole_or_refused_with_their_place(set_id):
    dice = random.Random(set_id)
    whole = EVERY_MESSAGE[set_id].encode()
    faults = [fault for fault in (fault_of(mutated(whole, dice)) for _ in range(2_000)) if fault]
    assert len(faults) > 1_000
    assert all(fault.position >= 1 and fault.reason and len(str(fault)) < 200 for fault in faults)


def fault_of(content):
    try:
        for found in read_interchange(content).sets:
            read_message(found)
    except X12Error as error:
        return error
    return None
