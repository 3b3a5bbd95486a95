import logging
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx
import pytest

from connectors.transport.breaker import FAILURES_TO_OPEN
from connectors.transport.client import Api, Service, Wire
from connectors.transport.errors import (
    CredentialError,
    EndpointRestingError,
    ExpiredTokenError,
    MalformedReplyError,
    OutcomeUnknownError,
    RateLimitedError,
    RejectedError,
    TransientError,
    UnreachableError,
)
from connectors.transport.faults import Said, error_for_status
from connectors.transport.messages import Call, Signature
from connectors.transport.retry import CONNECT_ATTEMPTS
from connectors.transport.token_calls import NoLimiter, Unsigned
from tests.support.processes import closed_port

READ = Call("things", "GET", "/things", is_read=True, query=(("ids", "1,2"), ("page_token", "a b+c/=é")))
WRITE = Call("create thing", "POST", "/things", is_read=False, body=b'{"a": 1}')


def classify_reply(reply):
    if (error := error_for_status(reply, Said())) is not None:
        return error
    if reply.status == 401:
        return ExpiredTokenError("expired")
    if reply.status == 400:
        return RejectedError("refused")
    reply.json()
    return None


class CountingSigner:
    def __init__(self):
        self.tokens, self.outgoing = ["t1"], []

    def sign(self, outgoing):
        self.outgoing.append(outgoing)
        return Signature((("sign", "s+/="),), {"x-token": self.tokens[-1]}, self.tokens[-1])

    def renew(self, stale):
        assert stale == self.tokens[-1]
        self.tokens.append(f"t{len(self.tokens) + 1}")


class NotingGate(NoLimiter):
    def __init__(self):
        self.under_way, self.throttled = 0, []

    @contextmanager
    def acquire(self, call):
        self.under_way += 1
        yield
        self.under_way -= 1

    def throttle(self, call, seconds):
        self.throttled.append(seconds)


def open_api(wire, *, signer=None, limiter=None, base_url="https://vendor.test/prefix/", timeout=5.0):
    return Api(Service("vendor", base_url, timeout, classify_reply, signer or Unsigned(), limiter or NoLimiter()), wire)


def answering(*answers):
    """Return a handler that gives each answer in turn, the last for ever, and the list of requests it saw."""
    seen = []

    def handler(request):
        seen.append(request)
        answer = answers[min(len(seen), len(answers)) - 1]
        if isinstance(answer, Exception):
            raise answer
        return httpx.Response(*answer) if isinstance(answer, tuple) else answer

    return handler, seen


def ok():
    return httpx.Response(200, json={"fine": True})


def test_a_read_survives_html_and_broken_connections(make_wire, steady_time):
    handler, seen = answering(
        httpx.Response(503, html="<h1>edge</h1>"), httpx.ReadTimeout("slow"), httpx.RemoteProtocolError("cut"), ok()
    )
    assert open_api(make_wire(handler)).send(READ).json() == {"fine": True}
    assert len(seen) == 4
    assert steady_time.slept == [0.1875, 0.375, 0.75]


def test_a_read_with_half_a_body_is_read_again(make_wire):
    handler, seen = answering(httpx.Response(200, content=b'{"fine": tr'), ok())
    open_api(make_wire(handler)).send(READ)
    assert len(seen) == 2


def test_a_body_that_stays_broken_is_an_error(make_wire):
    handler, seen = answering(httpx.Response(200, content=b"<html>"))
    with pytest.raises(MalformedReplyError):
        open_api(make_wire(handler)).send(READ)
    assert len(seen) == 3


def test_retry_after_is_honoured_and_shared(make_wire, steady_time):
    limiter = NotingGate()
    handler, _ = answering(httpx.Response(429, headers={"Retry-After": "7"}), ok())
    open_api(make_wire(handler), limiter=limiter).send(READ)
    assert steady_time.slept == [7.125]
    assert limiter.throttled == [7.0]


def test_a_pause_that_is_too_long_is_left_to_the_next_run(make_wire, steady_time):
    handler, seen = answering(httpx.Response(429, headers={"Retry-After": "3600"}))
    with pytest.raises(RateLimitedError) as caught:
        open_api(make_wire(handler)).send(READ)
    assert (caught.value.retry_after, len(seen), steady_time.slept) == (3600.0, 1, [])


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (httpx.ReadTimeout("lost"), OutcomeUnknownError),
        (httpx.ReadError("reset"), OutcomeUnknownError),
        (httpx.WriteTimeout("half"), OutcomeUnknownError),
        (httpx.RemoteProtocolError("closed"), OutcomeUnknownError),
        (httpx.ConnectError("refused"), TransientError),
        (httpx.ConnectTimeout("slow"), TransientError),
        ((502,), OutcomeUnknownError),
        ((500,), OutcomeUnknownError),
        ((429,), RateLimitedError),
        ((400,), RejectedError),
    ],
)
def test_a_write_is_never_sent_twice(make_wire, answer, error):
    handler, seen = answering(answer)
    with pytest.raises(error):
        open_api(make_wire(handler)).send(WRITE)
    assert len(seen) == 1


def test_a_rate_limited_write_counts_as_not_done(make_wire):
    handler, _ = answering((429,))
    with pytest.raises(TransientError):
        open_api(make_wire(handler)).send(WRITE)


@pytest.mark.parametrize("call", [READ, WRITE])
def test_a_token_that_ran_out_is_renewed_once_and_the_call_sent_again(make_wire, call):
    signer = CountingSigner()
    handler, seen = answering((401,), ok())
    open_api(make_wire(handler), signer=signer).send(call)
    assert [request.headers["x-token"] for request in seen] == ["t1", "t2"]


def test_a_token_that_stays_refused_is_a_matter_for_a_person(make_wire):
    signer = CountingSigner()
    handler, seen = answering((401,))
    with pytest.raises(CredentialError):
        open_api(make_wire(handler), signer=signer).send(READ)
    assert (len(seen), signer.tokens) == (3, ["t1", "t2", "t3"])


def test_the_signer_sees_what_the_wire_carries_and_every_try_is_signed_again(make_wire):
    signer = CountingSigner()
    handler, seen = answering((503,), ok())
    open_api(make_wire(handler), signer=signer).send(READ)
    assert len(signer.outgoing) == 2
    assert (signer.outgoing[0].path, signer.outgoing[0].query) == ("/prefix/things", READ.query)
    assert signer.outgoing[0].url == "https://vendor.test/prefix/things"
    assert seen[0].url.params["page_token"] == "a b+c/=é"
    assert seen[0].url.params["sign"] == "s+/="


THINGS = Call("things", "GET", "/things", is_read=True)


@pytest.mark.parametrize(
    ("answer", "error", "tries"),
    [
        (httpx.Response(500), TransientError, [8, 1, 1, 1]),
        (httpx.ReadTimeout("slow"), TransientError, [8, 1, 1, 1]),
        (httpx.Response(429), RateLimitedError, [8, 1, 1, 1]),
        (httpx.Response(200, content=b"<html>"), MalformedReplyError, [3, 3, 2, 1, 1, 1]),
    ],
)
def test_an_endpoint_that_keeps_failing_is_left_alone_and_the_others_go_on(make_wire, answer, error, tries):
    handler, seen = answering(answer)
    api = open_api(make_wire(lambda request: ok() if request.url.path.endswith("/others") else handler(request)))
    for expected in tries:
        before = len(seen)
        with pytest.raises(error):
            api.send(THINGS)
        assert len(seen) - before == expected
    for _ in range(3):
        with pytest.raises(EndpointRestingError, match="left alone until"):
            api.send(THINGS)
    assert len(seen) == FAILURES_TO_OPEN
    assert api.send(Call("others", "GET", "/others", is_read=True)).status == 200


def test_a_refused_connection_is_tried_for_seconds_only(make_wire, steady_time):
    handler, seen = answering(httpx.ConnectError("refused"))
    with pytest.raises(UnreachableError, match=r"no connection to https?://"):
        open_api(make_wire(handler)).send(THINGS)
    assert len(seen) == CONNECT_ATTEMPTS
    assert sum(steady_time.slept) < 9


def test_one_thing_that_cannot_be_served_leaves_its_neighbours_their_endpoint(make_wire):
    broken = Call("things", "GET", "/broken", is_read=True)
    api = open_api(make_wire(lambda request: httpx.Response(500 if "/broken" in request.url.path else 200, json={})))
    for _ in range(3):
        with pytest.raises(TransientError, match="HTTP 500"):
            api.send(broken)
        assert api.send(THINGS).status == 200


def test_places_are_given_back_whatever_happens(make_wire):
    limiter = NotingGate()
    handler, _ = answering((400,))
    with pytest.raises(RejectedError):
        open_api(make_wire(handler), limiter=limiter).send(WRITE)
    assert limiter.under_way == 0


def test_requests_name_the_program_and_ignore_the_environment(make_wire, monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    handler, seen = answering(ok())
    open_api(make_wire(handler)).send(READ)
    assert seen[0].headers["user-agent"].startswith("tieout/")


def test_no_log_shows_a_query_a_token_or_a_body(make_wire, caplog):
    caplog.set_level(logging.DEBUG)
    handler, _ = answering((503,), ok())
    api = open_api(make_wire(handler), signer=CountingSigner())
    api.send(READ)
    with pytest.raises(RejectedError):
        open_api(make_wire(answering((400,))[0]), signer=CountingSigner()).send(WRITE)
    assert "vendor things: HTTP 503; try 1, again in 0.2 s" in caplog.text
    assert not any(word in caplog.text for word in ("sign", "t1", "page_token", '"a"'))


@contextmanager
def serving(handler_kind):
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler_kind)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class LosesReplies(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    bodies: list[bytes] = []  # noqa: RUF012 - one server a test

    def do_POST(self):
        self.bodies.append(self.rfile.read(int(self.headers["content-length"])))
        self.connection.shutdown(socket.SHUT_RDWR)
        self.close_connection = True

    def log_message(self, *_):
        """Stay quiet."""


def test_over_a_real_socket_a_lost_reply_leaves_the_write_unknown():
    with serving(LosesReplies) as url, open_api(Wire(), base_url=url) as api, pytest.raises(OutcomeUnknownError):
        api.send(WRITE)
    assert LosesReplies.bodies == [WRITE.body]


class CountsConnections(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    callers: set[tuple[str, int]] = set()  # noqa: RUF012 - one server a test

    def do_GET(self):
        self.callers.add(self.client_address)
        time.sleep(0.01)
        self.send_response(200)
        self.send_header("content-length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *_):
        """Stay quiet."""


def test_any_number_of_threads_share_at_most_eight_connections():
    with serving(CountsConnections) as url, open_api(Wire(), base_url=url) as api, ThreadPoolExecutor(24) as pool:
        replies = list(pool.map(lambda _: api.send(READ), range(96)))
    assert [reply.status for reply in replies] == [200] * 96
    assert 1 < len(CountsConnections.callers) <= 8


def test_over_a_real_socket_a_closed_port_means_nothing_was_sent():
    url = f"http://127.0.0.1:{closed_port()}"
    with open_api(Wire(), base_url=url) as api, pytest.raises(TransientError, match="nothing"):
        api.send(WRITE)
