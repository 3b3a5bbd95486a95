"""SFTP as a wire that several systems have: a server over folders of file records.

Belongs here: protocol, logins, keys, the folders' records, faults of this wire. Does not: what the files say.
"""

from __future__ import annotations

from sandbox.sftp.access import Access, access, place_of, public_key
from sandbox.sftp.share import WIRE_KINDS, Share

__all__ = ["WIRE_KINDS", "Access", "Share", "access", "place_of", "public_key"]
