"""A TikTok Shop of our tests' own: checks every signature from the raw request, answers from plain functions."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections import Counter
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest

from connectors.tiktok_shop.client import open_tiktok_shop

SECRET = "app-secret-for-tests"
SHOPS = [
    {"id": "S1", "name": "One", "region": "GB", "seller_type": "LOCAL", "cipher": "GCP_one", "code": "A"},
    {"id": "S2", "name": "Two", "region": "US", "seller_type": "LOCAL", "cipher": "GCP_two", "code": "B"},
]


def expected_sign(request):
    """Sign the request as it arrived, in the words of the vendor's page rather than of our code."""
    parts = urlsplit(request.url.raw_path.decode())
    pairs = parse_qsl(parts.query, keep_blank_values=True, strict_parsing=True)
    text = parts.path
    for key, value in sorted((k, v) for k, v in pairs if k not in ("sign", "access_token")):
        text += key + value
    is_form = request.headers["content-type"].startswith("multipart/form-data")
    signed = b"" if is_form else request.content
    wrapped = SECRET.encode() + text.encode() + signed + SECRET.encode()
    return hmac.new(SECRET.encode(), wrapped, hashlib.sha256).hexdigest()


def envelope(data=None, code=0, message="Success", status=200, headers=None):
    body = {"code": code, "message": message, "data": data, "request_id": "req-1"}
    return httpx.Response(status, json=body, headers={"Date": "Mon, 02 Nov 2026 11:00:05 GMT", **(headers or {})})


class FakeShop:
    """Answers `routes[path](request)`; knows tokens, and refuses what is signed wrongly or lacks its cipher."""

    def __init__(self):
        self.routes = {"/authorization/202309/shops": lambda request: envelope({"shops": SHOPS})}
        self.seen, self.refreshes = [], []
        self.valid_token = "access-1"

    def paths(self):
        return Counter(request.url.path for request in self.seen)

    def __call__(self, request):
        if request.url.path == "/api/v2/token/refresh":
            return self.refresh(request)
        self.seen.append(request)
        query = dict(request.url.params)
        if query.get("sign") != expected_sign(request):
            return envelope(code=106001, message="invalid sign", status=401)
        if request.headers["x-tts-access-token"] != self.valid_token:
            return envelope(code=105002, message="access token is expired", status=401)
        if ("shop_cipher" in query) == request.url.path.startswith(("/authorization/", "/product/202309/images/")):
            return envelope(code=36009004, message="unexpected identifier", status=400)
        route = self.routes.get(request.url.path)
        return route(request) if route else envelope(code=36009009, message="Invalid path", status=404)

    def refresh(self, request):
        self.refreshes.append(dict(request.url.params))
        self.valid_token = f"access-{len(self.refreshes)}"
        data = {
            "access_token": self.valid_token,
            "access_token_expire_in": 1793617205 + 7 * 86400,  # the vendor's 2026-11-02T11:00:05Z, and seven days
            "refresh_token": f"refresh-{len(self.refreshes)}",
            "refresh_token_expire_in": 4891000000,
        }
        return envelope(data)


@pytest.fixture
def fake_shop():
    return FakeShop()


@pytest.fixture
def client(fake_shop, make_settings, make_wire, state):
    with open_tiktok_shop(make_settings(), state, wire=make_wire(fake_shop)) as opened:
        yield opened


@pytest.fixture
def answer():
    """Return the function that wraps data into TikTok Shop's envelope."""
    return envelope


@pytest.fixture
def paged():
    """Return a function that makes a route serving `rows` in pages by an opaque token."""

    def make(rows, field, *, total=True, extra=None):
        def route(request):
            query = dict(request.url.params)
            size, start = int(query["page_size"]), int(query.get("page_token", "0 +/=é").split(" ")[0])
            data = {field: rows[start : start + size], **(extra or {})}
            if total:
                data["total_count"] = len(rows)
            if start + size < len(rows):
                data["next_page_token"] = f"{start + size} +/=é"
            return envelope(json.loads(json.dumps(data)))

        return route

    return make
