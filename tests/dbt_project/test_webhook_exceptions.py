"""From a request at the receiver's door to SYS-05 and back: through the state, raw and the models."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import insert

from connectors.transport.webhooks import Notification
from ingestion.state.loader import load
from orchestration.accelerator.invoke import dbt_results
from orchestration.cli.webhook_inbox import count_refused, remember
from tieout.settings import Settings
from tieout.state import State, coverage, stamp
from tieout.warehouse import open_warehouse

SHOP = "7495000000000000101"
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
def tenant(make_settings: Callable[..., Settings], monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Settings, State]]:
    settings = make_settings()
    monkeypatch.setenv("TIEOUT_HOME", str(settings.home))
    state = State(settings.database_url)
    yield settings, state
    state.close()


def webhook(state: State, number: int, *, at: datetime) -> None:
    named = Notification(str(number), SHOP, "1", "orders", "571", at)
    assert remember(state, "tiktok_shop", named, window=timedelta(hours=192), now=at)


def orders_read(state: State, start: datetime, end: datetime, *, rows: int) -> None:
    row = {"system": "tiktok_shop", "entity": "orders", "shop_id": SHOP, "row_count": rows, "load_id": "l"}
    times = {"window_from": stamp(start), "window_to": stamp(end), "verified_at": stamp(end)}
    with state.transaction() as connection:
        connection.execute(insert(coverage).values(**row, **times))


def reported(settings: Settings, state: State, *, at: datetime) -> set[str]:
    with open_warehouse(settings) as warehouse:
        load(settings, state, warehouse, clock=lambda: at)
    results = dbt_results(settings, ["run", "--select", "+exc_webhooks"])
    assert {str(result.status) for result in results} == {"success"}
    with open_warehouse(settings) as warehouse:
        (relation,) = [result.node.relation_name for result in results if result.node.name == "exc_webhooks"]
        return {row[0] for row in warehouse.execute(f"select entity_id from {relation}").fetchall()}


def test_refused_and_silent_webhooks_are_reported_until_a_day_or_a_webhook_later(tenant):
    settings, state = tenant
    webhook(state, 1, at=NOW)
    count_refused(state, {("tiktok_shop", "forged"): 3}, now=NOW)
    orders_read(state, NOW + HOUR, NOW + 23 * HOUR, rows=5)
    assert reported(settings, state, at=NOW + 23 * HOUR) == {"tiktok_shop/refused"}
    orders_read(state, NOW + 22 * HOUR, NOW + 25 * HOUR, rows=0)
    assert reported(settings, state, at=NOW + 25 * HOUR) == {"tiktok_shop/orders/silent"}
    webhook(state, 2, at=NOW + 26 * HOUR)
    orders_read(state, NOW + 24 * HOUR, NOW + 27 * HOUR, rows=1)
    assert reported(settings, state, at=NOW + 27 * HOUR) == set()
