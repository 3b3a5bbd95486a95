"""No control number is used twice."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import update

from connectors.gxo.control_numbers import raise_control_number, take_control_number
from tieout.state import State, counters


@pytest.fixture
def state(tmp_path):
    opened = State(f"sqlite:///{tmp_path / 'state.sqlite'}")
    yield opened
    opened.close()


def test_numbers_rise_by_one_and_each_series_has_its_own(state):
    assert [take_control_number(state, "a") for _ in range(3)] == [1, 2, 3]
    assert take_control_number(state, "b") == 1


def test_many_takers_at_once_never_get_the_same_number(state):
    with ThreadPoolExecutor(8) as pool:
        taken = list(pool.map(lambda _n: take_control_number(state, "a"), range(200)))
    assert sorted(taken) == list(range(1, 201))


def test_after_nine_nines_it_starts_again(state):
    take_control_number(state, "a")
    with state.transaction() as connection:
        connection.execute(update(counters).values(last=999_999_999))
    assert take_control_number(state, "a") == 1


def test_a_number_that_somebody_used_is_passed_by_and_one_from_before_the_start_again_is_not(state):
    raise_control_number(state, "a", 41)
    raise_control_number(state, "a", 7)
    assert take_control_number(state, "a") == 42
    raise_control_number(state, "a", 999_999_990)
    assert take_control_number(state, "a") == 43
