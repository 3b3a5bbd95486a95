"""Whether a tenant's writes may leave: a new one only observes until somebody says so.

Belongs here: the home's stamp of going live, and holding what is proposed before. Does not: any other reason to hold a
write (reverse_sync.guards).
"""

from __future__ import annotations

import os
from dataclasses import replace

from sqlalchemy import select

from reverse_sync import OutboxState, Proposal
from tieout.clock import utc_now
from tieout.settings import Settings
from tieout.state import State, outbox, stamp

_STAMP = "live.txt"
_LEFT = (OutboxState.ACKNOWLEDGED.value, OutboxState.UNKNOWN.value)


def is_live(settings: Settings, state: State) -> bool:
    """Return whether writes may leave: by setting, by `tieout go-live`, or because some have left this home before."""
    if settings.live or (settings.home / _STAMP).is_file():
        return True
    left = select(outbox.c.entity_key).where(outbox.c.state.in_(_LEFT)).limit(1)
    with state.reading() as connection:
        return connection.execute(left).first() is not None


def go_live(settings: Settings, *, actor: str) -> None:
    """Let the writes of this home leave from now on; the stamp says when, in UTC, and who said so."""
    settings.home.mkdir(parents=True, exist_ok=True)
    unfinished = settings.home / f"{_STAMP}.{os.getpid()}"
    unfinished.write_text(f"{stamp(utc_now())} {actor}\n")
    os.replace(unfinished, settings.home / _STAMP)


def only_observed(proposal: Proposal) -> Proposal:
    """Return a proposal as it is before going live: held, with what the system has of it already."""
    there = f"; it is there already, as {proposal.already_there}" if proposal.already_there else ""
    why = proposal.blocked_reason or f"observing, `tieout go-live` lets it leave{there}"
    return replace(proposal, blocked_reason=why)
