"""Reverse sync, writing to vendors what the models desire: plan, outbox, dispatch, acknowledge, read back.

Belongs here: the public functions of sending. Does not: why a record is desired (dbt's sync models), or protocols.
"""

from reverse_sync.apply import apply
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
from reverse_sync.planning import plan
from reverse_sync.retry_policy import RetryPolicy

__all__ = [
    "AppliedRow",
    "ApplyReport",
    "Event",
    "OutboxState",
    "Plan",
    "PlanAction",
    "PlanRow",
    "Proposal",
    "RetryPolicy",
    "apply",
    "approve",
    "awaiting_approval",
    "list_rows",
    "plan",
    "replay",
]
