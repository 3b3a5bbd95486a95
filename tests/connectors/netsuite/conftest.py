"""A NetSuite of our tests' own: answers from plain functions, and keeps every request."""

from __future__ import annotations

import httpx
import pytest

from connectors.netsuite.client import open_netsuite

CERTIFICATE_ID = "certificate-7"
DATE = {"Date": "Mon, 02 Nov 2026 11:00:05 GMT"}


def problem(status, detail, code, *, path=None, headers=None):
    item = {"detail": detail, "o:errorCode": code, **({"o:errorPath": path} if path else {})}
    body = {"type": "https://www.w3.org/", "title": "Bad", "status": status, "o:errorDetails": [item]}
    return httpx.Response(status, json=body, headers=headers)


class FakeNetSuite:
    """Answers `answers[(method, path)]`, a response or a function of the request; issues tokens."""

    def __init__(self):
        self.answers, self.seen, self.assertions = {}, [], []
        self.token_lifetime = "3600"

    def __call__(self, request):
        if request.url.path == "/services/rest/auth/oauth2/v1/token":
            self.assertions.append(request)
            return self.issue(request)
        self.seen.append(request)
        answer = self.answers.get((request.method, request.url.path))
        if answer is None:
            return problem(404, "The record instance does not exist.", "NONEXISTENT_ID")
        return answer(request) if callable(answer) else answer

    def issue(self, request):
        token = f"token-{len(self.assertions)}"
        return httpx.Response(
            200, json={"access_token": token, "expires_in": self.token_lifetime, "token_type": "Bearer"}
        )


@pytest.fixture
def fake_netsuite():
    return FakeNetSuite()


@pytest.fixture
def netsuite_secrets(rsa_pem):
    return {
        "netsuite__client_id": "client-for-tests",
        "netsuite__certificate_id": CERTIFICATE_ID,
        "netsuite__private_key": rsa_pem,
        "netsuite__consumer_key": "consumer-for-tests",
        "netsuite__consumer_secret": "consumer-secret-for-tests",
        "netsuite__token_id": "token-id-for-tests",
        "netsuite__token_secret": "token-secret-for-tests",
    }


@pytest.fixture
def open_client(fake_netsuite, make_settings, make_wire, state, netsuite_secrets):
    """Return a function that opens a client on the fake."""
    return lambda: open_netsuite(make_settings(**netsuite_secrets), state, wire=make_wire(fake_netsuite))


@pytest.fixture
def client(open_client):
    with open_client() as opened:
        yield opened


@pytest.fixture
def refusal():
    """Return the function that words a refusal as NetSuite does."""
    return problem


@pytest.fixture
def dated():
    """Headers that carry NetSuite's clock."""
    return DATE
