from datetime import UTC, datetime
from decimal import Decimal

import pytest

from connectors.transport.errors import MalformedReplyError
from connectors.transport.messages import Call, Reply

OURS = datetime(2026, 11, 2, 9, 30, tzinfo=UTC)


def reply(headers=None, content=b""):
    return Reply("vendor", Call("things", "GET", "/things", is_read=True), 200, headers or {}, content, OURS)


def test_the_vendors_clock_is_its_date_header():
    assert reply({"date": "Mon, 02 Nov 2026 11:00:05 GMT"}).server_time == datetime(2026, 11, 2, 11, 0, 5, tzinfo=UTC)


@pytest.mark.parametrize("date", ["", "yesterday"])
def test_without_a_date_our_clock_is_used(date):
    assert reply({"date": date}).server_time == OURS


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("3", 3.0),
        ("0.5", 0.5),
        ("Mon, 02 Nov 2026 11:00:30 GMT", 25.0),
        ("Mon, 02 Nov 2026 10:00:00 GMT", 0.0),
        ("soon", None),
        ("", None),
    ],
)
def test_retry_after_is_read_as_seconds_or_as_a_date(text, seconds):
    assert reply({"date": "Mon, 02 Nov 2026 11:00:05 GMT", "retry-after": text}).retry_after == seconds


def test_fractions_in_a_body_are_exact():
    assert reply(content=b'{"total": 0.10}').json() == {"total": Decimal("0.10")}


def test_a_body_that_is_no_json_names_vendor_and_endpoint_but_not_its_text():
    with pytest.raises(MalformedReplyError, match="vendor things: HTTP 200 with 17 bytes") as caught:
        reply(content=b"<html>Ann Lee</ht").json()
    assert "Ann" not in str(caught.value)


def test_no_representation_shows_query_body_or_headers():
    call = Call("things", "GET", "/things", is_read=True, query=(("sign", "abc"),), body=b"Ann", headers={"x": "tok"})
    text = repr(call) + repr(Reply("v", call, 200, {"x": "tok"}, b"Ann", OURS))
    assert not any(word in text for word in ("abc", "Ann", "tok"))
