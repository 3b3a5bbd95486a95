"""Running dbt inside this process, on the one warehouse file.

Belongs here: how dbt is called and what it reported. Does not: any model. dbt-duckdb keeps its connection open after a
run; it is closed here, so that the next step can open the file.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tieout.errors import TieoutError
from tieout.settings import Settings

PROJECT_ROOT = Path(__file__).resolve().parent.parent


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


def run_dbt(settings: Settings, arguments: Sequence[str]) -> list[NodeResult]:
    """Run one dbt command and return what became of each node. Call it inside `warehouse_lock`.

    Raises:
        DbtError: when dbt cannot start, or a model fails to build (failing tests are results, not errors).
    """
    from dbt.cli.main import dbtRunner

    with dbt_environment(settings):
        try:
            outcome = dbtRunner().invoke([*arguments, *_flags(settings)])
        finally:
            _release_warehouse()
    if outcome.exception is not None:
        raise DbtError(f"dbt {arguments[0]} could not run: {outcome.exception}")
    nodes = [_node_result(result) for result in getattr(outcome.result, "results", [])]
    broken = [node for node in nodes if node.status == "error"]
    if broken:
        told = "; ".join(f"{node.name}: {' '.join(node.message.split())}" for node in broken[:3])
        raise DbtError(f"dbt {arguments[0]} failed in {len(broken)} of {len(nodes)} nodes: {told}")
    return nodes


@contextmanager
def dbt_environment(settings: Settings) -> Iterator[None]:
    """Point dbt's profile at the tenant's home folder for what runs inside: dbt knows it from the environment only."""
    wanted = {
        "TIEOUT_HOME": str(settings.home),
        "TIEOUT_MEMORY_LIMIT": settings.memory_limit,
        "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
        "DO_NOT_TRACK": "1",
    }
    before = {name: os.environ.get(name) for name in wanted}
    os.environ.update(wanted)
    try:
        yield
    finally:
        for name, value in before.items():
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
    return [
        *("--project-dir", str(PROJECT_ROOT)),
        *("--profiles-dir", str(PROJECT_ROOT)),
        *("--target-path", str(settings.home / "dbt" / "target")),
        *("--log-path", str(settings.home / "dbt" / "logs")),
        "--quiet",
        *("--log-level-file", "none"),
        "--no-use-colors",
    ]


def _release_warehouse() -> None:
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager

    environment = DuckDBConnectionManager._ENV
    if environment is not None:
        environment.close()
    DuckDBConnectionManager.close_all_connections()
