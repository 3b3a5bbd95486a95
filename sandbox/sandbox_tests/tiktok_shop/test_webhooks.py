"""Webhook registration, signed delivery, retries and the faults of a webhook channel."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from sandbox.tiktok_shop.signing import webhook_signature
from sandbox.tiktok_shop.tokens import APP_KEY, APP_SECRET
from sandbox.tiktok_shop.webhooks import emit

GB = "7495000000000000101"
PATH = "/event/202309/webhooks"


class _Listener(HTTPServer):
    def __init__(self) -> None:
        self.seen: list[tuple[str, bytes]] = []
        self.answers: list[int] = []
        super().__init__(("127.0.0.1", 0), _Handler)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/hook"

    def events(self) -> list[dict[str, Any]]:
        return [json.loads(body) for _, body in self.seen]


class _Handler(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        self.server.seen.append((self.headers["authorization"], body))  # type: ignore[attr-defined]
        answers = self.server.answers  # type: ignore[attr-defined]
        self.send_response(answers.pop(0) if answers else 200)
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


@pytest.fixture
def subscribed(client: Any, listener: _Listener) -> Any:
    client.data("PUT", PATH, body={"address": listener.url, "event_type": "ORDER_STATUS_CHANGE"})
    return client


def _wait(true: Callable[[], bool]) -> None:
    end = time.monotonic() + 5
    while not true() and time.monotonic() < end:
        time.sleep(0.02)
    assert true()


def _deliveries(client: Any) -> list[dict[str, Any]]:
    return list(client.control("GET", "/tiktok_shop/webhook_deliveries").json()["items"])


def _changed(number: int) -> dict[str, Any]:
    return {"order_id": str(number), "order_status": "DELIVERED", "is_on_hold_order": False, "update_time": number}


def test_subscriptions_are_kept_listed_and_removed(client: Any) -> None:
    assert client.data("GET", PATH) == {"total_count": 0}
    client.data("PUT", PATH, body={"address": "https://a.example/x", "event_type": "PACKAGE_UPDATE"})
    client.data("PUT", PATH, body={"address": "https://b.example/x", "event_type": "PACKAGE_UPDATE"})
    listed = client.data("GET", PATH)
    assert [hook["address"] for hook in listed["webhooks"]] == ["https://b.example/x"]
    assert client.data("GET", PATH, cipher="ROW_US") == {"total_count": 0}
    client.data("DELETE", PATH, body={"event_type": "PACKAGE_UPDATE"})
    assert client.data("GET", PATH)["total_count"] == 0


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ({"event_type": "PACKAGE_UPDATE"}, "param body.address is missing"),
        ({"address": "https://a.example"}, "param body.event_type is missing"),
        ({"address": "https://a.example", "event_type": "PARCEL"}, "param body.event_type is invalid"),
    ],
)
def test_bad_subscription_says_which_parameter(client: Any, body: dict[str, Any], text: str) -> None:
    reply = client.call("PUT", PATH, body=body).json()
    assert (reply["code"], reply["message"]) == (36009004, text)


def test_event_arrives_signed(subscribed: Any, store: Any, listener: _Listener) -> None:
    id = emit(store, GB, 1, _changed(1))
    _wait(lambda: len(listener.seen) == 1)
    signature, body = listener.seen[0]
    assert signature == webhook_signature(APP_KEY, APP_SECRET, body=body)
    event = json.loads(body)
    assert (event["type"], event["tts_notification_id"], event["shop_id"]) == (1, id, GB)
    assert (event["timestamp"], event["data"]) == (store.now, _changed(1))
    _wait(lambda: _deliveries(subscribed)[0]["status"] == "DELIVERED")


def test_event_nobody_asked_for_is_not_queued(subscribed: Any, store: Any) -> None:
    assert emit(store, GB, "RETURN_STATUS_CHANGE", {}) is None
    assert emit(store, "7495000000000000202", 1, {}) is None
    assert _deliveries(subscribed) == []


def test_refused_delivery_is_retried_when_the_worlds_clock_says(
    subscribed: Any, store: Any, listener: _Listener
) -> None:
    listener.answers = [500]
    emit(store, GB, 1, _changed(1))
    _wait(lambda: bool(_deliveries(subscribed)) and _deliveries(subscribed)[0]["attempts"] == 1)
    assert _deliveries(subscribed)[0]["last_result"] == "500"
    subscribed.control("POST", "/clock", {"advance_hours": 1})
    _wait(lambda: _deliveries(subscribed)[0]["status"] == "DELIVERED")
    assert len(listener.seen) == 2 and listener.seen[0] == listener.seen[1]


def test_delivery_is_dropped_after_the_last_retry(subscribed: Any, store: Any, listener: _Listener) -> None:
    listener.answers = [500] * 5
    emit(store, GB, 1, _changed(1))
    for attempt in range(1, 6):
        _wait(
            lambda attempt=attempt: bool(_deliveries(subscribed)) and _deliveries(subscribed)[0]["attempts"] == attempt
        )
        subscribed.control("POST", "/clock", {"advance_hours": 13})
    assert _deliveries(subscribed)[0]["status"] == "DROPPED"
    assert len(listener.seen) == 5


def test_address_off_loopback_is_never_contacted(client: Any, store: Any) -> None:
    client.data("PUT", PATH, body={"address": "http://192.0.2.1/x", "event_type": "ORDER_STATUS_CHANGE"})
    emit(store, GB, 1, _changed(1))
    _wait(lambda: _deliveries(client)[0]["status"] == "REFUSED")


def test_duplicate_webhook_fault_sends_the_same_event_twice(subscribed: Any, store: Any, listener: _Listener) -> None:
    subscribed.control("POST", "/faults", {"system": "tiktok_shop", "kind": "duplicate_webhook", "count": 1})
    emit(store, GB, 1, _changed(1))
    emit(store, GB, 1, _changed(2))
    _wait(lambda: len(listener.seen) == 3)
    ids = [event["tts_notification_id"] for event in listener.events()]
    assert ids[0] == ids[1] != ids[2]


def test_reordered_fault_changes_the_order_of_events(subscribed: Any, store: Any, listener: _Listener) -> None:
    fault = {"system": "tiktok_shop", "kind": "reordered", "match": "ORDER_STATUS_CHANGE", "count": 1}
    subscribed.control("POST", "/faults", fault)
    with store.transaction():
        for number in range(3):
            emit(store, GB, 1, _changed(number))
        time.sleep(0.3)
    _wait(lambda: len(listener.seen) == 3)
    assert [event["data"]["update_time"] for event in listener.events()] == [1, 2, 0]
