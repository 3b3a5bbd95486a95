"""The account beside the other systems: restarts, ports, a world without it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import httpx

from sandbox import linnworks, world
from sandbox.installation import installed
from sandbox.server import Running, opened
from sandbox.store import Store
from sandbox_tests.linnworks.conftest import LEVELS, MONDAY, Live, channel_order


def test_secrets_orders_and_numbers_outlive_a_restart_and_sessions_do_not(tmp_path):
    seen, numbers = [], []
    for run in range(2):
        with opened(tmp_path) as sandbox, Running(sandbox) as running:
            account = Live(running.base_urls, sandbox.store, token=seen[0][1] if seen else "")
            if run:
                account.refused("Inventory/GetStockLocations", status=401)
                account.token = ""
            else:
                sandbox.store.set_now(MONDAY)
                linnworks.seed_stock(sandbox.store, LEVELS)
            account.create(channel_order(f"57700{run}"))
            book = account.call("OpenOrders/GetOrdersLowFidelity", {})["Orders"]
            numbers = [row["OrderId"] for row in book]
            seen.append((account.credentials(), account.token))
            account.http.close()
    assert seen[0][0] == seen[1][0] and numbers == [100001, 100002]


def test_the_same_order_sent_twice_at_once_is_saved_once(tmp_path):
    with opened(tmp_path) as sandbox, Running(sandbox) as running:
        sandbox.store.set_now(MONDAY)
        linnworks.seed_stock(sandbox.store, LEVELS)
        account = Live(running.base_urls, sandbox.store)
        account.sign_in()
        with ThreadPoolExecutor(8) as pool:
            saved = list(pool.map(lambda _: account.create(channel_order("577001")), range(24)))
        assert sum(map(len, saved)) == 1 and account.level("GROC-1") == (50, 2, 48)
        account.http.close()


def test_a_world_that_planned_no_wave_has_nobody_at_work(tmp_path):
    store = Store()
    installed(store, tmp_path)
    world.create_world(store, seed=7, start=MONDAY, days=2, baskets=5)
    world.advance(store, MONDAY + 86400)
    assert store.count("linnworks", "orders") == store.count("linnworks", "stock_levels") == 0
    assert store.get_meta("linnworks.last_wave") is None
    store.close()


def test_the_command_line_names_the_accounts_port(tmp_path):
    ports = [part for name in ("control", "tiktok", "netsuite", "linnworks") for part in (f"--{name}-port", "0")]
    command = [sys.executable, "-m", "sandbox", "--state", str(tmp_path), "--parent", str(os.getpid()), *ports]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            urls = json.loads(process.stdout.readline())
            entry = httpx.get(f"{urls['control']}/_sandbox/systems", trust_env=False).json()["linnworks"]
        finally:
            process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0
    assert entry["base_url"] == urls["linnworks"] and entry["location"]["name"] == "Default"
