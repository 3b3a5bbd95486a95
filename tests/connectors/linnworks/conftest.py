"""A Linnworks of our tests' own: answers from plain functions, and keeps every request."""

from __future__ import annotations

import json
import shutil

import httpx
import pytest

from connectors.linnworks.client import open_linnworks

AUTHORIZE = "/api/Auth/AuthorizeByApplication"
SERVER = "https://eu-ext.linnworks.example"
DATE = {"Date": "Mon, 02 Nov 2026 11:00:05 GMT"}
SECRETS = {
    "linnworks__application_id": "11111111-aaaa-4aaa-8aaa-000000000001",
    "linnworks__application_secret": "22222222-bbbb-4bbb-8bbb-000000000002",
    "linnworks__token": "33333333-cccc-4ccc-8ccc-000000000003",
}
SECTION = '\n[linnworks]\nbase_url = "https://api.linnworks.example"\n\n[linnworks.shops]\n"7495" = "Shop US"\n'


class FakeLinnworks:
    """Answers `answers[method]`, a response or a function of the request; opens sessions, each on `server`."""

    def __init__(self):
        self.answers, self.seen, self.sign_ins = {}, [], []
        self.server, self.lifetime, self.state = SERVER, 1200, "AVAILABLE"

    def __call__(self, request):
        if request.url.path == AUTHORIZE:
            self.sign_ins.append(request)
            return self.issue(request)
        self.seen.append(request)
        answer = self.answers[request.url.path.removeprefix("/api/")]
        return answer(request) if callable(answer) else answer

    def issue(self, request):
        token = f"00000000-0000-4000-8000-{len(self.sign_ins):012d}"
        status = {"State": self.state, "Reason": "", "Parameters": {}}
        body = {"Token": token, "Server": self.server, "TTL": self.lifetime, "Status": status}
        return httpx.Response(200, json=body)


@pytest.fixture
def fake():
    return FakeLinnworks()


@pytest.fixture
def linnworks_config(demo_config, tmp_path):
    """Return the demo tenant's configuration with a Linnworks account of the test's own."""
    folder = tmp_path / "linnworks-config"
    shutil.copytree(demo_config, folder)
    settings = (folder / "tieout.toml").read_text().partition("[linnworks]")[0]
    (folder / "tieout.toml").write_text(settings + SECTION)
    return folder


@pytest.fixture
def open_client(fake, make_settings, make_wire, state, linnworks_config):
    """Return a function that opens a client on the fake."""

    def opened(**secrets):
        settings = make_settings(config_dir=linnworks_config, **{**SECRETS, **secrets})
        return open_linnworks(settings, state, wire=make_wire(fake))

    return opened


@pytest.fixture
def client(open_client):
    with open_client() as opened:
        yield opened


@pytest.fixture
def dated():
    """Headers that carry Linnworks' clock."""
    return DATE


@pytest.fixture
def body_of():
    """Return a function that gives what a request's body says."""
    return lambda request: json.loads(request.content)


@pytest.fixture
def paged():
    """Return a function that gives a page as Linnworks does; `total` as it announces, else as it is."""

    def page(rows, *, number=1, size=500, total=None):
        shown = rows[(number - 1) * size : number * size]
        count = len(rows) if total is None else total
        return {
            "PageNumber": number,
            "EntriesPerPage": size,
            "TotalEntries": count,
            "TotalPages": -(-count // size),
            "Data": shown,
        }

    return page
