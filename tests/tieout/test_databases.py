"""The Postgres of a test run ends with it, also when the run is killed, and leaves nothing behind."""

import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.support.databases import new_postgres_url

ROOT = Path(__file__).resolve().parent.parent.parent
START = "from tests.support.databases import new_postgres_url; print(new_postgres_url(), flush=True); input()"


def has_gone(folder: Path) -> bool:
    deadline = time.monotonic() + 30
    while folder.exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    return not folder.exists()


@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGTERM, None])
def test_a_server_ends_with_the_run_that_started_it(end):
    new_postgres_url()  # skips where there is no Postgres
    run = subprocess.Popen(
        [sys.executable, "-c", START], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    url = run.stdout.readline()
    folder = Path(re.search("host=(.*)", url).group(1))
    server = int((folder / "data" / "postmaster.pid").read_text().splitlines()[0])
    if end is None:
        run.communicate("\n", timeout=60)
    else:
        run.send_signal(end)
        run.communicate(timeout=60)
    assert has_gone(folder)
    assert not Path(f"/proc/{server}/cmdline").exists()
