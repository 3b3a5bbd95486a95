"""Asset checks that are not dbt's: expectations on raw.

Belongs here: turning results of `expectations` into Dagster's checks. Does not: any expectation; freshness, which is a
policy of the daily raw assets.
"""

import dagster as dg

from expectations.suites import SUITES
from orchestration.resources import TieoutResource
from tieout.warehouse import open_warehouse, warehouse_lock


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
