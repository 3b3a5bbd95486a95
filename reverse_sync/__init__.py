"""Telling vendors what should be true: plan, outbox, dispatch, acknowledge, read back.

Belongs here: the public functions of sending. Does not: why a record is desired (dbt's sync models), or wires.
"""

from reverse_sync.applying import apply
from reverse_sync.approvals import approve, awaiting_approval, list_rows, replay
from reverse_sync.model import (
    AppliedRow,
    ApplyReport,
    Event,
    OutboxState,
    Plan,
    PlanAction,
    PlanRow,
    Proposal,
)
from reverse_sync.pace import Pace
from reverse_sync.planning import plan

__all__ = [
    "AppliedRow",
    "ApplyReport",
    "Event",
    "OutboxState",
    "Pace",
    "Plan",
    "PlanAction",
    "PlanRow",
    "Proposal",
    "apply",
    "approve",
    "awaiting_approval",
    "list_rows",
    "plan",
    "replay",
]
