"""Equal content has equal bytes; nothing exact is lost on the way."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from ingestion.versions import canonical_json, version_of
from tieout.errors import DataError

AT = datetime(2026, 1, 1, tzinfo=UTC)


def test_key_order_at_any_depth_does_not_change_the_hash():
    first = version_of({"id": "1", "a": {"x": "1", "y": [{"p": 1, "q": 2}]}}, "1", observed_at=AT)
    second = version_of({"a": {"y": [{"q": 2, "p": 1}], "x": "1"}, "id": "1"}, "1", observed_at=AT)
    assert first == second


@pytest.mark.parametrize("change", [{"a": "1.0"}, {"a": 1}, {"a": None}, {"a": ["1", "2"]}, {"a": "1", "b": ""}])
def test_every_difference_in_content_changes_the_hash(change):
    assert (
        version_of({"a": "1"}, "1", observed_at=AT).content_hash != version_of(change, "1", observed_at=AT).content_hash
    )


@pytest.mark.parametrize(
    ("value", "kept"),
    [
        (Decimal("12.3000"), '"12.3000"'),
        (Decimal("1E+3"), '"1000"'),
        (2**70, str(2**70)),
        ("£ü", '"£ü"'),
        (True, "true"),
    ],
)
def test_values_are_kept_exactly(value, kept):
    assert canonical_json({"a": value}).decode() == f'{{"a":{kept}}}'


@pytest.mark.parametrize("value", ["\ud800", {1, 2}, b"x"])
def test_what_has_no_json_form_is_refused(value):
    with pytest.raises(DataError, match="cannot be written as JSON"):
        canonical_json({"a": value})


def test_payload_is_json_text():
    version = version_of({"id": "1", "text": 'a "b" \n c'}, "1", observed_at=AT)
    assert json.loads(version.payload or "") == {"id": "1", "text": 'a "b" \n c'}


def test_record_of_more_than_two_megabytes_is_refused():
    with pytest.raises(DataError, match="expected at most 2000000"):
        version_of({"id": "1", "x": "y" * 2_000_000}, "1", observed_at=AT)
