"""The folder and the ports that a demo takes: looked at before anything is touched, and never taken from others.

Belongs here: whether a home is a demo's, whether it and the ports are free, and making room in it. Does not: what
a demo puts there. Nothing is deleted: what a former demo left, or a person has added to it, is moved aside.
"""

from __future__ import annotations

import json
import socket
import tomllib
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock, Timeout

from orchestration.demo.control import SandboxError, call_sandbox
from tieout.reading import require_settings_file
from tieout.tenancy import tenant_of

PORTS = 8
FORMER = "former"
_MARK = Path("sandbox") / "this-is-a-demo"
_STAYS = frozenset({"dagster", "dbt", FORMER})
"""What Dagster and dbt keep outlives a demo, and may be there before the first one."""


def mark_demo(home: Path) -> None:
    """Stamp a home as a demo's."""
    (home / _MARK).parent.mkdir(parents=True, exist_ok=True)
    (home / _MARK).touch()


def require_demos(home: Path, base: Path) -> None:
    """Refuse a home whose tenant is not that of the configuration folder `base`: a stand-in may serve a tenant's home.

    Raises:
        SandboxError: naming the tenant.
        ConfigError: when there is no such configuration.
    """
    owner, own = tenant_of(home), _tenant_in(base)
    if owner and owner != own:
        raise SandboxError(
            f"{home} is the home of tenant {owner!r}, not of the demo's {own!r} ({base}): point TIEOUT_HOME at an empty"
            " folder"
        )


def require_free(home: Path, port: int) -> None:
    """Look whether a sandbox may be served from this home, on `port` and those after it; touch nothing.

    Raises:
        SandboxError: when the home holds data that is not a demo's, a sandbox or a run is at work in it, or a port is
            taken.
    """
    if _found(home) and not (home / _MARK).exists():
        raise SandboxError(f"{home} holds data that is not a demo's: point TIEOUT_HOME at an empty folder")
    if (url := _served_at(home)) is not None:
        raise SandboxError(f"a sandbox at {url} serves {home}: stop it first, or point TIEOUT_HOME at another folder")
    if _is_locked(home / "warehouse.lock"):
        raise SandboxError(f"a tieout run is at work in {home}: wait for it, or point TIEOUT_HOME at another folder")
    for number in range(port, port + PORTS if port else port):
        if not _is_free(number):
            raise SandboxError(
                f"port {number} is in use: end what listens there, or choose {PORTS} free ones in a row with --port"
            )


def make_room(home: Path) -> Path | None:
    """Move what a former demo left to `<home>/former/<instant>` and return that folder; None when there is nothing.

    Call `require_free` first. Cut short, it can be run again: the demo's stamp is moved last.
    """
    home.mkdir(parents=True, exist_ok=True)
    found = _found(home)
    if not found:
        return None
    aside = home / FORMER / f"{datetime.now(UTC):%Y%m%dT%H%M%S.%fZ}"
    aside.mkdir(parents=True)
    for path in sorted(found, key=lambda path: path.name == _MARK.parts[0]):
        path.rename(aside / path.name)
    return aside


def _tenant_in(base: Path) -> str:
    """Return the name in a settings file that may lack its secrets; loading it reports what is wrong."""
    try:
        return str(tomllib.loads(require_settings_file(base).read_text()).get("tenant", ""))
    except ValueError:
        return ""


def _found(home: Path) -> list[Path]:
    return [path for path in home.iterdir() if path.name not in _STAYS] if home.is_dir() else []


def _served_at(home: Path) -> str | None:
    """Return the control address of the sandbox that serves a home; a note that a killed one left is no sandbox."""
    note = home / "sandbox" / "serving.json"
    try:
        url = str(json.loads(note.read_text())["control"])
        call_sandbox(url, "GET", "/_sandbox/clock")
    except (FileNotFoundError, ValueError, SandboxError):
        return None
    return url


def _is_locked(path: Path) -> bool:
    if not path.exists():
        return False
    try:
        with FileLock(path, timeout=0):
            return False
    except Timeout:
        return True


def _is_free(port: int) -> bool:
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(("127.0.0.1", port))
        except (OSError, OverflowError):
            return False
    return True
