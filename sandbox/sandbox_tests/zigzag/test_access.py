"""Tokens, pace, error bodies, faults of the wire, the log of calls, and records changed from outside."""

from __future__ import annotations

import time
from typing import Any

import httpx
import pytest

from sandbox_tests.zigzag.conftest import ORDER, REF, Live, order


def test_wrong_credentials_get_no_token_and_no_token_gets_nothing(live: Live) -> None:
    reply = httpx.post(f"{live.urls['zigzag']}/token", json={"username": "x", "password": "y"}, trust_env=False)
    assert (reply.status_code, reply.json()["code"]) == (401, "invalid_credentials")
    live.token = "abc"
    assert live.refused("GET", "/returns") == (401, "unauthorized")


def test_a_token_expires_on_real_time(live: Live) -> None:
    live.control("PUT", "/limits", {"zigzag": {"token_ttl": 1}})
    live.sign_in()
    assert live.send("GET", "/returns").status_code == 200
    time.sleep(2.1)
    assert live.refused("GET", "/returns") == (401, "unauthorized")


def test_more_calls_a_second_than_allowed_wait(live: Live) -> None:
    live.control("PUT", "/limits", {"zigzag": {"per_second": 2}})
    replies = [live.send("GET", "/reasons") for _ in range(6)]
    refused = [reply for reply in replies if reply.status_code == 429]
    assert refused and {reply.headers["retry-after"] for reply in refused} == {"1"}
    assert refused[0].json()["code"] == "too_many_requests"


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/nothing", 404, "not_found"),
        ("PUT", "/orders", 405, "method_not_allowed"),
        ("GET", "/orders/9", 404, "not_found"),
        ("GET", "/returns/R1", 404, "not_found"),
        ("DELETE", "/shipments/1", 404, "not_found"),
        ("DELETE", "/webhooks/1", 404, "not_found"),
        ("GET", "/returns?pageSize=101", 400, "invalid_request"),
        ("GET", "/returns?page=0", 400, "invalid_request"),
        ("GET", "/returns?updatedFrom=yesterday", 400, "invalid_request"),
        ("POST", "/returns/R1/complete", 404, "not_found"),
    ],
)
def test_what_is_not_there_is_refused_in_one_form(live: Live, method: str, path: str, status: int, code: str) -> None:
    assert live.refused(method, path, {} if method == "POST" else None) == (status, code)


@pytest.mark.parametrize("content", [b"{", b"[1]", b"\xff"])
def test_a_body_that_is_no_json_object_is_refused(live: Live, content: bytes) -> None:
    assert live.refused("POST", "/orders", content=content) == (400, "invalid_request")


def test_faults_of_the_wire_strike_and_calls_are_logged(live: Live) -> None:
    for kind, status, code in (("429", 429, "too_many_requests"), ("500", 500, "server_error")):
        live.control("POST", "/faults", {"system": "zigzag", "kind": kind, "match": "/reasons", "count": 1})
        assert live.refused("GET", "/reasons") == (status, code)
    fault = {"system": "zigzag", "kind": "error_code", "code": "duplicate_reference", "count": 1}
    live.control("POST", "/faults", fault)
    assert live.refused("POST", "/returns", {}) == (409, "duplicate_reference")
    live.control("POST", "/faults", {"system": "zigzag", "kind": "lost_reply", "match": "/orders", "count": 1})
    with pytest.raises(httpx.RemoteProtocolError):
        live.send("POST", "/orders", order("577000000000000002"))
    assert live.call("GET", "/orders/577000000000000002")["orderNumber"] == "577000000000000002"
    calls = live.control("GET", "/zigzag/calls?path=/orders")
    assert [call["fault"] for call in calls if call["fault"]] == ["lost_reply"]


def test_records_changed_from_outside_show_on_the_wire_and_can_be_undone(live: Live) -> None:
    made = live.returned(("GROC-1", 1), tracking="H1")
    place = f"/zigzag/returns/{made['returnId']}"
    moved = {"externalReturnRef": "999", "lines": [], "refund": {"amount": "5.00"}, "updatedAt": "2026-01-09T00:00:00Z"}
    live.control("PATCH", place, moved)
    window = "/returns?updatedFrom=2026-01-08T00:00:00Z"
    (shown,) = live.call("GET", f"{window}&externalReturnRef=999")["returns"]
    assert (shown["lines"], shown["refund"]["amount"]) == ([], "5.00")
    assert live.call("GET", f"/returns?externalReturnRef={REF}")["returns"] == []
    live.control("PATCH", place, {"orderNumber": None, "externalReturnRef": None, "lines": None, "status": None})
    assert live.read(made["returnId"])["orderNumber"] is None
    live.control("DELETE", place)
    assert live.refused("GET", f"/returns/{made['returnId']}") == (404, "not_found")
    live.control("PUT", place, {key: value for key, value in made.items() if key != "shipments"})
    assert live.read(made["returnId"])["lines"] == made["lines"]
    twin = live.control("POST", f"{place}/duplicate")["returnId"]
    assert live.call("GET", "/returns")["totalCount"] == 2 and live.read(twin)["orderNumber"] == ORDER
    number = made["shipments"][0]["shipmentNumber"]
    live.control("PATCH", f"/zigzag/shipments/{number}", {"trackingNumber": "H7"})
    assert live.control("GET", "/zigzag/shipments?parent=H7")["total"] == 1


def test_credentials_and_records_outlive_a_restart(live: Live) -> None:
    entry: dict[str, Any] = live.control("GET", "/systems")["zigzag"]
    assert {"orders", "returns", "shipments", "return_orders"} <= set(entry["kinds"])
    assert entry["limits"]["per_second"] == 50 and entry["quirks"]
    assert live.store.get_meta("zigzag.credentials")["password"] == entry["password"]
