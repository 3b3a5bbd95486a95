"""Lists by GraphQL come whole: as many different rows as NewStore counts, or an error."""

from __future__ import annotations

import json

import httpx
import pytest

from connectors.transport.errors import MalformedReplyError, RejectedError
from tests.connectors.newstore.conftest import DATE

GRAPH = "POST /api/v1/org/data/query"


def serve(fake, rows, *, total=None, kind="orders"):
    """Answer with pages of these rows, as those of the ids that are asked for, if any are."""

    def answer(request):
        asked = json.loads(request.content)["variables"]
        found = [row for row in rows if row.get("orderId") in asked["ids"]] if "ids" in asked else rows
        page = found[asked["offset"] : asked["offset"] + asked["first"]]
        listed = {"nodes": page, "totalCount": len(found) if total is None else total}
        return httpx.Response(200, json={"data": {kind: listed}}, headers=DATE)

    fake.answers[GRAPH] = answer


def test_the_orders_of_a_channel_are_read_by_page(client, fake):
    serve(fake, [{"id": f"o-{number}"} for number in range(120)])
    found = client.orders_of_channel("tiktok_shop", ["open", "on_hold"])
    assert [row["id"] for row in found.rows] == [f"o-{number}" for number in range(120)]
    asked = [json.loads(request.content)["variables"] for request in fake.seen]
    assert [(each["offset"], each["first"]) for each in asked] == [(0, 50), (50, 50), (100, 50)]
    assert (asked[0]["channel"], asked[0]["statuses"]) == ("tiktok_shop", ["open", "on_hold"])


def test_no_order_at_all_is_an_answer(client, fake):
    serve(fake, [])
    assert client.orders_of_channel("tiktok_shop", ["open"]).rows == []


def test_a_list_that_is_shorter_than_what_is_counted_is_read_thrice_and_then_an_error(client, fake):
    serve(fake, [{"id": "o-1"}, {"id": "o-1"}], total=2)
    with pytest.raises(MalformedReplyError, match="1 rows came of 2 announced, 3 times"):
        client.orders_of_channel("tiktok_shop", ["open"])
    assert len(fake.seen) == 3


def test_a_list_that_moved_while_it_was_read_is_read_again(client, fake):
    rows = [{"id": f"o-{number}"} for number in range(60)]
    calls = []

    def answer(request):
        offset = json.loads(request.content)["variables"]["offset"]
        calls.append(offset)
        shown = rows[1:] if len(calls) == 2 else rows  # one left before the second page was asked for
        listed = {"nodes": shown[offset : offset + 50], "totalCount": len(shown)}
        return httpx.Response(200, json={"data": {"orders": listed}}, headers=DATE)

    fake.answers[GRAPH] = answer
    assert len(client.orders_of_channel("tiktok_shop", ["open"]).rows) == 60
    assert calls == [0, 50, 0, 50]


def serve_moving(fake, *, kind):
    """Answer with pages of a list of which the first row leaves after each page; return the offsets asked for."""
    calls = []

    def answer(request):
        offset = json.loads(request.content)["variables"]["offset"]
        shown = [{"id": f"o-{number}", "orderId": "n-1"} for number in range(len(calls), 120)]
        calls.append(offset)
        listed = {"nodes": shown[offset : offset + 50], "totalCount": len(shown)}
        return httpx.Response(200, json={"data": {kind: listed}}, headers=DATE)

    fake.answers[GRAPH] = answer
    return calls


def test_a_list_of_orders_that_is_never_still_is_what_two_readings_bring(client, fake):
    calls = serve_moving(fake, kind="orders")
    found = client.orders_of_channel("tiktok_shop", ["open"])
    assert calls == [0, 50, 100, 0, 50, 100]
    assert {row["id"] for row in found.rows} >= {f"o-{number}" for number in range(5, 120)}


def test_returns_that_are_never_still_are_an_error_for_what_they_leave_out_counts_as_gone(client, fake):
    serve_moving(fake, kind="returns")
    with pytest.raises(MalformedReplyError, match="3 times"):
        client.returns_of_orders(["n-1"])


def test_a_list_that_is_refused_says_why(client, fake):
    fake.answers[GRAPH] = httpx.Response(200, json={"data": None, "errors": [{"message": "no filter channel"}]})
    with pytest.raises(RejectedError, match="no filter channel"):
        client.orders_of_channel("tiktok_shop", ["open"])
