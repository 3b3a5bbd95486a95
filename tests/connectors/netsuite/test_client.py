import json
import re
from datetime import UTC, datetime
from decimal import Decimal

import httpx
import pytest

from connectors.transport.errors import (
    CredentialError,
    MalformedReplyError,
    OutcomeUnknownError,
    RateLimitedError,
    RejectedError,
    TransientError,
)
from connectors.transport.exact_json import Unusable
from tieout.state import slots

SUITEQL = ("POST", "/services/rest/query/v1/suiteql")
JOURNALS = "/services/rest/record/v1/journalEntry"
EXTERNAL_ID = "TTS-101-PAY1-202610-R0"
BY_EID = ("GET", f"{JOURNALS}/eid:{EXTERNAL_ID}")


@pytest.fixture
def result(dated):
    """Return a function that makes a SuiteQL answer serving `rows` by limit and offset."""

    def make(rows, *, announced=None):
        def answer(request):
            limit, offset = (int(request.url.params[name]) for name in ("limit", "offset"))
            items = rows[offset : offset + limit]
            total = len(rows) if announced is None else announced
            body = {"items": items, "count": len(items), "offset": offset, "totalResults": total}
            body["hasMore"] = offset + limit < len(rows)
            return httpx.Response(200, json=body, headers=dated)

        return answer

    return make


def created(request):
    return httpx.Response(204, headers={"Location": f"http://h{JOURNALS}/4711"})


def test_a_query_is_sent_as_documented_and_its_rows_come_in_lower_case(client, fake_netsuite, result):
    fake_netsuite.answers[SUITEQL] = result([{"links": [], "AcctNumber": "1010", "balance": "1.50"}])
    [page] = client.suiteql("SELECT acctnumber FROM account WHERE id > ? ORDER BY id", ["0"])
    assert page.rows == [{"acctnumber": "1010", "balance": "1.50"}]
    assert (page.as_of, page.total_count) == (datetime(2026, 11, 2, 11, 0, 5, tzinfo=UTC), 1)
    [request] = fake_netsuite.seen
    assert request.headers["prefer"] == "transient"
    assert dict(request.url.params) == {"limit": "1000", "offset": "0"}
    assert json.loads(request.content) == {
        "q": "SELECT acctnumber FROM account WHERE id > ? ORDER BY id",
        "params": ["0"],
    }


def test_every_page_of_a_result_is_read(client, fake_netsuite, result):
    fake_netsuite.answers[SUITEQL] = result([{"id": str(number)} for number in range(2500)])
    pages = list(client.suiteql("select id from account order by id"))
    assert [len(page.rows) for page in pages] == [1000, 1000, 500]
    assert [request.url.params["offset"] for request in fake_netsuite.seen] == ["0", "1000", "2000"]
    assert b"params" not in fake_netsuite.seen[0].content


def test_a_result_cut_short_is_read_again_and_then_refused(client, fake_netsuite, result):
    short, whole, answers = result([{"id": "1"}], announced=2), result([{"id": "1"}, {"id": "2"}]), []

    def once_short(request):
        answers.append(request)
        return (short if len(answers) == 1 else whole)(request)

    fake_netsuite.answers[SUITEQL] = once_short
    assert [page.rows for page in client.suiteql("q")] == [[{"id": "1"}, {"id": "2"}]]
    fake_netsuite.answers[SUITEQL] = short
    with pytest.raises(MalformedReplyError, match="1 rows came of 2 announced, twice"):
        list(client.suiteql("q"))


def test_a_result_above_the_cap_is_refused_instead_of_cut(client, fake_netsuite, result):
    fake_netsuite.answers[SUITEQL] = result([{"id": "1"}], announced=100_001)
    with pytest.raises(RejectedError, match="split the query's window") as caught:
        list(client.suiteql("q"))
    assert caught.value.code == "TOO_MANY_RESULTS"


@pytest.mark.parametrize("body", [{}, {"items": []}, []])
def test_an_answer_without_its_parts_is_malformed(client, fake_netsuite, body):
    fake_netsuite.answers[SUITEQL] = httpx.Response(200, json=body)
    with pytest.raises(MalformedReplyError, match="totalResults"):
        list(client.suiteql("q"))


def test_a_row_that_is_no_object_leaves_the_others(client, fake_netsuite, result):
    fake_netsuite.answers[SUITEQL] = result(["x", {"id": "1"}])
    ((bad, good),) = [page.rows for page in client.suiteql("q")]
    assert isinstance(bad["row"], Unusable) and good == {"id": "1"}


def test_reading_waits_out_a_busy_account_with_growing_pauses(client, fake_netsuite, result, refusal, steady_time):
    whole, seen = result([{"id": "1"}]), []

    def busy(request):
        seen.append(request)
        return refusal(429, "request blocked", "CONCURRENCY_LIMIT_EXCEEDED") if len(seen) < 4 else whole(request)

    fake_netsuite.answers[SUITEQL] = busy
    list(client.suiteql("q"))
    assert steady_time.slept == [0.1875, 0.375, 0.75]


def test_a_record_comes_with_its_lines_and_exact_amounts(client, fake_netsuite):
    body = (
        b'{"id":"4711","line":{"items":[{"line":1,"debit":0.1},{"line":2,"credit":123456789012.34}],"hasMore":false}}'
    )
    fake_netsuite.answers[BY_EID] = httpx.Response(200, content=body)
    found = client.find_by_external_id("journalEntry", EXTERNAL_ID)
    assert [line.get("debit", line.get("credit")) for line in found["line"]["items"]] == [
        Decimal("0.1"),
        Decimal("123456789012.34"),
    ]
    assert fake_netsuite.seen[0].url.params["expandSubResources"] == "true"


def test_a_record_with_only_part_of_its_lines_is_refused(client, fake_netsuite):
    fake_netsuite.answers[BY_EID] = httpx.Response(200, json={"id": "1", "line": {"items": [], "hasMore": True}})
    with pytest.raises(MalformedReplyError, match="sublist line came in part"):
        client.find_by_external_id("journalEntry", EXTERNAL_ID)


def test_an_unknown_record_is_none_but_an_unknown_path_is_an_error(client, fake_netsuite, refusal):
    assert client.find_by_external_id("journalEntry", EXTERNAL_ID) is None
    assert client.read("journalEntry", "99", expand=False) is None
    fake_netsuite.answers["GET", "/services/rest/record/v1/jurnal/1"] = refusal(404, "no type", "INVALID_REQUEST")
    with pytest.raises(RejectedError):
        client.read("jurnal", "1")


def test_creating_sends_exact_digits_and_strict_names_and_returns_the_new_id(client, fake_netsuite):
    fake_netsuite.answers["POST", JOURNALS] = created
    body = {"externalId": EXTERNAL_ID, "line": {"items": [{"debit": Decimal("0.10")}, {"credit": Decimal("1E-1")}]}}
    assert client.create("journalEntry", body) == "4711"
    [request] = fake_netsuite.seen
    assert request.headers["x-netsuite-propertynamevalidation"] == "error"
    assert request.headers["content-type"] == "application/json"
    assert request.content.endswith(b'"line":{"items":[{"debit":0.10},{"credit":0.1}]}}')


def test_upserting_and_patching_address_the_external_id(client, fake_netsuite):
    fake_netsuite.answers["PUT", BY_EID[1]] = created
    fake_netsuite.answers["PATCH", BY_EID[1]] = created
    assert client.upsert("journalEntry", EXTERNAL_ID, {"memo": "x"}) == "4711"
    client.patch("journalEntry", f"eid:{EXTERNAL_ID}", {"memo": None})
    assert [request.content for request in fake_netsuite.seen] == [b'{"memo":"x"}', b'{"memo":null}']


@pytest.mark.parametrize("external_id", ["", "a|b", "a b", "a/b", "é"])
def test_an_external_id_that_netsuite_cannot_read_is_refused_before_sending(client, fake_netsuite, external_id):
    with pytest.raises(ValueError, match="external id"):
        client.upsert("journalEntry", external_id, {})
    assert fake_netsuite.seen == []


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (httpx.ReadTimeout("lost"), OutcomeUnknownError),
        (httpx.Response(504), OutcomeUnknownError),
        (httpx.Response(500, json={"o:errorDetails": [{"detail": "Error ID: x"}]}), OutcomeUnknownError),
        (httpx.Response(204), OutcomeUnknownError),
        (httpx.Response(429), RateLimitedError),
        (httpx.ConnectError("down"), TransientError),
        (httpx.Response(403), CredentialError),
        (httpx.Response(400), RejectedError),
    ],
)
def test_a_write_is_sent_once_and_its_outcome_distinguished(client, fake_netsuite, answer, error):
    def once(request):
        if isinstance(answer, Exception):
            raise answer
        return answer

    fake_netsuite.answers["POST", JOURNALS] = once
    with pytest.raises(error):
        client.create("journalEntry", {})
    assert len(fake_netsuite.seen) == 1


def test_closed_clients_hold_no_slot(open_client, state):
    with open_client() as client:
        client.read("subsidiary", "1")
        with state.transaction() as connection:
            assert [row.quota for row in connection.execute(slots.select())] == ["netsuite/1234567"]
    with state.transaction() as connection:
        assert connection.execute(slots.select()).all() == []


def test_accounts_still_on_tokens_are_signed_afresh_on_every_try(open_client, fake_netsuite, monkeypatch, result):
    monkeypatch.setenv("TIEOUT_NETSUITE__AUTH", "oauth1")
    answers = [httpx.Response(503), httpx.Response(200, json={"id": "1"})]
    fake_netsuite.answers["GET", f"{JOURNALS}/1"] = lambda request: answers.pop(0)
    with open_client() as client:
        assert client.read("journalEntry", "1") == {"id": "1"}
    headers = [request.headers["authorization"] for request in fake_netsuite.seen]
    assert all(
        header.startswith('OAuth realm="1234567", oauth_consumer_key="consumer-for-tests"') for header in headers
    )
    assert len({re.search('oauth_nonce="(.+?)"', header).group(1) for header in headers}) == 2
    assert fake_netsuite.assertions == []
