import os

import duckdb
import pytest

from orchestration.warehouse.publish import BUCKETS, publish
from tieout.published import open_published
from tieout.unseen_characters import UNSEEN, escaped


@pytest.fixture
def settings(make_settings):
    return make_settings()


@pytest.fixture
def warehouse():
    connection = duckdb.connect()
    connection.execute("create schema finance; create schema staging; create schema exceptions")
    connection.execute(
        "create table finance.payouts as"
        " select 'P' || i as payment_id, (i / 100)::decimal(18, 4) as amount from range(5000) t(i)"
    )
    connection.execute("create table staging.hidden as select 1 as a")
    connection.execute("create table exceptions.open (exception_id varchar, money_at_risk_amount decimal(18, 4))")
    yield connection
    connection.close()


def rows(settings, sql):
    with open_published(settings) as reader:
        return reader.execute(sql).fetchall()


def test_readers_see_the_marts_row_for_row_and_nothing_else(settings, warehouse):
    publish(settings, warehouse)
    expected = warehouse.execute("select * from finance.payouts order by all").fetchall()
    assert rows(settings, "select * from finance.payouts order by all") == expected
    assert rows(settings, "select count(*) from information_schema.tables where table_schema = 'staging'") == [(0,)]


def test_characters_that_act_on_what_shows_them_are_published_as_their_escapes(settings, warehouse):
    text = "a\x1b[2J\u202eb\x00\x9b\u2028é😀\n\tc\\"
    warehouse.execute("create schema audit; create table audit.odd (id varchar, texts varchar[], evidence json)")
    warehouse.execute(
        "insert into audit.odd values ($text, [$text, null], json_object('a', $text)), (null, null, null)",
        {"text": text},
    )
    publish(settings, warehouse)
    shown = escaped(text)
    assert shown == "a\\u001b[2J\\u202eb\\u0000\\u009b\\u2028é😀\n\tc\\"
    found = rows(settings, "select id, texts, evidence, evidence ->> '$.a' from audit.odd order by id nulls last")
    assert found[0][:2] == (shown, [shown, None])
    assert (UNSEEN.search(found[0][2]), found[0][3]) == (None, text)
    assert found[1] == (None, None, None, None)


def test_an_empty_table_keeps_its_columns_and_types(settings, warehouse):
    publish(settings, warehouse)
    described = rows(settings, "describe exceptions.open")
    assert [(row[0], row[1]) for row in described] == [
        ("exception_id", "VARCHAR"),
        ("money_at_risk_amount", "DECIMAL(18,4)"),
    ]


def test_an_unchanged_warehouse_writes_nothing(settings, warehouse):
    first = publish(settings, warehouse)
    assert first.written == BUCKETS
    assert publish(settings, warehouse).written == 0


def test_a_small_table_is_one_file(settings, warehouse):
    warehouse.execute("delete from finance.payouts where payment_id <> 'P7' and payment_id <> 'P8'")
    assert publish(settings, warehouse).written == 1
    assert rows(settings, "select payment_id from finance.payouts order by all") == [("P7",), ("P8",)]


def test_only_the_touched_partition_is_written_again(settings, warehouse):
    publish(settings, warehouse)
    warehouse.execute("update finance.payouts set amount = amount + 0.01 where payment_id = 'P7'")
    assert publish(settings, warehouse).written == 1
    assert rows(settings, "select amount::varchar from finance.payouts where payment_id = 'P7'") == [("0.0800",)]


def test_an_open_reader_keeps_its_generation_while_others_are_published(settings, warehouse):
    publish(settings, warehouse)
    with open_published(settings) as reader:
        before = reader.execute("select sum(amount) from finance.payouts").fetchone()
        for _ in range(2):
            warehouse.execute("update finance.payouts set amount = amount + 1")
            publish(settings, warehouse)
        assert reader.execute("select sum(amount) from finance.payouts").fetchone() == before
    assert rows(settings, "select sum(amount) from finance.payouts")[0][0] == before[0] + 10000


def bytes_published(settings):
    return sum(path.stat().st_size for path in (settings.published_dir / "data").rglob("*.parquet"))


def test_young_generations_stay_for_whoever_still_reads_them_while_there_is_room(settings, warehouse):
    publish(settings, warehouse)
    for _ in range(5):
        warehouse.execute("update finance.payouts set amount = amount + 1 where payment_id = 'P7'")
        publish(settings, warehouse)
    assert len(list(settings.published_dir.glob("generation-*.json"))) == 6
    assert len(list((settings.published_dir / "data").rglob("*.parquet"))) == BUCKETS + 5


@pytest.mark.parametrize("copies", [1, 3, 5])
def test_what_is_published_takes_no_more_room_than_set_but_the_last_three_generations_stay(settings, warehouse, copies):
    settings = settings.model_copy(update={"published_copies": copies})
    publish(settings, warehouse)
    one = bytes_published(settings)
    for _ in range(9):
        warehouse.execute("update finance.payouts set amount = amount + 1")
        publish(settings, warehouse)
    kept = len(list(settings.published_dir.glob("generation-*.json")))
    assert max(3, copies - 1) <= kept <= max(3, copies)
    assert bytes_published(settings) <= max(3, copies) * one * 1.05
    assert rows(settings, "select count(*) from finance.payouts") == [(5000,)]


def test_files_no_generation_needs_are_removed(settings, warehouse):
    for _ in range(6):
        warehouse.execute("update finance.payouts set amount = amount + 1")
        publish(settings, warehouse)
        for manifest in settings.published_dir.glob("generation-*.json"):
            os.utime(manifest, (0, 0))
    publish(settings, warehouse)
    files = list((settings.published_dir / "data").rglob("*.parquet"))
    assert len(files) == 2 * BUCKETS


def test_what_a_crash_left_unfinished_is_ignored_and_cleaned(settings, warehouse):
    publish(settings, warehouse)
    leftover = settings.published_dir / "data" / "finance.payouts" / "00-torn.unfinished"
    leftover.write_bytes(b"half a file")
    publish(settings, warehouse)
    assert not leftover.exists()
    assert rows(settings, "select count(*) from finance.payouts") == [(5000,)]


def test_a_changed_column_type_is_published_even_when_values_are_equal(settings, warehouse):
    publish(settings, warehouse)
    warehouse.execute("alter table finance.payouts add column note varchar")
    publish(settings, warehouse)
    assert rows(settings, "select count(note) from finance.payouts") == [(0,)]


@pytest.mark.parametrize("content", [b"", b"PAR1", b"junk that is no Parquet at all", "half"])
def test_a_published_file_that_was_damaged_is_written_again(settings, warehouse, content):
    publish(settings, warehouse)
    expected = rows(settings, "select * from finance.payouts order by all")
    file = sorted((settings.published_dir / "data").glob("finance.payouts/*.parquet"))[0]
    whole = file.read_bytes()
    file.write_bytes(whole[: len(whole) // 2] if content == "half" else content)
    assert publish(settings, warehouse).written == 1
    assert rows(settings, "select * from finance.payouts order by all") == expected


@pytest.mark.parametrize("content", ["", '{"generation": 1, "fi', "[]", '{"files": null}'])
def test_a_list_of_a_generation_that_cannot_be_read_stops_no_publication(settings, warehouse, content):
    publish(settings, warehouse)
    (damaged,) = settings.published_dir.glob("generation-*.json")
    damaged.write_text(content)
    assert publish(settings, warehouse).generation == 2
    assert not damaged.exists()
    assert rows(settings, "select count(*) from finance.payouts") == [(5000,)]
