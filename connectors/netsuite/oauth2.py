"""OAuth 2.0 client credentials: a signed assertion buys an access token for an hour (fact sheet netsuite 3.2).

Belongs here: the assertion, the token call, the bearer header. Does not: keeping the token (transport.tokens).
"""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial
from urllib.parse import urlencode
from uuid import uuid4

import jwt
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from pydantic import SecretStr

from connectors.netsuite.errors import classify_reply
from connectors.transport.bearer import read_token
from connectors.transport.client import Api, Service, Wire
from connectors.transport.messages import Call
from connectors.transport.token_calls import NoLimiter, Unsigned
from connectors.transport.tokens import Token, TokenFile
from tieout.clock import to_epoch
from tieout.errors import ConfigError
from tieout.settings import NetSuite, Settings

VENDOR = "netsuite"
TOKEN_PATH = "/services/rest/auth/oauth2/v1/token"  # noqa: S105 - a path
ASSERTION_LIFE = timedelta(minutes=5)
_CURVES = {"secp256r1": "ES256", "secp384r1": "ES384", "secp521r1": "ES512"}

PrivateKey = RSAPrivateKey | EllipticCurvePrivateKey


def open_token_file(settings: Settings, wire: Wire) -> TokenFile:
    """Return this account's token, `netsuite_token.json` among the secrets; other credentials make it void.

    Raises:
        ConfigError: when client_id, certificate_id or private_key is missing or the key cannot be read.
    """
    netsuite = settings.netsuite
    client = required(netsuite.client_id, "client_id")
    certificate = required(netsuite.certificate_id, "certificate_id")
    key, algorithm = read_private_key(required(netsuite.private_key, "private_key"))

    def issue(kept: Token | None) -> Token:
        del kept
        audience = netsuite.base_url.rstrip("/") + TOKEN_PATH
        claims = assertion_claims(client, audience, now=wire.now())
        signed = jwt.encode(claims, key, algorithm=algorithm, headers={"kid": certificate, "typ": "JWT"})
        return _fetch(netsuite, signed, wire=wire)

    grant = "\n".join((netsuite.base_url, netsuite.account, client, certificate))
    return TokenFile(settings.home / "secrets" / "netsuite_token.json", issue, grant=grant, now=wire.now)


def assertion_claims(client_id: str, audience: str, *, now: datetime) -> dict[str, str | int]:
    """Return the claims of the assertion: `aud` is the token URL, and it lives five minutes (NetSuite allows 60)."""
    issued = to_epoch(now)
    return {
        "iss": client_id,
        "scope": "rest_webservices",
        "aud": audience,
        "iat": issued,
        "exp": issued + int(ASSERTION_LIFE.total_seconds()),
        "jti": uuid4().hex,
    }


def read_private_key(pem: str) -> tuple[PrivateKey, str]:
    """Return the key and its algorithm: PS256 for RSA, ES256/384/512 by curve. Line ends may be escaped.

    Raises:
        ConfigError: when the text is no unencrypted PEM key, or one that NetSuite does not take.
    """
    wrong = ConfigError(
        "netsuite.private_key: expected an unencrypted PEM private key, RSA or EC (P-256, P-384, P-521); put it into"
        " the secret file netsuite__private_key or TIEOUT_NETSUITE__PRIVATE_KEY"
    )
    try:
        key = load_pem_private_key(pem.replace("\\n", "\n").encode(), password=None)
    except (ValueError, TypeError):
        raise wrong from None
    if isinstance(key, RSAPrivateKey):
        return key, "PS256"
    if isinstance(key, EllipticCurvePrivateKey) and key.curve.name in _CURVES:
        return key, _CURVES[key.curve.name]
    raise wrong


def required(secret: SecretStr | None, name: str) -> str:
    """Return a secret's text.

    Raises:
        ConfigError: when it is not configured.
    """
    text = secret.get_secret_value() if secret else ""
    if not text:
        raise ConfigError(
            f"netsuite.{name} is missing: put it into the secret file netsuite__{name}"
            f" or TIEOUT_NETSUITE__{name.upper()}"
        )
    return text


def _fetch(netsuite: NetSuite, assertion: str, *, wire: Wire) -> Token:
    form = {
        "grant_type": "client_credentials",
        "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        "client_assertion": assertion,
    }
    headers = {"content-type": "application/x-www-form-urlencoded"}
    body = urlencode(form).encode()
    call = Call("token", "POST", TOKEN_PATH, is_read=True, body=body, headers=headers)
    classify = partial(classify_reply, secrets=(assertion,), tokens_renew=False)
    service = Service(VENDOR, netsuite.base_url, netsuite.timeout_seconds, classify, Unsigned(), NoLimiter())
    with Api(service, wire) as api:
        return read_token(api.send(call), "access_token", now=wire.now())
