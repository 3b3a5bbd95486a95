"""How one account's files become raw rows: files, statements, entries; and what each of them replaces.

Belongs here: records and deletions. Does not: which files are read (loader), or ids (identity).
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from ingestion.bank.identity import (
    AccountEntries,
    KnownStatement,
    entry_ids,
    entry_name,
    match,
    statement_id,
    taken_back,
)
from ingestion.bank.records import Entry, Fault, Statement
from ingestion.load_context import LoadContext, Origin, Reading, valid_versions
from ingestion.quarantine import Rejected
from tieout.bank_settings import BankAccount

_LATEST = """
select id, arg_max(payload, observed_at) as payload, arg_max(parent_id, observed_at) as parent_id
from raw_bank.{entity}
where {condition}
group by id
having not arg_max(is_deleted, observed_at)
"""
_OF_ACCOUNT = "parent_id = $account_id"
_NAMED = "regexp_replace(id, '#[0-9]+$', '') in (select unnest($names)) or id in (select unnest($names))"


class BankLanding:
    """Lands one account's files. `digests`: what is known of each file's content, by name."""

    def __init__(self, context: LoadContext, account: BankAccount, *, as_of: datetime, today: date) -> None:
        """Read what was landed of the account; `as_of`: instant of this load, UTC; `today`: the last day covered."""
        self._context = context
        self._account = account
        self._as_of = as_of
        self._today = today
        self._reading = Reading()
        self._replaced: set[str] = set()
        self._doubtful: set[str] = set()
        self._taken_back: set[str] = set()
        self._by_account: AccountEntries | None = None
        files = {name: payload for name, payload, _ in self._known("files", _OF_ACCOUNT, account_id=account.account_id)}
        self.digests = {name: str(payload.get("sha256")) for name, payload in files.items()}
        self._days = [str(payload["to"]) for payload in files.values() if payload.get("to")]
        self._statements = [
            KnownStatement.of(record_id, payload)
            for record_id, payload, _ in self._known("statements", _OF_ACCOUNT, account_id=account.account_id)
        ]

    @property
    def entries(self) -> int:
        """Return how many entries were taken."""
        return len(self._reading.ids)

    @property
    def last_day(self) -> str:
        """Return the last day that any of the account's files covers, no future one; "" when there is none."""
        return max(self._days, default="")

    def hold(self, entries: Collection[Entry], *, changed: Collection[str], present: Collection[str]) -> None:
        """Set which entries are read again, and from which files: those that other files hold keep their ids."""
        names = sorted({f"{self._account.account_id}/{entry_name(entry)}" for entry in entries})
        held = [
            (record_id, str(payload.get("bank_reference") or ""), parent, _key(payload))
            for record_id, payload, parent in (self._known("entries", _NAMED, names=names) if names else ())
            if parent in present and parent not in changed
        ]
        self._by_account = AccountEntries(self._account.account_id, held)

    def take(self, name: str, digest: str, statements: Collection[Statement], *, faults: Collection[Fault]) -> None:
        """Land what a file says; what its statements held before and no longer do is gone, unless it has faults."""
        is_read_again = self.digests.get(name) == digest
        self._taken_back = taken_back(self._statements, statements, file=name)
        taken = [self._take_statement(name, statement, is_read_again=is_read_again) for statement in statements]
        self._replaced.add(name)
        if faults:
            # An entry in quarantine may be one that was known: until it can be read, it does not count as deleted.
            self._doubtful |= {name, *taken}
        record = {
            "id": name,
            "sha256": digest,
            "account_id": self._account.account_id,
            "from": min((s.start[:10] for s in statements if s.start), default=""),
            "to": min(max((_last_day(s) for s in statements), default=""), self._today.isoformat()),
            "statements": [record_id for record_id in taken if record_id],
            "faults": len(faults),
        }
        self._days += [str(record["to"])] if record["to"] else []
        self._land("files", [record], parent=self._account.account_id)

    def finish(self) -> None:
        """Land the deletion of what the statements that were read no longer hold."""
        parents = self._replaced - self._doubtful
        if parents and self._reading.all_identified:
            self._context.landing.delete_vanished(
                "entries", "", seen=self._reading.ids, observed_at=self._as_of, parents=parents
            )

    def _take_statement(self, name: str, statement: Statement, *, is_read_again: bool) -> str:
        """Land a statement and its entries; return its record id, "" for an older version of one that is known."""
        is_csv = self._account.format == "csv"
        known = None if is_csv else match(self._statements, statement, file=name, taken_back=self._taken_back)
        if known and (known.statement.created > statement.created > "" or (is_read_again and known.file != name)):
            return ""
        record_id = name
        if not is_csv:
            new_id = statement_id(self._account.account_id, statement, self._statements, file=name)
            record_id = known.record_id if known else new_id
            self._taken_back.discard(record_id)
            self._statements = [each for each in self._statements if each.record_id != record_id]
            self._statements.append(KnownStatement(record_id, statement, name))
        self._replaced.add(record_id)
        rows = list(self._rows(name, record_id, statement))
        unread = len(statement.faults) + len(statement.entries) - len(rows)
        self._reading.ids |= {row["id"] for row in rows}
        self._land("entries", rows, parent=record_id)
        self._land("statements", [self._statement(record_id, statement, name, unread)], parent=self._account.account_id)
        return record_id

    def _rows(self, name: str, record_id: str, statement: Statement) -> Iterator[dict[str, Any]]:
        found: Iterable[tuple[str, Entry] | Fault] = (
            self._by_account.ids(name, statement.entries)
            if self._by_account
            else entry_ids(record_id, statement.entries)
        )
        for each in found:
            if isinstance(each, Fault):
                self.quarantine(self._context, name, each)
                self._doubtful |= {name, record_id}
                continue
            entry_id, entry = each
            values = asdict(entry)
            values["bank_reference"] = values.pop("bank_id")
            of_account = {"account_id": self._account.account_id, "account_currency": self._account.currency}
            yield {"id": entry_id, **of_account, "statement": record_id, **values}

    def _statement(self, record_id: str, statement: Statement, name: str, unread: int) -> dict[str, Any]:
        values = asdict(statement)
        for field in ("entries", "faults", "place", "id"):
            del values[field]
        return {
            "id": record_id,
            "account_id": self._account.account_id,
            "file": name,
            "format": self._account.format,
            "statement_id": statement.id,
            **values,
            "currency": statement.currency or self._account.currency,
            "entries": len(statement.entries),
            "unread": unread,
        }

    def _land(self, entity: str, rows: list[dict[str, Any]], *, parent: str) -> None:
        origin = Origin(entity, self._as_of, scope=parent)
        reading = self._reading if entity == "entries" else Reading()
        versions = valid_versions(self._context, origin, rows, reading=reading, parent=lambda _row: parent)
        self._context.landing.add(entity, versions)

    def _known(self, entity: str, condition: str, **binds: object) -> list[tuple[str, dict[str, Any], str]]:
        query = _LATEST.format(entity=entity, condition=condition)
        found = self._context.connection.execute(query, binds).fetchall()
        return [(record_id, json.loads(payload), str(parent or "")) for record_id, payload, parent in found if payload]

    @staticmethod
    def quarantine(context: LoadContext, name: str, fault: Fault) -> None:
        """Put a file, or what a fault's place names in it, in quarantine."""
        record_id = f"{name} {fault.place}".strip()
        rejected = Rejected(
            "bank", "entries", "", record_id, fault.field, fault.value, f"{record_id}: {fault.reason}", fault.remedy
        )
        context.quarantine.reject(rejected, observed_at=context.clock(), scope=name)


def _last_day(statement: Statement) -> str:
    """Return the last day that a statement covers: it cannot cover a time after it was made."""
    end = min(filter(None, (statement.end, statement.created)), default="") if statement.end else ""
    return end[:10]


def _key(payload: dict[str, Any]) -> tuple[str, str, str]:
    return str(payload.get("booking_date")), str(payload.get("amount")), str(payload.get("currency"))
