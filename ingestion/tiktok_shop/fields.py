"""Which fields of TikTok Shop's rows hold a record's id, its parent and its time; ids of a statement's rows.

Belongs here: the shape of rows as they are received. Does not: which of them are read (loader, goods, source).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from ingestion.load_context import instant_in
from ingestion.versions import Version

if TYPE_CHECKING:  # for types alone: whoever opens the client pays for loading HTTP
    from connectors.tiktok_shop.statements import StatementDetail

LONGEST_ID = 20
FIRST_STATEMENT = datetime(2023, 7, 1, tzinfo=UTC)
"""Nothing of finance is offered before it (fact sheet tiktok_shop 7.1)."""


@dataclass(frozen=True)
class Fields:
    """The fields of an entity's rows that hold its id, its parent ("" for none) and its time in epoch seconds."""

    key: str = "id"
    parent: str = ""
    time: str = ""

    def named(self, rows: Iterable[object]) -> Iterable[object]:
        """Return rows with their id in `id`."""
        if self.key == "id":
            return rows
        return ({**row, "id": row.get(self.key)} if isinstance(row, dict) else row for row in rows)

    def parent_of(self, row: Mapping[str, Any]) -> str:
        """Return the id of a row's parent, empty when it has none."""
        return str(row.get(self.parent) or "") if self.parent else ""

    def updated_at(self, row: Mapping[str, Any]) -> datetime | None:
        """Return a row's time, UTC; None when it has none."""
        return instant_in(self.time)(row)


FIELDS = {
    "warehouses": Fields(),
    "products": Fields(time="update_time"),
    "product_details": Fields(time="update_time"),
    "inventory": Fields(parent="product_id"),
    "orders": Fields(time="update_time"),
    "cancellations": Fields(key="cancel_id", parent="order_id", time="update_time"),
    "returns": Fields(key="return_id", parent="order_id", time="update_time"),
    "return_records": Fields(key="return_id", time="update_time"),
    "packages": Fields(time="update_time"),
    "statements": Fields(parent="payment_id", time="statement_time"),
    "payments": Fields(time="create_time"),
    "unsettled_transactions": Fields(parent="order_id"),
}


def summary_of(statement_id: str, detail: StatementDetail) -> tuple[dict[str, Any], Fields]:
    """Return a statement's own figures as a record, and its fields: the older API version has another time."""
    named = {**detail.header, "id": statement_id}
    return named, Fields(time="create_time" if "create_time" in named else "statement_time")


def records_of(record: Mapping[str, Any], answer: Mapping[str, Any]) -> dict[str, Any]:
    """Return a return's records as a record: of which return they are, and how it was updated when they were read."""
    return {**{name: record.get(name) for name in ("return_id", "update_time")}, **answer}


def numbered(versions: Iterable[Version]) -> Iterator[Version]:
    """Give a repeated id its number: the connector passes on repeats only when the vendor's books hold them twice."""
    times: dict[str, int] = {}
    for version in versions:
        times[version.id] = times.get(version.id, 0) + 1
        if times[version.id] > 1:
            version.id = f"{version.id}#{times[version.id]}"
        yield version


def is_id(text: str) -> bool:
    """Return whether a record may be asked for by this id: one that is none spoils the call, or its signature."""
    return text.isascii() and text.isdigit() and len(text) <= LONGEST_ID and text != "0"
