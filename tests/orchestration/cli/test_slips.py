"""Slips of the hand at the command line are reported in one sentence with what to do: no stack, no guess.

Belongs here: empty ids, taken ports, files that may not be used, numbers that are none. Does not: what commands answer.
"""

from __future__ import annotations

import errno
import json
import socket

import pytest
import typer
from typer.testing import CliRunner, Result

from orchestration.cli import app as cli
from orchestration.cli import operator_commands
from orchestration.cli.commands import register
from orchestration.cli.terminal import print_json
from tieout.errors import ConfigError


def tieout(*arguments: str) -> Result:
    app = typer.Typer()
    register(app)
    return CliRunner().invoke(app, list(arguments))


@pytest.mark.parametrize("command", ["explain payout", "explain order", "explain sku", "approve", "replay"])
@pytest.mark.parametrize("empty", ["", "  "])
def test_an_empty_id_is_refused_before_anything_is_read(command: str, empty: str) -> None:
    done = tieout(*command.split(), empty)
    assert done.exit_code == 2
    assert "it is empty: expected an id" in done.output


def test_a_port_that_is_taken_is_reported_with_its_remedy() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(ConfigError, match=f"port {port} of 127.0.0.1 is taken by another program: .*--port"):
            operator_commands._listening("127.0.0.1", port)
    with operator_commands._listening("127.0.0.1", port) as free:
        assert free.getsockname() == ("127.0.0.1", port)


def test_an_address_of_another_machine_is_reported_with_its_remedy() -> None:
    with pytest.raises(ConfigError, match=r"port 8720 of 192\.0\.2\.1 cannot be had .*--host"):
        operator_commands._listening("192.0.2.1", 8720)


@pytest.mark.parametrize("port", ["0", "65536", "-1"])
def test_a_port_that_is_none_is_refused(port: str) -> None:
    done = tieout("webhooks", f"--port={port}")
    assert done.exit_code == 2
    assert "--port" in done.output


def test_numbers_that_are_none_are_text_in_json(capsys: pytest.CaptureFixture[str]) -> None:
    print_json([{"a": float("nan"), "b": [float("inf"), -float("inf")], "c": 1.5}])

    def refuse(name: str) -> None:
        raise AssertionError(name)

    shown = json.loads(capsys.readouterr().out, parse_constant=refuse)
    assert shown == [{"a": "NaN", "b": ["Infinity", "-Infinity"], "c": 1.5}]


@pytest.mark.parametrize(
    ("number", "remedy"),
    [(errno.EACCES, "set TIEOUT_HOME"), (errno.EROFS, "set TIEOUT_HOME"), (errno.ENOSPC, "free disk space")],
)
def test_a_file_that_the_machine_refuses_is_reported_with_its_remedy(number: int, remedy: str) -> None:
    reported = cli._remedy(OSError(number, "refused", "warehouse.duckdb"))
    assert remedy in reported
    assert cli._remedy(OSError(errno.EINVAL, "our fault")) == ""
