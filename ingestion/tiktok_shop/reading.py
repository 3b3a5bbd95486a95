"""One TikTok shop being read: its windows, its listings, and what must be read again.

Belongs here: what all entities of a shop are read with. Does not: which entities there are (loader, goods).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from ingestion import inbox
from ingestion.coverage import BEGINNING, verified_until
from ingestion.load_context import LoadContext, Origin, Reading, delete_vanished, valid_versions
from ingestion.quarantine import Held
from ingestion.tiktok_shop.fields import FIELDS

if TYPE_CHECKING:  # for types alone: whoever opens the client pays for loading HTTP
    from connectors.tiktok_shop.client import TikTokShopClient
    from connectors.tiktok_shop.pages import Page

SYSTEM = "tiktok_shop"
_OPEN_TABLE = "select 1 from information_schema.tables where table_schema = 'exceptions' and table_name = 'open'"
_DOUBTED = """
select distinct entity_id from exceptions.open
where shop_id = $shop_id and entity_type = 'order' and code in ('FIN-24', 'SYS-15')
"""


@dataclass(frozen=True)
class Shop:
    """One shop being read."""

    context: LoadContext
    client: TikTokShopClient
    id: str

    def guarded(self, entity: str, step: Callable[[Shop], None]) -> None:
        """Take a step; what goes wrong is listed as the entity's problem, and the next step goes on.

        Raises:
            CredentialError: when access is refused: nothing else of this system can be read.
            UnreachableError: when it cannot be reached, likewise.
        """
        self.context.guarded(entity, lambda: step(self), shop_id=self.id)

    def verified_until(self, entity: str) -> datetime | None:
        """Return up to when an entity was read completely, or the start of a backfill, whichever is earlier."""
        until = verified_until(self.context.state, SYSTEM, entity, shop_id=self.id)
        return min(until, self.context.since) if until and self.context.since else until

    def overlapping_from(self, entity: str) -> datetime | None:
        """Return where to read on: some minutes before what is verified, since rows move while one pages."""
        until = self.verified_until(entity)
        return until - timedelta(minutes=self.context.settings.tiktok_shop.order_overlap_minutes) if until else None

    def read_until(self, entity: str) -> datetime | None:
        """Return up to when this load has read an entity completely; None when it has not."""
        ends = (each.end for each in self.context.windows if (each.entity, each.shop_id) == (entity, self.id))
        return max(ends, default=None)

    def held(self, *entities: str) -> list[Held]:
        """Return what quarantine holds of these entities."""
        return [record for record in self.context.quarantine.held(SYSTEM, shop_id=self.id) if record.entity in entities]

    def doubted_orders(self) -> set[str]:
        """Return the orders that the last build found to contradict themselves or each other."""
        if not self.context.connection.execute(_OPEN_TABLE).fetchone():
            return set()
        return {str(row[0]) for row in self.context.connection.execute(_DOUBTED, {"shop_id": self.id}).fetchall()}

    def notified(self, types: Sequence[str]) -> list[tuple[str, str]]:
        """Return the record ("" for none) and the notification of every one of these types that is not handled."""
        return inbox.notified(self.context, shop_id=self.id, types=types)

    def handled_once_landed(self, notifications: Iterable[str]) -> None:
        """Mark notifications as handled once what this load has read is landed."""
        inbox.handled_once_landed(self.context, notifications)

    def cover(self, entity: str, reading: Reading, *, start: datetime, end: datetime) -> None:
        """Record that a window was read completely, the records in quarantine included."""
        self.context.quarantine.scope_read(SYSTEM, entity, shop_id=self.id)
        self.context.cover(entity, start=start, end=end, rows=len(reading.ids), shop_id=self.id)

    def delete_vanished(self, entity: str, reading: Reading, *, at: datetime, since: datetime | None = None) -> None:
        """Delete what a completely read window no longer holds."""
        delete_vanished(self.context, entity, reading, observed_at=at, shop_id=self.id, updated_from=since)

    def listing(self, entity: str, pages: Iterable[Page]) -> tuple[Reading, datetime]:
        """Collect a whole listing; return what it held and the vendor's clock when it began."""
        fields = FIELDS[entity]
        reading = Reading()
        began: datetime | None = None
        for page in pages:
            began = began or page.as_of
            rows = valid_versions(
                self.context,
                Origin(entity, page.as_of, self.id, api_version=page.api_version),
                fields.named(page.rows),
                reading=reading,
                parent=fields.parent_of,
                updated_at=fields.updated_at,
            )
            self.context.landing.add(entity, rows)
        self.context.report(f"{SYSTEM} {entity}: {len(reading.ids)} rows, shop {self.id}")
        return reading, began or self.context.clock()


def updated_listing(
    shop: Shop, entity: str, ask: Callable[[datetime | None], Iterable[Page]], *, parts: Sequence[str] = ()
) -> Reading:
    """Read what was updated since the last time; all of it while quarantine holds some, whose time is not known.

    `parts`: entities that are read from the same records, as lines.
    """
    start = None if shop.held(entity, *parts) else shop.overlapping_from(entity)
    reading, as_of = shop.listing(entity, ask(start))
    shop.cover(entity, reading, start=start or BEGINNING, end=as_of)
    return reading
