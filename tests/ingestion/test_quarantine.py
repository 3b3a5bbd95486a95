"""What people read about a record that was quarantined names it, and no person."""

from __future__ import annotations

import pytest

from ingestion.quarantine import excerpt_of, surrogate_id


@pytest.mark.parametrize("name", ["recipient_address", "buyer_email", "cpf_name", "phone_number", "counterparty"])
def test_excerpt_leaves_out_persons_at_any_depth(name):
    shown = excerpt_of({"id": "1", "items": [{name: {"line": "1 High Street"}, "amount": "1.00"}]})
    assert "High Street" not in shown and "1.00" in shown


def test_excerpt_is_short():
    assert len(excerpt_of({"id": "1", "lines": [{"text": "x" * 500}] * 50})) == 2000


@pytest.mark.parametrize("row", ["text", None, 1, [1], {"a": 1}])
def test_anything_has_a_stable_name(row):
    assert surrogate_id(row) == surrogate_id(row)
