"""The operational database: migrations, who may write when, and instants as text."""

import os
import sqlite3
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta, timezone

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import func, insert, inspect, select, text
from sqlalchemy.exc import IntegrityError

from tieout.errors import ConfigError, StateError
from tieout.state import HEAD, State, approvals, audit, metadata, migrate, outbox, stamp

OF_A_ROW = {
    **{"shop_id": "S2", "lane": 1, "state": "pending", "desired": "{}", "idempotency_key": "k"},
    **{"created_at": "2026", "updated_at": "2026"},
}
BEFORE_SHOPS = (
    "drop table approvals",
    "create table approvals (sync varchar(80) not null, entity_key varchar(200) not null,"
    " desired_hash varchar(64) not null, approved_by varchar(80) not null, approved_at varchar(40) not null,"
    " primary key (sync, entity_key, desired_hash))",
    "insert into approvals values ('s', 'J1', 'h', 'ann', '2026'), ('s', 'of no row', 'h', 'ann', '2026')",
    "update alembic_version set version_num = '0004'",
)
AUDITED = {"at": "", "actor": "a", "action": "b", "subject": "c"}
OPEN_IT = "import sys; from tieout.state import State; State(sys.argv[1]).close(); print('alembic' in sys.modules)"


def opened_elsewhere(url):
    return subprocess.Popen(
        [sys.executable, "-c", OPEN_IT, url], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def test_the_migrated_database_is_exactly_what_the_tables_say(state):
    with state.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []
        for table in metadata.sorted_tables:
            there = {frozenset(u["column_names"]) for u in inspect(connection).get_unique_constraints(table.name)}
            ours = {
                frozenset(c.name for c in u.columns)
                for u in table.constraints
                if type(u).__name__ == "UniqueConstraint"
            }
            assert there == ours, table.name


def test_the_revision_known_here_is_the_newest_one(state):
    config = Config()
    config.set_main_option("script_location", "tieout:migrations")
    assert ScriptDirectory.from_config(config).get_heads() == [HEAD]
    with state.reading() as connection:
        assert connection.execute(text("select version_num from alembic_version")).scalars().all() == [HEAD]


def test_what_was_approved_before_shops_counted_stays_approved_for_its_shop(database_url):
    state = State(database_url)
    with state.transaction() as connection:
        connection.execute(insert(outbox).values({"sync": "s", "entity_key": "J1", "desired_hash": "h", **OF_A_ROW}))
        for sql in BEFORE_SHOPS:
            connection.execute(text(sql))
    state.close()
    state = State(database_url)
    with state.reading() as connection:
        rows = connection.execute(select(approvals)).all()
    state.close()
    assert [tuple(row) for row in rows] == [("s", "S2", "J1", "h", "ann", "2026")]


def test_several_processes_that_start_at_once_all_find_a_whole_database(database_url):
    starting = [opened_elsewhere(database_url) for _ in range(6)]
    ended = [(*process.communicate(), process.returncode) for process in starting]
    assert [(error, code) for _out, error, code in ended] == [("", 0)] * 6
    state = State(database_url)
    assert set(inspect(state.engine).get_table_names()) == {*metadata.tables, "alembic_version"}
    state.close()


def test_an_up_to_date_database_opens_without_alembic_and_quickly(database_url):
    State(database_url).close()
    out, error = opened_elsewhere(database_url).communicate()
    assert (out.strip(), error) == ("False", "")
    state = State(database_url)
    started = time.perf_counter()
    migrate(state.engine)
    assert time.perf_counter() - started < 0.1
    state.close()


def test_a_database_of_a_newer_release_is_refused(database_url):
    state = State(database_url)
    with state.transaction() as connection:
        connection.execute(text("update alembic_version set version_num = '9999'"))
    state.close()
    with pytest.raises(ConfigError, match="revision 9999, this tieout knows"):
        State(database_url)


def test_an_unreachable_database_is_named_without_its_password():
    with pytest.raises(ConfigError) as raised:
        State("postgresql://tieout:hush-hush@/x?host=/nowhere")
    assert "/nowhere" in str(raised.value) and "state_url" in str(raised.value)
    assert "hush-hush" not in str(raised.value)


def test_a_file_that_is_no_database_is_named(tmp_path):
    path = tmp_path / "state.sqlite"
    path.write_text("this is no database, and long enough to show it")
    with pytest.raises(StateError, match=r"state\.sqlite is damaged .*restore it from its backup"):
        State(f"sqlite:///{path}")


def test_a_failed_transaction_leaves_nothing(state):
    with pytest.raises(IntegrityError), state.transaction() as connection:
        connection.execute(insert(audit), [{**AUDITED, "subject": subject} for subject in ("good", None)])
    with state.reading() as connection:
        assert connection.execute(select(func.count()).select_from(audit)).scalar_one() == 0


def test_a_reader_does_not_wait_for_a_writer(state):
    with state.transaction() as writer:
        writer.execute(insert(audit).values(AUDITED))
        started = time.perf_counter()
        with state.reading() as reader:
            assert reader.execute(select(func.count()).select_from(audit)).scalar_one() == 0
        assert time.perf_counter() - started < 5


def test_sqlite_survives_a_power_cut_after_every_commit(tmp_path):
    state = State(f"sqlite:///{tmp_path / 'home' / 'state.sqlite'}")
    with state.reading() as connection:
        assert connection.execute(text("pragma journal_mode")).scalar() == "wal"
        assert connection.execute(text("pragma synchronous")).scalar() == 2, "FULL"
    state.close()
    with sqlite3.connect(tmp_path / "home" / "state.sqlite") as plain:
        assert plain.execute("pragma integrity_check").fetchone() == ("ok",)
    plain.close()
    assert os.path.getsize(tmp_path / "home" / "state.sqlite") > 0


def test_stamps_sort_as_time_does():
    start = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
    instants = [start, start + timedelta(microseconds=1), start + timedelta(seconds=1), start + timedelta(days=400)]
    assert [stamp(instant) for instant in instants] == sorted(stamp(instant) for instant in instants)
    assert stamp(start.astimezone(timezone(timedelta(hours=5)))) == "2026-03-01T12:00:00.000000+00:00"


def test_an_instant_without_a_zone_has_no_stamp():
    with pytest.raises(ValueError, match="no time zone"):
        stamp(datetime(2026, 3, 1))  # noqa: DTZ001


@pytest.mark.parametrize("url", ["foo://bar", "no url"])
def test_a_database_that_nobody_knows_is_a_setting_to_mend(url):
    with pytest.raises(ConfigError, match="state_url is no database tieout knows"):
        State(url)
