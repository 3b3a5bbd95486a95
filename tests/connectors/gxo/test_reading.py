"""Messages of a warehouse become plain values, or an error that names segment and element."""

from pathlib import Path

import pytest

from connectors.gxo.errors import X12Error
from connectors.gxo.messages import AdjustmentLine, AdviceLine, Carton, ReceiptLine
from connectors.gxo.reading import read_message, read_note
from connectors.gxo.x12 import read_interchange
from tests.connectors.gxo.interchanges import (
    ACKNOWLEDGEMENT,
    ADJUSTMENT,
    ADVICE,
    RECEIPT,
    SNAPSHOT,
    interchange,
)


def message(body, functional_id="SW"):
    (found,) = read_interchange(interchange(functional_id, body).encode()).sets
    return read_message(found)


def changed(body, before, after):
    assert before in body
    return [after if segment == before else segment for segment in body]


def test_an_advice_has_its_cartons_tracking_and_lines():
    advice = message(ADVICE)
    assert (advice.shipment_id, advice.order_number, advice.ship_date) == ("SHP-1", "576812345678901234", "2026-01-10")
    assert (advice.scac, advice.service) == ("RMGB", "STD")
    assert advice.cartons == (Carton("1", ("RM000000000001GB",)), Carton("2", ("RM000000000002GB",)))
    assert advice.lines == (AdviceLine("GROC-1", 2, 2, "CC", "1"), AdviceLine("GROC-2", 3, 1, "CP", "2"))


def test_tracking_in_n9_is_found_as_well():
    body = changed(ADVICE, "MAN*CP*RM000000000001GB", "N9*2I*RM000000000009GB")
    assert message(body).cartons[0].tracking_numbers == ("RM000000000009GB",)


@pytest.mark.parametrize(
    ("before", "after", "numbers"),
    [
        ("MAN*CP*RM000000000001GB", "MAN*GM*00912345678901234560**CP*RM000000000009GB", ("RM000000000009GB",)),
        ("MAN*CP*RM000000000001GB", "MAN*GM*00912345678901234560", ()),
        ("MAN*CP*RM000000000001GB", "REF*CN*RM000000000009GB", ("RM000000000009GB",)),
        ("W27*U*RMGB*STD", "REF*BM*BOL-7", ("RM000000000001GB",)),  # the carton's own number goes first
    ],
)
def test_a_cartons_number_is_where_partners_put_it(before, after, numbers):
    first, second = message(changed(ADVICE, before, after)).cartons
    assert (first.number, first.tracking_numbers) == ("1", numbers)
    assert second == Carton("2", ("RM000000000002GB",))


def test_a_number_in_the_second_pair_of_man_is_the_cartons():
    """Case 13: the first pair names the carton's SSCC."""
    path = Path(__file__).resolve().parents[2] / "cases" / "13-tracking-in-man-pair" / "945.x12"
    (found,) = read_interchange(path.read_bytes()).sets
    assert read_message(found).cartons == (Carton("1", ("RM000000000001GB",)),)


@pytest.mark.parametrize("reference", ["N9*CN*PRO-1", "REF*CN*PRO-1", "REF*BM*PRO-1", "N9*2I*PRO-1"])
def test_a_number_at_the_head_is_that_of_every_carton_without_its_own(reference):
    body = [segment for segment in changed(ADVICE, "W27*U*RMGB*STD", reference) if not segment.startswith("MAN")]
    assert message(body).cartons == (Carton("1", ("PRO-1",)), Carton("2", ("PRO-1",)))


def test_several_numbers_of_one_kind_in_a_carton_are_all_reported():
    body = [*ADVICE[:6], "MAN*CP*RM000000000009GB", *ADVICE[6:]]
    assert message(body).cartons[0].tracking_numbers == ("RM000000000001GB", "RM000000000009GB")


def test_cartons_that_are_all_counted_as_one_stay_apart_and_lines_before_any_carton_have_one():
    body = changed(ADVICE, "LX*2", "LX*1")
    assert [carton.number for carton in message(body).cartons] == ["1", "1.2"]
    bare = [segment for segment in ADVICE if not segment.startswith(("LX", "MAN"))]
    assert message(bare).cartons == (Carton("0", ()),)


def test_the_item_is_the_one_that_left_and_not_the_one_it_replaces():
    body = changed(ADVICE, "W12*CC*2*2*0*EA**SK*GROC-1", "W12*IS*2*2*0*EA**SK*GROC-9*LOT********SK*GROC-1")
    assert message(body).lines[0].sku == "GROC-9"


def test_quantities_that_are_not_written_follow_from_the_others():
    body = changed(ADVICE, "W12*CP*3*1*2*EA**SK*GROC-2", "W12*CP**1*2*EA**SK*GROC-2")
    assert message(body).lines[1] == AdviceLine("GROC-2", 3, 1, "CP", "2")
    body = changed(ADVICE, "W12*CP*3*1*2*EA**SK*GROC-2", "W12*CP*3**2*EA**SK*GROC-2")
    assert message(body).lines[1] == AdviceLine("GROC-2", 3, 1, "CP", "2")


def test_the_day_it_was_shipped_is_in_g62_where_w06_has_none():
    body = changed(ADVICE, "W06*F*576812345678901234*20260110*SHP-1", "W06*F*576812345678901234**SHP-1")
    assert message([*body[:3], "G62*11*20260109", *body[3:]]).ship_date == "2026-01-09"


def test_an_advice_without_lines_says_nothing():
    with pytest.raises(X12Error, match="expected at least one W12"):
        message([*ADVICE[:4], "W03*0"])


def test_more_promised_than_there_is_may_be_reported_of_what_is_available_only():
    assert message(changed(SNAPSHOT, "QTY*33*35", "QTY*33*-2")).lines[0].quantities["33"] == -2


def test_a_snapshot_has_every_quantity_by_its_qualifier():
    snapshot = message(SNAPSHOT)
    assert (snapshot.reference, snapshot.date, snapshot.time, snapshot.site) == ("SNAP-1", "2026-01-10", "0200", "NTH1")
    assert {line.sku: line.quantities for line in snapshot.lines} == {
        "GROC-1": {"17": 40, "33": 35, "QH": 5},
        "GROC-2": {"17": 0},
    }


def test_an_adjustment_is_signed_and_keeps_its_reason():
    assert message(ADJUSTMENT).lines == (AdjustmentLine("GROC-1", -3, "AU"), AdjustmentLine("GROC-2", 2, "AA"))


def test_a_receipt_has_its_reference_and_its_damaged_units():
    receipt = message(RECEIPT)
    assert (receipt.number, receipt.order_number, receipt.references) == ("R1", "RMA-9", {"RZ": "4035"})
    assert receipt.lines == (ReceiptLine("GROC-1", 5, ((1, "01"),)),)


def test_an_acknowledgement_says_of_each_set_whether_it_was_taken_and_why_not():
    acknowledgement = message(ACKNOWLEDGEMENT)
    assert (acknowledgement.group_control_number, acknowledgement.status) == ("41", "P")
    assert [(found.control_number, found.status) for found in acknowledgement.sets] == [("0001", "A"), ("0002", "R")]
    assert acknowledgement.sets[1].faults == ("segment 7 W01: code 8", "element 1: code 6 X")


def test_a_set_that_we_do_not_read_is_passed_over():
    assert message(["888", "G53*01"]) is None


@pytest.mark.parametrize(
    ("body", "before", "after", "reported"),
    [
        (ADVICE, "W03*3", "W03*4", "segment 13 W0301: expected the lines' total 3, found 4"),
        (ADVICE, "W12*CC*2*2*0*EA**SK*GROC-1", "W12*CC*2*2*1*EA**SK*GROC-1", "W1204: ordered 2 less shipped 2"),
        (ADVICE, "W12*CC*2*2*0*EA**SK*GROC-1", "W12*CC*2*two*0*EA**SK*GROC-1", "W1203: expected a number, found 'two'"),
        (ADVICE, "W12*CC*2*2*0*EA**SK*GROC-1", "W12*CC*2*1.5**EA**SK*GROC-1", "W1203: expected whole units"),
        (ADVICE, "W12*CC*2*2*0*EA**SK*GROC-1", "W12*CC*2*2*0*EA**UP*123", "W1207: expected an item under qualifier SK"),
        (ADVICE, "W06*F*576812345678901234*20260110*SHP-1", "W06*F**20260110*SHP-1", "W0602: the depositor's order"),
        (
            ADVICE,
            "W06*F*576812345678901234*20260110*SHP-1",
            "W06*F*1*20261310*SHP-1",
            "W0603: expected a date CCYYMMDD",
        ),
        (ADVICE, "W06*F*576812345678901234*20260110*SHP-1", "N9*ZZ*1", "ST: set 945 has no W06"),
        (SNAPSHOT, "CTT*2", "CTT*4", "CTT01: expected 4 lines, found 2"),
        (SNAPSHOT, "QTY*33*35", "QTY*17*35", "QTY01: quantity 17 comes twice"),
        (SNAPSHOT, "LIN**SK*GROC-1", "PID*F****TEXT", "QTY: expected after LIN"),
        (RECEIPT, "W14*5", "W14*6", "W1401: expected the lines' total 5, found 6"),
        (RECEIPT, "W13*1*EA*01", "W14*5", "a second W14: expected one in a set"),
        (ADJUSTMENT, "W19*AU*-3*EA**SK*GROC-1", "W19*A*-3*EA**SK*GROC-1", "W1901: expected 2 to 2 characters, found 1"),
        (ACKNOWLEDGEMENT, "AK5*R*5", "N9*ZZ*1", "AK2: expected an AK5 after it"),
    ],
)
def test_a_message_that_cannot_be_believed_is_refused_at_its_place(body, before, after, reported):
    with pytest.raises(X12Error) as caught:
        message(changed(body, before, after))
    assert reported in str(caught.value)


def test_a_note_on_an_interchange_names_it_as_a_997_would():
    text = interchange("FA", ACKNOWLEDGEMENT).replace("GS*FA", "TA1*000000041*260110*0930*R*025~GS*FA", 1)
    (note,) = read_interchange(text.encode()).notes
    verdict = read_note(note)
    assert (verdict.functional_id, verdict.group_control_number, verdict.status) == ("TA1", "41", "R")
    assert verdict.sets[0].faults == ("note 025",)
