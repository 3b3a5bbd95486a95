"""GXO for doctor and init.

Belongs here: its folders against what is configured. Does not: X12 or SFTP (connectors).
"""

from __future__ import annotations

from connectors.gxo.client import open_gxo
from connectors.transport.errors import CredentialError, TransientError, UnreachableError
from ingestion.config.loader import Configuration
from orchestration.systems.findings import Finding, Looked
from tieout.settings import Settings
from tieout.state import State

ACCESS = "check host, port, user, password or private_key, and host_key of gxo"
TEMPLATE = """
[gxo]
site = ""                    # the warehouse's id in N1*WH
shops = [""]                 # shop ids whose orders it ships
time_zone = "Europe/London"  # of dates and times in its messages
host = ""                    # of its SFTP server
port = 22
user = ""
host_key = ""                # the server's public key: ssh-ed25519 AAAA...
depositor = ""               # our id there, N1*DE
our_id = ""                  # ISA06 of what we send
their_id = ""                # ISA08 of what we send
"""
SECRETS = """
# GXO over SFTP: a password, or a private key (OpenSSH or PEM text)
TIEOUT_GXO__PASSWORD=
# TIEOUT_GXO__PRIVATE_KEY=
"""
EXAMPLE_LOCATION = "NTH1"
"""A place as locations.csv names it."""


def examine(settings: Settings, state: State, found: Configuration) -> Looked:
    """Look into the folders that files are sent to and received from."""
    del state, found
    gxo = settings.gxo
    assert gxo is not None  # noqa: S101  (only a configured system is examined)
    wrong: list[Finding] = []
    seen = []
    with open_gxo(gxo) as client:
        for name in ("receive_folder", "send_folder"):
            folder = getattr(gxo, name)
            try:
                seen.append(f"{len(client.list_files(folder))} files in {folder}")
            except (CredentialError, UnreachableError):
                raise
            except TransientError as error:
                message = f"gxo.{name} {folder!r} in tieout.toml cannot be listed: {error.message}"
                wrong.append(
                    Finding("gxo", "wrong", message, "expected a folder of the SFTP account: ask GXO for its name")
                )
    return ", ".join(seen), wrong
