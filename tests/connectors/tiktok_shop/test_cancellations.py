import json
from datetime import UTC, datetime

import pytest

from connectors.transport.errors import MalformedReplyError, RejectedError

SEARCH = "/return_refund/{}/cancellations/search"
CASE = "/return_refund/202309/cancellations/c1"


def test_cancellations_are_distinguished_by_cancel_id_and_searched_by_update_time(client, fake_shop, paged):
    rows = [{"cancel_id": str(number)} for number in range(60)]
    fake_shop.routes[SEARCH.format("202602")] = paged(rows, "cancellations")
    pages = list(client.cancellations("S1", updated_from=datetime(2026, 10, 1, tzinfo=UTC)))
    assert [row for page in pages for row in page.rows] == rows
    assert json.loads(fake_shop.seen[-1].content) == {"update_time_ge": 1790812800}


def test_a_cancellation_that_goes_missing_between_pages_is_noticed(client, fake_shop, answer):
    fake_shop.routes[SEARCH.format("202602")] = lambda request: answer(
        {"cancellations": [{"cancel_id": "1"}, {"cancel_id": "1"}], "total_count": 2}
    )
    with pytest.raises(MalformedReplyError, match="1 rows came of 2"):
        list(client.cancellations("S1", updated_from=None))


def test_a_market_without_the_newest_search_is_asked_in_the_older_one(client, fake_shop, answer):
    fake_shop.routes[SEARCH.format("202602")] = lambda request: answer(code=36009014, message="retired", status=400)
    fake_shop.routes[SEARCH.format("202309")] = lambda request: answer({})
    assert client.cancellation("S1", "c1") is None


def test_one_cancellation_is_asked_for_by_its_id(client, fake_shop, answer):
    row = {"cancel_id": "c1", "cancel_status": "CANCELLATION_REQUEST_PENDING"}
    fake_shop.routes[SEARCH.format("202602")] = lambda request: answer({"cancellations": [row], "total_count": 1})
    assert client.cancellation("S1", "c1") == row
    assert json.loads(fake_shop.seen[-1].content) == {"cancel_ids": ["c1"]}


def test_answers_carry_the_idempotency_key_and_a_refusal_its_reason(client, fake_shop, answer):
    fake_shop.routes |= {f"{CASE}/{verb}": lambda request: answer({}) for verb in ("approve", "reject")}
    client.approve_cancellation("S1", "c1", idempotency_key="k")
    assert (fake_shop.seen[-1].url.params["idempotency_key"], fake_shop.seen[-1].content) == ("k", b"")
    client.reject_cancellation("S1", "c1", reason="packed", idempotency_key="k")
    assert json.loads(fake_shop.seen[-1].content) == {"reject_reason": "packed"}


def test_a_case_decided_already_is_refused_with_the_platforms_code(client, fake_shop, answer):
    fake_shop.routes[f"{CASE}/approve"] = lambda request: answer(code=25001010, message="done")
    with pytest.raises(RejectedError) as refused:
        client.approve_cancellation("S1", "c1", idempotency_key="k")
    assert refused.value.code == "25001010"


def test_reject_reasons_are_named_by_the_market(client, fake_shop, answer):
    reasons = [{"name": "packed_uk", "text": "Product has been packed"}]
    fake_shop.routes["/return_refund/202309/reject_reasons"] = lambda request: answer({"reasons": reasons})
    assert client.reject_reasons("S1", "c1") == ["packed_uk"]
    assert fake_shop.seen[-1].url.params["return_or_cancel_id"] == "c1"
