import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.netsuite.errors import DUPLICATE_RECORD, PERIOD_CLOSED, classify_reply, id_from_location
from connectors.transport.errors import (
    CredentialError,
    ExpiredTokenError,
    ForbiddenError,
    MalformedReplyError,
    OutcomeUnknownError,
    RateLimitedError,
    RejectedError,
    TransientError,
)
from connectors.transport.messages import Call, Reply
from tieout.clock import utc_now

READ = Call("read journalEntry", "GET", "/x", is_read=True)
WRITE = Call("create journalEntry", "POST", "/x", is_read=False)


def reply(status, body=b"", *, call=WRITE, headers=None):
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Reply("netsuite", call, status, headers or {}, content, utc_now())


def details(detail, code="USER_ERROR", **more):
    return {"title": "Bad Request", "status": 400, "o:errorDetails": [{"detail": detail, "o:errorCode": code, **more}]}


@pytest.mark.parametrize(
    ("status", "body", "on_read", "on_write"),
    [
        (204, b"", None, None),
        (400, details("bad value", "INVALID_CONTENT"), RejectedError, RejectedError),
        (400, b"<html>", RejectedError, RejectedError),
        (401, details("Invalid login attempt", "INVALID_LOGIN"), ExpiredTokenError, ExpiredTokenError),
        (403, details("no", "INSUFFICIENT_PERMISSION"), ForbiddenError, ForbiddenError),
        (404, details("unknown", "NONEXISTENT_ID"), RejectedError, RejectedError),
        (409, details("changed", "RCRD_HAS_BEEN_CHANGED"), RejectedError, RejectedError),
        (429, details("blocked", "CONCURRENCY_LIMIT_EXCEEDED"), RateLimitedError, RateLimitedError),
        (500, details("Error ID: abc", "UNEXPECTED_ERROR"), TransientError, OutcomeUnknownError),
        (503, b"<html>maintenance</html>", TransientError, OutcomeUnknownError),
        (504, b"", TransientError, OutcomeUnknownError),
    ],
)
def test_each_status_has_its_meaning(status, body, on_read, on_write):
    found = classify_reply(reply(status, body))
    assert (type(found) if found else None) is on_write
    if status != 204:
        assert type(classify_reply(reply(status, body, call=READ))) is on_read


def test_with_tokens_that_do_not_expire_a_401_is_final():
    found = classify_reply(reply(401, details("Invalid login attempt", "INVALID_LOGIN")), tokens_renew=False)
    assert type(found) is CredentialError
    assert "Login Audit Trail" in str(found)


@pytest.mark.parametrize(
    ("detail", "code", "expected"),
    [
        ("This record already exists", "USER_ERROR", DUPLICATE_RECORD),
        ("A record with this external ID already exists.", "INVALID_CONTENT", DUPLICATE_RECORD),
        ("x", "DUP_RCRD", DUPLICATE_RECORD),
        ("The accounting period is closed.", "USER_ERROR", PERIOD_CLOSED),
        ("Posting period Oct 2026 is locked for all transactions", "INVALID_CONTENT", PERIOD_CLOSED),
        ("You cannot post to a closed period", "USER_ERROR", PERIOD_CLOSED),
        ("The period 'Oct 2026' is closed", "USER_ERROR", PERIOD_CLOSED),
        ("There is no accounting period for the date 2031-01-31.", "USER_ERROR", PERIOD_CLOSED),
        ("Invalid reference key 99 for account", "INVALID_CONTENT", "INVALID_CONTENT"),
        ("Please enter a posting period", "USER_ERROR", "USER_ERROR"),
    ],
)
def test_refusals_that_need_an_answer_of_their_own_are_recognised(detail, code, expected):
    found = classify_reply(reply(400, details(detail, code)))
    assert isinstance(found, RejectedError)
    assert found.code == expected
    assert code in str(found)


def test_the_path_to_the_fault_is_kept():
    found = classify_reply(
        reply(400, details("Invalid key", "INVALID_CONTENT", **{"o:errorPath": "line.items[0].account"}))
    )
    assert found.field == "line.items[0].account"


def test_a_read_with_half_a_body_is_malformed_and_a_write_without_one_is_fine():
    with pytest.raises(MalformedReplyError):
        classify_reply(reply(200, b'{"items": [', call=READ))
    assert classify_reply(reply(204)) is None


@pytest.mark.parametrize(
    "location",
    [
        "https://h/services/rest/record/v1/journalEntry/4711",
        "http://127.0.0.1:8712/services/rest/record/v1/journalentry/4711/",
        "/services/rest/record/v1/journalEntry/4711?x=1",
    ],
)
def test_the_new_id_is_the_end_of_location(location):
    assert id_from_location(reply(204, headers={"location": location})) == "4711"


@pytest.mark.parametrize("location", ["", "https://h/", "https://h/services/rest/record/v1/journalEntry"])
def test_without_an_id_the_write_is_unknown(location):
    with pytest.raises(OutcomeUnknownError, match="external id"):
        id_from_location(reply(204, headers={"location": location}))


@given(st.text(min_size=12, max_size=40), st.sampled_from([400, 401, 403, 404, 429, 500]))
def test_no_secret_reaches_an_error(secret, status):
    body = details(f"bad {secret} for buyer_email: a.b@c.example", secret, **{"o:errorPath": secret})
    found = classify_reply(reply(status, body), [secret])
    assert secret not in str(found) and "a.b@c" not in str(found)
    assert secret not in repr(found.__dict__)
