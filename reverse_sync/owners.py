"""Who holds a lease, and whether that process still lives.

Belongs here: naming this process, and telling a dead one. Does not: how long a lease lasts (pace). A killed process
on this machine frees its rows at once; one on another machine is waited for until its lease ends.
"""

from __future__ import annotations

import hashlib
import os
import socket
from functools import cache
from pathlib import Path
from uuid import uuid4


def new_owner() -> str:
    """Return a name for one run of this process: machine, process id, its start, and a random part."""
    pid = os.getpid()
    return ":".join((_machine(), str(pid), _started(pid), uuid4().hex[:12]))


def is_gone(owner: str) -> bool:
    """Tell whether a lease's owner certainly no longer runs; False when that cannot be known from here."""
    parts = owner.split(":")
    if len(parts) != 4 or parts[0] != _machine() or not parts[1].isdigit():
        return False
    pid = int(parts[1])
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return _started(pid) != parts[2]
    return _started(pid) != parts[2]


@cache
def _machine() -> str:
    # Containers may share a host's name; the boot and the process-id namespace tell them apart.
    marks = [socket.gethostname()]
    boot, namespace = Path("/proc/sys/kernel/random/boot_id"), Path("/proc/self/ns/pid")
    if boot.exists():
        marks.append(boot.read_text().strip())
    if namespace.exists():
        marks.append(os.readlink(namespace))
    return hashlib.sha256("|".join(marks).encode()).hexdigest()[:16]


def _started(pid: int) -> str:
    try:
        told = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return "-"
    fields = told.rpartition(")")[2].split()
    # A zombie still has an entry, and will never act again.
    return "ended" if fields[0] in {"Z", "X"} else fields[19]
