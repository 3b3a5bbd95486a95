"""Client credentials: which assertions buy a token, and what the token is good for."""

from __future__ import annotations

import time

import httpx
import jwt
import pytest


@pytest.mark.parametrize("kind", ["rsa", "ec"])
def test_a_signed_assertion_buys_a_bearer_token_for_an_hour(live, kind):
    answer = live.ask_token(live.assertion(kind=kind))
    assert answer.status_code == 200
    body = answer.json()
    assert (body["expires_in"], body["token_type"]) == ("3600", "bearer")
    headers = {"Authorization": f"Bearer {body['access_token']}"}
    assert httpx.get(f"{live.base_url}/services/rest/record/v1/currency", headers=headers).status_code == 200


def test_the_vendors_own_token_url_is_an_audience_too(live):
    own = "https://1234567.suitetalk.api.netsuite.com/services/rest/auth/oauth2/v1/token"
    assert live.ask_token(live.assertion(aud=own)).status_code == 200


def test_float_times_exactly_an_hour_apart_are_taken(live):
    now = time.time()
    assert live.ask_token(live.assertion(iat=now, exp=now + 3600)).status_code == 200


@pytest.mark.parametrize(
    "changes",
    [
        {"iss": "somebody else"},
        {"kid": "no such certificate"},
        {"aud": "https://example.com/token"},
        {"exp": 1000},
        {"iat": int(time.time()) + 86_400, "exp": int(time.time()) + 86_500},
        {"exp": int(time.time()) + 86_400},
        {"drop": "iat"},
        {"alg": "RS256"},
    ],
)
def test_a_wrong_assertion_is_an_invalid_grant(live, changes):
    answer = live.ask_token(live.assertion(**changes))
    assert (answer.status_code, answer.json()) == (400, {"error": "invalid_grant"})


def test_an_assertion_signed_with_another_key_is_an_invalid_grant(live):
    claims = jwt.decode(live.assertion(), options={"verify_signature": False})
    oauth2 = live.entry["oauth2"]
    forged = jwt.encode(claims, oauth2["ec_private_key"], algorithm="ES256", headers={"kid": oauth2["certificate_id"]})
    assert live.ask_token(forged).json() == {"error": "invalid_grant"}


def test_an_audience_in_python_clothes_passes_only_when_lenient(live):
    odd = str((live.entry["oauth2"]["token_url"],))
    assert live.ask_token(live.assertion(aud=odd)).status_code == 400
    live.store.set_meta("netsuite.lenient_aud", True)
    assert live.ask_token(live.assertion(aud=odd)).status_code == 200


@pytest.mark.parametrize(("scope", "error"), [("everything", "invalid_scope"), ("", "invalid_scope")])
def test_an_unknown_scope_is_refused(live, scope, error):
    assert live.ask_token(live.assertion(scope=scope)).json() == {"error": error}


def test_a_token_without_the_rest_scope_opens_nothing(live):
    token = live.ask_token(live.assertion(scope="restlets, suite_analytics")).json()["access_token"]
    answer = httpx.get(
        f"{live.base_url}/services/rest/record/v1/currency", headers={"Authorization": f"Bearer {token}"}
    )
    assert answer.status_code == 401


@pytest.mark.parametrize(
    ("form", "error"),
    [({"grant_type": "password"}, "unsupported_grant_type"), ({"grant_type": "client_credentials"}, "invalid_request")],
)
def test_an_incomplete_form_says_what_is_wrong(live, form, error):
    assert httpx.post(live.entry["oauth2"]["token_url"], data=form).json() == {"error": error}


@pytest.mark.parametrize("authorization", ["", "Bearer nonsense", "Basic Zm9v", "Bearer "])
def test_a_call_without_a_good_login_is_invalid_login(live, authorization):
    answer = httpx.get(
        f"{live.base_url}/services/rest/record/v1/currency", headers={"Authorization": authorization.strip()}
    )
    assert answer.status_code == 401
    assert answer.json()["o:errorDetails"][0]["o:errorCode"] == "INVALID_LOGIN"


def test_an_expired_token_is_invalid_login(live, secrets):
    claims = {"iss": secrets["account"], "scope": ["rest_webservices"], "iat": 1, "exp": 2}
    token = jwt.encode(claims, secrets["access_token_secret"])
    answer = httpx.get(
        f"{live.base_url}/services/rest/record/v1/currency", headers={"Authorization": f"Bearer {token}"}
    )
    assert answer.status_code == 401
