"""An order's life: taken in, promised, picked, shipped or short; cancellations; and the rule of stock."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise

import pytest

from sandbox import gxo
from sandbox.store import Store
from sandbox_tests.gxo.conftest import HOUR, LEVELS, MONDAY, Site, segments, ship_order

ORDER = "577000000000000001"


def w12(site: Site) -> list[tuple[str, ...]]:
    return [(r[1], r[2], r[3], r[4], r[8]) for r in site.rows("945", "W12")]


def test_an_order_is_acknowledged_at_once_and_shipped_in_the_day(site):
    site.drop(ship_order(ORDER, ("GROC-1", 2), ("GROC-2", 1)))
    site.until(7)
    assert site.rows("997", "AK5") == [["AK5", "A"]] and site.rows("997", "AK9") == [["AK9", "A", "1", "1", "1"]]
    assert site.files(folder="in") == {} and list(site.files(folder="archive")) == ["940_000001.edi"]
    assert site.order(ORDER)["status"] == "allocated"
    site.until(15.5)
    shipped = site.order(ORDER)
    assert shipped["status"] == "shipped" and shipped["shipped_at"] == MONDAY + 14.5 * HOUR
    assert w12(site) == [("CC", "2", "2", "0", "GROC-1"), ("CC", "1", "1", "0", "GROC-2")]
    head = site.rows("945", "W06")[0]
    assert head[1:4] == ["F", ORDER, "20260105"] and site.rows("945", "W03") == [["W03", "3"]]
    assert site.rows("945", "W27")[0][2] in {"RMGB", "EVRI"}


def test_nothing_ships_at_the_weekend(site):
    site.until(4 * 24 + 18)
    site.drop(ship_order(ORDER, ("GROC-1", 1)))
    site.until(7 * 24 + 7)
    assert site.order(ORDER)["status"] == "allocated"
    site.until(9 * 24 + 18.5)
    assert site.order(ORDER)["status"] == "shipped"


def test_some_orders_are_days_late(site):
    many = [ship_order(f"6{n:017d}", ("GROC-4", 1)) for n in range(80)]
    gxo.seed_stock(site.store, {"GROC-4": 100})
    site.drop(*many)
    site.until(4 * 24)
    days = Counter((site.order(f"6{n:017d}")["shipped_at"] - MONDAY) // 86400 for n in range(80))
    assert days[0] > 60 and 0 < days[1] + days[2] < 20


def test_what_is_short_is_shipped_in_part_and_what_is_unknown_is_out_of_stock(site):
    site.drop(ship_order(ORDER, ("GROC-4", 9), ("GROC-3", 1), ("NO-SUCH", 2)))
    site.until(20)
    rows = w12(site)
    assert sum(int(row[2]) for row in rows if row[4] == "GROC-4") == 7
    assert [row[0] for row in rows if row[4] == "GROC-4"] == ["CP", "CP"]
    assert ("DS", "1", "0", "1", "GROC-3") in rows and ("DS", "2", "0", "2", "NO-SUCH") in rows
    assert all(int(ordered) - int(shipped) == int(short) for _, ordered, shipped, short, _ in rows)
    assert site.order(ORDER)["status"] == "shipped"


def test_nothing_in_stock_is_a_shipment_of_nothing(site):
    site.drop(ship_order(ORDER, ("NO-SUCH", 2)))
    site.until(20)
    assert site.order(ORDER)["status"] == "shorted"
    assert site.rows("945", "MAN") == [] and site.rows("945", "W03") == [["W03", "0"]]


def test_a_carton_holds_six_units_and_each_has_its_own_numbers(site):
    site.drop(ship_order(ORDER, ("GROC-1", 8), ("GROC-2", 6)))
    site.until(20)
    numbers = [row[2] for row in site.rows("945", "MAN")]
    assert len(site.rows("945", "LX")) == 3 and len(numbers) == len(set(numbers)) == 6
    units = Counter()
    for status, ordered, shipped, short, sku in w12(site):
        units[sku] += int(shipped)
        assert status == "CC" and ordered == shipped and short == "0"
    assert units == {"GROC-1": 8, "GROC-2": 6}


def test_a_label_that_came_with_the_order_is_the_parcels_number(site):
    site.drop(ship_order(ORDER, ("GROC-1", 9), routing="TIKTOK_LABEL", tracking="H0TIKTOK00000001"))
    site.until(20)
    assert [row[2] for row in site.rows("945", "MAN") if row[1] == "CP"] == ["H0TIKTOK00000001"]
    assert site.rows("945", "W27")[0][2] == "EVRI"


@pytest.mark.parametrize("code", ["F", "D"])
def test_a_cancellation_in_time_is_reported_by_a_945_of_nothing(site, code):
    site.drop(ship_order(ORDER, ("GROC-1", 2)))
    site.until(2)
    site.drop(ship_order(ORDER, status=code))
    site.until(20)
    assert site.order(ORDER)["status"] == "cancelled"
    assert w12(site) == [("IC", "2", "0", "2", "GROC-1")] and site.rows("945", "MAN") == []
    assert gxo.stock.level(site.store, "GROC-1")["allocated"] == 0


def test_a_cancellation_after_picking_began_is_accepted_as_syntax_and_ignored(site):
    site.drop(ship_order(ORDER, ("GROC-1", 2)))
    site.until(12)
    assert site.order(ORDER)["status"] == "picking"
    site.drop(ship_order(ORDER, status="F"))
    site.until(20)
    assert site.rows("997", "AK5") == [["AK5", "A"], ["AK5", "A"]]
    assert w12(site) == [("CC", "2", "2", "0", "GROC-1")]


def test_an_order_sent_again_ships_once_and_a_change_replaces_it(site):
    site.drop(ship_order(ORDER, ("GROC-1", 2)))
    site.drop(ship_order(ORDER, ("GROC-1", 5)))
    site.until(1)
    assert site.order(ORDER)["lines"][0]["quantity"] == 2
    site.drop(ship_order(ORDER, ("GROC-2", 3), status="R"))
    site.until(20)
    assert w12(site) == [("CC", "3", "3", "0", "GROC-2")]
    assert gxo.stock.level(site.store, "GROC-1")["allocated"] == 0


def test_an_order_without_lines_is_never_shipped(site):
    site.drop(["W05*N*" + ORDER])
    site.until(48)
    assert site.order(ORDER)["status"] == "rejected" and site.files("945") == {}


def test_a_file_being_written_is_left_alone(site):
    gxo.folders.save(site.store, "in/940_x.tmp", b"ISA", at=MONDAY)
    site.until(2)
    assert list(site.files(folder="in")) == ["940_x.tmp"] and site.files("TA1") == {}


def test_orders_compete_for_the_last_units_in_the_order_they_came(site):
    site.drop(ship_order("1", ("GROC-4", 5)))
    site.until(1)
    site.drop(ship_order("2", ("GROC-4", 5)))
    site.until(48)
    assert (site.order("1")["lines"][0]["shipped"], site.order("2")["lines"][0]["shipped"]) == (5, 2)


def snapshots(site: Site) -> list[tuple[str, dict[str, tuple[int, ...]]]]:
    reported = []
    for name, text in site.files("846").items():
        levels: dict[str, tuple[int, ...]] = {}
        sku = ""
        for row in segments(text):
            if row[0] == "LIN":
                sku = row[3]
                levels[sku] = ()
            if row[0] == "QTY":
                levels[sku] += (int(row[2]),)
        reported.append((name[4:], levels))
    return reported


def moved(site: Site, since: str, until: str) -> Counter[str]:
    """Signed units per SKU reported by 944, 945 and 947 between two snapshots, by the files' stamps."""
    units: Counter[str] = Counter()
    for code, name, sign in (("944", "W07", 1), ("945", "W12", -1), ("947", "W19", 1)):
        for file, text in site.files(code).items():
            if not since < file[4:] < until:
                continue
            for row in segments(text):
                if row[0] == name and name == "W07":
                    units[row[5]] += int(row[1])
                elif row[0] == name and name == "W12":
                    units[row[8]] += sign * int(row[3])
                elif row[0] == name and row[1] not in {"05", "55"}:
                    units[row[6]] += int(row[2])
    return units


def test_every_snapshot_is_the_one_before_and_what_was_reported_in_between(site):
    gxo.seed_stock(site.store, {f"BULK-{n}": 20 for n in range(30)})
    for day in range(21):
        for n in range(6):
            site.drop(ship_order(f"7{day:02}{n:02}", (f"BULK-{(day * 7 + n) % 30}", 4), ("GROC-1", 2)))
        gxo.consume(site.store, f"BULK-{day}", 3)
        site.until(24 * (day + 1))
    reported = snapshots(site)
    assert len(reported) == 22
    for (since, before), (until, after) in pairwise(reported):
        units = moved(site, since, until)
        expected = {sku: before.get(sku, (0,))[0] + units[sku] for sku in after}
        assert {sku: row[0] for sku, row in after.items()} == expected
        assert all(free <= on_hand - hold for on_hand, free, hold in after.values())
    assert {"944", "945", "947"} <= {name[:3] for name in site.files()}
    assert {"AA", "AU", "AH"} & {row[1] for row in site.rows("947", "W19")} >= {"AH"}


def test_another_channel_takes_only_what_is_free_and_it_is_reported(site):
    site.drop(ship_order(ORDER, ("GROC-4", 5)))
    site.until(1)
    assert gxo.consume(site.store, "GROC-4", 9) == 2
    assert gxo.consume(site.store, "GROC-4", 1) == 0 and gxo.consume(site.store, "NO-SUCH", 1) == 0
    site.until(1.5)
    assert site.rows("947", "W19") == [["W19", "AH", "-2", "EA", "", "SK", "GROC-4"]]


def test_the_snapshot_splits_over_sets_of_the_configured_size(site):
    site.store.set_meta("limits", {"gxo": {"lin_per_set": 3, "noon_snapshot": True}})
    before = set(site.files("846"))
    site.until(13)
    new = [text for name, text in site.files("846").items() if name not in before]
    assert len(new) == 2
    sets = [row for row in segments(new[0]) if row[0] == "ST"]
    references = {row[3] for row in segments(new[0]) if row[0] == "BIA"}
    assert len(sets) == 2 and len(references) == 1
    assert [row[1] for row in segments(new[0]) if row[0] == "CTT"] == ["3", "1"]
    assert snapshots(site)[-1][1].keys() == LEVELS.keys()


def run_once(steps: tuple[float, ...]) -> dict[str, str]:
    store = Store()
    gxo.install(store)
    gxo.seed_stock(store, LEVELS)
    gxo.wave(store, MONDAY)
    site = Site(store)
    site.drop(ship_order(ORDER, ("GROC-1", 8), ("GROC-4", 9)), ship_order("2", ("GROC-2", 3)))
    for hours in steps:
        site.until(hours)
    files = site.files()
    store.close()
    return files


def test_the_same_files_give_the_same_answers():
    assert run_once((100.0,)) == run_once((3.0, 50.0, 100.0))


def test_envelopes_count_right_and_numbers_have_no_gaps(site):
    site.drop(ship_order(ORDER, ("GROC-1", 2)), ship_order("2", ("GROC-2", 2)))
    site.until(60)
    numbers = []
    for name, text in site.files().items():
        rows = segments(text)
        numbers.append(int(rows[0][13]))
        assert rows[-1][2] == rows[0][13] and len(text[: text.index("~") + 1]) == 106
        starts = [at for at, row in enumerate(rows) if row[0] == "ST"]
        ends = [at for at, row in enumerate(rows) if row[0] == "SE"]
        assert [int(rows[at][1]) for at in ends] == [e - s + 1 for s, e in zip(starts, ends, strict=True)]
        assert name.startswith(rows[starts[0]][1] if starts else "TA1")
    assert sorted(numbers) == list(range(1, len(numbers) + 1))
