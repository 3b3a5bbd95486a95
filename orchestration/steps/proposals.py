"""Proposals: the rows of the sync models as the reverse sync takes them.

Belongs here: reading rows one by one, so that one which cannot be read is held by itself. Does not: why a record is
desired (the sync models), or whether it may be sent (reverse_sync).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal, InvalidOperation
from typing import Any

import duckdb

from orchestration.steps.holds import IDS, Holding, held
from reverse_sync import Proposal
from reverse_sync.sync import Sync


def read_proposals(warehouse: duckdb.DuckDBPyConnection, syncs: Sequence[Sync]) -> Iterator[Proposal]:
    """Yield every row of the syncs' models. One that is no proposal, or that a failed check holds, comes blocked."""
    holding = Holding(held(warehouse))
    for sync in syncs:
        cursor = warehouse.execute(f"select * from {sync.model} order by entity_key")
        names = [column[0] for column in cursor.description]
        for values in cursor.fetchall():
            row = dict(zip(names, values, strict=True))
            yield _held_back(holding, proposal_of(sync.name, row), row)


def _held_back(holding: Holding, proposal: Proposal, row: Mapping[str, Any]) -> Proposal:
    """Return the proposal, blocked where a failed check holds what it is about."""
    ids = {name: value for name, value in (*row.items(), *proposal.desired.items()) if name in IDS and value}
    why = "" if proposal.blocked_reason else holding.reason(proposal.sync, proposal.shop_id, ids)
    return replace(proposal, blocked_reason=why) if why else proposal


def proposal_of(sync: str, row: Mapping[str, Any]) -> Proposal:
    """Return a model's row as a proposal; one that lacks a part, or has one that cannot be read, is blocked."""
    try:
        return _sound(sync, row)
    except (ValueError, TypeError, InvalidOperation) as error:
        return _unreadable(sync, row, str(error))


def _sound(sync: str, row: Mapping[str, Any]) -> Proposal:
    missing = [name for name in ("entity_key", "shop_id", "desired", "desired_hash", "amount") if row[name] is None]
    if missing:
        raise ValueError(f"{', '.join(missing)} could not be computed")
    return Proposal(
        sync=sync,
        entity_key=row["entity_key"],
        shop_id=row["shop_id"],
        desired=_document(row["desired"]),
        desired_hash=row["desired_hash"],
        amount=Decimal(row["amount"]),
        currency=row["currency"] or "",
        needs_approval=bool(row["needs_approval"]),
        blocked_reason=row["blocked_reason"] or "",
        approval_reason=row.get("approval_reason") or "",
        already_there=row.get("already_there") or "",
    )


def _document(text: str) -> dict[str, Any]:
    desired = json.loads(text)
    if not isinstance(desired, dict):
        raise ValueError(f"desired is no JSON object but a {type(desired).__name__}")
    return desired


def _unreadable(sync: str, row: Mapping[str, Any], why: str) -> Proposal:
    """Return what replaces a row that is no proposal: blocked, so that it can be seen and is never sent."""
    seen = hashlib.sha256(repr(sorted(row.items(), key=str)).encode()).hexdigest()
    return Proposal(
        sync=sync,
        entity_key=row["entity_key"] or f"without-key-{seen[:12]}",
        shop_id=row["shop_id"] or "",
        desired={},
        desired_hash=row["desired_hash"] or seen,
        amount=Decimal(0),
        currency=row["currency"] or "",
        blocked_reason=row["blocked_reason"] or f"SYS-14: {why}",
    )
