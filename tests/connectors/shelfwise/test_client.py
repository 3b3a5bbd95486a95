"""The list is whole or an error, and a refused token is no empty list."""

import shutil
from datetime import UTC, datetime

import httpx
import pytest

from connectors.shelfwise.client import open_shelfwise
from connectors.transport.errors import CredentialError, MalformedReplyError, TransientError

SECTION = '\n[shelfwise]\nbase_url = "https://api.shelfwise.example"\nshops = ["7495000000000000101"]\n'
EAST = {"place": "EAST", "taken_at": "2026-11-02T06:00:00Z", "lines": []}


@pytest.fixture
def reports(demo_config, tmp_path, make_settings, make_wire, state):
    """Return a function that asks an account that answers so."""
    folder = shutil.copytree(demo_config, tmp_path / "config")
    with (folder / "tieout.toml").open("a") as settings:
        settings.write(SECTION)
    settings = make_settings(config_dir=folder, shelfwise__token="the-token")

    def asked(answer):
        with open_shelfwise(settings, state, wire=make_wire(answer)) as client:
            return client.stock_reports()

    return asked


def test_every_place_is_read_with_the_vendors_clock_and_the_token(reports):
    seen = []

    def answer(request):
        seen.append(request.headers["authorization"])
        return httpx.Response(
            200, json={"count": 1, "places": [EAST]}, headers={"Date": "Mon, 02 Nov 2026 11:00:05 GMT"}
        )

    found = reports(answer)
    assert (found.rows, found.as_of, seen) == (
        [EAST],
        datetime(2026, 11, 2, 11, 0, 5, tzinfo=UTC),
        ["Bearer the-token"],
    )


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (httpx.Response(200, json={"count": 2, "places": [EAST]}), MalformedReplyError),
        (httpx.Response(200, json=[]), MalformedReplyError),
        (httpx.Response(200, text="<html>"), MalformedReplyError),
        (httpx.Response(401), CredentialError),
        (httpx.Response(503), TransientError),
    ],
)
def test_what_is_not_the_whole_list_is_an_error_that_names_the_system(reports, answer, error):
    with pytest.raises(error, match="shelfwise"):
        reports(lambda _request: answer)
