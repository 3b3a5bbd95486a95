"""What a person must type to let a write go or to offer it again is what the plan prints, for every sync."""

from __future__ import annotations

import shlex
from dataclasses import replace
from decimal import Decimal

import pytest
import typer
from typer.testing import CliRunner

from orchestration.cli import operator_commands
from reverse_sync import OutboxState, Proposal, list_rows, plan
from reverse_sync.guards import act_on
from reverse_sync.registry import SYNCS
from tieout.errors import DataError
from tieout.state import State


@pytest.fixture
def tenant(make_settings, monkeypatch):
    """A tenant whose outbox holds one row of every sync, all of them waiting for approval."""
    settings = make_settings()
    monkeypatch.setenv("TIEOUT_HOME", str(settings.home))
    monkeypatch.setenv("TIEOUT_CONFIG", str(settings.config_dir))
    state = State(settings.database_url)
    rows = [proposal(sync.name, f"{sync.name} 1") for sync in SYNCS]
    rows += [proposal(sync.name, "shared") for sync in SYNCS[:2]]
    passing = [replace(sync, refuse=lambda _settings, _proposal: "") for sync in SYNCS]
    planned = plan(settings, state, rows, syncs=passing)
    yield state, planned
    state.close()


def proposal(sync: str, key: str) -> Proposal:
    return Proposal(
        sync=sync,
        entity_key=key,
        shop_id="7495000000000000101",
        desired={},
        desired_hash="h",
        amount=Decimal("1"),
        currency="GBP",
        needs_approval=True,
        blocked_reason="",
        approval_reason="a person asked",
    )


def typed(*arguments: str):
    app = typer.Typer()
    operator_commands.register(app)
    return CliRunner().invoke(app, list(arguments))


def test_every_command_that_a_plan_prints_names_record_and_sync(tenant):
    _state, planned = tenant
    waiting = [row for row in planned.rows if row.held_because.startswith("awaits approval")]
    assert {row.sync for row in waiting} == {sync.name for sync in SYNCS}
    for row in waiting:
        command = row.held_because.split("`")[1]
        assert shlex.split(command) == ["tieout", "approve", row.entity_key, "--sync", row.sync]


def test_replay_finds_the_sync_of_a_key_by_itself_and_asks_where_there_are_two(tenant):
    state, _planned = tenant
    for sync in SYNCS:
        result = typed("replay", f"{sync.name} 1")
        assert result.exit_code == 0, result.exception
        assert f"{sync.name} 1 of {sync.name} is offered again" in result.stdout
    doubtful = typed("replay", "shared")
    assert isinstance(doubtful.exception, DataError)
    for sync in SYNCS[:2]:
        assert act_on("replay", sync.name, "shared") in str(doubtful.exception)
    assert typed("replay", "shared", "--sync", SYNCS[0].name).exit_code == 0
    assert {row.state for row in list_rows(state, states=list(OutboxState))} == {OutboxState.PENDING}


@pytest.mark.parametrize(
    ("arguments", "reported"),
    [
        (["replay", "nobody"], "nothing in the outbox waits under this key; `tieout outbox --waiting` lists it"),
        (["replay", "shared", "--sync", "tiktok_shop__stok"], "no sync 'tiktok_shop__stok': expected"),
    ],
)
def test_wrong_key_or_sync_is_reported_with_what_there_is(tenant, arguments, reported):
    result = typed(*arguments)
    assert isinstance(result.exception, DataError)
    assert reported in str(result.exception)
