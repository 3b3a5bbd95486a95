"""The demo: the sandbox as a process of its own, real baskets traded on it, and the whole loop run against it.

Belongs here: starting, driving and connecting to the sandbox (the only module that may). Does not: any vendor's wire,
or what a tie-out shows (demo_report). The sandbox's credentials reach the product as anyone's would: as secret files.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from orchestration.cycle import run_cycle
from orchestration.demo_report import print_report
from orchestration.steps import Report, ingest_step
from tieout.errors import TieoutError
from tieout.settings import load_settings
from tieout.state import State

_MARK = "this-is-a-demo"
_SECRETS: dict[str, dict[str, tuple[str, ...]]] = {
    "tiktok_shop": {"": ("base_url", "auth_base_url", "app_key", "app_secret", "refresh_token")},
    "netsuite": {
        "": ("base_url", "account"),
        "oauth2": ("client_id", "certificate_id", "private_key"),
        "oauth1": ("consumer_key", "consumer_secret", "token_id", "token_secret"),
    },
}


class SandboxError(TieoutError):
    """The sandbox could not be started or reached."""


def run_demo(config: Path | None, *, baskets: int, days: int, seed: int, port: int, report: Report) -> list[str]:
    """Trade `baskets` over `days` world days, run the loop, print the tie-out, and return what was left wrong.

    Raises:
        SandboxError: when the home folder holds data that is not a demo's, or the sandbox does not start.
    """
    started = datetime.now(UTC)
    home = _home()
    _start_afresh(home)
    with running_sandbox(home, port=port) as sandbox:
        report(f"sandbox: {sandbox['control']}")
        call_sandbox(sandbox["control"], "POST", "/_sandbox/trade", {"baskets": baskets, "days": days, "seed": seed})
        settings = load_settings(config)
        state = State(settings.database_url)
        try:
            for pause in _trade(sandbox["control"], days, report):
                report(f"month end {pause}: snapshot of what is not settled yet")
                ingest_step(settings, state, systems=["tiktok_shop"], report=report)
            first = run_cycle(settings, state, report=report)
            report("the same cycle again: nothing may be written twice")
            second = run_cycle(settings, state, report=report)
        finally:
            state.close()
    print_report(settings, first, second, seconds=(datetime.now(UTC) - started).total_seconds())
    return [*first.problems, *second.problems]


def serve_sandbox(config: Path | None, *, port: int, report: Report) -> None:
    """Serve until SIGINT or SIGTERM; writes the connection's secret files first."""
    del config
    signal.signal(signal.SIGTERM, _interrupt)
    try:
        with running_sandbox(_home(), port=port) as sandbox:
            for name, url in sorted(sandbox.items()):
                report(f"{name}: {url}")
            report("serving; stop with Ctrl-C")
            while True:
                signal.pause()
    except KeyboardInterrupt:
        report("stopped")


def _interrupt(_number: int, _frame: object) -> None:
    """Let SIGTERM end as Ctrl-C does: the stand-ins are stopped too."""
    raise KeyboardInterrupt


def control(config: Path | None, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
    """Call the control API of the sandbox that serves this home folder.

    Raises:
        SandboxError: when none does, or it refuses.
    """
    del config
    note = _home() / "sandbox" / "serving.json"
    if not note.exists():
        raise SandboxError("no sandbox serves this home folder: start one with `tieout sandbox serve`")
    return call_sandbox(json.loads(note.read_text())["control"], method, path, body)


@contextmanager
def running_sandbox(home: Path, *, port: int) -> Iterator[dict[str, str]]:
    """Run the sandbox as a child process and yield its base URLs by system ('control' among them)."""
    state_dir = home / "sandbox"
    state_dir.mkdir(parents=True, exist_ok=True)
    (state_dir / _MARK).touch()
    process = subprocess.Popen(
        [sys.executable, "-m", "sandbox", "--state", str(state_dir), *_ports(port)],
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        urls = _ready(process, port)
        _write_secrets(home, urls["control"])
        (state_dir / "serving.json").write_text(json.dumps(urls))
        yield urls
    finally:
        (state_dir / "serving.json").unlink(missing_ok=True)
        process.terminate()
        process.communicate(timeout=30)


def _ports(port: int) -> list[str]:
    names = ("--control-port", "--tiktok-port", "--netsuite-port")
    return [part for step, name in enumerate(names) for part in (name, str(port + step if port else 0))]


def _ready(process: subprocess.Popen[str], port: int) -> dict[str, str]:
    assert process.stdout is not None  # noqa: S101 - Popen was asked for a pipe
    for line in process.stdout:
        if line.startswith("{"):
            return {name: url for name, url in json.loads(line).items() if isinstance(url, str)}
    process.wait()
    raise SandboxError(
        f"the sandbox did not start (exit {process.returncode}): are ports {port} to {port + 2} free?"
        " Choose others with --port"
    )


def _write_secrets(home: Path, control_url: str) -> None:
    """Give the product what a vendor's console would have given its user."""
    folder = home / "secrets"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for stale in folder.glob("*_token.json"):
        stale.unlink()
    systems = call_sandbox(control_url, "GET", "/_sandbox/systems")
    systems["tiktok_shop"]["refresh_token"] = _consented(systems["tiktok_shop"])
    for system, groups in _SECRETS.items():
        for group, names in groups.items():
            told = systems[system][group] if group else systems[system]
            for name in names:
                _write_secret(folder / f"{system}__{name}", told[name])


def _consented(described: dict[str, Any]) -> str:
    """Return a refresh token of the seller's consent: the one in force, or one for a fresh auth code."""
    if described["refresh_token"]:
        return str(described["refresh_token"])
    names = ("app_key", "app_secret", "auth_code")
    query = urllib.parse.urlencode({**{n: described[n] for n in names}, "grant_type": "authorized_code"})
    return str(call_sandbox(described["token_get_url"], "GET", f"?{query}")["data"]["refresh_token"])


def _write_secret(path: Path, value: str) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as handle:
        handle.write(value)


def _trade(control_url: str, days: int, report: Report) -> Iterator[str]:
    """Let the world trade day by day; yields at each month end, so that a snapshot can be taken."""
    instant = _world_now(control_url)
    end = instant + timedelta(days=days)
    while instant < end:
        step = min(instant + timedelta(days=5), end, _next_month(instant))
        call_sandbox(control_url, "POST", "/_sandbox/clock", {"to": int(step.timestamp())})
        instant = step
        report(f"the world has traded until {instant:%Y-%m-%d}")
        if instant.day == 1 and instant < end:
            yield f"{instant - timedelta(days=1):%Y-%m}"


def _next_month(instant: datetime) -> datetime:
    first = (instant.replace(day=1) + timedelta(days=32)).replace(day=1)
    return first.replace(hour=0, minute=0, second=0, microsecond=0)


def _world_now(control_url: str) -> datetime:
    return datetime.fromtimestamp(int(call_sandbox(control_url, "GET", "/_sandbox/clock")["now"]), UTC)


def call_sandbox(base_url: str, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
    """Call the control API and return its JSON answer.

    Raises:
        SandboxError: when nothing answers there, or the call is refused.
    """
    request = urllib.request.Request(  # noqa: S310 - the sandbox's own loopback address
        base_url + path,
        method=method,
        data=None if body is None else json.dumps(body).encode(),
        headers={"content-type": "application/json"},
    )
    try:
        with urllib.request.urlopen(request, timeout=900) as reply:  # noqa: S310
            return json.loads(reply.read())
    except urllib.error.HTTPError as error:
        raise SandboxError(f"the sandbox refused {method} {path}: {error.read().decode()[:500]}") from None
    except OSError as error:
        raise SandboxError(f"no sandbox answers at {base_url}: {error}") from None


def _home() -> Path:
    return Path(os.environ.get("TIEOUT_HOME") or "var").resolve()


def _start_afresh(home: Path) -> None:
    """Empty a former demo's home folder; anything else in it is refused, never removed."""
    if home.exists() and any(home.iterdir()) and not (home / "sandbox" / _MARK).exists():
        raise SandboxError(f"{home} holds data that is not a demo's: point TIEOUT_HOME at an empty folder")
    shutil.rmtree(home, ignore_errors=True)
    home.mkdir(parents=True)
