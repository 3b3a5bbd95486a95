"""A live account on a real socket, with fresh records and one set of keys for all tests."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import httpx
import jwt
import pytest
import uvicorn

from sandbox.netsuite import netsuite_app, systems_entry
from sandbox.netsuite.credentials import credentials
from sandbox.store import Store

MONDAY_NOON = 1767614400  # 2026-01-05T12:00:00Z
ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


@dataclass
class Live:
    """One running account."""

    store: Store
    base_url: str
    entry: dict[str, Any]

    def assertion(self, *, kind: str = "rsa", drop: str = "", **changes: Any) -> str:
        """A signed JWT assertion, right unless given."""
        oauth2 = self.entry["oauth2"]
        prefix = "ec_" if kind == "ec" else ""
        now = int(time.time())
        claims = {
            "iss": oauth2["client_id"],
            "scope": ["rest_webservices"],
            "aud": oauth2["token_url"],
            "iat": now,
            "exp": now + 300,
        }
        key_id = changes.pop("kid", oauth2[f"{prefix}certificate_id"])
        algorithm = changes.pop("alg", oauth2[f"{prefix}algorithm"])
        claims = {name: value for name, value in {**claims, **changes}.items() if name != drop}
        return jwt.encode(claims, oauth2[f"{prefix}private_key"], algorithm=algorithm, headers={"kid": key_id})

    def ask_token(self, assertion: str) -> httpx.Response:
        """Exchange an assertion."""
        form = {
            "grant_type": "client_credentials",
            "client_assertion_type": ASSERTION_TYPE,
            "client_assertion": assertion,
        }
        return httpx.post(self.entry["oauth2"]["token_url"], data=form, timeout=60)


@pytest.fixture(scope="session")
def secrets() -> dict[str, str]:
    """Keys are slow to make and the same everywhere."""
    return credentials(Store(None))


@pytest.fixture
def live(secrets: dict[str, str]) -> Iterator[Live]:
    """A fresh account, served on a free port."""
    store = Store(None)
    store.set_now(MONDAY_NOON)
    store.set_meta("netsuite.credentials", secrets)
    config = uvicorn.Config(netsuite_app(store), port=0, log_level="error", date_header=False, ws="none")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    base_url = f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    yield Live(store, base_url, systems_entry(store, base_url))
    server.should_exit = True
    thread.join()
    store.close()


@pytest.fixture
def client(live: Live) -> Iterator[httpx.Client]:
    """A signed-in REST client rooted at /services/rest."""
    token = live.ask_token(live.assertion()).json()["access_token"]
    headers = {"Authorization": f"Bearer {token}"}
    with httpx.Client(base_url=f"{live.base_url}/services/rest", headers=headers, timeout=30) as client:
        yield client


@pytest.fixture
def journal() -> Callable[..., dict[str, Any]]:
    """Build a journal of (account number, signed amount) lines, debits positive; amounts are written as given."""

    def build(*lines: tuple[str, Any], **body: Any) -> dict[str, Any]:
        items = [
            {"account": {"externalId": f"ACC-{number}"}, **({"debit": amount} if amount > 0 else {"credit": -amount})}
            for number, amount in lines or (("1250", 10.1), ("4000", -10.1))
        ]
        return {"subsidiary": {"id": "1"}, "tranDate": "2026-01-04", "line": {"items": items}, **body}

    return build


@pytest.fixture
def query(client: httpx.Client) -> Callable[..., list[dict[str, Any]]]:
    """Run SuiteQL and return its rows without their links."""

    def run(text: str, *parameters: str, **page: int) -> list[dict[str, Any]]:
        answer = client.post(
            "/query/v1/suiteql",
            params=page,
            json={"q": text, "params": list(parameters)},
            headers={"Prefer": "transient"},
        )
        assert answer.status_code == 200, answer.text
        return [{name: value for name, value in row.items() if name != "links"} for row in answer.json()["items"]]

    return run
