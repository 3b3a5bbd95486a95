"""Lists and pages of orders, items and stock."""

from __future__ import annotations

from sandbox_tests.linnworks.conftest import DAY, DEFAULT, MONDAY, channel_order

# The names of AnyConfig and StockItemFull in the vendor's OpenAPI files (LinnSystems/PublicApiSpecs, 1.0).
CHANNEL_FIELDS = """
SourceVersion Enabled ChannelTag ChannelLocationBinding IsMultiLocation AutoPopulatedLocations
CanModifyLocationsOnChannel BopisSupported ProcessPosOrders DeductPosOrdersStock DespatchNotes CancellationNotes
AutoRespondCancellationRequests CancellationResponseType RefundNotes DownloadRefunds ReturnNotes DownloadReturns
OrderSaveLocation IsOrdersSiteSpecific OrderSyncDate OrderCancellationCheckDate ConfigDiscount OrderDownloadErrorCount
OrderDownloadGlobalErrorCount OrderDespatchErrorCount OrderDespatchGlobalErrorCount OrderCancellationCheckErrorCount
OrderCancellationCheckGlobalErrorCount RmaDownloadErrorCount RmaDownloadGlobalErrorCount HidesHeaderAttributes
InventorySync StockLocationBinding MaxListed StockPercentage EndWhen InvSyncErrorCount AddInOrderBookStock
ExtractInventory ExtractInventoryVariationMappingPropertyName PriceChange PriceChangeErrorCount
IsInventorySyncTriggerEnabled AutoLinkBySku IsListingScanRunning ListingScanStartUpdateDate LastListingUpdateDate
EstimatedInventoryScanComplete IsHeaderOnly IsHidden DisplayName DynamicProperties ConfigDiscountTyped
PostalServiceMapping PaymentMethodMapping PkChannelId Source SourceType FulfillmentServiceEnabled FulfillmentLocation
ConcurrencyKey Rules Buttons SubSource HeaderAuditValues
"""
FULL_ITEM_FIELDS = """
Suppliers StockLevels ItemChannelDescriptions ItemExtendedProperties ItemChannelTitles ItemChannelPrices Images
ItemNumber ItemTitle BarcodeNumber MetaData IsVariationParent isBatchedStockType PurchasePrice RetailPrice TaxRate
PostalServiceId PostalServiceName CategoryId CategoryName PackageGroupId PackageGroupName Height Width Depth Weight
CreationDate InventoryTrackingType BatchNumberScanRequired SerialNumberScanRequired StockItemId StockItemIntId
"""


def test_the_open_book_is_read_in_five_ways(live):
    first, second = live.create(channel_order("577001"), channel_order("577002", ("GROC-2", 1), ("GROC-4", 1)))
    page = live.call("Orders/GetOpenOrders", {"entriesPerPage": 1, "pageNumber": 2, "fulfilmentCenter": DEFAULT})
    assert (page["TotalEntries"], page["TotalPages"], page["PageNumber"]) == (2, 2, 2)
    assert [order["OrderId"] for order in page["Data"]] == [second] and page["Data"][0]["TotalItemsSum"] == 2
    assert live.call("Orders/GetAllOpenOrders", {}) == [first, second]
    book = live.call("OpenOrders/GetOrdersLowFidelity", {"request": {"LocationId": DEFAULT}})["Orders"]
    assert [(row["OrderId"], row["pkOrderID"], row["ReferenceNum"]) for row in book] == [
        (100001, first, "577001"),
        (100002, second, "577002"),
    ]
    detail = {"OrderIds": [first], "DetailLevel": ["NOTES"]}
    assert live.call("OpenOrders/GetOpenOrdersDetails", detail)["Orders"][0]["OrderId"] == first
    views = live.call("OpenOrders/SearchOrders", {"SearchTerm": "577002", "LocationId": DEFAULT})["OpenOrders"]
    assert len(views) == 2 and {id for view in views for id in view["OrderIds"]} == {second}


def test_open_orders_are_filtered_and_unknown_filters_refused(live):
    first, second = live.create(channel_order("577001"), channel_order("577002", PaymentStatus="Unpaid"))

    def filtered(**filters):
        return live.call("Orders/GetAllOpenOrders", {"filters": filters})

    text = {"FieldCode": "GENERAL_INFO_REFERENCE_NUMBER", "Type": "Equal", "Text": "577002"}
    assert filtered(TextFields=[text]) == [second]
    assert filtered(BooleanFields=[{"FieldCode": "GENERAL_INFO_PARKED", "Value": False}]) == [first]
    day = {"FieldCode": "GENERAL_INFO_DATE", "Type": "Range", "DateFrom": "2026-01-06", "DateTo": "2026-01-07"}
    assert filtered(DateFields=[day]) == []
    unknown = {"filters": {"TextFields": [{"FieldCode": "CUSTOMER_EMAIL", "Type": "Equal", "Text": "a"}]}}
    assert "not supported" in live.refused("Orders/GetAllOpenOrders", unknown)


def test_an_order_is_found_by_number_and_reference(live):
    (id,) = live.create(channel_order("577001", SecondaryReferenceNumber="S-9"))
    assert live.read("Orders/GetOrderDetailsByNumOrderId", OrderId=100001)["OrderId"] == id
    assert live.read("Orders/GetOrderById", pkOrderId=id)["NumOrderId"] == 100001
    assert live.read("Orders/GetOrderDetailsByReferenceId", ReferenceId="S-9")[0]["OrderId"] == id
    for wanted in ("577001", "100001", "S-9"):
        assert live.call("Orders/GetOpenOrderIdByOrderOrReferenceId", {"orderOrReferenceId": wanted}) == id
    assert live.call("Orders/GetOpenOrderIdByOrderOrReferenceId", {"orderOrReferenceId": "x"}) == DEFAULT
    assert live.call("Orders/GetOrdersById", {"pkOrderIds": ["1" * 32]}) == []


def test_processed_orders_are_searched_by_what_happened_to_them(live):
    shipped, cancelled = live.create(channel_order("577001"), channel_order("577002", ("GROC-2", 1)))
    live.store.set_now(MONDAY + DAY)
    live.call("Orders/ProcessOrder", {"orderId": shipped})
    live.call("Orders/CancelOrder", {"orderId": cancelled})

    def found(field, begin="2026-01-06", end="2026-01-07", **more):
        request = {"DateField": field, "FromDate": begin, "ToDate": end, "PageNumber": 1, **more}
        page = live.call("ProcessedOrders/SearchProcessedOrders", {"request": request})["ProcessedOrders"]
        assert page["EntriesPerPage"] == 20
        return [row["pkOrderID"] for row in page["Data"]]

    assert found("processed") == [shipped] and found("cancelled") == [cancelled] and found("received") == []
    assert found("received", begin="2026-01-05") == found("payment", begin="2026-01-05") == [shipped, cancelled]
    by_sku = [{"SearchField": "ItemIdentifier", "SearchTerm": "GROC-2"}]
    assert found("received", begin="2026-01-05", SearchFilters=by_sku) == [cancelled]
    sorting = {"SortField": "nOrderId", "SortDirection": "DESC"}
    assert found("received", begin="2026-01-05", SearchSorting=sorting) == [cancelled, shipped]
    row = live.read("ProcessedOrders/GetOrderInfo", pkOrderId=cancelled)
    assert row["dCancelledOn"] == "2026-01-06T00:00:00Z" and row["HoldOrCancel"] and row["fTotalCharge"] == 15.97
    paged = {"from": "2026-01-06", "to": "2026-01-07", "dateType": "PROCESSED", "numEntriesPerPage": 200, "pageNum": 1}
    assert live.call("ProcessedOrders/SearchProcessedOrdersPaged", paged)["Data"][0]["pkOrderID"] == shipped
    wide = {"DateField": "processed", "FromDate": "2025-01-01", "ToDate": "2026-01-07"}
    assert "3 months" in live.refused("ProcessedOrders/SearchProcessedOrders", {"request": wide})
    by_any_date = {"from": "2025-01-01", "to": "2026-01-07", "dateType": "ALLDATES"}
    assert "3 months" in live.refused("ProcessedOrders/SearchProcessedOrdersPaged", by_any_date)
    live.switch(longest_search_days=0)
    assert live.call("ProcessedOrders/SearchProcessedOrders", {"request": wide})["ProcessedOrders"]["TotalEntries"] == 1


def test_items_come_in_pages_that_end_with_a_400(live):
    page = live.read("Stock/GetStockItems", keyWord="", locationId=DEFAULT, entriesPerPage=2, pageNumber=1)
    assert [row["ItemNumber"] for row in page["Data"]] == ["BNDL-1", "GROC-1"] and page["TotalEntries"] == 5
    assert [row["IsCompositeParent"] for row in page["Data"]] == [True, False] and page["Data"][1]["Available"] == 50
    full = {"entriesPerPage": 3, "loadCompositeParents": True, "dataRequirements": ["StockLevels"]}
    skus = [
        row["ItemNumber"]
        for number in (1, 2)
        for row in live.call("Stock/GetStockItemsFull", {**full, "pageNumber": number})
    ]
    assert skus == ["BNDL-1", "GROC-1", "GROC-2", "GROC-3", "GROC-4"]
    ended = live.refused("Stock/GetStockItemsFull", {**full, "pageNumber": 3})
    assert ended == "No items found with given filter"
    assert "between 1 and 200" in live.refused("Stock/GetStockItemsFull", {"entriesPerPage": 201})
    found = live.call("Stock/GetStockItemsFull", {"entriesPerPage": 200})
    assert len(found) == 4 and {name for row in found for name in row} == set(FULL_ITEM_FIELDS.split())
    ids = [live.item("GROC-1"), live.item("BNDL-1"), DEFAULT]
    reported = live.call("Stock/GetStockItemsFullByIds", {"request": {"StockItemIds": ids, "DataRequirements": [0]}})
    assert [row["IsCompositeParent"] for row in reported["StockItemsFullExtended"]] == [False, True]
    extended = {*FULL_ITEM_FIELDS.split(), "IsCompositeParent"} - {"IsVariationParent"}
    assert set(reported["StockItemsFullExtended"][0]) == extended


def test_bundles_and_mappings_are_reported(live):
    bundle, single = live.item("BNDL-1"), live.item("GROC-1")
    parts = live.read("Inventory/GetInventoryItemCompositions", inventoryItemId=bundle, getFullDetail=True)
    assert {part["SKU"]: part["Quantity"] for part in parts} == {"GROC-1": 2, "GROC-2": 1}
    assert live.read("Inventory/GetInventoryItemCompositions", inventoryItemId=single) == []
    many = live.call("Inventory/GetInventoryItemsCompositionByIds", {"request": {"InventoryItemIds": [bundle, single]}})
    assert list(many["InventoryItemsCompositionByIds"]) == [bundle]
    over = {"request": {"InventoryItemIds": [f"{number:032d}" for number in range(101)]}}
    assert "100" in live.refused("Inventory/GetInventoryItemsCompositionByIds", over)
    (row,) = live.read("Inventory/GetInventoryItemChannelSKUs", inventoryItemId=single)
    assert (row["SKU"], row["Source"], row["SubSource"]) == ("GROC-1", "TIKTOK", "Northgate US")
    batch = live.call("Inventory/BatchGetInventoryItemChannelSKUs", {"inventoryItemIds": [single]})
    assert batch == [{"StockItemId": single, "ChannelSkus": [row]}]
    (channel,) = live.read("Inventory/GetChannels")
    assert channel["Source"] == "TIKTOK" and set(CHANNEL_FIELDS.split()) == set(channel)
    assert channel["StockLocationBinding"] == channel["ChannelLocationBinding"] == {"Locations": []}
    assert live.read("Inventory/GetInventoryItem", sKU="GROC-4")["Available"] == 7
    assert live.read("Inventory/GetInventoryItemById", id=single)["ItemNumber"] == "GROC-1"
    assert "SKU" in live.refused("Inventory/GetInventoryItem", verb="GET", params={"sKU": "GONE"})


def test_a_damaged_or_doubled_record_shows_on_the_wire(live):
    (id,) = live.create(channel_order("577001"))
    live.control("PATCH", f"/linnworks/orders/{id}", {"ShippingInfo": {"TrackingNumber": "T1"}})
    twin = live.control("POST", f"/linnworks/orders/{id}/duplicate")["OrderId"]
    assert [o["OrderId"] for o in live.read("Orders/GetOrderDetailsByReferenceId", ReferenceId="577001")] == [id, twin]
    assert live.order(twin)["ShippingInfo"]["TrackingNumber"] == "T1"
    live.control("DELETE", f"/linnworks/orders/{id}")
    assert live.call("Orders/GetAllOpenOrders", {}) == [twin]
    item = live.item("GROC-1")
    live.control("PATCH", f"/linnworks/stock_levels/{item}.{DEFAULT}", {"StockLevel": 3})
    assert live.level("GROC-1") == (3, 2, 1)
    live.control("PATCH", f"/linnworks/stock_items/{item}", {"_archived": True})
    assert live.read("Stock/SKUExists", SKU="GROC-1") is False
