"""The gate before every call, the small services beside the records, and how failures look."""

from __future__ import annotations

import json
import threading
import time
from pathlib import Path

import pytest

from sandbox.netsuite import KINDS, error_body, netsuite_app, seed, systems_entry
from sandbox.store import Store


def test_calls_above_the_concurrency_limit_are_refused_at_once(client, live):
    live.store.set_meta("netsuite.latency_seconds", 0.5)
    live.store.set_meta("netsuite.concurrency", 2)
    answers = []
    calls = [threading.Thread(target=lambda: answers.append(client.get("/record/v1/currency/1"))) for _ in range(5)]
    for call in calls:
        call.start()
        time.sleep(0.02)
    for call in calls:
        call.join()
    assert sorted(answer.status_code for answer in answers) == [200, 200, 429, 429, 429]
    blocked = next(answer for answer in answers if answer.status_code == 429)
    assert blocked.json()["o:errorDetails"][0]["o:errorCode"] == "CONCURRENCY_LIMIT_EXCEEDED"
    assert client.get("/record/v1/currency/1").status_code == 200


def test_governance_limits_name_the_account_limit(client, live):
    live.store.set_meta("netsuite.concurrency", 7)
    assert client.get("/system/v1/governanceLimits").json() == {
        "accountConcurrencyLimit": 7, "accountUnallocatedConcurrencyLimit": 7, "integrationLimitType": "accountLimit",
    }  # fmt: skip


def test_an_unknown_resource_is_404_in_the_vendors_form(client):
    answer = client.get("/nonsense/v1/thing")
    assert answer.status_code == 404
    assert answer.json()["o:errorDetails"]


@pytest.mark.parametrize("status", [401, 403, 429, 500, 503])
def test_injected_errors_carry_the_vendors_form(status):
    body = json.loads(error_body(status))
    assert body["status"] == status
    assert body["o:errorDetails"][0].keys() >= {"detail", "o:errorCode"}


def test_a_restart_keeps_keys_records_and_numbers(tmp_path: Path):
    path = tmp_path / "records.sqlite"
    first = Store(path)
    netsuite_app(first)
    entry = systems_entry(first, "http://127.0.0.1:1/")
    first.patch("netsuite", "account", "101", {"isInactive": True})
    first.close()
    second = Store(path)
    netsuite_app(second)
    assert systems_entry(second, "http://127.0.0.1:1") == entry
    account = second.get("netsuite", "account", "101")
    assert account is not None
    assert account.body["isInactive"] is True
    second.close()


def test_the_entry_holds_all_a_client_needs(live):
    entry = live.entry
    assert entry["oauth2"]["private_key"].startswith("-----BEGIN PRIVATE KEY-----")
    assert entry["oauth2"]["token_url"] == f"{live.base_url}/services/rest/auth/oauth2/v1/token"
    assert entry["oauth1"].keys() == {"consumer_key", "consumer_secret", "token_id", "token_secret", "realm"}
    assert entry["quirks"]["date_format"] == "M/D/YYYY"


def test_master_data_is_whole_and_external_ids_are_unique():
    store = Store(None)
    seed(store)
    counts = {kind: store.count("netsuite", kind) for kind in KINDS}
    assert counts["accountingPeriod"] == 36
    assert counts["currency"] == 3
    for kind in ("account", "subsidiary", "currency", "customer", "location", "department", "classification"):
        external_ids = [record.body["externalId"] for record in store.select("netsuite", kind)]
        assert len(set(external_ids)) == counts[kind] > 0
    shut = {p.body["periodName"] for p in store.select("netsuite", "accountingPeriod") if p.body["closed"]}
    assert {"Jan 2025", "Oct 2025"} <= shut
    assert "Nov 2025" not in shut
    store.close()


def test_switches_of_the_control_surface_hold_at_once(client, live, query, journal):
    live.store.set_meta("limits", {"netsuite": {"date_format": "DD/MM/YYYY", "public_base_url": "https://ns.example"}})
    location = client.post("/record/v1/journalEntry", json=journal()).headers["location"]
    assert location.startswith("https://ns.example/services/rest/record/v1/journalEntry/")
    assert query("SELECT trandate FROM transaction") == [{"trandate": "04/01/2026"}]
    assert systems_entry(live.store, live.base_url)["quirks"]["date_format"] == "DD/MM/YYYY"
    changed = {"concurrency": 0, "latency_seconds": 0.2, "time_zone": "Pacific/Auckland", "lenient_aud": True}
    live.store.set_meta("limits", {"netsuite": changed})
    assert client.get("/record/v1/currency/1").status_code == 429
    live.store.set_meta("limits", {"netsuite": {**changed, "concurrency": 1}})
    begun = time.monotonic()
    assert query("SELECT TO_CHAR(createddate, 'YYYY-MM-DD HH24:MI') AS at FROM transaction") == [
        {"at": "2026-01-06 01:00"}
    ]
    assert time.monotonic() - begun >= 0.2
    assert live.ask_token(live.assertion(aud=str((live.entry["oauth2"]["token_url"],)))).status_code == 200


def test_other_verbs_are_refused_in_the_vendors_form(client):
    answer = client.request("OPTIONS", "/record/v1/currency/1")
    assert answer.status_code == 405 and answer.json()["o:errorDetails"]
