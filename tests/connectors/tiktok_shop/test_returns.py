import json
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from connectors.transport.errors import MalformedReplyError, OutcomeUnknownError, RejectedError

SEARCH = "/return_refund/{}/returns/search"
RETURNS = "/return_refund/{}/returns"
CASE = "/return_refund/{}/returns/r1"
MONEY = {"currency": "GBP", "refund_total": "9.5", "refund_subtotal": "9.5"}


def test_returns_are_distinguished_by_return_id_and_searched_by_update_time(client, fake_shop, paged):
    rows = [{"return_id": str(number)} for number in range(60)]
    fake_shop.routes[SEARCH.format("202602")] = paged(rows, "return_orders")
    pages = list(client.returns("S1", updated_from=datetime(2026, 10, 1, tzinfo=UTC)))
    assert [row for page in pages for row in page.rows] == rows
    assert json.loads(fake_shop.seen[-1].content) == {"update_time_ge": 1790812800}
    query = fake_shop.seen[-1].url.params
    assert (query["sort_field"], query["sort_order"], query["page_size"]) == ("update_time", "ASC", "50")


def test_an_empty_answer_has_no_list_and_is_an_empty_one(client, fake_shop, answer):
    fake_shop.routes[SEARCH.format("202602")] = lambda request: answer({"total_count": 0})
    assert [page.rows for page in client.returns("S1", updated_from=None)] == [[]]


def test_a_return_that_goes_missing_between_pages_is_noticed(client, fake_shop, answer):
    fake_shop.routes[SEARCH.format("202602")] = lambda request: answer(
        {"return_orders": [{"return_id": "1"}, {"return_id": "1"}], "total_count": 2}
    )
    with pytest.raises(MalformedReplyError, match="1 rows came of 2"):
        list(client.returns("S1", updated_from=None))


def test_a_market_without_the_newest_search_is_asked_in_the_older_one(client, fake_shop, answer):
    fake_shop.routes[SEARCH.format("202602")] = lambda request: answer(code=36009014, message="retired", status=400)
    fake_shop.routes[SEARCH.format("202309")] = lambda request: answer({"return_orders": [{"return_id": "1"}]})
    (page,) = client.returns("S1", updated_from=None)
    assert (page.rows, page.api_version) == ([{"return_id": "1"}], "202309")


def test_returns_are_asked_for_by_id_fifty_a_call(client, fake_shop, answer):
    fake_shop.routes[SEARCH.format("202602")] = lambda request: answer(
        {"return_orders": [{"return_id": each} for each in json.loads(request.content)["return_ids"]]}
    )
    ids = [str(number) for number in range(60)]
    assert [row["return_id"] for page in client.returns_by_id("S1", ids) for row in page.rows] == ids
    assert list(client.returns_by_id("S1", [])) == []
    assert fake_shop.paths()[SEARCH.format("202602")] == 2


def test_records_come_as_they_are(client, fake_shop, answer):
    events = [{"event": "ORDER_RETURN", "role": "BUYER"}]
    fake_shop.routes[CASE.format("202309") + "/records"] = lambda request: answer({"records": events})
    detail = client.return_records("S1", "r1")
    assert (detail.data, detail.api_version) == ({"records": events}, "202309")
    fake_shop.routes[CASE.format("202309") + "/records"] = lambda request: answer({})
    assert client.return_records("S1", "r1").data == {}


def test_decisions_carry_the_idempotency_key_and_what_belongs_to_them(client, fake_shop, answer):
    fake_shop.routes[CASE.format("202309") + "/approve"] = lambda request: answer({})
    fake_shop.routes[CASE.format("202606") + "/reject"] = lambda request: answer({})
    client.approve_return("S1", "r1", "APPROVE_RETURN", idempotency_key="k", buyer_keep_item=True)
    assert fake_shop.seen[-1].url.params["idempotency_key"] == "k"
    assert json.loads(fake_shop.seen[-1].content) == {"decision": "APPROVE_RETURN", "buyer_keep_item": True}
    offer = {"currency": "GBP", "amount": "3.00"}
    client.approve_return("S1", "r1", "OFFER_PARTIAL_REFUND", idempotency_key="k", partial_refund=offer)
    assert json.loads(fake_shop.seen[-1].content) == {"decision": "OFFER_PARTIAL_REFUND", "partial_refund": offer}
    client.reject_return("S1", "r1", "REJECT_RETURN", idempotency_key="l", reject_reason="worn", comment="Worn.")
    assert fake_shop.seen[-1].url.params["idempotency_key"] == "l"
    assert json.loads(fake_shop.seen[-1].content) == {
        "decision": "REJECT_RETURN", "reject_reason": "worn", "comment": "Worn."
    }  # fmt: skip


def test_a_market_without_the_newest_refusal_is_sent_the_older_one_with_the_same_key(client, fake_shop, answer):
    fake_shop.routes[CASE.format("202606") + "/reject"] = lambda request: answer(code=36009014, status=400)
    fake_shop.routes[CASE.format("202309") + "/reject"] = lambda request: answer({})
    client.reject_return("S1", "r1", "REJECT_REFUND", idempotency_key="k", reject_reason="worn")
    sent = [request for request in fake_shop.seen if request.url.path.endswith("/reject")]
    assert [request.url.params["idempotency_key"] for request in sent] == ["k", "k"]


def test_a_decision_that_is_refused_says_the_platforms_code(client, fake_shop, answer):
    fake_shop.routes[CASE.format("202606") + "/reject"] = lambda request: answer(code=25011025, message="quick refund")
    with pytest.raises(RejectedError) as refused:
        client.reject_return("S1", "r1", "REJECT_REFUND", idempotency_key="k", reject_reason="worn")
    assert refused.value.code == "25011025"


def test_a_decision_or_a_start_without_an_answer_is_sent_once(client, fake_shop, answer):
    writes = {
        CASE.format("202309") + "/approve": lambda: client.approve_return(
            "S1", "r1", "APPROVE_REFUND", idempotency_key="k"
        ),
        RETURNS.format("202602"): lambda: client.create_return("S1", "o1", {}, idempotency_key="k"),
    }
    fake_shop.routes |= {path: lambda request: answer(status=500) for path in writes}
    for path, write in writes.items():
        with pytest.raises(OutcomeUnknownError):
            write()
        assert fake_shop.paths()[path] == 1


def test_a_return_that_the_seller_starts_is_returned_with_its_status(client, fake_shop, answer):
    made = {"return_id": "r2", "return_status": "RETURN_OR_REFUND_REQUEST_SUCCESS"}
    fake_shop.routes[RETURNS.format("202602")] = lambda request: answer(made)
    wanted = {"return_type": "REFUND", "return_reason": "lost", "order_line_item_ids": ["7"], "refund_total": "4.00"}
    assert client.create_return("S1", "o1", wanted, idempotency_key="k") == made
    assert json.loads(fake_shop.seen[-1].content) == {"order_id": "o1", **wanted}
    assert fake_shop.seen[-1].url.params["idempotency_key"] == "k"


def review(*lines):
    return {"line_items": [{"return_line_item_id": "l", "decisions": [line]} for line in lines], "errors": []}


def test_what_may_be_offered_for_a_parcel_is_the_sum_of_its_lines(client, fake_shop, answer):
    offer = {"decision": "OFFER_PARTIAL_REFUND_AFTER_RECEIVING_PKG", "eligible": True}
    lines = [{**offer, "partial_refund_amount_range": {"min_amount": "0.50", "max_amount": most}} for most in "23"]
    path = "/return_refund/202606/review_decision"
    fake_shop.routes[path] = lambda request: answer(review(*lines))
    assert client.partial_refund_range("S1", "r1") == (Decimal("1.00"), Decimal("5"))
    assert fake_shop.seen[-1].url.params["return_or_cancel_id"] == "r1"
    no = {**offer, "eligible": False, "ineligible_code": 25005021, "ineligible_reason": "only support single sku"}
    fake_shop.routes[path] = lambda request: answer(review(no))
    with pytest.raises(RejectedError, match="single sku") as caught:
        client.partial_refund_range("S1", "r1")
    assert caught.value.code == "25005021"
    fake_shop.routes[path] = lambda request: answer(
        review({**offer, "partial_refund_amount_range": {"min_amount": "x"}})
    )
    with pytest.raises(MalformedReplyError, match="partial_refund_amount_range"):
        client.partial_refund_range("S1", "r1")


def eligibility(*rows):
    return {"sku_eligibility": [{"sku_id": "K1", "line_item_eligibility": list(rows)}]}


def row_of(lines, *, kind="REFUND", names=("a", "b"), **more):
    named = {"order_line_items_ids": list(lines), "available_reason_names": list(names)}
    return {"request_type": kind, "eligible": True, **named, **more}


def test_returns_of_an_order_are_asked_for_by_its_id(client, fake_shop, answer):
    fake_shop.routes[SEARCH.format("202602")] = lambda request: answer({"return_orders": [{"return_id": "1"}]})
    assert [row for page in client.returns_of_order("S1", "571") for row in page.rows] == [{"return_id": "1"}]
    assert json.loads(fake_shop.seen[-1].content) == {"order_ids": ["571"]}


def test_reasons_for_a_refund_are_those_that_fit_all_of_its_lines(client, fake_shop, answer):
    offered = eligibility(row_of(["L1"]), row_of(["L2"], names=["b", "c"]), row_of(["L1"], kind="RETURN_AND_REFUND"))
    path = "/return_refund/202602/orders/571/aftersale_eligibility"
    fake_shop.routes[path] = lambda request: answer(offered)
    assert client.refund_reasons("S1", "571", ["L1", "L2"]) == ["b"]
    assert fake_shop.seen[-1].url.params["initiate_aftersale_user"] == "SELLER"


@pytest.mark.parametrize(
    ("offered", "said"),
    [
        (eligibility(row_of(["L1"])), "lines L2 cannot be refunded: no reason is given"),
        (eligibility(row_of(["L1", "L2"], eligible=False, ineligible_reason="too late")), "lines L1, L2 .*: too late"),
        ({}, "lines L1, L2 cannot be refunded"),
    ],
)
def test_a_line_that_cannot_be_refunded_is_named_with_the_reason(client, fake_shop, answer, offered, said):
    path = "/return_refund/202602/orders/571/aftersale_eligibility"
    fake_shop.routes[path] = lambda request: answer(offered)
    with pytest.raises(RejectedError, match=said) as caught:
        client.refund_reasons("S1", "571", ["L1", "L2"])
    assert caught.value.code == "NOT_ELIGIBLE"
