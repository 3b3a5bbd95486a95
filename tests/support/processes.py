"""Processes that tests start and that must not outlive them, and an address at which none of them can ever listen."""

from __future__ import annotations

import os
import socket
from functools import cache

WITH_US = ("--parent", str(os.getpid()))
"""Arguments of a sandbox that is to stop when this process does."""


@cache
def _held() -> socket.socket:
    held = socket.socket()
    held.bind(("127.0.0.1", 0))
    return held


def closed_port() -> int:
    """Return a port that refuses connections as long as this process lives: no other process gets it."""
    return int(_held().getsockname()[1])
