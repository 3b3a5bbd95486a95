"""dbt's project on disk: where it is, what state it is in, its manifest, and what is kept for one state of it.

Belongs here: reading the project without building anything. Does not: running dbt on a warehouse (invoke).

Reading the project takes dbt longer than building a small warehouse, so it is read once: this process keeps the
manifest until a file of the project changes, and dbt keeps what it has parsed in the project's target folder, where
every other process, home and tenant finds it.
"""

from __future__ import annotations

import hashlib
import inspect
import json
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

import orjson
from filelock import FileLock

from tieout.errors import TieoutError

_PACKAGED = Path(__file__).resolve().parent.parent / "project"
PROJECT_ROOT = _PACKAGED if _PACKAGED.is_dir() else _PACKAGED.parent.parent
"""Where dbt's project is: in the installed package, or at the root of the repository."""
ProjectStamp = tuple[tuple[str, int, int], ...]
"""Name, time and size of every file of dbt's project: another stamp, another project."""

_PROJECT_FILES = ("dbt_project.yml", "profiles.yml", "dbt_project")


class DbtError(TieoutError):
    """dbt could not run a model: names it and says what the database said."""


def parsed_project(home: Path) -> Any:
    """Return dbt's manifest of the project as its files are now; `home` is asked only for a place to write.

    Raises:
        DbtError: when a file of the project cannot be read as dbt's.
    """
    return _parsed(project_stamp(), parse_folder(home))


def project_stamp(root: Path = PROJECT_ROOT) -> ProjectStamp:
    """Return the project's stamp as its files are now."""
    seen = [(name, (root / name).stat()) for name in _PROJECT_FILES]
    for folder, folders, files in os.walk(root / "dbt_project"):
        within = os.path.relpath(folder, root)
        seen += [(f"{within}/{name}", os.stat(f"{folder}/{name}")) for name in (*folders, *files)]
    return tuple(sorted((name, stat.st_mtime_ns, stat.st_size) for name, stat in seen))


def project_hash() -> str:
    """Return a hash of the project as its files are now, of where it is, and of the dbt that reads it.

    Where it is counts: SQL that fills a seed names its file whole, and an installation may move.
    """
    made_of = (str(PROJECT_ROOT), project_stamp(), version("dbt-core"), version("dbt-duckdb"))
    return hashlib.sha256(repr(made_of).encode()).hexdigest()


def cache_by_project_hash(home: Path, name: str, make: Callable[[], Any]) -> Any:
    """Return what `make` makes of the project as it is now, as JSON keeps it; made once for a project and a dbt.

    It is made anew when the module of `make` has changed. Processes take turns. Reading what is kept needs no dbt,
    whose import takes seconds.
    """
    folder = parse_folder(home)
    folder.mkdir(parents=True, exist_ok=True)
    kept = folder / f"{name}.json"
    maker = hashlib.sha256(Path(inspect.getfile(make)).read_bytes()).hexdigest()
    stamp = f"{project_hash()} {maker}"
    with FileLock(folder / f"{name}.lock", timeout=300):
        found = read_kept(kept)
        if found.get("stamp") != stamp:
            found = {"stamp": stamp, "made": make()}
            unfinished = kept.with_suffix(".unfinished")
            unfinished.write_text(json.dumps(found))
            os.replace(unfinished, kept)
    return found["made"]


def read_kept(path: Path) -> dict[str, Any]:
    """Return what a file keeps for the project; nothing where there is none, or a damaged one: it is made anew."""
    try:
        kept = orjson.loads(path.read_bytes())
    except (FileNotFoundError, orjson.JSONDecodeError):
        return {}
    return kept if isinstance(kept, dict) else {}


def parse_folder(home: Path) -> Path:
    """Return where what was parsed is kept: beside the project, or in `home` where that is no place to write."""
    is_ours = PROJECT_ROOT != _PACKAGED and os.access(PROJECT_ROOT, os.W_OK)
    return (PROJECT_ROOT if is_ours else home / "dbt") / "target" / "parsed"


@lru_cache(maxsize=1)
def _parsed(stamp: ProjectStamp, folder: Path) -> Any:
    from dbt.cli.main import dbtRunner

    folder.mkdir(parents=True, exist_ok=True)
    parsed_of, state = folder / "parsed_of", hashlib.sha256(repr(stamp).encode()).hexdigest()
    # Always the same environment: dbt reads everything anew when a variable that its profile names has changed.
    with FileLock(folder / "parse.lock", timeout=300), environment({"TIEOUT_HOME": None, "TIEOUT_MEMORY_LIMIT": None}):
        if not parsed_of.exists() or parsed_of.read_text() != state:
            # dbt parses what has changed alone, and keeps unit tests twice that have moved to another file.
            (folder / "partial_parse.msgpack").unlink(missing_ok=True)
        outcome = dbtRunner().invoke(["parse", *flags(target=folder, logs=folder)])
        if outcome.exception is not None:
            raise DbtError(f"dbt could not read the project: {outcome.exception}")
        parsed_of.write_text(state)
    return outcome.result


@contextmanager
def environment(wanted: Mapping[str, str | None]) -> Iterator[None]:
    """Set these variables for what runs inside (None: unset them), and put back what was there before."""
    before = {name: os.environ.get(name) for name in wanted}
    _set(wanted)
    try:
        yield
    finally:
        _set(before)


def _set(values: Mapping[str, str | None]) -> None:
    for name, value in values.items():
        if value is None:
            os.environ.pop(name, None)
        else:
            os.environ[name] = value


def flags(*, target: Path, logs: Path) -> list[str]:
    """Return dbt's options for this project: quiet, and writing into these folders alone."""
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
