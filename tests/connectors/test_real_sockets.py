"""Both connectors against the stand-ins in a process of their own, knowing only what these say about themselves."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from connectors.netsuite.client import open_netsuite
from connectors.netsuite.errors import DUPLICATE_RECORD
from connectors.tiktok_shop.client import open_tiktok_shop
from connectors.transport.errors import OutcomeUnknownError, RejectedError
from tests.support.stand_ins import ask, stand_ins

SHOP = "7495000000000000101"
LONG_AGO = datetime(2025, 1, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def systems(tmp_path_factory):
    """What the running stand-ins say about themselves, after five weeks of trading."""
    with stand_ins(tmp_path_factory.mktemp("sandbox")) as control:
        ask(f"{control}/trade", {"baskets": 150, "days": 28, "seed": 5})
        ask(f"{control}/clock", {"advance_hours": 35 * 24})
        yield ask(f"{control}/systems")


@pytest.fixture(scope="module")
def refresh_token(systems):
    """What the seller's consent leaves the app with: a code, exchanged once."""
    app = systems["tiktok_shop"]
    query = f"app_key={app['app_key']}&app_secret={app['app_secret']}&grant_type=authorized_code"
    return ask(f"{app['token_get_url']}?{query}&auth_code={app['auth_code']}")["data"]["refresh_token"]


@pytest.fixture
def fault(systems):
    """Return a function that makes a system misbehave `count` times; all is well again after the test."""

    def plant(system, kind, match, count=1):
        wish = {"system": system, "kind": kind, "match": match, "rate": 1.0, "count": count}
        ask(f"{systems['control']}/faults", wish)

    yield plant
    ask(f"{systems['control']}/faults", method="DELETE")


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    return tmp_path_factory.mktemp("home")


@pytest.fixture
def settings(systems, refresh_token, home, make_settings, monkeypatch):
    app, account = systems["tiktok_shop"], systems["netsuite"]
    monkeypatch.setenv("TIEOUT_TIKTOK_SHOP__BASE_URL", app["base_url"])
    monkeypatch.setenv("TIEOUT_TIKTOK_SHOP__AUTH_BASE_URL", app["auth_base_url"])
    monkeypatch.setenv("TIEOUT_NETSUITE__BASE_URL", account["base_url"])
    secrets = {f"netsuite__{name}": value for name, value in account["oauth1"].items() if name != "realm"}
    for name in ("client_id", "certificate_id", "private_key"):
        secrets[f"netsuite__{name}"] = account["oauth2"][name]
    app_secrets = {"tiktok_shop__app_key": app["app_key"], "tiktok_shop__app_secret": app["app_secret"]}
    return make_settings(home=home, **secrets, **app_secrets, tiktok_shop__refresh_token=refresh_token)


def ids_of(pages):
    return {row["id"] for page in pages for row in page.rows}


def read_everything(client):
    statements = ids_of(client.statements(SHOP, statement_from=LONG_AGO))
    details = {key: client.statement_transactions(SHOP, key) for key in sorted(statements)}
    return {
        "orders": ids_of(client.search_orders(SHOP, updated_from=LONG_AGO)),
        "statements": statements,
        "transactions": {row["id"] for detail in details.values() for row in detail.rows},
        "payments": ids_of(client.payments(SHOP, created_from=LONG_AGO)),
        "unsettled": ids_of(client.unsettled(SHOP)),
    }


def test_a_shop_reads_the_same_through_every_fault_of_the_wire(settings, state, fault):
    with open_tiktok_shop(settings, state) as client:
        quiet = read_everything(client)
        assert all(quiet.values())
        for kind in ("429", "500", "html_503", "expired_token", "lost_reply", "truncated_page"):
            fault("tiktok_shop", kind, "/finance/")
            fault("tiktok_shop", kind, "/orders/search")
            assert read_everything(client) == quiet


def journal(client, external_id, date="2026-01-20"):
    accounts = [row["id"] for page in client.suiteql("SELECT id FROM account ORDER BY id") for row in page.rows]
    lines = [
        {"account": {"id": accounts[0]}, "debit": Decimal("0.10")},
        {"account": {"id": accounts[1]}, "credit": Decimal("0.10")},
    ]
    return {"externalId": external_id, "subsidiary": {"id": "1"}, "tranDate": date, "line": {"items": lines}}


@pytest.mark.parametrize("auth", ["oauth2", "oauth1"])
def test_a_journal_is_written_once_and_comes_back_to_the_digit(settings, state, monkeypatch, make_settings, auth):
    monkeypatch.setenv("TIEOUT_NETSUITE__AUTH", auth)
    with open_netsuite(make_settings(home=settings.home, tiktok_shop__refresh_token="x"), state) as client:
        body = journal(client, f"TTS-{auth}")
        created = client.create("journalEntry", body)
        found = client.find_by_external_id("journalEntry", f"TTS-{auth}")
        assert (found["id"], str(found["line"]["items"][0]["debit"])) in ((created, "0.1"), (created, "0.10"))
        with pytest.raises(RejectedError) as caught:
            client.create("journalEntry", body)
        assert caught.value.code == DUPLICATE_RECORD


def test_a_lost_reply_leaves_the_write_unknown_until_it_is_read_back(settings, state, fault):
    with open_netsuite(settings, state) as client:
        body = journal(client, "TTS-LOST")
        fault("netsuite", "lost_reply", "journalEntry")
        with pytest.raises(OutcomeUnknownError):
            client.create("journalEntry", body)
        assert client.find_by_external_id("journalEntry", "TTS-LOST") is not None


def test_more_threads_than_slots_never_meet_the_concurrency_limit(settings, state, caplog):
    with open_netsuite(settings, state) as client, ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: client.read("subsidiary", "1"), range(40)))
    assert all(record["id"] == "1" for record in found)
    assert "CONCURRENCY_LIMIT" not in caplog.text
