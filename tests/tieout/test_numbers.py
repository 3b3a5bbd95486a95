from decimal import Decimal

import pytest

from tieout.numbers import whole_number


@pytest.mark.parametrize(
    ("value", "number"), [(7, 7), (-7, -7), ("7", 7), ("-007", -7), (Decimal("7.0"), 7), (Decimal("1E+3"), 1000)]
)
def test_numbers_and_text_in_plain_digits_are_read(value, number):
    assert whole_number(value) == number


@pytest.mark.parametrize(
    "value",
    [
        *("", " 7", "7\n", "+7", "1_000", "1e3", "7.0", "\uff11\uff12", "\u0661", "9" * 19),
        *(None, True, 7.0, Decimal("7.5"), Decimal("NaN"), Decimal("Infinity"), [7]),
    ],
)
def test_anything_else_is_refused(value):
    with pytest.raises(ValueError, match="expected a whole number"):
        whole_number(value)
