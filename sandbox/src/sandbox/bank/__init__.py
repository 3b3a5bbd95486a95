"""The seller's bank: two accounts whose statements land as files, as a host-to-host download would leave them.

Belongs here: accounts, and rendering booked lines as camt.053 or CSV. Does not: what is booked; the world does that.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sandbox.bank.accounts import SYSTEM
from sandbox.bank.files import write_files
from sandbox.store import Kind, Store, wire_body

__all__ = ["KINDS", "SYSTEM", "install", "systems_entry", "write_files"]

KINDS = {"accounts": Kind(), "lines": Kind(parent_field="account_id")}


def install(store: Store, folder: Path) -> None:
    """Keep the files under `folder` in line with the records: now, when lines change by hand, when time passes."""
    store.register(SYSTEM, KINDS)

    def rewrite(system: str, kind: str) -> None:
        if system == SYSTEM:
            write_files(store, folder)

    store.listeners.append(rewrite)
    write_files(store, folder)


def systems_entry(store: Store, folder: Path) -> dict[str, Any]:
    """Return where the bank leaves its files, and which accounts there are."""
    return {
        "folder": str(folder),
        "accounts": [wire_body(record) for record in store.select(SYSTEM, "accounts")],
        "kinds": sorted(KINDS),
        "quirks": QUIRKS,
    }


QUIRKS = [
    "One file per account and booking day, <folder>/<account>/<date>.xml (camt.053.001.08) or .csv; a day's file"
    " appears once the day is over.",
    "A line changed by hand rewrites its file, and the later ones whose balances it moves. A day that had a file keeps"
    " it, if need be without lines.",
    "Payouts come under several payers' names, some without the payment's id, some split or merged.",
]
