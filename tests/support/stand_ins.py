"""The stand-ins in a process of their own, as tests of connectors and destinations meet them.

Belongs here: starting them, and asking their control API. Does not: a world that trades for a whole tenant (worlds).
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import pytest

from tests.support.processes import WITH_US

ROOT = Path(__file__).resolve().parents[2]
PORTS = ("--control-port", "0", "--tiktok-port", "0", "--netsuite-port", "0")


def ask(url: str, body: object = None, method: str | None = None, **headers: str) -> Any:
    """Return what a URL answers, read as JSON; with a body it is a POST where `method` says nothing else."""
    data = None if body is None else json.dumps(body).encode()
    headers = {"content-type": "application/json", **headers}
    with urlopen(Request(url, data, headers, method=method), timeout=120) as answer:
        return json.loads(answer.read())


@contextmanager
def stand_ins(state: Path) -> Iterator[str]:
    """Run them on free ports and yield the URL of their control API."""
    command = [sys.executable, "-m", "sandbox", "--state", str(state), *WITH_US, *PORTS]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield json.loads(process.stdout.readline())["control"] + "/_sandbox"
        finally:
            process.terminate()


@pytest.fixture(scope="module")
def systems(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    """What the running stand-ins say about themselves."""
    with stand_ins(tmp_path_factory.mktemp("sandbox")) as control:
        yield ask(f"{control}/systems")
