"""A warehouse order that GXO cannot read is shown to operations, waits for a person, and then goes once more."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import pytest

from reverse_sync.approvals import approve
from tests.support.connected import copy_of, cycle
from tests.support.worlds import World
from tieout.published import open_published
from tieout.settings import Settings, load_settings
from tieout.state import State

SYNC = "gxo__warehouse_orders"
Tenant = tuple[World, Settings]


@pytest.fixture
def tenant(shipping, tmp_path_factory) -> Iterator[Tenant]:
    with copy_of(shipping, tmp_path_factory) as (world, folder):
        yield world, load_settings(folder, world.home)


def _sent(world: World) -> Counter[str]:
    names = [file["name"] for file in world.records("gxo", "files")]
    return Counter(name.split("_")[1] for name in names if name.startswith("940_") and "N_" in name)


def _refused(settings: Settings) -> set[str]:
    with open_published(settings) as connection:
        rows = connection.execute("select entity_id from exceptions.open where code = 'ORD-02'").fetchall()
    return {row[0] for row in rows}


def test_an_order_that_gxo_could_not_read_goes_again_in_a_new_file_once_a_person_says_so(tenant: Tenant) -> None:
    world, settings = tenant
    fault = {"system": "gxo", "match": "940_", "kind": "rejected_997", "rate": 1, "count": 1}
    world.call("POST", "/_sandbox/faults", fault)
    for lane in (SYNC, SYNC, None):  # new orders are sent, the warehouse takes its wave in, and its answer is read
        world.call("POST", "/_sandbox/clock", {"advance_hours": 6})
        planned = cycle(settings, only=lane).planned

    (number,) = _refused(settings)
    assert _sent(world)[number] == 1
    held = {row.entity_key: row.held_because for row in planned.rows if row.sync == SYNC}
    assert "GXO could not read 940" in held[number]

    state = State(settings.database_url)
    try:
        approve(state, SYNC, number, actor="test")
    finally:
        state.close()
    cycle(settings, only=SYNC)
    assert _sent(world)[number] == 2
    world.call("POST", "/_sandbox/clock", {"advance_hours": 6})
    cycle(settings)

    assert _refused(settings) == set()
    assert {order["order"] for order in world.records("gxo", "orders")} >= {number}
    cycle(settings, only=SYNC)
    assert _sent(world)[number] == 2
