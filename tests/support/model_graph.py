"""What each dbt model reads: the models and raw tables that its SQL and its hooks name when they are rendered.

Belongs here: rendering a model without dbt, which takes seconds to parse the project. Does not: what a graph may look
like (tests.conventions).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import jinja2

ROOT = Path(__file__).resolve().parents[2]
MODELS = ROOT / "dbt_project" / "models"
MACROS = ROOT / "dbt_project" / "macros"
LAYERS = ("staging", "intermediate", "reconciliation", "exceptions", "marts", "sync")
"""From the raw tables to what is written: a model reads its own layer and those before it."""


@dataclass(frozen=True)
class Node:
    """A model: its layer, the models and seeds that it reads, and the raw tables as "schema.table"."""

    name: str
    layer: str
    reads: frozenset[str]
    sources: frozenset[str]


@dataclass
class Rendering:
    """What one rendering has referenced so far; hooks are rendered by dbt later, as an incremental build runs them."""

    builds_changed_keys: bool = False
    reads: set[str] = field(default_factory=set)
    sources: set[str] = field(default_factory=set)
    hooks: list[str] = field(default_factory=list)

    def ref(self, name: str) -> str:
        self.reads.add(name)
        return name

    def source(self, schema: str, table: str) -> str:
        self.sources.add(f"{schema}.{table}")
        return table

    def config(self, pre_hook: str | list[str] = "", **_settings: object) -> str:
        self.hooks += [pre_hook] if isinstance(pre_hook, str) else pre_hook
        return ""


def rendered(sql: str, rendering: Rendering) -> str:
    """Return SQL as dbt renders it, tables by their own names; what it names is noted in `rendering`."""
    environment = _environment()
    _CURRENT[:] = [rendering]
    return environment.from_string(sql).render()


_CURRENT: list[Rendering] = []


@cache
def _environment() -> jinja2.Environment:
    environment = jinja2.Environment()
    environment.globals.update(
        ref=lambda name: _CURRENT[0].ref(name),
        source=lambda schema, table: _CURRENT[0].source(schema, table),
        config=lambda **settings: _CURRENT[0].config(**settings),
        builds_changed_keys=lambda: _CURRENT[0].builds_changed_keys,
        changed_keys_incremental=str,
        atomic_view=str,
        this="this_model",
    )
    files = sorted(MACROS.rglob("*.sql"))
    text = "".join(path.read_text() for path in files if not path.stem.startswith(("test_", "generate_")))
    # All macros are one template, compiled once; they find one another and dbt's own words among the globals.
    environment.globals.update(
        {name: macro for name, macro in vars(environment.from_string(text).module).items() if callable(macro)}
    )
    return environment


@cache
def graph() -> dict[str, Node]:
    """Return every model by its name."""
    return {path.stem: _node(path) for path in sorted(MODELS.rglob("*.sql"))}


@cache
def systems() -> dict[str, list[str]]:
    """Return the roles of every system on the project's list (macros/systems.sql)."""
    names = "{% for name, of in listed.items() %}{{ name }}:{{ of.roles | join(',') }} {% endfor %}"
    text = rendered("{% call(listed) with_systems() %}" + names + "{% endcall %}", Rendering())
    parts = [entry.partition(":") for entry in text.split()]
    return {name: [role for role in roles.split(",") if role] for name, _, roles in parts}


def _node(path: Path) -> Node:
    sql = path.read_text()
    whole, changed = Rendering(), Rendering(builds_changed_keys=True)
    for rendering in (whole, changed):
        rendered(sql, rendering)
    for hook in list(changed.hooks):
        rendered(hook, changed)
    reads, sources = whole.reads | changed.reads, whole.sources | changed.sources
    return Node(path.stem, path.relative_to(MODELS).parts[0], frozenset(reads), frozenset(sources))


def read_in_python(packages: tuple[str, ...]) -> frozenset[str]:
    """Return the tables that Python of these packages names, as "schema.table", without their schemas."""
    text = "".join(path.read_text() for name in packages for path in sorted((ROOT / name).rglob("*.py")))
    return frozenset(re.findall(r"\b[a-z_]+\.((?:stg|int|rec|exc)_\w+)", text))
