"""Auth codes and tokens: single use, rotation, absolute expiry."""

from __future__ import annotations

import time
from typing import Any

import pytest


def _refresh(client: Any, refresh_token: str) -> dict[str, Any]:
    entry = client.control("GET", "/systems").json()["tiktok_shop"]
    query = {"app_key": entry["app_key"], "app_secret": entry["app_secret"], "grant_type": "refresh_token"}
    return client.http.get(entry["token_refresh_url"], params={**query, "refresh_token": refresh_token}).json()


def test_expiries_are_absolute_epoch_seconds_seven_days_ahead(client: Any) -> None:
    data = client.traded()
    assert data["access_token_expire_in"] == pytest.approx(time.time() + 7 * 86400, abs=10)
    assert data["refresh_token_expire_in"] > data["access_token_expire_in"]
    assert data["user_type"] == 0 and "seller.finance.info" in data["granted_scopes"]


def test_auth_code_works_once_and_a_new_one_is_shown_then(client: Any) -> None:
    before = client.control("GET", "/systems").json()["tiktok_shop"]
    client.traded()
    query = {key: before[key] for key in ("app_key", "app_secret", "auth_code")}
    again = client.http.get(before["token_get_url"], params={**query, "grant_type": "authorized_code"}).json()
    assert again["code"] == 36004004
    assert client.control("GET", "/systems").json()["tiktok_shop"]["auth_code"] != before["auth_code"]


def test_refresh_whose_reply_was_lost_can_be_repeated(client: Any) -> None:
    first = client.traded()
    lost = _refresh(client, first["refresh_token"])["data"]
    again = _refresh(client, first["refresh_token"])["data"]
    assert again["refresh_token"] != lost["refresh_token"]
    assert _refresh(client, again["refresh_token"])["code"] == 0


def test_refresh_rotates_and_refuses_the_older_token(client: Any) -> None:
    first = client.traded()
    second = _refresh(client, first["refresh_token"])["data"]
    assert second["refresh_token"] != first["refresh_token"]
    client.token = second["access_token"]
    assert client.data("GET", "/authorization/202309/shops", cipher=None)
    assert _refresh(client, first["refresh_token"])["code"] == 36004001
    assert _refresh(client, second["refresh_token"])["code"] == 0


def test_old_access_token_stays_good_until_its_own_expiry(client: Any) -> None:
    first = client.traded()
    _refresh(client, first["refresh_token"])
    client.token = first["access_token"]
    assert client.call("GET", "/authorization/202309/shops", cipher=None).json()["code"] == 0


def test_token_endpoints_take_get_only(client: Any) -> None:
    reply = client.http.post(f"{client.tiktok}/api/v2/token/get")
    assert (reply.status_code, reply.json()["code"]) == (405, 36009010)


def test_secrets_do_not_reach_the_call_log(client: Any) -> None:
    data = client.traded()
    _refresh(client, data["refresh_token"])
    shown = client.control("GET", "/tiktok_shop/calls?path=/api/v2/token").text
    assert data["refresh_token"] not in shown
    assert client.control("GET", "/systems").json()["tiktok_shop"]["app_secret"] not in shown
