"""What it takes to talk to one NewStore tenant.

Belongs here: those values. Does not: where they come from (settings).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

VENDOR = "newstore"


@dataclass(frozen=True)
class Account:
    """One tenant and stage. `token_url` is the whole address of its realm's token call, on a host of its own.

    `requests_per_second` is for all calls together: 16 stay below the 5,000 in five minutes after which an address is
    blocked, and below the pace of every single call (fact sheet newstore 12). Tokens are kept in `home`.
    """

    base_url: str
    token_url: str
    tenant: str
    client_id: str
    client_secret: str = field(repr=False)
    home: Path
    scopes: str = ""
    requests_per_second: float = 16
    timeout_seconds: float = 30
