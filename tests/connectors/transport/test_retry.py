import pytest

from connectors.transport.errors import (
    CredentialError,
    EndpointRestingError,
    ExpiredTokenError,
    MalformedReplyError,
    OutcomeUnknownError,
    RateLimitedError,
    RejectedError,
    TransientError,
)
from connectors.transport.retry import delay_seconds, should_retry


@pytest.mark.parametrize(
    ("error", "attempt", "expected"),
    [
        (TransientError("x"), 1, True),
        (TransientError("x"), 7, True),
        (TransientError("x"), 8, False),
        (RateLimitedError("x"), 7, True),
        (RateLimitedError("x", retry_after=60), 1, True),
        (RateLimitedError("x", retry_after=61), 1, False),
        (MalformedReplyError("x"), 2, True),
        (MalformedReplyError("x"), 3, False),
        (EndpointRestingError("x"), 1, False),
        (RejectedError("x"), 1, False),
        (CredentialError("x"), 1, False),
        (ExpiredTokenError("x"), 1, False),
        (OutcomeUnknownError("x"), 1, False),
    ],
)
def test_only_passing_faults_are_tried_again(error, attempt, expected):
    assert should_retry(error, attempt) is expected


def test_waits_double_up_to_a_cap():
    waits = [delay_seconds(TransientError("x"), attempt, jitter=1.0) for attempt in range(1, 9)]
    assert waits == [0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 8.0, 8.0]


def test_jitter_spreads_the_upper_half():
    assert delay_seconds(TransientError("x"), 3, jitter=0.0) == 0.5


@pytest.mark.parametrize("jitter", [0.0, 0.99])
def test_retry_after_is_never_undercut(jitter):
    assert 12 <= delay_seconds(RateLimitedError("x", retry_after=12), 1, jitter=jitter) < 12.25
