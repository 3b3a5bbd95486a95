"""The warehouse beside the other systems: waves of the world's clock, restarts, ports."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys

import httpx

from sandbox import gxo, world
from sandbox.installation import installed
from sandbox.server import Running, opened
from sandbox.store import Store
from sandbox.world.state import World
from sandbox_tests.gxo.conftest import DAY, LEVELS, MONDAY, interchange, segments, ship_order

ORDER = "577000000000000001"


def trading(store: Store) -> None:
    world.create_world(store, seed=7, start=MONDAY, days=3, baskets=5)
    gxo.seed_stock(store, LEVELS)
    opening = World.of(store)
    opening.agenda.add(MONDAY, "gxo_wave", "NTH1")
    opening.agenda.save()


def test_the_clock_moves_the_warehouse_however_it_is_sliced(tmp_path):
    reported = []
    for steps in ((3 * DAY,), (DAY // 2 + 77, DAY, 2 * DAY + 5, 3 * DAY)):
        store = Store()
        installed(store, tmp_path)
        trading(store)
        gxo.folders.save(store, "in/940_a.edi", interchange(ship_order(ORDER, ("GROC-1", 2))).encode(), at=MONDAY)
        for step in steps:
            world.advance(store, MONDAY + step)
        order = store.get("gxo", "orders", ORDER)
        assert order is not None and order.body["status"] == "shipped"
        reported.append({r.id: r.body["text"] for r in gxo.folders.in_folder(store, "out")})
        store.close()
    assert reported[0] == reported[1] and len(reported[0]) >= 6


def test_a_world_that_planned_no_wave_has_none(tmp_path):
    store = Store()
    installed(store, tmp_path)
    world.create_world(store, seed=7, start=MONDAY, days=3, baskets=5)
    world.advance(store, MONDAY + 2 * DAY)
    assert store.count("gxo", "files") == store.count("gxo", "stock") == 0
    store.close()


def test_a_round_over_the_wire_with_the_clock_of_the_control_api(live):
    live.store.set_now(0)
    trading(live.store)
    text = interchange(ship_order(ORDER, ("GROC-1", 7))).encode()

    async def send(client):
        async with client.open("in/940_a.tmp", "wb") as file:
            await file.write(text)
        await client.rename("in/940_a.tmp", "in/940_a.edi")

    async def collect(client):
        found = {}
        for name in sorted(await client.listdir("out")):
            if name.endswith(".edi"):
                async with client.open(f"out/{name}", "rb") as file:
                    found[name[:3], (await client.stat(f"out/{name}")).mtime] = (await file.read()).decode()
                await client.rename(f"out/{name}", f"archive/{name}")
        return found

    live.session(send)
    live.control("POST", "/clock", {"advance_hours": 1})
    acknowledged = live.session(collect)
    assert {code for code, _ in acknowledged} == {"846", "997"}
    live.control("POST", "/clock", {"advance_days": 1})
    later = live.session(collect)
    advice = next(text for (code, _), text in later.items() if code == "945")
    assert [row[3] for row in segments(advice) if row[0] == "W12"] == ["6", "1"]
    assert all(MONDAY <= at <= MONDAY + DAY + 3600 for _, at in {**acknowledged, **later})
    assert live.control("GET", "/gxo/files?parent=archive")["total"] == len(acknowledged) + len(later) + 1


def test_secrets_and_file_faults_outlive_a_restart(tmp_path):
    entries = []
    for _ in range(2):
        with opened(tmp_path) as sandbox, Running(sandbox) as running:
            control = running.base_urls["control"] + "/_sandbox"
            entries.append(httpx.get(f"{control}/systems", trust_env=False).json()["gxo"])
            if len(entries) == 1:
                rule = {"system": "gxo", "kind": "late_945", "count": 1}
                httpx.post(f"{control}/faults", json=rule, trust_env=False).raise_for_status()
            rules = httpx.get(f"{control}/faults", trust_env=False).json()
    kept = ("user", "password", "client_key", "host_public_key", "host_fingerprint")
    assert [entries[0][key] for key in kept] == [entries[1][key] for key in kept]
    assert [rule["kind"] for rule in rules] == ["late_945"]


def test_the_command_line_names_the_warehouses_port(tmp_path):
    ports = [part for name in ("control", "tiktok", "netsuite", "gxo") for part in (f"--{name}-port", "0")]
    command = [sys.executable, "-m", "sandbox", "--state", str(tmp_path), "--parent", str(os.getpid()), *ports]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            urls = json.loads(process.stdout.readline())
        finally:
            process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0
    assert urls["gxo"].startswith("sftp://127.0.0.1:")
