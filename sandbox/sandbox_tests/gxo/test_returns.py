"""What comes back to the site: stock, holds and the 944 under the return's reference."""

from __future__ import annotations

from sandbox import gxo
from sandbox_tests.gxo.conftest import MONDAY, Site

REF = "4035318504086604001"


def level(site: Site, sku: str) -> tuple[int, int, int]:
    body = gxo.stock.level(site.store, sku)
    return body["on_hand"], body["on_hold"], gxo.stock.available(body)


def test_returns_since_the_last_wave_are_one_file_of_a_set_each(site: Site) -> None:
    gxo.returned(site.store, reference=REF, units={"GROC-1": 2}, damaged={"GROC-1": 1, "GROC-2": 1}, now=MONDAY + 60)
    gxo.returned(site.store, reference="R000100001", units={"NEW-1": 1}, damaged={}, now=MONDAY + 90)
    assert [level(site, sku) for sku in ("GROC-1", "GROC-2", "NEW-1")] == [(53, 1, 52), (11, 1, 10), (1, 0, 1)]
    assert site.files("944") == {}
    site.until(1)
    (text,) = site.files("944").values()
    assert text.count("ST*944*") == 2
    assert [row[1:5] for row in site.rows("944", "W17")] == [
        ["F", "20260105", "RT00000001", REF],
        ["F", "20260105", "RT00000002", "R000100001"],
    ]
    assert [row[1:] for row in site.rows("944", "N9")] == [["RZ", REF], ["RZ", "R000100001"]]
    assert [row[1:] for row in site.rows("944", "W07")] == [
        ["3", "EA", "", "SK", "GROC-1"],
        ["1", "EA", "", "SK", "GROC-2"],
        ["1", "EA", "", "SK", "NEW-1"],
    ]
    assert [row[1:] for row in site.rows("944", "W13")] == [["1", "EA", "01"], ["1", "EA", "01"]]
    assert [row[1:] for row in site.rows("944", "W14")] == [["4"], ["1"]]


def test_damaged_units_stay_on_hold_over_weeks_of_counts(site: Site) -> None:
    gxo.returned(site.store, reference=REF, units={}, damaged={"GROC-2": 4}, now=MONDAY)
    site.until(24 * 40)
    held = {body["sku"]: body["on_hold"] for body in gxo.stock.levels(site.store)}
    assert held["GROC-2"] >= 4
    freed = [row for row in site.rows("947", "W19") if row[1] == "55"]
    assert freed, "counts do take other units off hold"


def test_what_is_longer_than_its_element_is_cut(site: Site) -> None:
    gxo.returned(site.store, reference="X" * 40, units={"GROC-1": 1}, damaged={}, now=MONDAY)
    site.until(1)
    assert (site.rows("944", "W17")[0][4], site.rows("944", "N9")[0][2]) == ("X" * 22, "X" * 30)


def test_a_return_of_nothing_is_not_reported(site: Site) -> None:
    assert gxo.returned(site.store, reference=REF, units={}, damaged={}, now=MONDAY) == "RT00000001"
    site.until(1)
    assert site.files("944") == {}
