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
    ("429", "500", "html_503"),
    ("lost_reply", "drop_request", "truncated_body"),
    ("truncated_page", "reordered", "bad_json"),
    ("expired_token",),
)
WRITE_FAULTS = ("429", "500", "html_503", "lost_reply", "drop_request", "truncated_body", "expired_token")

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


@pytest.mark.parametrize("kinds", READ_FAULTS, ids="-".join)
def test_reads_end_the_same_under_faults_on_every_endpoint(fresh_world, undisturbed, kinds):
    for path in TIKTOK.values():
        for kind in kinds:
            fault = {"system": "tiktok_shop", "match": path, "kind": kind, "count": 1}
            fresh_world.call("POST", "/_sandbox/faults", fault)
    for _attempt in range(3):
        if not ingest(fresh_world, "tiktok_shop"):
            break
    assert ingest(fresh_world, "tiktok_shop") == []
    assert raw_content(fresh_world) == undisturbed


def test_journals_are_posted_once_each_whatever_befalls_the_writes(fresh_world, world):
    for kind in WRITE_FAULTS:
        fault = {"system": "netsuite", "match": "/record/v1/journal", "method": "POST", "kind": kind, "count": 2}
        fresh_world.call("POST", "/_sandbox/faults", fault)
    expected = [journal["externalId"] for journal in world.journals()]
    for _run in range(8):
        if not fresh_world.run().problems:
            break
    assert [journal["externalId"] for journal in fresh_world.journals()] == expected
    assert fresh_world.run().applied.acknowledged == 0
