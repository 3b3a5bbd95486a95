"""The product's receiver of webhooks on a port of loopback that is known before it listens, and after it has ended.

Belongs here: its start and its end, and waiting. Does not: what is sent to it.
"""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Thread
from time import monotonic, sleep
from typing import Any

import uvicorn

from orchestration.cli.webhooks import webhook_app
from tieout.settings import Settings
from tieout.state import State


@contextmanager
def free_port() -> Iterator[socket.socket]:
    """Give a port that refuses whoever connects, until a receiver listens on it."""
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        yield bound


def address_of(port: socket.socket, system: str) -> str:
    return f"http://127.0.0.1:{port.getsockname()[1]}/webhooks/{system}"


@contextmanager
def receiving(settings: Settings, port: socket.socket, **options: Any) -> Iterator[None]:
    """Run the receiver on a port; `options` are webhook_app's."""
    state = State(settings.database_url)
    config = uvicorn.Config(webhook_app(settings, state, **options), log_level="critical", lifespan="off")
    server = uvicorn.Server(config)
    thread = Thread(target=server.run, args=([port],))
    thread.start()
    until(lambda: server.started)
    try:
        yield
    finally:
        server.should_exit = True
        thread.join()
        state.close()


def until(done: Callable[[], object], seconds: float = 60.0) -> None:
    """Wait until something is so, and no longer."""
    end = monotonic() + seconds
    while not done():
        assert monotonic() < end, "waited too long"
        sleep(0.05)
