"""Who may log in, and the server's own key: made once per world and kept beside its records.

Belongs here: making and keeping keys, and describing them to whoever drives the sandbox. Does not: checking them.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from sandbox.gxo import file_faults, profile
from sandbox.store import Store

_KEY = "gxo.access"
USER = "northgate"


@dataclass(frozen=True)
class Access:
    """Secrets of the account and of the server; keys are OpenSSH PEM text."""

    user: str
    password: str
    client_key: str
    host_key: str


def access(store: Store) -> Access:
    """Return the secrets, made on first use."""
    with store.transaction():
        kept: dict[str, str] | None = store.get_meta(_KEY)
        if kept is None:
            kept = {"user": USER, "password": secrets.token_urlsafe(18), "client_key": _new(), "host_key": _new()}
            store.set_meta(_KEY, kept)
    return Access(**kept)


def public_key(private: str) -> str:
    """Return the OpenSSH public key line of a private key."""
    import asyncssh

    return str(asyncssh.import_private_key(private).export_public_key().decode().strip())


def systems_entry(store: Store, url: str) -> dict[str, Any]:
    """Return all that an SFTP client needs, the partner profile, and how the site behaves."""
    import asyncssh

    given = access(store)
    host_key = public_key(given.host_key)
    place = urlsplit(url)
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
        "folders": list(profile.FOLDERS),
        "partner": {
            "qualifier": profile.QUALIFIER,
            "client_id": profile.CLIENT_ID,
            "warehouse_id": profile.WAREHOUSE_ID,
            "interchange_version": profile.INTERCHANGE_VERSION,
            "group_version": profile.GROUP_VERSION,
            "site": profile.SITE,
            "time_zone": "UTC",
            "services": sorted(profile.SERVICES),
            "carriers": profile.CARRIERS,
        },
        "limits": profile.limits(store),
        "file_faults": file_faults.FILE_KINDS,
        "quirks": QUIRKS,
    }


QUIRKS = [
    "Files are read every half hour of world time; a file named *.tmp is left alone; a file read goes to archive/.",
    "A 940 is cancelled by W05*F (or D) until picking begins; the 945 then says IC and 0. Later it ships regardless.",
    "A W12 of a line that is spread over cartons reports its part; the line's shortage is in its last W12.",
    "Other channels' sales of the same stock come as 947 with reason AH.",
    "947 reasons 05 and 55 put units on hold and take them off it; on hand does not move.",
    "Clients write to in/ only; they may remove a file of out/ or move it to archive/, and change nothing there.",
    "Text without a whole ISA cannot be answered: the file goes to archive/ without TA1 or 997.",
    "Rename fails when the target exists; posix-rename replaces it.",
]


def _new() -> str:
    import asyncssh

    return str(asyncssh.generate_private_key("ssh-ed25519").export_private_key("openssh").decode())
