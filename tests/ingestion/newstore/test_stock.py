"""NewStore's stock is exported whole once a day, else by watermark, and only what was asked for can be gone."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from connectors.newstore.stock import Availabilities
from connectors.transport.errors import CredentialError, TransientError
from ingestion.config import loader as config
from ingestion.newstore import loader as newstore
from tests.ingestion.conftest import UK, Bench
from tests.support.fake_newstore import AT, TENANT, FakeNewStore

LEVELS = ("newstore", "availabilities", "")


@pytest.fixture
def fake() -> FakeNewStore:
    tenant = FakeNewStore()
    tenant.hold(A_X=5, A_Y=0, B_X=-1, DC_X=9)
    return tenant


def load(bench: Bench, fake: FakeNewStore, *, location: str = "A+B", ended: str = "") -> Any:
    columns = "shop_id,warehouse_id,system,location,valid_from,valid_to\n"
    row = f"{UK},W1,newstore,{location},,\n" if location else ""
    row += f"{UK},W2,newstore,{ended}\n" if ended else ""
    (bench.settings.config_dir / "locations.csv").write_text(columns + row)
    return bench.ingest(config=config.load, newstore=lambda run: newstore.load(run, fake, TENANT))


def snapshots(bench: Bench) -> dict[str, tuple[int, int, int]]:
    query = "select id, arg_max(payload, observed_at) from raw_newstore.stock_snapshots group by id"
    found = {id: json.loads(payload) for id, payload in bench.query(query)}
    return {id: (row["items"], row["items_at_zero"], row["watermark"]) for id, row in found.items()}


def test_the_nodes_that_are_configured_land_and_no_others(stores, fake):
    done = load(stores, fake)
    assert stores.live("raw_newstore.availabilities") == {"X/A", "Y/A", "X/B"}
    assert stores.live("raw_newstore.locations") == {"A", "B", "DC"}
    assert (done[LEVELS].landed, done[LEVELS].problem) == (3, "")
    assert snapshots(stores) == {"A": (2, 1, 4), "B": (1, 1, 4)}


def test_all_nodes_land_where_none_is_configured(stores, fake):
    load(stores, fake, location="")
    assert stores.live("raw_newstore.availabilities") == {"X/A", "Y/A", "X/B", "X/DC"}


def test_the_next_export_goes_on_from_the_watermark_and_a_second_one_lands_nothing(stores, fake):
    load(stores, fake)
    fake.now += timedelta(minutes=5)
    done = load(stores, fake)
    assert fake.asked == [None, 4]
    assert (done[LEVELS].landed, done[LEVELS].deleted) == (0, 0)
    assert snapshots(stores) == {"A": (2, 1, 4), "B": (1, 1, 4)}


def test_counts_of_a_snapshot_follow_what_has_changed(stores, fake):
    load(stores, fake)
    fake.now += timedelta(minutes=5)
    fake.hold(A_Y=3, A_Z=0, B_X=2)
    assert load(stores, fake)[LEVELS].landed == 3
    assert snapshots(stores) == {"A": (3, 1, 7), "B": (1, 0, 7)}
    fake.now += timedelta(minutes=5)
    load(stores, fake)
    assert fake.asked == [None, 4, 7]


def test_what_is_gone_shows_in_an_export_of_everything_alone(stores, fake):
    load(stores, fake)
    del fake.levels["A", "Y"]
    fake.now += timedelta(hours=1)
    assert load(stores, fake)[LEVELS].deleted == 0
    fake.now += timedelta(hours=24)
    assert load(stores, fake)[LEVELS].deleted == 1
    assert fake.asked == [None, 4, None]
    assert snapshots(stores) == {"A": (1, 0, 4), "B": (1, 1, 4)}


def test_a_node_that_is_new_in_the_map_has_everything_exported(stores, fake):
    load(stores, fake)
    fake.now += timedelta(minutes=5)
    load(stores, fake, location="A+B+DC")
    assert fake.asked == [None, None]
    assert "X/DC" in stores.live("raw_newstore.availabilities")


def test_a_watermark_that_went_back_is_not_believed(stores, fake):
    load(stores, fake)
    fake.now += timedelta(minutes=5)
    fake.levels = {("A", "X"): (1, 1)}
    fake.revision = 1
    original = fake.availabilities

    def reset(*, since: int | None = None) -> Availabilities:
        found = original(since=since)
        return Availabilities(found.rows, 1, found.as_of, found.is_whole)

    fake.availabilities = reset
    load(stores, fake)
    assert fake.asked == [None, 4, None]
    assert stores.live("raw_newstore.availabilities") == {"X/A"}
    assert snapshots(stores)["A"] == (1, 0, 1)


def test_after_a_reading_that_is_not_believed_everything_is_exported_once_more(stores, fake):
    load(stores, fake)
    for minutes in (5, 10, 15, 20):
        fake.now = AT + timedelta(minutes=minutes)
        fake.hold(**({"A_X": 0} if minutes == 5 else {}))
        load(stores, fake)
    assert fake.asked == [None, 4, None, 5, 5]
    assert snapshots(stores) == {"A": (2, 2, 5), "B": (1, 1, 5)}


def test_after_an_export_that_was_cut_everything_is_exported_again(stores, fake):
    fake.hold(A_Y=3, A_Z=1, B_X=1, B_Y=2)
    load(stores, fake)
    kept, fake.levels = fake.levels, {("A", "X"): (5, 1)}
    fake.now += timedelta(hours=25)
    assert load(stores, fake)[LEVELS].deleted == 4
    fake.levels, fake.now = kept, fake.now + timedelta(minutes=5)
    load(stores, fake)
    assert stores.live("raw_newstore.availabilities") == {"X/A", "Y/A", "Z/A", "X/B", "Y/B"}
    fake.now += timedelta(minutes=5)
    load(stores, fake)
    assert fake.asked == [None, None, None, 8]


def test_one_node_of_many_may_sell_out_without_everything_being_exported_again(stores, fake):
    fake.hold(A_X=5, A_Y=1, A_Z=1, A_V=1, A_W=1, B_X=1)
    load(stores, fake)
    fake.hold(B_X=0)
    for _ in range(2):
        fake.now += timedelta(minutes=5)
        load(stores, fake)
    assert fake.asked == [None, 10, 11]


def test_a_node_that_is_not_there_is_named_and_the_others_are_read(stores, fake):
    done = load(stores, fake, location="A+LDN9")
    assert "fulfilment node 'LDN9'; NewStore has A, B, DC" in done[LEVELS].problem
    assert stores.live("raw_newstore.availabilities") == {"X/A", "Y/A"}


def test_a_location_whose_row_has_ended_is_not_looked_for(stores, fake):
    assert load(stores, fake, ended="LDN9,,2026-01-09")[LEVELS].problem == ""
    assert "'LDN9'" in load(stores, fake, ended="LDN9,,2026-01-10")[LEVELS].problem


def test_a_row_without_its_product_is_quarantined_and_nothing_counts_as_gone(stores, fake):
    load(stores, fake)
    fake.levels = {("A", ""): (1, 5)}
    fake.revision, fake.now = 5, fake.now + timedelta(hours=25)
    done = load(stores, fake)
    assert (done[LEVELS].quarantined, done[LEVELS].deleted) == (1, 0)


def test_an_export_that_fails_is_a_problem_and_goes_on_from_the_same_watermark(stores, fake):
    load(stores, fake)
    fake.now += timedelta(minutes=5)
    fake.failing["availabilities"] = TransientError("not done")
    assert "not done" in load(stores, fake)[LEVELS].problem
    fake.failing.clear()
    load(stores, fake)
    assert fake.asked == [None, 4, 4]


def test_access_that_is_refused_ends_the_load(stores, fake):
    fake.failing["locations"] = CredentialError("refused")
    assert "refused" in load(stores, fake)["newstore", "*", ""].problem
    assert fake.asked == []


def test_nodes_that_cannot_be_listed_are_a_problem(stores, fake):
    fake.failing["locations"] = TransientError("busy")
    assert "busy" in load(stores, fake)["newstore", "locations", ""].problem
