"""One ingest loads what is asked for, and one system's failure is listed while the others load."""

from __future__ import annotations

import pytest

from ingestion.ingest import Sources, ingest, loaders
from ingestion.load_context import LoadContext
from ingestion.versions import version_of
from tests.ingestion.conftest import NOW
from tieout.errors import ConfigError
from tieout.systems import NAMES


def broken(_run: LoadContext) -> None:
    raise ConfigError("no credentials: set TIEOUT_NETSUITE__CLIENT_ID")


def test_failing_system_is_listed_and_the_others_load(bench):
    summaries = bench.ingest(netsuite=broken, bank=lambda run: run.report("bank was asked"))
    assert "TIEOUT_NETSUITE__CLIENT_ID" in summaries["netsuite", "*", ""].problem
    assert "bank was asked" in bench.messages


def test_only_named_systems_load(bench):
    asked: list[str] = []
    loaders = {name: lambda run: asked.append(run.system) for name in NAMES}
    ingest(bench.settings, bench.state, systems=["bank", "config"], report=print, sources=Sources(loaders))
    assert asked == ["config", "bank"]


def test_unknown_system_is_refused_with_the_valid_names(bench):
    with pytest.raises(ConfigError, match=r"shopify.*tiktok_shop"):
        ingest(bench.settings, bench.state, systems=["shopify"], report=print)


def test_window_whose_rows_could_not_land_is_not_recorded(bench):
    def covered(run: LoadContext) -> None:
        run.connection.execute("alter table raw_tiktok_shop.orders rename to hidden")
        run.connection.execute("create view raw_tiktok_shop.orders as select * from raw_tiktok_shop.hidden")
        run.landing.add("orders", [version_of({"id": "1"}, "1", observed_at=NOW)])
        run.cover("orders", start=NOW, end=NOW, rows=1)

    summaries = bench.ingest(tiktok_shop=covered, bank=lambda run: run.report("bank was asked"))
    assert "landing into raw_tiktok_shop failed" in summaries["tiktok_shop", "*", ""].problem
    assert bench.query("select count(*) from raw_tieout.coverage") == [(0,)]
    assert "bank was asked" in bench.messages


def test_nothing_is_written_outside_the_home_folder(bench, monkeypatch, tmp_path):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.setenv("HOME", str(elsewhere))
    monkeypatch.chdir(elsewhere)
    bench.ingest(config=loaders()["config"])
    assert list(elsewhere.iterdir()) == []
