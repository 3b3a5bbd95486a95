"""Asset checks that are not dbt's: expectations on raw, and freshness.

Belongs here: turning results of `expectations` and coverage into Dagster's checks. Does not: any expectation.
"""

from collections.abc import Sequence
from datetime import timedelta

import dagster as dg

from expectations.suites import SUITES
from orchestration.resources import TieoutResource
from tieout.warehouse import open_warehouse, warehouse_lock

_FRESH_WITHIN = timedelta(hours=26)
_DAILY = ("raw_tiktok_shop/statements", "raw_tiktok_shop/payments", "raw_bank/entries")


def raw_checks() -> list[dg.AssetChecksDefinition]:
    """Return one blocking check per raw table that has a suite of expectations."""
    return [_raw_check(table) for table in SUITES]


def _raw_check(table: str) -> dg.AssetChecksDefinition:
    schema, entity = table.split(".")

    @dg.asset_check(
        asset=dg.AssetKey([schema, entity]),
        name="meets_expectations",
        blocking=True,
        description="Great Expectations suite of this raw table; blocks where a break would make money wrong.",
    )
    def meets_expectations(tieout: TieoutResource) -> dg.AssetCheckResult:
        from expectations.runner import run_expectations

        settings = tieout.settings()
        with warehouse_lock(settings), open_warehouse(settings) as warehouse:
            results = run_expectations(settings, warehouse, tables=[table])
        blocking = [problem for result in results for problem in result.blocking]
        warnings = [problem for result in results for problem in result.warnings]
        return dg.AssetCheckResult(
            passed=not blocking and not warnings,
            severity=dg.AssetCheckSeverity.ERROR if blocking else dg.AssetCheckSeverity.WARN,
            metadata={"blocking": blocking, "warnings": warnings},
        )

    return meets_expectations


def freshness_checks() -> Sequence[dg.AssetChecksDefinition]:
    """Return checks that the daily sources were loaded within the last 26 hours."""
    keys = [dg.AssetKey(name.split("/")) for name in _DAILY]
    return dg.build_last_update_freshness_checks(assets=keys, lower_bound_delta=_FRESH_WITHIN)
