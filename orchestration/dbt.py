"""Running dbt inside this process, on the one warehouse file.

Belongs here: how dbt is called and what it reported. Does not: any model, or which models a lane needs (lineage).
dbt-duckdb keeps its connection open after a run; it is closed here, so that the next step can open the file.

Reading the project takes dbt longer than building a small warehouse, so it is read once: this process keeps the
manifest until a file of the project changes, and dbt keeps what it has parsed in the project's target folder, where
every other process, home and tenant finds it.
"""

from __future__ import annotations

import hashlib
import inspect
import json
import os
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

from filelock import FileLock

from tieout.errors import TieoutError
from tieout.settings import Settings

_PACKAGED = Path(__file__).resolve().parent / "project"
PROJECT_ROOT = _PACKAGED if _PACKAGED.is_dir() else _PACKAGED.parent.parent
"""Where dbt's project stands: in the installed package, or at the root of the repository."""
ProjectStamp = tuple[tuple[str, int, int], ...]
"""Name, time and size of every file of dbt's project: another stamp, another project."""

_CHOSEN = "chosen"
_PROJECT_FILES = ("dbt_project.yml", "profiles.yml", "dbt_project")


class DbtError(TieoutError):
    """dbt could not run a model: names it and says what the database said."""


@dataclass(frozen=True)
class NodeResult:
    """What became of one dbt node. `status` is dbt's own word (success, pass, warn, fail, error, skipped)."""

    name: str
    kind: str
    status: str
    message: str
    failures: int


def run_dbt(settings: Settings, arguments: Sequence[str], *, models: Collection[str] = ()) -> list[NodeResult]:
    """Run one dbt command, on `models` alone (names) where any are given, and return what became of each node.

    Call it inside `warehouse_lock`.

    Raises:
        DbtError: when dbt cannot start, or a model fails to build (failing tests are results, not errors).
    """
    if models:
        arguments = [*arguments, "--select", selector_of(parsed_project(settings.home), models)]
    nodes = [_node_result(result) for result in dbt_results(settings, arguments)]
    broken = [node for node in nodes if node.status == "error"]
    if broken:
        told = "; ".join(f"{node.name}: {' '.join(node.message.split())}" for node in broken[:3])
        raise DbtError(f"dbt {arguments[0]} failed in {len(broken)} of {len(nodes)} nodes: {told}")
    return nodes


def selector_of(manifest: Any, names: Collection[str]) -> str:
    """Tag these models, and no others, in the manifest; return the selector of the tag.

    dbt looks at every node for each name that it is given, and once for a tag.
    """
    for node in manifest.nodes.values():
        node.tags = [tag for tag in node.tags if tag != _CHOSEN] + ([_CHOSEN] if node.name in names else [])
    return f"tag:{_CHOSEN}"


def dbt_results(settings: Settings, arguments: Sequence[str]) -> list[Any]:
    """Run one dbt command and return its own results, one a node. Call it inside `warehouse_lock`.

    Raises:
        DbtError: when dbt cannot start.
    """
    from dbt.cli.main import dbtRunner

    manifest = parsed_project(settings.home)
    with dbt_environment(settings):
        try:
            outcome = dbtRunner(manifest=manifest).invoke([*arguments, *_flags(settings)])
        finally:
            _release_warehouse()
    if outcome.exception is not None:
        raise DbtError(f"dbt {arguments[0]} could not run: {outcome.exception}")
    return list(getattr(outcome.result, "results", []))


def parsed_project(home: Path) -> Any:
    """Return dbt's manifest of the project as its files are now; `home` is asked only for a place to write.

    Raises:
        DbtError: when a file of the project cannot be read as dbt's.
    """
    return _parsed(project_stamp(), parse_folder(home))


def project_stamp(root: Path = PROJECT_ROOT) -> ProjectStamp:
    """Return the project's stamp as its files are now."""
    paths = [root / name for name in _PROJECT_FILES]
    paths += sorted((root / "dbt_project").rglob("*"))
    seen = [(str(path.relative_to(root)), path.stat()) for path in paths]
    return tuple((name, stat.st_mtime_ns, stat.st_size) for name, stat in seen)


def kept_for_project(home: Path, name: str, make: Callable[[], Any]) -> Any:
    """Return what `make` makes of the project as it is now, as JSON keeps it; made once for a project and a dbt.

    It is made anew when the module of `make` has changed. Processes take turns. Reading what is kept needs no dbt,
    whose import takes seconds.
    """
    folder = parse_folder(home)
    folder.mkdir(parents=True, exist_ok=True)
    kept = folder / f"{name}.json"
    maker = Path(inspect.getfile(make)).read_bytes()
    made_of = (project_stamp(), version("dbt-core"), version("dbt-duckdb"), hashlib.sha256(maker).hexdigest())
    stamp = hashlib.sha256(repr(made_of).encode()).hexdigest()
    with FileLock(folder / f"{name}.lock", timeout=300):
        found = json.loads(kept.read_text()) if kept.exists() else {}
        if found.get("stamp") != stamp:
            found = {"stamp": stamp, "made": make()}
            unfinished = kept.with_suffix(".unfinished")
            unfinished.write_text(json.dumps(found))
            os.replace(unfinished, kept)
    return found["made"]


def parse_folder(home: Path) -> Path:
    """Return where what was parsed is kept: beside the project, or in `home` where that is no place to write."""
    is_ours = PROJECT_ROOT != _PACKAGED and os.access(PROJECT_ROOT, os.W_OK)
    return (PROJECT_ROOT if is_ours else home / "dbt") / "target" / "parsed"


@lru_cache(maxsize=1)
def _parsed(stamp: ProjectStamp, folder: Path) -> Any:
    del stamp
    from dbt.cli.main import dbtRunner

    folder.mkdir(parents=True, exist_ok=True)
    # Always the same environment: dbt reads everything anew when a variable that its profile names has changed.
    with FileLock(folder / "parse.lock", timeout=300), _environment({"TIEOUT_HOME": None, "TIEOUT_MEMORY_LIMIT": None}):
        outcome = dbtRunner().invoke(["parse", *_project_flags(target=folder, logs=folder)])
    if outcome.exception is not None:
        raise DbtError(f"dbt could not read the project: {outcome.exception}")
    return outcome.result


@contextmanager
def dbt_environment(settings: Settings) -> Iterator[None]:
    """Point dbt's profile at the tenant's home folder for what runs inside: dbt knows it from the environment only."""
    wanted = {
        "TIEOUT_HOME": str(settings.home),
        "TIEOUT_MEMORY_LIMIT": settings.memory_limit,
        "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
        "DO_NOT_TRACK": "1",
    }
    with _environment(wanted):
        yield


@contextmanager
def _environment(wanted: Mapping[str, str | None]) -> Iterator[None]:
    before = {name: os.environ.get(name) for name in wanted}
    _set_environment(wanted)
    try:
        yield
    finally:
        _set_environment(before)


def _set_environment(values: Mapping[str, str | None]) -> None:
    for name, value in values.items():
        if value is None:
            os.environ.pop(name, None)
        else:
            os.environ[name] = value


def _node_result(result: Any) -> NodeResult:
    return NodeResult(
        name=str(result.node.name),
        kind=str(result.node.resource_type.value),
        status=str(result.status.value if hasattr(result.status, "value") else result.status),
        message=str(result.message or ""),
        failures=int(result.failures or 0),
    )


def _flags(settings: Settings) -> list[str]:
    return _project_flags(target=settings.home / "dbt" / "target", logs=settings.home / "dbt" / "logs")


def _project_flags(*, target: Path, logs: Path) -> list[str]:
    return [
        *("--project-dir", str(PROJECT_ROOT)),
        *("--profiles-dir", str(PROJECT_ROOT)),
        *("--target-path", str(target)),
        *("--log-path", str(logs)),
        "--quiet",
        *("--log-level", "none", "--log-level-file", "none"),
        "--no-write-json",
        "--no-use-colors",
    ]


def _release_warehouse() -> None:
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager

    environment = DuckDBConnectionManager._ENV
    if environment is not None:
        environment.close()
    DuckDBConnectionManager.close_all_connections()
