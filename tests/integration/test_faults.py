"""Whatever the wire does, the end is the same as without it."""

import json
import re
from urllib.error import HTTPError
from urllib.parse import parse_qs
from urllib.request import Request, urlopen

import duckdb
import pytest
from sqlalchemy import select

from connectors.transport.breaker import FAILURES_TO_OPEN
from tests.support.webhook_receiver import address_of, free_port, receiving, until
from tieout.state import State, webhook_inbox

TOKENS = {
    "tiktok_shop": "/api/v2/token/refresh",
    "netsuite": "/services/rest/auth/oauth2/v1/token",
}
SUITEQL = "/services/rest/query/v1/suiteql"
RECORDS = "/services/rest/record/v1"
JOURNALS = f"{RECORDS}/journalEntry"
LISTINGS = (
    "/authorization/202309/shops",
    "/logistics/202309/warehouses",
    "/product/202502/products/search",
    "/return_refund/202602/cancellations/search",
    "/return_refund/202602/returns/search",
    "/fulfillment/202309/packages/search",
    "/order/202309/orders/search",
    "/order/202507/orders",
    r"/finance/202309/statements\?",
    "/finance/202501/statements/[^/]+/statement_transactions",
    "/finance/202605/payments",
    "/finance/202507/orders/unsettled",
)
READ_FAULTS = (
    ("429", "500", "html_503", "lost_reply"),
    ("drop_request", "truncated_body", "bad_json"),
    ("truncated_page", "reordered", "expired_token"),
)
WRITE_FAULTS = ("429", "500", "html_503", "lost_reply", "drop_request", "truncated_body", "expired_token")
TABLES = {
    "raw_tiktok_shop": ("orders", "statements", "statement_transactions", "payments", "unsettled_transactions"),
    "raw_netsuite": ("accounts", "accounting_periods", "subsidiaries", "currencies", "journal_entries"),
}
# An order that is read by its id comes in a newer form, with more fields than the search gives.
CONTENT = """
select shop_id, id, parent_id, {content}
from {table}
qualify row_number() over (partition by shop_id, id order by observed_at desc, load_id desc) = 1 and not is_deleted
order by all
"""


def raw_content(home, schema):
    found = {}
    with duckdb.connect(str(home / "warehouse.duckdb"), read_only=True) as connection:
        for table in (f"{schema}.{table}" for table in TABLES[schema]):
            content = "payload ->> 'update_time'" if table.endswith(".orders") else "content_hash"
            found[table] = connection.execute(CONTENT.format(table=table, content=content)).fetchall()
    return found


def ingest(world, *systems):
    from ingestion import ingest as load
    from tieout.warehouse import warehouse_lock

    settings = world.settings()
    state = State(settings.database_url)
    with warehouse_lock(settings):
        loads = load(settings, state, systems=list(systems), report=lambda _text: None)
    state.close()
    return [load for load in loads if load.problem]


def strike(world, system, kind, match, **more):
    world.call("POST", "/_sandbox/faults", {"system": system, "match": match, "kind": kind, "count": 1, **more})


def forget_tokens(world):
    for kept in (world.home / "secrets").glob("*_token.json"):
        kept.unlink()


def announce(world, orders):
    """Put notifications of these orders in the inbox, as the receiver would."""
    state = State(world.settings().database_url)
    with state.transaction() as connection:
        for order in orders:
            row = {"system": "tiktok_shop", "notification_id": f"n{order['id']}", "shop_id": order["_record"]["shop"]}
            row |= {"type": "1", "entity_id": order["id"], "received_at": "", "handled_at": ""}
            connection.execute(webhook_inbox.insert().values(**row))
    state.close()


def unhandled(world):
    state = State(world.settings().database_url)
    with state.reading() as connection:
        rows = connection.execute(select(webhook_inbox.c.entity_id).where(webhook_inbox.c.handled_at == "")).all()
    state.close()
    return [row[0] for row in rows]


def called_paths(world, system):
    """Return the paths a system was called on, ids left out, and forget the calls."""
    calls = world.call("GET", f"/_sandbox/{system}/calls")
    world.call("DELETE", f"/_sandbox/{system}/calls")
    return {re.sub(r"/(?!20\d{4}/)(\d+|eid:[^/]+)(?=/|$)", "/*", call["path"]) for call in calls}


@pytest.mark.parametrize(
    "kinds",
    [READ_FAULTS[0], *(pytest.param(kinds, marks=pytest.mark.exhaustive) for kinds in READ_FAULTS[1:])],
    ids="-".join,
)
def test_reads_end_the_same_under_faults_on_every_endpoint(fresh_world, tied_out, kinds):
    expected = raw_content(tied_out, "raw_tiktok_shop")
    announce(fresh_world, fresh_world.records("tiktok_shop", "orders")[:3])
    for path in (TOKENS["tiktok_shop"], *LISTINGS):
        for kind in kinds:
            strike(fresh_world, "tiktok_shop", kind, path)
    for _attempt in range(4):
        if not ingest(fresh_world, "tiktok_shop"):
            break
    assert ingest(fresh_world, "tiktok_shop") == []
    assert raw_content(fresh_world.home, "raw_tiktok_shop") == expected
    assert unhandled(fresh_world) == []
    left = {
        (fault["match"], fault["kind"]) for fault in fresh_world.call("GET", "/_sandbox/faults") if not fault["hits"]
    }
    assert {path for path, kind in left if kind not in READ_FAULTS[-1]} == set()


def test_every_query_of_netsuite_ends_the_same_under_each_fault(world, tied_out):
    expected = raw_content(tied_out, "raw_netsuite")
    for kind in ("429", "500", "html_503", "lost_reply", "expired_token", "truncated_page", "bad_json"):
        world.call("DELETE", "/_sandbox/faults")
        forget_tokens(world)
        if kind != "expired_token":  # a token is not needed to ask for one
            strike(world, "netsuite", kind, TOKENS["netsuite"])
        strike(world, "netsuite", kind, SUITEQL)
        strike(world, "netsuite", kind, SUITEQL, rate=0.5, count=50)  # every query once, and not its second try
        assert ingest(world, "netsuite") == [], kind
        assert raw_content(world.home, "raw_netsuite") == expected, kind


def test_journals_are_posted_once_each_whatever_befalls_writing_and_reading_back(fresh_world, world):
    for kind in WRITE_FAULTS:
        strike(fresh_world, "netsuite", kind, JOURNALS, method="POST")
        strike(fresh_world, "netsuite", kind, f"{JOURNALS}/eid:", method="GET")
    expected = [journal["externalId"] for journal in world.journals()]
    for _run in range(8):
        if not fresh_world.run().problems:
            break
    assert [journal["externalId"] for journal in fresh_world.journals()] == expected
    refunds = {f"{RECORDS}/creditMemo", f"{RECORDS}/cashRefund/*"}
    journals = {JOURNALS, f"{JOURNALS}/*"}
    assert called_paths(fresh_world, "netsuite") == {TOKENS["netsuite"], SUITEQL, *journals, *refunds}
    unnamed = {path.replace("[^/]+", "*").rstrip("?\\") for path in LISTINGS if path != "/order/202507/orders"}
    records = "/return_refund/202309/returns/*/records"
    assert called_paths(fresh_world, "tiktok_shop") == {TOKENS["tiktok_shop"], records, *unnamed}
    assert fresh_world.run().applied.acknowledged == 0


def test_endpoint_that_fails_every_time_costs_a_bounded_number_of_calls_and_nothing_else(fresh_world, tied_out):
    shop = fresh_world.call("GET", "/_sandbox/systems")["tiktok_shop"]["shops"][0]
    broken = f"/statement_transactions.*{shop['cipher']}"
    strike(fresh_world, "tiktok_shop", "500", broken, count=None)
    (reported,) = ingest(fresh_world, "tiktok_shop")
    assert (reported.entity, reported.shop_id, reported.window_to) == ("statement_transactions", shop["id"], None)
    assert "left alone until" in reported.problem and "wait for the next run" in reported.problem
    (fault,) = fresh_world.call("GET", "/_sandbox/faults")
    assert fault["hits"] == FAILURES_TO_OPEN
    expected = raw_content(tied_out, "raw_tiktok_shop")
    found = raw_content(fresh_world.home, "raw_tiktok_shop")
    lines = {"raw_tiktok_shop.statement_transactions"}
    assert {table for table in expected if found[table] != expected[table]} == lines
    fresh_world.call("DELETE", "/_sandbox/faults")
    assert ingest(fresh_world, "tiktok_shop") == []
    assert raw_content(fresh_world.home, "raw_tiktok_shop") == expected


@pytest.fixture
def port():
    with free_port() as bound:
        yield bound


def subscribe(world, address):
    for shop in world.settings().tiktok_shop.shops:
        path = f"/_sandbox/tiktok_shop/webhook_subscriptions/{shop.shop_id}:ORDER_STATUS_CHANGE?shop={shop.shop_id}"
        world.call("PUT", path, {"event_type": "ORDER_STATUS_CHANGE", "address": address})


def pending(world):
    return [record for record in world.records("tiktok_shop", "webhook_deliveries") if record["status"] == "PENDING"]


def named_orders(world):
    calls = world.call("GET", "/_sandbox/tiktok_shop/calls?path=/order/202507/orders")
    return [order for call in calls for order in parse_qs(call["query"])["ids"][0].split(",")]


def lose_some(world):
    """Take every fifth webhook away while none is due: each was tried once, and time does not pass."""
    until(lambda: all(delivery["attempts"] for delivery in pending(world)))
    for lost in pending(world)[::5]:
        world.call("DELETE", f"/_sandbox/tiktok_shop/webhook_deliveries/{lost['id']}")


def test_webhooks_doubled_reordered_lost_and_forged_end_as_none_at_all(fresh_world, world, port):
    subscribe(fresh_world, address_of(port, "tiktok_shop"))
    for each in (fresh_world, world):
        each.call("POST", "/_sandbox/clock", {"advance_days": 2})
    lose_some(fresh_world)
    strike(fresh_world, "tiktok_shop", "duplicate_webhook", "ORDER_STATUS_CHANGE", count=None, rate=0.5)
    strike(fresh_world, "tiktok_shop", "reordered", "ORDER_STATUS_CHANGE", count=None, rate=0.5)
    with receiving(fresh_world.settings(), port):
        for each in (fresh_world, world):
            each.call("POST", "/_sandbox/clock", {"advance_hours": 1})
        until(lambda: not pending(fresh_world))
        forged = Request(
            address_of(port, "tiktok_shop"), data=b"{}", headers={"Authorization": "0" * 64}, method="POST"
        )
        with pytest.raises(HTTPError, match="401"):
            urlopen(forged)
    reported = unhandled(fresh_world)
    delivered = fresh_world.records("tiktok_shop", "webhook_deliveries")
    assert {record["status"] for record in delivered} == {"DELIVERED"}
    assert len(delivered) == len(reported) > 0
    assert any(record["sent"] > record["attempts"] for record in delivered)
    for each in (fresh_world, world):
        assert ingest(each, "tiktok_shop") == []
    assert unhandled(fresh_world) == []
    assert raw_content(fresh_world.home, "raw_tiktok_shop") == raw_content(world.home, "raw_tiktok_shop")


def test_the_order_that_a_notification_names_is_read_in_the_next_cycle_and_only_that_one(world, port):
    lines = world.records("tiktok_shop", "statement_transactions")
    fields = ("order_id", "adjustment_order_id", "associated_order_id")
    settled = {line[field] for line in lines for field in fields}  # some of these are read again by id in any case
    order = next(each for each in world.records("tiktok_shop", "orders") if each["id"] not in settled)
    shop = order["_record"]["shop"]
    with receiving(world.settings(), port):
        content = json.dumps(
            {"type": 1, "tts_notification_id": "77", "shop_id": shop, "timestamp": 1, "data": {"order_id": order["id"]}}
        )
        delivery = {
            "id": "77",
            "event_type": "ORDER_STATUS_CHANGE",
            "address": address_of(port, "tiktok_shop"),
            "content": content,
        }
        delivery |= {"status": "PENDING", "attempts": 0, "sent": 0, "next_attempt_at": 0, "last_result": ""}
        world.call("PUT", f"/_sandbox/tiktok_shop/webhook_deliveries/77?shop={shop}", delivery)
        until(lambda: not pending(world))
    for _run in range(2):
        assert ingest(world, "tiktok_shop") == []
    assert [named for named in named_orders(world) if named not in settled] == [order["id"]]
