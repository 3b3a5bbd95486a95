"""Tokens: user name and password buy a JWT for half an hour (fact sheet zigzag 2).

Belongs here: the token call, and the header every other call carries. Does not: keeping a token (transport.tokens).
"""

from __future__ import annotations

from datetime import datetime, timedelta

from connectors.transport.client import Api, Service, Wire
from connectors.transport.errors import CredentialError, MalformedReplyError, RejectedError
from connectors.transport.exact_json import dump_json
from connectors.transport.messages import Call, Outgoing, Reply, Signature
from connectors.transport.token_calls import NoLimiter, Unsigned
from connectors.transport.tokens import Token, TokenFile
from connectors.zigzag.errors import reply_classifier
from tieout.numbers import whole_number
from tieout.settings import Settings, ZigZag

VENDOR = "zigzag"
TOKEN_PATH = "/token"  # noqa: S105 - a path


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


def open_tokens(account: ZigZag, settings: Settings, wire: Wire) -> TokenFile:
    """Return this account's token, `zigzag_token.json` among the secrets; other credentials make it void."""
    password = account.password.get_secret_value()

    def issue(kept: Token | None) -> Token:
        del kept
        return _fetch(account, password, wire)

    grant = "\n".join((account.base_url, account.username, password))
    return TokenFile(settings.home / "secrets" / "zigzag_token.json", issue, grant=grant, now=wire.now)


def read_token(reply: Reply, *, now: datetime) -> Token:
    """Return the token in a reply; `expires_in` is seconds from now.

    Raises:
        MalformedReplyError: when a part is missing or is not what the contract says.
    """
    body = reply.json()
    try:
        token, lifetime = body["token"], timedelta(seconds=whole_number(body["expires_in"]))
    except (TypeError, KeyError, ValueError):
        token, lifetime = "", timedelta()
    if not isinstance(token, str) or not token or not token.isascii() or not token.isprintable():
        raise MalformedReplyError(
            "expected token (text) and expires_in (seconds)", vendor=reply.vendor, endpoint=reply.call.endpoint
        )
    return Token(token, "", (now + lifetime).isoformat())


def _fetch(account: ZigZag, password: str, wire: Wire) -> Token:
    body = dump_json({"username": account.username, "password": password})
    headers = {"content-type": "application/json"}
    call = Call("token", "POST", TOKEN_PATH, is_read=True, body=body, headers=headers)
    classify = reply_classifier((password,), tokens_renew=False)
    service = Service(VENDOR, account.base_url, account.timeout_seconds, classify, Unsigned(), NoLimiter())
    with Api(service, wire) as api:
        try:
            return read_token(api.send(call), now=wire.now())
        except RejectedError as error:
            message = f"{error.message}; check username and password of zigzag"
            raise CredentialError(message, vendor=VENDOR, endpoint=call.endpoint, code=error.code) from None
