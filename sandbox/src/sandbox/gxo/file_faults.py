"""What a partner does wrong with its files, switched on by POST /_sandbox/faults like any fault of the wire.

Belongs here: the kinds, keeping their rules, and deciding which file is meant. Does not: carrying them out; whoever
writes a file asks. Rules about files are kept beside the records, because files are written while the clock moves,
not while a client calls; they outlive a restart.
"""

from __future__ import annotations

from collections.abc import Set
from dataclasses import asdict, dataclass, replace
from typing import Any

from sandbox.faults import Fault, FaultBook
from sandbox.gxo.profile import SYSTEM
from sandbox.sftp import WIRE_KINDS
from sandbox.store import Store

FILE_KINDS = {
    "partial_file": "the first half under the final name; the rest at the next wave",
    "empty_file": "a file of no bytes; its content at the next wave under another name",
    "duplicate_file": "the same bytes again under another name",
    "resent_file": "the same sets again in a new interchange with new control numbers",
    "reordered": "a file arrives a wave late, behind younger ones",
    "wrong_control_number": "IEA02 is not ISA13",
    "halved_846": "half of the SKUs are missing, the counts agree",
    "missing_997": "a file is taken in and not acknowledged",
    "rejected_997": "a good file is rejected and not taken in",
    "late_945": "a shipment is reported 26 hours late, or `retry_after` seconds",
    "unknown_carrier": "a shipment goes by a carrier that was not agreed",
}
_KEY = "gxo.file_faults"


@dataclass
class FileFaultBook(FaultBook):
    """All faults of the wire, and those of the warehouse's files."""

    store: Store | None = None

    def add(self, wanted: dict[str, Any], systems: list[str]) -> Fault:
        """Add a rule. Raises ValueError naming the valid values."""
        kind = wanted.get("kind")
        if self.store is None or wanted.get("system") != SYSTEM:
            return super().add(wanted, systems)
        if kind not in {*FILE_KINDS, *WIRE_KINDS}:
            raise ValueError(f"kind {kind!r}: expected one of {sorted({*FILE_KINDS, *WIRE_KINDS})}")
        if kind in WIRE_KINDS:
            return super().add(wanted, systems)
        checked = super().add({**wanted, "kind": "drop_request"}, systems)
        super().remove(checked.id)
        fault = replace(checked, kind=str(kind))
        with self.store.transaction():
            self.store.set_meta(_KEY, [*_rules(self.store), asdict(fault)])
        return fault

    def remove(self, id: int | None = None) -> int:
        """Remove one rule, or all; returns how many went."""
        gone = super().remove(id)
        if self.store is None:
            return gone
        with self.store.transaction():
            rules = _rules(self.store)
            kept = [rule for rule in rules if id is not None and rule["id"] != id]
            self.store.set_meta(_KEY, kept)
        return gone + len(rules) - len(kept)

    def listed(self) -> list[dict[str, Any]]:
        """Return the rules with their counters."""
        return [*super().listed(), *([] if self.store is None else _rules(self.store))]


def struck(store: Store, kinds: Set[str], target: str) -> Fault | None:
    """Return the rule of these kinds that hits a file, given as 'emit /out/<name>' or 'take /in/<name>', or None."""
    rules = [Fault(**rule) for rule in _rules(store)]
    operation = target.partition(" ")[0]
    for fault in rules:
        if fault.kind in kinds and fault.fits(operation, target) and fault.struck():
            store.set_meta(_KEY, [asdict(rule) for rule in rules])
            return fault
    return None


def _rules(store: Store) -> list[dict[str, Any]]:
    return list(store.get_meta(_KEY, []))
