"""A running warehouse with stock, and a client's side of its files, written on its own."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import asyncssh
import httpx
import pytest

from sandbox import gxo
from sandbox.server import Running, opened
from sandbox.store import Store

MONDAY = 1_767_571_200
HOUR, DAY = 3600, 86400
LEVELS = {"GROC-1": 50, "GROC-2": 10, "GROC-3": 0, "GROC-4": 7}

W66 = "W66*PP*U***STD"


def ship_order(
    order: str,
    *lines: tuple[str, int],
    status: str = "N",
    routing: str = "STD",
    tracking: str = "",
) -> list[str]:
    """The segments of a 940 between ST and SE."""
    label = [f"N9*2I*{tracking}"] if tracking else []
    head = [f"W05*{status}*{order}", "N1*DE*NORTHGATE*92*NG", "N1*ST*Jo Doe", "N3*1 High St", "N4*Leeds**LS1 1AA*GB"]
    if status in "FD":
        return head[:1]
    rows = [part for at, (sku, n) in enumerate(lines, 1) for part in (f"LX*{at}", f"W01*{n}*EA**SK*{sku}")]
    return [*head, *label, f"W66*PP*U***{routing}", *rows, f"W76*{sum(n for _, n in lines)}"]


def interchange(*bodies: list[str], isa: int = 1, code: str = "940", functional: str = "OW", ack: str = "0") -> str:
    """An interchange of one group from the client to the warehouse."""
    head = (
        f"ISA*00*{' ' * 10}*00*{' ' * 10}*ZZ*{'NORTHGATE':15}*ZZ*{'GXONTH1':15}"
        f"*260105*0900*U*00401*{isa:09d}*{ack}*P*>~"
    )
    sets = ""
    for number, body in enumerate(bodies, 1):
        inner = "".join(f"{segment}~" for segment in body)
        sets += f"ST*{code}*{number:04d}~{inner}SE*{len(body) + 2}*{number:04d}~"
    group = f"GS*{functional}*NORTHGATE*GXONTH1*20260105*0900*{isa}*X*004010~"
    return f"{head}{group}{sets}GE*{len(bodies)}*{isa}~IEA*1*{isa:09d}~"


def segments(text: str) -> list[list[str]]:
    """The segments of a file, read without the code under test."""
    return [part.split("*") for part in text.split("~") if part]


@dataclass
class Site:
    """The warehouse over a store in memory: drops files, lets time pass, reads what comes out."""

    store: Store
    now: int = MONDAY
    isa: int = 0
    dropped: list[str] = field(default_factory=list)

    def drop(self, *bodies: list[str], **more: Any) -> None:
        """Put one file of 940s in `in/`."""
        self.isa += 1
        text = interchange(*bodies, **{"isa": self.isa, **more})
        gxo.folders.save(self.store, f"in/940_{self.isa:06d}.edi", text.encode(), at=self.now)

    def until(self, hours: float) -> None:
        """Run a wave every half hour up to so many hours after Monday 00:00."""
        while self.now < MONDAY + hours * HOUR:
            self.now += gxo.WAVE_SECONDS
            gxo.wave(self.store, self.now)

    def files(self, code: str = "", folder: str = "out") -> dict[str, str]:
        """Texts of the files of a kind, by name."""
        found = gxo.folders.in_folder(self.store, folder)
        return {name: r.body["text"] for r in found if (name := r.id.partition("/")[2]).startswith(code)}

    def rows(self, code: str, name: str) -> list[list[str]]:
        """All segments of one name in all files of a kind."""
        return [s for text in self.files(code).values() for s in segments(text) if s[0] == name]

    def order(self, id: str) -> dict[str, Any]:
        """The warehouse's order."""
        record = self.store.get("gxo", "orders", id)
        assert record is not None
        return record.body

    def add_file_fault(self, kind: str, match: str = "", **more: Any) -> None:
        """Switch a fault of the files on."""
        book = gxo.file_faults.FileFaultBook(store=self.store)
        book.add({"system": "gxo", "kind": kind, "match": match, "count": 1, **more}, ["gxo"])


@pytest.fixture
def site() -> Iterator[Site]:
    """A warehouse on Monday at midnight, opening snapshot reported."""
    store = Store()
    gxo.install(store)
    store.set_now(MONDAY)
    gxo.seed_stock(store, LEVELS)
    gxo.wave(store, MONDAY)
    yield Site(store)
    store.close()


@dataclass
class Live:
    """A running sandbox."""

    urls: dict[str, str]
    store: Store

    def control(self, method: str, path: str, body: Any = None) -> Any:
        """Call the control API."""
        url = f"{self.urls['control']}/_sandbox{path}"
        reply = httpx.request(method, url, json=body, timeout=20, trust_env=False)
        reply.raise_for_status()
        return reply.json()

    @property
    def entry(self) -> dict[str, Any]:
        """What a client receives."""
        return dict(self.control("GET", "/systems")["gxo"])

    def session(self, work: Callable[[Any], Awaitable[Any]], **login: Any) -> Any:
        """Do something in one SFTP session; the host key is pinned."""
        return asyncio.run(asyncio.wait_for(self._session(work, login), 20))

    async def _session(self, work: Callable[[Any], Awaitable[Any]], login: dict[str, Any]) -> Any:
        entry = self.entry
        given = {"username": entry["user"], "password": entry["password"], "client_keys": None, **login}
        hosts = asyncssh.import_known_hosts(entry["known_hosts"] + "\n")
        place = {"host": entry["host"], "port": entry["port"], "known_hosts": hosts, "config": None}
        async with (
            asyncssh.connect(**place, **given, agent_path=None) as connection,
            connection.start_sftp_client() as client,
        ):
            return await work(client)


@pytest.fixture
def live(tmp_path: Path) -> Iterator[Live]:
    """A sandbox on free ports with the warehouse's stock in it."""
    with opened(tmp_path) as sandbox, Running(sandbox) as running:
        sandbox.store.set_now(MONDAY)
        gxo.seed_stock(sandbox.store, LEVELS)
        yield Live(running.base_urls, sandbox.store)
