"""Our own state lands like any system's: what is new or changed, once."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import insert, update

from ingestion.state.loader import load
from tests.ingestion.conftest import NOW, Bench
from tieout.state import acknowledgements, outbox, stamp, webhook_counts
from tieout.warehouse import open_warehouse

SYNC = "sync_netsuite__journal_entries"


def acknowledge(bench: Bench, key: str) -> None:
    row = {"sync": SYNC, "entity_key": key, "desired": "{}", "desired_hash": "h", "idempotency_key": key}
    with bench.state.transaction() as connection:
        connection.execute(insert(acknowledgements).values(**row, vendor_id="1", acknowledged_at=stamp(NOW)))


def intend(bench: Bench, key: str) -> None:
    row: dict[str, Any] = {"sync": SYNC, "entity_key": key, "lane": 4, "state": "pending", "desired": "{}"}
    row |= {"desired_hash": "h", "idempotency_key": key, "created_at": stamp(NOW), "updated_at": stamp(NOW)}
    with bench.state.transaction() as connection:
        connection.execute(insert(outbox).values(**row))


def landed(bench: Bench) -> dict[str, int]:
    with open_warehouse(bench.settings) as connection:
        return {s.entity: s.landed for s in load(bench.settings, bench.state, connection, clock=lambda: NOW)}


def test_acknowledgements_land_once(bench):
    acknowledge(bench, "TTS-1")
    assert landed(bench) == {"acknowledgements": 1}
    acknowledge(bench, "TTS-2")
    assert landed(bench) == {"acknowledgements": 1}, "only the new one was read"
    assert bench.live("raw_tieout.acknowledgements") == {f"{SYNC}/TTS-1/TTS-1", f"{SYNC}/TTS-2/TTS-2"}


def test_outbox_row_lands_again_when_its_state_changes(bench):
    intend(bench, "TTS-1")
    assert landed(bench) == {"outbox": 1}
    assert landed(bench) == {"outbox": 0}
    with bench.state.transaction() as connection:
        connection.execute(update(outbox).values(state="rejected", updated_at=stamp(NOW + timedelta(minutes=1))))
    assert landed(bench) == {"outbox": 1}
    rows = bench.query("select payload ->> 'state' from raw_tieout.outbox order by observed_at")
    assert rows == [("pending",), ("rejected",)]


def test_a_days_count_of_webhooks_lands_again_when_it_grows(bench):
    row = {"system": "tiktok_shop", "day": "2026-01-05", "outcome": "forged", "shop_id": "", "entity": ""}
    with bench.state.transaction() as connection:
        connection.execute(insert(webhook_counts).values(**row, requests=1, newest_at="", counted_at=stamp(NOW)))
    assert landed(bench) == {"webhook_counts": 1}
    assert landed(bench) == {"webhook_counts": 0}
    with bench.state.transaction() as connection:
        connection.execute(update(webhook_counts).values(requests=5, counted_at=stamp(NOW + timedelta(minutes=1))))
    assert landed(bench) == {"webhook_counts": 1}
    assert bench.live("raw_tieout.webhook_counts") == {"tiktok_shop/2026-01-05/forged//"}
    rows = bench.query("select payload ->> 'requests' from raw_tieout.webhook_counts order by observed_at")
    assert rows == [("1",), ("5",)]


def test_an_empty_state_leaves_empty_tables(bench):
    assert landed(bench) == {}
    assert bench.live("raw_tieout.outbox") == set()
