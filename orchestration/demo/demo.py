"""The demo: the sandbox as a process of its own, real baskets traded on it, and the whole loop run against it.

Belongs here: starting the sandbox (this folder is the only one that may know it). Does not: any vendor's wire, what
happens on which day (run), or what is shown (report). The sandbox's credentials reach the product as anyone's would:
as secret files.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from orchestration.demo.control import SandboxError, call_sandbox
from orchestration.demo.engineering import count_world
from orchestration.demo.home import PORTS, make_room, mark_demo, require_demos, require_free
from orchestration.demo.progress import progress_of
from orchestration.demo.report import print_report, report_parts
from orchestration.demo.run import run_days
from orchestration.demo.tenant import write_secrets
from orchestration.steps.steps import Report
from tieout.reading import example_folder, home_folder

__all__ = ["SandboxError", "call_sandbox", "control", "run_demo", "running_sandbox", "serve_sandbox"]


def run_demo(config: Path | None, *, baskets: int, days: int, seed: int, port: int, report: Report) -> list[str]:
    """Trade `baskets` over `days` world days, run the loop, print what it did, and return what was left wrong.

    Raises:
        SandboxError: when the home folder holds data that is not a demo's or is in use, a port is taken, or the
            sandbox is not installed or does not start.
    """
    _require_stand_ins()
    started = datetime.now(UTC)
    home, base = home_folder().resolve(), config or Path(os.environ.get("TIEOUT_CONFIG") or example_folder())
    require_demos(home, base)
    require_free(home, port)
    if (aside := make_room(home)) is not None:
        report(f"the former demo was moved to {aside}: delete it when it is no longer needed")
    with progress_of(report) as progress:
        with running_sandbox(home, port=port) as sandbox:
            url = sandbox["control"]
            progress.print(f"the stand-ins serve at {url}; times are UTC, by their world's clock")
            settings, tally = run_days(base, home, url, days=days, baskets=baskets, seed=seed, progress=progress)
            world = count_world(url)
        parts = report_parts(settings, tally, world, seconds=(datetime.now(UTC) - started).total_seconds())
    print_report(parts, world)
    return tally.problems


def serve_sandbox(*, port: int, report: Report) -> None:
    """Serve until SIGINT or SIGTERM; writes the connection's secret files first.

    Raises:
        SandboxError: as `run_demo`.
    """
    _require_stand_ins()
    home = home_folder().resolve()
    require_free(home, port)
    signal.signal(signal.SIGTERM, _interrupt)
    try:
        with running_sandbox(home, port=port) as sandbox:
            for name, url in sorted(sandbox.items()):
                report(f"{name}: {url}")
            report("serving; stop with Ctrl-C")
            while True:
                signal.pause()
    except KeyboardInterrupt:
        report("stopped")


def _require_stand_ins() -> None:
    found = find_spec("sandbox")
    # A folder of that name in the working directory is found too, as a package without a file of its own.
    if found is None or found.origin is None:
        raise SandboxError(
            "the stand-ins are not installed: add them with `pip install 'tieout[demo]'` (in a clone of tieout's"
            " repository: `make setup`), or use `--config DIR` with the other commands on systems of your own"
        )


def _interrupt(_number: int, _frame: object) -> None:
    """Let SIGTERM end as Ctrl-C does: the stand-ins are stopped too."""
    raise KeyboardInterrupt


def control(method: str, path: str, body: dict[str, Any] | None = None) -> Any:
    """Call the control API of the sandbox that serves this home folder.

    Raises:
        SandboxError: when none does, or it refuses.
    """
    note = home_folder() / "sandbox" / "serving.json"
    if not note.exists():
        raise SandboxError("no sandbox serves this home folder: start one with `tieout sandbox serve`")
    return call_sandbox(json.loads(note.read_text())["control"], method, path, body)


@contextmanager
def running_sandbox(home: Path, *, port: int) -> Iterator[dict[str, str]]:
    """Run the sandbox as a child process and yield its base URLs by system ('control' among them)."""
    state_dir = home / "sandbox"
    mark_demo(home)
    process = subprocess.Popen(
        [sys.executable, "-m", "sandbox", "--state", str(state_dir), "--parent", str(os.getpid()), *_ports(port)],
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        urls = _ready(process, port)
        write_secrets(home, urls["control"])
        (state_dir / "serving.json").write_text(json.dumps(urls))
        yield urls
    finally:
        (state_dir / "serving.json").unlink(missing_ok=True)
        process.terminate()
        process.communicate(timeout=30)


def _ports(port: int) -> list[str]:
    systems = ("control", "tiktok", "netsuite", "gxo", "linnworks", "zigzag")
    names = [f"--{system}-port" for system in systems]
    return [part for step, name in enumerate(names) for part in (name, str(port + step if port else 0))]


def _ready(process: subprocess.Popen[str], port: int) -> dict[str, str]:
    assert process.stdout is not None  # noqa: S101 - Popen was asked for a pipe
    for line in process.stdout:
        if line.startswith("{"):
            return {name: url for name, url in json.loads(line).items() if isinstance(url, str)}
    process.wait()
    raise SandboxError(
        f"the sandbox did not start (exit {process.returncode}): are ports {port} to {port + PORTS - 1} free?"
        " Choose others with --port"
    )
