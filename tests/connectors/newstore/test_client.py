"""Tokens are renewed, lists are whole or an error, and what a write did is known or said to be unknown."""

import base64
import io
import json
import zipfile
from datetime import UTC, datetime
from decimal import Decimal

import httpx
import pytest

from connectors.newstore.errors import ALREADY_CANCELLED, CHANGED_ORDER, NOT_FOUND
from connectors.transport.errors import (
    CredentialError,
    MalformedReplyError,
    OutcomeUnknownError,
    RateLimitedError,
    RejectedError,
    TransientError,
)
from tests.connectors.newstore.conftest import DATE, SECRET

INJECT, ORDER_ID = "POST /v0/d/fulfill_order", "0b1f5c1e-6c0e-4b6e-9a55-1f1f4a2f9a11"
BULK = "/v0/d/availabilities/bulk"
AT = datetime(2026, 11, 2, 11, 0, 5, tzinfo=UTC)


def problem(status, code, **more):
    body = {"title": "Bad Request", "status": status, "error_code": code, "request_id": "req-1", **more}
    return httpx.Response(status, json=body, headers={"Content-Type": "application/problem+json"})


def test_a_clients_id_and_secret_buy_a_token_that_every_call_carries_with_the_tenants_name(
    open_client, fake, steady_time
):
    fake.answers["GET /v0/locations"] = httpx.Response(200, json={"locations": []}, headers=DATE)
    for seconds, sign_ins in ((0, 1), (170, 1), (15, 2)):
        steady_time.sleep(seconds)
        with open_client() as client:
            assert client.locations().as_of == AT
        assert len(fake.sign_ins) == sign_ins
    asked = fake.sign_ins[0]
    proof = base64.b64decode(asked.headers["authorization"].removeprefix("Basic ")).decode()
    assert (proof, asked.content) == (f"northgate-app:{SECRET}", b"grant_type=client_credentials")
    assert fake.seen[0].headers["authorization"] == "Bearer token-1"
    assert fake.seen[0].headers["tenant"] == "northgate"


def test_a_401_buys_one_new_token_and_sends_again_also_a_write_since_it_was_not_done(client, fake):
    def answer(request):
        ran_out = request.headers["authorization"] == "Bearer token-1"
        return problem(401, "unauthorized") if ran_out else httpx.Response(200)

    fake.answers[f"POST /v0/orders/{ORDER_ID}/cancel"] = answer
    client.cancel_order(ORDER_ID, reason="CUSTOMER_REQUEST", note="")
    assert (len(fake.seen), len(fake.sign_ins)) == (2, 2)


@pytest.mark.parametrize("status", [400, 401])
def test_credentials_that_are_refused_are_a_matter_for_a_person_and_are_never_quoted(client, fake, status):
    body = {"error": "invalid_client", "error_description": f"no client with {SECRET}"}
    fake.issue = lambda _request: httpx.Response(status, json=body)
    with pytest.raises(CredentialError, match="invalid_client") as caught:
        client.locations()
    assert SECRET not in str(caught.value)
    assert len(fake.sign_ins) == 1


@pytest.mark.parametrize("body", [{}, [], {"access_token": "t"}, {"access_token": "", "expires_in": 9}])
def test_an_answer_without_a_token_is_none(client, fake, body):
    fake.issue = lambda _request: httpx.Response(200, json=body)
    with pytest.raises(MalformedReplyError, match="expected access_token"):
        client.locations()


def test_the_block_of_our_address_is_no_bad_credential_and_is_waited_out(client, fake):
    fake.answers["GET /v0/locations"] = httpx.Response(403, text="<html>Request blocked.</html>")
    with pytest.raises(RateLimitedError, match="too many requests") as caught:
        client.locations()
    assert caught.value.retry_after == 300
    assert len(fake.seen) == 1


def test_a_403_that_is_json_is_a_missing_scope(client, fake):
    fake.answers["GET /v0/locations"] = problem(403, "forbidden", detail="the scope is missing")
    with pytest.raises(CredentialError, match="lacks a scope"):
        client.locations()


def test_a_pause_that_newstore_asks_for_is_kept_by_every_call(client, fake, steady_time):
    answers = iter([httpx.Response(429, headers={"Retry-After": "7"}), httpx.Response(200, json={"locations": []})])
    fake.answers["GET /v0/locations"] = lambda _request: next(answers)
    before = steady_time.instant
    assert client.locations().rows == []
    assert (steady_time.instant - before).total_seconds() >= 7


def test_all_calls_together_stay_below_five_thousand_in_five_minutes(client, fake, steady_time):
    fake.answers["GET /v0/locations"] = httpx.Response(200, json={"locations": []})
    fake.answers[f"GET /v0/d/orders/{ORDER_ID}/refunds"] = httpx.Response(200, json={"refunds": []})
    before = steady_time.instant
    for _ in range(50):
        client.locations()
        client.refunds_of_order(ORDER_ID)
    seconds = (steady_time.instant - before).total_seconds()
    assert 99 / seconds <= 5000 / 300


def test_an_injected_order_is_sent_exactly_and_its_ids_come_back(client, fake):
    items = [{"id": "i-1", "external_item_id": "577-1", "product_id": "MUG"}]
    fake.answers[INJECT] = httpx.Response(200, json={"id": ORDER_ID, "external_id": "577", "items": items})
    found = client.inject_order({"external_id": "577", "payments": [{"amount": Decimal("10.10")}]})
    assert (found["id"], found["items"]) == (ORDER_ID, items)
    assert fake.seen[0].content == b'{"external_id":"577","payments":[{"amount":10.10}]}'


def test_the_same_external_id_with_another_body_is_refused_by_its_code(client, fake):
    fake.answers[INJECT] = problem(400, CHANGED_ORDER, messages=["The order exists and differs.", "Another."])
    with pytest.raises(RejectedError, match=r"differs\.; Another\.") as caught:
        client.inject_order({})
    assert (caught.value.code, caught.value.request_id) == (CHANGED_ORDER, "req-1")


@pytest.mark.parametrize(
    "answer",
    [
        problem(500, "rpc_timeout"),
        problem(504, "gateway_timeout"),
        httpx.Response(503, text="<html>"),
        httpx.Response(408),
        httpx.Response(200),
        httpx.Response(200, content=b"{"),
        httpx.Response(200, json=[]),
        httpx.Response(200, json={"id": ""}),
    ],
)
def test_an_order_that_may_have_been_created_is_of_unknown_outcome_and_sent_once(client, fake, answer):
    fake.answers[INJECT] = answer
    with pytest.raises(OutcomeUnknownError, match="newstore inject order"):
        client.inject_order({})
    assert len(fake.seen) == 1


def test_an_order_is_read_in_either_form_and_none_where_there_is_none(client, fake):
    fake.answers = {
        f"GET /v0/orders/{ORDER_ID}": httpx.Response(200, json={"id": ORDER_ID}),
        "GET /v0/d/external_orders/577": httpx.Response(200, json={"order_uuid": ORDER_ID}),
        "GET /v0/d/external_orders/578": httpx.Response(404),
    }
    assert client.order(ORDER_ID) == {"id": ORDER_ID}
    assert client.order_by_external_id("577") == {"order_uuid": ORDER_ID}
    assert client.order_by_external_id("578") is None
    assert fake.seen[0].headers["accept"] == "application/x.newstore.orders+json;version=2"
    assert dict(fake.seen[0].url.params) == {"id_type": "internal"}


@pytest.mark.parametrize("count", [0, 49, 50, 51, 120])
def test_orders_of_a_customer_are_read_to_the_last_one(client, fake, count):
    rows = [{"id": str(number)} for number in range(count)]

    def answer(request):
        first, size = (int(request.url.params[name]) for name in ("offset", "count"))
        return httpx.Response(200, json={"orders": rows[first : first + size]})

    fake.answers["GET /v0/orders"] = answer
    assert list(client.orders_of_customer("c-1")) == rows


def test_orders_by_external_id_are_asked_for_fifty_at_a_time_each_once(client, fake):
    def answer(request):
        ids = json.loads(request.content)["variables"]["ids"]
        nodes = [{"id": f"o-{each}", "externalId": each} for each in ids]
        return httpx.Response(200, json={"data": {"orders": {"nodes": nodes}}}, headers=DATE)

    fake.answers["POST /api/v1/org/data/query"] = answer
    found = client.orders_by_external_ids([str(number) for number in range(120)] * 2)
    assert [row["externalId"] for row in found.rows] == [str(number) for number in range(120)]
    assert [json.loads(request.content)["variables"]["first"] for request in fake.seen] == [50, 50, 20]


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ({"data": None, "errors": [{"message": "no field trackingCode"}]}, RejectedError),
        ({"data": None, "errors": ["?"]}, RejectedError),
        ({"data": None}, MalformedReplyError),
        ({"data": {"orders": {"nodes": None}}}, MalformedReplyError),
        ({"data": {"orders": {"nodes": [{"externalId": "1"}, {"externalId": "1"}]}}}, MalformedReplyError),
    ],
)
def test_a_query_that_failed_is_an_error_although_its_status_is_good(client, fake, body, error):
    fake.answers["POST /api/v1/org/data/query"] = httpx.Response(200, json=body)
    with pytest.raises(error, match="newstore orders by external id"):
        client.orders_by_external_ids(["1"])


def test_whether_an_order_can_be_cancelled_is_asked_and_a_refusal_keeps_its_code(client, fake):
    path = f"/v0/orders/{ORDER_ID}/cancel"
    fake.answers[f"GET {path}"] = httpx.Response(200, json={"cancelable": True, "canceled": False, "is_safe": True})
    fake.answers[f"POST {path}"] = problem(400, ALREADY_CANCELLED)
    assert client.cancellation(ORDER_ID) == {"cancelable": True, "canceled": False, "is_safe": True}
    with pytest.raises(RejectedError) as caught:
        client.cancel_order(ORDER_ID, reason="CUSTOMER_REQUEST", note="asked for on TikTok Shop")
    assert caught.value.code == ALREADY_CANCELLED
    assert json.loads(fake.seen[-1].content) == {"reason": "CUSTOMER_REQUEST", "note": "asked for on TikTok Shop"}


def test_a_cancellation_of_no_order_is_refused(client, fake):
    fake.answers[f"POST /v0/orders/{ORDER_ID}/cancel"] = httpx.Response(404)
    with pytest.raises(RejectedError) as caught:
        client.cancel_order(ORDER_ID, reason="CUSTOMER_REQUEST", note="")
    assert caught.value.code == NOT_FOUND


@pytest.mark.parametrize("wrap", [lambda rows: rows, lambda rows: {"fulfillment_requests": rows}])
def test_fulfilment_requests_and_their_shipments_are_read(client, fake, wrap):
    fake.answers = {
        f"GET /v0/fulfillment_requests/{ORDER_ID}": httpx.Response(
            200, json=wrap([{"fulfillment_request_id": "f-1"}]), headers=DATE
        ),
        "GET /v0/d/fulfillment_requests/f-1/shipment": httpx.Response(
            200, json={"successful_shipments": [{"tracking_code": "T"}], "failed_shipments": []}
        ),
        "GET /v0/d/fulfillment_requests/f-2/shipment": httpx.Response(404, json={"error_code": "not_found"}),
    }
    assert client.fulfilment_requests(ORDER_ID).rows == [{"fulfillment_request_id": "f-1"}]
    assert client.shipments("f-1").rows == [{"tracking_code": "T"}]
    assert client.shipments("f-2") is None


def zipped(*texts):
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w") as archive:
        for number, text in enumerate(texts):
            archive.writestr(f"{number}.json", text)
    return kept.getvalue()


def export(fake, content, *, link="https://files.newstore.example/a/b.zip?sign=x", watermark=77, polls=2):
    states = iter(["processing"] * polls + ["finished"])
    fake.answers |= {
        f"POST {BULK}": httpx.Response(202, json={"availability_export_id": "e-1"}, headers=DATE),
        f"GET {BULK}/e-1": lambda _request: httpx.Response(
            200, json={"state": next(states), "link": link, "last_updated_at": watermark}
        ),
        "GET /a/b.zip": lambda request: httpx.Response(200, content=content),
    }


def stock_row(atp, node="LDN01"):
    return {"product_id": "MUG", "fulfillment_node_id": node, "atp": atp}


@pytest.mark.parametrize("wrap", [lambda rows: rows, lambda rows: {"items": rows}])
@pytest.mark.parametrize("pack", [zipped, str.encode])
def test_an_export_is_waited_for_fetched_without_credentials_and_rows_that_come_twice_count_once(
    client, fake, wrap, pack
):
    export(fake, pack(json.dumps(wrap([stock_row(3), stock_row(3), stock_row(5, "MAN01")]))))
    found = client.availabilities()
    assert (found.rows, found.watermark, found.as_of) == ([stock_row(3), stock_row(5, "MAN01")], 77, AT)
    assert found.is_whole
    assert "authorization" not in fake.seen[-1].headers
    assert dict(fake.seen[-1].url.params) == {"sign": "x"}
    assert json.loads(fake.seen[0].content) == {}


def test_an_export_since_a_watermark_in_which_nothing_changed_keeps_the_watermark(client, fake):
    export(fake, b"", link=None, watermark=0)
    found = client.availabilities(since=70)
    assert (found.rows, found.watermark, found.is_whole) == ([], 70, False)
    assert json.loads(fake.seen[0].content) == {"last_updated_at": 70}


@pytest.mark.parametrize(
    "content",
    [b"", b"<html>", b"7", zipped(), zipped("[]", "[]"), zipped("{"), zipped("[]")[:-30], b"PK\x03\x04"],
    ids=["empty", "html", "number", "no file", "two files", "broken", "cut off", "header alone"],
)
def test_a_file_that_is_not_one_json_is_an_error(client, fake, content):
    export(fake, content)
    with pytest.raises(MalformedReplyError, match="newstore export file"):
        client.availabilities()


@pytest.mark.parametrize(
    "link", ["", "file:///etc/passwd", "http://elsewhere.example/a", "https://u:p@files.example/a", "https://[", None]
)
def test_a_link_that_is_no_address_to_follow_is_not_followed(client, fake, link):
    export(fake, b"[]", link=link)
    with pytest.raises(MalformedReplyError, match="the link is no"):
        client.availabilities()


def test_an_export_that_is_never_done_ends(client, fake, steady_time):
    export(fake, b"[]", polls=10_000)
    with pytest.raises(TransientError, match="not done within 300 s"):
        client.availabilities()


@pytest.mark.parametrize("answer", [{"state": "failed"}, {"state": "finished"}, {"state": "finished", "link": "x"}])
def test_an_export_without_an_outcome_is_an_error(client, fake, answer):
    export(fake, b"[]")
    fake.answers[f"GET {BULK}/e-1"] = httpx.Response(200, json=answer)
    with pytest.raises(MalformedReplyError, match="newstore export"):
        client.availabilities()


def test_stock_of_products_is_read_to_the_last_page_and_in_parts(client, fake):
    def answer(request):
        asked = json.loads(request.content)
        number = asked["page_number"]
        rows = [stock_row(number, node=f"{asked['products'][0]}-{number}")]
        return httpx.Response(200, json={"has_more": number < 3, "items": rows}, headers=DATE)

    fake.answers["POST /v0/stock/products/availability"] = answer
    found = client.stock_of([f"SKU-{number}" for number in range(501)])
    assert [row["atp"] for row in found.rows] == [1, 2, 3, 1, 2, 3]
    assert found.as_of == AT


def test_a_list_of_stock_that_does_not_end_is_an_error(client, fake):
    fake.answers["POST /v0/stock/products/availability"] = httpx.Response(200, json={"has_more": True, "items": []})
    with pytest.raises(MalformedReplyError, match="announces more"):
        client.stock_of(["MUG"])


def test_what_came_back_of_an_order_is_read(client, fake):
    path = f"/v0/d/orders/{ORDER_ID}"
    fake.answers = {
        f"GET {path}/returns": httpx.Response(200, json=[{"return_id": "r-1"}], headers=DATE),
        f"GET {path}/returns/r-1": httpx.Response(200, json={"return_id": "r-1"}),
        f"GET {path}/returns/r-2": httpx.Response(404),
        f"GET {path}/refunds": httpx.Response(200, json={"refunds": [{"amount": 1.5}]}),
        "GET /v0/d/orders/none/returns": httpx.Response(404),
        "GET /api/v1/org/config/reason_code_types/returns/reason_codes": httpx.Response(200, json={"reason_codes": []}),
    }
    assert client.returns_of_order(ORDER_ID).rows == [{"return_id": "r-1"}]
    assert client.return_of_order(ORDER_ID, "r-1") == {"return_id": "r-1"}
    assert client.return_of_order(ORDER_ID, "r-2") is None
    assert client.refunds_of_order(ORDER_ID).rows == [{"amount": Decimal("1.5")}]
    assert client.returns_of_order("none").rows == []
    assert client.reason_codes("returns").rows == []


def test_a_file_is_announced_started_and_followed(client, fake):
    fake.answers = {
        "POST /v0/d/import": httpx.Response(200, json={"id": "j-1", "state": "received"}),
        "POST /v0/d/import/j-1/start": httpx.Response(204),
        "GET /v0/d/import/j-1": httpx.Response(200, json={"state": "finished"}),
        "GET /v0/d/import/j-1/errors": httpx.Response(200, json={"errors": []}),
        "GET /v0/d/import": httpx.Response(200, json={"items": [{"import_id": "j-1"}]}),
    }
    uri = "https://files.example/stock.zip"
    assert client.create_import("tieout", source_uri=uri, revision=7, entities=["availabilities"]) == "j-1"
    client.start_import("j-1", transformed_uri=uri)
    assert client.import_job("j-1") == {"state": "finished"}
    assert client.import_errors("j-1").rows == []
    assert client.imports(state="received").rows == [{"import_id": "j-1"}]
    assert dict(fake.seen[-1].url.params) == {"filter[state]": "received"}


def test_too_many_open_jobs_are_a_limit_and_nothing_was_done(client, fake):
    refused = httpx.Response(429, json={"error_code": "too_many"}, headers={"Retry-After": "300"})
    fake.answers["POST /v0/d/import"] = refused
    with pytest.raises(RateLimitedError) as caught:
        client.create_import("tieout", source_uri="https://x.example", revision=7, entities=["products"])
    assert (caught.value.retry_after, len(fake.seen)) == (300, 1)


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (httpx.Response(200, content=b"<html>"), MalformedReplyError),
        (httpx.Response(200, json={}), MalformedReplyError),
        (httpx.Response(412, json=[]), RejectedError),
        (httpx.Response(400, json={"error_code": "x", "message": "no"}), RejectedError),
        (httpx.Response(503), TransientError),
        (httpx.Response(302), RejectedError),
    ],
)
def test_what_is_not_the_whole_list_is_an_error_that_names_the_system(client, fake, answer, error):
    fake.answers["GET /v0/d/import/j-1/errors"] = answer
    with pytest.raises(error, match="newstore import errors"):
        client.import_errors("j-1")
