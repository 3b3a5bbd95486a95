"""Listed stock is corrected at the tenant's pace, and as often as an event asks while it runs."""

import shutil
from datetime import UTC, datetime, timedelta

import pytest

from orchestration.assets.stock_schedule import minutes_between, stock_is_due
from tests.support.worlds import CONFIG
from tieout.settings import load_settings

SECRETS = {
    "TIEOUT_TIKTOK_SHOP__APP_KEY": "key",
    "TIEOUT_TIKTOK_SHOP__APP_SECRET": "secret",
    "TIEOUT_TIKTOK_SHOP__REFRESH_TOKEN": "token",
}
BEGINS = datetime(2026, 11, 27, 19, tzinfo=UTC)
HEADER = "shop_id,name,starts_at,ends_at,buffer_units,buffer_percent,cadence_minutes\n"


@pytest.fixture
def settings(tmp_path, monkeypatch):
    for name, value in SECRETS.items():
        monkeypatch.setenv(name, value)
    folder = tmp_path / "config"
    shutil.copytree(CONFIG, folder)
    rows = [
        "*,Black Friday,2026-11-27T19:00:00Z,2026-11-27T22:00:00Z,5,0,2",
        "*,Its last hour,2026-11-27T21:00:00Z,2026-11-27T22:00:00Z,5,0,1",
        "*,A campaign without haste,2026-11-01T00:00:00Z,2026-12-01T00:00:00Z,5,0,0",
    ]
    (folder / "peaks.csv").write_text(HEADER + "\n".join(rows) + "\n")
    return load_settings(folder, tmp_path)


@pytest.mark.parametrize(
    ("after", "minutes"),
    [
        (timedelta(minutes=-1), 5),
        (timedelta(), 2),
        (timedelta(hours=1, minutes=59), 2),
        (timedelta(hours=2), 1),
        (timedelta(hours=3), 5),
    ],
)
def test_an_event_sets_the_pace_from_its_start_until_before_its_end(settings, after, minutes):
    assert minutes_between(settings, BEGINS + after) == minutes


def test_stock_is_due_once_every_so_many_minutes_whenever_the_scheduler_began(settings):
    quiet = [BEGINS - timedelta(hours=1) + timedelta(minutes=n) for n in range(30)]
    assert [now.minute for now in quiet if stock_is_due(settings, now)] == [0, 5, 10, 15, 20, 25]
    busy = [BEGINS + timedelta(minutes=n) for n in range(6)]
    assert [now.minute for now in busy if stock_is_due(settings, now)] == [0, 2, 4]
