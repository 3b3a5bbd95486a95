from datetime import UTC, datetime, timedelta

import pytest

from connectors.tiktok_shop.pages import Leaf, Page
from connectors.tiktok_shop.statements import read_statement
from connectors.transport.errors import MalformedReplyError

NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)
PLACE = {"vendor": "tiktok_shop", "endpoint": "statement_transactions"}


def leaf(ids, token="", total=None, minute=0):
    page = Page([{"id": i} for i in ids], NOON + timedelta(minutes=minute), "202501", total)
    return Leaf(page, {"id": "st", "total_count": total}, token)


def script(*leaves):
    left = list(leaves)
    return lambda token: left.pop(0)


def ids_of(detail):
    return [row["id"] for row in detail.rows]


def test_a_whole_statement_is_its_header_and_all_rows_as_of_the_first_page():
    found = read_statement(script(leaf("ab", "t", 3), leaf("c", "", 3, minute=1)), place=PLACE)
    assert (found.header, ids_of(found)) == ({"id": "st", "total_count": 3}, ["a", "b", "c"])
    assert (found.as_of, found.api_version) == (NOON, "202501")


def test_a_statement_without_rows_is_whole():
    assert read_statement(script(leaf("", "", 0)), place=PLACE).rows == []


@pytest.mark.parametrize(
    "first",
    [
        [leaf("ab", "", 3)],
        [leaf("ab", "t", 3), leaf("", "", 3)],
        [leaf("ab", "t", 3), leaf("cd", "", 4)],
        [leaf("abcd", "", 3)],
        [leaf("abc", "", None)],
        [leaf("ab", "t", 3), leaf("b", "", 3)],
    ],
    ids=["short", "short page", "total moved", "too many", "no total", "boundary slipped"],
)
def test_a_reading_that_contradicts_itself_is_repeated_whole(first):
    found = read_statement(script(*first, leaf("ab", "t", 3), leaf("c", "", 3)), place=PLACE)
    assert ids_of(found) == ["a", "b", "c"]


def test_two_contradictory_readings_are_an_error_never_a_part():
    with pytest.raises(MalformedReplyError, match="2 rows came, total_count is 3"):
        read_statement(script(leaf("ab", "", 3), leaf("ab", "", 3)), place=PLACE)


def test_an_id_that_the_vendor_repeats_in_two_readings_is_passed_on_twice():
    found = read_statement(script(leaf("aab", "", 3), leaf("aab", "", 3)), place=PLACE)
    assert ids_of(found) == ["a", "a", "b"]
