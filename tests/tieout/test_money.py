from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tieout.money import parse_amount, show_money


@pytest.mark.parametrize("text", ["0", "-6.99", "35", "189.2", "123456789012.5678"])
def test_amounts_as_vendors_spell_them_are_read_exactly(text):
    assert str(parse_amount(text)) == text


@pytest.mark.parametrize(
    "text",
    [
        *("", "1e3", "1,000.00", "NaN", "Infinity", " 1", "1.23456", "£5", "0x10", "--1", "1234567890123", None, 5),
        *("\uff11.\uff12", "\u0661", "1_0", "1\n"),
    ],
)
def test_anything_else_is_refused_and_named(text):
    with pytest.raises(ValueError, match="expected a decimal"):
        parse_amount(text)


@given(st.decimals(min_value=1 - 10**12, max_value=10**12 - 1, places=4))
def test_reading_what_was_written_gives_the_same_amount(amount):
    assert parse_amount(format(amount, "f")) == amount


def test_amounts_are_shown_with_thousands_and_currency():
    assert show_money(Decimal("-1234.5"), "GBP") == "-1,234.50 GBP"
    assert show_money(Decimal("1234.6"), "JPY") == "1,235 JPY"
