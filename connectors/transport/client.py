"""Sending: the one place that uses HTTP. Sign, limit, send, classify the reply; reads are retried, writes never.

Belongs here: the loop around one call. Does not: the policy (retry), the limits (limits), what codes mean (systems).
"""

from __future__ import annotations

import logging
import random
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, closing
from dataclasses import dataclass
from importlib.metadata import version
from types import TracebackType
from typing import Protocol, Self

import httpx

from connectors.transport.breaker import FAILURES_TO_OPEN, Breaker
from connectors.transport.errors import (
    ConnectorError,
    EndpointRestingError,
    ExpiredTokenError,
    MalformedReplyError,
    OutcomeUnknownError,
    RateLimitedError,
    TransientError,
    UnreachableError,
)
from connectors.transport.faults import WIRE_FAULTS, error_for_fault, error_for_size
from connectors.transport.messages import Call, Outgoing, Reply, Signature
from connectors.transport.retry import RETRY_AFTER_CAP_SECONDS, delay_seconds, should_retry
from tieout.clock import Clock, utc_now

log = logging.getLogger(__name__)

MAX_CONNECTIONS = 8  # measured: beyond eight, the library's pool is slower, not faster
CONNECT_SECONDS = 10.0
MAX_REPLY_BYTES = 64_000_000  # a page of the largest records, many times over; unpacked
RENEWALS = 2  # the second for a token that another process renewed, and that ran out at that very moment


class Signer(Protocol):
    """How requests to a system are signed."""

    def sign(self, outgoing: Outgoing) -> Signature:
        """Return what to add to this request; called again for every try, since timestamps age."""

    def renew(self, stale: str) -> None:
        """Get a new access token in place of `stale`, unless another process already has."""


class Limiter(Protocol):
    """How calls are kept within a system's rate limits."""

    def acquire(self, call: Call) -> AbstractContextManager[None]:
        """Wait until the limit allows the call, and hold its place until it is over."""

    def throttle(self, call: Call, seconds: float) -> None:
        """The vendor refused the call and asked to wait so long."""

    def close(self) -> None:
        """Release what is held between calls."""


@dataclass(frozen=True)
class Wire:
    """The outside world, replaceable in tests: the network, the clock, sleeping, and chance."""

    network: httpx.BaseTransport | None = None
    now: Clock = utc_now
    sleep: Callable[[float], None] = time.sleep
    chance: Callable[[], float] = random.random


@dataclass(frozen=True)
class Service:
    """A system as transport sees it: base URL, signer, limits, and what its replies mean.

    `setting` is the setting of the base URL, as errors name it.
    """

    vendor: str
    base_url: str
    timeout_seconds: float
    classify_reply: Callable[[Reply], ConnectorError | None]
    signer: Signer
    limiter: Limiter
    setting: str = "base_url"


class Api:
    """One vendor's API: one connection pool for the process, safe to use from several threads."""

    def __init__(self, service: Service, wire: Wire) -> None:
        """Open the connection pool; nothing is sent yet."""
        self._service, self._wire = service, wire
        self._root = service.base_url.rstrip("/")
        self._breaker = Breaker()
        self._http = _open_http(service, wire)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close every connection and give back held slots."""
        self._service.limiter.close()
        self._http.close()

    def send(self, call: Call) -> Reply:
        """Carry out a call and return the reply the system classified as good.

        Raises:
            CredentialError: access is refused; a token that ran out has been renewed before.
            TransientError: a read kept failing, or a write that certainly was not done.
            OutcomeUnknownError: a write that may have been done.
            RejectedError: the vendor refused the call for what it says.
            MalformedReplyError: the reply of a read cannot be used.
        """
        attempt = 1
        while True:
            try:
                return self._send_renewing(call)
            except ConnectorError as error:
                is_over = error.was_retried or not should_retry(error, attempt)
                if is_over or not call.is_read or self._breaker.in_doubt(call.key):
                    error.was_retried = True
                    raise
                wait = delay_seconds(error, attempt, jitter=self._wire.chance())
                # A system that is down is logged as a warning once, when it is given up.
                level = logging.INFO if isinstance(error, UnreachableError) else logging.WARNING
                log.log(level, "%s; try %d, again in %.1f s", error, attempt, wait)
            self._wire.sleep(wait)
            attempt += 1

    def _send_renewing(self, call: Call) -> Reply:
        signature, outcome = self._attempt(call)
        for _ in range(RENEWALS):
            if not isinstance(outcome, ExpiredTokenError):
                break
            self._service.signer.renew(signature.token)
            signature, outcome = self._attempt(call)
        if isinstance(outcome, ConnectorError):
            raise outcome
        return outcome

    def _attempt(self, call: Call) -> tuple[Signature, Reply | ConnectorError]:
        self._refuse_while_resting(call)
        with self._service.limiter.acquire(call):
            request = self._http.build_request(
                call.method, self._root + call.path, params=call.query, content=call.body or None, headers=call.headers
            )
            signature = self._service.signer.sign(_outgoing(request))
            outcome = self._exchange(call, _signed(request, signature))
        self._remember(call, outcome)
        return signature, outcome

    def _exchange(self, call: Call, request: httpx.Request) -> Reply | ConnectorError:
        vendor, setting = self._service.vendor, self._service.setting
        try:
            with closing(self._http.send(request, stream=True)) as response:
                content = _bounded(response)
        except WIRE_FAULTS as fault:
            return error_for_fault(fault, call, vendor, base_url=self._root, setting=setting)
        if content is None:
            return error_for_size(call, vendor, most=MAX_REPLY_BYTES)
        headers = {name.lower(): value for name, value in response.headers.items()}
        reply = Reply(vendor, call, response.status_code, headers, content, self._wire.now())
        try:
            return self._service.classify_reply(reply) or reply
        except ConnectorError as error:
            return error

    def _refuse_while_resting(self, call: Call) -> None:
        until = self._breaker.open_until(call.key, self._wire.now())
        if until is not None:
            raise EndpointRestingError(
                f"failed {FAILURES_TO_OPEN} times in a row; left alone until {until:%H:%M:%S} UTC",
                vendor=self._service.vendor,
                endpoint=call.endpoint,
            )

    def _remember(self, call: Call, outcome: Reply | ConnectorError) -> None:
        if isinstance(outcome, RateLimitedError):
            self._service.limiter.throttle(call, min(outcome.retry_after or 0.0, RETRY_AFTER_CAP_SECONDS))
        if isinstance(outcome, (TransientError, OutcomeUnknownError, MalformedReplyError)):
            self._breaker.failed(call.key, self._wire.now())
        else:
            self._breaker.succeeded(call.key)


def _open_http(service: Service, wire: Wire) -> httpx.Client:
    silence_request_log()
    seconds = service.timeout_seconds
    return httpx.Client(
        transport=wire.network,
        timeout=httpx.Timeout(seconds, connect=min(seconds, CONNECT_SECONDS)),
        limits=httpx.Limits(max_connections=MAX_CONNECTIONS, max_keepalive_connections=MAX_CONNECTIONS),
        headers={"User-Agent": f"tieout/{version('tieout')}", "Accept": "application/json"},
        trust_env=False,
        follow_redirects=False,
    )


def _bounded(response: httpx.Response) -> bytes | None:
    """Return the whole body, unpacked; None when it is larger than any answer should be."""
    parts: list[bytes] = []
    size = 0
    for part in response.iter_bytes():
        size += len(part)
        if size > MAX_REPLY_BYTES:
            return None
        parts.append(part)
    return b"".join(parts)


def _outgoing(request: httpx.Request) -> Outgoing:
    url = request.url
    query = tuple(url.params.multi_items())
    content_type = request.headers.get("content-type", "")
    return Outgoing(request.method, str(url.copy_with(query=None)), url.path, query, request.content, content_type)


def _signed(request: httpx.Request, signature: Signature) -> httpx.Request:
    for name, value in signature.query:
        request.url = request.url.copy_add_param(name, value)
    request.headers.update(signature.headers)
    return request


def silence_request_log() -> None:
    """Keep the library's log of whole URLs from ever being written: they carry signatures and, on refresh, secrets."""
    chatter = logging.getLogger("httpx")
    if _is_quiet not in chatter.filters:
        chatter.addFilter(_is_quiet)


def _is_quiet(record: logging.LogRecord) -> bool:
    return record.levelno >= logging.WARNING
