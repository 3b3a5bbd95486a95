"""A NewStore of our tests' own: answers from plain functions, and keeps every request."""

from __future__ import annotations

import httpx
import pytest

from connectors.newstore.account import Account
from connectors.newstore.client import open_account

DATE = {"Date": "Mon, 02 Nov 2026 11:00:05 GMT"}
SECRET = "only-for-tests-2d8f"
REALM = "https://id.s.newstore.example/auth/realms/northgate/protocol/openid-connect/token"


class FakeNewStore:
    """Answers `answers["GET /path"]`, a response or a function of the request; issues numbered tokens."""

    def __init__(self):
        self.answers, self.seen, self.sign_ins, self.lifetime = {}, [], [], 300

    def __call__(self, request):
        if request.url.host.startswith("id."):
            self.sign_ins.append(request)
            return self.issue(request)
        self.seen.append(request)
        answer = self.answers[f"{request.method} {request.url.path}"]
        return answer(request) if callable(answer) else answer

    def issue(self, request):
        body = {"access_token": f"token-{len(self.sign_ins)}", "expires_in": self.lifetime, "token_type": "Bearer"}
        return httpx.Response(200, json=body)


@pytest.fixture
def fake():
    return FakeNewStore()


@pytest.fixture
def account(tmp_path):
    return Account("https://northgate.s.newstore.example", REALM, "northgate", "northgate-app", SECRET, tmp_path)


@pytest.fixture
def open_client(fake, account, make_wire, state):
    """Return a function that opens a client on the fake."""
    return lambda: open_account(account, state, wire=make_wire(fake))


@pytest.fixture
def client(open_client):
    with open_client() as opened:
        yield opened
