"""OAuth 2.0 client credentials: a JWT signed with a mapped certificate's key buys a bearer token for an hour.

Belongs here: checking assertions, issuing and checking access tokens, all against real wall time. Does not: OAuth 1.0a.
Fact sheet netsuite 3.2: PS256..ES512, never RS256; kid = certificate id; iss = client id; aud = token URL; exp at most
60 minutes after iat; a bad assertion is 400 invalid_grant.
"""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import parse_qsl

import jwt
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from sandbox.netsuite.wire import Answer, Call

TOKEN_PATH = "/services/rest/auth/oauth2/v1/token"  # noqa: S105 - a path, not a secret
LIFETIME_SECONDS = 3600
SCOPES = {"rest_webservices", "restlets", "suite_analytics"}
_ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
_ALGORITHMS = ("PS256", "PS384", "PS512", "ES256", "ES384", "ES512")
_CLOCK_LEEWAY_SECONDS = 60


def issue(call: Call, kept: dict[str, str], *, lenient_aud: bool, now: float) -> Answer:
    """Answer a token request; `now` is real epoch seconds, `kept` the account's secrets."""
    form = dict(parse_qsl(call.body.decode("utf-8", "replace")))
    if form.get("grant_type") != "client_credentials":
        return _refused("unsupported_grant_type")
    if form.get("client_assertion_type") != _ASSERTION_TYPE or not form.get("client_assertion"):
        return _refused("invalid_request")
    audiences = {call.base_url + TOKEN_PATH, _own_host(kept["account"]) + TOKEN_PATH}
    try:
        claims = _verified(form["client_assertion"], kept)
        _check_claims(claims, kept["client_id"], audiences=audiences, lenient=lenient_aud, now=now)
    except (jwt.PyJWTError, KeyError, ValueError, TypeError):
        return _refused("invalid_grant")
    scopes = _scopes(claims.get("scope"))
    if not scopes or not scopes <= SCOPES:
        return _refused("invalid_scope")
    payload = {"iss": kept["account"], "sub": claims["iss"], "scope": sorted(scopes)}
    token = jwt.encode({**payload, "iat": int(now), "exp": int(now) + LIFETIME_SECONDS}, kept["access_token_secret"])
    body = {"access_token": token, "expires_in": str(LIFETIME_SECONDS), "token_type": "bearer"}
    return Answer(200, body, {"Cache-Control": "no-store"}, "application/json")


def bearer_is_good(token: str, kept: dict[str, str]) -> bool:
    """Whether an access token is ours, unexpired, and allows REST web services."""
    try:
        claims = jwt.decode(token, kept["access_token_secret"], algorithms=["HS256"], issuer=kept["account"])
    except jwt.PyJWTError:
        return False
    return "rest_webservices" in claims.get("scope", [])


def _verified(assertion: str, kept: dict[str, str]) -> dict[str, Any]:
    certificates = {
        kept["certificate_id"]: kept["private_key"],
        kept["ec_certificate_id"]: kept["ec_private_key"],
    }
    header = jwt.get_unverified_header(assertion)
    pem = certificates.get(str(header.get("kid")))
    if pem is None:
        raise ValueError("unknown certificate id")
    public_key: Any = load_pem_private_key(pem.encode(), None).public_key()
    # The times and the audience have rules of their own, checked below.
    checks: Any = {"verify_exp": False, "verify_iat": False, "verify_aud": False, "verify_nbf": False}
    claims: dict[str, Any] = jwt.decode(assertion, public_key, algorithms=list(_ALGORITHMS), options=checks)
    return claims


def _check_claims(claims: dict[str, Any], client_id: str, *, audiences: set[str], lenient: bool, now: float) -> None:
    issued, expires = float(claims["iat"]), float(claims["exp"])
    if claims.get("iss") != client_id:
        raise ValueError("iss is not the client id")
    if expires <= now or issued > now + _CLOCK_LEEWAY_SECONDS or expires - issued > LIFETIME_SECONDS:
        raise ValueError("iat and exp are out of bounds")
    given = claims.get("aud")
    named = given if isinstance(given, list) else [given]
    if not (audiences & {str(name) for name in named} or (lenient and TOKEN_PATH in str(given))):
        raise ValueError("aud is not the token URL")


def _scopes(given: Any) -> set[str]:
    if isinstance(given, list):
        return {str(scope).strip() for scope in given}
    return {scope for scope in re.split(r"[\s,]+", str(given or "")) if scope}


def _own_host(account: str) -> str:
    return f"https://{account.lower().replace('_', '-')}.suitetalk.api.netsuite.com"


def _refused(error: str) -> Answer:
    return Answer(400, {"error": error}, {"Cache-Control": "no-store"}, "application/json")
