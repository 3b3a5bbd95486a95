"""What calls that ask for tokens need instead of a signer and a limit: neither.

Belongs here: the absence of both, in the form the client expects. Does not: real limits (limits).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from connectors.transport.messages import Call, Outgoing, Signature


class Unsigned:
    """Token calls carry their own proof: an app secret or a signed assertion."""

    def sign(self, outgoing: Outgoing) -> Signature:
        """Add nothing."""
        del outgoing
        return Signature()

    def renew(self, stale: str) -> None:
        """There is no token yet to renew."""


class NoLimiter:
    """Lets every call pass at once: tokens are asked for so rarely that no limit applies."""

    @contextmanager
    def acquire(self, call: Call) -> Iterator[None]:
        """Let the call pass."""
        del call
        yield

    def throttle(self, call: Call, seconds: float) -> None:
        """Only the refused call waits."""

    def close(self) -> None:
        """Nothing is held."""
