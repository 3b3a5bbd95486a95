"""Fixtures of the wires: a clock that only sleeping moves, real state in a temporary home, and test credentials."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from connectors.transport.client import Wire
from tieout.state import State


@dataclass
class SteadyTime:
    """A clock for tests: it moves when somebody sleeps, and remembers how long they did."""

    instant: datetime = datetime(2026, 11, 2, 9, 30, tzinfo=UTC)
    slept: list[float] = field(default_factory=list)

    def now(self) -> datetime:
        return self.instant

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.instant += timedelta(seconds=seconds)


@pytest.fixture
def steady_time() -> SteadyTime:
    return SteadyTime()


@pytest.fixture
def make_wire(steady_time: SteadyTime) -> Callable[..., Wire]:
    """Return a function that makes a wire whose network is one handler function."""

    def make(handler: Callable[[httpx.Request], httpx.Response]) -> Wire:
        return Wire(httpx.MockTransport(handler), steady_time.now, steady_time.sleep, lambda: 0.5)

    return make


@pytest.fixture
def state(tmp_path: Path) -> Iterator[State]:
    opened = State(f"sqlite:///{tmp_path / 'state.sqlite'}")
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def rsa_key():
    return generate_private_key(public_exponent=65537, key_size=2048)


@pytest.fixture(scope="session")
def rsa_pem(rsa_key) -> str:
    return rsa_key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
