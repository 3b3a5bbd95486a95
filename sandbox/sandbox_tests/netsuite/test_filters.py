"""The q language of record lists."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest

from sandbox.netsuite.errors import WireError
from sandbox.netsuite.filters import Filter
from sandbox.netsuite.schema import TYPES

JOURNAL = {
    "id": "7", "memo": "TikTok payout 12", "tranDate": "2026-01-04", "exchangeRate": "1.25", "approved": True,
    "lastModifiedDate": "2026-01-05T23:30:00Z", "currency": {"id": "1", "refName": "British pound"},
}  # fmt: skip


def matches(text, *, body=JOURNAL, date_format="M/D/YYYY", zone="UTC"):
    return Filter(TYPES["journalEntry"], date_format, ZoneInfo(zone)).parse(text)(body)


@pytest.mark.parametrize(
    "text",
    [
        'memo IS "tiktok payout 12"',
        "memo START_WITH tik",
        "memo CONTAIN payout",
        "memo ENDWITH 12",
        "memo IS_NOT other",
        "memo CONTAIN_NOT refund",
        "id ANY_OF [6, 7]",
        "exchangeRate EQUAL 1.25",
        "exchangeRate BETWEEN [1, 2]",
        "exchangeRate GREATER_OR_EQUAL 1.25",
        "externalId EMPTY",
        "memo EMPTY_NOT",
        "approved IS true",
        "currency EQUAL 1",
        "TRANDATE ON 1/4/2026",
        'tranDate WITHIN ["1/1/2026", "1/31/2026"]',
        'lastModifiedDate AFTER "1/5/2026" AND lastModifiedDate BEFORE "1/6/2026"',
        "lastModifiedDate ON_OR_BEFORE 1/5/2026",
        "memo IS nothing OR tranDate ON_OR_AFTER 1/4/2026 AND approved IS true",
        '(memo IS nothing OR memo CONTAIN pay) AND (exchangeRate LESS 2)',
    ],
)  # fmt: skip
def test_a_true_condition_selects(text):
    assert matches(text)


@pytest.mark.parametrize(
    "text",
    [
        "memo IS payout",
        "exchangeRate GREATER 1.25",
        "externalId IS x",
        "externalId IS_NOT x",
        "tranDate AFTER 1/4/2026",
        "tranDate ON_NOT 1/4/2026",
        "(memo CONTAIN pay OR memo IS nothing) AND exchangeRate LESS 1",
    ],
)
def test_a_false_condition_does_not(text):
    assert not matches(text)


def test_bare_dates_are_midnights_of_the_accounts_time_zone():
    assert matches("lastModifiedDate AFTER 1/6/2026", zone="Europe/Paris")
    assert not matches("lastModifiedDate AFTER 1/6/2026", zone="Europe/London")


def test_a_date_in_another_format_is_refused_by_the_vendors_words():
    with pytest.raises(WireError, match="INVALID_PARAMETER") as refused:
        matches('tranDate AFTER "2026-01-04"')
    assert refused.value.code == "INVALID_PARAMETER"
    assert "failed with date format" in refused.value.detail
    assert matches('tranDate AFTER "03.01.2026"', date_format="DD.MM.YYYY")


@pytest.mark.parametrize(
    "text",
    ["nonsense IS 1", "memo", "memo IS", "memo SOUNDS like", "(memo IS x", "memo IS x y", "exchangeRate EQUAL much",
     "tranDate CONTAIN 1/1/2026", 'memo IS "x', "exchangeRate BETWEEN [1]"],
)  # fmt: skip
def test_a_malformed_filter_is_an_invalid_parameter(text):
    with pytest.raises(WireError, match="INVALID_PARAMETER") as refused:
        matches(text)
    assert refused.value.code == "INVALID_PARAMETER"


def test_a_list_filters_pages_and_shows_ids_and_links_only(client, live):
    answer = client.get("/record/v1/account", params={"q": "acctNumber START_WITH 61", "limit": 3}).json()
    assert (answer["count"], answer["totalResults"], answer["hasMore"]) == (3, 9, True)
    assert answer["items"][0].keys() == {"links", "id"}
    (following,) = [link["href"] for link in answer["links"] if link["rel"] == "next"]
    assert client.get(following).json()["offset"] == 3
    everything = client.get("/record/v1/account").json()
    assert everything["totalResults"] == everything["count"] == 40
    assert client.get("/record/v1/account", params={"limit": 2000}).status_code == 400
