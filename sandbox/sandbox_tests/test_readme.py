"""README and manual: the calls they print are made, in their order, against a running sandbox."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from sandbox.server import Running, opened

HOME = Path(__file__).resolve().parent.parent
PAGES = sorted(HOME.glob("*.md")) + sorted((HOME / "docs").glob("*.md"))
NOT_RUN = ("pip ", "python -m sandbox ", "sftp ")
RECORDS = {
    "PAYMENT_ID": "tiktok_shop/payments",
    "LINE_ID": "bank/lines",
    "JOURNAL_ID": "netsuite/journalEntry",
}


@pytest.fixture
def control(tmp_path: Path) -> Iterator[str]:
    """The control address of a fresh sandbox, without its scheme."""
    with opened(tmp_path) as sandbox, Running(sandbox) as running:
        yield running.base_urls["control"].removeprefix("http://")


def blocks(page: Path) -> list[tuple[str, str]]:
    """Return language and text of each fenced block that can be run."""
    return re.findall(r"```(sh|python)\n(.*?)```", page.read_text(), flags=re.S)


def curl(line: str) -> httpx.Response:
    """Send what a line of curl says."""
    words = iter(shlex.split(line, comments=True)[1:])
    method, data, url = "GET", None, ""
    for word in words:
        if word == "-X":
            method = next(words)
        elif word == "-d":
            data = next(words)
        else:
            url = word
    return httpx.request(method, f"http://{url}", content=data, timeout=120, trust_env=False)


def with_records(line: str, control: str) -> str:
    """Put a record's own id where a page says PAYMENT_ID and the like."""
    for name, kind in RECORDS.items():
        if name in line:
            found = httpx.get(f"http://{control}/_sandbox/{kind}?limit=1", trust_env=False).json()["items"]
            line = line.replace(name, found[0]["_record"]["id"])
    return line


def run(language: str, text: str, control: str) -> dict[str, Any]:
    """Run one block; return the names that Python left."""
    text = text.replace("127.0.0.1:8710", control).replace("localhost:8710", control)
    names: dict[str, Any] = {}
    if language == "python":
        exec(compile(text, "a page", "exec"), names)
        return names
    for line in text.replace("\\\n", " ").splitlines():
        if line and not line.startswith(NOT_RUN):
            assert line.startswith("curl "), line
            reply = curl(with_records(line, control))
            assert reply.status_code == 200, f"{line}: {reply.text}"
    return names


def test_the_readmes_minute_ends_with_orders(control: str) -> None:
    left = [run(language, text, control) for language, text in blocks(HOME / "README.md")]
    assert {order["status"] for order in left[-1]["orders"]} == {"DELIVERED"}
    assert httpx.get(f"http://{control}/_sandbox/faults", trust_env=False).json()[0]["hits"] == 3


@pytest.mark.parametrize("page", [page for page in PAGES if page.parent != HOME and blocks(page)], ids=lambda p: p.name)
def test_what_a_page_prints_works_in_a_world_that_trades(control: str, page: Path) -> None:
    trade = {"baskets": 60, "days": 20, "fulfilment": "connected", "connected_from_day": 19, "live_events": 0}
    httpx.post(f"http://{control}/_sandbox/trade", json=trade, timeout=60, trust_env=False)
    httpx.post(f"http://{control}/_sandbox/clock", json={"advance_days": 20}, timeout=120, trust_env=False)
    journal = {"id": "1001", "tranId": "JE1", "line": {"items": []}}
    httpx.put(f"http://{control}/_sandbox/netsuite/journalEntry/1001", json=journal, trust_env=False)
    for language, text in blocks(page):
        run(language, text, control)


def test_there_are_pages_to_run() -> None:
    systems = {"tiktok-shop.md", "netsuite.md", "linnworks.md", "zigzag.md"}
    assert {"control.md", *systems} <= {p.name for p in PAGES if blocks(p)}
