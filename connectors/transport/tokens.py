"""Access tokens in a file that only its owner may read: one process renews, the others read what it wrote.

Belongs here: keeping and sharing a token. Does not: how a system issues one.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from threading import Lock

from filelock import FileLock, Timeout

from tieout.clock import Clock, utc_now
from tieout.errors import LockedError

EARLY = timedelta(minutes=2)
LOCK_SECONDS = 120.0
UNTIL_REFUSED = "9999-12-31T00:00:00+00:00"


@dataclass(frozen=True)
class Token:
    """An access token. `expires_at` is an instant on our own clock, ISO 8601 UTC; `refresh` is "" where there is none.

    `grant` marks the configured credentials it came from (a hash), so that changing those makes it void.
    """

    access: str = field(repr=False)
    refresh: str = field(repr=False)
    expires_at: str
    grant: str = field(default="", repr=False)


Issue = Callable[[Token | None], Token]


class TokenFile:
    """A token kept at `path` (mode 0600) and renewed under a lock shared by all processes."""

    def __init__(self, path: Path, issue: Issue, *, grant: str, now: Clock = utc_now) -> None:
        """`issue` asks the vendor for a token, given the last one; `grant` is whatever it is issued for."""
        self._path, self._issue, self._now = path, issue, now
        self._grant = sha256(grant.encode()).hexdigest()
        self._guard = Lock()
        self._cached: Token | None = None

    def current(self) -> str:
        """Return an access token: the kept one while it lasts, else a new one.

        Raises:
            ConnectorError: whatever asking the vendor raises.
            LockedError: when another process renews it and does not finish.
        """
        with self._guard:
            token = self._cached or self._read()
            if token is None or self._has_expired(token):
                token = self._renew_unless_done(token.access if token else "")
            self._cached = token
            return token.access

    def renew(self, stale: str) -> None:
        """Replace the token `stale`, which the vendor no longer takes, unless another process or thread has."""
        with self._guard:
            self._cached = self._renew_unless_done(stale)

    def _renew_unless_done(self, stale: str) -> Token:
        self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        try:
            with FileLock(f"{self._path}.lock", timeout=LOCK_SECONDS):
                kept = self._read()
                if kept is not None and kept.access != stale and not self._has_expired(kept):
                    return kept
                return self._keep(self._issue(kept))
        except Timeout:
            raise LockedError(f"another process has held {self._path}.lock for {LOCK_SECONDS:.0f} s") from None

    def _keep(self, fresh: Token) -> Token:
        # A token that is new and yet looks expired means that the clocks disagree: then only a refusal ends it.
        expires_at = UNTIL_REFUSED if self._has_expired(fresh) else fresh.expires_at
        token = Token(fresh.access, fresh.refresh, expires_at, self._grant)
        self._write(token)
        return token

    def _has_expired(self, token: Token) -> bool:
        return datetime.fromisoformat(token.expires_at) - EARLY <= self._now()

    def _read(self) -> Token | None:
        """Return the kept token; None when there is none, or it is torn or was issued for other credentials."""
        try:
            token = Token(**json.loads(self._path.read_text()))
        except (FileNotFoundError, ValueError, TypeError):
            return None
        return token if token.grant == self._grant else None

    def _write(self, token: Token) -> None:
        handle, name = tempfile.mkstemp(dir=self._path.parent, prefix=".token-")  # made with mode 0600
        with os.fdopen(handle, "w") as file:
            json.dump(asdict(token), file)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(self._path)
