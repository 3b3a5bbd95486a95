"""Webhooks: who gets what, headers, the daily retry and the outcomes that it is for, doubled and reordered events."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from sandbox.deliveries import Sender
from sandbox.faults import Fault, FaultBook
from sandbox.store import Store
from sandbox.zigzag import events, hub
from sandbox_tests.zigzag.conftest import DAY, HOUR, MONDAY, Live


class _Listener(HTTPServer):
    def __init__(self) -> None:
        self.seen: list[tuple[dict[str, str], dict[str, Any]]] = []
        self.answers: list[int] = []
        super().__init__(("127.0.0.1", 0), _Handler)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/hook"


class _Handler(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        self.server.seen.append((dict(self.headers.items()), body))  # type: ignore[attr-defined]
        answers = self.server.answers  # type: ignore[attr-defined]
        self.send_response(answers.pop(0) if answers else 204)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        """Stay quiet."""


@pytest.fixture
def listener() -> Iterator[_Listener]:
    server = _Listener()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def sender(store: Store, *faults: Fault) -> Sender:
    return Sender(store, FaultBook(list(faults)), events.CHANNEL)


def received(store: Store, count: int = 1, url: str = "", wanted: tuple[str, ...] = ("return.received",)) -> None:
    """Register once, and let parcels arrive."""
    if url:
        hook = {"url": url, "events": list(wanted), "headers": {"X-Tieout-Secret": "s3cret"}}
        events.register(store, hook)
    for _ in range(count):
        hub.receive(store, tracking_number="", warehouse="Default", units=[{"sku": "A", "quantity": 1}], now=store.now)


def status(store: Store) -> list[str]:
    return [record.body["status"] for record in store.select("zigzag", "webhook_deliveries")]


def test_each_step_sends_its_event_with_the_whole_snapshot(live: Live, listener: _Listener) -> None:
    made = live.call("POST", "/webhooks", {"url": listener.url, "headers": {"X-Tieout-Secret": "s3cret"}})
    assert made["events"] == list(events.EVENTS)
    assert live.call("GET", "/webhooks")["webhooks"][0]["headers"] == {"X-Tieout-Secret": "***"}
    first = live.returned(("GROC-1", 1), tracking="H1")["returnId"]
    hub.carrier_scan(live.store, "H1", "collected", MONDAY, "Leeds")
    hub.receive(
        live.store, tracking_number="H1", warehouse="Default", units=[{"sku": "GROC-1", "quantity": 1}], now=MONDAY
    )
    hub.grade(live.store, first, MONDAY)
    second = live.returned(("GROC-2", 1), externalReturnRef="2")["returnId"]
    live.call("DELETE", f"/returns/{second}")
    while "PENDING" in status(live.store):
        threading.Event().wait(0.05)
    bodies = [body for _, body in listener.seen]
    assert [(body["event"], body["data"]["returnId"]) for body in bodies] == [
        ("return.created", first),
        ("return.label_issued", first),
        ("tracking.updated", first),
        ("return.received", first),
        ("return.graded", first),
        ("return.processed", first),
        ("return.created", second),
        ("return.cancelled", second),
    ]
    assert {headers["X-Tieout-Secret"] for headers, _ in listener.seen} == {"s3cret"}
    assert set(bodies[0]) == {"eventId", "event", "occurredAt", "retailerCode", "data"}
    assert len({body["eventId"] for body in bodies}) == 8
    assert [bodies[2]["data"]["shipments"][0]["status"], bodies[5]["data"]["refund"]["status"]] == [
        "collected",
        "ready",
    ]
    live.call("DELETE", f"/webhooks/{made['webhookId']}")
    live.returned(("GROC-2", 1), externalReturnRef="3")
    assert len(status(live.store)) == 8


def test_a_failed_delivery_is_tried_once_a_day_until_it_succeeds(store: Store, listener: _Listener) -> None:
    received(store, url=listener.url)
    listener.answers = [500, 401]
    tries = sender(store)
    for hour in range(0, 55, 1):
        store.set_now(MONDAY + hour * HOUR)
        tries.deliver_due()
    assert status(store) == ["DELIVERED"]
    assert len(listener.seen) == 3 and len({body["eventId"] for _, body in listener.seen}) == 1


def test_a_delivery_that_never_succeeds_ends_after_seven_days(store: Store) -> None:
    received(store, url="http://127.0.0.1:9/closed")
    tries = sender(store)
    for day in range(9):
        store.set_now(MONDAY + day * DAY + 7 * HOUR)
        tries.deliver_due()
    assert status(store) == ["DROPPED"]
    assert store.select("zigzag", "webhook_deliveries")[0].body["attempts"] == 8


@pytest.mark.parametrize("answer", [404, 409, 422, 429, 503, 302])
def test_an_answer_outside_the_list_is_not_tried_again(store: Store, listener: _Listener, answer: int) -> None:
    received(store, url=listener.url)
    listener.answers = [answer]
    assert sender(store).deliver_due() == 1
    assert status(store) == ["DROPPED"]


def test_events_are_doubled_and_reordered_by_faults(store: Store, listener: _Listener) -> None:
    received(store, 2, url=listener.url)
    faults = [Fault(1, "zigzag", "duplicate_webhook", count=1), Fault(2, "zigzag", "reordered", count=1)]
    sender(store, *faults).deliver_due()
    first, second = sorted(record.id for record in store.select("zigzag", "returns"))
    assert [body["data"]["returnId"] for _, body in listener.seen] == [second, second, first]


def test_failures_that_wait_do_not_hold_up_what_is_new(store: Store, listener: _Listener) -> None:
    received(store, 250, url="http://127.0.0.1:9/closed")
    for _ in range(2):
        sender(store).deliver_due()
    received(store, url=listener.url)
    sender(store).deliver_due()
    assert len(listener.seen) == 1


def test_an_address_off_loopback_is_never_contacted(store: Store) -> None:
    received(store, url="http://192.0.2.1/x")
    sender(store).deliver_due()
    assert status(store) == ["REFUSED"]


@pytest.mark.parametrize(
    "wanted",
    [{}, {"url": "ftp://a"}, {"url": "http://a", "events": ["x"]}, {"url": "http://a", "headers": {"a": 1}}],
)
def test_a_bad_registration_is_refused(live: Live, wanted: dict[str, Any]) -> None:
    assert live.refused("POST", "/webhooks", wanted) == (400, "invalid_request")
