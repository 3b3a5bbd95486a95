"""The sandbox's servers: one loopback port for control and one for each system with a wire, in one process.

Belongs here: sockets, start, stop, the `Date` header, the thread that sends webhooks. Does not: any answer.
Every reply's `Date` is the world's time, as a vendor's server clock would give it; `/_sandbox` answers on every port.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import signal
import socket
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from email.utils import formatdate
from pathlib import Path
from types import TracebackType

import uvicorn
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sandbox.calls import CallLog, logged
from sandbox.control import Control, World, control_app
from sandbox.deliveries import Sender
from sandbox.faults import FaultBook, faulty
from sandbox.sftp import WIRE_KINDS
from sandbox.store import Store
from sandbox.systems import Listener, System

CONTROL = "control"
DEFAULT_PORTS = {
    CONTROL: 8710,
    "tiktok_shop": 8711,
    "netsuite": 8712,
    "gxo": 8713,
    "linnworks": 8714,
    "zigzag": 8715,
    "zigzag_sftp": 8716,
    "newstore": 8717,
}
_GRACE_SECONDS = 3
_READY_SECONDS = 30.0


class _Server(uvicorn.Server):
    """A server that leaves the process's signals to whoever runs several of them."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Install nothing."""
        yield


@dataclass
class Sandbox:
    """Systems over one store, ready to be served. `ports` by name; 0 or a missing name picks a free one."""

    store: Store
    systems: list[System]
    world: World
    host: str = "127.0.0.1"
    ports: Mapping[str, int] = field(default_factory=dict)
    base_urls: dict[str, str] = field(default_factory=dict)
    book: FaultBook = field(default_factory=FaultBook)

    def __post_init__(self) -> None:
        """Give every system with a wire its log."""
        self._stopping = threading.Event()
        self._servers: list[_Server] = []
        self._listeners: list[Listener] = []
        self.logs = {system.name: CallLog() for system in self.systems if system.app or system.listen}
        self.book.refusals.update({system.name: system.refusals for system in self.systems if system.refusals})
        self.book.wires.update({system.name: WIRE_KINDS for system in self.systems if system.listen})
        self._control = Control(self.store, self.world, self.systems, self.book, self.logs, self.base_urls)

    def stop(self) -> None:
        """Ask the servers to end; safe from any thread."""
        self._stopping.set()
        for server in self._servers:
            server.should_exit = True

    async def run(self, ready: Callable[[dict[str, str]], None]) -> None:
        """Serve until stopped; calls `ready` with the base URLs once every port answers.

        Raises:
            OSError: A port is taken.
        """
        sockets = self._bound()
        for name, listener in sockets.items():
            self.base_urls[name] = f"{self._scheme(name)}://{self.host}:{listener.getsockname()[1]}"
        apps = self._apps()
        self._servers = [_Server(_config(app)) for app in apps.values()]
        sending = self._senders()
        served = [
            asyncio.create_task(server.serve(sockets=[listener]))
            for server, listener in zip(self._servers, map(sockets.__getitem__, apps), strict=True)
        ]
        try:
            await self._listen(sockets)
            await self._announce(ready)
            for thread in sending:
                thread.start()
            await asyncio.gather(*served)
        finally:
            self.stop()
            await asyncio.gather(*served, *(each.stop() for each in self._listeners), return_exceptions=True)
            for thread in sending:
                if thread.is_alive():
                    await asyncio.to_thread(thread.join, _GRACE_SECONDS + 1)

    async def _announce(self, ready: Callable[[dict[str, str]], None]) -> None:
        while not all(server.started for server in self._servers):
            if self._stopping.is_set():
                return
            await asyncio.sleep(0.01)
        ready(dict(self.base_urls))

    def _senders(self) -> list[threading.Thread]:
        channels = [system.webhooks for system in self.systems if system.webhooks]
        senders = [Sender(self.store, self.book, channel, self._stopping) for channel in channels]
        return [threading.Thread(target=sender.run, name="webhooks", daemon=True) for sender in senders]

    async def _listen(self, sockets: Mapping[str, socket.socket]) -> None:
        for system in self.systems:
            if system.listen:
                log = self.logs[system.name]
                self._listeners.append(await system.listen(sockets[system.name], self.book, log))

    def _scheme(self, name: str) -> str:
        return next((system.scheme for system in self.systems if system.name == name), "http")

    def _bound(self) -> dict[str, socket.socket]:
        sockets: dict[str, socket.socket] = {}
        try:
            for name in (CONTROL, *self.logs):
                sockets[name] = self._listening(name)
        except OSError:
            for listener in sockets.values():
                listener.close()
            raise
        return sockets

    def _listening(self, name: str) -> socket.socket:
        # Named TCP: only then does the event loop switch Nagle off, which costs 40 ms a reply in two segments.
        listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((self.host, self.ports.get(name, 0)))
        except OSError as error:
            listener.close()
            wanted = f"port {self.ports.get(name)} for {name} on {self.host}"
            raise OSError(error.errno, f"{wanted}: {error.strerror}") from error
        return listener

    def _now(self) -> int:
        return self.store.now

    def _apps(self) -> dict[str, ASGIApp]:
        control = control_app(self._control)
        apps = {CONTROL: _dated(_split(control, _only_control), self._now)}
        for system in self.systems:
            if system.app and system.render:
                vendor = faulty(system.app, self.book, system=system.name, render=system.render)
                wire = logged(vendor, self.logs[system.name], world_now=self._now)
                apps[system.name] = _dated(_split(control, wire), self._now)
        return apps


def serve(
    state_dir: Path, *, host: str = "127.0.0.1", ports: Mapping[str, int] | None = None, bank_dir: Path | None = None
) -> None:
    """Serve the sandbox kept in `state_dir` until SIGTERM or SIGINT; prints one JSON line when ready.

    Raises:
        OSError: A port is taken.
    """
    with opened(state_dir, host=host, ports=DEFAULT_PORTS if ports is None else ports, bank_dir=bank_dir) as sandbox:
        asyncio.run(_until_signal(sandbox))


@contextlib.contextmanager
def opened(
    state_dir: Path, *, host: str = "127.0.0.1", ports: Mapping[str, int] | None = None, bank_dir: Path | None = None
) -> Iterator[Sandbox]:
    """Open the sandbox of a state folder with all its systems, not yet serving; the world in it goes on."""
    from sandbox import world
    from sandbox.gxo.file_faults import FileFaultBook
    from sandbox.installation import installed

    store = Store(state_dir / "records.sqlite")
    try:
        systems = installed(store, bank_dir or state_dir / "bank")
        book = FileFaultBook(store=store)
        yield Sandbox(
            store, systems, World(world.create_world, world.advance, world.plant), host, ports or {}, book=book
        )
    finally:
        store.close()


class Running:
    """A sandbox served by a thread of this process, for the length of a `with` block."""

    def __init__(self, sandbox: Sandbox) -> None:
        """Prepare to serve `sandbox`; its store stays the caller's to close."""
        self.sandbox = sandbox
        self._ready = threading.Event()
        self._failure: BaseException | None = None
        self._thread = threading.Thread(target=self._serve, name="sandbox", daemon=True)

    @property
    def base_urls(self) -> dict[str, str]:
        """The base URL of each port: control, tiktok_shop, ..."""
        return self.sandbox.base_urls

    def __enter__(self) -> Running:
        """Start and wait until every port answers.

        Raises:
            RuntimeError: The servers did not start.
        """
        self._thread.start()
        if not self._ready.wait(_READY_SECONDS) or self._failure:
            self.sandbox.stop()
            raise RuntimeError("the sandbox did not start") from self._failure
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop and wait for the end."""
        self.sandbox.stop()
        self._thread.join(_GRACE_SECONDS + 5)

    def _serve(self) -> None:
        try:
            asyncio.run(self.sandbox.run(lambda _: self._ready.set()))
        except BaseException as error:
            self._failure = error
        finally:
            self._ready.set()


async def _until_signal(sandbox: Sandbox) -> None:
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, sandbox.stop)
    await sandbox.run(_print_ready)


def _print_ready(base_urls: dict[str, str]) -> None:
    sys.stdout.write(json.dumps({"ready": True, **base_urls}) + "\n")
    sys.stdout.flush()


def _config(app: ASGIApp) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        http="h11",
        ws="none",
        lifespan="off",
        log_level="warning",
        access_log=False,
        date_header=False,
        server_header=False,
        proxy_headers=False,
        timeout_keep_alive=60,
        timeout_graceful_shutdown=_GRACE_SECONDS,
    )


def _split(control: ASGIApp, wire: ASGIApp) -> ASGIApp:
    async def chosen(scope: Scope, receive: Receive, send: Send) -> None:
        await (control if scope["path"].startswith("/_sandbox") else wire)(scope, receive, send)

    return chosen


def _dated(app: ASGIApp, now: Callable[[], int]) -> ASGIApp:
    async def wrapped(scope: Scope, receive: Receive, send: Send) -> None:
        # uvicorn passes a bound method of the request's cycle: the only way to its connection, which lost replies cut.
        scope["sandbox.abort"] = send.__self__.transport.abort  # type: ignore[attr-defined]

        async def stamped(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], (b"date", formatdate(now(), usegmt=True).encode())]
            await send(message)

        await app(scope, receive, stamped)

    return wrapped


async def _only_control(scope: Scope, receive: Receive, send: Send) -> None:
    await JSONResponse({"error": "this port answers /_sandbox only"}, 404)(scope, receive, send)
