"""A new tenant only observes: nothing is written before somebody says so, and then what was planned is.

Belongs here: the first run of a tenant over the wire. Does not: other reasons to hold a write (tests/reverse_sync).
"""

from __future__ import annotations

import pytest
from typer.testing import CliRunner

from orchestration.cli.app import app
from orchestration.cli.commands import register
from tests.support.worlds import CONFIG, World


def test_nothing_is_written_before_go_live_and_what_was_planned_after_it(
    fresh_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TIEOUT_LIVE", "false")
    monkeypatch.setenv("TIEOUT_HOME", str(fresh_world.home))
    outcome = fresh_world.run()
    planned = outcome.planned
    assert planned is not None
    assert planned.rows
    assert {row.action for row in planned.rows} == {"held"}
    observed = [row for row in planned.rows if row.sync == "netsuite__journal_entries"]
    assert any("tieout go-live" in row.held_because for row in observed)
    ready = [row for row in observed if "tieout go-live" in row.held_because]
    assert fresh_world.journals() == []

    register(app)
    asked = CliRunner().invoke(app, ["go-live", "--config", str(CONFIG)], input="n\n")
    assert asked.exit_code == 1, asked.output
    assert "Let the writes of tenant demo leave" in asked.output
    assert fresh_world.run().applied.acknowledged == 0

    done = CliRunner().invoke(app, ["go-live", "--config", str(CONFIG), "--yes"])
    assert done.exit_code == 0, done.output
    assert fresh_world.run().applied.acknowledged > 0
    assert len(fresh_world.journals()) == len(ready)
    assert CliRunner().invoke(app, ["go-live", "--config", str(CONFIG), "--yes"]).output.count("live already") == 1
