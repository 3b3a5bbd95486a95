"""Proposals of payout journals, and what hands them to a vendor, as tests need them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

from reverse_sync import Event, Plan, Proposal, apply, plan
from reverse_sync.model import ApplyReport, Change, Observation
from reverse_sync.sync import Sync

SYNC = "netsuite__journal_entries"
UK_SHOP = "7495000000000000101"


def desired_journal(key: str, total: str = "100.00", **changes: Any) -> dict[str, Any]:
    """A balanced journal of two lines."""
    lines = [
        {"account": "1010", "debit": total, "credit": "0", "memo": "bank"},
        {"account": "4000", "debit": "0", "credit": total, "memo": "gross_sales"},
    ]
    made = {"external_id": key, "date": "2026-03-01", "currency": "GBP", "subsidiary": "1", "memo": "payout"}
    return {**made, "lines": lines, **changes}


def propose(key: str = "TTS-1-P1-202603-R0", total: str = "100.00", **changes: Any) -> Proposal:
    """A proposal of that journal; its hash follows from what is desired."""
    desired = changes.pop("desired", None) or desired_journal(key, total)
    made: dict[str, Any] = {
        "sync": SYNC,
        "entity_key": key,
        "shop_id": UK_SHOP,
        "desired": desired,
        "desired_hash": hashlib.md5(json.dumps(desired, sort_keys=True).encode()).hexdigest(),
        "amount": Decimal(total),
        "currency": "GBP",
    }
    return Proposal(**{**made, **changes})


def keys(count: int) -> list[str]:
    """Entity keys in the order in which they are sent."""
    return [f"TTS-1-P{number}-202603-R0" for number in range(1, count + 1)]


class ScriptedVendor:
    """A destination in memory. `script` holds, per entity key, what the next calls do, in turn.

    An exception is raised; "lost" writes and then loses the reply; after the script it simply writes. It takes doubles
    without complaint, so a double is the engine's fault.
    """

    def __init__(self, script: dict[str, list[Any]] | None = None) -> None:
        self.script = {key: list(steps) for key, steps in (script or {}).items()}
        self.records: list[tuple[str, str]] = []
        self.calls: list[tuple[str, str]] = []
        self.broken_reads: list[Exception] = []
        self.closed = 0

    def write(self, change: Change) -> str:
        from connectors.transport.errors import OutcomeUnknownError

        self.calls.append(("write", change.entity_key))
        step = self.script.get(change.entity_key, []) and self.script[change.entity_key].pop(0)
        if isinstance(step, BaseException):
            raise step
        self.records.append((change.entity_key, change.desired_hash))
        if step == "lost":
            raise OutcomeUnknownError("no reply")
        return f"id-{len(self.records)}"

    def read_back(self, change: Change) -> Observation | None:
        self.calls.append(("read_back", change.entity_key))
        if self.broken_reads:
            raise self.broken_reads.pop(0)
        found = [number for number, (key, _) in enumerate(self.records, 1) if key == change.entity_key]
        if not found:
            return None
        same = self.records[found[-1] - 1][1] == change.desired_hash
        return Observation(f"id-{found[-1]}", "" if same else "another amount")

    def close(self) -> None:
        self.closed += 1

    @property
    def written(self) -> list[str]:
        """The entity keys of write calls, in order."""
        return [key for kind, key in self.calls if kind == "write"]


class Cycle:
    """Plans and applies against one vendor, as a run does, and keeps the events."""

    def __init__(self, settings: Any, state: Any, clock: Any, vendor: Any, **retry_policy: Any) -> None:
        self.settings, self.state, self.clock, self.vendor = settings, state, clock, vendor
        self.retry_policy = clock.retry_policy(**retry_policy)
        self.events: list[Event] = []

    def plan(self, proposals: Sequence[Proposal], *, record: bool = True, **changes: Any) -> Plan:
        return plan(
            self.settings,
            self.state,
            proposals,
            record=record,
            retry_policy=self.retry_policy,
            observe=self.events.append,
            **changes,
        )

    def apply(self, planned: Plan, *, observe: Callable[[Event], None] | None = None) -> ApplyReport:
        return apply(
            self.settings,
            self.state,
            planned,
            destinations={SYNC: lambda: self.vendor},
            retry_policy=self.retry_policy,
            observe=observe or self.events.append,
        )

    def run(self, proposals: Sequence[Proposal]) -> ApplyReport:
        return self.apply(self.plan(proposals))

    def names(self, key: str) -> list[str]:
        """The names of a record's events, in order."""
        return [event.name for event in self.events if event.entity_key == key]


def any_sync(name: str, *, lane: int) -> Sync:
    """A sync beside the registry's, that refuses nothing."""
    return Sync(
        name=name, lane=lane, text="", counted="", open_destination=_unopened, refuse=lambda _settings, _proposal: ""
    )


def _unopened(_settings: Any, _state: Any) -> Any:
    raise AssertionError("tests hand over their own destinations")
