"""The account's secrets: made once per world and kept beside its records, so that a restart keeps every client valid.

Belongs here: making and keeping keys, and describing them to whoever drives the sandbox. Does not: checking them.
"""

from __future__ import annotations

import secrets
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from sandbox.netsuite.oauth1 import TokenPair
from sandbox.netsuite.seed import CUSTOMERS, REFUND_ITEM, REFUND_ITEM_EXTERNAL_ID
from sandbox.netsuite.switches import switches
from sandbox.store import Store

_KEY = "netsuite.credentials"


def credentials(store: Store, *, account: str = "1234567") -> dict[str, str]:
    """Return the account's secrets, made on first use."""
    with store.transaction():
        kept: dict[str, str] | None = store.get_meta(_KEY)
        if kept is None:
            kept = _make(account)
            store.set_meta(_KEY, kept)
    return kept


def token_pair(kept: dict[str, str]) -> TokenPair:
    """Return the OAuth 1.0a half of the secrets."""
    return TokenPair(**_oauth1(kept))


def systems_entry(store: Store, base_url: str) -> dict[str, Any]:
    """Return all that a third-party client needs to be pointed at this account, and its quirks."""
    kept = credentials(store)
    root = base_url.rstrip("/")
    return {
        "base_url": root,
        "account": kept["account"],
        "oauth2": {
            "token_url": f"{root}/services/rest/auth/oauth2/v1/token",
            "client_id": kept["client_id"],
            "certificate_id": kept["certificate_id"],
            "private_key": kept["private_key"],
            "algorithm": "PS256",
            "ec_certificate_id": kept["ec_certificate_id"],
            "ec_private_key": kept["ec_private_key"],
            "ec_algorithm": "ES256",
            "scope": "rest_webservices",
        },
        "oauth1": _oauth1(kept),
        "customers": {external_id: str(id) for id, _, external_id, *_ in CUSTOMERS},
        "refund_item": {REFUND_ITEM_EXTERNAL_ID: REFUND_ITEM},
        "quirks": switches(store),
    }


def _oauth1(kept: dict[str, str]) -> dict[str, str]:
    names = ("consumer_key", "consumer_secret", "token_id", "token_secret")
    return {**{name: kept[name] for name in names}, "realm": kept["account"]}


def _make(account: str) -> dict[str, str]:
    return {
        "account": account,
        "client_id": secrets.token_hex(32),
        "certificate_id": secrets.token_urlsafe(32),
        "private_key": _pem(rsa.generate_private_key(public_exponent=65537, key_size=3072)),
        "ec_certificate_id": secrets.token_urlsafe(32),
        "ec_private_key": _pem(ec.generate_private_key(ec.SECP256R1())),
        "consumer_key": secrets.token_hex(32),
        "consumer_secret": secrets.token_hex(32),
        "token_id": secrets.token_hex(32),
        "token_secret": secrets.token_hex(32),
        "access_token_secret": secrets.token_hex(32),
    }


def _pem(key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey) -> str:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
