"""Who may call: the installation's credentials, sessions, and the quota of each method.

Belongs here: signing in and counting calls. Does not: any method. All of it runs on real time, not the world's.
Fact sheet linnworks 1, 3: a permanent token is exchanged for a session any number of times; a session dies TTL
seconds after its last use; the quota is per method and minute.
"""

from __future__ import annotations

import threading
import time
import uuid
from collections import deque
from dataclasses import dataclass, field
from typing import Any

from sandbox.linnworks.errors import QUOTA, WireError, no_session
from sandbox.linnworks.parameters import Parameters
from sandbox.linnworks.profile import CHANNEL, DEFAULT_LOCATION, EMPTY, guid, limits
from sandbox.store import Store

AUTHORIZE = "Auth/AuthorizeByApplication"
_KEY = "linnworks.credentials"
_MINUTE = 60.0


def credentials(store: Store) -> dict[str, str]:
    """Return the application's id and secret and the installation's token, made on first use."""
    kept: dict[str, str] | None = store.get_meta(_KEY)
    if kept is not None:
        return kept
    with store.transaction():
        kept = store.get_meta(_KEY)
        if kept is None:
            kept = {name: str(uuid.uuid4()) for name in ("application_id", "application_secret", "token")}
            store.set_meta(_KEY, kept)
    return kept


def systems_entry(store: Store, base_url: str) -> dict[str, Any]:
    """Return all that a client needs to be pointed at this account, and the switches in force."""
    root = base_url.rstrip("/")
    return {
        "base_url": root,
        "authorize_url": f"{root}/api/{AUTHORIZE}",
        **credentials(store),
        "location": {"id": DEFAULT_LOCATION, "name": "Default"},
        "source": CHANNEL[0],
        "sub_source": CHANNEL[1],
        "limits": limits(store),
    }


@dataclass
class Sessions:
    """Sessions in force, by token, with the instant of their last use (monotonic seconds)."""

    store: Store
    used: dict[str, float] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def open(self, given: Parameters, server: str) -> dict[str, Any]:
        """Exchange the permanent token for a session. Raises WireError 401."""
        kept = credentials(self.store)
        names = {"ApplicationId": "application_id", "ApplicationSecret": "application_secret", "Token": "token"}
        if any(given.text(name).lower() != kept[key] for name, key in names.items()):
            raise WireError("Application credentials or token are invalid.", status=401)
        token = str(uuid.uuid4())
        with self.lock:
            self.used[token] = time.monotonic()
        return _session(token, server, int(limits(self.store)["session_ttl"]))

    def check(self, token: str) -> None:
        """Count a use of a session. Raises WireError 401 when there is none, or none any more."""
        lifetime = float(limits(self.store)["session_ttl"])
        now = time.monotonic()
        with self.lock:
            last = self.used.get(token)
            if last is None or now - last > lifetime:
                self.used.pop(token, None)
                raise no_session()
            self.used[token] = now


@dataclass
class Quotas:
    """Calls of the last minute, by method."""

    calls: dict[str, deque[float]] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def take(self, method: str, admitted: int, *, tell_wait: bool) -> None:
        """Count one call. Raises WireError 429 above the quota, which counts nothing."""
        now = time.monotonic()
        with self.lock:
            recent = self.calls.setdefault(method, deque())
            while recent and now - recent[0] >= _MINUTE:
                recent.popleft()
            if len(recent) < admitted:
                recent.append(now)
                return
            wait = int(_MINUTE - (now - recent[0])) + 1 if recent else int(_MINUTE)
        raise WireError(QUOTA.format(limit=admitted), status=429, retry_after=wait if tell_wait else None)


def _session(token: str, server: str, seconds: int) -> dict[str, Any]:
    return {
        "Id": guid("user"), "EntityId": guid("entity"), "DatabaseName": "northgate", "DatabaseServer": "",
        "PrivateDatabaseServer": "", "DatabaseUser": "", "DatabasePassword": "", "AppName": "Northgate",
        "sid_registration": guid("registration"), "UserName": "api@northgate.example", "Md5Hash": "", "Locality": "US",
        "SuperAdmin": True, "TTL": seconds, "Token": token, "AccessToken": EMPTY, "GroupName": "Administrators",
        "Device": "", "DeviceType": "", "UserType": "Application",
        "Status": {"State": "AVAILABLE", "Reason": "", "Parameters": {}}, "UserId": EMPTY, "Properties": {},
        "Email": "api@northgate.example", "Server": server, "PushServer": server,
    }  # fmt: skip
