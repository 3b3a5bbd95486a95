"""The servers: start, bad requests, clean end, the command line."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx
import pytest

from sandbox.server import Running, Sandbox, opened
from sandbox.store import Store


@pytest.mark.parametrize(
    "garbage",
    [
        b"\x16\x03\x01\x02\x00hello",
        b"GET / HTTP/9.9\r\n\r\n",
        b"POST /x HTTP/1.1\r\nhost: a\r\ncontent-length: 50\r\n\r\nhalf",
    ],
)
def test_garbage_on_the_wire_does_not_end_the_server(client: Any, garbage: bytes) -> None:
    host, port = client.tiktok.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=5) as wire:
        wire.sendall(garbage)
    assert client.call("GET", "/authorization/202309/shops", cipher=None).status_code == 200


def test_control_port_serves_control_only(client: Any) -> None:
    reply = client.http.get(f"{client.sandbox.base_urls['control']}/order/202309/orders")
    assert reply.status_code == 404 and "_sandbox" in reply.json()["error"]


def test_replies_have_one_date_and_no_server_header(client: Any) -> None:
    headers = client.control("GET", "/clock").headers
    assert headers.get_list("date") == ["Mon, 05 Jan 2026 00:00:00 GMT"]
    assert "server" not in headers


def test_taken_port_is_reported(client: Any, store: Store) -> None:
    taken = int(client.sandbox.base_urls["control"].rsplit(":", 1)[1])
    second = Sandbox(store, [], client.sandbox.world, ports={"control": taken})
    with pytest.raises(RuntimeError) as error, Running(second):
        pass
    assert str(taken) in str(error.value.__cause__)


def test_every_system_with_a_wire_refuses_in_its_own_words(tmp_path: Path) -> None:
    with opened(tmp_path) as sandbox, Running(sandbox) as running:
        urls = running.base_urls
        httpx.post(
            f"{urls['control']}/_sandbox/faults", json={"system": "netsuite", "kind": "429"}, trust_env=False
        ).raise_for_status()
        refused = httpx.get(f"{urls['netsuite']}/services/rest/record/v1/account", trust_env=False)
        no_wire = httpx.post(
            f"{urls['control']}/_sandbox/faults", json={"system": "bank", "kind": "500"}, trust_env=False
        )
    assert refused.status_code == 429
    assert refused.json()["o:errorDetails"][0]["o:errorCode"] == "CONCURRENCY_LIMIT_EXCEEDED"
    assert no_wire.status_code == 400
    assert all(f"'{name}'" in no_wire.json()["error"] for name in ("gxo", "netsuite", "tiktok_shop"))


def test_world_trades_on_after_a_restart(tmp_path: Path) -> None:
    with opened(tmp_path) as sandbox, Running(sandbox) as running:
        control = running.base_urls["control"] + "/_sandbox"
        httpx.post(f"{control}/trade", json={"baskets": 20, "days": 3}, timeout=60, trust_env=False).raise_for_status()
        first = httpx.post(f"{control}/clock", json={"advance_days": 1}, timeout=60, trust_env=False).json()
    with opened(tmp_path) as sandbox, Running(sandbox) as running:
        control = running.base_urls["control"] + "/_sandbox"
        second = httpx.post(f"{control}/clock", json={"advance_days": 2}, timeout=60, trust_env=False).json()
        orders = httpx.get(f"{control}/tiktok_shop/orders", trust_env=False).json()
    assert second["before"] == first["now"]
    assert orders["total"] >= 10


def test_command_line_serves_until_stopped(tmp_path: Path) -> None:
    command = [
        sys.executable,
        "-m",
        "sandbox",
        "--state",
        str(tmp_path / "state"),
        "--bank-dir",
        str(tmp_path / "bank"),
    ]
    ports = ["--control-port", "0", "--tiktok-port", "0", "--netsuite-port", "0"]
    with subprocess.Popen([*command, *ports], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            urls = json.loads(process.stdout.readline())
            systems = httpx.get(f"{urls['control']}/_sandbox/systems", trust_env=False).json()
        finally:
            process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0
    assert {"tiktok_shop", "netsuite", "bank"} <= set(systems)
    assert systems["tiktok_shop"]["base_url"] == urls["tiktok_shop"]
    assert (tmp_path / "state" / "records.sqlite").exists()


def test_it_stops_when_the_process_that_started_it_is_killed(tmp_path: Path) -> None:
    ports = [part for name in ("control", "tiktok", "netsuite", "gxo", "linnworks") for part in (f"--{name}-port", "0")]
    command = [sys.executable, "-m", "sandbox", "--state", str(tmp_path), *ports]
    starter = (
        "import os, subprocess, sys; subprocess.Popen([*sys.argv[1:], '--parent', str(os.getpid())]); sys.stdin.read()"
    )
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen([sys.executable, "-c", starter, *command], text=True, **pipes) as parent:  # type: ignore[call-overload]
        urls = json.loads(parent.stdout.readline())
        assert httpx.get(f"{urls['control']}/_sandbox/systems", trust_env=False).status_code == 200
        parent.kill()
        assert parent.stdout.read() == "", "its end of the pipe closes only when the sandbox has ended too"
