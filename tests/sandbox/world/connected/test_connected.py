import pytest

from sandbox.world import advance
from tests.sandbox.world.connected.conftest import DAY, HOUR, START, Seller


def everything(store):
    records = store.connection.execute(
        "select system, kind, id, shop, parent, created_at, updated_at, body from record order by 1, 2, 3"
    ).fetchall()
    return records, store.get_meta("world_counters")


def test_the_same_calls_at_the_same_instants_make_the_same_world(new_world):
    found = []
    for steps in (1, 5):
        store = new_world(days=6, baskets=60)
        seller = Seller(store)
        for call in range(1, 9):
            begun, ends = store.now, START + call * 16 * HOUR + 77
            for step in range(1, steps + 1):
                advance(store, begun + (ends - begun) * step // steps)
            seller.work()
        found.append(everything(store))
    assert found[0] == found[1]
    assert len(found[0][0]) > 1000


def test_another_seed_makes_another_world(new_world):
    one, two = new_world(seed=1, baskets=30), new_world(seed=2, baskets=30)
    for store in (one, two):
        advance(store, START + 2 * DAY)
    assert everything(one) != everything(two)


def test_an_unknown_way_to_fulfil_is_refused(new_world):
    with pytest.raises(ValueError, match="connected"):
        new_world(fulfilment="magic")
