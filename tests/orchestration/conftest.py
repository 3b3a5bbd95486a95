"""The project as Dagster reads it, parsed once for all of these tests."""

from __future__ import annotations

import pytest

from orchestration.resources import DbtProjectFiles


@pytest.fixture(scope="session")
def files(tmp_path_factory: pytest.TempPathFactory) -> DbtProjectFiles:
    """dbt's project, its manifest parsed into a folder of this session."""
    return DbtProjectFiles(home=tmp_path_factory.mktemp("dbt"))
