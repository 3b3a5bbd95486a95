"""Sessions: an installation's permanent token buys one, and its answer names the server to talk to from then on.

Belongs here: signing in, and the header every call carries. Does not: keeping a session (transport.tokens), or going
to another server when a new session lives there (client). Fact sheet linnworks 1.

A session is kept as `<token> <server>`: the two belong together.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

from pydantic import SecretStr

from connectors.linnworks.errors import classify_reply
from connectors.linnworks.methods import VENDOR
from connectors.transport.client import Api, Service, Wire
from connectors.transport.errors import CredentialError, ExpiredTokenError, MalformedReplyError, RejectedError
from connectors.transport.exact_json import dump_json
from connectors.transport.messages import Call, Outgoing, Reply, Signature
from connectors.transport.token_calls import NoLimiter, Unsigned
from connectors.transport.tokens import Token, TokenFile
from tieout.errors import ConfigError
from tieout.numbers import whole_number
from tieout.settings import Linnworks, Settings

AUTHORIZE_PATH = "/api/Auth/AuthorizeByApplication"
USABLE = "AVAILABLE"
_ID = re.compile(r"[0-9a-fA-F-]{32,40}")
_SERVER = re.compile(r"https?://[A-Za-z0-9.:-]+")


@dataclass(frozen=True)
class Session:
    """A session token and the base URL of the server that it is good for."""

    token: str = field(repr=False)
    server: str

    @classmethod
    def of(cls, kept: str) -> Session:
        """Return the session that was kept as text."""
        token, _, server = kept.partition(" ")
        return cls(token, server)


class SessionSigner:
    """Adds the session's token, bare, to requests for one server."""

    def __init__(self, sessions: TokenFile, server: str) -> None:
        """Take sessions from `sessions`; only those of `server` will do."""
        self._sessions, self._server = sessions, server

    def sign(self, outgoing: Outgoing) -> Signature:
        """Return the Authorization header to add.

        Raises:
            ExpiredTokenError: when the session in force lives on another server; nothing was sent.
        """
        del outgoing
        kept = self._sessions.current()
        session = Session.of(kept)
        if session.server != self._server:
            raise ExpiredTokenError("the session moved to another server", vendor=VENDOR)
        return Signature(headers={"Authorization": session.token}, token=kept)

    def renew(self, stale: str) -> None:
        """Sign in again in place of the session `stale`."""
        self._sessions.renew(stale)


def open_sessions(linnworks: Linnworks, settings: Settings, wire: Wire) -> TokenFile:
    """Return this account's session, `linnworks_session.json` among the secrets; other credentials make it void.

    Raises:
        ConfigError: when application_id, application_secret or token is missing.
    """
    names = ("application_id", "application_secret", "token")
    values = tuple(required(getattr(linnworks, name), name) for name in names)
    sign_in = dict(zip(("ApplicationId", "ApplicationSecret", "Token"), values, strict=True))

    def issue(kept: Token | None) -> Token:
        del kept
        return _fetch(linnworks, sign_in, wire=wire)

    grant = "\n".join((linnworks.base_url, *values))
    return TokenFile(settings.home / "secrets" / "linnworks_session.json", issue, grant=grant, now=wire.now)


def required(secret: SecretStr | None, name: str) -> str:
    """Return a secret's text.

    Raises:
        ConfigError: when it is not configured.
    """
    text = secret.get_secret_value().strip() if secret else ""
    if not text:
        raise ConfigError(
            f"linnworks.{name} is missing: put it into the secret file linnworks__{name}"
            f" or TIEOUT_LINNWORKS__{name.upper()}"
        )
    return text


def read_session(reply: Reply, *, now: datetime) -> Token:
    """Return the session in a reply; TTL is seconds from now.

    Raises:
        CredentialError: when the account is locked or under maintenance (Status.State other than AVAILABLE).
        MalformedReplyError: when Token, Server or TTL is missing or is not what the documents say.
    """
    body = reply.json()
    try:
        state = str(body["Status"]["State"]) if body.get("Status") else USABLE
        token, server = str(body["Token"]), str(body["Server"]).rstrip("/")
        lifetime = timedelta(seconds=whole_number(body["TTL"]))
    except (TypeError, KeyError, ValueError, AttributeError):
        token, server, state, lifetime = "", "", USABLE, timedelta()
    place = {"vendor": reply.vendor, "endpoint": reply.call.endpoint}
    if state != USABLE:
        raise CredentialError(f"the account is {state}: expected {USABLE}", **place)
    if not (_ID.fullmatch(token) and _SERVER.fullmatch(server)):
        raise MalformedReplyError("expected Token (a GUID), Server (a URL) and TTL (seconds)", **place)
    return Token(f"{token} {server}", "", (now + lifetime).isoformat())


def _fetch(linnworks: Linnworks, sign_in: dict[str, str], *, wire: Wire) -> Token:
    body = dump_json(sign_in)
    headers = {"content-type": "application/json"}
    call = Call("Auth/AuthorizeByApplication", "POST", AUTHORIZE_PATH, is_read=True, body=body, headers=headers)
    classify = partial(classify_reply, secrets=tuple(sign_in.values()), sessions_renew=False)
    service = Service(VENDOR, linnworks.base_url, linnworks.timeout_seconds, classify, Unsigned(), NoLimiter())
    with Api(service, wire) as api:
        try:
            return read_session(api.send(call), now=wire.now())
        except RejectedError as error:
            message = f"{error.message}; check the application's id and secret and the installation's token"
            raise CredentialError(message, vendor=VENDOR, endpoint=call.endpoint, code=error.code) from None
