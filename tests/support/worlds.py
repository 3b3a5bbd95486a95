"""A small world that traded and was tied out once; every test gets its own copy, with its own sandbox process.

Belongs here: the world, and its fixtures, which tests/conftest.py offers to every package: one trade a run. Does
not: anything one package of tests needs alone.
"""

from __future__ import annotations

import hashlib
import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock

from orchestration.demo.demo import call_sandbox, running_sandbox
from orchestration.steps.cycle import CycleOutcome, run_cycle
from orchestration.warehouse.queries import fetch
from tieout.published import open_published
from tieout.settings import Settings, load_settings
from tieout.state import State

ROOT = Path(__file__).resolve().parent.parent.parent
CONFIG = ROOT / "config" / "demo"
MAKERS = (
    *("tieout", "connectors", "ingestion", "expectations", "reverse_sync", "orchestration", "dbt_project"),
    *("sandbox/src", "config", "tests/support"),
)
BASKETS, DAYS, SEED = 200, 60, 3
MONTH_DAYS = (20, 3, 12, 13)
"""The cycles of a world that is watched over the end of January, in days after each other: two before it, two after."""
STRAY = "FT99000000000001"


@dataclass
class World:
    """A home folder and the sandbox that serves it, and the configuration of its tenant."""

    home: Path
    urls: dict[str, str]
    config: Path = CONFIG

    def call(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        return call_sandbox(self.urls["control"], method, path, body)

    def records(self, system: str, kind: str) -> list[dict[str, Any]]:
        return self.call("GET", f"/_sandbox/{system}/{kind}?limit=100000")["items"]

    def settings(self) -> Settings:
        return load_settings(self.config, self.home)

    def run(self, **options: Any) -> CycleOutcome:
        settings = self.settings()
        state = State(settings.database_url)
        try:
            return run_cycle(settings, state, report=lambda _text: None, **options)
        finally:
            state.close()

    def query(self, sql: str) -> list[dict[str, Any]]:
        with open_published(self.settings()) as connection:
            return fetch(connection, sql)

    def exceptions(self) -> set[tuple[str, str, str]]:
        rows = self.query("select code, entity_type, entity_id from exceptions.open")
        return {(row["code"], row["entity_type"], row["entity_id"]) for row in rows}

    def journals(self) -> list[dict[str, Any]]:
        found = self.records("netsuite", "journalEntry")
        ours = [body for body in found if str(body.get("externalId", "")).startswith("TTS-")]
        return sorted(ours, key=lambda body: (body["externalId"], body["id"]))


def made_once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], None]) -> Path:
    """Return this worker's own copy of a home folder that is made once, and kept until what makes it changes.

    What is published in it is read where it was made, for views name their files in full.
    """
    folder = ROOT / "target" / "worlds" / _made_of()
    folder.mkdir(parents=True, exist_ok=True)
    made, done = folder / name, folder / f"{name}.done"
    with FileLock(folder / f"{name}.lock"):
        if not done.exists():
            for former in folder.parent.iterdir():
                if former != folder:
                    shutil.rmtree(former, ignore_errors=True)
            shutil.rmtree(made, ignore_errors=True)
            made.mkdir()
            make(made)
            done.touch()
    return Path(shutil.copytree(made, factory.mktemp(name) / "home"))


@cache
def _made_of() -> str:
    """Return a hash of all that makes a world: the product, its models and maps, the stand-ins, and what is locked."""
    alone = [ROOT / name for name in ("uv.lock", "dbt_project.yml", "profiles.yml")]
    paths = [*alone, *(path for name in MAKERS for path in (ROOT / name).rglob("*") if path.is_file())]
    content = hashlib.sha256()
    for path in sorted(path for path in paths if "__pycache__" not in path.parts):
        content.update(f"{path.relative_to(ROOT)}\0".encode() + path.read_bytes() + b"\0")
    return content.hexdigest()[:16]


@pytest.fixture(scope="session")
def traded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small world that has traded, and that no cycle has seen; returns its home folder."""
    return made_once(tmp_path_factory, "traded", _trade)


@pytest.fixture(scope="session")
def tied_out(traded: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small world after one whole cycle; returns its home folder."""
    return made_once(tmp_path_factory, "tied", lambda home: _tie_out(traded, home))


def _trade(home: Path) -> None:
    with running_sandbox(home, port=0) as urls:
        call_sandbox(urls["control"], "POST", "/_sandbox/trade", {"baskets": BASKETS, "days": DAYS, "seed": SEED})
        call_sandbox(urls["control"], "POST", "/_sandbox/clock", {"advance_days": DAYS})


def _tie_out(traded: Path, home: Path) -> None:
    shutil.copytree(traded, home, dirs_exist_ok=True)
    with running_sandbox(home, port=0) as urls:
        World(home, urls).run()


def watched_month(factory: pytest.TempPathFactory, *, seed: int) -> Iterator[World]:
    """Yield a world that was watched over a month end, with one deposit of TikTok Shop's that pays nothing it lists."""
    home = made_once(factory, f"month-{seed}", lambda made: _watch(made, seed))
    with running_sandbox(home, port=0) as urls:
        yield World(home, urls)


def _watch(home: Path, seed: int) -> None:
    with running_sandbox(home, port=0) as urls:
        trade = {"baskets": BASKETS, "days": sum(MONTH_DAYS), "seed": seed}
        call_sandbox(urls["control"], "POST", "/_sandbox/trade", trade)
        world = World(home, urls)
        for days in MONTH_DAYS:
            world.call("POST", "/_sandbox/clock", {"advance_days": days})
            if days == MONTH_DAYS[-1]:
                _send_stray_deposit(world)
            world.run()


def _send_stray_deposit(world: World) -> None:
    paid = next(line for line in world.records("bank", "lines") if line["_payment_ids"])
    stray = {**paid, "id": STRAY, "amount": "12.34", "reference": "", "_payment_ids": []}
    stray["remittance"] = re.sub(r"\d{8,}", "7900000000000000001", paid["remittance"])
    stray |= {"booking_date": "2026-02-05", "value_date": "2026-02-05"}
    stray.pop("_record")
    world.call("PUT", f"/_sandbox/bank/lines/{STRAY}", stray)


@pytest.fixture
def fresh_world(traded: Path, tmp_path: Path) -> Iterator[World]:
    """A copy of the traded world that no cycle has seen."""
    yield from _copy(traded, tmp_path / "fresh")


@pytest.fixture
def world(tied_out: Path, tmp_path: Path) -> Iterator[World]:
    """A copy of the world after its first cycle."""
    yield from _copy(tied_out, tmp_path / "world")


def _copy(home: Path, target: Path) -> Iterator[World]:
    shutil.copytree(home, target)
    with running_sandbox(target, port=0) as urls:
        yield World(target, urls)
