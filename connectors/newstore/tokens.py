"""Tokens: a client's id and secret buy one from the tenant's realm (fact sheet newstore 1).

Belongs here: the token call, and the headers every other call carries. Does not: keeping a token (transport.tokens).
"""

from __future__ import annotations

from base64 import b64encode
from dataclasses import replace
from functools import partial
from urllib.parse import urlencode

from connectors.newstore.account import VENDOR, Account
from connectors.newstore.errors import classify_reply
from connectors.transport.bearer import BearerSigner, read_token
from connectors.transport.client import Api, Service, Wire
from connectors.transport.errors import CredentialError, RejectedError
from connectors.transport.messages import Call, Outgoing, Signature
from connectors.transport.token_calls import NoLimiter, Unsigned
from connectors.transport.tokens import Token, TokenFile


class TenantSigner(BearerSigner):
    """Adds the token, and the tenant that legacy calls want named, to every request."""

    def __init__(self, tokens: TokenFile, tenant: str) -> None:
        """Take tokens from `tokens`."""
        super().__init__(tokens)
        self._tenant = {"tenant": tenant}

    def sign(self, outgoing: Outgoing) -> Signature:
        """Return the headers to add."""
        signed = super().sign(outgoing)
        return replace(signed, headers={**signed.headers, **self._tenant})


def open_tokens(account: Account, wire: Wire) -> TokenFile:
    """Return this account's token, `newstore_token.json` among the secrets; other credentials make it void."""

    def issue(kept: Token | None) -> Token:
        del kept
        return _fetch(account, wire)

    grant = "\n".join((account.token_url, account.client_id, account.client_secret, account.scopes))
    return TokenFile(account.home / "secrets" / "newstore_token.json", issue, grant=grant, now=wire.now)


def _fetch(account: Account, wire: Wire) -> Token:
    form = {"grant_type": "client_credentials"} | ({"scope": account.scopes} if account.scopes else {})
    proof = b64encode(f"{account.client_id}:{account.client_secret}".encode()).decode()
    headers = {"content-type": "application/x-www-form-urlencoded", "Authorization": f"Basic {proof}"}
    call = Call("token", "POST", "", is_read=True, body=urlencode(form).encode(), headers=headers)
    classify = partial(classify_reply, secrets=(account.client_secret, proof), tokens_renew=False)
    service = Service(
        VENDOR, account.token_url, account.timeout_seconds, classify, Unsigned(), NoLimiter(), setting="token_url"
    )
    with Api(service, wire) as api:
        try:
            return read_token(api.send(call), "access_token", now=wire.now())
        except RejectedError as error:
            message = f"{error.message}; check token_url, client_id, client_secret and scopes of {VENDOR}"
            raise CredentialError(message, vendor=VENDOR, endpoint=call.endpoint, code=error.code) from None
