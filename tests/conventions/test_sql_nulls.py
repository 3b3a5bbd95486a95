"""A NULL in one row never reaches a key and never empties a comparison: the patterns by which it would are refused.

Belongs here: what the models' SQL may not say, read from what dbt renders of it. Does not: style (sqlfluff).
"""

from __future__ import annotations

import re
import warnings
from functools import cache
from pathlib import Path

import pytest

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # sqlglot warns of a package that dagster-dbt pins
    import sqlglot
    from sqlglot import exp

from tests.support import model_graph
from tests.support.model_graph import Rendering, rendered

MODELS = sorted(model_graph.MODELS.rglob("*.sql"))
STAGING = [path for path in MODELS if "staging" in path.parts]
KEY = re.compile(r"(^|_)(id|key)$")
EXEMPT = {
    "int_shipments__tracking_due": "a parcel whose key cannot be computed must have none: what is written needs one",
    "int_books__due_journals": "an external id that cannot be computed must be none: its journal is held for that",
    "rec_maps__configured_vs_vendors": "shop and system come from settings, which refuse an empty one",
    "int_settlements__lines": "fee_key is a word of the model and a key of a map, which is never NULL",
}
"""Beside the sync models: a proposal whose key cannot be computed must have none, and is held for that."""
JOINED = (exp.DPipe, exp.Concat, exp.ConcatWs, exp.GroupConcat)


def shown(path: Path) -> str:
    """Return a model's SQL as dbt renders it for a whole build; tables go by their own names."""
    sql = rendered(path.read_text(), Rendering())
    return re.sub(r"\bmap\b(?!\s*\()", "map_of", sql)  # sqlglot takes a name like this for the type


@cache
def parsed(path: Path) -> exp.Expression:
    return sqlglot.parse_one(shown(path), dialect="duckdb")


def keys_of(tree: exp.Expression) -> list[exp.Alias]:
    return [alias for alias in tree.find_all(exp.Alias) if KEY.search(alias.alias)]


def is_null_safe(part: exp.Expression) -> bool:
    """Return whether each column of a joined text is in a coalesce: one NULL makes the whole of `||` NULL."""
    return all(
        column.find_ancestor(exp.Coalesce, exp.Case, exp.MD5) or not column.find_ancestor(*JOINED)
        for column in part.find_all(exp.Column)
    )


@pytest.mark.parametrize("path", [path for path in MODELS if "sync" not in path.parts], ids=lambda path: path.stem)
def test_a_key_is_joined_of_parts_that_are_never_null(path):
    for alias in keys_of(parsed(path)) if path.stem not in EXEMPT else ():
        joined = alias.this.find(*JOINED)
        assert joined is None or is_null_safe(alias.this), (
            f"{path.stem}: {alias.alias} is joined of columns that may be NULL: write it with joined_key(...)"
        )


@pytest.mark.parametrize("path", MODELS, ids=lambda path: path.stem)
def test_no_comparison_is_emptied_by_a_null_in_a_list(path):
    for found in parsed(path).find_all(exp.Not):
        if isinstance(found.this, exp.In):
            assert not found.this.args.get("query"), (
                f"{path.stem}: `not in (select ...)` is true of nothing once the list holds a NULL: use an anti join"
            )


@pytest.mark.parametrize("path", STAGING, ids=lambda path: path.stem)
def test_what_a_record_says_is_cast_so_that_it_cannot_end_the_build(path):
    for cast in parsed(path).find_all(exp.Cast):
        if not isinstance(cast, exp.TryCast) and "TRY_" not in cast.this.sql(dialect="duckdb").upper():
            reported = [node for node in cast.this.walk() if isinstance(node, exp.JSONExtract | exp.JSONExtractScalar)]
            assert not reported, f"{path.stem}: `{cast.sql(dialect='duckdb')}` raises on a bad record: use try_cast"
