"""May this be sent? The last decisions before money moves, each a function of values.

Belongs here: blocked, unfit, approval, changes per run. Does not: reading or writing anything. Why a record is desired
is the models' business.
"""

from __future__ import annotations

import shlex
from collections.abc import Callable, Sequence
from dataclasses import replace
from operator import attrgetter

from reverse_sync.model import PlanAction, PlanRow, Proposal
from tieout.errors import TieoutError
from tieout.money import show_money
from tieout.settings import Settings

Refusal = Callable[[Settings, Proposal], str]


def blocked(settings: Settings, proposal: Proposal, *, refuse: Refusal) -> str:
    """Return why a proposal may not be sent at all, or "". One that cannot be checked may not, and blocks no other."""
    try:
        reason = proposal.blocked_reason or refuse(settings, proposal)
    except TieoutError as error:
        reason = str(error)
    except (TypeError, ValueError, LookupError, AttributeError) as error:
        reason = f"what is desired has not the expected shape: {error}"
    return f"blocked: {reason}" if reason else ""


def needs_approval(settings: Settings, proposal: Proposal) -> bool:
    """Return whether a person must approve: the model says so, or it writes more than `books.approval_above_amount`."""
    is_write = not proposal.already_there
    return proposal.needs_approval or (is_write and abs(proposal.amount) > settings.books.approval_above_amount)


def awaits_approval(settings: Settings, proposal: Proposal, *, is_approved: bool) -> str:
    """Return what a proposal waits for, or ""."""
    if is_approved or not needs_approval(settings, proposal):
        return ""
    amount = show_money(proposal.amount, proposal.currency)
    why = (
        proposal.approval_reason or "its model says so"
        if proposal.needs_approval
        else "above books.approval_above_amount"
    )
    return f"awaits approval ({why}, {amount}): `{act_on('approve', proposal.sync, proposal.entity_key)}`"


def act_on(command: str, sync: str, entity_key: str) -> str:
    """Return the command line that approves or replays one record, as a shell takes it."""
    return shlex.join(["tieout", command, entity_key, "--sync", sync])


def within_limit(settings: Settings, rows: Sequence[PlanRow], *, setting: str) -> list[PlanRow]:
    """Hold what goes beyond the limit of a setting named by its path; what may already have happened comes first."""
    limit: int = attrgetter(setting)(settings)
    writes = [row for row in rows if row.action in {PlanAction.SETTLE, PlanAction.SEND}]
    writes.sort(key=lambda row: row.action != PlanAction.SETTLE)
    beyond = {row.intent for row in writes[limit:] if row.action == PlanAction.SEND}
    reason = f"beyond {setting} = {limit}: goes in the next run"
    return [replace(row, action=PlanAction.HELD, held_because=reason) if row.intent in beyond else row for row in rows]
