"""The portal beside the other systems: waves of the world's clock, the warehouse that takes goods back, ports."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from sandbox import world
from sandbox.installation import installed
from sandbox.store import Store
from sandbox.zigzag import hub
from sandbox_tests.zigzag.conftest import DAY, MONDAY


def connected(folder: Path) -> Store:
    store = Store()
    installed(store, folder)
    world.create_world(
        store, seed=7, start=MONDAY, days=4, baskets=8, distinct_baskets=4, fulfilment="connected", live_events=0
    )
    world.advance(store, MONDAY)
    return store


def test_the_clock_grades_and_books_however_it_is_sliced(tmp_path: Path) -> None:
    seen = []
    for steps in ((3 * DAY,), (DAY // 2 + 77, DAY, 2 * DAY + 5, 3 * DAY)):
        store = connected(tmp_path)
        skus = [record.id for record in store.select("gxo", "stock", limit=12)]
        for sku in skus:
            hub.receive(store, tracking_number="", warehouse="NTH1", units=[{"sku": sku, "quantity": 1}], now=store.now)
        for step in steps:
            world.advance(store, MONDAY + step)
        bodies = [record.body for record in store.select("zigzag", "returns")]
        assert {body["status"] for body in bodies} == {"processed"}
        receipts = [each.body for each in store.select("gxo", "receipts") if each.id.startswith("RT")]
        assert sorted(each["reference"] for each in receipts) == sorted(body["returnId"] for body in bodies)
        advices = [each.id for each in store.select("gxo", "files", parent="out") if "/944_" in each.id]
        assert advices
        files = [each.id for each in store.select("zigzag_sftp", "files", parent="outbound")]
        seen.append((bodies, receipts, advices, files))
        store.close()
    assert seen[0] == seen[1] and seen[0][3]


def test_a_world_that_ships_by_itself_has_no_hub_at_work(tmp_path: Path) -> None:
    store = Store()
    installed(store, tmp_path)
    world.create_world(store, seed=7, start=MONDAY, days=2, baskets=4)
    hub.receive(store, tracking_number="", warehouse="NTH1", units=[{"sku": "A", "quantity": 1}], now=MONDAY)
    world.advance(store, MONDAY + 3 * DAY)
    assert [record.body["status"] for record in store.select("zigzag", "returns")] == ["received"]
    store.close()


def test_the_command_line_has_a_port_for_each_wire() -> None:
    shown = subprocess.run([sys.executable, "-m", "sandbox", "--help"], capture_output=True, text=True, check=True)
    assert "--zigzag-port" in shown.stdout and "--zigzag-sftp-port" in shown.stdout
