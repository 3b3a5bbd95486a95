"""Tokens: user name and password buy a JWT for half an hour (fact sheet zigzag 2).

Belongs here: the token call, and the header every other call carries. Does not: keeping a token (transport.tokens).
"""

from __future__ import annotations

from functools import partial

from connectors.transport.bearer import read_token
from connectors.transport.client import Api, Service, Wire
from connectors.transport.errors import CredentialError, RejectedError
from connectors.transport.exact_json import dump_json
from connectors.transport.messages import Call
from connectors.transport.token_calls import NoLimiter, Unsigned
from connectors.transport.tokens import Token, TokenFile
from connectors.zigzag.errors import classify_reply
from tieout.settings import Settings, ZigZag

VENDOR = "zigzag"
TOKEN_PATH = "/token"  # noqa: S105 - a path


def open_tokens(account: ZigZag, settings: Settings, wire: Wire) -> TokenFile:
    """Return this account's token, `zigzag_token.json` among the secrets; other credentials make it void."""
    password = account.password.get_secret_value()

    def issue(kept: Token | None) -> Token:
        del kept
        return _fetch(account, password, wire)

    grant = "\n".join((account.base_url, account.username, password))
    return TokenFile(settings.home / "secrets" / "zigzag_token.json", issue, grant=grant, now=wire.now)


def _fetch(account: ZigZag, password: str, wire: Wire) -> Token:
    body = dump_json({"username": account.username, "password": password})
    headers = {"content-type": "application/json"}
    call = Call("token", "POST", TOKEN_PATH, is_read=True, body=body, headers=headers)
    classify = partial(classify_reply, secrets=(password,), tokens_renew=False)
    service = Service(VENDOR, account.base_url, account.timeout_seconds, classify, Unsigned(), NoLimiter())
    with Api(service, wire) as api:
        try:
            return read_token(api.send(call), "token", now=wire.now())
        except RejectedError as error:
            message = f"{error.message}; check username and password of zigzag"
            raise CredentialError(message, vendor=VENDOR, endpoint=call.endpoint, code=error.code) from None
