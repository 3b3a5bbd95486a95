"""A warehouse has one master on a day: two are refused at load, both rows named; a master may follow another."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from ingestion.config.loader import read_config

UK, US = "7495000000000000101", "7495000000000000202"
LOCATIONS = "shop_id,warehouse_id,system,location,valid_from,valid_to\n"
SYSTEMS = f"""
[newstore]
base_url = "https://shop.p.newstore.net"
token_url = "https://id.p.newstore.net/token"
tenant = "shop"
shops = ["{UK}"]

[linnworks]
base_url = "https://linnworks.example"

[linnworks.shops]
{UK} = "Acme"
"""


@pytest.fixture
def read(make_settings, tmp_path: Path, demo_config: Path, monkeypatch: pytest.MonkeyPatch):
    tenant = Path(shutil.copytree(demo_config, tmp_path / "tenant"))
    for name in ("APPLICATION_ID", "APPLICATION_SECRET", "TOKEN"):
        monkeypatch.setenv(f"TIEOUT_LINNWORKS__{name}", "x")
    with (tenant / "tieout.toml").open("a") as settings:
        settings.write(SYSTEMS)

    def locations(*rows: str) -> tuple[list[str], list[str]]:
        """Return which rows count, as system and day, and what is reported of the others."""
        (tenant / "locations.csv").write_text(LOCATIONS + "".join(f"{row}\n" for row in rows))
        found = read_config(make_settings(config_dir=tenant))
        counted = [f"{row['system']} {row['valid_from']}".strip() for row in found.rows["location_map"]]
        return counted, [str(fault) for fault in found.faults]

    return locations


@pytest.mark.parametrize("since", ["", "2026-01-31", "2025-12-01"])
def test_two_masters_of_a_warehouse_on_one_day_are_refused_and_both_rows_are_named(read, since):
    counted, reported = read(f"{UK},W1,linnworks,Default,,2026-01-31", f"{UK},W1,netsuite,3,{since},")
    assert counted == []
    assert len(reported) == 1
    assert "locations.csv:3: " in reported[0] and "those of line 2" in reported[0]
    assert "neither counts; end the older row the day before the newer begins" in reported[0]


def test_a_master_may_follow_another_the_day_after(read):
    rows = (f"{UK},W1,linnworks,Default,,2026-01-31", f"{UK},W1,netsuite,3,2026-02-01,")
    assert read(*rows) == (["linnworks", "netsuite 2026-02-01"], [])


def test_shops_that_sell_from_one_warehouse_have_one_master_of_it(read):
    counted, reported = read(f"{UK},W1,linnworks,Default,,", f"{US},W2,linnworks,Default,,", f"{US},W1,netsuite,3,,")
    assert counted == ["linnworks"]
    assert ["locations.csv:2: " in line or "locations.csv:4: " in line for line in reported] == [True, True]
    assert "'W1' has netsuite, 3 in line 4" in reported[0] and "'W1' has linnworks, Default in line 2" in reported[1]


def test_shops_that_sell_from_one_warehouse_of_one_master_are_no_contradiction(read):
    rows = (f"{UK},W1,netsuite,3,,", f"{US},W1,netsuite,3,,")
    assert read(*rows) == (["netsuite", "netsuite"], [])


def test_another_place_of_the_same_system_is_another_master(read):
    counted, reported = read(f"{UK},W1,netsuite,3,,", f"{US},W1,netsuite,4,2026-02-01,")
    assert (counted, len(reported)) == ([], 2)


def test_a_place_in_two_locations_is_refused_and_both_rows_are_named(read):
    rows = (f"{UK},W1,newstore,LDN01,,", f"{US},W2,newstore,LDN01+MAN01,,", f"{US},W3,newstore,LDS01,,")
    counted, reported = read(*rows)
    assert counted == ["newstore"]
    assert ["locations.csv:2: " in reported[0], "locations.csv:3: " in reported[1]] == [True, True]
    assert "'LDN01' has LDN01 in common with 'LDN01+MAN01' in line 3" in reported[0]


def test_locations_of_the_same_places_are_written_alike_and_name_each_place_once(read):
    assert read(f"{UK},W1,newstore,LDN01+MAN01,,", f"{US},W2,newstore,LDN01+MAN01,,") == (["newstore"] * 2, [])
    counted, reported = read(f"{UK},W1,newstore,LDN01+MAN01,,", f"{US},W2,newstore,MAN01+LDN01,,")
    assert (counted, len(reported)) == ([], 2)
    counted, reported = read(f"{UK},W1,newstore,LDN01+ LDN01,,")
    assert (counted, len(reported)) == ([], 1)
    assert "names 'LDN01' twice" in reported[0]


def test_a_place_may_move_to_another_location_the_day_after_and_other_systems_join_none(read):
    rows = (f"{UK},W1,newstore,LDN01,,2026-01-31", f"{UK},W1,newstore,LDN01+MAN01,2026-02-01,")
    assert read(*rows) == (["newstore", "newstore 2026-02-01"], [])
    assert read(f"{UK},W1,linnworks,A+B,,", f"{US},W2,linnworks,A,,") == (["linnworks"] * 2, [])
