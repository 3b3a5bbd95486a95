"""Orders of NewStore and NetSuite, killed at any boundary, are there once each, and end once each."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections import Counter

import pytest

from orchestration.demo.demo import running_sandbox
from reverse_sync import OutboxState, list_rows
from tests.support.newstore_tenant import ACCOUNT, SECRETS
from tests.support.order_kills import (
    CANCELLATIONS,
    ITEM_ID,
    NUMBERS,
    ORDERS,
    PLACE,
    SKU,
    STOPS,
    UK,
    WRITES,
    apply_orders,
)
from tests.support.worlds import CONFIG, ROOT, World
from tieout.settings import load_settings
from tieout.state import State

EVENTS = ("leased", "sent", "read_back", "replied", "acknowledged")


@pytest.fixture
def world(tmp_path):
    """A home whose tenant ships from NewStore and from NetSuite, and the vendors of it."""
    home = tmp_path / "home"
    home.mkdir()
    with running_sandbox(home, port=0) as urls:
        world = World(home, urls, home / "config")
        systems = world.call("GET", "/_sandbox/systems")
        _configure(world, systems["newstore"], systems["netsuite"])
        world.call("PUT", "/_sandbox/limits", {"newstore": {"readable_after_seconds": 0}})
        item = {"id": ITEM_ID, "itemId": SKU, "isInactive": False}
        world.call("PUT", f"/_sandbox/netsuite/inventoryItem/{ITEM_ID}", item)
        place = {"id": PLACE, "name": "Leeds DC", "isInactive": False, "subsidiary": {"id": "1"}}
        world.call("PUT", f"/_sandbox/netsuite/location/{PLACE}", place)
        yield world


def _configure(world, newstore, netsuite):
    shutil.copytree(CONFIG, world.config)
    path, shops = world.config / "tieout.toml", f'account = "1234567"\nshops = ["{UK}"]'
    text = path.read_text().replace('account = "1234567"', shops)
    text = text.replace('base_url = "http://127.0.0.1:8712"', f'base_url = "{netsuite["base_url"]}"')
    path.write_text(text + ACCOUNT.format(shop_id=UK, **newstore))
    secrets = {f"newstore__{name}": newstore[name] for name in SECRETS}
    names = ("client_id", "certificate_id", "private_key")
    secrets |= {f"netsuite__{name}": netsuite["oauth2"][name] for name in names}
    secrets |= {f"tiktok_shop__{name}": "none" for name in ("app_key", "app_secret", "refresh_token")}
    (world.home / "secrets").mkdir(exist_ok=True)
    for name, text in secrets.items():
        (world.home / "secrets" / name).write_text(text)


def killed(world, purpose):
    """Go through the ladder, then run once more; return where runs were killed."""
    command = [sys.executable, "-m", "tests.support.order_kills", str(world.home), world.urls["control"], purpose]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert ended.returncode == 0, ended.stderr
    settings = load_settings(world.config, world.home)
    state = State(settings.database_url)
    try:
        for _ in range(2):
            apply_orders(settings, state, purpose, lambda _event: None)
        rows = list_rows(state, states=list(OutboxState))
    finally:
        state.close()
    assert {row.state for row in rows} == {OutboxState.ACKNOWLEDGED}
    return set(json.loads(ended.stdout)["visited"])


def held(world):
    """Return how often each order is there, by system."""
    external = {f"tieout-order-{UK}-{number}": number for number in NUMBERS["netsuite"]}
    orders, sold = world.records("newstore", "orders"), world.records("netsuite", "salesOrder")
    return {
        "newstore": Counter(order["external_id"] for order in orders),
        "netsuite": Counter(external.get(order.get("externalId"), "another") for order in sold),
    }


@pytest.mark.exhaustive
def test_killed_at_any_boundary_each_order_is_entered_once_and_ended_once(world):
    visited = killed(world, "N")
    assert visited >= {f"{sync} {event}" for sync in ORDERS.values() for event in EVENTS} | WRITES.keys()
    assert held(world) == {system: Counter(numbers) for system, numbers in NUMBERS.items()}
    visited = killed(world, "F")
    assert visited >= {f"{sync} {event}" for sync in CANCELLATIONS.values() for event in EVENTS} | STOPS.keys()
    assert held(world) == {system: Counter(numbers) for system, numbers in NUMBERS.items()}
    items = [item for order in world.records("newstore", "orders") for item in order["items"]]
    lines = [line for order in world.records("netsuite", "salesOrder") for line in order["item"]["items"]]
    assert {item["status"] for item in items} == {"cancelled"}
    assert all(line.get("isClosed") is True for line in lines)
