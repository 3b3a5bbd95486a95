"""A fact of money that contradicts another is reported, whichever record of it was changed.

Belongs here: damage to records that agreed before. Does not: what was wrong when it was first read
(test_money_as_first_read), records that do not add up (test_root_causes), journals, reading files.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.money_damage import DAMAGES, NUMBERS, exceptions, filled, money_home, of_text
from tests.support.raw_world import DAMAGE_LOAD, UNDO_LOAD, append, set_fields


@pytest.fixture(scope="module")
def sound_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The built world of payouts, in place of the smallest one."""
    return money_home(tmp_path_factory)


def test_a_world_that_agrees_is_silent(home: Path) -> None:
    assert exceptions(home) == set()


def test_each_contradiction_is_reported_alone_until_it_is_taken_back(home: Path) -> None:
    done = [
        (number, table, of_text(number, key), change)
        for number, (damages, _found) in zip(NUMBERS, DAMAGES.values(), strict=True)
        for table, key, change in damages
    ]
    for number, table, key, change in done:
        append(home, table, key, change=filled(number, change), load=DAMAGE_LOAD)

    reported = exceptions(home)
    expected = {
        name: (code, kind, of_text(number, entity))
        for number, (name, (_damages, (code, kind, entity))) in zip(NUMBERS, DAMAGES.items(), strict=True)
    }
    assert {name: found for name, found in expected.items() if found not in reported} == {}
    assert reported - set(expected.values()) == set()

    for _number, table, key, _change in done:
        append(home, table, key, change=set_fields(), load=UNDO_LOAD)

    assert exceptions(home) == set()
