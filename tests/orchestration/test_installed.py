"""The wheel, in a venv of its own: the installed command brings dbt's project and an example, and no stand-ins."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from orchestration.demo import running_sandbox
from tests.support.worlds import ROOT

pytestmark = pytest.mark.exhaustive


@pytest.fixture(scope="module")
def bin_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Install the wheel and what is locked, without any group of ours; return the venv's programs."""
    uv = shutil.which("uv") or str(ROOT / ".uv" / "bin" / "uv")
    venv = tmp_path_factory.mktemp("installed") / "venv"
    command = [uv, "sync", "--frozen", "--no-editable", "--no-default-groups", "--quiet", "--python", sys.executable]
    subprocess.run(command, check=True, cwd=ROOT, env={**os.environ, "UV_PROJECT_ENVIRONMENT": str(venv)})
    return venv / "bin"


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
    told = run(bin_dir, tmp_path / "home", "doctor", "--json")
    assert told.returncode == 1
    assert "`tieout init DIR` writes one" in told.stdout
    begun = run(bin_dir, tmp_path / "home", "init", "acme")
    assert begun.returncode == 0, begun.stderr
    assert (tmp_path / "home" / "acme" / "fees.csv").is_file()


@pytest.mark.parametrize("command", [["demo"], ["sandbox", "serve"]])
def test_the_stand_ins_are_not_installed_and_the_remedy_is_told(bin_dir, tmp_path, command):
    (tmp_path / "data").touch()
    told = run(bin_dir, tmp_path, *command)
    assert told.returncode == 2
    assert "clone of tieout's repository" in " ".join(told.stderr.split())
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
