"""Who may log in, and the server's own key: made once per world and kept beside its records.

Belongs here: making, keeping and describing keys. Does not: checking them.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from sandbox.store import Store


@dataclass(frozen=True)
class Access:
    """Secrets of the account and of the server; keys are OpenSSH PEM text."""

    user: str
    password: str
    client_key: str
    host_key: str


def access(store: Store, system: str, user: str) -> Access:
    """Return a system's secrets, made on first use."""
    key = f"{system}.access"
    with store.transaction():
        kept: dict[str, str] | None = store.get_meta(key)
        if kept is None:
            kept = {"user": user, "password": secrets.token_urlsafe(18), "client_key": _new(), "host_key": _new()}
            store.set_meta(key, kept)
    return Access(**kept)


def public_key(private: str) -> str:
    """Return the OpenSSH public key line of a private key."""
    import asyncssh

    return str(asyncssh.import_private_key(private).export_public_key().decode().strip())


def place_of(given: Access, url: str) -> dict[str, Any]:
    """Return all that an SFTP client needs to log in at an address and to pin its host key."""
    import asyncssh

    host_key, place = public_key(given.host_key), urlsplit(url)
    return {
        "base_url": url,
        "host": place.hostname,
        "port": place.port,
        "user": given.user,
        "password": given.password,
        "client_key": given.client_key,
        "client_public_key": public_key(given.client_key),
        "host_public_key": host_key,
        "host_fingerprint": asyncssh.import_private_key(given.host_key).get_fingerprint(),
        "known_hosts": f"[{place.hostname}]:{place.port} {host_key}",
    }


def _new() -> str:
    import asyncssh

    return str(asyncssh.generate_private_key("ssh-ed25519").export_private_key("openssh").decode())
