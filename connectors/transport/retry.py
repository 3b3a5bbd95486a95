"""Whether to send a read again, and after how long. Pure: the attempt, the error and the jitter are arguments.

Belongs here: the policy for reads. Does not: writes, which are never sent again from here (the outbox decides).
"""

from __future__ import annotations

from connectors.transport.errors import (
    ConnectorError,
    EndpointRestingError,
    MalformedReplyError,
    RateLimitedError,
    TransientError,
    UnreachableError,
)

ATTEMPTS = 8
MALFORMED_ATTEMPTS = 3
CONNECT_ATTEMPTS = 6  # some seconds: enough for a server that restarts
BASE_SECONDS = 0.25
CAP_SECONDS = 8.0
RETRY_AFTER_CAP_SECONDS = 60.0


def should_retry(error: ConnectorError, attempt: int) -> bool:
    """Return whether a read whose `attempt`-th try (from 1) failed this way is worth another.

    A Retry-After above the cap is obeyed by not trying again now: the next run will. Neither is a resting endpoint
    waited for.
    """
    if isinstance(error, EndpointRestingError):
        return False
    if isinstance(error, RateLimitedError) and (error.retry_after or 0.0) > RETRY_AFTER_CAP_SECONDS:
        return False
    if isinstance(error, MalformedReplyError):
        return attempt < MALFORMED_ATTEMPTS
    if isinstance(error, UnreachableError):
        return attempt < CONNECT_ATTEMPTS
    return isinstance(error, TransientError) and attempt < ATTEMPTS


def delay_seconds(error: ConnectorError, attempt: int, *, jitter: float) -> float:
    """Return how long to wait before the next try: never less than the vendor asked, else doubling from 0.25 s to 8 s.

    `jitter` in [0, 1) spreads the upper half, so that processes refused together do not come back together.
    """
    backoff = min(BASE_SECONDS * 2.0 ** (attempt - 1), CAP_SECONDS) * (0.5 + jitter / 2)
    if isinstance(error, RateLimitedError) and error.retry_after is not None:
        return error.retry_after + BASE_SECONDS * jitter
    return backoff
