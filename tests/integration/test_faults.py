"""Whatever the wire does, the end is the same as without it."""

import pytest

TIKTOK = {
    "shops": "/authorization/202309/shops",
    "orders": "/orders/search",
    "statements": "/finance/202309/statements",
    "lines": "/statement_transactions",
    "payments": "/payments",
    "unsettled": "/unsettled",
}
READ_FAULTS = (
    "429",
    "500",
    "html_503",
    "lost_reply",
    "drop_request",
    "truncated_page",
    "truncated_body",
    "bad_json",
    "reordered",
)

CONTENT = """
select shop_id, id, parent_id, content_hash from {table}
qualify row_number() over (partition by shop_id, id order by observed_at desc, load_id desc) = 1
order by all
"""
TABLES = ("orders", "statements", "statement_transactions", "payments", "unsettled_transactions")


def raw_content(world):
    import duckdb

    with duckdb.connect(str(world.settings().warehouse_path), read_only=True) as connection:
        return {t: connection.execute(CONTENT.format(table=f"raw_tiktok_shop.{t}")).fetchall() for t in TABLES}


def ingest(world, *systems):
    from ingestion import ingest as load
    from tieout.state import State
    from tieout.warehouse import warehouse_lock

    settings = world.settings()
    state = State(settings.database_url)
    with warehouse_lock(settings):
        loads = load(settings, state, systems=list(systems), report=lambda _text: None)
    state.close()
    return [load for load in loads if load.problem]


@pytest.fixture(scope="module")
def undisturbed(tied_out):
    import duckdb

    with duckdb.connect(str(tied_out / "warehouse.duckdb"), read_only=True) as connection:
        return {t: connection.execute(CONTENT.format(table=f"raw_tiktok_shop.{t}")).fetchall() for t in TABLES}


@pytest.mark.parametrize("kind", READ_FAULTS)
def test_reads_end_the_same_under_each_fault_on_every_endpoint(fresh_world, undisturbed, kind):
    for path in TIKTOK.values():
        fresh_world.call("POST", "/_sandbox/faults", {"system": "tiktok_shop", "match": path, "kind": kind, "count": 1})
    for _attempt in range(3):
        if not ingest(fresh_world, "tiktok_shop"):
            break
    assert ingest(fresh_world, "tiktok_shop") == []
    assert raw_content(fresh_world) == undisturbed


def test_an_expired_token_is_refreshed_once_and_the_load_goes_on(fresh_world, undisturbed):
    for path in TIKTOK.values():
        fault = {"system": "tiktok_shop", "match": path, "kind": "expired_token", "count": 1}
        fresh_world.call("POST", "/_sandbox/faults", fault)
    assert ingest(fresh_world, "tiktok_shop") == []
    assert raw_content(fresh_world) == undisturbed


@pytest.mark.parametrize(
    "kind", ["429", "500", "html_503", "lost_reply", "drop_request", "truncated_body", "expired_token"]
)
def test_journals_are_posted_once_each_under_each_fault_of_the_write(fresh_world, world, kind):
    fault = {"system": "netsuite", "match": "/record/v1/journal", "method": "POST", "kind": kind, "count": 3}
    fresh_world.call("POST", "/_sandbox/faults", fault)
    for _run in range(4):
        fresh_world.run()
        if len(fresh_world.journals()) == len(world.journals()) and not fresh_world.run().problems:
            break
    assert [j["externalId"] for j in fresh_world.journals()] == [j["externalId"] for j in world.journals()]
