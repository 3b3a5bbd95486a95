"""dbt inside this process, on the one warehouse file.

Belongs here: how dbt is called, what it reported, and the SQL that it sent. Does not: any model, or which models are to
be built (lineage). dbt-duckdb keeps its connection open after a run; it is closed here, so that the next step can open
the file.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from orchestration.accelerator.project import DbtError, environment, flags, parsed_project
from tieout.reading import Reading

_CHOSEN = "chosen"


@dataclass(frozen=True)
class NodeResult:
    """What became of one dbt node. `status` is dbt's own word (success, pass, warn, fail, error, skipped)."""

    name: str
    kind: str
    status: str
    message: str
    failures: int


def run_dbt(
    settings: Reading,
    arguments: Sequence[str],
    *,
    models: Collection[str] = (),
    on_event: Callable[[Any], None] | None = None,
) -> list[NodeResult]:
    """Run one dbt command, on `models` alone (names) where any are given, and return what became of each node.

    Call it inside `warehouse_lock`. `on_event` is called with each of dbt's own events.

    Raises:
        DbtError: when dbt cannot start, or a model fails to build (failing tests are results, not errors).
    """
    if models:
        arguments = [*arguments, "--select", selector_of(parsed_project(settings.home), models)]
    nodes = [_node_result(result) for result in dbt_results(settings, arguments, on_event=on_event)]
    broken = [node for node in nodes if node.status == "error"]
    if broken:
        reported = "; ".join(f"{node.name}: {' '.join(node.message.split())}" for node in broken[:3])
        raise DbtError(f"dbt {arguments[0]} failed in {len(broken)} of {len(nodes)} nodes: {reported}")
    return nodes


def selector_of(manifest: Any, names: Collection[str]) -> str:
    """Tag these models, and no others, in the manifest; return the selector of the tag.

    dbt looks at every node for each name that it is given, and once for a tag.
    """
    for node in manifest.nodes.values():
        node.tags = [tag for tag in node.tags if tag != _CHOSEN] + ([_CHOSEN] if node.name in names else [])
    return f"tag:{_CHOSEN}"


def dbt_results(
    settings: Reading, arguments: Sequence[str], *, on_event: Callable[[Any], None] | None = None
) -> list[Any]:
    """Run one dbt command and return its own results, one a node. Call it inside `warehouse_lock`.

    Raises:
        DbtError: when dbt cannot start.
    """
    from dbt.cli.main import dbtRunner

    folder = settings.home / "dbt"
    runner = dbtRunner(manifest=parsed_project(settings.home), callbacks=[on_event] if on_event else [])
    with dbt_environment(settings):
        try:
            outcome = runner.invoke([*arguments, *flags(target=folder / "target", logs=folder / "logs")])
        finally:
            _release_warehouse()
    if outcome.exception is not None:
        raise DbtError(f"dbt {arguments[0]} could not run: {outcome.exception}")
    return list(getattr(outcome.result, "results", []))


@contextmanager
def dbt_environment(settings: Reading) -> Iterator[None]:
    """Point dbt's profile at the tenant's home folder for what runs inside: dbt knows it from the environment only."""
    wanted = {
        "TIEOUT_HOME": str(settings.home),
        "TIEOUT_MEMORY_LIMIT": settings.memory_limit,
        "TIEOUT_THREADS": str(settings.threads),
        "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
        "DO_NOT_TRACK": "1",
    }
    with environment(wanted):
        yield


def _node_result(result: Any) -> NodeResult:
    return NodeResult(
        name=str(result.node.name),
        kind=str(result.node.resource_type.value),
        status=str(result.status.value if hasattr(result.status, "value") else result.status),
        message=str(result.message or ""),
        failures=int(result.failures or 0),
    )


def _release_warehouse() -> None:
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager

    opened = DuckDBConnectionManager._ENV
    if opened is not None:
        opened.close()
    DuckDBConnectionManager.close_all_connections()
