"""TikTok Shop request signatures (fact sheet tiktok_shop 1.5). Pure.

Belongs here: the algorithm and the signer of our requests. Does not: tokens (auth) or webhooks, signed differently.
"""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from hashlib import sha256
from typing import Protocol

from connectors.transport.messages import Outgoing, Signature
from tieout.clock import Clock, to_epoch

_UNSIGNED = frozenset({"sign", "access_token"})


def sign(secret: str, path: str, query: Sequence[tuple[str, str]], body: bytes) -> str:
    """Return the lower-case hex signature of a request.

    `path` without host and query; `query` decoded, sorted here by key with the order of repeated keys kept; `body` as
    the exact bytes sent, and empty for multipart uploads, whose body is not signed.
    """
    pairs = sorted((pair for pair in query if pair[0] not in _UNSIGNED), key=lambda pair: pair[0].encode())
    plain = path + "".join(key + value for key, value in pairs)
    message = secret.encode() + plain.encode() + body + secret.encode()
    return hmac.new(secret.encode(), message, sha256).hexdigest()


class Tokens(Protocol):
    """Where access tokens come from."""

    def current(self) -> str:
        """Return a token that should still be accepted."""

    def renew(self, stale: str) -> None:
        """Replace a token that is not accepted any more."""


class RequestSigner:
    """Stamps each request with app_key, timestamp (epoch seconds, our clock), signature and access token."""

    def __init__(self, app_key: str, app_secret: str, *, tokens: Tokens, now: Clock) -> None:
        """Sign as one app; `tokens` says on whose behalf."""
        self._app_key, self._app_secret, self._tokens, self._now = app_key, app_secret, tokens, now

    def sign(self, outgoing: Outgoing) -> Signature:
        """Return what to add: TikTok Shop takes timestamps from five minutes ago to thirty seconds ahead."""
        token = self._tokens.current()
        common = (("app_key", self._app_key), ("timestamp", str(to_epoch(self._now()))))
        is_form = outgoing.content_type.startswith("multipart/form-data")
        signed = b"" if is_form else outgoing.body
        signature = sign(self._app_secret, outgoing.path, outgoing.query + common, signed)
        headers = {"x-tts-access-token": token}
        headers["content-type"] = outgoing.content_type if is_form else "application/json"
        return Signature((*common, ("sign", signature)), headers, token)

    def renew(self, stale: str) -> None:
        """Replace the access token `stale`."""
        self._tokens.renew(stale)
