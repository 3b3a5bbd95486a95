"""Fixtures every test may use: a clean environment, and settings of a small tenant in a temporary home."""

from __future__ import annotations

import gc
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.support.connected import shipping
from tests.support.moved_world import moved
from tests.support.returning import returning
from tests.support.stores_world import stores
from tests.support.waiting_returns import waiting_returns
from tests.support.whole_tenant import sound_home, tenant
from tests.support.whole_world import whole
from tests.support.worlds import fresh_world, tied_out, traded, world
from tieout.settings import Settings, load_settings

__all__ = [
    "fresh_world",
    "moved",
    "returning",
    "shipping",
    "sound_home",
    "stores",
    "tenant",
    "tied_out",
    "traded",
    "waiting_returns",
    "whole",
    "world",
]  # fixtures: pytest finds them by these names

SECRETS = {
    "tiktok_shop__app_key": "key",
    "tiktok_shop__app_secret": "app-secret-for-tests",
    "tiktok_shop__refresh_token": "refresh-token-for-tests",
}


os.environ["TIEOUT_THREADS"] = "1"
"""Tests run side by side on small worlds: what a second processor would save them, its scheduling costs three times."""

LONG = ("tests/integration/", "tests/dbt_project/", "tests/orchestration/assets/test_dagster_job.py")
"""Whose tests run whole cycles and builds: `make test-long`, but for a few that `make test` runs too."""
SHORT = (
    "tests/dbt_project/test_unit_tests.py",
    "tests/dbt_project/test_what_is_built.py",
    "tests/integration/test_cli.py",
    "tests/integration/test_tie_out.py",
)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what takes long, and put it first: workers take files in this order, and the last ones all wait for."""
    for item in items:
        if any(part in str(item.path) for part in LONG) and not str(item.path).endswith(SHORT):
            item.add_marker("long")
    items.sort(key=lambda item: not any(part in str(item.path) for part in LONG))


def pytest_collection_finish() -> None:
    """Leave what was imported and collected out of every later search for garbage: it lives as long as the run."""
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """No setting of the machine reaches a test; no library calls home."""
    for name in [name for name in os.environ if name.startswith("TIEOUT_") and name != "TIEOUT_THREADS"]:
        monkeypatch.delenv(name)
    for name in ("DO_NOT_TRACK", "DBT_DO_NOT_TRACK"):
        monkeypatch.setenv(name, "1")
    monkeypatch.setenv("GX_ANALYTICS_ENABLED", "false")
    monkeypatch.setenv("RUNTIME__DLTHUB_TELEMETRY", "false")


@pytest.fixture(scope="session")
def demo_config() -> Path:
    """The demo tenant's configuration folder."""
    return Path(__file__).resolve().parent.parent / "config" / "demo"


@pytest.fixture(scope="session")
def settings_in(demo_config: Path) -> Callable[..., Settings]:
    """Return a function that loads the demo tenant's settings in a home of its own with test secrets."""

    def make(home: Path, *, config_dir: Path = demo_config, **secrets: str) -> Settings:
        folder = home / "secrets"
        folder.mkdir(parents=True, exist_ok=True)
        for name, value in {**SECRETS, **secrets}.items():
            (folder / name).write_text(value)
        return load_settings(config_dir, home)

    return make


@pytest.fixture
def make_settings(tmp_path: Path, settings_in: Callable[..., Settings]) -> Callable[..., Settings]:
    """Return a function that loads the demo tenant's settings in a temporary home with test secrets."""

    def make(*, home: Path | None = None, **asked: Any) -> Settings:
        return settings_in(home or tmp_path / "home", **asked)

    return make
