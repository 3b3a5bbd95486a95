"""dagster-dbt, without the warnings that its dependency sqlglot[rs] prints on every import.

Belongs here: that import and nothing else; every other module takes dagster-dbt from here.
"""

import warnings

with warnings.catch_warnings():
    warnings.filterwarnings("ignore", "sqlglot", DeprecationWarning)
    warnings.filterwarnings("ignore", "sqlglot", UserWarning)
    from dagster_dbt import DagsterDbtTranslator, dbt_assets
    from dagster_dbt.asset_utils import get_asset_check_key_for_test

__all__ = [
    "DagsterDbtTranslator",
    "dbt_assets",
    "get_asset_check_key_for_test",
]
