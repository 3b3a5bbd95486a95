"""Journals through the real connector into the stand-in NetSuite, in a process of its own."""

import pytest

from reverse_sync import OutboxState, RetryPolicy, apply, list_rows, plan
from tests.support.journals import desired_journal, propose
from tests.support.stand_ins import ask

UNDER = "/_sandbox/netsuite/journalEntry"


@pytest.fixture
def settings(systems, make_settings, monkeypatch):
    account = systems["netsuite"]
    monkeypatch.setenv("TIEOUT_NETSUITE__BASE_URL", account["base_url"])
    oauth2 = {f"netsuite__{name}": account["oauth2"][name] for name in ("client_id", "certificate_id", "private_key")}
    return make_settings(**oauth2)


@pytest.fixture
def fault(systems):
    def plant(kind, count=1, **more):
        wish = {"system": "netsuite", "kind": kind, "match": "journalEntry", "rate": 1.0, "count": count, **more}
        ask(f"{systems['control']}/faults", wish)

    yield plant
    ask(f"{systems['control']}/faults", method="DELETE")


def run(settings, state, *proposals):
    retry_policy = RetryPolicy(first_delay=0.05)
    return apply(
        settings, state, plan(settings, state, proposals, retry_policy=retry_policy), retry_policy=retry_policy
    )


def wanted(key, **changes):
    return propose(key, desired=desired_journal(key, **{"date": "2026-11-02", **changes}))


def outcome(state):
    [row] = list_rows(state, states=list(OutboxState))
    return row.state, row.error_code


def journals(settings, state, key):
    """How many journals NetSuite's own query service finds under an external id."""
    from connectors.netsuite.client import open_netsuite

    query = "select id from transaction where type = 'Journal' and externalid = ? order by id"
    with open_netsuite(settings, state) as client:
        return [row["id"] for page in client.suiteql(query, [key]) for row in page.rows]


def test_a_journal_is_posted_and_read_back_equal(settings, sqlite_state):
    report = run(settings, sqlite_state, wanted("TTS-W1"))
    assert report.problems == []
    assert journals(settings, sqlite_state, "TTS-W1") == [report.rows[0].vendor_id]


@pytest.mark.parametrize("kind", ["lost_reply", "500", "html_503", "429"])
def test_a_journal_is_posted_once_through_a_fault_of_the_wire(settings, sqlite_state, fault, kind):
    fault(kind)
    report = run(settings, sqlite_state, wanted(f"TTS-{kind}"))
    assert report.problems == []
    assert journals(settings, sqlite_state, f"TTS-{kind}") == [report.rows[0].vendor_id]


def test_a_closed_period_is_reported_with_its_code(settings, sqlite_state):
    report = run(settings, sqlite_state, wanted("TTS-W2", date="2025-01-15"))
    assert outcome(sqlite_state) == (OutboxState.REJECTED, "PERIOD_CLOSED")
    assert "closed" in report.problems[0]


def test_a_journal_that_another_state_database_posted_is_acknowledged_not_doubled(settings, sqlite_state, state):
    first = run(settings, sqlite_state, wanted("TTS-W3"))
    again = run(settings, state, wanted("TTS-W3"))
    assert again.rows[0].vendor_id == first.rows[0].vendor_id
    assert len(journals(settings, state, "TTS-W3")) == 1


def test_an_account_that_netsuite_lacks_is_named(settings, sqlite_state):
    lines = [{**line, "account": "no-such"} for line in desired_journal("x")["lines"]]
    report = run(settings, sqlite_state, wanted("TTS-W4", lines=lines))
    assert outcome(sqlite_state) == (OutboxState.REJECTED, "UNMAPPED_ACCOUNT")
    assert "'no-such'" in report.problems[0]


def test_refused_credentials_stop_the_run_and_name_the_system(settings, sqlite_state, make_settings):
    wrong = make_settings(netsuite__certificate_id="unknown")
    for token in settings.home.rglob("*token*.json"):
        token.unlink()
    report = run(wrong, sqlite_state, wanted("TTS-W5"))
    assert list(report.stopped) == ["netsuite__journal_entries"]
    assert "netsuite" in report.problems[0]
    assert outcome(sqlite_state)[0] == OutboxState.PENDING
