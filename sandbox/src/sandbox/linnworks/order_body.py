"""A channel's order in the blocks the account keeps: lines, sums, addresses, shipping (fact sheet linnworks 5, 6).

Belongs here: field names, defaults and rounding. Does not: whether the order is saved, parked or reserves stock.
Sums are exact until each line is rounded to cents. Without UseChannelTax the account's own rate counts: the item's,
else the country's, which is 0 here.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from sandbox.linnworks import items, orders
from sandbox.linnworks.parameters import Parameters
from sandbox.linnworks.profile import EMPTY, exact, guid, iso, money, total
from sandbox.store import Store

Body = dict[str, Any]
MANDATORY = ("Source", "SubSource", "ReferenceNumber", "ReceivedDate", "DispatchBy")
LINE_MANDATORY = ("ChannelSKU", "ItemNumber", "ItemTitle", "Qty", "PricePerUnit")

_ADDRESS = (
    "EmailAddress", "Address1", "Address2", "Address3", "Town", "Region", "PostCode", "Country", "FullName", "Company",
    "PhoneNumber",
)  # fmt: skip
_CENT = Decimal("0.01")


def order_body(store: Store, order: Parameters, *, id: str, number: int, location: str) -> Body:
    """Return an open order as OrderDetails, with the private keys the account needs; unparked and on no hold."""
    received = order.instant("ReceivedDate") or store.now
    paid = order.instant("PaidOn") or received
    lines = [_line(store, order, line, n, id) for n, line in enumerate(order.objects("OrderItems"), 1)]
    given = order.objects("ExtendedProperties") if order.get("ExtendedProperties") else []
    return {
        "OrderId": id, "NumOrderId": number, "Processed": False, "ProcessedDateTime": None,
        "FulfilmentLocationId": location, "GeneralInfo": _general(order, location, received, len(lines)),
        "ShippingInfo": _shipping(order), "CustomerInfo": _customer(order), "TotalsInfo": _totals(order, lines),
        "ExtendedProperties": [
            orders.property_row(id, n, name=each.text("Name"), value=each.text("Value"), kind=each.text("Type"))
            for n, each in enumerate(given, 1)
        ],
        "FolderName": [], "Items": lines, "Notes": [], "PaidDateTime": iso(paid),
        "TaxId": order.text("BuyerTaxNumber"), "_state": orders.OPEN, "_locked": False, "_received_at": received,
        "_saved_at": store.now, "_closed_at": 0, "_held": [], "_trail": [],
    }  # fmt: skip


def _general(order: Parameters, location: str, received: int, lines: int) -> Body:
    due = order.instant("DispatchBy") or received
    window = [order.instant(name) for name in ("DeliveryStartDate", "DeliveryEndDate")]
    planned = {"From": iso(window[0]), "To": iso(window[1])} if window[0] and window[1] else None
    tags = order.get("OrderIdentifierTags")
    return {
        "Status": orders.PAID, "LabelPrinted": False, "LabelError": "", "InvoicePrinted": False,
        "InvoicePrintError": "", "PickListPrinted": False, "PickListPrintError": "", "IsRuleRun": True, "Notes": 0,
        "PartShipped": False, "Marker": 0, "IsParked": False,
        "Identifiers": [
            {"IdentifierId": n, "IsCustom": True, "ImageId": EMPTY, "ImageUrl": "", "Tag": str(tag), "Name": str(tag)}
            for n, tag in enumerate(tags if isinstance(tags, list) else [], 1)
        ],
        "ReferenceNum": order.text("ReferenceNumber"), "SecondaryReference": order.text("SecondaryReferenceNumber"),
        "ExternalReferenceNum": order.text("ExternalReference"), "ReceivedDate": iso(received),
        "Source": order.text("Source"), "SubSource": order.text("SubSource"), "SiteCode": order.text("Site"),
        "HoldOrCancel": False, "DespatchByDate": iso(due), "ScheduledDelivery": planned,
        "HasScheduledDelivery": planned is not None, "Location": location, "NumItems": lines, "PickwaveIds": [],
        "PIIRedactionDays": order.whole("PIIRedactionDays"), "StockAllocationType": "NotAllocated",
    }  # fmt: skip


def _line(store: Store, order: Parameters, line: Parameters, number: int, id: str) -> Body:
    channel = (order.text("MappingSource") or order.text("Source"), order.text("SubSource"))
    sku, quantity = line.text("ChannelSKU"), line.whole("Qty")
    by_name = order.flag("AutomaticallyLinkBySKU")
    item = None if line.flag("IsService") else items.linked(store, sku, channel, by_name=by_name)
    title = line.text("ItemTitle")
    parts = items.components(store, item["StockItemId"]) if item else []
    row = {
        **_line_names(item, sku, title=title),
        "ItemNumber": line.text("ItemNumber"), "ItemSource": order.text("Source"), "Quantity": quantity,
        **_line_sums(order, line, item, quantity), "IsService": line.flag("IsService"), "SalesTax": 0.0,
        "PartShipped": False, "PartShippedQty": 0, "RowId": guid("line", id, number), "OrderId": id,
        "AdditionalInfo": _options(line, id, number), "AddedDate": iso(store.now),
    }  # fmt: skip
    row["CompositeSubItems"] = [_part(store, row, part, quantity) for part in parts]
    return row


def _line_names(item: Body | None, sku: str, *, title: str) -> Body:
    known = item or {}
    return {
        "ItemId": known.get("StockItemId", EMPTY), "StockItemId": known.get("StockItemId", EMPTY),
        "StockItemIntId": known.get("StockItemIntId", 0), "SKU": known.get("ItemNumber", ""),
        "Title": known.get("ItemTitle", title), "ItemName": known.get("ItemTitle", title), "ChannelSKU": sku,
        "ChannelTitle": title, "CategoryName": known.get("CategoryName", "Default"), "CompositeAvailablity": 0,
        "StockLevelsSpecified": item is not None, "OnOrder": 0, "OnPurchaseOrder": None, "InOrderBook": 0, "Level": 0,
        "MinimumLevel": 0, "AvailableStock": 0, "BarcodeNumber": known.get("BarcodeNumber", ""), "Market": 0,
        "Weight": known.get("Weight", 0.0), "HasImage": False, "ImageId": EMPTY, "StockLevelIndicator": 0,
        "BatchNumberScanRequired": False, "SerialNumberScanRequired": False, "BinRack": "", "BinRacks": [],
        "InventoryTrackingType": 0, "isBatchedStockItem": False, "IsWarehouseManaged": False,
        "IsUnlinked": item is None, "Boxes": [],
    }  # fmt: skip


def _line_sums(order: Parameters, line: Parameters, item: Body | None, quantity: int) -> Body:
    price, percent = exact(line.text("PricePerUnit")), exact(line.text("LineDiscount"))
    full = price * quantity
    paid = (full * (100 - percent) / 100).quantize(_CENT)
    inclusive = line.flag("TaxCostInclusive")
    own = order.flag("UseChannelTax") or line.flag("UseChannelTax")
    rate = exact(line.text("TaxRate")) if own else max(exact((item or {}).get("TaxRate", 0)), Decimal(0))
    taxes = [exact(each.text("TaxValue")) for each in line.objects("Taxes")] if own and line.get("Taxes") else None
    share = rate / (100 + rate) if inclusive else rate / 100
    tax = total(taxes) if taxes is not None else (paid * share).quantize(_CENT)
    net = paid - tax if inclusive else paid
    return {
        "PricePerUnit": float(price), "UnitCost": 0.0, "DespatchStockUnitCost": 0.0, "Discount": float(percent),
        "DiscountValue": money(full - paid), "Tax": money(tax), "TaxRate": float(rate), "Cost": money(net),
        "CostIncTax": money(net + tax), "TaxCostInclusive": inclusive,
        "ShippingCost": money(exact(line.text("PostalServiceCost"))),
    }  # fmt: skip


def _part(store: Store, row: Body, part: Body, quantity: int) -> Body:
    item = items.by_id(store, part["LinkedStockItemId"])
    money_fields = ("PricePerUnit", "Tax", "Cost", "CostIncTax", "DiscountValue", "ShippingCost", "Discount")
    child = {**row, **_line_names(item, "", title=part["ItemTitle"]), **dict.fromkeys(money_fields, 0.0)}
    id = guid("part", row["RowId"], part["LinkedStockItemId"])
    return {**child, "Quantity": part["Quantity"] * quantity, "RowId": id, "AdditionalInfo": []}


def _options(line: Parameters, id: str, number: int) -> list[Body]:
    given = line.objects("Options") if line.get("Options") else []
    return [
        {"pkOptionId": guid("option", id, number, n), "Property": each.text("Name"), "Value": each.text("Value")}
        for n, each in enumerate(given, 1)
    ]


def _totals(order: Parameters, lines: list[Body]) -> Body:
    net = total(exact(line["Cost"]) for line in lines)
    tax = total(exact(line["Tax"]) for line in lines)
    postage, rate = exact(order.text("PostalServiceCost")), exact(order.text("PostalServiceTaxRate"))
    postage_net = (postage * 100 / (100 + rate)).quantize(_CENT)
    discount = exact(order.text("Discount"))
    return {
        "Subtotal": money(net), "PostageCost": money(postage), "PostageCostExTax": money(postage_net),
        "Tax": money(tax + postage - postage_net), "TotalCharge": money(net + tax + postage - discount),
        "PaymentMethod": order.text("PaymentMethodName") or "Default", "PaymentMethodId": EMPTY,
        "ProfitMargin": 0.0, "TotalDiscount": money(discount), "Currency": order.text("Currency") or "UNK",
        "CountryTaxRate": 0.0, "ConversionRate": float(exact(order.text("ConversionRate") or 1)),
    }  # fmt: skip


def _shipping(order: Parameters) -> Body:
    postage = exact(order.text("PostalServiceCost"))
    return {
        "Vendor": "", "PostalServiceId": EMPTY, "PostalServiceName": order.text("PostalServiceName") or "Default",
        "TotalWeight": 0.0, "ItemWeight": 0.0, "PackageCategoryId": EMPTY, "PackageCategory": "Default",
        "PackageTypeId": EMPTY, "PackageType": "Default", "PostageCost": money(postage),
        "PostageCostExTax": money(postage), "TrackingNumber": "", "ManualAdjust": False,
    }  # fmt: skip


def _customer(order: Parameters) -> Body:
    delivery, billing = order.child("DeliveryAddress"), order.child("BillingAddress")
    return {
        "ChannelBuyerName": order.text("ChannelBuyerName"),
        "Address": _address(delivery),
        "BillingAddress": _address(billing if billing.values else delivery),
    }


def _address(given: Parameters) -> Body:
    shown = {name: given.text(name) for name in _ADDRESS}
    country = shown["Country"] or given.text("MatchCountryName") or given.text("MatchCountryCode")
    return {**shown, "Country": country, "Continent": "", "CountryId": EMPTY}
