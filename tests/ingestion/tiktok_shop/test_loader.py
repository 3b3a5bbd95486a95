"""Windows are read to both ends, absence is believed only inside complete ones, one fault blocks nothing else."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import insert, select

from connectors.transport.errors import CredentialError, EndpointRestingError, TransientError, UnreachableError
from ingestion.tiktok_shop import loader as tiktok_shop
from ingestion.tiktok_shop.loader import MOST_SETTLED
from tests.ingestion.conftest import NOW, UK, US, Bench, FakeTikTokShop
from tieout.state import stamp, webhook_inbox

AT = int(NOW.timestamp())
DAY = 86_400
ORDERS = ("tiktok_shop", "orders", UK)


def order(number: int, *, at: int = AT - 3600, **fields: object) -> dict[str, object]:
    return {"id": str(number), "status": "DELIVERED", "update_time": at, **fields}


def statement(number: int, *, at: int = AT - DAY, payment: str = "P1") -> dict[str, object]:
    return {"id": str(number), "statement_time": at, "payment_id": payment, "settlement_amount": "10.00"}


def transaction(number: int, *, order_id: str = "", amount: str = "10.00") -> dict[str, object]:
    return {"id": str(number), "type": "ORDER", "order_id": order_id, "settlement_amount": amount}


def load(bench: Bench, shop: FakeTikTokShop):
    return bench.ingest(tiktok_shop=lambda run: tiktok_shop.load(run, shop))


def asked(shop: FakeTikTokShop, what: str) -> list[object]:
    return [value for name, value in shop.asked if name == what]


def test_first_load_reads_orders_from_the_beginning_and_the_next_one_with_an_overlap(bench):
    shop = FakeTikTokShop(orders_by_shop={UK: [order(1)], US: []})
    load(bench, shop)
    shop.now = NOW + timedelta(hours=1)
    load(bench, shop)
    assert asked(shop, "orders") == [None, NOW - timedelta(minutes=30)]


def test_unchanged_orders_land_once_and_each_change_lands_again_also_back_to_an_old_state(bench):
    shop = FakeTikTokShop()
    landed = []
    for note in ("a", "a", "b", "a"):
        shop.orders_by_shop[UK] = [order(1, at=AT, note=note)]
        landed.append(load(bench, shop)[ORDERS].landed)
    assert landed == [1, 0, 1, 1]
    rows = bench.query("select payload ->> 'note' from raw_tiktok_shop.orders order by observed_at")
    assert [note for (note,) in rows] == ["a", "b", "a"], "the vendor's clock stood still, their order is still known"


def test_key_order_is_no_change(bench):
    shop = FakeTikTokShop(orders_by_shop={UK: [order(1, at=AT, note="a")], US: []})
    load(bench, shop)
    shop.orders_by_shop[UK] = [dict(reversed(order(1, at=AT, note="a").items()))]
    assert load(bench, shop)[ORDERS].landed == 0


def test_order_that_moves_while_paging_lands_as_last_read(bench):
    shop = FakeTikTokShop(order_pages=[[order(1), order(2)], [order(3), order(1, at=AT, status="COMPLETED")]])
    load(bench, shop)
    assert bench.live("raw_tiktok_shop.orders") == {"1", "2", "3"}
    rows = bench.query("select arg_max(payload ->> 'status', observed_at) from raw_tiktok_shop.orders where id = '1'")
    assert rows == [("COMPLETED",)]


def test_orders_of_the_same_second_as_the_window_end_are_read_again(bench):
    shop = FakeTikTokShop(orders_by_shop={UK: [order(1, at=AT)], US: []})
    load(bench, shop)
    shop.orders_by_shop[UK].append(order(2, at=AT))
    shop.now = NOW + timedelta(hours=1)
    assert load(bench, shop)[ORDERS].landed == 1


def test_coverage_ends_at_the_vendors_clock_when_reading_began(bench):
    summary = load(bench, FakeTikTokShop(orders_by_shop={UK: [order(1)], US: []}))[ORDERS]
    assert (summary.window_from, summary.window_to) == (datetime(1970, 1, 1, tzinfo=UTC), NOW)
    assert bench.query("select count(*) from raw_tieout.coverage where payload ->> 'entity' = 'orders'") == [(2,)]


def test_statements_are_read_again_for_reread_days(bench):
    shop = FakeTikTokShop()
    load(bench, shop)
    load(bench, shop)
    assert asked(shop, "statements") == [datetime(2023, 7, 1, tzinfo=UTC), NOW - timedelta(days=90)]


def test_what_leaves_a_completely_read_window_is_deleted_and_what_lies_before_it_is_not(bench):
    old = statement(1, at=AT - 200 * DAY)
    shop = FakeTikTokShop(statement_rows=[old, statement(2), statement(3)])
    load(bench, shop)
    shop.statement_rows = [statement(3)]
    summary = load(bench, shop)["tiktok_shop", "statements", UK]
    assert summary.deleted == 1
    assert bench.live("raw_tiktok_shop.statements") == {"1", "3"}


def test_line_that_leaves_its_statement_is_deleted(bench):
    shop = FakeTikTokShop(statement_rows=[statement(1)], transactions={"1": [transaction(11), transaction(12)]})
    load(bench, shop)
    shop.transactions["1"].pop()
    load(bench, shop)
    assert bench.live("raw_tiktok_shop.statement_transactions") == {"11"}


def test_line_that_moves_to_another_statement_stays(bench):
    shop = FakeTikTokShop(statement_rows=[statement(1), statement(2)], transactions={"2": [transaction(11)]})
    load(bench, shop)
    shop.transactions = {"1": [transaction(11)]}
    load(bench, shop)
    assert bench.live("raw_tiktok_shop.statement_transactions") == {"11"}


def test_unsettled_estimates_are_a_snapshot(bench):
    shop = FakeTikTokShop(unsettled_rows=[transaction(1), transaction(2)])
    load(bench, shop)
    shop.unsettled_rows = [transaction(2)]
    load(bench, shop)
    assert bench.live("raw_tiktok_shop.unsettled_transactions") == {"2"}


def test_failing_statement_blocks_no_other_and_is_read_again(bench):
    rows = {"1": [transaction(11)], "2": [transaction(21)]}
    shop = FakeTikTokShop(statement_rows=[statement(1), statement(2)], transactions=rows)
    shop.failing["1"] = TransientError("the server is busy", vendor="tiktok_shop")
    first = load(bench, shop)
    assert bench.live("raw_tiktok_shop.statement_transactions") == {"21"}
    failed = first["tiktok_shop", "statement_transactions", UK]
    assert "busy" in failed.problem and failed.window_to is None
    shop.failing.clear()
    second = load(bench, shop)["tiktok_shop", "statement_transactions", UK]
    assert (second.landed, second.problem, second.window_to) == (1, "", NOW)
    assert asked(shop, "statements") == [datetime(2023, 7, 1, tzinfo=UTC)] * 2


def test_failing_statement_deletes_nothing(bench):
    shop = FakeTikTokShop(statement_rows=[statement(1)], transactions={"1": [transaction(11)]})
    load(bench, shop)
    shop.failing["1"] = TransientError("the server is busy")
    load(bench, shop)
    assert bench.live("raw_tiktok_shop.statement_transactions") == {"11"}


@pytest.mark.parametrize("what", ["orders", "statements", "payments", "unsettled"])
def test_failing_listing_moves_no_window_and_deletes_nothing(bench, what):
    shop = FakeTikTokShop(payment_rows=[{"id": "P1", "create_time": AT}], unsettled_rows=[transaction(1)])
    load(bench, shop)
    shop.failing[what] = TransientError("the server is busy")
    shop.payment_rows, shop.unsettled_rows = [], []
    summaries = load(bench, shop)
    entity = "unsettled_transactions" if what == "unsettled" else what
    assert summaries["tiktok_shop", entity, UK].problem == "the server is busy"
    assert summaries["tiktok_shop", entity, UK].window_to is None
    others = [s for key, s in summaries.items() if key[0] == "tiktok_shop" and key[1] != entity]
    assert not any(s.problem for s in others)
    kept = {"payments": "raw_tiktok_shop.payments", "unsettled": "raw_tiktok_shop.unsettled_transactions"}
    assert what not in kept or bench.live(kept[what])


@pytest.mark.parametrize("error", [CredentialError("authorize again"), UnreachableError("no connection to X")])
def test_refused_access_or_connection_stops_the_system_is_reported_once_and_keeps_what_was_read(bench, error):
    shop = FakeTikTokShop(orders_by_shop={UK: [order(1)], US: []})
    shop.failing["statements"] = error
    summaries = load(bench, shop)
    assert str(error) in summaries["tiktok_shop", "*", ""].problem
    assert sum(str(error) in each.problem for each in summaries.values()) == 1
    assert asked(shop, "payments") == []
    assert bench.live("raw_tiktok_shop.orders") == {"1"}


def test_configured_shop_without_authorization_is_named(bench):
    summaries = load(bench, FakeTikTokShop(authorized=(UK,)))
    assert US in summaries["tiktok_shop", "*", ""].problem


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ({"status": "no id"}, "expected an id"),
        ("text", "expected an object"),
        ({"id": "9", "x": "y" * 2_000_001}, "bytes"),
    ],
)
def test_unusable_record_goes_to_quarantine_and_the_others_flow(bench, row, reason):
    shop = FakeTikTokShop(payment_rows=[row, {"id": "P1", "create_time": AT}])
    summary = load(bench, shop)["tiktok_shop", "payments", UK]
    assert (summary.landed, summary.quarantined) == (1, 1)
    found = bench.query("select payload ->> 'reason', length(payload ->> 'excerpt') from raw_tieout.quarantine")
    assert reason in found[0][0] and found[0][1] <= 2000


def test_record_leaves_quarantine_once_it_is_sound(bench):
    shop = FakeTikTokShop(payment_rows=[{"create_time": AT}])
    load(bench, shop)
    assert len(bench.live("raw_tieout.quarantine")) == 1
    shop.payment_rows = [{"id": "P1", "create_time": AT}]
    load(bench, shop)
    assert bench.live("raw_tieout.quarantine") == set()


def test_nothing_is_believed_gone_beside_a_record_without_id(bench):
    shop = FakeTikTokShop(payment_rows=[{"id": "P1", "create_time": AT}])
    load(bench, shop)
    shop.payment_rows = [{"create_time": AT}]
    load(bench, shop)
    assert bench.live("raw_tiktok_shop.payments") == {"P1"}


def test_excerpt_holds_nothing_personal(bench):
    row = {"status": "x", "recipient_address": {"name": "Ada"}, "buyer_email": "ada@example.com"}
    load(bench, FakeTikTokShop(orders_by_shop={UK: [row], US: []}))
    assert bench.query("select count(*) from raw_tieout.quarantine where payload::varchar like '%Ada%'") == [(0,)]
    assert bench.query("select count(*) from raw_tieout.quarantine where payload::varchar like '%ada@%'") == [(0,)]


def test_orders_that_settled_lines_name_but_no_listing_brought_are_read_by_id_fifty_at_a_time(bench):
    lines = [transaction(n, order_id=str(1000 + n)) for n in range(60)]
    shop = FakeTikTokShop(statement_rows=[statement(1)], transactions={"1": lines})
    shop.orders_by_shop[UK] = [order(1000)]
    load(bench, shop)
    calls = asked(shop, "orders by id")
    assert [len(call) for call in calls] == [50, 9], "order 1000 came with the listing"


@pytest.mark.parametrize("type", ["1", "3", "11"])
def test_orders_named_by_notifications_are_read_once(bench, type):
    shop = FakeTikTokShop(orders_by_shop={UK: [order(5, at=AT - 10 * DAY)], US: []})
    notification = {"system": "tiktok_shop", "notification_id": "n1", "shop_id": UK, "entity_id": "5"}
    with bench.state.transaction() as connection:
        connection.execute(insert(webhook_inbox).values(**notification, type=type, received_at=stamp(NOW)))
    load(bench, shop)
    load(bench, shop)
    assert asked(shop, "orders by id") == [["5"]]
    with bench.state.engine.connect() as connection:
        assert connection.execute(select(webhook_inbox.c.handled_at)).scalar() == stamp(NOW)


def test_line_that_the_vendor_holds_twice_under_one_id_stays_two(bench):
    shop = FakeTikTokShop(statement_rows=[statement(1)], transactions={"1": [transaction(11), transaction(11)]})
    load(bench, shop)
    assert bench.live("raw_tiktok_shop.statement_transactions") == {"11", "11#2"}
    shop.transactions["1"].pop()
    load(bench, shop)
    assert bench.live("raw_tiktok_shop.statement_transactions") == {"11"}


def test_resting_endpoint_ends_its_part_of_the_run_and_the_next_run_catches_up(bench):
    rows = {str(number): [transaction(10 * number + 1)] for number in range(1, 6)}
    shop = FakeTikTokShop(statement_rows=[statement(number) for number in range(1, 6)], transactions=rows)
    shop.payment_rows = [{"id": "P1", "create_time": AT}]
    shop.failing |= {"2": TransientError("HTTP 500"), "3": EndpointRestingError("left alone until 12:01:00 UTC")}
    summaries = load(bench, shop)
    failed = summaries["tiktok_shop", "statement_transactions", UK]
    assert failed.problem == "statement 2: HTTP 500; left alone until 12:01:00 UTC; 3 statements wait for the next run"
    assert failed.window_to is None
    assert (asked(shop, "4"), bench.live("raw_tiktok_shop.payments")) == ([], {"P1"})
    shop.failing.clear()
    assert load(bench, shop)["tiktok_shop", "statement_transactions", UK].landed == 4


def test_order_in_quarantine_is_read_again_by_id_until_it_is_sound(bench):
    shop = FakeTikTokShop(orders_by_shop={UK: [order(9, at=AT - DAY, note="y" * 2_000_001)], US: []})
    load(bench, shop)
    load(bench, shop)
    assert bench.live("raw_tieout.quarantine") == {"tiktok_shop/orders/9"}
    shop.orders_by_shop[UK] = [order(9, at=AT - DAY, note="short")]
    load(bench, shop)
    assert bench.live("raw_tieout.quarantine") == set()
    assert bench.live("raw_tiktok_shop.orders") == {"9"}
    load(bench, shop)
    assert asked(shop, "orders by id") == [["9"], ["9"]]


def test_order_without_an_id_is_looked_for_from_its_own_time_on(bench):
    nameless = {key: value for key, value in order(9, at=AT - DAY).items() if key != "id"}
    shop = FakeTikTokShop(orders_by_shop={UK: [nameless], US: []})
    load(bench, shop)
    shop.orders_by_shop[UK] = [order(9, at=AT - DAY)]
    load(bench, shop)
    assert bench.live("raw_tieout.quarantine") == set()
    assert bench.live("raw_tiktok_shop.orders") == {"9"}


def test_order_and_line_that_the_models_hold_back_are_read_again_however_old(bench):
    old = [statement(1, at=AT - 300 * DAY), statement(2, at=AT - 200 * DAY), statement(3)]
    lines = {"1": [transaction(11, amount="12,50")], "2": [transaction(21)], "3": [transaction(31)]}
    shop = FakeTikTokShop(orders_by_shop={UK: [order(9, at=AT - DAY)], US: []}, statement_rows=old, transactions=lines)
    load(bench, shop)
    bench.query("create schema audit")
    bench.query(
        "create table audit.quarantine as from (values"
        f" ('staging', 'tiktok_shop', '{UK}', 'statement_transactions', '11', '1'),"
        f" ('staging', 'tiktok_shop', '{UK}', 'order_lines', '9-1', '9'))"
        " as held (source, system, shop_id, entity, record_id, parent_id)"
    )
    shop.transactions["1"] = [transaction(11, amount="12.50")]
    shop.asked.clear()
    summary = load(bench, shop)["tiktok_shop", "statement_transactions", UK]
    assert (asked(shop, "orders by id"), summary.landed) == ([["9"]], 1)
    assert [name for name, _ in shop.asked if name.isdigit()] == ["1", "3"], "statement 2 is old, and nothing holds it"


@pytest.mark.parametrize("age", [1, 200])
def test_payment_in_quarantine_is_read_again_however_old(bench, age):
    paid = {"id": "P1", "create_time": AT - age * DAY}
    shop = FakeTikTokShop(payment_rows=[{**paid, "note": "y" * 2_000_001}])
    load(bench, shop)
    load(bench, shop)
    assert asked(shop, "payments") == [datetime(2023, 7, 1, tzinfo=UTC)] * 2
    assert bench.live("raw_tieout.quarantine") == {"tiktok_shop/payments/P1"}
    shop.payment_rows = [paid]
    load(bench, shop)
    assert bench.live("raw_tieout.quarantine") == set()


def test_settled_order_that_is_gone_or_changed_without_a_new_time_is_seen_by_its_id(bench):
    lines = [transaction(1, order_id="1001"), transaction(2, order_id="1002"), transaction(3, order_id="1003")]
    shop = FakeTikTokShop(statement_rows=[statement(1)], transactions={"1": lines})
    shop.orders_by_shop[UK] = [order(number, at=AT - 20 * DAY) for number in (1001, 1002, 1003)]
    load(bench, shop)
    shop.orders_by_shop[UK] = [order(1001, at=AT - 20 * DAY), order(1003, at=AT - 20 * DAY, is_sample_order=True)]
    load(bench, shop)
    assert bench.live("raw_tiktok_shop.orders") == {"1001", "1003"}
    versions = "select id, count(*) from raw_tiktok_shop.orders group by id order by id"
    assert bench.query(versions) == [("1001", 1), ("1002", 2), ("1003", 2)]


def test_no_more_settled_orders_are_read_again_than_a_load_may_and_others_come_next(bench):
    numbers = range(1000, 1600)
    lines = [transaction(number, order_id=str(number)) for number in numbers]
    shop = FakeTikTokShop(statement_rows=[statement(1)], transactions={"1": lines})
    shop.orders_by_shop[UK] = [order(number, at=AT - 20 * DAY) for number in numbers]
    load(bench, shop)
    drawn = []
    for _ in range(2):
        shop.asked.clear()
        load(bench, shop)
        drawn.append({order for call in asked(shop, "orders by id") for order in call})
    assert [len(orders) for orders in drawn] == [MOST_SETTLED] * 2
    assert drawn[0] != drawn[1]


def test_a_statement_whose_id_cannot_be_asked_for_stops_no_other(bench):
    rows = [statement(1), {**statement(2), "id": "12,50"}, statement(3)]
    shop = FakeTikTokShop(statement_rows=rows, transactions={"1": [transaction(11)], "3": [transaction(31)]})
    reported = load(bench, shop)["tiktok_shop", "statement_transactions", UK].problem
    assert "'12,50': expected an id in digits" in reported
    assert asked(shop, "12,50") == []
    assert bench.live("raw_tiktok_shop.statement_transactions") == {"11", "31"}
