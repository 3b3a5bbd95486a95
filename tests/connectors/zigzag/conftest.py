"""A ZigZag of our tests' own: answers from plain functions, and keeps every request."""

from __future__ import annotations

import shutil

import httpx
import pytest

from connectors.zigzag.client import open_zigzag

DATE = {"Date": "Mon, 02 Nov 2026 11:00:05 GMT"}
PASSWORD = "only-for-tests-7b1c"
SECTION = """
[zigzag]
base_url = "https://api.zigzag.example"
username = "northgate"
retailer_code = "NORTH"
shops = ["7495000000000000101"]
"""


class FakeZigZag:
    """Answers `answers["GET /path"]`, a response or a function of the request; issues numbered tokens."""

    def __init__(self):
        self.answers, self.seen, self.sign_ins, self.lifetime = {}, [], [], 1800

    def __call__(self, request):
        if request.url.path == "/token":
            self.sign_ins.append(request)
            return self.issue(request)
        self.seen.append(request)
        answer = self.answers[f"{request.method} {request.url.path}"]
        return answer(request) if callable(answer) else answer

    def issue(self, request):
        return httpx.Response(200, json={"token": f"token-{len(self.sign_ins)}", "expires_in": self.lifetime})


@pytest.fixture
def fake():
    return FakeZigZag()


@pytest.fixture
def zigzag_config(demo_config, tmp_path):
    """Return the demo tenant's configuration with a ZigZag account of the test's own."""
    folder = tmp_path / "zigzag-config"
    shutil.copytree(demo_config, folder)
    settings = (folder / "tieout.toml").read_text()
    (folder / "tieout.toml").write_text(settings + SECTION)
    return folder


@pytest.fixture
def open_client(fake, make_settings, make_wire, state, zigzag_config):
    """Return a function that opens a client on the fake."""

    def opened():
        settings = make_settings(config_dir=zigzag_config, zigzag__password=PASSWORD)
        return open_zigzag(settings, state, wire=make_wire(fake))

    return opened


@pytest.fixture
def client(open_client):
    with open_client() as opened:
        yield opened
