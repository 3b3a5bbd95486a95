from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.transport.exact_json import dump_json, load_json


@pytest.mark.parametrize("digits", ["0.1", "123456789012.34", "-6.99", "0", "99999999999999.9999", "1E+3", "0.00"])
def test_amounts_leave_digit_for_digit(digits):
    assert dump_json({"amount": Decimal(digits)}) == f'{{"amount":{Decimal(digits):f}}}'.encode()


@given(st.decimals(allow_nan=False, allow_infinity=False, places=4, min_value=-(10**14), max_value=10**14))
def test_any_amount_survives_the_round_trip(amount):
    assert load_json(dump_json([amount])) == [amount]


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(), lambda x: st.lists(x) | st.dictionaries(st.text(), x)
    )
)
def test_everything_else_survives_too(value):
    assert load_json(dump_json(value)) == value


def test_numbers_with_a_fraction_come_in_as_decimal():
    assert load_json(b'{"debit": 0.1, "line": 3}') == {"debit": Decimal("0.1"), "line": 3}
    assert isinstance(load_json(b"0.1"), Decimal)


@pytest.mark.parametrize("value", [0.1, {"a": [1.0]}, object(), {1: "x"}])
def test_what_has_no_exact_form_is_refused(value):
    with pytest.raises(TypeError):
        dump_json(value)


@pytest.mark.parametrize("value", [Decimal("NaN"), Decimal("Infinity")])
def test_amounts_that_are_no_numbers_are_refused(value):
    with pytest.raises(ValueError, match="no number"):
        dump_json(value)


@pytest.mark.parametrize("text", [b"NaN", b"[Infinity]", b"{", b"<html>", b"\xff"])
def test_what_is_no_json_is_refused(text):
    with pytest.raises(ValueError):  # noqa: PT011 - the parser words it
        load_json(text)
