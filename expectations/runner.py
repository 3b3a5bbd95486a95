"""Holding newly landed raw rows to their suites.

Belongs here: picking those rows, looking for breaks, running Great Expectations on what has one, turning its answer
into plain values. Does not: any claim (suites), or what follows from a break (orchestration).

DuckDB counts the breaks of all claims in one reading; Great Expectations and pandas, which take seconds to import and a
frame of every row, are asked for those that have one. Great Expectations checks pandas frames only: its SQL
engine fails on DuckDB. A result that carries exception_info was not checked, whatever its `success` says.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import duckdb

from expectations.engine import import_great_expectations
from expectations.result import ExpectationResult, SuiteResult
from expectations.suites import SUITES, Suite
from tieout.errors import ConfigError

if TYPE_CHECKING:
    import pandas as pd
    from great_expectations import ExpectationSuite

MAX_ROWS = 1_000_000


def run_expectations(
    connection: duckdb.DuckDBPyConnection,
    *,
    tables: Sequence[str] | None = None,
    since: str = "",
    until: str | None = None,
) -> list[SuiteResult]:
    """Check the raw rows in force that were landed after load `since`, and not after load `until` where one is given.

    In force is of each record the newest version, unless that is a deletion. Tables without such rows are passed over.
    At most a million rows a table are checked, the newest.

    Raises:
        ConfigError: when a named table has no suite.
    """
    unknown = sorted(set(tables or ()) - SUITES.keys())
    if unknown:
        raise ConfigError(f"no suite for {', '.join(unknown)}; expected any of {', '.join(SUITES)}")
    checked = (_checked(connection, SUITES[table], since, until) for table in tables or SUITES)
    return [result for result in checked if result.rows]


def _checked(connection: duckdb.DuckDBPyConnection, suite: Suite, since: str, until: str | None) -> SuiteResult:
    query = _in_force(suite, since, until)
    counts = ", ".join(["count(*)", *(claim.broken for claim in suite.claims)])
    rows, *broken = connection.execute(f"select {counts} from ({query}) as landed").fetchone() or (0,)
    if any(broken):
        frame: pd.DataFrame = connection.execute(query).to_arrow_table().to_pandas()
        return _with_shops(frame, suite.build())
    passed = (
        ExpectationResult(claim.text, claim.is_blocking, passed=True, is_per_row=claim.is_per_row)
        for claim in suite.claims
    )
    return SuiteResult(suite.table, rows, tuple(passed))


def _with_shops(frame: pd.DataFrame, suite: ExpectationSuite) -> SuiteResult:
    """Check a frame, and when it breaks, the rows of each shop by themselves. No shop, where a table has none."""
    checked = validate(frame, suite)
    shops = sorted(set(frame["shop_id"]) - {""}) if checked.blocking else []
    broken = tuple(shop for shop in shops if validate(frame[frame["shop_id"] == shop], suite).blocking)
    return replace(checked, shops=broken or tuple(shops))


def validate(frame: pd.DataFrame, suite: ExpectationSuite) -> SuiteResult:
    """Check a frame; the result needs no Great Expectations to read."""
    import_great_expectations()
    from great_expectations import get_context
    from great_expectations.data_context.types.base import ProgressBarsConfig

    context = get_context(mode="ephemeral")
    context.variables.progress_bars = ProgressBarsConfig(globally=False)
    asset = context.data_sources.add_pandas("landed").add_dataframe_asset(suite.name)
    batch = asset.add_batch_definition_whole_dataframe("all").get_batch({"dataframe": frame})
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # pandas warns Great Expectations of what it deprecates
        checked = batch.validate(suite, result_format={"result_format": "SUMMARY", "partial_unexpected_count": 3})
    return SuiteResult(suite.name, len(frame), tuple(_result(one.to_json_dict()) for one in checked.results))


def _in_force(suite: Suite, since: str, until: str | None) -> str:
    """Return the query for the rows to check. Landing sees to it that a version of a later load is a later one.

    It binds nothing: for a bound value DuckDB imports pandas.
    """
    landed = f"load_id > {_literal(since)}"
    newest = f"select shop_id, id, max(observed_at) from {suite.table} where {landed} group by all"
    ended = f" and load_id <= {_literal(until)}" if until is not None else ""
    rows = f"{landed}{ended} and not is_deleted and (shop_id, id, observed_at) in ({newest})"
    return f"{suite.select(rows)} order by raw.load_id desc limit {MAX_ROWS}"


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _result(checked: Mapping[str, Any]) -> ExpectationResult:
    config = checked["expectation_config"]
    meta = config.get("meta") or {}
    found = checked.get("result") or {}
    return ExpectationResult(
        claim=str(meta.get("claim") or config["type"]),
        is_blocking=bool(meta.get("blocking")),
        passed=bool(checked["success"]) and not _error(checked),
        unexpected=int(found.get("unexpected_count") or 0),
        share=float(found.get("unexpected_percent") or 0) / 100,
        examples=_examples(found.get("partial_unexpected_list") or ()),
        error=_error(checked),
        is_per_row=bool(meta.get("per_row")),
    )


def _examples(values: Iterable[Any]) -> tuple[str, ...]:
    shown = (" ".join(map(str, value.values())) if isinstance(value, Mapping) else str(value) for value in values)
    return tuple(dict.fromkeys(text[:40] for text in shown if text != "None"))


def _error(checked: Mapping[str, Any]) -> str:
    """Return what stopped an expectation; Great Expectations nests it by metric when several did."""
    info = checked.get("exception_info") or {}
    parts = [info] if "raised_exception" in info else list(info.values())
    messages = [str(part.get("exception_message")) for part in parts if part.get("raised_exception")]
    return "; ".join(messages)[:300]
