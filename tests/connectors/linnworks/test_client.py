from datetime import UTC, datetime, timedelta
from decimal import Decimal

import httpx
import pytest

from connectors.transport.errors import MalformedReplyError, OutcomeUnknownError, RateLimitedError, RejectedError

START = datetime(2026, 10, 1, tzinfo=UTC)
ITEM = {"StockItemId": "item-1", "ItemNumber": "GROC-1", "Quantity": 5, "Available": 3}


def ordered(ids):
    return [{"OrderId": each, "TotalsInfo": {"TotalCharge": 1.10}} for each in ids]


def test_items_of_a_location_are_read_page_by_page_until_all_that_were_announced_are_there(client, fake, paged, dated):
    rows = [{**ITEM, "StockItemId": f"item-{number}"} for number in range(1201)]
    fake.answers["Stock/GetStockItems"] = lambda request: httpx.Response(
        200, json=paged(rows, number=int(request.url.params["pageNumber"])), headers=dated
    )
    listing = client.stock_items("place-1")
    assert len(listing.rows) == 1201
    assert listing.as_of == datetime(2026, 11, 2, 11, 0, 5, tzinfo=UTC)
    assert [request.url.params["pageNumber"] for request in fake.seen] == ["1", "2", "3"]
    assert {request.url.params["locationId"] for request in fake.seen} == {"place-1"}
    assert {request.url.params["excludeComposites"] for request in fake.seen} == {"false"}


def test_a_list_of_which_rows_are_missing_is_read_again_and_believed_only_when_whole(client, fake, paged):
    short = [httpx.Response(200, json=paged([ITEM], total=2)), httpx.Response(200, json=paged([ITEM, ITEM], total=2))]
    whole = httpx.Response(200, json=paged([ITEM, {**ITEM, "StockItemId": "item-2"}]))
    answers = iter([*short, whole])
    fake.answers["Stock/GetStockItems"] = lambda _request: next(answers)
    assert len(client.stock_items("p").rows) == 2
    fake.answers["Stock/GetStockItems"] = httpx.Response(200, json=paged([ITEM], total=2))
    with pytest.raises(MalformedReplyError, match="1 rows came of 2"):
        client.stock_items("p")


@pytest.mark.parametrize("body", [[], {"Data": []}, {"Data": None, "TotalEntries": 0, "TotalPages": 0}])
def test_a_page_of_another_shape_is_no_page(client, fake, body):
    fake.answers["Stock/GetStockItems"] = httpx.Response(200, json=body)
    with pytest.raises(MalformedReplyError, match="expected Data"):
        client.stock_items("p")


def test_open_orders_are_asked_for_by_channel_and_lock_in_one_call(client, fake, body_of):
    fake.answers["Orders/GetAllOpenOrders"] = httpx.Response(200, json=["a", "b"])
    assert client.open_order_ids("place-1", source="TIKTOK", locked=True) == ["a", "b"]
    asked = body_of(fake.seen[0])
    assert asked["fulfilmentCenter"] == "place-1"
    assert asked["filters"]["TextFields"] == [{"FieldCode": "GENERAL_INFO_SOURCE", "Type": "Equal", "Text": "TIKTOK"}]
    assert asked["filters"]["BooleanFields"] == [{"FieldCode": "GENERAL_INFO_LOCKED", "Value": True}]


def test_orders_are_read_a_hundred_at_a_time_with_exact_amounts(client, fake, body_of):
    def answer(request):
        return httpx.Response(200, json=ordered(body_of(request)["pkOrderIds"]))

    fake.answers["Orders/GetOrdersById"] = answer
    rows = client.orders([str(number) for number in range(250)]).rows
    assert [len(body_of(request)["pkOrderIds"]) for request in fake.seen] == [100, 100, 50]
    assert len(rows) == 250
    assert rows[0]["TotalsInfo"]["TotalCharge"] == Decimal("1.1")


def test_an_order_that_an_answer_leaves_out_is_asked_for_again_before_it_counts_as_absent(client, fake, body_of):
    answers = iter([ordered(["a"]), ordered(["b"])])
    fake.answers["Orders/GetOrdersById"] = lambda _request: httpx.Response(200, json=next(answers))
    assert [row["OrderId"] for row in client.orders(["a", "b", "c"]).rows] == ["a", "b"]
    assert body_of(fake.seen[1])["pkOrderIds"] == ["b", "c"]


def test_processed_orders_are_searched_in_slices_and_each_is_reported_once(client, fake, body_of, paged):
    row = {"pkOrderID": "a", "PostalTrackingNumber": "94001"}
    fake.answers["ProcessedOrders/SearchProcessedOrders"] = httpx.Response(200, json={"ProcessedOrders": paged([row])})
    assert client.processed_orders("cancelled", START, START + timedelta(days=200), source="TIKTOK") == [row]
    asked = [body_of(request)["request"] for request in fake.seen]
    assert [(each["FromDate"], each["ToDate"]) for each in asked] == [
        ("2026-10-01T00:00:00Z", "2026-12-20T00:00:00Z"),
        ("2026-12-20T00:00:00Z", "2027-03-10T00:00:00Z"),
        ("2027-03-10T00:00:00Z", "2027-04-19T00:00:00Z"),
    ]
    assert {each["DateField"] for each in asked} == {"cancelled"}
    assert asked[0]["SearchFilters"] == [{"SearchField": "Source", "SearchTerm": "TIKTOK"}]


def test_components_of_bundles_come_by_bundle(client, fake, body_of):
    parts = [{"SKU": "GROC-1", "Quantity": 2}]
    answer = {"InventoryItemsCompositionByIds": {"b-1": parts}}
    fake.answers["Inventory/GetInventoryItemsCompositionByIds"] = httpx.Response(200, json=answer)
    assert client.compositions([f"b-{number}" for number in range(101)]) == {"b-1": parts}
    assert [len(body_of(request)["request"]["InventoryItemIds"]) for request in fake.seen] == [100, 1]


def test_saving_an_order_gives_its_id_or_nothing_when_it_was_there(client, fake, body_of):
    fake.answers["Orders/CreateOrders"] = httpx.Response(200, json=["a"])
    assert client.create_orders([{"PricePerUnit": Decimal("3.34")}], "Default") == ["a"]
    assert body_of(fake.seen[0]) == {"orders": [{"PricePerUnit": 3.34}], "location": "Default"}
    assert b'"PricePerUnit":3.34' in fake.seen[0].content
    fake.answers["Orders/CreateOrders"] = httpx.Response(200, json=[])
    assert client.create_orders([{}], "Default") == []


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (httpx.Response(200, json={"done": True}), OutcomeUnknownError),
        (httpx.Response(200, text="<html>"), OutcomeUnknownError),
        (httpx.Response(500, json={"Message": "An unexpected error occurred."}), OutcomeUnknownError),
        (httpx.Response(400, json={"Message": "Location Nowhere was not found."}), RejectedError),
        (httpx.Response(429, json={"Message": "API calls quota exceeded!"}), RateLimitedError),
    ],
)
def test_a_write_is_sent_once_whatever_it_is_answered(client, fake, answer, error):
    fake.answers["Orders/CreateOrders"] = answer
    with pytest.raises(error):
        client.create_orders([{}], "Default")
    assert len(fake.seen) == 1


def test_an_order_is_cancelled_without_refund(client, fake, body_of):
    fake.answers["Orders/CancelOrder"] = httpx.Response(200, json="a")
    client.cancel_order("a", "place-1", note="Cancelled on TikTok Shop")
    expected = {"orderId": "a", "fulfilmentCenter": "place-1", "refund": 0, "note": "Cancelled on TikTok Shop"}
    assert body_of(fake.seen[0]) == expected


def test_a_tracking_number_leaves_the_rest_of_the_shipping_block_as_it_was_read(client, fake, body_of):
    fake.answers["Orders/SetOrderShippingInfo"] = httpx.Response(200, json={"ShippingInfo": {}})
    shipping = {"PostalServiceId": "s-1", "PostageCost": Decimal("1.10"), "TrackingNumber": "", "Vendor": "USPS"}
    client.set_tracking_number({"OrderId": "a", "ShippingInfo": shipping}, "94001")
    info = {"PostalServiceId": "s-1", "PostageCost": 1.1, "TrackingNumber": "94001"}
    assert body_of(fake.seen[0]) == {"orderId": "a", "info": info}


def test_a_return_is_booked_under_its_reference_and_actioned_by_its_number(client, fake, body_of):
    answer = {"RMAHeaderId": 12, "Items": [], "Errors": [], "Info": []}
    fake.answers["ReturnsRefunds/CreateRMABooking"] = httpx.Response(200, json=answer)
    fake.answers["ReturnsRefunds/ActionRMABooking"] = httpx.Response(
        200, json={**answer, "SuccessfullyActioned": True, "Errors": ["the channel knows nothing of it"]}
    )
    assert client.book_return("a", [{"ReturnQuantity": 2}], reference="4035") == "12"
    client.action_return("a", "12")
    booked, actioned = (body_of(request)["request"] for request in fake.seen)
    assert (booked["OrderId"], booked["Reference"], booked["ReturnItems"]) == ("a", "4035", [{"ReturnQuantity": 2}])
    assert actioned == {"RMAHeaderId": 12, "OrderId": "a"}


@pytest.mark.parametrize(
    ("answer", "error", "text"),
    [
        (httpx.Response(200, json={"RMAHeaderId": 0, "Errors": ["one", "two"]}), RejectedError, "one; two"),
        (httpx.Response(200, json={"RMAHeaderId": None, "Errors": []}), OutcomeUnknownError, "RMAHeaderId or Errors"),
        (httpx.Response(200, json=[]), OutcomeUnknownError, "RMAHeaderId or Errors"),
        (httpx.Response(500, json={"Message": "An unexpected error occurred."}), OutcomeUnknownError, "HTTP 500"),
        (httpx.Response(400, json={"Message": "request is empty"}), RejectedError, "request is empty"),
    ],
)
def test_a_return_is_booked_by_one_call_whatever_it_is_answered(client, fake, answer, error, text):
    fake.answers["ReturnsRefunds/CreateRMABooking"] = answer
    with pytest.raises(error, match=text):
        client.book_return("a", [], reference="4035")
    assert len(fake.seen) == 1


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        ({"SuccessfullyActioned": False, "Errors": ["Return 12 is already actioned."]}, RejectedError),
        ({"SuccessfullyActioned": False, "Errors": []}, OutcomeUnknownError),
        (None, OutcomeUnknownError),
    ],
)
def test_a_return_is_actioned_by_one_call_whatever_it_is_answered(client, fake, answer, error):
    fake.answers["ReturnsRefunds/ActionRMABooking"] = httpx.Response(200, json=answer)
    with pytest.raises(error):
        client.action_return("a", "12")
    assert len(fake.seen) == 1


def test_returns_of_an_order_are_a_list_or_no_answer(client, fake, body_of):
    fake.answers["ReturnsRefunds/GetRMAHeadersByOrderId"] = httpx.Response(200, json={"RMAHeaders": [{"a": 1}]})
    assert client.returns_of_order("a") == [{"a": 1}]
    assert body_of(fake.seen[0]) == {"request": {"OrderId": "a"}}
    fake.answers["ReturnsRefunds/GetRMAHeadersByOrderId"] = httpx.Response(200, json={"RMAHeaders": None})
    with pytest.raises(MalformedReplyError, match="RMAHeaders"):
        client.returns_of_order("a")


def test_each_method_keeps_within_its_own_quota_a_minute(client, fake, steady_time):
    fake.answers["Orders/GetOrderDetailsByReferenceId"] = httpx.Response(200, json=[])
    fake.answers["Orders/CreateOrders"] = httpx.Response(200, json=["a"])
    began = steady_time.now()
    for _ in range(251):
        client.orders_by_reference("576")
    assert 60 <= (steady_time.now() - began).total_seconds() < 66
    client.create_orders([{}], "Default")
    began = steady_time.now()
    for _ in range(150):
        client.create_orders([{}], "Default")
    assert 60 <= (steady_time.now() - began).total_seconds() < 66


def test_a_refusal_for_the_quota_waits_and_reads_on(client, fake, steady_time):
    answers = iter(
        [httpx.Response(400, json={"Message": "API calls quota exceeded! Maximum admitted 250 per Minute."})]
    )
    done = httpx.Response(200, json=[])
    fake.answers["Orders/GetOrderDetailsByReferenceId"] = lambda _request: next(answers, done)
    began = steady_time.now()
    assert client.orders_by_reference("576") == []
    assert (steady_time.now() - began).total_seconds() >= 60
