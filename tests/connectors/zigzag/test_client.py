"""Tokens are renewed, lists are whole or an error, and what a write did is known or said to be unknown."""

import json
import re
from datetime import UTC, datetime, timedelta

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
from tests.connectors.zigzag.conftest import DATE, PASSWORD
from tieout.errors import ConfigError

START = datetime(2026, 11, 1, tzinfo=UTC)
RETURNS = "GET /returns"


def row(number, *, seconds=None):
    changed = START + timedelta(seconds=10 * number if seconds is None else seconds)
    return {"returnId": f"R{number:05d}", "updatedAt": changed.isoformat().replace("+00:00", "Z"), "status": "created"}


def returns_of(rows, *, dropped=lambda request, found: found):
    """Answer as ZigZag does from `rows`: those from `updatedFrom` on, oldest first; `dropped` may leave some out."""

    def answer(request):
        asked = request.url.params
        size, since = int(asked["pageSize"]), asked.get("updatedFrom", "")
        matching = sorted((each for each in rows if each["updatedAt"] >= since), key=lambda each: each["updatedAt"])
        first = (int(asked["page"]) - 1) * size
        body = {"page": int(asked["page"]), "pageSize": size, "totalCount": len(matching)}
        found = dropped(request, matching[first : first + size])
        return httpx.Response(200, json={**body, "returns": found}, headers=DATE)

    return answer


def ids(pages):
    return {each["returnId"] for page in pages for each in page.rows}


def test_user_and_password_buy_a_token_that_every_call_carries_until_shortly_before_its_end(
    open_client, fake, steady_time
):
    fake.answers["GET /reasons"] = httpx.Response(200, json=[], headers=DATE)
    for minutes, sign_ins in ((0, 1), (27, 1), (2, 2)):
        steady_time.sleep(minutes * 60)
        with open_client() as client:
            assert client.reasons().as_of == datetime(2026, 11, 2, 11, 0, 5, tzinfo=UTC)
        assert len(fake.sign_ins) == sign_ins
    assert json.loads(fake.sign_ins[0].content) == {"username": "northgate", "password": PASSWORD}
    assert fake.seen[0].headers["authorization"] == "Bearer token-1"


def test_a_401_buys_one_new_token_and_sends_again_also_a_write_since_it_was_not_done(client, fake):
    def answer(request):
        ran_out = request.headers["authorization"] == "Bearer token-1"
        return httpx.Response(401, json={"code": "expired"}) if ran_out else httpx.Response(201, json={})

    fake.answers["POST /orders"] = answer
    client.upsert_order({"orderNumber": "576"})
    assert (len(fake.seen), len(fake.sign_ins)) == (2, 2)


def test_credentials_that_are_refused_are_a_matter_for_a_person_and_are_never_quoted(client, fake):
    fake.issue = lambda _request: httpx.Response(401, json={"code": "bad_login", "detail": f"no user for {PASSWORD}"})
    with pytest.raises(CredentialError) as caught:
        client.reasons()
    assert PASSWORD not in str(caught.value)
    assert len(fake.sign_ins) == 1


@pytest.mark.parametrize(
    "body", [{}, [], {"token": "t"}, {"token": "", "expires_in": 9}, {"token": 7, "expires_in": 9}]
)
def test_an_answer_without_a_token_is_none(client, fake, body):
    fake.issue = lambda _request: httpx.Response(200, json=body)
    with pytest.raises(MalformedReplyError, match="expected token"):
        client.reasons()


def test_what_is_not_configured_is_named(make_settings, state):
    from connectors.zigzag.client import open_zigzag

    with pytest.raises(ConfigError, match=re.escape("[zigzag]")):
        open_zigzag(make_settings(), state)


@pytest.mark.parametrize("count", [0, 1, 99, 100, 101, 250])
def test_returns_are_read_to_the_last_one_and_a_full_page_is_never_the_end(client, fake, count):
    fake.answers[RETURNS] = returns_of([row(number) for number in range(count)])
    assert len(ids(client.returns(updated_from=START))) == count
    assert fake.seen[0].url.params["updatedFrom"] == "2026-11-01T00:00:00Z"
    assert len(fake.seen) == count // 100 + 1


def test_a_return_that_changes_while_the_list_is_read_hides_no_other(client, fake):
    rows = [row(number) for number in range(250)]

    def move(request, found):
        if len(fake.seen) == 1:
            rows[0] = {**rows[0], "updatedAt": row(900)["updatedAt"]}
        return found

    fake.answers[RETURNS] = returns_of(rows, dropped=move)
    assert len(ids(client.returns(updated_from=None))) == 250
    assert "updatedFrom" not in fake.seen[0].url.params


def test_a_whole_page_that_changed_in_one_second_is_read_by_number(client, fake):
    rows = [row(number, seconds=5) for number in range(230)] + [row(number) for number in range(300, 310)]
    fake.answers[RETURNS] = returns_of(rows)
    assert len(ids(client.returns(updated_from=START))) == 240


@pytest.mark.parametrize("seconds", [None, 5])
def test_a_list_of_which_a_row_is_missing_is_an_error_however_often_it_is_asked_for(client, fake, seconds):
    rows = [row(number, seconds=seconds) for number in range(130)]

    def without(_request, found):
        return [each for each in found if each is not rows[120]]

    fake.answers[RETURNS] = returns_of(
        rows, dropped=lambda _request, found: [each for each in found if each != rows[120]]
    )
    with pytest.raises(MalformedReplyError, match="announced, 3 times"):
        list(client.returns(updated_from=START))


def test_a_torn_page_is_read_again(client, fake):
    rows = [row(number) for number in range(3)]
    torn = iter([rows[:1]])
    fake.answers[RETURNS] = returns_of(rows, dropped=lambda _request, found: next(torn, found))
    assert len(ids(client.returns(updated_from=START))) == 3


def test_a_list_that_never_ends_is_an_error(client, fake):
    full = {"page": 1, "pageSize": 1, "totalCount": 9, "returns": [row(1)]}
    fake.answers[RETURNS] = httpx.Response(200, json=full)
    with pytest.raises(MalformedReplyError, match="of 9 announced"):
        list(client.returns(updated_from=START))


@pytest.mark.parametrize("body", [[], {}, {"returns": None, "totalCount": 0, "pageSize": 100}, {"returns": []}])
def test_a_page_of_another_shape_is_no_page(client, fake, body):
    fake.answers[RETURNS] = httpx.Response(200, json=body)
    with pytest.raises(MalformedReplyError, match="expected returns"):
        list(client.returns(updated_from=START))


def test_returns_of_a_reference_are_found_without_a_window(client, fake):
    fake.answers[RETURNS] = returns_of([row(1), row(2)])
    assert [each["returnId"] for each in client.returns_by_reference("4035")] == ["R00001", "R00002"]
    [request] = fake.seen
    assert dict(request.url.params) == {"externalReturnRef": "4035", "page": "1", "pageSize": "100"}


def test_what_zigzag_does_not_know_is_none(client, fake):
    unknown = httpx.Response(404, json={"code": "unknown_return", "detail": "no such return"})
    fake.answers = {"GET /returns/R1": unknown}
    assert client.return_by_id("R1").rows == []


def test_a_return_is_opened_created_and_labelled(client, fake):
    fake.answers = {
        "POST /return-orders": httpx.Response(201, json={"returnOrderId": 7, "reasons": [], "errors": []}),
        "POST /returns": httpx.Response(201, json={"returns": [row(1)]}),
        "POST /returns/R1/complete": httpx.Response(201, json={"shipmentNumber": 9, "trackingNumber": "T"}),
        "DELETE /shipments/9": httpx.Response(204),
        "DELETE /returns/R1": httpx.Response(204),
    }
    assert client.open_return_order("576", "NORTH", ["MUG"])["returnOrderId"] == 7
    assert [each["returnId"] for each in client.create_return({"externalReturnRef": "4035"})] == ["R00001"]
    assert client.record_label("R1", "T", "EVRI") == {"shipmentNumber": 9, "trackingNumber": "T"}
    client.cancel_shipment(9)
    client.cancel_return("R1")
    said = [json.loads(request.content) for request in fake.seen if request.content]
    assert said == [
        {"orderNumber": "576", "retailerCode": "NORTH", "skus": ["MUG"]},
        {"externalReturnRef": "4035"},
        {"trackingNumber": "T", "carrier": "EVRI"},
    ]


def test_a_second_return_of_a_reference_is_refused_by_its_code(client, fake):
    body = {"code": "duplicate_reference", "detail": "4035 has returns", "returnIds": ["R1"]}
    fake.answers["POST /returns"] = httpx.Response(409, json=body)
    with pytest.raises(RejectedError) as caught:
        client.create_return({})
    assert caught.value.code == "duplicate_reference"


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(500),
        httpx.Response(408),
        httpx.Response(201, content=b"{"),
        httpx.Response(201, json=[]),
        httpx.Response(201, json={"returns": None}),
    ],
)
def test_a_return_that_may_have_been_created_is_of_unknown_outcome_and_sent_once(client, fake, answer):
    fake.answers["POST /returns"] = answer
    with pytest.raises(OutcomeUnknownError, match="zigzag create return"):
        client.create_return({})
    assert len(fake.seen) == 1


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (httpx.Response(200, content=b"<html>"), MalformedReplyError),
        (httpx.Response(200, json={}), MalformedReplyError),
        (httpx.Response(403), CredentialError),
        (httpx.Response(422, json=[]), RejectedError),
        (httpx.Response(429, headers={"Retry-After": "1"}), RateLimitedError),
        (httpx.Response(503), TransientError),
        (httpx.Response(302), RejectedError),
    ],
)
def test_what_is_not_the_whole_list_is_an_error_that_names_the_system(client, fake, answer, error):
    fake.answers["GET /conditions"] = answer
    with pytest.raises(error, match="zigzag conditions"):
        client.conditions()
