"""The bench of a tenant that has stores."""

from __future__ import annotations

import shutil

import pytest

from tests.ingestion.conftest import Bench
from tests.support.fake_newstore import TENANT


@pytest.fixture
def stores(bench: Bench) -> Bench:
    """The bench of a tenant with a configuration folder of its own."""
    folder = shutil.copytree(bench.settings.config_dir, bench.settings.home / "config")
    bench.settings = bench.settings.model_copy(update={"config_dir": folder, "newstore": TENANT})
    return bench
