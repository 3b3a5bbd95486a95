"""Linnworks' lists are read whole, its orders before its stock, and nothing is gone that was not asked for by name."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
from pydantic import SecretStr

from connectors.linnworks.pages import Listing
from connectors.transport.errors import CredentialError, TransientError
from ingestion.config import loader as config
from ingestion.coverage import verified_until
from ingestion.linnworks import loader as linnworks
from tests.ingestion.conftest import UK, Bench
from tieout.settings import Linnworks

AT = datetime(2026, 1, 10, 12, tzinfo=UTC)
ACCOUNT = Linnworks(token=SecretStr("only-for-tests"), shops={UK: "Shop"})
ORDERS, LEVELS = ("linnworks", "orders", ""), ("linnworks", "stock_levels", "")


def order(order_id, *, processed=None, cancelled=False, tracking="", reference="576", level=5):
    return {
        "OrderId": order_id,
        "Processed": processed is not None,
        "ProcessedDateTime": processed.isoformat() if processed else None,
        "GeneralInfo": {"ReferenceNum": reference, "Source": "TIKTOK", "HoldOrCancel": cancelled},
        "ShippingInfo": {"TrackingNumber": tracking},
        "CustomerInfo": {"Address": {"FullName": "A Buyer"}},
        "Items": [{"SKU": "A", "Quantity": 1, "Level": level, "CompositeSubItems": [{"SKU": "B", "Level": level}]}],
    }


def item(item_id, quantity, *, composite=False):
    numbers = {"Quantity": quantity, "InOrder": 1, "Due": 0, "Available": quantity - 1, "MinimumLevel": 0}
    return {"StockItemId": item_id, "ItemNumber": item_id.upper(), "IsCompositeParent": composite, **numbers}


@dataclass
class FakeLinnworks:
    """An account; `asked` are its calls in order, `failing` the calls that raise."""

    now: datetime = AT
    places: list[dict] = field(default_factory=lambda: [{"StockLocationId": "p-1", "LocationName": "Default"}])
    items: dict[str, list[dict]] = field(default_factory=lambda: {"p-1": [item("a", 5), item("b", 0)]})
    parts: dict[str, list[dict]] = field(default_factory=dict)
    book: dict[str, dict] = field(default_factory=dict)
    locked: set[str] = field(default_factory=set)
    hidden: set[str] = field(default_factory=set)
    failing: dict[str, Exception] = field(default_factory=dict)
    asked: list[tuple[str, object]] = field(default_factory=list)

    def locations(self):
        self._ask("locations", "")
        return Listing(deepcopy(self.places), self.now)

    def stock_items(self, location_id):
        self._ask("stock_items", location_id)
        return Listing(deepcopy(self.items[location_id]), self.now)

    def compositions(self, item_ids):
        self._ask("compositions", list(item_ids))
        return {each: self.parts[each] for each in item_ids if each in self.parts}

    def open_order_ids(self, location_id, *, source, locked=None):
        self._ask("open_order_ids", source)
        found = [each for each, row in self.book.items() if not row["Processed"] and each not in self.hidden]
        return [each for each in found if locked is None or each in self.locked]

    def processed_orders(self, by, start, end, *, source):
        self._ask("processed_orders", (by, start, end))
        rows = [(each, row) for each, row in self.book.items() if row["Processed"]]
        return [
            {
                "pkOrderID": each,
                "PostalTrackingNumber": row["ShippingInfo"]["TrackingNumber"],
                "HoldOrCancel": cancelled,
            }
            for each, row in rows
            if (cancelled := row["GeneralInfo"]["HoldOrCancel"]) == (by == "cancelled")
            and start <= datetime.fromisoformat(row["ProcessedDateTime"]) <= end
        ]

    def orders(self, ids):
        self._ask("orders", list(ids))
        return Listing([deepcopy(self.book[each]) for each in ids if each in self.book], self.now)

    def _ask(self, what, about):
        self.asked.append((what, about))
        if what in self.failing:
            raise self.failing[what]


def load(bench: Bench, fake: FakeLinnworks):
    return bench.ingest(linnworks=lambda run: linnworks.load(run, fake, ACCOUNT))


def last_read(fake):
    return [about for what, about in fake.asked if what == "orders"][-1]


@pytest.fixture
def fake():
    book = {"o-1": order("o-1"), "o-2": order("o-2", processed=AT - timedelta(days=1), tracking="94001")}
    return FakeLinnworks(book=book)


def test_locations_items_levels_and_orders_land_and_orders_are_read_before_stock(bench, fake):
    fake.items["p-1"].append(item("kit", 2, composite=True))
    fake.parts = {"kit": [{"SKU": "A", "Quantity": 2}]}
    loads = load(bench, fake)
    assert loads[ORDERS].landed == 2
    assert bench.live("raw_linnworks.locations") == {"p-1"}
    assert bench.live("raw_linnworks.stock_items") == {"a", "b", "kit"}
    assert bench.live("raw_linnworks.stock_levels") == {"a/p-1", "b/p-1", "kit/p-1"}
    assert bench.live("raw_linnworks.compositions") == {"kit"}
    names = [what for what, _about in fake.asked]
    assert names.index("orders") < names.index("stock_items")
    assert ("compositions", ["kit"]) in fake.asked
    assert verified_until(bench.state, "linnworks", "orders") == AT
    assert verified_until(bench.state, "linnworks", "stock_levels") == AT
    [(items, empty)] = bench.query(
        "select payload ->> '$.items', payload ->> '$.items_at_zero' from raw_linnworks.stock_snapshots"
    )
    assert (items, empty) == ("3", "1")


def test_a_second_reading_of_the_same_lands_nothing_but_when_stock_was_read(bench, fake):
    load(bench, fake)
    fake.now += timedelta(minutes=5)
    loads = load(bench, fake)
    landed = {key[1] for key, summary in loads.items() if key[0] == "linnworks" and summary.landed}
    assert landed == {"stock_snapshots"}
    assert last_read(fake) == ["o-1"]


def test_stock_that_moves_makes_no_new_version_of_an_open_order(bench, fake):
    load(bench, fake)
    fake.book["o-1"] = order("o-1", level=3)
    assert load(bench, fake)[ORDERS].landed == 0


def test_nothing_about_the_buyer_is_kept(bench, fake):
    load(bench, fake)
    assert bench.query("select count(*) from raw_linnworks.orders where payload::text like '%Buyer%'") == [(0,)]


def test_an_open_order_that_is_parked_locked_or_changed_is_seen_without_any_list_of_changes(bench, fake):
    load(bench, fake)
    fake.locked = {"o-1"}
    fake.now += timedelta(minutes=5)
    assert load(bench, fake)[ORDERS].landed == 1
    [(is_locked,)] = bench.query(
        "select arg_max(payload ->> '$.IsLocked', observed_at) from raw_linnworks.orders where id = 'o-1'"
    )
    assert is_locked == "true"


def test_an_order_that_closes_or_gets_its_tracking_number_later_is_read_again(bench, fake):
    load(bench, fake)
    fake.book["o-1"] = order("o-1", processed=AT)
    fake.now += timedelta(hours=1)
    load(bench, fake)
    fake.book["o-1"] = order("o-1", processed=AT, tracking="94002")
    fake.now += timedelta(hours=1)
    load(bench, fake)
    assert last_read(fake) == ["o-1"]
    [(versions, tracking)] = bench.query(
        "select count(*), arg_max(payload ->> '$.ShippingInfo.TrackingNumber', observed_at)"
        " from raw_linnworks.orders where id = 'o-1'"
    )
    assert (versions, tracking) == (3, "94002")


def test_an_order_that_was_deleted_in_linnworks_is_gone_open_or_closed(bench, fake):
    load(bench, fake)
    fake.book.clear()
    fake.now += timedelta(minutes=5)
    assert load(bench, fake)[ORDERS].deleted == 2
    assert bench.live("raw_linnworks.orders") == set()
    fake.now += timedelta(minutes=5)
    assert load(bench, fake)[ORDERS].deleted == 0


def test_an_order_that_the_open_list_leaves_out_is_asked_for_and_stays(bench, fake):
    load(bench, fake)
    fake.hidden = {"o-1"}
    fake.now += timedelta(minutes=5)
    assert load(bench, fake)[ORDERS].deleted == 0
    assert bench.live("raw_linnworks.orders") == {"o-1", "o-2"}


def test_an_order_without_id_is_quarantined_and_nothing_is_believed_gone_meanwhile(bench, fake):
    load(bench, fake)
    fake.book["o-1"] = {**order("o-1"), "OrderId": None}
    fake.now += timedelta(minutes=5)
    summary = load(bench, fake)[ORDERS]
    assert (summary.quarantined, summary.deleted) == (1, 0)
    fake.book["o-1"] = order("o-1")
    load(bench, fake)
    assert bench.live("raw_tieout.quarantine") == set()


def test_closed_orders_are_read_back_to_the_history_at_first_and_then_with_an_overlap(bench, fake):
    load(bench, fake)
    load(bench, fake)
    asked = [about for what, about in fake.asked if what == "processed_orders"]
    starts = [start for _by, start, _end in asked]
    assert {by for by, _start, _end in asked} == {"processed", "cancelled"}
    assert starts[0] == AT - timedelta(days=90)
    assert starts[-1] == AT - timedelta(days=7)


def test_a_closed_order_from_before_the_overlap_is_not_asked_for_again(bench, fake):
    fake.book["old"] = order("old", processed=AT - timedelta(days=30))
    load(bench, fake)
    load(bench, fake)
    assert last_read(fake) == ["o-1"]
    assert "old" in bench.live("raw_linnworks.orders")


@pytest.mark.parametrize(
    ("failing", "problems"),
    [
        ("locations", {"locations"}),
        ("orders", {"orders"}),
        ("processed_orders", {"orders"}),
        ("stock_items", {"stock_levels"}),
    ],
)
def test_a_list_that_fails_is_a_problem_of_its_own_and_moves_no_coverage(bench, fake, failing, problems):
    fake.failing[failing] = TransientError("down")
    loads = load(bench, fake)
    assert {key[1] for key, summary in loads.items() if summary.problem} == problems
    for entity in ("orders", "stock_levels"):
        expected = None if entity in problems or failing == "locations" else AT
        assert verified_until(bench.state, "linnworks", entity) == expected


def test_bundles_that_cannot_be_read_leave_levels_as_they_are(bench, fake):
    fake.items["p-1"] = [item("kit", 2, composite=True)]
    fake.failing["compositions"] = TransientError("down")
    loads = load(bench, fake)
    assert loads["linnworks", "compositions", ""].problem
    assert verified_until(bench.state, "linnworks", "stock_levels") == AT


def test_refused_access_ends_the_load(bench, fake):
    fake.failing["orders"] = CredentialError("session refused")
    loads = load(bench, fake)
    assert loads["linnworks", "*", ""].problem
    assert "stock_items" not in [what for what, _about in fake.asked]


def test_an_archived_item_takes_its_level_with_it_and_another_location_keeps_its_own(bench, fake):
    fake.places.append({"StockLocationId": "p-2", "LocationName": "Annex"})
    fake.items["p-2"] = [item("a", 1)]
    load(bench, fake)
    fake.items["p-1"] = [item("a", 5)]
    fake.now += timedelta(minutes=5)
    load(bench, fake)
    assert bench.live("raw_linnworks.stock_levels") == {"a/p-1", "a/p-2"}
    assert bench.live("raw_linnworks.stock_items") == {"a"}


def test_an_item_without_id_is_quarantined_until_it_has_one_and_no_level_is_believed_gone_meanwhile(bench, fake):
    load(bench, fake)
    fake.items["p-1"] = [item("a", 5), {**item("b", 0), "StockItemId": None}]
    fake.now += timedelta(minutes=5)
    summary = load(bench, fake)[LEVELS]
    assert (summary.quarantined, summary.deleted) == (1, 0)
    assert bench.live("raw_linnworks.stock_levels") == {"a/p-1", "b/p-1"}
    fake.items["p-1"] = [item("a", 5), item("b", 0)]
    load(bench, fake)
    assert bench.live("raw_tieout.quarantine") == set()


def test_only_locations_that_the_map_names_are_read_and_one_that_is_not_there_is_named(bench, fake, tmp_path):
    fake.places.append({"StockLocationId": "p-2", "LocationName": "Annex"})
    folder = bench.settings.config_dir
    settings = bench.settings.model_copy(update={"config_dir": tmp_path / "config", "linnworks": ACCOUNT})
    copied = tmp_path / "config"
    copied.mkdir()
    for file in folder.iterdir():
        (copied / file.name).write_bytes(file.read_bytes())
    rows = [f"{UK},1,linnworks,Default,,", f"{UK},2,linnworks,Nowhere,,", f"{UK},3,gxo,Annex,,"]
    text = "shop_id,warehouse_id,system,location,valid_from,valid_to\n" + "\n".join(rows) + "\n"
    (copied / "locations.csv").write_text(text)
    own = Bench(settings, bench.state)
    loads = own.ingest(config=config.load, linnworks=lambda run: linnworks.load(run, fake, ACCOUNT))
    assert [about for what, about in fake.asked if what == "stock_items"] == ["p-1"]
    assert "'Nowhere'; Linnworks has Annex, Default" in loads[LEVELS].problem
