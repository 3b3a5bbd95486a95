"""What the command line has made is reported to Dagster, once for each publication, in the order it was made."""

import os
import shutil

import dagster as dg
import duckdb
import pytest

from orchestration.assets import materialised
from orchestration.assets.assembly import build_definitions
from tests.support.worlds import CONFIG
from tieout.settings import load_settings


@pytest.fixture
def home(tied_out, tmp_path):
    """The small world after its first cycle, which no Dagster has seen."""
    return shutil.copytree(tied_out, tmp_path / "home")


def newest(instance, *path):
    return instance.get_latest_materialization_event(dg.AssetKey(path))


def test_what_a_cycle_made_is_reported_once_with_its_rows_and_money(home, files):
    settings, definitions = load_settings(CONFIG, home), build_definitions(files=files)
    with duckdb.connect(home / "warehouse.duckdb", read_only=True) as warehouse:
        written = {sync for (sync,) in warehouse.execute("select sync from audit.acknowledgements").fetchall()}
        (payouts,) = warehouse.execute("select count(*) from finance.payouts").fetchone()
    assert written == {"netsuite__journal_entries", "netsuite__credit_memos"} and payouts
    with dg.DagsterInstance.ephemeral() as instance:
        reported = materialised.record(settings, instance, definitions)
        keys = definitions.resolve_asset_graph().toposorted_asset_keys
        events = {key: newest(instance, *key.path) for key in keys}
        missing = {"/".join(key.path) for key, event in events.items() if event is None}
        syncs = {
            "/".join(spec.key.path)
            for spec in definitions.resolve_all_asset_specs()
            if spec.group_name == "reverse_sync"
        }
        assert missing == syncs - {"netsuite/journal_entries", "netsuite/credit_memos"}
        assert reported == len(keys) - len(missing)
        made = [event.timestamp for event in events.values() if event]
        assert made == sorted(made)
        facts = events[dg.AssetKey(["finance", "payouts"])].asset_materialization.metadata
        assert facts["dagster/row_count"].value == payouts
        published = (home / "published" / "current.duckdb").stat().st_mtime
        assert facts["published_at"].value == pytest.approx(published, abs=0.001)

        assert materialised.record(settings, instance, definitions) == 0
        later = made[-1] + 60
        os.utime(home / "published" / "current.duckdb", (later, later))
        assert materialised.record(settings, instance, definitions) == reported


def test_a_home_that_published_nothing_has_nothing_to_tell(make_settings, files):
    with dg.DagsterInstance.ephemeral() as instance:
        assert materialised.record(make_settings(), instance, build_definitions(files=files)) == 0
