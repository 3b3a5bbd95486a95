"""The receiver over sockets: bodies that drip, break off or are far too large, and ZigZag's stand-in as a sender."""

import hashlib
import hmac
import json
import shutil
import socket
from contextlib import contextmanager
from datetime import UTC, datetime
from threading import Thread
from time import monotonic, sleep

import pytest
import uvicorn
from sqlalchemy import select

from orchestration.cli.webhooks import MAX_BYTES, webhook_app
from sandbox.deliveries import Sender
from sandbox.faults import FaultBook
from sandbox.store import Store
from sandbox.zigzag import events
from tieout.state import State, webhook_counts, webhook_inbox

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
AT = int(NOW.timestamp())
DAY = 86_400
SECRET = "only-for-tests-5f2e"
ZIGZAG = """
[zigzag]
base_url = "https://api.zigzag.example"
username = "northgate"
retailer_code = "NORTH"
shops = []
"""


@pytest.fixture
def settings(make_settings, demo_config, tmp_path):
    shutil.copytree(demo_config, tmp_path / "config")
    path = tmp_path / "config" / "tieout.toml"
    path.write_text(path.read_text() + ZIGZAG)
    return make_settings(config_dir=path.parent, zigzag__password="x", zigzag__webhook_secret=SECRET)


@pytest.fixture
def state(settings):
    opened = State(settings.database_url)
    yield opened
    opened.close()


def inbox(state):
    named = select(webhook_inbox.c.system, webhook_inbox.c.type, webhook_inbox.c.entity, webhook_inbox.c.entity_id)
    with state.reading() as connection:
        return [tuple(row) for row in connection.execute(named)]


def counted(state):
    with state.reading() as connection:
        rows = connection.execute(select(webhook_counts)).mappings()
        return {(row["system"], row["outcome"]): row["requests"] for row in rows}


@contextmanager
def served(settings, state):
    """Serve on a free port of loopback, with half a second for a body; yields its address."""
    app = webhook_app(settings, state, clock=lambda: NOW, body_seconds=0.5)
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="critical", lifespan="off"))
    thread = Thread(target=server.run)
    thread.start()
    until(lambda: server.started)
    try:
        yield server.servers[0].sockets[0].getsockname()[:2]
    finally:
        server.should_exit = True
        thread.join()


def until(done, seconds=30.0):
    end = monotonic() + seconds
    while not done():
        assert monotonic() < end, "waited too long"
        sleep(0.02)


BODY = json.dumps(
    {
        "type": 1,
        "tts_notification_id": "1",
        "shop_id": "7495000000000000101",
        "timestamp": AT,
        "data": {"order_id": "571"},
    }
).encode()
STORED = ("tiktok_shop", "1", "orders", "571")


def request(body, length):
    signature = hmac.new(b"app-secret-for-tests", b"key" + body, hashlib.sha256).hexdigest()
    lines = ("POST /webhooks/tiktok_shop HTTP/1.1", "Host: receiver", f"Authorization: {signature}")
    return "\r\n".join([*lines, f"Content-Length: {length}", "", ""]).encode()


def test_a_body_that_drips_is_given_up_and_the_receiver_goes_on(settings, state):
    with served(settings, state) as address, socket.create_connection(address, timeout=30) as slow:
        slow.sendall(request(BODY, len(BODY)) + BODY[:10])
        for byte in BODY[10:13]:
            sleep(0.1)
            slow.sendall(bytes([byte]))
        with socket.create_connection(address, timeout=30) as quick:
            quick.sendall(request(BODY, len(BODY)) + BODY)
            assert quick.recv(100).startswith(b"HTTP/1.1 200")
        assert slow.recv(100).startswith(b"HTTP/1.1 408")
        until(lambda: counted(state).get(("tiktok_shop", "too_slow")))
    assert inbox(state) == [STORED]


def test_ten_megabytes_are_refused_before_they_have_come(settings, state):
    with served(settings, state) as address, socket.create_connection(address, timeout=30) as large:
        large.sendall(request(b"", 10_000_000) + b"x" * (MAX_BYTES + 1))
        assert large.recv(100).startswith(b"HTTP/1.1 413")


def test_who_hangs_up_within_a_body_ends_no_receiver(settings, state):
    with served(settings, state) as address:
        with socket.create_connection(address, timeout=30) as gone:
            gone.sendall(request(BODY, len(BODY)) + BODY[:10])
        with socket.create_connection(address, timeout=30) as quick:
            quick.sendall(request(BODY, len(BODY)) + BODY)
            assert quick.recv(100).startswith(b"HTTP/1.1 200")
    assert counted(state) == {("tiktok_shop", "stored"): 1}


class Returns:
    """A ZigZag that sends events of one return to the receiver, on a clock of the test's own."""

    def __init__(self, address, secret):
        self.store = Store()
        self.store.set_now(AT)
        url = "http://{}:{}/webhooks/zigzag".format(*address)
        events.register(self.store, {"url": url, "headers": {"X-Webhook-Secret": secret}})
        self.sender = Sender(self.store, FaultBook(), events.CHANNEL)

    def emit(self, event, **changed):
        snapshot = {"returnId": "ZZ-7", "retailerCode": "NORTH", "externalReturnRef": "4035"} | changed
        events.emit(self.store, event, snapshot, at=self.store.now)

    def deliver(self, *, days=0):
        self.store.set_now(self.store.now + days * DAY)
        self.sender.deliver_due()
        return [record.body["last_result"] for record in self.store.select("zigzag", "webhook_deliveries")]


def test_events_of_zigzags_stand_in_name_the_return_to_read(settings, state):
    with served(settings, state) as address:
        returns = Returns(address, SECRET)
        returns.emit("return.created")
        returns.emit("return.graded", returnId="ZZ-8")
        assert returns.deliver() == ["200", "200"]
    assert inbox(state) == [
        ("zigzag", "return.created", "returns", "ZZ-7"),
        ("zigzag", "return.graded", "returns", "ZZ-8"),
    ]


def test_a_wrong_secret_is_refused_each_day_and_counted(settings, state):
    with served(settings, state) as address:
        returns = Returns(address, "another")
        returns.emit("return.created")
        assert [returns.deliver(days=day) for day in (0, 1, 1)] == [["401"]] * 3
        until(lambda: counted(state) == {("zigzag", "forged"): 3})
    assert inbox(state) == []


def test_what_a_busy_state_cannot_take_zigzag_sends_again_the_next_day(settings, state):
    hasty = State(settings.database_url, wait_seconds=0.2)
    with served(settings, hasty) as address:
        returns = Returns(address, SECRET)
        returns.emit("return.created")
        with state.transaction():
            assert returns.deliver() == ["500"]
        assert returns.deliver(days=1) == ["200"]
    assert inbox(state) == [("zigzag", "return.created", "returns", "ZZ-7")]
    hasty.close()
