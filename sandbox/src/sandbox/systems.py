"""What the server needs to know of a system that it simulates.

Belongs here: that description. Does not: the systems themselves (`installation` lists them).
"""

from __future__ import annotations

import socket
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Protocol

from starlette.types import ASGIApp

from sandbox.calls import CallLog
from sandbox.deliveries import Channel
from sandbox.faults import FaultBook, Refusals, RenderError


class Listener(Protocol):
    """A running server of a wire other than HTTP."""

    async def stop(self) -> None:
        """Take no more connections and end those that are."""


Listen = Callable[[socket.socket, FaultBook, CallLog], Awaitable[Listener]]


@dataclass(frozen=True)
class System:
    """A system standing in. `entry` describes it for its base URL; `render` writes its own error bodies.

    `refusals`: the error codes it documents, where they are listed. `webhooks`: how it sends them, if it does.

    `app` and `render` None: the system has files instead of a wire, or a wire other than HTTP. That one `listen`
    serves on a bound socket; `scheme` begins its base URL.
    """

    name: str
    kinds: tuple[str, ...]
    entry: Callable[[str], dict[str, Any]]
    app: ASGIApp | None = None
    render: RenderError | None = None
    listen: Listen | None = None
    scheme: str = "http"
    refusals: Refusals | None = None
    webhooks: Channel | None = None
