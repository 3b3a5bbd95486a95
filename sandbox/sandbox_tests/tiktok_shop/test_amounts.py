"""Money splits exactly."""

from __future__ import annotations

from decimal import Decimal

import pytest

from sandbox.tiktok_shop.amounts import split, written


@pytest.mark.parametrize("value", ["0", "0.01", "-0.05", "100", "-33.33", "7.001"])
@pytest.mark.parametrize("weights", [["1"], ["1", "1", "1"], ["0", "0"], ["9.99", "0", "0.01"]])
def test_shares_add_up_to_the_whole(value: str, weights: list[str]) -> None:
    shares = split(Decimal(value), [Decimal(weight) for weight in weights])
    assert len(shares) == len(weights) and sum(shares) == Decimal(value)


@pytest.mark.parametrize(("value", "text"), [("35.00", "35"), ("189.20", "189.2"), ("-0.00", "0"), ("-6.99", "-6.99")])
def test_amounts_are_written_without_needless_zeros(value: str, text: str) -> None:
    assert written(Decimal(value)) == text
