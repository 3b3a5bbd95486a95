"""Wire faults: each kind's effect, and which requests are hit."""

from __future__ import annotations

import json
import re
import time
from typing import Any

import httpx
import pytest

from sandbox.faults import Fault, FaultBook
from sandbox.reply_damage import damaged
from sandbox.tiktok_shop.documented_errors import documented_errors

SEARCH = "/order/202309/orders/search"
HOOKS = "/event/202309/webhooks"


def _fault(client: Any, kind: str, **more: Any) -> dict[str, Any]:
    client.access_token()
    reply = client.control("POST", "/faults", {"system": "tiktok_shop", "kind": kind, **more})
    assert reply.status_code == 200, reply.text
    return dict(reply.json())


@pytest.mark.parametrize(("kind", "status", "code"), [("429", 429, 36009002), ("500", 500, 36009003)])
def test_refusals_carry_the_vendors_body(client: Any, kind: str, status: int, code: int) -> None:
    _fault(client, kind, count=1, retry_after=7)
    reply = client.call("POST", SEARCH)
    assert (reply.status_code, reply.json()["code"], reply.headers["retry-after"]) == (status, code, "7")
    assert client.call("POST", SEARCH).status_code == 200


def test_expired_token_strikes_once_by_itself(client: Any) -> None:
    _fault(client, "expired_token")
    reply = client.call("POST", SEARCH)
    assert (reply.status_code, reply.json()["code"]) == (401, 105002)
    assert client.call("POST", SEARCH).status_code == 200


def test_html_503_is_no_json(client: Any) -> None:
    _fault(client, "html_503")
    reply = client.call("POST", SEARCH)
    assert reply.status_code == 503 and reply.headers["content-type"].startswith("text/html")


def test_an_error_code_is_answered_in_the_words_of_the_endpoint_that_was_called(client: Any) -> None:
    for path, text in (("/ship", "Package has been shipped. Please"), ("/shipping_info/update", "can only be updated")):
        code = 11006021 if path == "/ship" else 21011051
        _fault(client, "error_code", code=code, match=path, count=1)
        reply = client.call("POST", f"/fulfillment/202309/packages/1{path}", body={})
        assert (reply.status_code, reply.json()["code"], reply.json()["data"]) == (200, code, None)
        assert text in reply.json()["message"]


def test_every_documented_error_can_be_met(client: Any) -> None:
    seen = set()
    for error in documented_errors():
        _fault(client, "error_code", code=error.code, count=1)
        path = re.sub(r"\{\w+\}", "202309", error.path) or "/any"
        reply = client.http.request(error.method or "GET", client.tiktok + path)
        assert (reply.status_code, reply.json()["message"]) == (error.status, error.message)
        seen.add((error.path, reply.json()["code"]))
    assert len({pair for pair in seen if pair[0]}) == 410


def test_lost_reply_does_the_work_and_says_nothing(client: Any, store: Any) -> None:
    _fault(client, "lost_reply", match=HOOKS, method="PUT", count=1)
    with pytest.raises(httpx.RemoteProtocolError):
        client.call("PUT", HOOKS, body={"address": "https://a.example", "event_type": "PACKAGE_UPDATE"})
    assert store.count("tiktok_shop", "webhook_subscriptions") == 1
    call = client.control("GET", "/tiktok_shop/calls").json()[-1]
    assert (call["fault"], call["status"]) == ("lost_reply", None)
    assert client.data("GET", HOOKS)["total_count"] == 1


def test_dropped_request_does_nothing(client: Any, store: Any) -> None:
    _fault(client, "drop_request", match=HOOKS, count=1)
    with pytest.raises(httpx.RemoteProtocolError):
        client.call("PUT", HOOKS, body={"address": "https://a.example", "event_type": "PACKAGE_UPDATE"})
    assert store.count("tiktok_shop", "webhook_subscriptions") == 0


@pytest.mark.parametrize("kind", ["slow", "slow_reply"])
def test_slow_kinds_delay_and_then_answer(client: Any, kind: str) -> None:
    _fault(client, kind, count=1, seconds=0.3)
    started = time.monotonic()
    assert client.call("POST", SEARCH).status_code == 200
    assert time.monotonic() - started >= 0.3


def test_truncated_page_loses_rows_but_not_the_total(client: Any) -> None:
    whole = client.data("POST", SEARCH, page_size=10)
    _fault(client, "truncated_page", match="/orders/search", count=1)
    cut = client.data("POST", SEARCH, page_size=10)
    assert (len(cut["orders"]), cut["total_count"]) == (5, whole["total_count"])
    assert cut["next_page_token"] == whole["next_page_token"]


@pytest.mark.parametrize("kind", ["truncated_body", "bad_json"])
def test_broken_bodies_are_whole_on_the_wire_but_no_json(client: Any, kind: str) -> None:
    _fault(client, kind, count=1)
    reply = client.call("POST", SEARCH)
    assert reply.status_code == 200 and len(reply.content) == int(reply.headers["content-length"])
    with pytest.raises(ValueError, match=r".*"):
        json.loads(reply.content)


def test_reordered_reply_has_the_same_rows_elsewhere(client: Any) -> None:
    whole = client.data("POST", SEARCH)["orders"]
    _fault(client, "reordered", count=1)
    mixed = client.data("POST", SEARCH)["orders"]
    assert mixed != whole
    assert sorted(order["id"] for order in mixed) == sorted(order["id"] for order in whole)


def test_damage_waits_for_a_reply_that_has_rows(client: Any) -> None:
    _fault(client, "truncated_page", count=1)
    assert client.data("GET", HOOKS) == {"total_count": 0}
    assert client.control("GET", "/faults").json()[0]["hits"] == 0
    assert len(client.data("POST", SEARCH)["orders"]) == 10
    assert len(client.data("POST", SEARCH)["orders"]) == 20


@pytest.mark.parametrize(
    ("match", "method", "hit"),
    [
        ("/orders/search", None, True),
        (r"orders/sea.ch\?.*page_size=7", None, True),
        ("/orders/search", "get", False),
        ("/finance/", None, False),
    ],
)
def test_match_is_text_or_pattern_on_path_and_query(match: str, method: str | None, hit: bool) -> None:
    fault = Fault(1, "tiktok_shop", "500", match=match, method=method)
    assert fault.fits("POST", "/order/202309/orders/search?page_size=7") is hit


@pytest.mark.parametrize(("rate", "hits"), [(1.0, 20), (0.25, 5), (0.0, 0)])
def test_rate_is_spread_evenly(rate: float, hits: int) -> None:
    book = FaultBook([Fault(1, "tiktok_shop", "500", rate=rate)])
    taken = [book.take("tiktok_shop", "GET", target="/") is not None for _ in range(20)]
    assert sum(taken) == hits
    assert rate != 0.25 or taken[:8] == [False, False, False, True] * 2


def test_faults_never_hit_control_and_can_be_removed(client: Any) -> None:
    first = _fault(client, "500")
    _fault(client, "429")
    assert client.http.get(f"{client.tiktok}/_sandbox/clock").status_code == 200
    assert client.control("DELETE", f"/faults/{first['id']}").json() == {"removed": 1}
    assert client.call("POST", SEARCH).status_code == 429
    assert client.control("DELETE", "/faults").json() == {"removed": 1}
    assert client.call("POST", SEARCH).status_code == 200
    assert client.control("DELETE", "/faults/99").status_code == 404


@pytest.mark.parametrize(
    ("wanted", "text"),
    [
        ({"system": "magento", "kind": "500"}, "tiktok_shop"),
        ({"system": "tiktok_shop", "kind": "boom"}, "lost_reply"),
        ({"system": "tiktok_shop", "kind": "500", "rate": 2}, "from 0 to 1"),
        ({"system": "tiktok_shop", "kind": "500", "count": "x"}, "whole number"),
        ({"system": "tiktok_shop", "kind": "500", "often": 1}, "often"),
        ({"system": "tiktok_shop", "kind": "error_code"}, "with kind 'error_code'"),
        ({"system": "tiktok_shop", "kind": "500", "code": 21011006}, "with no other"),
        ({"system": "tiktok_shop", "kind": "error_code", "code": 4711}, "'21011006'"),
        ({"system": "tiktok_shop", "kind": "500", "match": "/orders?ids=["}, r"itself: /orders\?ids=\["),
    ],
)
def test_bad_fault_is_refused_with_valid_values(client: Any, wanted: dict[str, Any], text: str) -> None:
    reply = client.control("POST", "/faults", wanted)
    assert reply.status_code == 400 and text in reply.json()["error"]


def test_top_level_rows_are_damaged_too() -> None:
    body = json.dumps({"items": [{"id": 1}, {"id": 2}], "totalResults": 2}).encode()
    assert json.loads(damaged("truncated_page", body) or b"") == {"items": [{"id": 1}], "totalResults": 2}
    assert damaged("truncated_page", b'{"items": []}') is None
    assert damaged("reordered", b"<html>") is None
