"""What the warehouse says to files that are wrong: TA1 and 997."""

from __future__ import annotations

import pytest

from sandbox import gxo
from sandbox.gxo import x12
from sandbox_tests.gxo.conftest import MONDAY, interchange, segments, ship_order

GOOD = ship_order("1", ("GROC-1", 2))


def put(site, text: str) -> None:
    gxo.folders.save(site.store, "in/940_x.edi", text.encode(), at=MONDAY)
    site.until((site.now - MONDAY) / 3600 + 0.5)


def notes(site) -> list[list[str]]:
    return [row[1:] for row in site.rows("TA1", "TA1")]


@pytest.mark.parametrize(
    ("old", "new", "note"),
    [
        ("IEA*1*000000007", "IEA*1*000000008", "001"),
        ("IEA*1*000000007", "IEA*2*000000007", "021"),
        ("IEA*1*000000007~", "", "023"),
        ("*NORTHGATE      *ZZ", "*SOMEBODY       *ZZ", "006"),
        ("*GXONTH1        *", "*GXOELSE        *", "008"),
        ("*00401*", "*00501*", "017"),
        ("GS*OW", "XX*1~GS*OW", "024"),
    ],
)
def test_a_broken_envelope_is_refused_whole(site, old, new, note):
    text = interchange(GOOD, isa=7)
    assert old in text
    put(site, text.replace(old, new, 1))
    assert notes(site) == [["000000007", "260105", "0900", "R", note]]
    assert site.files("997") == {} and site.store.get("gxo", "orders", "1") is None


def test_a_number_seen_before_is_refused(site):
    put(site, interchange(GOOD, isa=7))
    put(site, interchange(ship_order("2", ("GROC-1", 1)), isa=7))
    assert notes(site)[0][3:] == ["R", "025"]
    assert site.store.get("gxo", "orders", "2") is None and len(site.files("997")) == 1


def test_who_asks_for_it_gets_a_ta1(site):
    put(site, interchange(GOOD, isa=7, ack="1"))
    assert notes(site) == [["000000007", "260105", "0900", "A", "000"]] and len(site.files("997")) == 1


@pytest.mark.parametrize("text", ["", "nothing of the kind", "ISA*00*short~", interchange(GOOD, isa=7)[:60]])
def test_what_has_no_whole_header_cannot_be_answered(site, text):
    put(site, text)
    assert site.files("TA1") == {} and site.files("997") == {}
    assert site.files(folder="in") == {} and list(site.files(folder="archive")) == ["940_x.edi"]


def test_a_header_of_other_widths_is_refused_by_its_number(site):
    put(site, interchange(GOOD, isa=7).replace("NORTHGATE      ", "NORTHGATE"))
    assert notes(site) == [["000000007", "260105", "0900", "R", "022"]]


@pytest.mark.parametrize(
    ("body", "reported"),
    [
        (GOOD[1:], [["AK3", "W05", "2", "", "3"]]),
        ([*GOOD, "ZZZ*1"], [["AK3", "ZZZ", "11", "", "1"]]),
        ([*GOOD, "N9*CO*1"], [["AK3", "N9", "11", "", "7"]]),
        (["W05*N*1", "W05*N*1", *GOOD[1:]], [["AK3", "W05", "3", "", "5"]]),
        (["W05*Q*1", *GOOD[1:]], [["AK3", "W05", "2", "", "8"], ["AK4", "1", "473", "7", "Q"]]),
        (["W05**1", *GOOD[1:]], [["AK3", "W05", "2", "", "8"], ["AK4", "1", "473", "1"]]),
        (
            [f"W05*N*{'1' * 23}", *GOOD[1:]],
            [["AK3", "W05", "2", "", "8"], ["AK4", "2", "285", "5", "1" * 23]],
        ),
        (
            ["W05*N*1", "W66*PP*U*******EVRI"],
            [["AK3", "W66", "3", "", "8"], ["AK4", "8", "", "2"], ["AK4", "9", "", "6", "EVRI"]],
        ),
        (["W05*N*1", "LX*1", "W01*two*EA**SK*A"], [["AK3", "W01", "4", "", "8"], ["AK4", "1", "", "6", "two"]]),
        (["W05*N*1", "G62*10*20261332"], [["AK3", "G62", "3", "", "8"], ["AK4", "2", "373", "8", "20261332"]]),
        (["W05*N*1", "N1*ST"], [["AK3", "N1", "3", "", "8"], ["AK4", "2", "93", "2"]]),
        (["W05*N*1", "LX*1", "W01*1*EA**SK"], [["AK3", "W01", "4", "", "8"], ["AK4", "5", "234", "2"]]),
    ],
)
def test_a_broken_set_is_rejected_with_its_errors(site, body, reported):
    put(site, interchange(body))
    rows = [row for text in site.files("997").values() for row in segments(text)]
    assert [row for row in rows if row[0] in {"AK3", "AK4"}] == reported
    assert [row for row in rows if row[0] in {"AK5", "AK9"}] == [["AK5", "R", "5"], ["AK9", "R", "1", "1", "0"]]
    assert site.store.count("gxo", "orders") == 0


def test_one_bad_set_does_not_hold_up_the_others(site):
    put(site, interchange(GOOD, ["W05*Q*2"], ship_order("3", ("GROC-1", 1))))
    assert site.rows("997", "AK9") == [["AK9", "P", "3", "3", "2"]]
    assert [row[1] for row in site.rows("997", "AK5")] == ["A", "R", "A"]
    assert [record.id for record in site.store.select("gxo", "orders")] == ["1", "3"]


@pytest.mark.parametrize(
    ("old", "new", "codes"),
    [
        ("SE*11*", "SE*12*", ["R", "4"]),
        ("SE*11*0001", "SE*11*0002", ["R", "3"]),
        ("ST*940*0001", "ST*943*0001", ["R", "1"]),
    ],
)
def test_a_set_whose_trailer_or_kind_is_wrong_is_rejected(site, old, new, codes):
    text = interchange(GOOD)
    assert old in text
    put(site, text.replace(old, new))
    assert site.rows("997", "AK5") == [["AK5", *codes]]


@pytest.mark.parametrize(
    ("old", "new", "codes"),
    [("GE*1*1", "GE*2*1", ["5"]), ("GE*1*1", "GE*1*9", ["4"]), ("X*004010", "X*005010", ["2"]), ("GE*1*1~", "", ["3"])],
)
def test_a_group_that_does_not_hold_takes_nothing(site, old, new, codes):
    put(site, interchange(GOOD).replace(old, new))
    assert site.rows("997", "AK9")[0][1] == "R" and site.rows("997", "AK9")[0][5:] == codes
    assert site.store.count("gxo", "orders") == 0


def test_an_acknowledgement_is_not_acknowledged(site):
    put(site, interchange(["AK1*SW*1", "AK9*A*1*1*1"], code="997", functional="FA"))
    assert site.files("997") == {} and site.files("TA1") == {}


@pytest.mark.parametrize("ending", ["~", "~\n", "~\r\n", "\n"])
def test_any_terminator_the_header_names_is_read(ending):
    text = interchange(GOOD).replace("~", ending)
    read = x12.read(text)
    assert [s.code for each in read for group in each.groups for s in group.sets] == ["940"]
    assert read[0].note() == "000"


def test_other_delimiters_and_several_interchanges_in_a_file(site):
    both = interchange(GOOD, isa=1).replace("*", "|").replace("~", "'") + "\n" + interchange(GOOD, isa=2)
    assert [(each.control, each.note()) for each in x12.read(both)] == [("000000001", "000"), ("000000002", "000")]
    cut = interchange(GOOD, isa=1).replace("IEA*1*000000001~", "") + interchange(GOOD, isa=2)
    assert [each.note() for each in x12.read(cut)] == ["023", "000"]


def test_signs_that_x12_cannot_carry_become_blanks():
    assert x12.segment_text(["N1", "ST", "A*B~C\n>D", ""]) == "N1*ST*A B C  D~"
