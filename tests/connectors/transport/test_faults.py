import httpx
import pytest

from connectors.transport import faults
from connectors.transport.errors import (
    CredentialError,
    ExpiredTokenError,
    MalformedReplyError,
    OutcomeUnknownError,
    RateLimitedError,
    RejectedError,
    TransientError,
    UnreachableError,
)
from connectors.transport.faults import (
    Said,
    error_for_body,
    error_for_fault,
    error_for_refusal,
    error_for_status,
    object_of,
)
from connectors.transport.messages import Call, Reply
from tieout.clock import utc_now

READ = Call("things", "GET", "/things", is_read=True)
WRITE = Call("things", "POST", "/things", is_read=False)
NEVER_LEFT = {httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout}
OUR_MISTAKE = {httpx.UnsupportedProtocol, httpx.LocalProtocolError, httpx.TooManyRedirects, httpx.InvalidURL}


def every_fault(root=httpx.RequestError):
    below = [raw_page for child in root.__subclasses__() for raw_page in every_fault(child)]
    return below or [root]


@pytest.mark.parametrize("kind", [*every_fault(), httpx.InvalidURL])
def test_every_fault_of_the_library_has_an_error_for_reads_and_writes(kind):
    fault = kind("https://host/?sign=abc")
    assert isinstance(fault, faults.WIRE_FAULTS)
    place = {"base_url": "https://host", "setting": "base_url"}
    read, write = (error_for_fault(fault, call, "vendor", **place) for call in (READ, WRITE))
    if kind in OUR_MISTAKE:
        assert (type(read), type(write)) == (RejectedError, RejectedError)
    elif kind in NEVER_LEFT:
        assert (type(read), type(write)) == (UnreachableError, UnreachableError)
        assert "no connection to https://host " in str(read)
        assert "check vendor.base_url" in str(read)
    else:
        assert (type(read), type(write)) == (TransientError, OutcomeUnknownError)
    assert "abc" not in f"{read} {write}"


@pytest.mark.parametrize(
    ("status", "on_read", "on_write"),
    [
        (200, None, None),
        (400, None, None),
        (302, RejectedError, RejectedError),
        (408, TransientError, OutcomeUnknownError),
        (429, RateLimitedError, RateLimitedError),
        (500, TransientError, OutcomeUnknownError),
        (503, TransientError, OutcomeUnknownError),
        (504, TransientError, OutcomeUnknownError),
    ],
)
def test_the_status_decides_before_the_body(status, on_read, on_write):
    for call, expected in ((READ, on_read), (WRITE, on_write)):
        reply = Reply("vendor", call, status, {"retry-after": "7"}, b"<html>", utc_now())
        error = error_for_status(reply, Said("busy", "9", "r1"))
        assert (type(error) if error else None) is expected
        if isinstance(error, RateLimitedError):
            assert (error.retry_after, error.code, error.request_id) == (7.0, "9", "r1")


@pytest.mark.parametrize(
    ("status", "renews", "expected", "code", "message"),
    [
        (401, True, ExpiredTokenError, "9", "HTTP 401: busy"),
        (401, False, CredentialError, "9", "HTTP 401: busy"),
        (403, True, CredentialError, "9", "HTTP 403: busy; a scope is lacking"),
        (404, True, RejectedError, "gone", "HTTP 404: busy"),
        (422, True, RejectedError, "9", "HTTP 422: busy"),
    ],
)
def test_a_refusal_is_one_of_the_token_the_scope_the_record_or_the_request(status, renews, expected, code, message):
    reply = Reply("vendor", READ, status, {}, b"", utc_now())
    error = error_for_refusal(
        reply, Said("busy", "9", "r1"), lacking="a scope is lacking", not_found="gone", tokens_renew=renews
    )
    assert (type(error), error.code, error.request_id, error.message) == (expected, code, "r1", message)


@pytest.mark.parametrize(
    ("content", "on_read", "on_write", "found"),
    [
        (b'{"a": 1}', None, None, {"a": 1}),
        (b"[1]", None, None, {}),
        (b'{"a"', MalformedReplyError, OutcomeUnknownError, {}),
    ],
)
def test_half_a_body_is_a_failed_read_and_a_write_of_unknown_outcome(content, on_read, on_write, found):
    for call, expected in ((READ, on_read), (WRITE, on_write)):
        reply = Reply("vendor", call, 200, {}, content, utc_now())
        error = error_for_body(reply)
        assert error is None if expected is None else type(error) is expected
        assert object_of(reply) == found
