"""One system's load in progress: what it reads goes through here, and ends as landed rows, coverage and a result.

Belongs here: what all systems' loads have in common. Does not: what one system's entities are.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import duckdb

from connectors.transport.errors import CredentialError, UnreachableError
from ingestion.coverage import BEGINNING, Window, record_windows
from ingestion.landing import Landing
from ingestion.load_result import LoadResult
from ingestion.quarantine import Quarantine, Rejected, excerpt_of, surrogate_id, value_of
from ingestion.versions import UnusableError, Version, version_of
from tieout.clock import Clock, from_epoch, utc_now
from tieout.errors import DataError, TieoutError
from tieout.settings import Settings
from tieout.state import State

Report = Callable[[str], None]

LONGEST_ID = 255


@dataclass
class LoadContext:
    """What a system's load works with. `landing` takes its rows; `quarantine` those that cannot be used.

    `since`: read again from here on, as if nothing later had been verified (UTC); None for an ordinary load.
    `entities`: what is to be read; None for all. A system may read more than that, never less.
    """

    system: str
    settings: Settings
    state: State
    connection: duckdb.DuckDBPyConnection
    landing: Landing
    quarantine: Quarantine
    report: Report
    clock: Clock = utc_now
    since: datetime | None = None
    windows: list[Window] = field(default_factory=list)
    problems: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    after_landing: list[Callable[[], None]] = field(default_factory=list)
    entities: frozenset[str] | None = None

    def wants(self, *entities: str) -> bool:
        """Whether any of these is to be read."""
        return self.entities is None or not self.entities.isdisjoint(entities)

    def cover(self, entity: str, *, start: datetime, end: datetime, rows: int, shop_id: str = "") -> None:
        """Record that a window was read completely; stored once its rows are landed."""
        self.windows.append(Window(self.system, entity, shop_id, start, end, rows))

    def fail(self, entity: str, error: TieoutError, *, shop_id: str = "") -> None:
        """Record that something could not be read; the load goes on and ends with this problem listed."""
        self.problems.setdefault((entity, shop_id), []).append(str(error))
        self.report(f"{self.system} {entity}: {error}")

    def guarded(self, entity: str, step: Callable[[], None], *, shop_id: str = "") -> None:
        """Take a step; what goes wrong is listed as the entity's problem, and the caller goes on.

        Raises:
            CredentialError: when access is refused: nothing else of this system can be read.
            UnreachableError: when it cannot be reached, likewise.
        """
        try:
            step()
        except (CredentialError, UnreachableError):
            raise
        except TieoutError as error:
            self.fail(entity, error, shop_id=shop_id)

    def land(self) -> None:
        """Land all that was read, then store the windows as complete."""
        self.landing.flush()
        tieout = Landing(self.connection, self.settings.home, dataset="raw_tieout", load_id=self.landing.load_id)
        self.quarantine.land(tieout, observed_at=self.clock())
        tieout.flush()
        record_windows(self.state, self.windows, load_id=self.landing.load_id)
        for act in self.after_landing:
            act()

    def results(self) -> list[LoadResult]:
        """Return one row per entity and shop that was read."""
        windows = {(window.entity, window.shop_id): window for window in self.windows}
        counted = self.landing.read.keys() | self.landing.deleted.keys() | self.quarantine.rejecting(self.system)
        return [
            self._result(entity, shop, windows.get((entity, shop)))
            for entity, shop in sorted(counted | windows.keys() | self.problems.keys())
        ]

    def _result(self, entity: str, shop_id: str, window: Window | None) -> LoadResult:
        key = (entity, shop_id)
        return LoadResult(
            self.system,
            entity,
            shop_id,
            read=self.landing.read[key],
            landed=self.landing.landed[key],
            deleted=self.landing.deleted[key],
            quarantined=self.quarantine.count(self.system, entity, shop_id=shop_id),
            window_from=window.start if window else None,
            window_to=window.end if window else None,
            problem="; ".join(self.problems.get(key, [])),
        )


@dataclass(frozen=True)
class Origin:
    """Where rows come from: entity, shop, the scope they were read in, the vendor's clock and API version."""

    entity: str
    observed_at: datetime
    shop_id: str = ""
    scope: str = ""
    api_version: str = ""


@dataclass
class Reading:
    """The ids found in a scope. A missing record counts as deleted unless a row could not be identified."""

    ids: set[str] = field(default_factory=set)
    all_identified: bool = True


def valid_versions(
    context: LoadContext,
    origin: Origin,
    rows: Iterable[object],
    *,
    reading: Reading,
    parent: Callable[[Mapping[str, Any]], str] = lambda _row: "",
    updated_at: Callable[[Mapping[str, Any]], datetime | None] = lambda _row: None,
) -> Iterator[Version]:
    """Yield the version of each row; a row without id, too large or no object is put in quarantine instead."""
    for row in rows:
        try:
            version = version_in(origin, row, parent=parent, updated_at=updated_at)
        except DataError as error:
            record_id = id_of(row)
            reading.ids.add(record_id)
            reading.all_identified &= bool(record_id)
            at = updated_at(row) if isinstance(row, Mapping) else None
            quarantine_record(context, origin, row, error, updated_at=at)
            continue
        reading.ids.add(version.id)
        context.quarantine.passed(context.system, origin.entity, shop_id=origin.shop_id, record_id=version.id)
        yield version


def delete_vanished(
    context: LoadContext,
    entity: str,
    reading: Reading,
    *,
    observed_at: datetime,
    shop_id: str = "",
    parents: Collection[str] | None = None,
    updated_from: datetime | None = None,
) -> None:
    """Delete what a completely read scope no longer holds, unless one of its rows could not be identified."""
    if reading.all_identified:
        context.landing.delete_vanished(
            entity, shop_id, seen=reading.ids, observed_at=observed_at, parents=parents, updated_from=updated_from
        )


def land_whole(
    context: LoadContext,
    entity: str,
    rows: Iterable[object],
    *,
    as_of: datetime,
    updated_at: Callable[[Mapping[str, Any]], datetime | None] = lambda _row: None,
    kept: Collection[str] = (),
) -> int:
    """Land a list that was read completely at `as_of` (UTC), and cover it; return how many records it has.

    What is neither in it nor among `kept` (ids of records that stay as they are) is gone.
    """
    reading = Reading(set(kept))
    versions = valid_versions(context, Origin(entity, as_of), rows, reading=reading, updated_at=updated_at)
    context.landing.add(entity, versions)
    delete_vanished(context, entity, reading, observed_at=as_of)
    context.quarantine.scope_read(context.system, entity, shop_id="")
    context.cover(entity, start=BEGINNING, end=as_of, rows=len(reading.ids))
    return len(reading.ids)


def id_of(row: object, name: str = "id") -> str:
    """Return a row's id as text; empty when it has none: printable, of at most 255 characters, its digits 0 to 9."""
    value = row.get(name) if isinstance(row, Mapping) else None
    known = str(value).strip() if isinstance(value, (str, int, Decimal)) and not isinstance(value, bool) else ""
    is_plain = all(letter.isascii() for letter in known if letter.isdigit())
    return known if is_plain and known.isprintable() and len(known) <= LONGEST_ID else ""


def instant_in(name: str) -> Callable[[Mapping[str, Any]], datetime | None]:
    """Return a function that reads epoch seconds from a field; None when absent, zero or no number."""

    def read(row: Mapping[str, Any]) -> datetime | None:
        value = row.get(name)
        try:
            return from_epoch(value) if value else None
        except (ValueError, TypeError, OverflowError, OSError):
            return None

    return read


def instant_of(text: object) -> datetime | None:
    """Return the instant that 'YYYY-MM-DD HH24:MI:SS' spells, read as UTC; None when it spells none."""
    try:
        return datetime.fromisoformat(str(text)).replace(tzinfo=UTC)
    except ValueError:
        return None


def quarantine_record(
    context: LoadContext, origin: Origin, row: object, fault: DataError, *, updated_at: datetime | None = None
) -> None:
    """Put a record in quarantine, named by its id if it has one; `updated_at` is its own time, where that is known."""
    rejected = rejected_record(context.system, origin, row, fault)
    context.quarantine.reject(rejected, observed_at=origin.observed_at, scope=origin.scope, updated_at=updated_at)


def rejected_record(system: str, origin: Origin, row: object, fault: DataError) -> Rejected:
    """Return what is said of a record that cannot be used."""
    known = id_of(row)
    field, value = _place(fault, row, has_id=bool(known))
    return Rejected(
        system,
        origin.entity,
        origin.shop_id,
        known or surrogate_id(row),
        field=field,
        value=value_of(field, value),
        reason=str(fault),
        remedy=f"have the record corrected in {system}; it is read again in the next cycle",
        excerpt=excerpt_of(row),
    )


def _place(fault: DataError, row: object, *, has_id: bool) -> tuple[str, str]:
    """Return the field that is at fault, and its value."""
    if isinstance(fault, UnusableError):
        return fault.field, fault.value
    found = row.get("id") if isinstance(row, Mapping) and not has_id else None
    return "" if has_id else "id", "" if found is None else repr(found)


def version_in(
    origin: Origin,
    row: object,
    *,
    parent: Callable[[Mapping[str, Any]], str] = lambda _row: "",
    updated_at: Callable[[Mapping[str, Any]], datetime | None] = lambda _row: None,
) -> Version:
    """Return the version of a row.

    Raises:
        DataError: when it has no id, is too large or no object, or holds a value that cannot be used.
    """
    if not isinstance(row, Mapping):
        raise DataError(f"expected an object, found {type(row).__name__}")
    record_id = id_of(row)
    if not record_id:
        raise DataError("expected an id: printable text of at most 255 characters with digits 0 to 9, or a number")
    return version_of(
        row,
        record_id,
        observed_at=origin.observed_at,
        shop_id=origin.shop_id,
        parent_id=parent(row),
        updated_at=updated_at(row),
        api_version=origin.api_version,
    )
