"""The command line: `tieout`.

Belongs here: the commands' options, their exit codes, and errors as a person should read them. Does not: what the
commands do (steps, warehouse, explain, demo). Exit 0: done. 1: it ran, and found or left something wrong. 2: it could
not run.
"""

from __future__ import annotations

import errno
import logging
import os
import sys
from importlib.metadata import version
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from orchestration.cli.terminal import err
from tieout.errors import TieoutError

_NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO)
_NOT_ALLOWED = (errno.EROFS, errno.EACCES, errno.EPERM)

app = typer.Typer(
    help="Ties TikTok Shop out to bank and books: to the unit and the penny.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

Config = Annotated[
    Path | None,
    typer.Option(
        "--config",
        help="Folder of tieout.toml [default: TIEOUT_CONFIG, else HOME/config, else config/demo].",
        show_default=False,
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON array of objects.")]


def some_id(value: str) -> str:
    """Return an id that was given; an empty one, as an unset variable of a shell leaves it, is refused."""
    if not value.strip():
        raise typer.BadParameter("it is empty: expected an id")
    return value


def _show_version(asked: bool) -> None:
    if asked:
        typer.echo(f"tieout {version('tieout')}")
        raise typer.Exit


@app.callback()
def _of_all(
    _version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None:
    """Options that go without a command."""


def main() -> None:
    """Run the command line; every error we raise on purpose becomes one clear message and exit code 2."""
    os.environ.setdefault("DO_NOT_TRACK", "1")
    os.environ.setdefault("GX_ANALYTICS_ENABLED", "false")
    os.environ.setdefault("RUNTIME__DLTHUB_TELEMETRY", "false")
    logging.basicConfig(level=logging.WARNING, format="%(message)s")
    logging.getLogger("great_expectations").setLevel(logging.WARNING)
    from orchestration.cli import commands

    if not app.registered_commands:
        commands.register(app)
    try:
        app()
    except TieoutError as error:
        _end(str(error))
    except OSError as error:
        remedy = _remedy(error)
        if not remedy:
            raise
        _end(f"{error.filename or 'a file'} cannot be used: {error.strerror}; {remedy}")


def _remedy(error: OSError) -> str:
    """Return what helps where the machine refuses a file; nothing for what is a fault of ours."""
    if error.errno in _NO_ROOM:
        return "free disk space and run it again"
    if error.errno in _NOT_ALLOWED:
        return "let the user who runs tieout read and write there, or set TIEOUT_HOME to a folder where it may"
    return ""


def _end(message: str) -> NoReturn:
    err.print(f"[bold red]tieout:[/bold red] {message.replace('[', chr(92) + '[')}")
    sys.exit(2)
