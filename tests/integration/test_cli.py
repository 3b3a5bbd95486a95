"""The command line as people and scripts use it: its output, its exit code, and twice as a process of its own."""

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest
from filelock import FileLock

from orchestration.cli.app import main
from tests.support.processes import closed_port
from tests.support.worlds import CONFIG

TIEOUT = Path(sys.executable).parent / "tieout"


@dataclass(frozen=True)
class Done:
    """What a command printed, and its exit code."""

    returncode: int
    stdout: str
    stderr: str


@pytest.fixture
def tieout(tied_out, monkeypatch, capsys):
    """Runs `tieout` in this process on the tied-out world; vendors are not reachable, so only answers work."""

    def run(*arguments, home=tied_out, config=CONFIG):
        for name, value in of_home(home, config).items():
            monkeypatch.setenv(name, value)
        monkeypatch.setattr(sys, "argv", ["tieout", *arguments])
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main()
        printed = capsys.readouterr()
        return Done(int(ended.value.code or 0), printed.out, printed.err)

    return run


@pytest.fixture
def new_home(tied_out, tmp_path) -> Path:
    """A home folder that has its secrets and nothing else."""
    shutil.copytree(tied_out / "secrets", tmp_path / "new" / "secrets")
    return tmp_path / "new"


def of_home(home, config=CONFIG) -> dict[str, str]:
    return {**os.environ, "TIEOUT_HOME": str(home), "TIEOUT_CONFIG": str(config)}


def rows(done):
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_payouts_are_listed_as_one_json_array_with_amounts_as_text(tieout):
    found = rows(tieout("payouts", "--json"))
    assert found
    assert all(isinstance(row["amount"], str) and row["payment_id"] for row in found)
    shop = found[0]["shop_id"]
    assert {row["shop_id"] for row in rows(tieout("payouts", "--shop", shop, "--json"))} == {shop}


def test_the_table_for_people_names_the_same_payouts(tieout):
    shown = tieout("payouts").stdout
    assert all(row["payment_id"] in shown for row in rows(tieout("payouts", "--json")))


def test_a_payout_is_explained_down_to_the_raw_record(tieout):
    payment = next(row for row in rows(tieout("payouts", "--json")) if row["tie_out_status"] == "tied")
    sections = {s["section"]: s["rows"] for s in rows(tieout("explain", "payout", payment["payment_id"], "--json"))}
    assert sections["Payment"][0]["payment_id"] == payment["payment_id"]
    assert sections["Bank"]
    assert sections["Journal"]
    assert json.loads(sections["Raw record"][0]["payload"])["id"] == payment["payment_id"]


def test_an_order_is_explained_through_its_lines(tieout):
    found = rows(tieout("query", "select order_id from finance.payout_lines where line_class = 'refund'", "--json"))
    sections = {s["section"]: s["rows"] for s in rows(tieout("explain", "order", found[0]["order_id"], "--json"))}
    assert {row["line_class"] for row in sections["Settlement lines"]} >= {"refund"}
    assert sections["Raw records"]


def test_csv_is_csv_from_a_process_of_its_own(tied_out):
    command = [TIEOUT, "query", "select 1 as a, 'x,y' as b", "--csv"]
    done = subprocess.run(command, capture_output=True, text=True, env=of_home(tied_out), timeout=120, check=True)
    assert done.stdout == 'a,b\n1,"x,y"\n'


@pytest.mark.parametrize(
    ("arguments", "reported"),
    [
        (("explain", "payout", "42"), "no payout '42'"),
        (("explain", "order", "42"), "order '42'"),
        (("query", "select nonsense from nowhere"), "published schemas"),
        (("query", "create table t (a int)"), "read-only"),
        (("payouts", "--config", "nowhere"), "no settings file"),
        (("payouts", "--shop", "42"), "Expected one of 7495000000000000101, 7495000000000000202"),
        (("exceptions", "--code", "sys-99"), "no code 'SYS-99': did you mean SYS-"),
        (
            ("ingest", "shopify"),
            "expected any of config, tiktok_shop, gxo, linnworks, newstore, zigzag, netsuite, bank",
        ),
        (("approve", "TTS-1"), "nothing in the outbox waits under this key"),
        (("replay", "TTS-1"), "nothing in the outbox waits under this key"),
        (("sandbox", "advance"), "tieout sandbox serve"),
        (("query", ""), "expected one SQL statement, found 0"),
        (("query", "select 1; select 2"), "expected one SQL statement, found 2"),
        (("query", "copy (select 1) to 'kept.csv'"), "read-only"),
        (("query", "select 1", "--csv", "--json"), "exclude each other"),
        (("plan", "--only", "shopify"), "expected tiktok_shop__stock"),
        (("backfill", "--since", "yesterday"), "'yesterday' does not match"),
        (("backfill", "--since", "2999-01-01"), "in the future"),
    ],
)
def test_what_cannot_be_done_says_why_and_exits_2(tieout, arguments, reported):
    done = tieout(*arguments)
    assert done.returncode == 2
    assert reported in " ".join((done.stderr + done.stdout).split())
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("arguments", "reported"),
    [
        (("exceptions", "--code", "inv-08"), "no exception of code INV-08 is open"),
        (("outbox", "--waiting"), "nothing waits"),
    ],
)
def test_an_empty_answer_says_what_there_is_none_of(tieout, arguments, reported):
    done = tieout(*arguments)
    assert done.returncode == 0
    assert reported in done.stdout


@pytest.mark.parametrize(
    ("arguments", "reported"),
    [
        (("payouts",), "nothing is published"),
        (("explain", "payout", "42"), "nothing is published"),
        (("plan",), "nothing is built yet"),
        (("check",), "nothing is built yet"),
        (("publish",), "nothing is built yet"),
        (("approve", "TTS-1"), "nothing is built yet"),
    ],
)
def test_before_the_first_run_a_command_says_what_to_do_first(tieout, new_home, arguments, reported):
    done = tieout(*arguments, home=new_home)
    assert done.returncode == 2
    assert reported in done.stderr
    assert "tieout run" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_warehouse_that_another_program_has_open_is_named(tieout, tied_out):
    with duckdb.connect(str(tied_out / "warehouse.duckdb"), read_only=True):
        done = tieout("plan")
    assert done.returncode == 2
    assert "warehouse.duckdb" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_step_that_waits_for_another_run_says_so_and_then_goes_on(new_home):
    command, pipe = [TIEOUT, "ingest", "config"], subprocess.PIPE
    with FileLock(new_home / "warehouse.lock"):
        process = subprocess.Popen(command, env=of_home(new_home), stdout=pipe, stderr=pipe, text=True)
        assert "another run holds the warehouse" in process.stderr.readline()
    _, errors = process.communicate(timeout=120)
    assert process.returncode == 0, errors


def test_exceptions_are_listed_and_filtered(tieout):
    codes = {row["code"] for row in rows(tieout("exceptions", "--json"))}
    assert codes
    for code in codes:
        assert {row["code"] for row in rows(tieout("exceptions", "--code", code, "--json"))} == {code}


def test_the_outbox_and_the_plan_are_shown(tieout):
    assert {row["state"] for row in rows(tieout("outbox", "--json"))} == {"acknowledged"}
    assert all(row["action"] == "held" for row in rows(tieout("plan", "--json")))


def test_doctor_finds_unreachable_vendors_and_says_what_to_check(tieout, new_home):
    for address in (new_home / "secrets").glob("*_url"):
        address.write_text(f"http://127.0.0.1:{closed_port()}")
    done = tieout("doctor", "--json", home=new_home)
    assert done.returncode == 1
    verdicts = {row["subject"]: row["verdict"] for row in json.loads(done.stdout)}
    assert verdicts["settings"] == verdicts["maps"] == "ok"
    assert verdicts["tiktok_shop"] == verdicts["netsuite"] == "unreachable"


def test_a_home_that_is_not_a_demos_is_never_emptied(tieout, tmp_path):
    (tmp_path / "precious").write_text("data")
    done = tieout("demo", "--baskets", "1", home=tmp_path)
    assert done.returncode == 2
    assert "not a demo" in done.stderr
    assert (tmp_path / "precious").read_text() == "data"
