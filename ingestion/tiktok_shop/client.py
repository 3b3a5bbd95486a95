"""The client that ingestion needs for TikTok Shop: the connector, or records in memory.

Belongs here: the methods and the shape of their results. Does not: calling them (loader).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, Protocol


class Page(Protocol):
    """Rows of a listing, and the vendor's clock."""

    @property
    def rows(self) -> list[dict[str, Any]]:
        """The records as received."""

    @property
    def as_of(self) -> datetime:
        """The vendor's clock, UTC."""

    @property
    def api_version(self) -> str:
        """The version of the endpoint that answered."""


class StatementDetail(Page, Protocol):
    """One statement, whole: its header and all rows."""

    @property
    def header(self) -> dict[str, Any]:
        """The statement's own figures."""


class Detail(Protocol):
    """One record as received."""

    @property
    def data(self) -> dict[str, Any]:
        """The record."""

    @property
    def as_of(self) -> datetime:
        """The vendor's clock, UTC."""

    @property
    def api_version(self) -> str:
        """The version of the endpoint that answered."""


class AuthorizedShop(Protocol):
    """A shop that the token may read."""

    @property
    def id(self) -> str:
        """The shop id."""


class TikTokShop(Protocol):
    """The client methods used. A listing that ends without an error is complete."""

    def shops(self) -> Sequence[AuthorizedShop]:
        """Return the authorized shops."""

    def warehouses(self, shop_id: str) -> Iterator[Page]:
        """Yield the shop's warehouses."""

    def products(self, shop_id: str, *, updated_from: datetime | None) -> Iterator[Page]:
        """Yield products by update time."""

    def product(self, shop_id: str, product_id: str) -> Detail:
        """Return one product with the composition of its combined SKUs."""

    def inventory(self, shop_id: str, sku_ids: Sequence[str]) -> Page:
        """Return the listed stock of SKUs."""

    def cancellations(self, shop_id: str, *, updated_from: datetime | None) -> Iterator[Page]:
        """Yield cancellations by update time."""

    def packages(self, shop_id: str, *, updated_from: datetime | None) -> Iterator[Page]:
        """Yield packages by update time."""

    def search_orders(self, shop_id: str, *, updated_from: datetime | None) -> Iterator[Page]:
        """Yield orders by update time."""

    def orders(self, shop_id: str, ids: Sequence[str]) -> Page:
        """Return orders by id."""

    def statements(self, shop_id: str, *, statement_from: datetime) -> Iterator[Page]:
        """Yield statements by statement time."""

    def statement_transactions(self, shop_id: str, statement_id: str) -> StatementDetail:
        """Return one statement with all of its rows, or raise."""

    def payments(self, shop_id: str, *, created_from: datetime) -> Iterator[Page]:
        """Yield payments by creation time."""

    def unsettled(self, shop_id: str) -> Iterator[Page]:
        """Yield the snapshot of estimates."""
