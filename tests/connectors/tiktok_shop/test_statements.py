from datetime import UTC, datetime, timedelta

import pytest

from connectors.tiktok_shop.pages import Page, RawPage
from connectors.tiktok_shop.statements import read_statement
from connectors.transport.errors import MalformedReplyError

NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)
PLACE = {"vendor": "tiktok_shop", "endpoint": "statement_transactions"}


def raw_page(ids, token="", total=None, minute=0):
    page = Page([{"id": i} for i in ids], NOON + timedelta(minutes=minute), "202501", total)
    return RawPage(page, {"id": "st", "total_count": total}, token)


def script(*raw_pages):
    left = list(raw_pages)
    return lambda token: left.pop(0)


def ids_of(detail):
    return [row["id"] for row in detail.rows]


def test_a_whole_statement_is_its_header_and_all_rows_as_of_the_first_page():
    found = read_statement(script(raw_page("ab", "t", 3), raw_page("c", "", 3, minute=1)), place=PLACE)
    assert (found.header, ids_of(found)) == ({"id": "st", "total_count": 3}, ["a", "b", "c"])
    assert (found.as_of, found.api_version) == (NOON, "202501")


def test_a_statement_without_rows_is_whole():
    assert read_statement(script(raw_page("", "", 0)), place=PLACE).rows == []


@pytest.mark.parametrize(
    "first",
    [
        [raw_page("ab", "", 3)],
        [raw_page("ab", "t", 3), raw_page("", "", 3)],
        [raw_page("ab", "t", 3), raw_page("cd", "", 4)],
        [raw_page("abcd", "", 3)],
        [raw_page("abc", "", None)],
        [raw_page("ab", "t", 3), raw_page("b", "", 3)],
    ],
    ids=["short", "short page", "total moved", "too many", "no total", "boundary slipped"],
)
def test_a_reading_that_contradicts_itself_is_repeated_whole(first):
    found = read_statement(script(*first, raw_page("ab", "t", 3), raw_page("c", "", 3)), place=PLACE)
    assert ids_of(found) == ["a", "b", "c"]


def test_two_contradictory_readings_are_an_error_never_a_part():
    with pytest.raises(MalformedReplyError, match="2 rows came, total_count is 3"):
        read_statement(script(raw_page("ab", "", 3), raw_page("ab", "", 3)), place=PLACE)


def test_an_id_that_the_vendor_repeats_in_two_readings_is_passed_on_twice():
    found = read_statement(script(raw_page("aab", "", 3), raw_page("aab", "", 3)), place=PLACE)
    assert ids_of(found) == ["a", "a", "b"]
