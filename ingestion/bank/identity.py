"""Identity of statements and entries: never by a reference outside its scope.

A statement is another version of one that is known only when account, currency, page and both instants are the same,
and its id or its sequence number; of those, one that begins where the known one ends is its continuation, unless the
file that brought the known one now holds the other in its place. A reference names an entry within its statement, and
in a CSV within its account. Belongs here: ids. Does not: landing (loader).
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import count
from typing import Any

from ingestion.bank.records import Entry, Fault, Statement

Key = tuple[str, str, str]
"""Booking date, amount and currency: what a known reference must come with again."""


@dataclass(frozen=True)
class KnownStatement:
    """What was landed of a statement: its record id, and what distinguishes it from others."""

    record_id: str
    statement: Statement
    file: str

    @classmethod
    def of(cls, record_id: str, payload: Mapping[str, Any]) -> KnownStatement:
        """Return a landed statement."""
        names = ("id", "number", "currency", "created", "start", "end", "opening_balance", "closing_balance")
        values = {name: str(payload.get("statement_" + name if name == "id" else name) or "") for name in names}
        return cls(record_id, Statement(**values, page=int(payload.get("page") or 0)), str(payload.get("file") or ""))  # type: ignore[arg-type]


def match(
    known: Iterable[KnownStatement], statement: Statement, *, file: str, taken_back: Collection[str] = ()
) -> KnownStatement | None:
    """Return the known statement of which this is another version; None when it is new.

    `taken_back`: record ids of what `file` said before and no longer says.
    """
    same = [each for each in known if _is_same_place(each, statement, file)]
    opened = [each for each in same if each.statement.opening_balance == statement.opening_balance]
    rewritten = opened or [each for each in same if each.record_id in taken_back]
    if rewritten or any(_adjoin(each.statement, statement) for each in same):
        return next(iter(rewritten), None)
    return next(iter(same), None)


def taken_back(known: Iterable[KnownStatement], statements: Collection[Statement], *, file: str) -> set[str]:
    """Return the record ids of the statements that a file brought and, written again, no longer holds."""
    return {
        each.record_id
        for each in known
        if each.file == file
        and not any(
            _is_same_place(each, statement, file) and each.statement.opening_balance == statement.opening_balance
            for statement in statements
        )
    }


def statement_id(account_id: str, statement: Statement, known: Iterable[KnownStatement], *, file: str) -> str:
    """Return the record id of a new statement: account, the bank's id, and a hash of all that distinguishes it."""
    parts = [statement.id, statement.number, statement.currency, str(statement.page), statement.start, statement.end]
    if not statement.start and not statement.end:
        parts.append(file)
    if any(_is_same_place(each, statement, file) for each in known):
        parts.append(statement.opening_balance)
    digest = hashlib.sha256("|".join(parts).encode("utf-8", "backslashreplace")).hexdigest()[:8]
    return f"{account_id}/{statement.id or statement.number or 'statement'}~{digest}"


def entry_ids(scope: str, entries: Iterable[Entry]) -> Iterator[tuple[str, Entry]]:
    """Yield entries with their record ids; a reference, or equal content, that comes again gets its number."""
    taken: set[str] = set()
    for entry in entries:
        record_id = _free(f"{scope}/{entry_name(entry)}", taken)
        taken.add(record_id)
        yield record_id, entry


def entry_name(entry: Entry) -> str:
    """Return what names an entry: the bank's reference, else a hash of its content; and its place in a batch."""
    name = entry.bank_id
    if not name:
        content = "|".join((*_key(entry), entry.value_date, entry.reference, entry.counterparty, entry.remittance))
        name = "~" + hashlib.sha256(content.encode("utf-8", "backslashreplace")).hexdigest()[:16]
    return f"{name}/{entry.part}" if entry.part else name


class AccountEntries:
    """Ids of a CSV's entries: a reference holds in the whole account, so that lines of two exports are one entry."""

    def __init__(self, account_id: str, held: Iterable[tuple[str, str, str, Key]]) -> None:
        """Take the entries that other files hold: record id, the bank's reference, file, and key."""
        self._account_id = account_id
        self._held: dict[str, dict[str, tuple[str, Key]]] = defaultdict(dict)
        for record_id, reference, file, key in held:
            base = f"{account_id}/{reference}" if reference else record_id.split("#")[0]
            self._held[base][record_id] = (file, key)

    def ids(self, file: str, entries: Iterable[Entry]) -> Iterator[tuple[str, Entry] | Fault]:
        """Yield entries with their record ids, or the fault of one whose reference another file has for something else.

        Each key takes the id that it has in other files; others take the numbers that are free.
        """
        groups: dict[str, list[Entry]] = defaultdict(list)
        for entry in entries:
            groups[f"{self._account_id}/{entry_name(entry)}"].append(entry)
        for base, group in groups.items():
            yield from self._numbered(file, base, group)

    def _numbered(self, file: str, base: str, group: list[Entry]) -> Iterator[tuple[str, Entry] | Fault]:
        free = {record_id: key for record_id, (other, key) in self._held[base].items() if other != file}
        known = set(free.values())
        if known and not known & {_key(entry) for entry in group}:
            others = {other for other, _ in self._held[base].values()}
            yield from (_conflict(entry, sorted(others)) for entry in group)
            return
        taken = set(free)
        for entry in group:
            record_id = next((each for each, key in free.items() if key == _key(entry)), "") or _free(base, taken)
            free.pop(record_id, None)
            taken.add(record_id)
            self._held[base][record_id] = (file, _key(entry))
            yield record_id, entry


def _conflict(entry: Entry, others: list[str]) -> Fault:
    reason = f"{others[0]} has this reference with another booking date, amount or currency"
    remedy = "ask the bank which is right; if its references begin again in each file, do not map `id`"
    return Fault(f"entry {entry.bank_id}", "id", entry.bank_id, reason, remedy)


def _is_same_place(known: KnownStatement, statement: Statement, file: str) -> bool:
    other = known.statement
    places = [(each.currency, each.page, each.start, each.end) for each in (other, statement)]
    if places[0] != places[1] or (not statement.start and not statement.end and known.file != file):
        return False
    return bool(statement.id and statement.id == other.id) or bool(
        statement.number and statement.number == other.number
    )


def _adjoin(one: Statement, other: Statement) -> bool:
    ends = ((one.closing_balance, other.opening_balance), (other.closing_balance, one.opening_balance))
    return any(closing and closing == opening for closing, opening in ends)


def _free(base: str, taken: Collection[str]) -> str:
    """Return an id, numbered from the second on."""
    numbered = (base + (f"#{number}" if number > 1 else "") for number in count(1))
    return next(record_id for record_id in numbered if record_id not in taken)


def _key(entry: Entry) -> Key:
    return entry.booking_date, entry.amount, entry.currency
