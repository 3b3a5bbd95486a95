"""The sound world of raw rows that the dbt tests start from.

Belongs here: fixtures of these tests. Does not: the rows themselves (tests.support.raw_world).
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.goods_world import GoodsWorld, write_tenant
from tests.support.raw_world import build, create_sound_world
from tests.support.worlds import made_once
from tieout.settings import Settings


@pytest.fixture(scope="package")
def sound_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home whose warehouse is built from records that all agree; a copy of it waits beside it."""
    return made_once(tmp_path_factory, "sound", _build)


def _build(home: Path) -> None:
    create_sound_world(home / "warehouse.duckdb")
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("TIEOUT_HOME", str(home))
        build(home)
    shutil.copy(home / "warehouse.duckdb", home / "sound.duckdb")


@pytest.fixture
def home(sound_home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The built sound world, as if nothing had been done to it."""
    shutil.copy(sound_home / "sound.duckdb", sound_home / "warehouse.duckdb")
    (sound_home / "warehouse.duckdb.wal").unlink(missing_ok=True)
    monkeypatch.setenv("TIEOUT_HOME", str(sound_home))
    return sound_home


@pytest.fixture
def goods(home: Path, tmp_path: Path, make_settings: Callable[..., Settings]) -> GoodsWorld:
    """The sound world with a shop that ships goods, to be built and planned."""
    write_tenant(tmp_path / "config")
    world = GoodsWorld(make_settings(home=home, config_dir=tmp_path / "config"))
    world.land_sound_goods()
    return world
