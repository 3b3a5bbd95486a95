"""A connected world through the control API of a running sandbox."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from sandbox.server import Running, opened
from sandbox_tests.world.connected.conftest import DAY, START

Call = Callable[..., httpx.Response]


@pytest.fixture
def call(tmp_path: Path) -> Iterator[Call]:
    """Calls the control API: call(method, path, body)."""
    with opened(tmp_path) as sandbox, Running(sandbox) as running:
        base = f"{running.base_urls['control']}/_sandbox"

        def send(method: str, path: str, body: Any = None) -> httpx.Response:
            return httpx.request(method, base + path, json=body, timeout=60, trust_env=False)

        yield send


def test_trade_starts_a_connected_world_and_the_clock_moves_by_minutes(call: Call) -> None:
    wanted = {"baskets": 40, "days": 5, "seed": 3, "fulfilment": "connected", "live_events": 0}
    assert call("POST", "/trade", wanted).status_code == 200
    assert call("GET", "/tiktok_shop/inventory?limit=1").json()["total"] > 100
    assert call("POST", "/clock", {"advance_minutes": 90}).json()["now"] == START + 5400
    call("POST", "/clock", {"advance_days": 4})
    reported = call("GET", "/world").json()
    counters = {"oversold_units", "lost_sales_units", "late_dispatch", "system_cancellations", "shipped_after_cancel"}
    counters |= {"returns_asked", "returns_approved_unseen"}
    assert set(reported) == counters | {"orders", "now", "live_events", "live_skus", "stores"}
    assert reported["now"] == START + 4 * DAY + 5400 and reported["orders"] > 10 and reported["late_dispatch"] > 0
    assert isinstance(call("GET", "/truth").json(), list)


def test_files_of_the_warehouse_are_reached_by_ids_with_slashes(call: Call) -> None:
    call("POST", "/trade", {"baskets": 10, "days": 5, "fulfilment": "connected"})
    call("POST", "/clock", {"advance_hours": 3})
    name = call("GET", "/gxo/files?parent=out").json()["items"][0]["_record"]["id"]
    assert "/" in name
    twin = call("POST", f"/gxo/files/{name}/duplicate").json()["_record"]["id"]
    assert call("GET", f"/gxo/files/{twin}").json()["text"] == call("GET", f"/gxo/files/{name}").json()["text"]
    assert call("PATCH", f"/gxo/files/{twin}", {"text": "ISA"}).json()["text"] == "ISA"
    assert call("DELETE", f"/gxo/files/{name}").json() == {"deleted": name}
    assert call("GET", f"/gxo/files/{name}").status_code == 404


@pytest.mark.parametrize(
    "wanted",
    [
        {"fulfilment": "magic"},
        {"fulfilment": "connected", "live_events": -1},
        {"fulfilment": "connected", "netsuite_shops": 2},
        {"more": 1},
    ],
)
def test_unknown_options_are_refused_with_what_is_valid(call: Call, wanted: dict[str, Any]) -> None:
    refused = call("POST", "/trade", {"baskets": 10, "days": 2, **wanted})
    assert refused.status_code == 400 and refused.json()["error"]
    assert call("GET", "/world").json()["now"] == 0


def test_a_world_that_ships_by_itself_counts_nothing(call: Call) -> None:
    call("POST", "/trade", {"baskets": 20, "days": 2})
    call("POST", "/clock", {"advance_days": 2})
    reported = call("GET", "/world").json()
    assert reported.pop("orders") >= 19 and reported.pop("now")
    assert not any(reported.values())
    assert call("GET", "/tiktok_shop/inventory").json()["total"] == 0
