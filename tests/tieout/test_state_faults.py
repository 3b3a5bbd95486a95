"""Damage, a full disk, a lock that stays and a lost state are reported in a sentence, without SQL or values."""

import resource
import sqlite3
import subprocess
import sys
import threading

import duckdb
import pytest
from sqlalchemy import insert, select

from orchestration.warehouse.publish import publish
from tieout.errors import LockedError, StateError
from tieout.state import State, acknowledgements, audit
from tieout.state_loss import open_state

ROW = {"at": "", "actor": "a", "action": "b", "subject": "secret-subject"}
FILL = """
import sys
from sqlalchemy import insert
from tieout.errors import TieoutError
from tieout.state import State, audit
state = State(sys.argv[1])
try:
    for number in range(10_000):
        with state.transaction() as connection:
            connection.execute(insert(audit).values(at="", actor="a", action="b", subject="s", detail="secret" * 5_000))
except TieoutError as error:
    print(type(error).__name__, error)
"""


def is_one_clear_sentence(reported):
    return not any(word in reported for word in ("Traceback", "INSERT", "SELECT", "select ", "secret", "sqlalche.me"))


@pytest.fixture
def home(tmp_path):
    State(f"sqlite:///{tmp_path / 'state.sqlite'}").close()
    return tmp_path


def audited(url):
    state = State(url)
    with state.reading() as connection:
        return connection.execute(select(audit)).all()


def write(state):
    with state.transaction() as connection:
        connection.execute(insert(audit).values(ROW))


def acknowledged(state):
    row = dict.fromkeys(
        ("entity_key", "desired", "desired_hash", "idempotency_key", "vendor_id", "acknowledged_at"), "x"
    )
    with state.transaction() as connection:
        connection.execute(insert(acknowledgements).values(sync="s", **row))


def test_damaged_pages_are_reported_with_the_way_back(home):
    path = home / "state.sqlite"
    with sqlite3.connect(path) as plain:
        plain.executemany(
            "insert into audit (at, actor, action, subject, detail) values ('', 'a', 'b', ?, '')",
            [(f"secret {number}",) for number in range(5_000)],
        )
        plain.commit()
        plain.execute("pragma wal_checkpoint(truncate)")
    plain.close()
    content = bytearray(path.read_bytes())
    content[8_192:] = b"\xa5" * (len(content) - 8_192)
    path.write_bytes(content)
    with pytest.raises(StateError, match=r"state\.sqlite is damaged .*restore it from its backup") as reported:
        audited(f"sqlite:///{path}")
    assert is_one_clear_sentence(str(reported.value))


def test_a_full_disk_is_reported_and_what_was_committed_is_kept(home):
    url = f"sqlite:///{home / 'state.sqlite'}"
    done = subprocess.run(
        [sys.executable, "-c", FILL, url],
        capture_output=True,
        text=True,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (600_000, 600_000)),
    )
    assert done.stdout.startswith("StateError") and "free disk space" in done.stdout, done
    assert is_one_clear_sentence(done.stdout + done.stderr)
    state = State(url)
    with state.reading() as connection:
        assert connection.execute(select(audit.c.id)).all()
    state.close()


def test_a_lock_that_stays_is_reported_after_a_bounded_wait(home):
    url = f"sqlite:///{home / 'state.sqlite'}"
    holder, waiting = State(url), State(url, wait_seconds=0.2)
    with holder.transaction(), pytest.raises(LockedError, match="stayed locked for 0 s") as reported:
        write(waiting)
    assert is_one_clear_sentence(str(reported.value))
    holder.close()
    waiting.close()


def test_writers_wait_in_line_and_none_is_lost(home):
    url = f"sqlite:///{home / 'state.sqlite'}"

    def write_five():
        state = State(url)
        for _ in range(5):
            write(state)
        state.close()

    writers = [threading.Thread(target=write_five) for _ in range(6)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    state = State(url)
    with state.reading() as connection:
        assert len(connection.execute(select(audit.c.id)).all()) == 30
    state.close()


def warehouse_with_acknowledgements(settings, *, published):
    with duckdb.connect(str(settings.warehouse_path)) as warehouse:
        warehouse.execute("create schema raw_tieout; create schema audit")
        warehouse.execute("create table raw_tieout.acknowledgements as select 1 as id")
        warehouse.execute("create table audit.acknowledgements as select 1 as id")
        if published:
            publish(settings, warehouse)


@pytest.mark.parametrize("published", [True, False])
@pytest.mark.parametrize("left", ["nothing", "no bytes", "an empty database"])
def test_a_state_that_was_lost_is_no_fresh_start(make_settings, left, published):
    settings = make_settings()
    warehouse_with_acknowledgements(settings, published=published)
    path = settings.home / "state.sqlite"
    if left == "no bytes":
        path.touch()
    if left == "an empty database":
        State(settings.database_url).close()
    for _ in range(2):
        with pytest.raises(StateError, match="restore the state from its backup"):
            open_state(settings)


def test_a_fresh_start_and_a_state_that_knows_of_the_writes_are_opened(make_settings):
    settings = make_settings()
    state = open_state(settings)
    acknowledged(state)
    state.close()
    warehouse_with_acknowledgements(settings, published=False)
    open_state(settings).close()
