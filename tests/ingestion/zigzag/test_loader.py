"""Returns are read by when they changed, lists whole, and nothing is gone that a whole window did not leave out."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
from pydantic import SecretStr
from sqlalchemy import insert, select

from connectors.transport.errors import CredentialError, RejectedError, TransientError
from connectors.transport.rows import rows_of
from connectors.zigzag.client import Listing
from connectors.zigzag.pages import Page, changed_at
from ingestion.coverage import BEGINNING, verified_until
from ingestion.zigzag import loader as zigzag
from ingestion.zigzag import zigzag_source
from tests.ingestion.conftest import UK, Bench
from tieout.settings import ZigZag
from tieout.state import webhook_inbox

AT = datetime(2026, 1, 10, 12, tzinfo=UTC)
ACCOUNT = ZigZag(
    base_url="https://api.zigzag.example",
    username="northgate",
    password=SecretStr("only-for-tests"),
    retailer_code="NORTH",
    shops=[UK],
)
RETURNS = ("zigzag", "returns", "")


def returned(return_id, *, changed=AT - timedelta(hours=1), status="created", **fields):
    row = {"returnId": return_id, "externalReturnRef": f"40{return_id}", "orderNumber": "576", "status": status}
    return {**row, "updatedAt": changed.isoformat(), "lines": [], "shipments": [], **fields}


@dataclass
class FakeZigZag:
    """An account; `asked` are its calls in order, `failing` the calls that raise, `unlisted` what no list brings."""

    now: datetime = AT
    rows: dict[str, dict] = field(default_factory=lambda: {each: returned(each) for each in ("R1", "R2")})
    lists: dict[str, list] = field(
        default_factory=lambda: {name: [{"code": "A", "text": "any"}] for name in zigzag.LISTS}
    )
    extra: list[object] = field(default_factory=list)
    unlisted: set[str] = field(default_factory=set)
    failing: dict[str, Exception] = field(default_factory=dict)
    asked: list[tuple[str, object]] = field(default_factory=list)

    def reasons(self):
        return self._list("reasons")

    def conditions(self):
        return self._list("conditions")

    def dispositions(self):
        return self._list("dispositions")

    def returns(self, *, updated_from):
        self._ask("returns", updated_from)
        since = updated_from or BEGINNING
        shown = [row for key, row in self.rows.items() if key not in self.unlisted and changed_at(row) >= since]
        yield Page([*deepcopy(shown), *self.extra], self.now, len(shown), 100)

    def return_by_id(self, return_id):
        self._ask("return", return_id)
        return Listing([self.rows[return_id]] if return_id in self.rows else [], self.now)

    def _list(self, name):
        self._ask(name, None)
        return Listing(deepcopy(self.lists[name]), self.now)

    def _ask(self, what, about):
        self.asked.append((what, about))
        if what in self.failing:
            raise self.failing[what]


@pytest.fixture
def fake():
    return FakeZigZag()


def load(bench: Bench, fake: FakeZigZag):
    fake.now += timedelta(minutes=5)
    return bench.ingest(zigzag=lambda run: zigzag.load(run, fake, ACCOUNT))


def notify(bench: Bench, *return_ids: str) -> None:
    rows = [
        {"system": "zigzag", "notification_id": f"n-{each}", "shop_id": "", "type": "return.graded", "entity_id": each}
        for each in return_ids
    ]
    with bench.state.transaction() as connection:
        connection.execute(insert(webhook_inbox), [{**row, "received_at": "2026", "handled_at": ""} for row in rows])


def unhandled(bench: Bench) -> list[str]:
    with bench.state.reading() as connection:
        query = select(webhook_inbox.c.entity_id).where(webhook_inbox.c.handled_at == "")
        return [row[0] for row in connection.execute(query)]


def test_returns_and_lists_land_once_and_a_second_reading_lands_nothing(bench, fake):
    first = load(bench, fake)
    assert {entity: first["zigzag", entity, ""].landed for entity in (*zigzag.LISTS, "returns")} == {
        "reasons": 1,
        "conditions": 1,
        "dispositions": 1,
        "returns": 2,
    }
    assert verified_until(bench.state, "zigzag", "returns") == fake.now
    assert bench.query("select parent_id, updated_at from raw_zigzag.returns where id = 'R1'") == [
        ("40R1", AT - timedelta(hours=1))
    ]
    again = load(bench, fake)
    assert sum(result.landed for result in again.values() if result.system == "zigzag") == 0


def test_a_change_lands_one_version_and_what_a_whole_window_leaves_out_is_gone(bench, fake):
    load(bench, fake)
    fake.rows["R1"] = returned("R1", status="graded", changed=AT)
    del fake.rows["R2"]
    fake.lists["reasons"] = []
    loads = load(bench, fake)
    assert (loads[RETURNS].landed, loads[RETURNS].deleted) == (1, 1)
    assert bench.live("raw_zigzag.returns") == {"R1"}
    assert bench.live("raw_zigzag.reasons") == set()


def test_what_changed_before_the_window_is_kept_and_not_read_again(bench, fake):
    fake.rows["OLD"] = returned("OLD", changed=AT - timedelta(days=9))
    load(bench, fake)
    del fake.rows["OLD"]
    load(bench, fake)
    asked = [about for what, about in fake.asked if what == "returns"]
    assert asked == [None, AT + timedelta(minutes=5) - timedelta(days=7)]
    assert bench.live("raw_zigzag.returns") == {"R1", "R2", "OLD"}


@pytest.mark.parametrize("failing", ["returns", "reasons"])
def test_a_list_that_cannot_be_read_is_a_problem_of_its_own_and_deletes_nothing(bench, fake, failing):
    load(bench, fake)
    fake.rows, fake.failing = {}, {failing: TransientError("no complete reply", vendor="zigzag")}
    loads = load(bench, fake)
    assert "zigzag" in loads["zigzag", failing, ""].problem
    assert len(bench.live("raw_zigzag.returns")) == (2 if failing == "returns" else 0)
    assert bench.live("raw_zigzag.reasons") == {"A"}


def test_refused_access_ends_the_system_and_lands_nothing(bench, fake):
    fake.failing = {"reasons": CredentialError("HTTP 401", vendor="zigzag")}
    loads = load(bench, fake)
    assert any("401" in result.problem for result in loads.values())
    assert [what for what, _about in fake.asked] == ["reasons"]


@pytest.mark.parametrize("row", [rows_of([17])[0], {}, {"returnId": ["R9"]}])
def test_a_return_without_id_is_quarantined_deletes_nothing_and_is_looked_for_among_all(bench, fake, row):
    load(bench, fake)
    fake.extra = [row]
    del fake.rows["R2"]
    loads = load(bench, fake)
    assert (loads[RETURNS].quarantined, loads[RETURNS].deleted) == (1, 0)
    fake.extra = []
    loads = load(bench, fake)
    assert [about for what, about in fake.asked if what == "returns"][-1] is None
    assert (loads[RETURNS].quarantined, bench.live("raw_zigzag.returns")) == (0, {"R1"})


def test_a_return_that_quarantine_holds_is_asked_for_by_its_id_and_not_all_are_read_for_it(bench, fake):
    fake.rows["OLD"] = returned("OLD", changed=AT - timedelta(days=9)) | {"status": "re\ud800ceived"}
    assert load(bench, fake)[RETURNS].quarantined == 1
    fake.rows["OLD"]["status"] = "received"
    loads = load(bench, fake)
    assert [about for what, about in fake.asked if what == "returns"][-1] is not None
    assert [about for what, about in fake.asked if what == "return"] == ["OLD"]
    assert (loads[RETURNS].quarantined, bench.live("raw_zigzag.returns")) == (0, {"R1", "R2", "OLD"})


@pytest.mark.parametrize("changed", [None, "", "yesterday", "2026-01-10T12:00:00", 17])
def test_a_return_that_says_no_time_lands_all_the_same(bench, fake, changed):
    fake.extra = [{**returned("R3"), "updatedAt": changed}]
    load(bench, fake)
    assert bench.live("raw_zigzag.returns") == {"R1", "R2", "R3"}


def test_a_notification_wakes_the_read_of_a_return_that_no_list_brings(bench, fake):
    fake.rows["R3"] = returned("R3")
    fake.unlisted = {"R3"}
    notify(bench, "R1", "R3", "GONE")
    load(bench, fake)
    assert [about for what, about in fake.asked if what == "return"] == ["GONE", "R3"]
    assert bench.live("raw_zigzag.returns") == {"R1", "R2", "R3"}
    assert unhandled(bench) == []
    load(bench, fake)
    assert [about for what, about in fake.asked if what == "return"] == ["GONE", "R3"]


def test_an_id_that_is_refused_is_a_problem_once_and_holds_up_no_other(bench, fake):
    notify(bench, "R9")
    fake.failing = {"return": RejectedError("HTTP 400: no id", vendor="zigzag")}
    assert "no id" in load(bench, fake)[RETURNS].problem
    assert (unhandled(bench), load(bench, fake)[RETURNS].problem) == ([], "")


def test_a_notification_waits_until_its_return_could_be_read(bench, fake):
    notify(bench, "R9")
    fake.failing = {"return": TransientError("no complete reply", vendor="zigzag")}
    load(bench, fake)
    assert unhandled(bench) == ["R9"]


def test_users_of_dlt_read_the_same_records(fake):
    source = zigzag_source(fake)
    assert {row["id"] for row in source.resources["returns"]} == {"R1", "R2"}
    assert [row["id"] for row in source.resources["dispositions"]] == ["A"]
