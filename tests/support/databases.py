"""Databases for tests: SQLite in a temporary folder, and a Postgres server that this test run starts by itself.

Belongs here: starting, stopping and handing out empty databases. Does not: any test.

The server is run by a shell that waits for its input to end: that happens when this process closes it, and also when
this process is killed.
"""

from __future__ import annotations

import atexit
import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from functools import cache
from itertools import count
from pathlib import Path

import pytest
import sqlalchemy

from tieout.state import State

_NUMBERS = count(1)
_RUN_UNTIL_INPUT_ENDS = 'folder=$1; shift; "$@" </dev/null & read -r _; kill -INT $!; wait $!; rm -rf "$folder"'


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database of each kind that tieout supports."""
    return f"sqlite:///{tmp_path / 'state.sqlite'}" if request.param == "sqlite" else new_postgres_url()


@pytest.fixture
def state(database_url: str) -> Iterator[State]:
    """The operational state on each kind of database."""
    opened = State(database_url)
    yield opened
    opened.close()


@pytest.fixture
def sqlite_state(tmp_path: Path) -> Iterator[State]:
    """The operational state on SQLite, for tests that do not concern the database."""
    opened = State(f"sqlite:///{tmp_path / 'own.sqlite'}")
    yield opened
    opened.close()


def new_postgres_url() -> str:
    """Return the URL of an empty database on this test run's own server."""
    folder = _server_folder()
    name = f"t{os.getpid()}_{next(_NUMBERS)}"
    admin = sqlalchemy.create_engine(_url(folder, "postgres"), isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(sqlalchemy.text(f"create database {name}"))
    admin.dispose()
    return _url(folder, name)


@cache
def _server_folder() -> Path:
    binaries = _binaries()
    if binaries is None:
        pytest.skip("POSTGRES IS NOT INSTALLED: nothing was tested on it (apt install postgresql)")
    user = _server_user()
    folder = Path(tempfile.mkdtemp(prefix="tieout-pg-"))
    if user:
        os.chown(folder, user.pw_uid, user.pw_gid)
    identity = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []} if user else {}
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "cwd": "/", **identity}
    data = folder / "data"
    settings = ["-c", "listen_addresses=", "-c", f"unix_socket_directories={folder}", "-c", "fsync=off"]
    subprocess.run(
        [binaries / "initdb", "-D", data, "-U", "tieout", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"],
        check=True,
        **quiet,
    )
    postgres = [binaries / "postgres", "-D", data, *settings]
    # Of a session of its own: what is sent to the test run's group must not reach the one who cleans up after it.
    server = subprocess.Popen(
        ["sh", "-c", _RUN_UNTIL_INPUT_ENDS, "sh", folder, *postgres],
        stdin=subprocess.PIPE,
        start_new_session=True,
        **quiet,
    )
    atexit.register(_stop, server, folder)
    _wait_until_ready(folder, server)
    return folder


def _binaries() -> Path | None:
    found = shutil.which("initdb")
    packaged = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    chosen = Path(found).resolve() if found else (packaged[-1] if packaged else None)
    return chosen.parent if chosen else None


def _server_user() -> pwd.struct_passwd | None:
    """Postgres refuses to run as root: name another user then."""
    if os.geteuid() != 0:
        return None
    names = [entry.pw_name for entry in pwd.getpwall()]
    return pwd.getpwnam("postgres" if "postgres" in names else "nobody")


def _wait_until_ready(folder: Path, server: subprocess.Popen[bytes]) -> None:
    engine = sqlalchemy.create_engine(_url(folder, "postgres"))
    for _ in range(200):
        try:
            engine.connect().close()
            engine.dispose()
            return
        except sqlalchemy.exc.OperationalError:
            if server.poll() is not None:
                break
            time.sleep(0.1)
    raise RuntimeError(f"postgres did not start in {folder} (exit {server.poll()})")


def _stop(server: subprocess.Popen[bytes], folder: Path) -> None:
    server.communicate(timeout=30)
    shutil.rmtree(folder, ignore_errors=True)


def _url(folder: Path, database: str) -> str:
    return f"postgresql+psycopg://tieout@/{database}?host={folder}"
