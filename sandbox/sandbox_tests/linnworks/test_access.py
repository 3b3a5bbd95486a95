"""Signing in, encodings, quotas, errors, faults: what surrounds every method."""

from __future__ import annotations

import json
import time

import httpx
import pytest

from sandbox.linnworks.methods import METHODS
from sandbox_tests.linnworks.conftest import DEFAULT, channel_order

AUTH = "/api/Auth/AuthorizeByApplication"


def test_a_session_is_opened_by_json_or_form_with_keys_in_any_case(live):
    given = live.credentials()
    form = {name[0].lower() + name[1:]: value for name, value in given.items()}
    for sent in ({"json": given}, {"data": form}, {"json": {k.upper(): v.upper() for k, v in given.items()}}):
        session = live.http.post(live.base + AUTH, **sent).json()
        assert session["Server"] == live.base and session["TTL"] == 1200 and session["Locality"] == "US"
        assert session["Status"]["State"] == "AVAILABLE"
        live.token = session["Token"]
        assert live.read("Inventory/GetStockLocations")[0]["StockLocationId"] == DEFAULT


def test_wrong_credentials_and_dead_sessions_are_401(live):
    wrong = live.http.post(live.base + AUTH, json={**live.credentials(), "Token": DEFAULT})
    assert wrong.status_code == 401 and wrong.json()["Message"]
    live.sign_in()
    good = live.token
    for token in ("", f"Bearer {good}", DEFAULT):
        live.token = token or "none"
        live.refused("Inventory/GetStockLocations", status=401)
    live.token = good
    live.switch(session_ttl=0.2)
    time.sleep(0.3)
    live.refused("Inventory/GetStockLocations", status=401)
    assert live.sign_in()["TTL"] == 0


def test_parameters_come_as_query_form_or_json_with_loose_names(live):
    (id,) = live.create(channel_order("577001"))
    as_form = {"data": {"pkOrderIds": json.dumps([id])}}
    as_query = {"params": {"PKORDERIDS ": json.dumps([id])}}
    for sent in (as_form, as_query, {"json": {"PkOrderIds": [id.upper()]}}):
        assert [order["OrderId"] for order in live.call("orders/getordersbyid", **sent)] == [id]
    search = {"DateField": "received", "FromDate": "2026-01-01T00:00:00+00:00", "ToDate": "2026-02-01"}
    assert live.call("ProcessedOrders/SearchProcessedOrders", data={"request": json.dumps(search)})
    numbers = {"searchTypes": "[0,1,2]", "dataRequirements": "[0,1]", "entriesPerPage": 2, "pageNumber": 1}
    (first, _) = live.call("Stock/GetStockItemsFull", params=numbers)
    assert first["StockLevels"][0]["Location"]["LocationName"] == "Default"
    assert live.call("Locations/GetLocation", data={"pkStockLocationId ": DEFAULT})["LocationName"] == "Default"
    note = {"orderId": id, "note": '"quoted"', "fulfilmentCenter": DEFAULT}
    assert live.call("Orders/CancelOrder", data=note) == id
    assert live.order(id)["Notes"][0]["Note"] == "quoted"


def test_request_may_be_wrapped_or_not_until_the_account_is_strict(live):
    book = {"LocationId": DEFAULT}
    term = {"LocationId": DEFAULT, "SearchTerm": "577001"}
    for body in (book, {"request": book}):
        assert live.call("OpenOrders/GetOrdersLowFidelity", body) == {"Orders": []}
    assert live.call("OpenOrders/SearchOrders", {"request": term}) == live.call("OpenOrders/SearchOrders", term)
    live.switch(strict_request=True)
    assert "request is empty" in live.refused("OpenOrders/GetOrdersLowFidelity", book)
    assert live.refused("OpenOrders/SearchOrders", {"request": term}) == "Must provide a search term."
    live.call("OpenOrders/GetOrdersLowFidelity", {"request": book})
    live.call("OpenOrders/SearchOrders", term)


def test_bad_calls_are_400_and_unknown_methods_404(live):
    live.refused("Orders/NoSuchMethod", {}, status=404)
    live.refused("Orders", {}, status=404)
    assert "not a GUID" in live.refused("Orders/GetOrderById", {"pkOrderId": "17"})
    assert "pkOrderIds" in live.refused("Orders/GetOrdersById", {})
    assert "not valid JSON" in live.refused("Orders/GetOrdersById", content=b"{")
    order = channel_order("577001")
    order["OrderItems"][0]["PricePerUnit"] = "a lot"
    assert "format" in live.refused("Orders/CreateOrders", {"orders": [order]})
    assert "was not found" in live.refused("Orders/CreateOrders", {"orders": [channel_order("1", PaymentStatus="?")]})


def test_other_verbs_and_media_types_are_refused_in_json(live):
    assert "method 'PUT'" in live.refused("Stock/SKUExists", status=405, verb="PUT", params={"SKU": "GROC-1"})
    live.refused("Stock/SKUExists", status=405, verb="OPTIONS")
    xml = {"content": b"<SKU>GROC-1</SKU>", "headers": {"Authorization": live.token, "Content-Type": "text/xml"}}
    reply = live.http.post(f"{live.base}/api/Stock/SKUExists", **xml)
    assert reply.status_code == 415 and "text/xml" in reply.json()["Message"]
    read = live.send("Stock/SKUExists", verb="GET", params={"SKU": "GROC-1"})
    assert read.headers["content-type"] == "application/json; charset=utf-8"


def test_each_method_has_its_own_quota_a_minute(live):
    assert METHODS["Orders/CreateOrders"].per_minute == 150 and METHODS["Orders/GetOrdersById"].per_minute == 250
    live.switch(per_minute={"Stock/SKUExists": 3})
    for _ in range(3):
        assert live.read("Stock/SKUExists", SKU="GROC-1") is True
    reply = live.send("Stock/SKUExists", verb="GET", params={"SKU": "GROC-1"})
    assert reply.status_code == 429 and "retry-after" not in reply.headers
    assert reply.json() == {"Message": "API calls quota exceeded! Maximum admitted 3 per Minute."}
    assert live.read("Inventory/GetStockLocations")
    live.switch(retry_after=True)
    again = live.send("Stock/SKUExists", verb="GET", params={"SKU": "GROC-1"})
    assert 1 <= int(again.headers["retry-after"]) <= 61


@pytest.mark.parametrize(("kind", "status"), [("429", 429), ("500", 500), ("html_503", 503), ("expired_token", 401)])
def test_faults_speak_the_accounts_own_words(live, kind, status):
    live.sign_in()
    live.fault(kind, "/api/Stock/SKUExists")
    reply = live.send("Stock/SKUExists", verb="GET", params={"SKU": "GROC-1"})
    assert reply.status_code == status
    assert "html" in reply.text if kind == "html_503" else reply.json()["Message"]
    assert live.read("Stock/SKUExists", SKU="GROC-1") is True


def test_a_lost_reply_leaves_the_order_behind_and_the_retry_says_so_with_an_empty_list(live):
    live.sign_in()
    live.fault("lost_reply", "CreateOrders")
    with pytest.raises(httpx.TransportError):
        live.create(channel_order("577001"))
    assert live.create(channel_order("577001")) == []
    assert len(live.read("Orders/GetOrderDetailsByReferenceId", ReferenceId="577001")) == 1


def test_a_truncated_page_keeps_its_totals(live):
    live.create(*(channel_order(f"57700{number}") for number in range(4)))
    live.fault("truncated_page", "GetOpenOrders")
    page = live.call("Orders/GetOpenOrders", {"entriesPerPage": 10, "pageNumber": 1})
    assert (page["TotalEntries"], len(page["Data"])) == (4, 2)


def test_calls_are_logged_without_secrets(live):
    live.http.post(live.base + AUTH, params=live.credentials())
    live.sign_in()
    calls = live.control("GET", "/linnworks/calls?path=Authorize")
    assert [call["status"] for call in calls] == [200, 200]
    assert not any(value in json.dumps(calls) for value in live.credentials().values())
