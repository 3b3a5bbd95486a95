"""Asset checks that are not dbt's: expectations on raw.

Belongs here: turning results of `expectations` into Dagster's checks, and remembering what a break holds (holds): the
check blocks until that is known, and never by its result. Does not: any expectation; freshness, which is a policy of
the daily raw assets.
"""

import dagster as dg

from expectations.suites import SUITES
from orchestration.accelerator.data_tests import readers_of
from orchestration.assets.resources import TieoutResource
from orchestration.steps import holds
from orchestration.steps.suite_results import suite_results_of
from tieout.warehouse import open_warehouse, warehouse_lock


def raw_checks() -> list[dg.AssetChecksDefinition]:
    """Return one check per raw table that has a suite of expectations."""
    return [_raw_check(table) for table in SUITES]


def _raw_check(table: str) -> dg.AssetChecksDefinition:
    schema, entity = table.split(".")

    @dg.asset_check(
        asset=dg.AssetKey([schema, entity]),
        name="meets_expectations",
        blocking=True,
        description="Great Expectations suite of this raw table; a break holds the shops whose rows break it.",
    )
    def meets_expectations(tieout: TieoutResource) -> dg.AssetCheckResult:
        settings = tieout.settings()
        with warehouse_lock(settings), open_warehouse(settings) as warehouse:
            results = suite_results_of(warehouse, [table])
            readers = readers_of(settings, [f"source.tieout.{table}"])
            found = [hold for result in results for hold in holds.holds_of_suite(result, readers)]
            holds.remember(warehouse, found, checked={holds.suite_name(table)})
        blocking = [problem for result in results for problem in result.blocking]
        warnings = [problem for result in results for problem in result.warnings]
        return dg.AssetCheckResult(
            passed=not blocking and not warnings,
            severity=dg.AssetCheckSeverity.WARN,  # an error would stop every shop
            metadata={"blocking": blocking, "warnings": warnings, "holds": [hold.key for hold in found]},
        )

    return meets_expectations
