"""A row of a sync model that cannot be read is held by itself, and named."""

from __future__ import annotations

from typing import Any

import pytest

from orchestration.steps.proposals import proposal_of

ROW: dict[str, Any] = {
    "entity_key": "P1",
    "shop_id": "S",
    "desired": '{"order_id": "1"}',
    "desired_hash": "h",
    "amount": "1.5000",
    "currency": "GBP",
    "needs_approval": False,
    "blocked_reason": None,
}


def test_a_sound_row_is_a_proposal():
    proposal = proposal_of("gxo__warehouse_orders", ROW)
    assert (proposal.entity_key, proposal.desired, proposal.blocked_reason) == ("P1", {"order_id": "1"}, "")


@pytest.mark.parametrize(
    ("column", "value", "reported"),
    [
        ("entity_key", None, "entity_key could not be computed"),
        ("shop_id", None, "shop_id could not be computed"),
        ("desired", None, "desired could not be computed"),
        ("desired", "[1]", "desired is no JSON object but a list"),
        ("desired", "{", "Expecting property name"),
        ("amount", None, "amount could not be computed"),
        ("amount", "many", "ConversionSyntax"),
    ],
)
def test_a_row_without_a_part_is_blocked_by_name(column, value, reported):
    proposal = proposal_of("gxo__warehouse_orders", ROW | {column: value})
    assert proposal.blocked_reason.startswith("SYS-14: ") and reported in proposal.blocked_reason
    assert proposal.entity_key and proposal.desired == {}


def test_why_a_model_held_it_stays():
    proposal = proposal_of("gxo__warehouse_orders", ROW | {"desired": None, "blocked_reason": "MAP-01: unknown"})
    assert proposal.blocked_reason == "MAP-01: unknown"
