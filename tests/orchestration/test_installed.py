"""The wheels, in venvs of their own: tieout brings dbt's project and an example; the sandbox needs none of tieout."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import urllib.request
from collections.abc import Callable
from pathlib import Path

import pytest

from orchestration.demo.demo import running_sandbox
from tests.support.processes import WITH_US
from tests.support.worlds import ROOT

pytestmark = pytest.mark.exhaustive
UV = shutil.which("uv") or str(ROOT / ".uv" / "bin" / "uv")
Install = Callable[..., Path]


@pytest.fixture(scope="module")
def install(tmp_path_factory: pytest.TempPathFactory) -> Install:
    """Return a function that installs wheels of ours, with what is locked for them, and returns the venv's programs."""
    folder = tmp_path_factory.mktemp("installed")
    subprocess.run([UV, "build", "--quiet", "--all-packages", "--wheel", "-o", folder], check=True, cwd=ROOT)

    def installed(name: str, *packages: str, extra: str = "") -> Path:
        venv, locked = folder / name, folder / f"{name}.txt"
        asked = ["--package", packages[0], *(["--extra", extra] if extra else [])]
        export = [UV, "export", "--quiet", "--frozen", "--no-default-groups", "--no-emit-workspace", "-o", locked]
        subprocess.run([*export, *asked], check=True, cwd=ROOT, stdout=subprocess.DEVNULL)
        subprocess.run([UV, "venv", "--quiet", "--python", sys.executable, venv], check=True)
        wheels = [next(folder.glob(f"{package.replace('-', '_')}-*.whl")) for package in packages]
        into = {**os.environ, "VIRTUAL_ENV": str(venv)}
        subprocess.run([UV, "pip", "install", "--quiet", "-r", locked, *wheels], check=True, env=into, cwd=folder)
        return venv / "bin"

    return installed


@pytest.fixture(scope="module")
def bin_dir(install: Install) -> Path:
    """The programs of a venv with tieout alone."""
    return install("alone", "tieout")


def run(bin_dir: Path, home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    home.mkdir(exist_ok=True)
    environment = {"PATH": os.environ["PATH"], "TIEOUT_HOME": str(home)}
    return subprocess.run(
        [bin_dir / "tieout", *arguments], cwd=home, env=environment, capture_output=True, text=True, timeout=500
    )


def example(bin_dir: Path) -> str:
    (found,) = bin_dir.parent.glob("lib/python*/site-packages/tieout/example")
    return str(found)


def test_the_installed_command_shows_its_help(bin_dir, tmp_path):
    shown = run(bin_dir, tmp_path, "--help")
    assert (shown.returncode, shown.stderr) == (0, "")
    assert "doctor" in shown.stdout


def test_without_a_configuration_the_command_that_writes_one_is_named(bin_dir, tmp_path):
    reported = run(bin_dir, tmp_path / "home", "doctor", "--json")
    assert reported.returncode == 1
    assert "`tieout init DIR` writes one" in reported.stdout
    begun = run(bin_dir, tmp_path / "home", "init", "acme")
    assert begun.returncode == 0, begun.stderr
    assert (tmp_path / "home" / "acme" / "fees.csv").is_file()


@pytest.mark.parametrize("command", [["demo"], ["sandbox", "serve"]])
def test_the_stand_ins_are_not_installed_and_the_remedy_is_reported(bin_dir, tmp_path, command):
    (tmp_path / "data").touch()
    reported = run(bin_dir, tmp_path, *command)
    assert reported.returncode == 2
    assert "pip install 'tieout[demo]'" in " ".join(reported.stderr.split())
    assert (tmp_path / "data").exists()


def test_a_cycle_runs_from_the_installed_package_against_a_sandbox(bin_dir, traded, tmp_path):
    home = Path(shutil.copytree(traded, tmp_path / "home"))
    with running_sandbox(home, port=0):
        examined = run(bin_dir, home, "doctor", "--config", example(bin_dir))
        assert examined.returncode == 0, examined.stdout + examined.stderr
        done = run(bin_dir, home, "run", "--config", example(bin_dir), "--json")
        assert done.returncode == 0, done.stdout + done.stderr
    payouts = run(bin_dir, home, "payouts", "--config", example(bin_dir), "--json")
    assert payouts.returncode == 0, payouts.stderr
    assert json.loads(payouts.stdout)
    assert list(bin_dir.parent.glob("lib/python*/site-packages/orchestration/project/target")) == []


def test_with_the_stand_ins_the_demo_runs_from_an_empty_folder(install, tmp_path):
    bin_dir = install("demo", "tieout", "tiktok-shop-sandbox", extra="demo")
    environment, command = {"PATH": os.environ["PATH"]}, ("demo", "--baskets", "120", "--days", "20", "--port", "0")
    shown = subprocess.run(
        [bin_dir / "tieout", *command], cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=580
    )
    assert shown.returncode == 0, shown.stdout + shown.stderr
    payouts = subprocess.run(
        [bin_dir / "tieout", "payouts", "--json"], cwd=tmp_path, env=environment, capture_output=True, text=True
    )
    assert json.loads(payouts.stdout), payouts.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["var"]


def test_the_stand_ins_start_without_tieout(install, tmp_path):
    bin_dir = install("sandbox", "tiktok-shop-sandbox")
    there = subprocess.run([bin_dir / "python", "-c", "import sandbox, tieout"], cwd=tmp_path, capture_output=True)
    assert b"No module named 'tieout'" in there.stderr
    ports = [part for name in ("control", "tiktok", "netsuite") for part in (f"--{name}-port", "0")]
    command = [bin_dir / "python", "-m", "sandbox", "--state", tmp_path / "state", *WITH_US, *ports]
    with subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, text=True) as serving:
        try:
            url = json.loads(serving.stdout.readline())["control"]
            with urllib.request.urlopen(f"{url}/_sandbox/systems") as reply:
                assert {"tiktok_shop", "netsuite", "gxo", "linnworks", "bank"} <= set(json.loads(reply.read()))
            trade = urllib.request.Request(f"{url}/_sandbox/trade", b'{"baskets": 20, "days": 2}', method="POST")
            with urllib.request.urlopen(trade) as reply:
                assert json.loads(reply.read())
        finally:
            serving.terminate()
