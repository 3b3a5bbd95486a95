import json

import pytest

from connectors.linnworks.errors import UNKNOWN_METHOD, classify_reply
from connectors.transport.errors import (
    CredentialError,
    ExpiredTokenError,
    MalformedReplyError,
    OutcomeUnknownError,
    RateLimitedError,
    RejectedError,
    TransientError,
)
from connectors.transport.messages import Call, Reply
from tieout.clock import utc_now

READ = Call("Orders/GetOrdersById", "POST", "/x", is_read=True)
WRITE = Call("Orders/CreateOrders", "POST", "/x", is_read=False)
QUOTA = {"Message": "API calls quota exceeded! Maximum admitted 150 per Minute."}


def reply(status, body=b"", *, call=WRITE, headers=None):
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Reply("linnworks", call, status, headers or {}, content, utc_now())


@pytest.mark.parametrize(
    ("status", "body", "on_read", "on_write"),
    [
        (200, [], None, None),
        (200, b"<html>maintenance</html>", MalformedReplyError, OutcomeUnknownError),
        (200, b'[{"OrderId": "1"', MalformedReplyError, OutcomeUnknownError),
        (400, {"Message": "Order 100001 is parked."}, RejectedError, RejectedError),
        (400, b"", RejectedError, RejectedError),
        (400, QUOTA, RateLimitedError, RateLimitedError),
        (401, {"Message": "Your session has expired."}, ExpiredTokenError, ExpiredTokenError),
        (403, {"Message": "DeleteOrdersNode"}, CredentialError, CredentialError),
        (404, {"Message": "No HTTP resource was found"}, RejectedError, RejectedError),
        (429, QUOTA, RateLimitedError, RateLimitedError),
        (429, b"", RateLimitedError, RateLimitedError),
        (500, {"Message": "An unexpected error occurred."}, TransientError, OutcomeUnknownError),
        (500, QUOTA, RateLimitedError, RateLimitedError),
        (503, b"<html>", TransientError, OutcomeUnknownError),
    ],
)
def test_each_status_and_text_has_its_meaning(status, body, on_read, on_write):
    for call, expected in ((READ, on_read), (WRITE, on_write)):
        found = classify_reply(reply(status, body, call=call))
        assert (type(found) if found else None) is expected


def test_a_quota_without_a_pause_waits_its_minute_out_and_with_one_as_long_as_it_says():
    assert classify_reply(reply(429, QUOTA)).retry_after == 60
    assert classify_reply(reply(429, QUOTA, headers={"retry-after": "7"})).retry_after == 7


def test_an_unknown_method_is_no_missing_record():
    assert classify_reply(reply(404, {"Message": "No HTTP resource"})).code == UNKNOWN_METHOD


def test_a_401_of_the_sign_in_is_final():
    found = classify_reply(
        reply(401, {"Message": "Application credentials or token are invalid."}), sessions_renew=False
    )
    assert type(found) is CredentialError


def test_no_secret_and_no_buyer_is_in_a_message():
    body = {"Message": "token 33333333-cccc refused for FullName: A Buyer, 1 High Street", "Code": "X1"}
    found = classify_reply(reply(400, body), ("33333333-cccc",))
    assert found.code == "X1"
    assert "33333333" not in str(found)
    assert "Buyer" not in str(found)
