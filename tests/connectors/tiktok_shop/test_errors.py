import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.tiktok_shop.errors import classify_reply
from connectors.transport.errors import (
    CredentialError,
    ExpiredTokenError,
    MalformedReplyError,
    RateLimitedError,
    RejectedError,
    TransientError,
    UnknownVersionError,
)
from connectors.transport.messages import Call, Reply
from tieout.clock import utc_now

CALL = Call("statements", "GET", "/finance/202309/statements", is_read=True, scope="S1")


def reply(status, body, headers=None):
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Reply("tiktok_shop", CALL, status, headers or {}, content, utc_now())


def said(code, message="no", **more):
    return {"code": code, "message": message, "request_id": "req-9", "data": None, **more}


@pytest.mark.parametrize(
    ("status", "body", "expected"),
    [
        (503, b"<html>edge</html>", TransientError),
        (503, said(36009003), TransientError),
        (500, b"", TransientError),
        (200, said(36009003), TransientError),
        (408, said(36009007), TransientError),
        (200, said(36009007), TransientError),
        (200, said(10002014), TransientError),
        (200, said(11001027), TransientError),
        (429, b"slow down", RateLimitedError),
        (200, said(36009002), RateLimitedError),
        (200, said(36009037), RateLimitedError),
        (200, said(105002), ExpiredTokenError),
        (401, said(105002), ExpiredTokenError),
        (401, b"<html>", CredentialError),
        (401, said(106001), CredentialError),
        (401, said(99), CredentialError),
        (401, said(36009043), RejectedError),
        (403, said(10006402), CredentialError),
        (200, said(105001), CredentialError),
        (200, said(105005), CredentialError),
        (200, said(101000), CredentialError),
        (400, said(36009014), UnknownVersionError),
        (400, said(36009004, "Invalid API version"), UnknownVersionError),
        (400, said(36009004, "timestamp is too old"), CredentialError),
        (400, said(36009004, "invalid app_key"), CredentialError),
        (400, said(36009004, "unexpected identifier: shop_cipher"), RejectedError),
        (400, said(36009004, "param body.address is missing"), RejectedError),
        (404, said(36009009), RejectedError),
        (404, b"<html>", RejectedError),
        (200, said(21001001), RejectedError),
        (200, b"<html>", MalformedReplyError),
        (200, b"[]", MalformedReplyError),
        (200, {"data": {}}, MalformedReplyError),
        (200, said(0), type(None)),
    ],
)
def test_each_answer_has_its_meaning(status, body, expected):
    assert type(classify_reply(reply(status, body))) is expected


def test_an_error_says_who_what_and_which_request():
    error = classify_reply(reply(400, said(36009004, "param page_size is invalid")))
    assert str(error) == "tiktok_shop statements: param page_size is invalid (code 36009004, request id req-9)"


def test_retry_after_travels_with_the_refusal():
    assert classify_reply(reply(429, said(36009002), {"retry-after": "4"})).retry_after == 4.0
    assert classify_reply(reply(200, said(36009037))).retry_after == 3600.0


def test_a_clock_that_is_off_is_named_as_the_cause():
    assert "this machine's clock" in str(classify_reply(reply(400, said(36009004, "timestamp is too far ahead"))))


@given(st.text(min_size=12, max_size=40), st.integers(), st.sampled_from([200, 400, 401, 429, 503]))
def test_no_secret_reaches_an_error(secret, code, status):
    body = said(code or 7, f"bad {secret} in buyer_email: a.b@c.example", request_id=secret)
    error = classify_reply(reply(status, body), [secret])
    assert secret not in str(error) and "a.b@c" not in str(error)
    assert secret not in repr(error.__dict__)
