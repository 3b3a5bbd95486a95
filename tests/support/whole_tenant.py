"""A tenant on which `tieout doctor` is green, with every section and map, to be made wrong at one place at a time.

Belongs here: the stand-ins it talks to, its folders, and changing one value. Does not: what doctor says of the change.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from ingestion.config.loader import read_config
from orchestration.cli.doctor import Finding, examine
from orchestration.cli.doctor_config import configured
from orchestration.demo.demo import call_sandbox, running_sandbox
from orchestration.demo.tenant import write_tenant
from tests.support.processes import closed_port
from tests.support.worlds import CONFIG
from tieout.settings import load_settings

TRADE = {"baskets": 20, "days": 20, "seed": 3, "fulfilment": "connected"}
UK, US = "7495000000000000101", "7495000000000000202"


@dataclass
class Tenant:
    """A configuration folder and a home of their own."""

    config: Path
    home: Path

    def examine(self) -> list[Finding]:
        return examine(self.config)

    def reported(self) -> list[str]:
        """Return what is not ok, each with its remedy."""
        return _reported(self.examine())

    def reported_without_asking(self) -> list[str]:
        """Return what is not ok by settings, maps and bank files alone: no vendor, no state, no warehouse."""
        settings = load_settings(self.config)
        return _reported(configured(settings, read_config(settings)))


def _reported(findings: Iterable[Finding]) -> list[str]:
    return [f"{one.subject}: {one.found}; {one.remedy}" for one in findings if one.verdict != "ok"]


Change = Callable[[Tenant], None]


@pytest.fixture(scope="session")
def sound_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The home of a small connected world, and the stand-ins that serve it."""
    home = tmp_path_factory.mktemp("sound")
    with running_sandbox(home, port=0) as urls, pytest.MonkeyPatch.context() as environment:
        environment.setenv("TIEOUT_HOME", str(home))
        call_sandbox(urls["control"], "POST", "/_sandbox/trade", TRADE)
        call_sandbox(urls["control"], "POST", "/_sandbox/clock", {"advance_days": TRADE["days"]})
        write_tenant(CONFIG, home, urls["control"])
        (home / "config" / "skus.csv").write_text("shop_id,seller_sku,item,valid_from,valid_to\n")
        assert [finding for finding in examine(home / "config") if finding.verdict != "ok"] == []
        yield home


@pytest.fixture
def tenant(sound_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Tenant:
    """A copy of the sound tenant: its configuration, its secrets and its bank files."""
    home = tmp_path / "home"
    for name in ("secrets", "sandbox/bank"):
        shutil.copytree(sound_home / name, home / name)
    monkeypatch.setenv("TIEOUT_HOME", str(home))
    return Tenant(Path(shutil.copytree(sound_home / "config", tmp_path / "config")), home)


def replaced(name: str, old: str, new: str) -> Change:
    """Return a change that writes `new` where `old` is first in a file of the configuration."""

    def change(tenant: Tenant) -> None:
        path = tenant.config / name
        text = path.read_text(encoding="utf-8")
        assert old in text, (name, old)
        path.write_text(text.replace(old, new, 1), encoding="utf-8")

    return change


def setting(old: str, new: str) -> Change:
    return replaced("tieout.toml", old, new)


def section(text: str) -> Change:
    """Return a change that adds a section at the end of tieout.toml."""

    def change(tenant: Tenant) -> None:
        path = tenant.config / "tieout.toml"
        path.write_text(f"{path.read_text()}\n{text}\n")

    return change


def row(name: str, text: str) -> Change:
    """Return a change that adds a row to a map."""

    def change(tenant: Tenant) -> None:
        path = tenant.config / name
        path.write_text(f"{path.read_text().rstrip()}\n{text}\n")

    return change


def secret(name: str, content: str | bytes | None) -> Change:
    """Return a change of a secret file; None takes it away."""

    def change(tenant: Tenant) -> None:
        path = tenant.home / "secrets" / name
        path.unlink()
        if content is not None:
            path.write_bytes(content.encode() if isinstance(content, str) else content)

    return change


def written(name: str, text: str) -> Change:
    """Return a change that writes a configuration file, over the one that is there."""

    def change(tenant: Tenant) -> None:
        (tenant.config / name).write_text(text)

    return change


def rewritten(name: str, edit: Callable[[bytes], bytes]) -> Change:
    """Return a change of a configuration file's bytes."""

    def change(tenant: Tenant) -> None:
        path = tenant.config / name
        path.write_bytes(edit(path.read_bytes()))

    return change


def renamed(name: str, other: str) -> Change:
    """Return a change of a configuration file's name."""

    def change(tenant: Tenant) -> None:
        (tenant.config / name).rename(tenant.config / other)

    return change


def at_closed_port(name: str, address: str = "{}") -> Change:
    """Return a change of a secret file to an address at which nothing listens."""

    def change(tenant: Tenant) -> None:
        secret(name, address.format(closed_port()))(tenant)

    return change
