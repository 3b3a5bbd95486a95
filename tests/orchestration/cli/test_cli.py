"""The program itself: its version, completion, and what it says to a command that does not exist."""

import os
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest

TIEOUT = Path(sys.executable).parent / "tieout"


def run(*arguments, **environment):
    return subprocess.run(
        [TIEOUT, *arguments], capture_output=True, text=True, env={**os.environ, **environment}, timeout=60
    )


def test_the_version_is_that_of_the_package():
    assert run("--version").stdout == f"tieout {version('tieout')}\n"


@pytest.mark.parametrize(("typed", "meant"), [("payout", "payouts"), ("exception", "exceptions"), ("rn", "run")])
def test_a_command_that_does_not_exist_is_reported_with_the_one_that_may_be_meant(typed, meant):
    done = run(typed)
    assert done.returncode == 2
    assert f"Did you mean '{meant}'" in done.stderr


def test_shells_complete_commands_and_options():
    asked = {"_TIEOUT_COMPLETE": "complete_bash", "COMP_CWORD": "1"}
    assert run(**asked, COMP_WORDS="tieout pay").stdout.split() == ["payouts"]
    assert "--severity" in run(**{**asked, "COMP_CWORD": "2"}, COMP_WORDS="tieout exceptions --").stdout
