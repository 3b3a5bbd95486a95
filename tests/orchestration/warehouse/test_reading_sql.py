"""`tieout query` reads the published tables and nothing else of the machine."""

import duckdb
import pytest

from orchestration.warehouse.publish import publish
from orchestration.warehouse.queries import query_rows
from tieout.errors import DataError
from tieout.published import open_published

READS = {
    "select payment_id, amount from finance.payouts": 1,
    "from finance.payouts": 1,
    "table finance.payouts": 1,
    "values (1), (2)": 2,
    "with t as (select 1 as a) select * from t, range(3)": 3,
    "with recursive t as (select 1 as n union all select n + 1 from t where n < 3) select * from t": 3,
    "select unnest([1, 2])": 2,
    "show all tables": 1,
    "describe finance.payouts": 2,
    "summarize finance.payouts": 2,
    "pivot finance.payouts on payment_id in ('P1') using sum(amount)": 1,
    "select view_name from duckdb_views() where schema_name = 'finance'": 1,
    "select * from information_schema.tables where table_schema = 'finance'": 1,
    "explain select * from finance.payouts": 1,
    "EXPLAIN ANALYZE select * from finance.payouts": 1,
    "-- a remark\nselect 1": 1,
}

FILES = (
    "select * from read_text('{secret}')",
    "select * from read_blob('{secret}')",
    "select * from read_csv('{secret}')",
    "select * from read_csv_auto('{secret}')",
    "select * from read_json('{secret}')",
    "select * from read_ndjson_objects('{secret}')",
    "select * from read_parquet('{secret}')",
    "select * from parquet_metadata('{secret}')",
    "select * from sniff_csv('{secret}')",
    "select * from read_duckdb('{warehouse}')",
    "select * from '{secret}'",
    "select * from '{warehouse}'",
    "select * from glob('{home}/*')",
    "select * from read_text('{home}/published/data/../../secret.txt')",
    "select * from read_csv('https://example.org/x.csv')",
    "select * from query('select * from read_text(''{secret}'')')",
    "select * from query_table('{secret}')",
    "select (select content from read_text('{secret}'))",
    "with t as (select * from read_text('{secret}')) select * from t",
    "select 1 where exists (select 1 from glob('{home}/*'))",
    "select list_transform([1], lambda x: (select count(*) from glob('{home}/*')))",
    "explain analyze select * from read_text('{secret}')",
    "describe select * from read_text('{secret}')",
    "summarize '{secret}'",
    "from read_text('{secret}')",
    "select * from json_execute_serialized_sql(json_serialize_sql('select * from read_text(''{secret}'')'))",
)
WRITES = (
    "copy finance.payouts to '{home}/out.csv'",
    "copy finance.payouts to '{home}/published/data/out.csv'",
    "copy (select 1) to '/dev/stdout'",
    "explain analyze copy (select 1) to '{home}/out.csv'",
    "explain analyze copy (select 1) to '{home}/published/data/out.csv'",
    "explain (analyze) copy (select 1) to '{home}/published/data/out.csv'",
    "/* a */ explain analyze copy (select 1) to '{home}/published/data/out.csv'",
    "export database '{home}/out'",
    "export database '{home}/published/data/out'",
    "import database '{home}'",
    "attach '{warehouse}' as w",
    "attach '{home}/published/data/out.duckdb' as w",
    "attach ':memory:' as w",
    "detach current",
    "create table t (a int)",
    "create temp table t (a int)",
    "create temp macro f(a) as a",
    "create secret s (type s3)",
    "create or replace view finance.payouts as select 1",
    "insert into finance.payouts values (1)",
    "update finance.payouts set amount = 0",
    "delete from finance.payouts",
    "drop view finance.payouts",
    "alter view finance.payouts rename to x",
    "comment on view finance.payouts is 'x'",
)
STEERS = (
    "install httpfs",
    "load httpfs",
    "load '{home}/x.duckdb_extension'",
    "update extensions",
    "set memory_limit = '100GB'",
    "set enable_external_access = true",
    "set allowed_directories = ['/']",
    "set lock_configuration = false",
    "set variable x = 1",
    "reset memory_limit",
    "pragma memory_limit = '100GB'",
    "pragma enable_profiling",
    "pragma profiling_output = '{home}/out.json'",
    "pragma database_list",
    "call enable_logging(storage = 'file', storage_path = '{home}/out')",
    "select * from enable_logging(storage = 'file', storage_path = '{home}/out')",
    "select * from ENABLE_LOGGING(storage = 'file', storage_path = '{home}/published/data/out')",
    "select * from query('select * from enable_' || 'logging()')",
    "select * from pandas_scan(1)",
    "select * from arrow_scan(1, 2, 3)",
    "select * from force_checkpoint()",
    "checkpoint",
    "vacuum",
    "begin",
    "prepare p as select 1",
    "execute p",
    "deallocate p",
    "use finance",
    "select * from duckdb_secrets()",
    "select * from duckdb_extensions()",
    "",
    ";",
    "select 1; select 2",
    "select 1; attach '{warehouse}' as w",
)


@pytest.fixture(scope="module")
def settings(tmp_path_factory, settings_in):
    settings = settings_in(tmp_path_factory.mktemp("reading") / "home")
    with duckdb.connect() as warehouse:
        warehouse.execute("create schema finance")
        warehouse.execute("create table finance.payouts as select 'P1' as payment_id, 1.5::decimal(18, 4) as amount")
        publish(settings, warehouse)
    (settings.home / "secret.txt").write_text("s3cr3t")
    duckdb.connect(str(settings.warehouse_path)).close()
    return settings


def left(settings):
    return sorted(path for path in settings.home.rglob("*") if path.is_file())


@pytest.mark.parametrize(("sql", "expected"), READS.items())
def test_what_reads_the_published_tables_is_answered(settings, sql, expected):
    assert len(query_rows(settings, sql)) == expected


@pytest.mark.parametrize("sql", [*FILES, *WRITES, *STEERS])
def test_nothing_else_is(settings, sql):
    places = {"secret": settings.home / "secret.txt", "warehouse": settings.warehouse_path, "home": settings.home}
    before = left(settings)
    with pytest.raises(DataError) as refused:
        query_rows(settings, sql.format(**places))
    assert "s3cr3t" not in str(refused.value)
    assert left(settings) == before


@pytest.mark.parametrize("sql", ["select * from read_text('{0}')", "attach '{0}' as w", "copy (select 1) to '{0}'"])
def test_the_connection_itself_is_shut_off_whatever_is_run_on_it(settings, sql):
    with open_published(settings) as reader, pytest.raises(duckdb.PermissionException):
        reader.execute(sql.format(settings.home / "secret.txt"))


def test_its_memory_and_spilling_are_bounded_and_cannot_be_set_again(settings):
    with open_published(settings) as reader:
        assert reader.execute("select current_setting('memory_limit')").fetchone() == ("953.6 MiB",)  # the demo's 1GB
        with pytest.raises(duckdb.Error, match="locked"):
            reader.execute("set memory_limit = '100GB'")


def test_two_readers_in_one_process_read_side_by_side(settings):
    with open_published(settings) as one, open_published(settings) as other:
        assert one.execute("from finance.payouts").fetchall() == other.execute("from finance.payouts").fetchall()


def test_an_answer_without_end_is_refused_before_it_fills_the_memory(settings):
    with pytest.raises(DataError, match="more than 1,000,000 rows"):
        query_rows(settings, "select * from range(100_000_000)")


def test_a_published_file_that_is_damaged_is_named_with_the_way_back(make_settings):
    settings = make_settings()
    settings.published_dir.mkdir()
    (settings.published_dir / "current.duckdb").write_bytes(b"no database at all" * 1000)
    with pytest.raises(DataError, match="tieout publish"):
        query_rows(settings, "from finance.payouts")
