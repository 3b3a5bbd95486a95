"""How fast orders flow out: 50,000 shipments planned, and sent to a TikTok Shop that allows 50 calls a second.

Run `python -m bench.dispatch [ORDERS [SECONDS [MILLISECONDS]]]`. All orders are planned. As many as the vendor allows
in SECONDS are sent, through the real connector and the real outbox, to a stand-in on loopback that answers after
MILLISECONDS and refuses with 429 what goes beyond its limit in any one second. The others are the backlog, in front of
which every row is chosen.

Belongs here: the orders, the stand-in, the clock. Does not: any rule of planning or sending.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
import time
from collections import deque
from decimal import Decimal
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Lock
from typing import Any

import httpx

from reverse_sync import Proposal, RetryPolicy, apply, plan
from reverse_sync.model import ApplyReport, Plan
from reverse_sync.registry import SYNCS
from tieout.settings import Settings, load_settings
from tieout.state import State

ALLOWED = 50  # TikTok Shop docs: calls a second of one endpoint, for one app and shop
SHOP = "7495000000000000001"
CONFIG = Path(__file__).resolve().parent.parent / "config" / "demo"
[SYNC] = [sync for sync in SYNCS if sync.name == "tiktok_shop__shipments"]


class Vendor(ThreadingHTTPServer):
    """A TikTok Shop that counts: calls accepted and refused, and when the first and the last came."""

    daemon_threads = True

    def __init__(self, answer_seconds: float) -> None:
        """Listen on a free port of loopback."""
        super().__init__(("127.0.0.1", 0), _Handler)
        self.answer_seconds = answer_seconds
        self.accepted: list[float] = []
        self.refused = 0
        self._second: deque[float] = deque()
        self._lock = Lock()

    def admit(self) -> bool:
        """Count a call, and return whether it is within the limit of the last second."""
        with self._lock:
            now = time.monotonic()
            while self._second and self._second[0] <= now - 1:
                self._second.popleft()
            if len(self._second) >= ALLOWED:
                self.refused += 1
                return False
            self._second.append(now)
            self.accepted.append(now)
            return True

    def counted(self) -> dict[str, float]:
        """Return what was counted so far."""
        span = self.accepted[-1] - self.accepted[0] if self.accepted else 0
        return {"accepted": len(self.accepted), "refused": self.refused, "seconds": span}


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1  # headers and body leave together
    server: Vendor

    def do_GET(self) -> None:
        """Answer a token, the authorized shops, or what was counted."""
        shop = {"id": SHOP, "name": "Bench", "region": "GB", "seller_type": "LOCAL", "cipher": "c", "code": "B"}
        token = {"access_token": "a", "access_token_expire_in": int(time.time()) + 7 * 86400, "refresh_token": "r"}
        if self.path.startswith("/counted"):
            self._reply(200, self.server.counted())
        else:
            self._reply(200, _enveloped(token if "token" in self.path.partition("?")[0] else {"shops": [shop]}))

    def do_POST(self) -> None:
        """Accept a shipment within the limit."""
        self.rfile.read(int(self.headers["content-length"]))
        if not self.server.admit():
            self._reply(429, {"code": 36009002, "message": "too many requests", "request_id": "b"})
            return
        time.sleep(self.server.answer_seconds)
        self._reply(200, _enveloped({"package_id": f"1{len(self.server.accepted):018d}"}))

    def log_message(self, format: str, *_args: object) -> None:
        """Stay silent."""

    def _reply(self, status: int, body: dict[str, Any]) -> None:
        content = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)


def _enveloped(data: dict[str, Any]) -> dict[str, Any]:
    return {"code": 0, "message": "Success", "data": data, "request_id": "b"}


def _shipment(number: int) -> Proposal:
    order = f"5768{number:014d}"
    desired = {
        "order_id": order,
        "order_line_ids": [f"{order}{line}" for line in range(2)],
        "tracking_number": f"RM{number:09d}GB",
        "provider_id": "6617675021119438849",
    }
    return Proposal(SYNC.name, order, SHOP, desired, f"{number:064x}", Decimal(0), "GBP")


def _settings(home: Path, address: str, run: int) -> Settings:
    secrets = home / "secrets"
    secrets.mkdir()
    for name in ("app_key", "app_secret", "refresh_token"):
        (secrets / f"tiktok_shop__{name}").write_text("bench")
    settings = load_settings(CONFIG, home)
    shop = settings.tiktok_shop.shops[0].model_copy(update={"shop_id": SHOP})
    places = {"base_url": address, "auth_base_url": address, "requests_per_second": ALLOWED, "shops": [shop]}
    changes = {
        "tiktok_shop": settings.tiktok_shop.model_copy(update=places),
        "fulfilment": settings.fulfilment.model_copy(update={"max_changes_per_run": run}),
    }
    return settings.model_copy(update=changes)


def _measure(home: Path, address: str, *, orders: int, seconds: int) -> None:
    settings, state = _settings(home, address, ALLOWED * seconds), State(f"sqlite:///{home / 'state.sqlite'}")
    rows = [_shipment(number) for number in range(orders)]
    planned = _planned("plan, all new", settings, state, rows)
    _planned("plan, none new", settings, state, rows)
    cpu, began = time.process_time(), time.perf_counter()
    report = _dispatched(settings, state, planned)
    cpu, wall = time.process_time() - cpu, time.perf_counter() - began
    counted = httpx.get(f"{address}/counted", timeout=10, trust_env=False).json()
    rate = (counted["accepted"] - 1) / counted["seconds"]
    sent = report.acknowledged
    print(f"{'dispatch':16}{sent:9,} orders {wall:8.1f} s, {1000 * cpu / sent:.1f} ms of processor each")
    print(
        f"{'at the vendor':16}{rate:9.1f} calls/s, {100 * rate / ALLOWED:.1f} % of {ALLOWED}; 429: {counted['refused']}"
    )
    print(f"{'backlog':16}{orders - sent:9,} orders, {(orders - sent) / rate / 60:8.1f} minutes at this rate")
    print(f"{'memory':16}{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:9.0f} MB")
    state.close()


def _planned(name: str, settings: Settings, state: State, rows: list[Proposal]) -> Plan:
    began = time.perf_counter()
    planned = plan(settings, state, rows, syncs=[SYNC])
    wall = time.perf_counter() - began
    print(f"{name:16}{len(rows):9,} orders {wall:8.1f} s, {len(rows) / wall:,.0f} orders/s", flush=True)
    return planned


def _dispatched(settings: Settings, state: State, planned: Plan) -> ApplyReport:
    openers = {SYNC.name: partial(SYNC.open_destination, settings, state)}
    return apply(settings, state, planned, destinations=openers, retry_policy=RetryPolicy())


def main(orders: int = 50_000, seconds: int = 60, milliseconds: int = 5) -> None:
    """Start the stand-in in a process of its own, measure, and end it."""
    command = [sys.executable, str(Path(__file__).resolve()), "vendor", str(milliseconds)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as vendor, tempfile.TemporaryDirectory() as home:
        try:
            address = vendor.stdout.readline().strip() if vendor.stdout else ""
            print(f"the vendor answers after {milliseconds} ms and allows {ALLOWED} calls a second")
            _measure(Path(home), address, orders=orders, seconds=seconds)
        finally:
            vendor.terminate()


def serve(milliseconds: int) -> None:
    """Be the vendor until ended."""
    vendor = Vendor(milliseconds / 1000)
    print(f"http://127.0.0.1:{vendor.server_port}", flush=True)
    vendor.serve_forever()


if __name__ == "__main__":
    if sys.argv[1:2] == ["vendor"]:
        serve(int(sys.argv[2]))
    else:
        main(*(int(argument) for argument in sys.argv[1:]))
