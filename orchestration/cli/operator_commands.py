"""Commands for whoever looks after the outbox: approve, replay, backfill, webhooks.

Belongs here: options and output. Does not: the outbox's rules (reverse_sync), or reading windows again (ingestion).
"""

from __future__ import annotations

import errno
import getpass
import socket
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Annotated

import typer

from orchestration.cli.app import Config, Json, some_id
from orchestration.cli.commands import check_systems, opened, tell_problems
from orchestration.cli.terminal import out, progress, show_rows
from orchestration.warehouse.queries import outbox_row
from tieout.clock import utc_now
from tieout.errors import ConfigError, DataError
from tieout.settings import Settings

Key = Annotated[str, typer.Argument(help="entity_key as `tieout plan` or `tieout outbox` shows it.", callback=some_id)]
Sync = Annotated[str | None, typer.Option("--sync", help="The sync it belongs to, where the key alone does not say.")]


def register(app: typer.Typer) -> None:
    """Add the operator's commands."""
    for command in (approve, replay, backfill, outbox, webhooks):
        app.command()(command)


def approve(entity_key: Key, config: Config = None, sync: Sync = None) -> None:
    """Approve one planned write that waits for a person; the next apply sends it."""
    from orchestration.steps.steps import plan_step
    from reverse_sync import approve as approve_change
    from reverse_sync import awaiting_approval

    with opened(config) as (settings, state):
        plan_step(settings, state, only=sync)
        waiting = {row.sync for row in awaiting_approval(state) if row.entity_key == entity_key}
        row = approve_change(state, sync or _only(waiting, entity_key, "approve"), entity_key, actor=getpass.getuser())
    out.print(f"approved {entity_key} of {row.sync} ({row.amount} {row.currency}); `tieout apply` writes it")


def replay(entity_key: Key, config: Config = None, sync: Sync = None) -> None:
    """Offer a dead or rejected write again; the next apply sends it after reading back."""
    from orchestration.steps.steps import sync_named
    from reverse_sync import OutboxState, list_rows
    from reverse_sync import replay as replay_change

    ended = (OutboxState.ACKNOWLEDGED, OutboxState.WITHDRAWN)
    with opened(config) as (_settings, state):
        rows = list_rows(state, states=[known for known in OutboxState if known not in ended])
        held = {row.sync for row in rows if row.entity_key == entity_key}
        wanted = sync_named(sync).name if sync else _only(held, entity_key, "replay")
        replay_change(state, entity_key, sync=wanted, actor=getpass.getuser())
    out.print(f"{entity_key} of {wanted} is offered again; `tieout apply` sends it")


def _only(syncs: set[str], entity_key: str, command: str) -> str:
    """Return the one sync that holds a key.

    Raises:
        DataError: when none does, or several do, with the commands to choose from.
    """
    from reverse_sync.guards import act_on

    if not syncs:
        raise DataError(f"{entity_key}: nothing in the outbox waits under this key; `tieout outbox --waiting` lists it")
    if len(syncs) > 1:
        choices = " or ".join(f"`{act_on(command, sync, entity_key)}`" for sync in sorted(syncs))
        raise DataError(f"{entity_key} is a key of several syncs: {choices}")
    return syncs.pop()


def backfill(
    since: Annotated[datetime, typer.Option("--since", formats=["%Y-%m-%d"], help="Day to begin with, UTC.")],
    systems: Annotated[list[str] | None, typer.Argument(help="Which systems [default: all].")] = None,
    config: Config = None,
    json: Json = False,
) -> None:
    """Read a window again, from a day until now; what has not changed lands nothing."""
    from orchestration.steps.steps import ingest_step

    check_systems(systems)
    start = since.replace(tzinfo=UTC)
    if start > utc_now():
        raise typer.BadParameter(f"--since {start:%Y-%m-%d} is in the future")
    with opened(config) as (settings, state):
        result, loads = ingest_step(settings, state, systems=systems or None, since=start, report=progress)
    show_rows([vars(load) for load in loads], as_json=json, title="Loaded into raw")
    tell_problems(result.problems, json)
    raise typer.Exit(1 if result.problems else 0)


def outbox(
    config: Config = None,
    waiting: Annotated[bool, typer.Option("--waiting", help="Only what is not acknowledged yet.")] = False,
    json: Json = False,
) -> None:
    """List intents and what became of them."""
    from reverse_sync import OutboxState, list_rows

    ended = {OutboxState.ACKNOWLEDGED, OutboxState.WITHDRAWN} if waiting else set()
    states = [known for known in OutboxState if known not in ended]
    with opened(config) as (_settings, state):
        rows = [outbox_row(row) for row in list_rows(state, states=states)]
    empty = "nothing waits: all is acknowledged" if waiting else "the outbox is empty"
    show_rows(rows, as_json=json, title="Outbox", empty=empty)


def webhooks(
    host: Annotated[str, typer.Option("--host", help="Address to listen on; TLS is a reverse proxy's.")] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", min=1, max=65535, help="Port to listen on.")] = 8720,
    config: Config = None,
) -> None:
    """Receive webhooks of all systems at /webhooks/SYSTEM until interrupted; say what to register where."""
    import uvicorn

    from orchestration.cli.webhooks import WAIT_SECONDS, webhook_app

    with opened(config, wait_seconds=WAIT_SECONDS) as (settings, state), _listening(host, port) as listener:
        for line in _what_to_register(settings, host, port):
            progress(line)
        server = uvicorn.Server(uvicorn.Config(webhook_app(settings, state), log_level="warning"))
        server.run(sockets=[listener])


def _what_to_register(settings: Settings, host: str, port: int) -> Iterator[str]:
    from orchestration.cli.webhook_inbox import senders

    shown = f"[{host}]" if ":" in host else host
    for system, sender in senders(settings).items():
        yield f"listening on http://{shown}:{port}/webhooks/{system}"
        yield f"register https://YOUR-HOST/webhooks/{system} {sender.TO_REGISTER}"


def _listening(host: str, port: int) -> socket.socket:
    """Return a socket that listens on an address of this machine.

    Raises:
        ConfigError: when the port is taken, this user may not have it, or no such address is this machine's.
    """
    try:
        return socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
    except OSError as error:
        text = "is taken by another program" if error.errno == errno.EADDRINUSE else f"cannot be had ({error.strerror})"
        raise ConfigError(
            f"port {port} of {host} {text}: end that program, or name another address or port by --host and --port"
        ) from None
