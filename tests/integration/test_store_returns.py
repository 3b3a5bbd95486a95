"""What tills take back of TikTok Shop's orders is refunded once, when the tenant has it so, and is reported until then.

Belongs here: till returns over the stand-ins' wires, by each policy. Does not: the sums of a refund (unit tests of
int_returns__till_refunds), or one call and its faults (test_till_refunds_on_the_wire).
"""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from orchestration.accelerator.lineage import models_before, raw_tables_of, systems_of
from orchestration.steps.steps import apply_step, build_for_step, ingest_step, plan_step
from orchestration.warehouse.queries import fetch
from reverse_sync import approve
from sandbox.newstore import till
from sandbox.server import opened
from sandbox.world.draw import Draw
from tests.support.stepped_tenant import quiet
from tests.support.stores_world import Till, delivered, served
from tests.support.worlds import World
from tieout.settings import Settings, load_settings
from tieout.state import State
from tieout.warehouse import open_warehouse, warehouse_lock

Body = dict[str, Any]
SYNC, EXCEPTIONS = "tiktok_shop__till_refunds", "exceptions_build.exc_till_returns"
MODELS = ("sync.sync_tiktok_shop__till_refunds", EXCEPTIONS)
CREATE = r"/return_refund/\d+/returns(\?|$)"


@dataclass
class Seen:
    """What one reading led to: what is reported of each return to a till, what is planned, and what TikTok Shop has."""

    reported: dict[str, str]
    planned: dict[str, str]
    refunds: Counter[str] = field(default_factory=Counter)


class Brand:
    """A world of stores, and the steps of the product that are about tills."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.state = State(self.settings().database_url)

    def settings(self) -> Settings:
        return load_settings(self.world.config, self.world.home)

    def choose(self, policy: str) -> None:
        """Let the tenant's policy on till refunds be this."""
        path = self.world.config / "tieout.toml"
        lines = [line for line in path.read_text().splitlines() if not line.startswith("till_refunds")]
        at = lines.index("[returns]") + 1
        path.write_text("\n".join([*lines[:at], f'till_refunds = "{policy}"', *lines[at:]]))

    def go(self) -> Seen:
        """Read, build, plan and write what is about tills."""
        settings = self.settings()
        wanted = list({m.relation: m for name in MODELS for m in models_before(settings.home, name)}.values())
        tables = raw_tables_of(wanted)
        ingest_step(settings, self.state, systems=systems_of(tables), tables=tables, report=quiet)
        build_for_step(settings, self.state, wanted, report=quiet)
        planned = plan_step(settings, self.state, only=SYNC)
        apply_step(settings, self.state, planned, only=SYNC, observe=quiet)
        rows = {row.entity_key: row.held_because or str(row.action) for row in planned.rows}
        return Seen(self._reported(settings), rows, Counter(row["order_id"] for row in self.refunds()))

    def refunds(self) -> list[Body]:
        return self.world.records("tiktok_shop", "returns")

    def _reported(self, settings: Settings) -> dict[str, str]:
        with warehouse_lock(settings), open_warehouse(settings) as warehouse:
            rows = fetch(warehouse, f"select entity_id, code || ' ' || cause as said from {EXCEPTIONS}")
        return {row["entity_id"].removeprefix("newstore/"): row["said"] for row in rows}


@dataclass
class Story:
    """What came back, as order and return to a till by name, and what was seen by each policy in turn."""

    orders: dict[str, Body]
    back: dict[str, str] = field(default_factory=dict)
    seen: dict[str, Seen] = field(default_factory=dict)

    def returns(self, *names: str) -> set[str]:
        return {self.back[name] for name in names}

    def ids(self, *names: str) -> set[str]:
        return {str(self.orders[name]["id"]) for name in names}


@pytest.fixture(scope="module")
def tills(stores: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Brand, Story]]:
    """The brand, and what it saw: policy off, ask, one approved, auto over a faulty wire, and once more."""
    home = Path(shutil.copytree(stores, tmp_path_factory.mktemp("tills") / "home"))
    with served(home) as world:
        story = Story(_chosen(world))
    _odd_ones(home, story)
    with served(home) as world:
        brand = Brand(world)
        brand.go()  # what was shipped is known before it comes back
        _plain_ones(world, story)
        _go_through(brand, story)
        yield brand, story
        brand.state.close()


def _chosen(world: World) -> dict[str, Body]:
    """Return an order for each thing that happens at a till."""
    orders = delivered(world)
    twice = [order for order in orders if max(units_of(order).values()) > 1]
    single = [order for order in orders if len(order["line_items"]) == 1]
    several = [order for order in orders if len(order["line_items"]) > 1 and order not in twice]
    names = ("whole", "paid", "other", "blind")
    return dict(zip(names, single, strict=False)) | {"damaged": twice[0], "many": several[0]}


def _odd_ones(home: Path, story: Story) -> None:
    """Bring back what the calls do not take: goods that an order does not have, and an order that is not known."""
    with opened(home / "sandbox") as sandbox:
        store, blind = sandbox.store, story.orders["blind"]
        (record,) = store.select("newstore", "orders", matching={"external_id": blind["id"]})
        store.delete("newstore", "orders", record.id)
        goods = {"other": skus(story.orders["damaged"])[:1], "blind": skus(blind)}
        for name, products in goods.items():
            taken = till.take_back(store, story.orders[name]["id"], products, Draw(1, name))
            story.back[name] = taken["return_id"]


def _plain_ones(world: World, story: Story) -> None:
    till = Till(world)
    twice = units_of(story.orders["damaged"]).most_common(1)[0][0]
    story.back["whole"] = till.take_back(story.orders["whole"]["id"], units_of(story.orders["whole"]))
    story.back["damaged"] = till.take_back(story.orders["damaged"]["id"], {twice: 1}, condition=2)
    story.back["many"] = till.take_back(story.orders["many"]["id"], units_of(story.orders["many"]))
    story.back["paid"] = till.take_back(story.orders["paid"]["id"], units_of(story.orders["paid"]), paid="1.00")
    till.close()


def _go_through(brand: Brand, story: Story) -> None:
    story.seen["off"] = brand.go()
    brand.choose("ask")
    story.seen["ask"] = brand.go()
    approve(brand.state, SYNC, story.back["whole"], actor="Sam")
    story.seen["approved"] = brand.go()
    brand.choose("auto")
    for kind in ("lost_reply", "doubled_request"):
        fault = {"system": "tiktok_shop", "method": "POST", "match": CREATE, "count": 1, "kind": kind}
        brand.world.call("POST", "/_sandbox/faults", fault)
    story.seen["auto"] = brand.go()
    story.seen["later"] = brand.go()


def skus(order: Body) -> list[str]:
    return [line["seller_sku"] for line in order["line_items"]]


def units_of(order: Body) -> Counter[str]:
    return Counter(skus(order))


def test_what_is_not_refunded_is_reported_and_nothing_is_written_unless_the_tenant_has_it_so(tills):
    _brand, story = tills
    off = story.seen["off"]
    assert set(off.reported) == story.returns("whole", "damaged", "many", "paid", "other", "blind")
    odd = {"other": "RET-10 other goods", "paid": "RET-10 paid in part by the till"}
    assert {name: off.reported[story.back[name]] for name in odd} == odd
    assert set(off.reported.values()) == {*odd.values(), "RET-10 refund not made"}
    assert (off.planned, off.refunds) == ({}, Counter())


def test_each_refund_waits_for_a_person_where_the_tenant_asks_for_one(tills):
    _brand, story = tills
    ask = story.seen["ask"]
    assert set(ask.planned) == story.returns("whole", "damaged", "many", "paid", "blind")
    assert ask.planned[story.back["paid"]] == "blocked: RET-10: the till gave back 1.00 itself: ask who paid it"
    assert ask.planned[story.back["whole"]].startswith("awaits approval (it refunds what a till took back, ")
    assert (ask.refunds, ask.reported) == (Counter(), story.seen["off"].reported)
    approved = story.seen["approved"]
    assert set(approved.refunds.elements()) == story.ids("whole")


def test_each_refund_is_made_once_over_a_wire_that_loses_replies_and_doubles_requests(tills):
    _brand, story = tills
    for seen in (story.seen["auto"], story.seen["later"]):
        assert seen.refunds == Counter(story.ids("whole", "damaged", "many"))
    assert "a till took it back that does not know its order" in story.seen["later"].planned[story.back["blind"]]


def test_a_refund_is_of_the_lines_that_came_back_for_what_was_paid(tills):
    brand, story = tills
    made = {row["order_id"]: row for row in brand.refunds()}
    for name, units in (("whole", 1), ("damaged", 1), ("many", len(story.orders["many"]["line_items"]))):
        order, row = story.orders[name], made[story.orders[name]["id"]]
        back = {line["order_line_item_id"] for line in row["return_line_items"]}
        lines = [line for line in order["line_items"] if line["id"] in back]
        assert (len(back), row["role"], row["return_type"]) == (units, "SELLER", "REFUND")
        assert Decimal(row["refund_amount"]["refund_total"]) == sum(Decimal(line["sale_price"]) for line in lines)


def test_what_was_refunded_is_reported_no_more(tills):
    _brand, story = tills
    assert set(story.seen["later"].reported) == story.returns("paid", "other", "blind")
