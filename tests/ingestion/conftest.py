"""A warehouse and state in a temporary home, and a TikTok Shop, a NetSuite and a bank that live in memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest

from ingestion.ingest import Sources, ingest
from ingestion.load_context import LoadContext
from ingestion.load_result import LoadResult
from tieout.settings import Settings
from tieout.state import State
from tieout.warehouse import open_warehouse

NOW = datetime(2026, 2, 1, 12, tzinfo=UTC)
UK, US = "7495000000000000101", "7495000000000000202"


@dataclass
class Answer:
    """A page, or a statement's detail."""

    rows: list[Any]
    as_of: datetime
    api_version: str = "202309"
    header: dict[str, Any] = field(default_factory=dict)


@dataclass
class One:
    """One record as its own call shows it."""

    data: dict[str, Any]
    as_of: datetime
    api_version: str = "202309"


@dataclass
class Named:
    """An authorized shop."""

    id: str


@dataclass
class FakeTikTokShop:
    """One shop's records; `now` is the vendor's clock, `failing` the statements or calls that raise."""

    now: datetime = NOW
    authorized: tuple[str, ...] = (UK, US)
    orders_by_shop: dict[str, list[Any]] = field(default_factory=lambda: {UK: [], US: []})
    statement_rows: list[Any] = field(default_factory=list)
    transactions: dict[str, list[Any]] = field(default_factory=dict)
    payment_rows: list[Any] = field(default_factory=list)
    unsettled_rows: list[Any] = field(default_factory=list)
    failing: dict[str, Exception] = field(default_factory=dict)
    asked: list[tuple[str, Any]] = field(default_factory=list)
    order_pages: list[list[Any]] | None = None
    warehouse_rows: list[Any] = field(default_factory=list)
    product_rows: list[Any] = field(default_factory=list)
    combined: dict[str, list[Any]] = field(default_factory=dict)
    stock: dict[str, int] = field(default_factory=dict)
    cancellation_rows: list[Any] = field(default_factory=list)
    package_rows: list[Any] = field(default_factory=list)
    return_rows: list[Any] = field(default_factory=list)
    records: dict[str, list[Any]] = field(default_factory=dict)

    def shops(self) -> Sequence[Named]:
        return [Named(shop) for shop in self.authorized]

    def warehouses(self, shop_id: str) -> Iterator[Answer]:
        self._ask("warehouses", None, shop_id)
        yield Answer(self.warehouse_rows if shop_id == UK else [], self.now)

    def products(self, shop_id: str, *, updated_from: datetime | None) -> Iterator[Answer]:
        yield self._updated("products", self.product_rows, updated_from, shop_id)

    def product(self, shop_id: str, product_id: str) -> One:
        self._ask("product", product_id, shop_id)
        found = next(row for row in self.product_rows if row["id"] == product_id)
        skus = [{**sku, "combined_skus": self.combined.get(sku["id"], [])} for sku in found["skus"]]
        return One({**found, "skus": skus}, self.now)

    def inventory(self, shop_id: str, sku_ids: Sequence[str]) -> Answer:
        self._ask("inventory", list(sku_ids), shop_id)
        place = {"warehouse_id": "W", "committed_quantity": 0}
        return Answer(
            [
                {"id": sku, "product_id": "P", "warehouse_inventory": [{**place, "available_quantity": units}]}
                for sku, units in self.stock.items()
                if sku in sku_ids
            ],
            self.now,
        )

    def cancellations(self, shop_id: str, *, updated_from: datetime | None) -> Iterator[Answer]:
        yield self._updated("cancellations", self.cancellation_rows, updated_from, shop_id)

    def packages(self, shop_id: str, *, updated_from: datetime | None) -> Iterator[Answer]:
        yield self._updated("packages", self.package_rows, updated_from, shop_id)

    def returns(self, shop_id: str, *, updated_from: datetime | None) -> Iterator[Answer]:
        yield self._updated("returns", self.return_rows, updated_from, shop_id)

    def returns_by_id(self, shop_id: str, ids: Sequence[str]) -> Iterator[Answer]:
        self._ask("returns by id", list(ids), shop_id)
        yield Answer([row for row in self.return_rows if row["return_id"] in ids], self.now)

    def return_records(self, shop_id: str, return_id: str) -> One:
        self._ask("return_records", return_id, shop_id)
        return One({"records": self.records.get(return_id, [])}, self.now)

    def _updated(self, what: str, rows: list[Any], updated_from: datetime | None, shop_id: str) -> Answer:
        self._ask(what, updated_from, shop_id)
        low = int(updated_from.timestamp()) if updated_from else 0
        return Answer([row for row in rows if row.get("update_time", 0) >= low] if shop_id == UK else [], self.now)

    def search_orders(self, shop_id: str, *, updated_from: datetime | None) -> Iterator[Answer]:
        self._ask("orders", updated_from, shop_id)
        low = int(updated_from.timestamp()) if updated_from else 0
        rows = [r for r in self.orders_by_shop[shop_id] if not isinstance(r, dict) or r.get("update_time", 0) >= low]
        pages = self.order_pages if self.order_pages is not None and shop_id == UK else [rows]
        for page in pages:
            yield Answer(page, self.now)

    def orders(self, shop_id: str, ids: Sequence[str]) -> Answer:
        self._ask("orders by id", list(ids), shop_id)
        known = [row for row in self.orders_by_shop[shop_id] if row["id"] in ids]
        return Answer(known, self.now)

    def statements(self, shop_id: str, *, statement_from: datetime) -> Iterator[Answer]:
        self._ask("statements", statement_from, shop_id)
        low = int(statement_from.timestamp())
        found = [row for row in self.statement_rows if row.get("statement_time", 0) >= low]
        yield Answer(found if shop_id == UK else [], self.now)

    def statement_transactions(self, shop_id: str, statement_id: str) -> Answer:
        self._ask(statement_id, None, shop_id)
        rows = self.transactions.get(statement_id, [])
        return Answer(rows, self.now, "202501", {"create_time": 1_769_000_000, "total_count": len(rows)})

    def payments(self, shop_id: str, *, created_from: datetime) -> Iterator[Answer]:
        self._ask("payments", created_from, shop_id)
        yield Answer(self.payment_rows if shop_id == UK else [], self.now, "202605")

    def unsettled(self, shop_id: str) -> Iterator[Answer]:
        self._ask("unsettled", None, shop_id)
        yield Answer(self.unsettled_rows if shop_id == UK else [], self.now)

    def _ask(self, what: str, value: object, shop_id: str) -> None:
        if shop_id == UK:
            self.asked.append((what, value))
        if what in self.failing and shop_id == UK:
            raise self.failing[what]


@dataclass
class Bench:
    """Settings, state and an `ingest` over the loaders that a test names."""

    settings: Settings
    state: State
    messages: list[str] = field(default_factory=list)

    def ingest(self, **loaders: Callable[[LoadContext], None]) -> dict[tuple[str, str, str], LoadResult]:
        sources = Sources(loaders, clock=lambda: NOW)
        summaries = ingest(self.settings, self.state, report=self.messages.append, sources=sources)
        return {(s.system, s.entity, s.shop_id): s for s in summaries}

    def query(self, sql: str) -> list[tuple[Any, ...]]:
        with open_warehouse(self.settings) as connection:
            return connection.execute(sql).fetchall()

    def live(self, table: str) -> set[str]:
        query = f"select id from {table} group by id having not arg_max(is_deleted, observed_at)"
        return {row[0] for row in self.query(query)}


@pytest.fixture
def bench(make_settings: Callable[..., Settings]) -> Iterator[Bench]:
    settings = make_settings()
    state = State(settings.database_url)
    yield Bench(settings, state)
    state.close()
