from datetime import UTC, datetime

import pytest

from connectors.tiktok_shop.pages import Page, RawPage, confirmed_pages, counted_pages, raw_page_of, walk
from connectors.transport.errors import MalformedReplyError
from connectors.transport.exact_json import Unusable

NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)
PLACE = {"vendor": "tiktok_shop", "endpoint": "things"}


def raw_page(ids, token="", total=None):
    return RawPage(Page([{"id": i} for i in ids], NOON, "202309", total), {}, token)


def script(*raw_pages):
    """Return a reader that hands out `leaves` in turn, and the tokens it was asked for."""
    asked = []

    def read(token):
        asked.append(token)
        return raw_pages[len(asked) - 1]

    return read, asked


def ids_of(pages):
    return [row["id"] for page in pages for row in page.rows]


@pytest.mark.parametrize("data", [None, {}, {"orders": None}, {"orders": []}])
def test_an_empty_list_comes_in_many_forms(data):
    found = raw_page_of(data, "orders", as_of=NOON, api_version="202309", place=PLACE)
    assert (found.page.rows, found.next_token, found.page.total_count) == ([], "", None)


@pytest.mark.parametrize("data", [[], "x", {"orders": {}}, {"total_count": "many"}])
def test_another_shape_is_refused(data):
    with pytest.raises(MalformedReplyError, match="tiktok_shop things"):
        raw_page_of(data, "orders", as_of=NOON, api_version="202309", place=PLACE)


def test_a_row_that_is_no_object_leaves_the_others():
    found = raw_page_of({"orders": ["x", {"id": "1"}]}, "orders", as_of=NOON, api_version="202309", place=PLACE)
    bad, good = found.page.rows
    assert isinstance(bad["row"], Unusable) and good == {"id": "1"}


def test_what_is_not_rows_is_the_header():
    data = {"id": "9", "total_count": "1", "next_page_token": "n", "orders": [{"id": "1"}]}
    found = raw_page_of(data, "orders", as_of=NOON, api_version="202309", place=PLACE)
    assert (found.header, found.next_token, found.page.total_count) == ({"id": "9", "total_count": "1"}, "n", 1)


def test_pages_follow_their_tokens_to_the_end():
    read, asked = script(raw_page("ab", "t1"), raw_page("cd", "t2"), raw_page("e"))
    assert len(list(walk(read, PLACE))) == 3
    assert asked == ["", "t1", "t2"]


def test_a_token_that_comes_back_ends_the_walk():
    read, _ = script(raw_page("a", "t1"), raw_page("b", "t1"))
    with pytest.raises(MalformedReplyError, match="does not end"):
        list(walk(read, PLACE))


def test_a_counted_list_that_is_whole_is_read_once():
    read, asked = script(raw_page("ab", "t", 3), raw_page("c", "", 3))
    assert ids_of(counted_pages(read, place=PLACE)) == ["a", "b", "c"]
    assert len(asked) == 2


@pytest.mark.parametrize(
    "second",
    [[raw_page("b", "t", 3), raw_page("cd", "", 4)], [raw_page("ab", "t", 3), raw_page("bd", "", 3)]],
    ids=["grown", "twice"],
)
def test_short_pages_and_rows_that_move_are_legal(second):
    read, _ = script(raw_page("a", "u", 3), *second)
    assert set(ids_of(counted_pages(read, place=PLACE))) >= {"a", "b", "d"}


def test_a_counted_list_with_rows_missing_is_read_again_whole():
    read, asked = script(raw_page("a", "t", 3), raw_page("c", "", 3), raw_page("ab", "t", 3), raw_page("c", "", 3))
    assert set(ids_of(counted_pages(read, place=PLACE))) == {"a", "b", "c"}
    assert asked == ["", "t", "", "t"]


def test_a_list_that_shrinks_while_it_is_read_is_believed_the_second_time():
    read, _ = script(raw_page("ab", "t", 4), raw_page("c", "", 3), raw_page("ab", "t", 4), raw_page("c", "", 3))
    assert set(ids_of(counted_pages(read, place=PLACE))) == {"a", "b", "c"}


def test_a_counted_list_short_twice_is_an_error_after_its_rows():
    read, _ = script(raw_page("ab", "", 3), raw_page("ab", "", 3))
    pages = counted_pages(read, place=PLACE)
    assert ids_of([next(pages), next(pages)]) == ["a", "b", "a", "b"]
    with pytest.raises(MalformedReplyError, match="2 rows came of 3 announced, twice"):
        next(pages)


def test_full_pages_are_believed_and_the_short_last_one_confirmed():
    read, asked = script(raw_page("ab", "t1"), raw_page("c"), raw_page("c"))
    assert ids_of(confirmed_pages(read, 2, place=PLACE)) == ["a", "b", "c"]
    assert asked == ["", "t1", "t1"]


def test_a_page_cut_short_is_read_until_two_readings_agree():
    read, asked = script(raw_page("a", "t1"), raw_page("ab", "t1"), raw_page("c"), raw_page("cd"))
    assert ids_of(confirmed_pages(read, 2, place=PLACE)) == ["a", "b", "c", "d"]
    assert asked == ["", "", "t1", "t1"]


def test_a_page_that_lost_its_token_as_well_is_noticed():
    read, _ = script(raw_page("a"), raw_page("ab", "t1"), raw_page("c"), raw_page("c"))
    assert ids_of(confirmed_pages(read, 2, place=PLACE)) == ["a", "b", "c"]


def test_readings_that_never_agree_are_an_error():
    read, _ = script(raw_page("a"), raw_page("b"), raw_page("a"), raw_page("b"))
    with pytest.raises(MalformedReplyError, match="4 readings of one page differ"):
        list(confirmed_pages(read, 2, place=PLACE))
