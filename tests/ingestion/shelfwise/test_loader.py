"""Shelfwise over real sockets: what doctor says, what lands, what models make of it, and what dlt's users read."""

from __future__ import annotations

import json
import shutil
from contextlib import closing

import pytest
import typer
from typer.testing import CliRunner

from connectors.shelfwise.client import open_shelfwise
from ingestion.shelfwise import shelfwise_source
from orchestration.cli.commands import register
from orchestration.demo.demo import running_sandbox
from orchestration.demo.tenant import write_secrets
from tests.support.worlds import CONFIG, World
from tieout.settings import load_settings
from tieout.state import State
from tieout.warehouse import open_warehouse

SHOP, WAREHOUSE = "7495000000000000101", "7395000000000000101"
SECTION = '\n[shelfwise]\nbase_url = "{base_url}"\nshops = ["{shop}"]\n'
LEVELS = """
select location, item, on_hand_quantity, available_quantity from intermediate.int_stock__levels_reported
where system = 'shelfwise' order by item
"""
HELD = "select field, field_value from intermediate.int_quarantine__records"
SNAPSHOTS = "select item_count, previous_zero_count from intermediate.int_stock__snapshots_reported order by as_of, 1"


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    home = tmp_path_factory.mktemp("shelfwise")
    with running_sandbox(home, port=0) as urls:
        world = World(home, urls)
        write_secrets(home, urls["control"])
        account = world.call("GET", "/_sandbox/systems")["shelfwise"]
        config = shutil.copytree(CONFIG, home / "config")
        with (config / "tieout.toml").open("a") as settings:
            settings.write(SECTION.format(shop=SHOP, **account))
        columns = "shop_id,warehouse_id,system,location,valid_from,valid_to"
        (config / "locations.csv").write_text(f"{columns}\n{SHOP},{WAREHOUSE},shelfwise,EAST,,\n")
        (home / "secrets" / "shelfwise__token").write_text(account["token"])
        yield world


@pytest.fixture
def tieout(world, monkeypatch):
    """Run a command of the command line in the world, and return its rows."""
    monkeypatch.setenv("TIEOUT_HOME", str(world.home))
    app = typer.Typer()
    register(app)

    def run(*arguments):
        done = CliRunner().invoke(app, [*arguments, "--json"])
        return [row for row in json.loads(done.stdout) if "shelfwise" in (row.get("system"), row.get("subject"))]

    return run


def count(world, place, *lines, taken_at="2026-01-10T06:00:00Z"):
    report = {"place": place, "taken_at": taken_at}
    report["lines"] = [{"sku": sku, "on_hand": on_hand, "reserved": reserved} for sku, on_hand, reserved in lines]
    world.call("PUT", f"/_sandbox/shelfwise/stock_reports/{place}", report)


def test_a_stock_feed_is_read_once_per_change_and_becomes_stock_of_the_role(world, tieout):
    count(world, "EAST", ("MUG", 9, 2), ("CUP", 0, 0))
    count(world, "WEST", ("MUG", 4, 0))
    (found,) = tieout("doctor")
    assert (found["verdict"], found["found"]) == ("ok", "places EAST, WEST")
    assert [tieout("ingest", "config", "shelfwise")[0]["landed"] for _ in range(2)] == [2, 0]
    count(world, "EAST", ("MUG", 7, 2), ("CUP", "many", 0), taken_at="2026-01-11T06:00:00Z")
    world.call("DELETE", "/_sandbox/shelfwise/stock_reports/WEST")
    (loaded,) = tieout("ingest", "shelfwise")
    assert (loaded["landed"], loaded["deleted"]) == (1, 1)
    tieout("build")
    with open_warehouse(load_settings(world.home / "config", world.home)) as warehouse:
        found = [warehouse.execute(query).fetchall() for query in (LEVELS, HELD, SNAPSHOTS)]
    assert found == [
        [("EAST", "CUP", None, None), ("EAST", "MUG", 7, 5)],
        [("lines.on_hand", "many")],
        [(1, None), (2, None), (2, 1)],
    ]


@pytest.mark.parametrize("kind", ["500", "lost_reply"])
def test_a_fault_of_the_wire_is_survived(world, tieout, kind):
    fault = {"system": "shelfwise", "match": "/v1/stock", "kind": kind, "rate": 1, "count": 1}
    world.call("POST", "/_sandbox/faults", fault)
    (loaded,) = tieout("ingest", "shelfwise")
    assert (loaded["landed"], loaded["problem"]) == (0, "")


def test_users_of_dlt_read_the_same_records(world):
    settings = load_settings(world.home / "config", world.home)
    state = State(settings.database_url)
    with closing(state), open_shelfwise(settings, state) as client:
        assert [row["id"] for row in shelfwise_source(client).resources["stock_reports"]] == ["EAST"]
