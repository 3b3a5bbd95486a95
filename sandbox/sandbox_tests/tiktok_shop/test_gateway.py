"""What TikTok Shop's gateway lets through and how it refuses the rest."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest

from sandbox import tiktok_shop

SHOPS = "/authorization/202309/shops"
SEARCH = "/order/202309/orders/search"


def _refusal(reply: Any) -> tuple[int, int]:
    body = reply.json()
    assert body["data"] is None and body["request_id"]
    return reply.status_code, body["code"]


def test_shops_are_listed_without_a_cipher(client: Any) -> None:
    shops = client.data("GET", SHOPS, cipher=None)["shops"]
    assert [(shop["region"], shop["cipher"]) for shop in shops] == [("GB", "ROW_GB"), ("US", "ROW_US")]
    assert client.data("GET", "/seller/202309/shops", cipher=None)["shops"][0] == {"id": shops[0]["id"], "region": "GB"}
    assert client.data("GET", "/seller/202309/permissions", cipher=None)["permissions"]


@pytest.mark.parametrize(
    ("path", "more", "refusal"),
    [
        ("/order/202309/order/search", {}, (404, 36009009)),
        ("/order/202201/orders/search", {}, (400, 36009014)),
        (SEARCH, {"app_key": "other"}, (400, 36009004)),
        (SEARCH, {"timestamp": 1_600_000_000}, (400, 36009004)),
        (SEARCH, {"timestamp": int(time.time()) + 86_400}, (400, 36009004)),
        (SEARCH, {"sign": "0" * 64}, (401, 106001)),
        (SEARCH, {"cipher": None}, (400, 106013)),
        (SEARCH, {"cipher": "ROW_of_another_seller"}, (200, 101000)),
    ],
)
def test_bad_request_gets_the_vendors_code(
    client: Any, path: str, more: dict[str, Any], refusal: tuple[int, int]
) -> None:
    assert _refusal(client.call("POST", path, **more)) == refusal


def test_wrong_app_key_is_reported_before_wrong_sign(client: Any) -> None:
    assert _refusal(client.call("POST", SEARCH, app_key="other", sign="bad")) == (400, 36009004)


def test_wrong_sign_is_reported_before_bad_token(client: Any) -> None:
    client.token = "never issued"
    assert _refusal(client.call("POST", SEARCH, sign="bad")) == (401, 106001)
    assert _refusal(client.call("POST", SEARCH)) == (401, 36009004)


def test_known_path_with_another_method_is_405(client: Any) -> None:
    assert _refusal(client.call("GET", SEARCH)) == (405, 36009010)


def test_an_empty_list_is_an_empty_filter(client: Any) -> None:
    assert client.data("POST", SEARCH, body=[]) == client.data("POST", SEARCH, body={})
    assert client.call("POST", SEARCH, body=[1]).json()["code"] == 36009022


def test_options_is_refused_in_the_envelope(client: Any) -> None:
    reply = client.call("OPTIONS", SEARCH)
    assert _refusal(reply) == (405, 36009010) and reply.headers["content-type"] == "application/json"


def test_cipher_where_none_is_expected_is_refused(client: Any) -> None:
    reply = client.call("GET", SHOPS, cipher="ROW_GB")
    assert _refusal(reply) == (400, 36009004)
    assert "unexpected identifier" in reply.json()["message"]


def test_changed_body_breaks_the_signature(client: Any) -> None:
    signed = client.call("POST", SEARCH, body={"order_status": "COMPLETED"}).request
    spaced = json.dumps({"order_status": "COMPLETED"}, separators=(",", ":")).encode()
    reply = client.http.post(signed.url, content=spaced, headers={"x-tts-access-token": client.access_token()})
    assert _refusal(reply) == (401, 106001)


def test_expired_access_token_is_105002(client: Any, store: Any) -> None:
    client.access_token()
    record = store.get("tiktok_shop", "tokens", "authorization")
    expired = [{**token, "expires_at": 1} for token in record.body["access_tokens"]]
    store.patch("tiktok_shop", "tokens", "authorization", {"access_tokens": expired})
    assert _refusal(client.call("GET", SHOPS, cipher=None)) == (401, 105002)


def test_missing_scope_is_105005(client: Any, store: Any) -> None:
    client.access_token()
    store.patch("tiktok_shop", "tokens", "authorization", {"granted_scopes": ["seller.shop.info"]})
    assert _refusal(client.call("POST", SEARCH)) == (401, 105005)


def test_version_not_rolled_out_to_a_shop_is_refused_there_only(client: Any, store: Any) -> None:
    store.patch("tiktok_shop", "shops", "7495000000000000101", {"_disabled_versions": ["order/202507"]})
    reply = client.call("GET", "/order/202507/orders", ids="5770000000000000001")
    assert _refusal(reply) == (400, 36009014)
    assert "Invalid API version" in reply.json()["message"]
    assert client.data("GET", "/order/202309/orders", ids="5770000000000000001")["orders"]
    assert client.call("GET", "/order/202507/orders", cipher="ROW_US", ids="1").json()["code"] == 0


def test_too_many_requests_are_429_with_retry_after(client: Any) -> None:
    client.control("PUT", "/limits", {"tiktok_shop": {"qps": 2}})
    replies = [client.call("POST", SEARCH) for _ in range(6)]
    refused = [reply for reply in replies if reply.status_code == 429]
    assert refused and refused[0].headers["retry-after"] == "1" and refused[0].json()["code"] == 36009002
    assert client.call("GET", "/finance/202309/statements", sort_field="statement_time").status_code == 200


def test_request_that_is_no_json_gets_an_answer(client: Any) -> None:
    reply = client.http.post(client.tiktok + SEARCH, content=b"\xff\x00{")
    assert _refusal(reply) == (400, 36009004)


def test_broken_record_is_served_as_it_is(client: Any, store: Any) -> None:
    store.patch("tiktok_shop", "statements", "stm-1", {"currency": None, "settlement_amount": "12,50"})
    path = "/finance/202501/statements/stm-1/statement_transactions"
    header = client.data("GET", path, sort_field="order_create_time")
    assert (header["currency"], header["total_settlement_amount"]) == (None, "12,50")


def test_date_header_is_the_worlds_time(client: Any) -> None:
    assert client.call("GET", SHOPS, cipher=None).headers["date"] == "Mon, 05 Jan 2026 00:00:00 GMT"


def test_systems_entry_lets_a_client_in(client: Any) -> None:
    entry = client.control("GET", "/systems").json()["tiktok_shop"]
    assert entry["base_url"] == client.tiktok
    assert entry["app_key"] == tiktok_shop.tokens.APP_KEY
    assert {"auth_code", "refresh_token", "shops", "limits", "quirks", "kinds"} <= set(entry)
