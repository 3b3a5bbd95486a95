"""Bearer tokens: the header they go in, and the reply they come in.

Belongs here: what systems that issue such tokens have in common. Does not: the token call (each system), keeping a
token (tokens).
"""

from __future__ import annotations

from datetime import datetime, timedelta

from connectors.transport.errors import MalformedReplyError
from connectors.transport.messages import Outgoing, Reply, Signature
from connectors.transport.tokens import Token, TokenFile
from tieout.numbers import whole_number


class BearerSigner:
    """Adds the token to every request."""

    def __init__(self, tokens: TokenFile) -> None:
        """Take tokens from `tokens`."""
        self._tokens = tokens

    def sign(self, outgoing: Outgoing) -> Signature:
        """Return the Authorization header to add."""
        del outgoing
        token = self._tokens.current()
        return Signature(headers={"Authorization": f"Bearer {token}"}, token=token)

    def renew(self, stale: str) -> None:
        """Ask for a new token in place of `stale`."""
        self._tokens.renew(stale)


def read_token(reply: Reply, name: str, *, now: datetime) -> Token:
    """Return the token that a reply calls `name`; its `expires_in` is seconds from now.

    Raises:
        MalformedReplyError: when a part is missing or is not what the documents say.
    """
    body = reply.json()
    try:
        token, lifetime = body[name], timedelta(seconds=whole_number(body["expires_in"]))
    except (TypeError, KeyError, ValueError):
        token, lifetime = "", timedelta()
    if not isinstance(token, str) or not token or not token.isascii() or not token.isprintable():
        raise MalformedReplyError(
            f"expected {name} (text) and expires_in (seconds)", vendor=reply.vendor, endpoint=reply.call.endpoint
        )
    return Token(token, "", (now + lifetime).isoformat())
