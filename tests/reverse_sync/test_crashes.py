"""Killed at any step, a run that follows posts every journal, and none twice."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("loses_replies", [False, True], ids=["replies arrive", "a reply is lost"])
@pytest.mark.parametrize("refuses_doubles", [True, False], ids=["refuses doubles", "takes doubles"])
def test_killed_at_any_step_every_journal_is_posted_exactly_once(
    database_url, tmp_path, make_settings, refuses_doubles, loses_replies
):
    settings = make_settings()
    environment = {**os.environ, "TIEOUT_CONFIG": str(settings.config_dir), "TIEOUT_HOME": str(settings.home)}
    command = [sys.executable, "-m", "tests.support.crash_points", database_url, str(tmp_path / "netsuite.sqlite")]
    command += [str(int(refuses_doubles)), str(int(loses_replies))]
    ended = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
    assert (ended.returncode, ended.stderr) == (0, "")
    points = [json.loads(line) for line in ended.stdout.splitlines()]
    killed_at = {point["killed_at"] for point in points}
    assert killed_at >= {"planned", "leased", "sent", "committed by NetSuite", "replied", "acknowledged"}
    assert not loses_replies or killed_at >= {"unknown", "read_back"}
    for point in points:
        assert point["journals"] == point["expected"], point
        assert point["states"] == ["acknowledged"], point
