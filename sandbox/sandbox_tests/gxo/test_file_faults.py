"""What a partner does wrong with its files."""

from __future__ import annotations

from sandbox import gxo
from sandbox_tests.gxo.conftest import MONDAY, segments, ship_order

ORDER = ship_order("577000000000000001", ("GROC-1", 2))


def test_half_a_file_is_there_until_the_next_wave(site):
    site.add_file_fault("partial_file", "997")
    site.drop(ORDER)
    site.until(0.5)
    half = next(iter(site.files("997").values()))
    site.until(1)
    whole = next(iter(site.files("997").values()))
    assert whole.startswith(half) and len(half) == len(whole) // 2 and whole.endswith("~")


def test_an_empty_file_is_made_good_under_another_name(site):
    site.add_file_fault("empty_file", "997")
    site.drop(ORDER)
    site.until(1)
    assert sorted(map(bool, site.files("997").values())) == [False, True]


def test_the_same_bytes_come_twice(site):
    site.add_file_fault("duplicate_file", "945")
    site.drop(ORDER)
    site.until(20)
    assert len(site.files("945")) == 2 and len(set(site.files("945").values())) == 1


def test_a_shipment_is_reported_again_under_new_numbers(site):
    site.add_file_fault("resent_file", "945")
    site.drop(ORDER)
    site.until(20)
    heads = [segments(text) for text in site.files("945").values()]
    assert len({rows[0][13] for rows in heads}) == 2
    assert len({row[4] for rows in heads for row in rows if row[0] == "W06"}) == 1


def test_a_file_is_overtaken(site):
    site.add_file_fault("reordered", "997")
    site.drop(ORDER)
    site.until(0.5)
    assert site.files("997") == {}
    site.drop(ship_order("2", ("GROC-1", 1)))
    site.until(1)
    written = {r.id: r.body["written_at"] for r in gxo.folders.in_folder(site.store, "out") if "997" in r.id}
    assert list(written) == sorted(written) and len(written) == 2
    assert min(written.values()) == MONDAY + 3600


def test_the_trailers_number_is_another(site):
    site.add_file_fault("wrong_control_number", "997")
    site.drop(ORDER)
    site.until(0.5)
    rows = segments(next(iter(site.files("997").values())))
    assert int(rows[-1][2]) == int(rows[0][13]) + 1


def test_half_of_the_skus_are_missing_and_the_count_agrees(site):
    before = set(site.files("846"))
    site.add_file_fault("halved_846")
    site.until(3)
    new = next(text for name, text in site.files("846").items() if name not in before)
    assert [row[1] for row in segments(new) if row[0] == "CTT"] == ["2"]
    assert len([row for row in segments(new) if row[0] == "LIN"]) == 2


def test_an_order_is_taken_without_an_acknowledgement(site):
    site.add_file_fault("missing_997")
    site.drop(ORDER)
    site.until(20)
    assert site.files("997") == {} and len(site.files("945")) == 1


def test_a_good_order_is_rejected(site):
    site.add_file_fault("rejected_997")
    site.drop(ORDER)
    site.until(20)
    assert site.rows("997", "AK5") == [["AK5", "R", "5"]] and site.files("945") == {}


def test_a_shipment_is_reported_a_day_late(site):
    site.add_file_fault("late_945")
    site.drop(ORDER)
    site.until(40)
    assert site.files("945") == {}
    site.until(48)
    assert len(site.files("945")) == 1


def test_a_parcel_goes_by_a_carrier_nobody_agreed_on(site):
    site.add_file_fault("unknown_carrier", "577000000000000001")
    site.drop(ORDER)
    site.until(20)
    assert site.rows("945", "W27")[0][2] == "ZZZZ"


def test_a_trick_ends_after_its_count(site):
    site.add_file_fault("missing_997", count=1)
    site.drop(ORDER)
    site.until(0.5)
    site.drop(ship_order("2", ("GROC-1", 1)))
    site.until(1)
    assert len(site.files("997")) == 1
