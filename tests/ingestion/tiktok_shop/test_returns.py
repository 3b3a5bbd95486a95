"""Returns: read by update time, by id where a listing may not show them; their records once for each change."""

from __future__ import annotations

import json
from datetime import timedelta

from sqlalchemy import insert, select

from connectors.transport.errors import TransientError
from ingestion.tiktok_shop import loader as tiktok_shop
from ingestion.tiktok_shop.returns import MOST_DRAWN, RECORDS_PER_LOAD
from tests.ingestion.conftest import NOW, UK, Bench, FakeTikTokShop
from tieout.state import stamp, webhook_inbox

AT = int(NOW.timestamp())
DAY = 86_400
LONG_AGO = AT - 100 * DAY
PENDING = "RETURN_OR_REFUND_REQUEST_PENDING"


def a_return(number: int, *, at: int = AT - 3600, status: str = PENDING) -> dict[str, object]:
    return {"return_id": str(number), "order_id": "5", "return_status": status, "update_time": at}


def load(bench: Bench, shop: FakeTikTokShop):
    return bench.ingest(tiktok_shop=lambda run: tiktok_shop.load(run, shop))


def asked(shop: FakeTikTokShop, what: str) -> list[object]:
    return [value for name, value in shop.asked if name == what]


def notify(bench: Bench, return_id: str) -> None:
    row = {"system": "tiktok_shop", "notification_id": f"n{return_id}", "shop_id": UK, "entity_id": return_id}
    with bench.state.transaction() as connection:
        connection.execute(insert(webhook_inbox).values(**row, type="12", received_at=stamp(NOW)))


def staged(bench: Bench, *rows: str) -> None:
    """Make what the models would have built: return, status, deadline."""
    bench.query("create schema if not exists staging")
    bench.query(
        "create or replace table staging.stg_tiktok_shop__returns as select *, false as is_deleted"
        f" from (values {', '.join(rows)}) as built (shop_id, return_id, return_status, action_due_at)"
    )


def due(return_id: str, *, hours: int, status: str = PENDING) -> str:
    return f"('{UK}', '{return_id}', '{status}', timestamptz '{NOW + timedelta(hours=hours)}')"


def test_a_version_is_kept_for_each_change_under_its_order(bench):
    shop = FakeTikTokShop(return_rows=[a_return(1)])
    assert load(bench, shop)["tiktok_shop", "returns", UK].landed == 1
    shop.now, shop.return_rows = NOW + timedelta(hours=1), [a_return(1, at=AT, status="AWAITING_BUYER_SHIP")]
    summaries = load(bench, shop)
    assert asked(shop, "returns") == [None, NOW - timedelta(minutes=30)]
    assert summaries["tiktok_shop", "returns", UK].window_to == NOW + timedelta(hours=1)
    found = bench.query(
        "select id, parent_id, payload ->> '$.return_status' from raw_tiktok_shop.returns order by observed_at"
    )
    assert found == [("1", "5", PENDING), ("1", "5", "AWAITING_BUYER_SHIP")]


def test_records_are_read_for_new_and_changed_returns_alone(bench):
    shop = FakeTikTokShop(return_rows=[a_return(1), a_return(2)], records={"1": [{"event": "ASK", "role": "BUYER"}]})
    load(bench, shop)
    load(bench, shop)
    assert sorted(asked(shop, "return_records")) == ["1", "2"]
    shop.return_rows[1] = a_return(2, at=AT)
    summaries = load(bench, shop)
    assert asked(shop, "return_records")[2:] == ["2"]
    assert summaries["tiktok_shop", "return_records", UK].window_to == NOW
    ((payload,),) = bench.query("select payload from raw_tiktok_shop.return_records where id = '1'")
    assert json.loads(payload) == {
        "id": "1", "return_id": "1", "update_time": AT - 3600, "records": [{"event": "ASK", "role": "BUYER"}]
    }  # fmt: skip


def test_records_of_many_returns_are_read_in_turn_the_latest_change_first(bench):
    shop = FakeTikTokShop(return_rows=[a_return(n, at=AT - n) for n in range(1, RECORDS_PER_LOAD + 3)])
    assert load(bench, shop)["tiktok_shop", "return_records", UK].window_to is None
    assert asked(shop, "return_records")[:2] == ["1", "2"]
    assert load(bench, shop)["tiktok_shop", "return_records", UK].window_to == NOW
    assert asked(shop, "return_records")[RECORDS_PER_LOAD:] == [str(RECORDS_PER_LOAD + 1), str(RECORDS_PER_LOAD + 2)]


def test_records_that_cannot_be_read_are_a_problem_of_theirs_and_are_read_with_the_next_load(bench):
    shop = FakeTikTokShop(return_rows=[a_return(1)], failing={"return_records": TransientError("the server is busy")})
    summaries = load(bench, shop)
    assert {key[1] for key, summary in summaries.items() if summary.problem} == {"return_records"}
    assert summaries["tiktok_shop", "return_records", UK].window_to is None
    shop.failing.clear()
    assert load(bench, shop)["tiktok_shop", "return_records", UK].landed == 1


def test_returns_that_cannot_be_listed_are_not_covered_and_block_nothing(bench):
    shop = FakeTikTokShop(failing={"returns": TransientError("the server is busy")})
    summaries = load(bench, shop)
    assert {key[1] for key, summary in summaries.items() if summary.problem} == {"returns"}
    assert summaries["tiktok_shop", "returns", UK].window_to is None


def test_a_return_that_a_notification_names_is_read_once_by_its_id(bench):
    shop = FakeTikTokShop(return_rows=[a_return(7, at=LONG_AGO)])
    load(bench, shop)
    notify(bench, "7")
    notify(bench, "no id")
    load(bench, shop)
    load(bench, shop)
    assert asked(shop, "returns by id") == [["7"]]
    with bench.state.engine.connect() as connection:
        assert {row[0] for row in connection.execute(select(webhook_inbox.c.handled_at))} == {stamp(NOW)}


def test_a_notification_waits_while_its_return_cannot_be_read(bench):
    shop = FakeTikTokShop(failing={"returns by id": TransientError("the server is busy")})
    notify(bench, "7")
    assert load(bench, shop)["tiktok_shop", "returns", UK].problem == "the server is busy"
    with bench.state.engine.connect() as connection:
        assert connection.execute(select(webhook_inbox.c.handled_at)).scalar() == ""


def test_an_open_return_past_its_deadline_is_read_by_its_id_and_is_gone_when_it_is_not_there(bench):
    shop = FakeTikTokShop(return_rows=[a_return(n, at=LONG_AGO) for n in (1, 2, 3, 4)])
    load(bench, shop)
    staged(
        bench,
        due("1", hours=-1),
        due("2", hours=-2),
        due("3", hours=1),
        due("4", hours=-1, status="RETURN_OR_REFUND_REQUEST_COMPLETE"),
    )
    del shop.return_rows[1]
    load(bench, shop)
    assert asked(shop, "returns by id") == [["1", "2"]]
    assert bench.live("raw_tiktok_shop.returns") == {"1", "3", "4"}


def test_what_the_models_hold_out_is_read_again_in_every_load(bench):
    shop = FakeTikTokShop(return_rows=[a_return(1, at=AT - 10 * DAY), a_return(2, at=AT - 10 * DAY)])
    load(bench, shop)
    bench.query("create schema audit")
    bench.query(
        "create table audit.quarantine as select 'staging' as source, 'tiktok_shop' as system, entity,"
        f" '{UK}' as shop_id, record_id, '1' as parent_id from (values ('return_lines', '9'), ('return_records', '2'))"
        " as held (entity, record_id)"
    )
    load(bench, shop)
    assert (asked(shop, "returns"), asked(shop, "return_records")[2:]) == ([None, None], ["2"])


def test_a_return_that_is_gone_or_changed_without_a_new_time_is_seen_by_its_id(bench):
    shop = FakeTikTokShop(return_rows=[a_return(n, at=AT - 10 * DAY) for n in (1, 2, 3)])
    load(bench, shop)
    del shop.return_rows[2]
    shop.return_rows[0] = a_return(1, at=AT - 10 * DAY, status="RETURN_OR_REFUND_REQUEST_COMPLETE")
    load(bench, shop)
    assert asked(shop, "returns by id") == [["1", "2", "3"]]
    assert bench.live("raw_tiktok_shop.returns") == {"1", "2"}
    statuses = bench.query("select payload ->> '$.return_status' from raw_tiktok_shop.returns where id = '1'")
    assert {status for (status,) in statuses} == {PENDING, "RETURN_OR_REFUND_REQUEST_COMPLETE"}


def test_no_more_returns_are_read_again_than_a_load_may_and_others_come_next(bench):
    shop = FakeTikTokShop(return_rows=[a_return(n, at=AT - 10 * DAY) for n in range(1, MOST_DRAWN + 51)])
    for _ in range(3):
        load(bench, shop)
    first, second = asked(shop, "returns by id")
    assert (len(first), len(second)) == (MOST_DRAWN, MOST_DRAWN)
    assert set(first) != set(second)


def test_returns_in_doubt_are_read_again_whatever_their_age(bench):
    shop = FakeTikTokShop(return_rows=[a_return(n, at=LONG_AGO) for n in (1, 2, 3, 4, 5)])
    load(bench, shop)
    bench.query("create schema exceptions")
    bench.query(
        f"create table exceptions.open as select '{UK}' as shop_id, * from (values"
        " ('return', '1', 'RET-07', '{}'), ('order', '9', 'RET-13', '{\"return_ids\": [\"2\", \"4\"]}'),"
        " ('return', '3', 'RET-01', '{}'), ('portal_return', '5', 'RET-04', '{}'))"
        " as open (entity_type, entity_id, code, evidence)"
    )
    load(bench, shop)
    assert asked(shop, "returns by id") == [["1", "2", "4"]]
