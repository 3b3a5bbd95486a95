"""The control API: clock, records, incidents, truth, limits, and its refusals."""

from __future__ import annotations

import threading
import time
from typing import Any

import pytest

GB = "7495000000000000101"
ORDER = "/tiktok_shop/orders/5770000000000000001"
START = 1_767_571_200


@pytest.mark.parametrize(
    ("wanted", "now"),
    [
        ({"advance_hours": 24}, START + 86400),
        ({"advance_days": 2}, START + 2 * 86400),
        ({"to": "2026-01-06T00:00:00Z"}, START + 86400),
        ({"to": START + 5}, START + 5),
    ],
)
def test_clock_moves_the_world(client: Any, wanted: dict[str, Any], now: int) -> None:
    reported = client.control("POST", "/clock", wanted).json()
    assert (reported["before"], reported["now"]) == (START, now)
    assert client.control("GET", "/clock").json()["now"] == now


@pytest.mark.parametrize(
    "wanted",
    [{}, {"advance_hours": -1}, {"advance_hours": "1"}, {"to": "soon"}, {"to": 5}, {"to": 5, "advance_days": 1}],
)
def test_clock_refuses_what_it_cannot_do(client: Any, wanted: dict[str, Any]) -> None:
    reply = client.control("POST", "/clock", wanted)
    assert reply.status_code == 400 and reply.json()["error"]


def test_clock_without_a_world_points_to_trade(client: Any, store: Any) -> None:
    store.set_now(0)
    reply = client.control("POST", "/clock", {"advance_hours": 1})
    assert reply.status_code == 409 and "/_sandbox/trade" in reply.json()["error"]


def test_trade_starts_a_world_once(client: Any, store: Any) -> None:
    assert client.control("POST", "/trade", {"days": 1}).status_code == 409
    store.set_now(0)
    reported = client.control("POST", "/trade", {"seed": 7, "days": 3, "baskets": 9}).json()
    assert (reported["now"], reported["result"]) == (START + 3 * 86400, {"seed": 7, "baskets": 9})


def test_server_answers_while_the_world_trades(client: Any) -> None:
    waiting, gone_on = threading.Event(), threading.Event()

    def slowly(store: Any, until: int) -> None:
        waiting.set()
        gone_on.wait(5)
        store.set_now(until)

    object.__setattr__(client.sandbox.world, "advance", slowly)
    advancing = threading.Thread(target=client.control, args=("POST", "/clock", {"advance_hours": 1}))
    advancing.start()
    assert waiting.wait(5)
    started = time.monotonic()
    assert client.data("POST", "/order/202309/orders/search")["total_count"] == 45
    assert client.control("GET", "/clock").json()["now"] == START
    assert time.monotonic() - started < 2
    gone_on.set()
    advancing.join()
    assert client.control("GET", "/clock").json()["now"] == START + 3600


def test_incidents_are_planted_and_reported_in_truth(client: Any) -> None:
    planted = client.control("POST", "/incidents", {"code": "FIN-01", "count": 2}).json()["planted"]
    assert client.control("GET", "/truth").json() == planted and len(planted) == 2


def test_unknown_incident_names_the_valid_ones(client: Any) -> None:
    reply = client.control("POST", "/incidents", {"code": "FIN-99"})
    assert reply.status_code == 400 and "FIN-01" in reply.json()["error"]
    assert client.control("POST", "/incidents", {}).status_code == 400


def test_control_answers_on_every_port(client: Any) -> None:
    shown = [client.http.get(f"{url}/_sandbox/systems").json() for url in client.sandbox.base_urls.values()]
    assert len(shown) == 2
    assert {entry["tiktok_shop"]["base_url"] for entry in shown} == {client.tiktok}


def test_records_are_listed_in_pages(client: Any) -> None:
    listed = client.control("GET", "/tiktok_shop/orders?limit=2&offset=1").json()
    assert listed["total"] == 45
    assert [item["id"] for item in listed["items"]] == ["5770000000000000001", "5770000000000000002"]
    assert client.control("GET", f"/tiktok_shop/orders?shop={GB}").json()["total"] == 45
    assert client.control("GET", "/tiktok_shop/statement_transactions?parent=stm-1").json()["total"] == 3


def test_record_shows_body_and_columns(client: Any) -> None:
    record = client.control("GET", ORDER).json()
    assert record["status"] == "COMPLETED"
    assert record["_record"]["shop"] == GB


def test_patched_record_changes_on_the_wire_and_moves(client: Any) -> None:
    client.control("PATCH", ORDER, {"status": "DELIVERED", "update_time": START + 10**6, "payment": {"tax": "1"}})
    body = {"update_time_ge": START + 10**6}
    (order,) = client.data("POST", "/order/202309/orders/search", body=body)["orders"]
    assert (order["status"], order["payment"]["tax"], order["payment"]["currency"]) == ("DELIVERED", "1", "GBP")


def test_deleted_record_is_gone_and_a_patch_brings_it_back(client: Any) -> None:
    assert client.control("DELETE", ORDER).json() == {"deleted": "5770000000000000001"}
    assert client.control("GET", ORDER).status_code == 404
    assert client.data("POST", "/order/202309/orders/search")["total_count"] == 44
    assert client.control("DELETE", ORDER).status_code == 404
    client.control("PATCH", ORDER, {})
    assert client.control("GET", ORDER).json()["status"] == "COMPLETED"


def test_duplicate_has_a_new_id_of_the_same_form(client: Any) -> None:
    twin = client.control("POST", f"{ORDER}/duplicate").json()
    assert twin["id"] != "5770000000000000001" and len(twin["id"]) == 19
    assert client.data("POST", "/order/202309/orders/search")["total_count"] == 46


def test_put_creates_and_replaces_whole_bodies(client: Any) -> None:
    body = {"id": "1", "status": "UNPAID", "create_time": START, "update_time": START}
    refused = client.control("PUT", "/tiktok_shop/orders/1", body)
    assert refused.status_code == 400 and "?shop=" in refused.json()["error"]
    client.control("PUT", f"/tiktok_shop/orders/1?shop={GB}", body)
    client.control("PUT", ORDER, {"id": "5770000000000000001", "status": "ON_HOLD"})
    orders = client.data("GET", "/order/202507/orders", ids="1,5770000000000000001")["orders"]
    assert sorted(order["status"] for order in orders) == ["ON_HOLD", "UNPAID"]
    assert set(orders[1]) == {"id", "status"}


@pytest.mark.parametrize(
    ("path", "valid"),
    [
        ("/magento/orders", ["tiktok_shop"]),
        ("/tiktok_shop/parcels", "statements"),
        ("/tiktok_shop/orders/1", "5770000000000000001"),
        ("/magento/calls", ["tiktok_shop"]),
        ("/nothing", "GET /_sandbox/systems"),
    ],
)
def test_unknown_name_is_404_with_valid_values(client: Any, path: str, valid: Any) -> None:
    reply = client.control("GET", path)
    reported = reply.json()["valid"]
    assert reply.status_code == 404
    assert reported == valid or valid in reported


def test_a_verb_that_a_call_does_not_know_is_405_with_those_there_are(client: Any) -> None:
    reply = client.control("OPTIONS", "/clock")
    assert reply.status_code == 405 and "GET, POST /_sandbox/clock" in reply.json()["valid"]


def test_broken_json_is_refused(client: Any) -> None:
    url = f"{client.sandbox.base_urls['control']}/_sandbox{ORDER}"
    reply = client.http.patch(url, content=b"{not json")
    assert reply.status_code == 400 and "JSON" in reply.json()["error"]


def test_calls_are_logged_and_cleared(client: Any) -> None:
    client.call("POST", "/order/202309/orders/search", body={"order_status": "COMPLETED"}, idempotency_key="key-1")
    (call,) = client.control("GET", "/tiktok_shop/calls?path=/orders/search").json()
    assert (call["method"], call["status"], call["world_at"]) == ("POST", 200, START)
    assert call["idempotency"] == {"idempotency_key": "key-1"}
    assert call["body_size"] == len('{"order_status": "COMPLETED"}') and len(call["body_sha256"]) == 64
    assert client.control("GET", f"/tiktok_shop/calls?since={call['at'] + 1}").json() == []
    assert client.control("DELETE", "/tiktok_shop/calls").json()["removed"] > 0
    assert client.control("GET", "/tiktok_shop/calls").json() == []


def test_limits_of_an_unknown_system_are_refused(client: Any) -> None:
    assert client.control("PUT", "/limits", {"magento": {"qps": 1}}).status_code == 404
    assert client.control("PUT", "/limits", {"tiktok_shop": 5}).status_code == 400
    assert client.control("PUT", "/limits", {"tiktok_shop": {"qps": 9}}).json() == {"tiktok_shop": {"qps": 9}}
