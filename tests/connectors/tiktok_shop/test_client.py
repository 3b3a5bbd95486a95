import json
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from connectors.tiktok_shop.client import AuthorizedShop, open_tiktok_shop
from connectors.transport.errors import (
    CredentialError,
    EndpointRestingError,
    MalformedReplyError,
    TransientError,
    UnknownVersionError,
)

START = datetime(2026, 10, 1, tzinfo=UTC)
ORDERS = "/order/202309/orders/search"
STATEMENTS = "/finance/202309/statements"
PAYMENTS = "/finance/{}/payments"
TRANSACTIONS = "/finance/{}/statements/st-1/statement_transactions"


def rows(count, **more):
    return [{"id": str(number), **more} for number in range(count)]


def ids_of(pages):
    return [row["id"] for page in pages for row in page.rows]


def refuse_version(answer):
    return lambda request: answer(code=36009004, message="Invalid API version", status=400)


def test_shops_come_with_region_and_cipher(client):
    assert client.shops()[0] == AuthorizedShop("S1", "One", "GB", "GCP_one")


def test_each_shop_is_addressed_by_its_cipher_which_is_looked_up_once(client, fake_shop, paged):
    fake_shop.routes[STATEMENTS] = paged([], "statements", total=False)
    for shop_id in ("S1", "S2", "S1"):
        list(client.statements(shop_id, statement_from=START))
    sent = [r.url.params["shop_cipher"] for r in fake_shop.seen if r.url.path == STATEMENTS]
    assert sent == ["GCP_one"] * 2 + ["GCP_two"] * 2 + ["GCP_one"] * 2
    assert fake_shop.paths()["/authorization/202309/shops"] == 1


def test_a_shop_that_has_not_authorized_the_app_is_named(client):
    with pytest.raises(CredentialError, match="shop S9 has not authorized this app; authorized: S1, S2"):
        client.price_detail("S9", "1")


def test_orders_are_searched_by_update_time_ascending_through_every_page(client, fake_shop, paged):
    fake_shop.routes[ORDERS] = paged(rows(230, update_time=1), "orders")
    pages = list(client.search_orders("S1", updated_from=START, updated_to=START + timedelta(days=1)))
    assert ids_of(pages) == [str(number) for number in range(230)]
    first = fake_shop.seen[-3]
    assert {name: first.url.params[name] for name in ("page_size", "sort_field", "sort_order")} == {
        "page_size": "100",
        "sort_field": "update_time",
        "sort_order": "ASC",
    }
    assert json.loads(first.content) == {"update_time_ge": 1790812800, "update_time_lt": 1790899200}
    assert {request.content for request in fake_shop.seen[-3:]} == {first.content}


def test_pages_carry_the_vendors_clock_and_the_version(client, fake_shop, paged):
    fake_shop.routes[ORDERS] = paged(rows(1), "orders")
    [page] = client.search_orders("S1", updated_from=None)
    assert (page.as_of, page.api_version, page.total_count) == (
        datetime(2026, 11, 2, 11, 0, 5, tzinfo=UTC),
        "202309",
        1,
    )
    assert fake_shop.seen[-1].content == b"{}"


@pytest.mark.parametrize(("micro", "lower", "upper"), [(0, 1790812800, 1790812800), (5, 1790812800, 1790812801)])
def test_windows_reach_outwards_to_whole_seconds(client, fake_shop, paged, micro, lower, upper):
    fake_shop.routes[STATEMENTS] = paged([], "statements", total=False)
    edge = START + timedelta(microseconds=micro)
    list(client.statements("S1", statement_from=edge, statement_to=edge))
    params = fake_shop.seen[-1].url.params
    assert (int(params["statement_time_ge"]), int(params["statement_time_lt"])) == (lower, upper)


@pytest.mark.parametrize("count", [99, 100, 101, 200])
def test_rows_of_one_second_at_a_page_edge_are_all_read(client, fake_shop, paged, count):
    fake_shop.routes[STATEMENTS] = paged(rows(count, statement_time=1790812800), "statements", total=False)
    found = ids_of(client.statements("S1", statement_from=START))
    assert found == [str(number) for number in range(count)]


def test_windows_that_meet_miss_no_row_of_the_second_between_them(client, fake_shop, answer):
    stamped = [{"id": str(number), "statement_time": 1790812800 + number // 3} for number in range(12)]

    def route(request):
        low, high = (int(request.url.params.get(f"statement_time_{end}", 10**12)) for end in ("ge", "lt"))
        return answer({"statements": [row for row in stamped if low <= row["statement_time"] < high]})

    fake_shop.routes[STATEMENTS] = route
    middle = START + timedelta(seconds=2, microseconds=500)
    early = ids_of(client.statements("S1", statement_from=START, statement_to=middle))
    late = ids_of(client.statements("S1", statement_from=middle))
    assert sorted(set(early + late), key=int) == [str(number) for number in range(12)]


def test_statements_and_payments_ask_for_their_mandatory_order(client, fake_shop, paged):
    fake_shop.routes[STATEMENTS] = paged(rows(1), "statements", total=False)
    fake_shop.routes[PAYMENTS.format("202605")] = paged(rows(1), "payments", total=False)
    list(client.statements("S1", statement_from=START))
    assert fake_shop.seen[-1].url.params["sort_field"] == "statement_time"
    list(client.payments("S1", created_from=START))
    assert fake_shop.seen[-1].url.params["sort_field"] == "create_time"
    assert fake_shop.seen[-1].url.params["create_time_ge"] == "1790812800"


def test_a_statement_is_read_whole_or_not_at_all(client, fake_shop, paged, answer):
    header = {"id": "st-1", "payable_amount": "12.30", "total_settlement_breakdown": {"total_revenue_amount": "9"}}
    whole = paged(rows(150), "transactions", extra=header)
    fake_shop.routes[TRANSACTIONS.format("202501")] = whole
    found = client.statement_transactions("S1", "st-1")
    assert (len(found.rows), found.header, found.api_version) == (150, {**header, "total_count": 150}, "202501")
    fake_shop.routes[TRANSACTIONS.format("202501")] = lambda request: answer(
        {"transactions": rows(2), "total_count": 3}
    )
    with pytest.raises(MalformedReplyError, match="statement_transactions of shop S1"):
        client.statement_transactions("S1", "st-1")


@pytest.mark.parametrize("code", [36009004, 36009014])
def test_a_version_not_offered_to_a_shop_falls_back_and_is_remembered(client, fake_shop, paged, answer, code):
    fake_shop.routes[TRANSACTIONS.format("202501")] = lambda request: answer(
        code=code, message="Invalid API version", status=400
    )
    fake_shop.routes[TRANSACTIONS.format("202309")] = paged(rows(1), "statement_transactions")
    for _ in range(2):
        found = client.statement_transactions("S1", "st-1")
        assert (found.api_version, len(found.rows)) == ("202309", 1)
    assert fake_shop.paths()[TRANSACTIONS.format("202501")] == 1
    client.statement_transactions("S2", "st-1")
    assert fake_shop.paths()[TRANSACTIONS.format("202501")] == 2


def test_payments_fall_back_too_and_the_last_version_refused_is_an_error(client, fake_shop, paged, answer):
    fake_shop.routes[PAYMENTS.format("202605")] = refuse_version(answer)
    fake_shop.routes[PAYMENTS.format("202309")] = paged(rows(3), "payments", total=False)
    assert {page.api_version for page in client.payments("S1", created_from=START)} == {"202309"}
    fake_shop.routes[PAYMENTS.format("202309")] = refuse_version(answer)
    with pytest.raises(UnknownVersionError):
        list(client.payments("S1", created_from=START))


def test_orders_by_id_are_asked_fifty_at_a_time_comma_joined(client, fake_shop, answer):
    asked = []

    def route(request):
        ids = request.url.params.get_list("ids")
        assert len(ids) == 1
        asked.append(ids[0].split(","))
        return answer({"orders": [{"id": each} for each in asked[-1]]})

    fake_shop.routes["/order/202507/orders"] = route
    page = client.orders("S1", [str(number) for number in range(120)])
    assert [len(each) for each in asked] == [50, 50, 20]
    assert len(page.rows) == 120


def test_no_ids_are_no_question(client):
    with pytest.raises(ValueError, match="at least one id"):
        client.orders("S1", [])


def test_objects_come_as_received(client, fake_shop, answer):
    fake_shop.routes["/order/202407/orders/77/price_detail"] = lambda request: answer({"payment": {"total": "9.90"}})
    fake_shop.routes["/finance/202501/orders/77/statement_transactions"] = lambda request: answer(
        {"order_id": "77", "total_count": 0}
    )
    assert client.price_detail("S1", "77").data == {"payment": {"total": "9.90"}}
    assert client.order_transactions("S1", "77").data == {"order_id": "77", "total_count": 0}


def test_unsettled_rows_come_through_every_page(client, fake_shop, paged):
    fake_shop.routes["/finance/202507/orders/unsettled"] = paged(rows(101), "transactions")
    assert len(ids_of(client.unsettled("S1"))) == 101


def test_an_endpoint_in_a_storm_of_internal_errors_leaves_the_others_working(client, fake_shop, paged, answer):
    fake_shop.routes[STATEMENTS] = lambda request: answer(code=36009003, message="Internal error")
    fake_shop.routes[PAYMENTS.format("202605")] = paged(rows(1), "payments", total=False)
    with pytest.raises(TransientError, match="36009003"):
        list(client.statements("S1", statement_from=START))
    for _ in range(3):
        with pytest.raises(TransientError, match="36009003"):
            list(client.statements("S1", statement_from=START))
    with pytest.raises(EndpointRestingError, match="left alone until"):
        list(client.statements("S1", statement_from=START))
    assert fake_shop.paths()[STATEMENTS] == 8 + 3
    assert ids_of(client.payments("S1", created_from=START)) == ["0"]


def test_edge_html_rate_limits_and_expiry_in_the_middle_of_a_list_lose_no_row(client, fake_shop, paged, answer):
    whole, faults = paged(rows(250), "orders"), []

    def route(request):
        if len(faults) < 3:
            faults.append(request)
            return [
                httpx.Response(503, html="<html>"),
                answer(code=36009002, message="too many", status=429, headers={"Retry-After": "2"}),
                answer(code=105002, message="expired"),
            ][len(faults) - 1]
        return whole(request)

    fake_shop.routes[ORDERS] = route
    assert len(ids_of(client.search_orders("S1", updated_from=START))) == 250


def test_requests_of_one_endpoint_and_shop_keep_under_the_configured_rate(
    fake_shop, make_settings, make_wire, state, paged, steady_time, monkeypatch
):
    monkeypatch.setenv("TIEOUT_TIKTOK_SHOP__REQUESTS_PER_SECOND", "10")
    fake_shop.routes[ORDERS] = paged(rows(2000), "orders")
    begun = steady_time.now()
    with open_tiktok_shop(make_settings(), state, wire=make_wire(fake_shop)) as client:
        list(client.search_orders("S1", updated_from=START))
    assert steady_time.now() - begun >= timedelta(seconds=1.9)
