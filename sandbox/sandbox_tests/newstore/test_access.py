"""Tokens of both generations, scopes, paces, the block of an address, and the forms of refusals."""

from __future__ import annotations

from sandbox_tests.newstore.conftest import Live, order


def test_the_realm_takes_the_client_both_ways(live: Live) -> None:
    granted = live.granted().json()
    assert (granted["token_type"], granted["expires_in"]) == ("Bearer", 300)
    entry = live.entry()
    form = {name: entry[name] for name in ("client_id", "client_secret")}
    posted = live.http.post(entry["token_url"], data={"grant_type": "client_credentials", **form})
    assert posted.status_code == 200
    wrong = live.http.post(entry["token_url"], data={"grant_type": "client_credentials", **form, "client_secret": "x"})
    assert (wrong.status_code, wrong.json()["error"]) == (401, "invalid_client")
    other = live.http.post(entry["token_url"], data={"grant_type": "password"})
    assert (other.status_code, other.json()["error"]) == (400, "unsupported_grant_type")
    assert live.granted(scope="nothing:read").json()["error"] == "invalid_scope"


def test_the_legacy_token_takes_a_password_and_can_be_refreshed(live: Live) -> None:
    entry, url = live.entry(), f"{live.urls['newstore']}/v0/token"
    user = {name: entry[name] for name in ("username", "password")}
    granted = live.http.post(url, data={"grant_type": "password", **user}).json()
    again = {"grant_type": "refresh_token", "refresh_token": granted["refresh_token"]}
    live.token = live.http.post(url, data=again).json()["access_token"]
    assert live.call("GET", "/v0/locations")["locations"]
    wrong = live.http.post(url, data={"grant_type": "password", **user, "password": "x"})
    assert (wrong.status_code, wrong.json()["error"]) == (400, "invalid_grant")


def test_who_has_no_token_or_no_scope_is_refused(live: Live) -> None:
    reply = live.http.get(f"{live.urls['newstore']}/v0/orders/x?id_type=external")
    assert (reply.status_code, reply.headers["content-type"]) == (401, "application/problem+json")
    legacy = live.http.get(f"{live.urls['newstore']}/v0/d/external_orders/x")
    assert (legacy.status_code, set(legacy.json())) == (401, {"error_code", "message", "request_id"})
    live.token = live.granted(scope="inventory:reservations:read").json()["access_token"]
    assert live.call("GET", "/inventory/reservations")["items"] == []
    assert live.refused("POST", "/inventory/reservations", {}) == (403, "forbidden")
    assert live.refused("GET", "/nothing") == (404, "not_found")
    assert live.refused("PUT", "/v0/orders/x") == (405, "method_not_allowed")


def test_a_pace_is_kept_and_says_when_to_come_back(live: Live) -> None:
    live.control("PUT", "/limits", {"newstore": {"per_second": {"POST /v0/d/fulfill_order": 2}}})
    replies = [live.send("POST", "/v0/d/fulfill_order", order(f"o-{number}", "GROC-9")) for number in range(4)]
    refused = [reply for reply in replies if reply.status_code == 429]
    assert refused and refused[0].headers["retry-after"] == "1"
    assert refused[0].json()["error_code"] == "too_many_requests"


def test_an_address_that_asks_too_much_gets_a_page_that_is_no_json(live: Live) -> None:
    live.call("GET", "/v0/locations")
    live.control("PUT", "/limits", {"newstore": {"ip_limit": 3, "ip_block_seconds": 300}})
    replies = [live.send("GET", "/v0/locations") for _ in range(4)]
    assert replies[-1].status_code == 403
    assert replies[-1].headers["content-type"].startswith("text/html") and b"<html>" in replies[-1].content


def test_documented_codes_can_be_had_by_fault(live: Live) -> None:
    fault = {"system": "newstore", "kind": "error_code", "match": "/v0/d/import", "code": "service_unavailable"}
    live.control("POST", "/faults", {**fault, "count": 1})
    assert live.refused("GET", "/v0/d/import") == (503, "service_unavailable")
