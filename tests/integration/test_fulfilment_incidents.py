"""Failures between orders and who ships them are found, each as one row, and a calm connected world has none."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from orchestration.demo.control import SandboxError
from orchestration.demo.demo import running_sandbox
from orchestration.demo.tenant import write_tenant
from orchestration.steps.cycle import run_cycle
from tests.support.worlds import CONFIG, World
from tieout.published import open_published
from tieout.settings import Settings, load_settings
from tieout.state import State

pytestmark = pytest.mark.exhaustive  # each break by itself: tests/dbt_project/test_fulfilment_exceptions.py

HALF_DAYS = 2
FAMILIES = ("ORD", "CAN", "FUL")
CODES = {
    *("ORD-03", "ORD-04", "ORD-05", "ORD-06", "ORD-08", "ORD-10", "ORD-11", "ORD-12", "ORD-15"),
    *("CAN-01", "CAN-02", "CAN-03", "CAN-04", "CAN-05", "CAN-06", "CAN-07"),
    *("FUL-02", "FUL-03", "FUL-04", "FUL-05", "FUL-10", "FUL-13"),
}
Found = set[tuple[str, str, str]]


@dataclass
class Tenant:
    """A connected world, and the product that looks after both of its shops."""

    world: World
    settings: Settings
    found: Found = field(default_factory=set)

    def pass_hours(self, hours: int) -> None:
        self.world.call("POST", "/_sandbox/clock", {"advance_hours": hours})

    def cycle(self) -> Found:
        state = State(self.settings.database_url)
        try:
            run_cycle(self.settings, state, report=lambda _text: None)
        finally:
            state.close()
        with open_published(self.settings) as connection:
            rows = connection.execute("select code, entity_type, entity_id from exceptions.open").fetchall()
        self.found = {row for row in rows if row[0][:3] in FAMILIES}
        return self.found

    def plant(self, codes: set[str]) -> set[str]:
        """Plant one failure of each code for which the world has a record now; returns the others."""
        return {code for code in sorted(codes) if not self.has_planted(code)}

    def has_planted(self, code: str) -> bool:
        try:
            self.world.call("POST", "/_sandbox/incidents", {"code": code, "count": 1})
        except SandboxError as refused:
            if "no record can carry it yet" not in str(refused):
                raise
            return False
        return True

    def planted(self) -> Found:
        entries = self.world.call("GET", "/_sandbox/truth")
        return {(e["code"], e["entity_type"], e["entity_id"]) for e in entries if e["code"] in CODES}

    def orders(self) -> dict[str, dict[str, Any]]:
        return {order["id"]: order for order in self.world.records("tiktok_shop", "orders")}


@pytest.fixture(scope="module")
def tenant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tenant]:
    home = tmp_path_factory.mktemp("failing")
    with running_sandbox(home, port=0) as urls:
        world = World(home, urls)
        trade = {"baskets": 900, "distinct_baskets": 150, "days": 20, "seed": 3, "fulfilment": "connected"}
        world.call("POST", "/_sandbox/trade", trade)
        folder = write_tenant(CONFIG, home, urls["control"])
        answers = (folder / "tieout.toml").read_text().replace('answer_cancellations = "auto"', "")
        (folder / "tieout.toml").write_text(answers)  # people answer the buyers here
        tenant = Tenant(world, load_settings(folder, home))
        for _ in range(HALF_DAYS):
            tenant.pass_hours(12)
            tenant.cycle()
        yield tenant


def true_by_itself(tenant: Tenant) -> Found:
    """What trade alone brings about: clocks that run, open requests, platform cancellations, missing stock."""
    now = tenant.world.call("GET", "/_sandbox/clock")["now"]
    found: Found = set()
    for id, order in tenant.orders().items():
        if order["rts_sla_time"] and now >= (order["paid_time"] + order["rts_sla_time"]) // 2:
            found |= {("FUL-01", "order", id), ("FUL-02", "order", id), ("FUL-11", "order", id)}
    for request in tenant.world.records("tiktok_shop", "cancellations"):
        found |= {("CAN-03", "cancellation", request["cancel_id"])}
        found |= {("CAN-05", "order", request["order_id"])} if request["role"] == "SYSTEM" else set()
    left = {
        body["GeneralInfo"]["ReferenceNum"] for body in tenant.world.records("linnworks", "orders") if body["Processed"]
    }
    for order in tenant.world.records("gxo", "orders"):
        left |= {order["order"]} if order["status"] == "shipped" else set()
        is_closed = order["status"] in ("shipped", "shorted")
        if is_closed and any(line["shipped"] < line["quantity"] for line in order["lines"]):
            found |= {("FUL-10", "order", order["order"]), ("CAN-06", "order", order["order"])}
    cancelled = {id for id, order in tenant.orders().items() if order["status"] == "CANCELLED"}
    return found | {(code, "order", id) for id in left & cancelled for code in ("CAN-02", "CAN-04")}


def test_a_calm_world_has_only_what_trade_itself_brings_about(tenant):
    assert tenant.found - true_by_itself(tenant) == set()


def test_every_planted_failure_is_found_as_one_row_and_nothing_else_is(tenant):
    remaining, seen, brought = set(CODES), set(), set()
    for hours in (17, 0, 23, 1, 23):
        tenant.pass_hours(hours)
        remaining = tenant.plant(remaining)
        seen |= tenant.cycle()
        brought |= true_by_itself(tenant)
    assert remaining == set()
    assert tenant.planted() - seen == set(), "missed"
    assert seen - tenant.planted() - brought == set(), "wrong"
