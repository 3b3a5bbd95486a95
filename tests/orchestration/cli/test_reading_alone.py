"""Reading needs the published folder and nothing else: no secret, no configuration, no certain place."""

import json
import shutil

import duckdb
import pytest
import typer
from typer.testing import CliRunner

from orchestration.cli import commands, query_commands
from orchestration.warehouse.publish import publish, publish_here
from orchestration.warehouse.queries import query_rows
from tieout.errors import ConfigError, DataError
from tieout.published import open_published
from tieout.reading import load_reading

READS = (
    ["payouts"],
    ["exceptions"],
    ["exceptions", "--history"],
    ["exceptions", "--code", "fin-01", "--owner", "FIN", "--severity", "S2", "--limit", "3"],
    ["query", "select count(*) as n from finance.payouts"],
    ["export", "finance.payouts", "--to", "payouts.xlsx"],
    ["export", "finance", "operations", "--format", "csv", "--to", "marts"],
    ["explain", "order", "O1"],
    ["explain", "payout", "P1"],
    ["explain", "sku", "S1"],
)


@pytest.fixture
def home(published, tmp_path):
    """A folder that holds a copy of `published/` and nothing else, with nothing where it was copied from."""
    elsewhere = tmp_path / "it's, elsewhere"
    shutil.copytree(published / "published", elsewhere / "published")
    away = published.with_name("gone")
    published.rename(away)
    yield elsewhere
    away.rename(published)


@pytest.fixture
def tieout(home, tmp_path, monkeypatch):
    """Runs `tieout` in a folder without any configuration, on that home."""
    monkeypatch.setenv("TIEOUT_HOME", str(home))
    (tmp_path / "empty").mkdir()
    monkeypatch.chdir(tmp_path / "empty")
    app = typer.Typer()
    commands.register(app)

    def run(*arguments):
        return CliRunner().invoke(app, [*arguments, "--json"], catch_exceptions=False)

    return run


@pytest.mark.parametrize("arguments", READS, ids=" ".join)
def test_every_answer_is_given_from_a_moved_folder_alone(tieout, home, arguments):
    done = tieout(*arguments)
    assert done.exit_code == 0
    assert isinstance(json.loads(done.stdout), list)
    assert [path.name for path in home.iterdir()] == ["published"]


def test_a_copy_reads_its_own_files_though_what_it_was_copied_from_is_still_there(make_settings, warehouse, tmp_path):
    made = make_settings(home=tmp_path / "made")
    warehouse.execute("insert into finance.payouts (payment_id) values ('P1')")
    publish(made, warehouse)
    shutil.copytree(made.published_dir, tmp_path / "copy" / "published")
    for file in made.published_dir.rglob("finance.payouts/*.parquet"):
        file.write_bytes(b"damaged")
    assert query_rows(load_reading(home=tmp_path / "copy"), "select payment_id from finance.payouts") == [
        {"payment_id": "P1"}
    ]


@pytest.mark.parametrize(
    "sql",
    [
        "select * from read_text('{0}/secret.txt')",
        "select * from read_parquet('{0}/other/data/x.parquet')",
        "select * from glob('/tmp/*')",
        "attach '{0}/secret.txt' as w",
        "copy (select 1) to '{0}/out.csv'",
        "create table t (a int)",
        "set enable_external_access = true",
    ],
)
def test_a_moved_folder_is_read_as_strictly_as_any(home, sql):
    (home / "secret.txt").write_text("s3cr3t")
    with pytest.raises(DataError):
        query_rows(load_reading(home=home), sql.format(home))
    with open_published(load_reading(home=home)) as reader, pytest.raises(duckdb.Error):
        reader.execute(sql.format(str(home).replace("'", "''")))
    assert not list(home.rglob("*.csv"))


def test_other_tools_read_it_once_it_is_published_where_it_is(home):
    with (
        duckdb.connect(str(home / "published" / "current.duckdb"), read_only=True) as tool,
        pytest.raises(duckdb.Error),
    ):
        tool.execute("from finance.payouts")
    assert publish_here(load_reading(home=home)) > 10
    with duckdb.connect(str(home / "published" / "current.duckdb"), read_only=True) as tool:
        assert tool.execute("select payment_id from finance.payouts").fetchall() == [("P1",)]
    assert not list(home.rglob("*.unfinished"))


def test_what_is_said_of_columns_stays_with_them(home):
    said = "the shop's money"
    with duckdb.connect(str(home / "published" / "current.duckdb")) as views:
        views.execute("comment on column finance.payouts.amount is 'the shop''s money'")
        views.execute("comment on view finance.payouts is 'payouts'")
    with open_published(load_reading(home=home)) as reader:
        found = "select comment from duckdb_columns() where table_name = 'payouts' and column_name = 'amount'"
        assert reader.execute(
            found + " and schema_name = 'finance' and database_name = current_database()"
        ).fetchall() == [(said,)]
        assert reader.execute("select comment from duckdb_views() where view_name = 'payouts'").fetchone() == (
            "payouts",
        )


def test_an_error_of_the_caller_is_no_fault_of_what_is_published(home):
    with open_published(load_reading(home=home)) as reader, pytest.raises(duckdb.CatalogException, match="nowhere"):
        reader.execute("select * from nowhere")
    with pytest.raises(RuntimeError, match="mine"), open_published(load_reading(home=home)):
        raise RuntimeError("mine")


def test_a_damaged_or_missing_file_is_reported_with_the_way_back(tieout, home):
    publish_here(load_reading(home=home))
    for damage in (lambda file: file.write_bytes(b"damaged"), lambda file: file.unlink()):
        for file in home.rglob("finance.payouts/*.parquet"):
            damage(file)
        with pytest.raises(DataError, match="`tieout publish` writes it again"):
            tieout("payouts")


def test_a_configuration_that_is_named_must_be_there_and_of_the_homes_tenant(home, demo_config, tmp_path, monkeypatch):
    monkeypatch.setenv("TIEOUT_HOME", str(home))
    with pytest.raises(ConfigError, match="no settings file"):
        load_reading(tmp_path / "nowhere", home)
    assert load_reading(demo_config, home).tenant == "demo"
    (home / "tenant.txt").write_text("acme\n")
    with pytest.raises(ConfigError, match="data of tenant 'acme'"):
        query_commands.reader(demo_config)
