import pytest

from sandbox.world import pence


@pytest.mark.parametrize(("amount", "text"), [(0, "0"), (1230, "12.30"), (-5, "-0.05"), (-12345, "-123.45")])
def test_amounts_are_written_in_major_units_and_read_back(amount, text):
    assert pence.text(amount) == text
    assert pence.parse(text) == amount


@pytest.mark.parametrize(
    ("amount", "points", "part"), [(50, 1000, 5), (55, 1000, 6), (-55, 1000, -6), (1, 4999, 0), (1, 5000, 1)]
)
def test_shares_round_half_up(amount, points, part):
    assert pence.share(amount, points) == part


def test_parts_sum_to_the_whole():
    assert pence.split(100, 3) == [34, 33, 33]
    assert sum(pence.split(7, 12)) == 7


def test_exchange_rounds_half_up():
    assert pence.exchange(101, "0.500000") == 51
    assert pence.exchange(100, "0.784999") == 78


def test_fractions_of_a_penny_are_refused():
    with pytest.raises(ValueError, match="at most two decimals"):
        pence.parse("1.005")
