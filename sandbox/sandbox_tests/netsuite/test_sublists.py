"""How the lines of a write meet the lines that are there."""

from __future__ import annotations

from sandbox.netsuite.schema import TYPES
from sandbox.netsuite.sublists import merged

KEYED = TYPES["journalEntry"].sublists["line"]
UNKEYED = TYPES["deposit"].sublists["payment"]
OLD = [{"line": 1, "debit": "5.00"}, {"line": 3, "credit": "5.00", "memo": "m"}]


def test_a_line_with_a_known_key_is_updated_and_the_rest_stay():
    assert merged(KEYED, OLD, [{"line": 3, "credit": "6.00"}], replace=False) == [
        {"line": 1, "debit": "5.00"},
        {"line": 3, "credit": "6.00", "memo": "m"},
    ]


def test_a_line_without_a_key_is_added_behind_the_highest():
    assert merged(KEYED, OLD, [{"debit": "1.00"}], replace=False)[-1] == {"line": 4, "debit": "1.00"}


def test_a_line_with_an_unknown_key_is_added_under_its_own_number():
    assert [line["line"] for line in merged(KEYED, OLD, [{"line": 2, "debit": "1.00"}], replace=False)] == [1, 3, 4]


def test_replace_removes_what_is_not_mentioned():
    assert merged(KEYED, OLD, [{"line": 3, "memo": None}, {"debit": "5.00"}], replace=True) == [
        {"line": 3, "credit": "5.00"},
        {"line": 4, "debit": "5.00"},
    ]


def test_null_removes_all_lines_of_a_keyed_list_only():
    assert merged(KEYED, OLD, None, replace=False) == []
    assert merged(UNKEYED, [{"id": "1"}], None, replace=False) == [{"id": "1"}]


def test_lines_without_keys_are_appended_or_replaced_whole():
    assert merged(UNKEYED, [{"id": "1"}], [{"id": "2"}], replace=False) == [{"id": "1"}, {"id": "2"}]
    assert merged(UNKEYED, [{"id": "1"}], [{"id": "2"}], replace=True) == [{"id": "2"}]


def test_naming_one_side_of_a_line_empties_the_other():
    assert merged(KEYED, OLD, [{"line": 1, "credit": "2.00"}], replace=False)[0] == {"line": 1, "credit": "2.00"}
