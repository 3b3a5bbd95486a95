"""Small worlds: one that has traded, to read, and copies of it, to change."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from sandbox import tiktok_shop
from sandbox.bank import KINDS as BANK_KINDS
from sandbox.store import Store
from sandbox.world import advance, create_world

START = 1_767_571_200
DAY = 86_400
DAYS, BASKETS, SEED = 50, 700, 11


def opened(path: Path) -> Store:
    store = Store(path)
    tiktok_shop.install(store)
    store.register("bank", BANK_KINDS)
    return store


@pytest.fixture(scope="session")
def traded_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A closed store in which the world traded for DAYS days."""
    path = tmp_path_factory.mktemp("world") / "records.sqlite"
    store = opened(path)
    create_world(store, seed=SEED, start=START, days=DAYS, baskets=BASKETS)
    advance(store, START + DAYS * DAY)
    store.close()
    return path


@pytest.fixture(scope="session")
def traded(traded_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """The traded world, to read only."""
    path = tmp_path_factory.mktemp("read") / "records.sqlite"
    shutil.copy(traded_file, path)
    store = opened(path)
    yield store
    store.close()


@pytest.fixture
def world(traded_file: Path, tmp_path: Path) -> Iterator[Store]:
    """A copy of the traded world, to change."""
    path = tmp_path / "records.sqlite"
    shutil.copy(traded_file, path)
    store = opened(path)
    yield store
    store.close()


@pytest.fixture
def new_store(tmp_path: Path) -> Iterator[Callable[[str], Store]]:
    """Opens empty stores by name and closes them at the end."""
    stores: list[Store] = []

    def open_one(name: str) -> Store:
        stores.append(opened(tmp_path / f"{name}.sqlite"))
        return stores[-1]

    yield open_one
    for store in stores:
        store.close()


@pytest.fixture(scope="session")
def bodies() -> Callable[..., list[dict[str, Any]]]:
    """Lists the bodies of a kind: bodies(store, kind, system="tiktok_shop", **filters)."""

    def listed(store: Store, kind: str, *, system: str = "tiktok_shop", **filters: Any) -> list[dict[str, Any]]:
        return [record.body for record in store.select(system, kind, **filters)]

    return listed
