from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connectors.transport.exact_json import MAX_DEPTH, MAX_SHOWN, Unusable, dump_json, load_json, unusable_in
from tests.support.hostile_json import UNUSABLE


@pytest.mark.parametrize("digits", ["0.1", "123456789012.34", "-6.99", "0", "99999999999999.9999", "1E+3", "0.00"])
def test_amounts_leave_digit_for_digit(digits):
    assert dump_json({"amount": Decimal(digits)}) == f'{{"amount":{Decimal(digits):f}}}'.encode()


@given(st.decimals(allow_nan=False, allow_infinity=False, places=4, min_value=-(10**14), max_value=10**14))
def test_any_amount_survives_the_round_trip(amount):
    assert load_json(dump_json([amount])) == [amount]


TEXT = st.text().map(lambda text: text.replace("\x00", ""))


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(st.recursive(st.none() | st.booleans() | st.integers() | TEXT, lambda x: st.lists(x) | st.dictionaries(TEXT, x)))
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


@pytest.mark.parametrize("text", [b"NaN", b"", b"{", b"<html>", b"\xff", b"1e999", b"1 2", "{}".encode("utf-16")])
def test_what_is_no_json_is_refused(text):
    with pytest.raises(ValueError):  # noqa: PT011 - the parser words it
        load_json(text)


@pytest.mark.parametrize("text", UNUSABLE, ids=lambda text: text[:20])
def test_a_value_that_cannot_be_used_is_marked_and_the_rest_is_read(text):
    read = load_json(f'[{{"a": 1.50}}, {{"b": {{"c": {text}}}}}]'.encode())
    assert read[0] == {"a": Decimal("1.50")}
    field, found = unusable_in(read)
    assert field.startswith("[1].b.c")
    assert len(found.value) <= 60 and found.reason


def test_bytes_that_are_no_utf8_spoil_only_the_text_they_stand_in():
    read = load_json(b'[{"a": "x\xff"}, {"a": "y"}]')
    assert unusable_in(read)[0] == "[0].a"
    assert read[1] == {"a": "y"}


def test_what_is_nested_as_deep_as_can_be_written_is_read_and_one_more_is_not():
    deep = "[" * MAX_DEPTH + "]" * MAX_DEPTH
    assert unusable_in(load_json(deep.encode())) is None
    path, found = unusable_in(load_json(f"[{deep}]".encode()))
    assert "deep" in found.reason
    assert 0 < len(path) <= MAX_SHOWN


def test_a_name_that_comes_twice_is_seen_also_where_escapes_hide_it():
    for text in (
        r'{"a": 1, "\u0061": 2, "b": "\u003a"}',
        '{"a": {"x": 1}, "a": {"x": 1}}',
        '[{"a": 1, "b": 2, "a": 1}]',
    ):
        assert "twice" in unusable_in(load_json(text.encode()))[1].reason


def test_a_byte_order_mark_before_json_is_no_fault():
    assert load_json(b'\xef\xbb\xbf{"a": 1}') == {"a": 1}


def test_text_without_end_costs_no_more_than_its_length():
    with pytest.raises(ValueError, match="Unterminated"):
        load_json(b'["' + b'\\"' * 1_000_000)


def test_what_cannot_be_used_shows_shortened():
    assert str(Unusable("x" * 100, "too long")) == "x" * 59 + "… (too long)"
