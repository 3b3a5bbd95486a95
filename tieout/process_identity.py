"""Who holds a lease or a slot, and whether that process still runs.

Belongs here: naming this process, and recognising a dead one. Does not: how long a lease lasts (its holder's module). A
killed process of this machine frees what it held at once. One of another machine or container, or of a system that does
not know its boot and its process-id namespace, is waited for until the lease ends: its process ids are not ours.
"""

from __future__ import annotations

import hashlib
import os
import socket
from functools import cache
from pathlib import Path
from uuid import uuid4

_BOOT = Path("/proc/sys/kernel/random/boot_id")
_NAMESPACE = Path("/proc/self/ns/pid")


def new_owner() -> str:
    """Return a name for one run of this process: machine, process id, its start, and a random part."""
    pid = os.getpid()
    return ":".join((_machine(), str(pid), _started(pid), uuid4().hex[:12]))


def is_gone(owner: str) -> bool:
    """Return whether a lease's owner certainly no longer runs; False when that cannot be known from here."""
    parts = owner.split(":")
    if len(parts) != 4 or not _is_here(parts[0]) or not parts[1].isdecimal():
        return False
    pid = int(parts[1])
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        pass  # another user's process: it runs, and may be another one under the same id
    return _started(pid) != parts[2]


def _is_here(machine: str) -> bool:
    return machine == _machine() and _BOOT.exists() and _NAMESPACE.exists()


@cache
def _machine() -> str:
    # Containers may share a host's name, and machines too: the boot and the process-id namespace distinguish them.
    marks = [socket.gethostname()]
    if _BOOT.exists() and _NAMESPACE.exists():
        marks += [_BOOT.read_text().strip(), os.readlink(_NAMESPACE)]
    return hashlib.sha256("|".join(marks).encode()).hexdigest()[:16]


def _started(pid: int) -> str:
    try:
        reported = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return "-"
    fields = reported.rpartition(")")[2].split()
    # A zombie still has an entry, and will never act again.
    return "ended" if fields[0] in {"Z", "X"} else fields[19]
