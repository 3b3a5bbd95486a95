"""The processed orders: searched by date, shown flat (fact sheet linnworks 6).

Belongs here: ProcessedOrders/... Does not: the full order, which Orders/GetOrdersById gives.
A search spans about three months: the vendor says so of SearchProcessedOrdersPaged, so the switch
`longest_search_days` (0: any) lets the other one go. Cancelled orders are found by the date of their cancellation
only, so that a reader who wants them needs the second pass that the fact sheet asks for.
"""

from __future__ import annotations

from typing import Any

from sandbox.linnworks import items, orders
from sandbox.linnworks.errors import WireError
from sandbox.linnworks.orders import Body
from sandbox.linnworks.paging import page
from sandbox.linnworks.parameters import Parameters
from sandbox.linnworks.profile import instant, iso, limits
from sandbox.store import Store

SMALLEST_PAGE, LARGEST_PAGE, LARGEST_OF_PAGED = 20, 500, 200
FIELDS = ("processed", "payment", "cancelled", "received")
_TYPES = {
    "ALLDATES": "", "RECEIVED": "received", "PROCESSED": "processed", "PAYMENTRECEIVED": "payment",
    "CANCELLED": "cancelled",
}  # fmt: skip
_SEARCHED = ("Source", "SubSource", "ItemIdentifier")


def search(store: Store, given: Parameters) -> Body:
    """Return a page of processed orders, nested as `{ProcessedOrders: {...}}`."""
    field = given.choice("DateField", FIELDS, "")
    begin, end = given.instant("FromDate"), given.instant("ToDate")
    if begin is None or end is None:
        raise WireError("FromDate and ToDate must be given.")
    rows = _between(store, field, begin, end)
    for each in given.objects("SearchFilters") if given.get("SearchFilters") else []:
        name, term = each.choice("SearchField", _SEARCHED), each.text("SearchTerm").lower()
        rows = [body for body in rows if term in _values(body, name)]
    rows = [body for body in rows if _has(body, given.text("SearchTerm"))]
    sorting = given.child("SearchSorting")
    rows = _sorted(rows, sorting.text("SortField"), descending=sorting.text("SortDirection").upper() in {"DESC", "1"})
    size = max(SMALLEST_PAGE, min(given.whole("ResultsPerPage", SMALLEST_PAGE), LARGEST_PAGE))
    return {"ProcessedOrders": page(rows, given.whole("PageNumber", 1), size, lambda body: flat(store, body))}


def search_paged(store: Store, given: Parameters) -> Body:
    """Return a page of processed orders in the older call's way."""
    field = _TYPES[given.choice("dateType", tuple(_TYPES), "ALLDATES")]
    begin, end = given.instant("from"), given.instant("to")
    if field and (begin is None or end is None):
        raise WireError("from and to must be given.")
    if begin is not None and end is not None:
        _require_narrow(store, begin, end)
    if begin is None or end is None or not field:
        rows = orders.of_state(store, orders.PROCESSED)
    else:
        rows = _between(store, field, begin, end)
    size = given.whole("numEntriesPerPage", 20)
    if not 1 <= size <= LARGEST_OF_PAGED:
        raise WireError(f"Number must be between 1 and {LARGEST_OF_PAGED}")
    rows = [body for body in rows if _has(body, given.text("searchTerm"))]
    return page(rows, given.whole("pageNum", 1), size, lambda body: flat(store, body))


def info(store: Store, given: Parameters) -> Body:
    """Return one processed order."""
    body = orders.found(store, given.guid("pkOrderId"))
    if orders.is_open(body):
        raise WireError(f"Order {body['NumOrderId']} is not processed.")
    return flat(store, body)


def flat(store: Store, body: Body) -> Body:
    """Return a processed order as the flat row with the old prefixes."""
    general, shipping, sums = body["GeneralInfo"], body["ShippingInfo"], body["TotalsInfo"]
    customer = body["CustomerInfo"]
    address, billing = customer["Address"], customer["BillingAddress"]
    place = items.location(store, body["FulfilmentLocationId"]) or {}
    cancelled = body.get("_cancelled_at")
    return {
        "pkOrderID": body["OrderId"], "cShippingAddress": _one_line(address), "dReceivedDate": general["ReceivedDate"],
        "dProcessedOn": body["ProcessedDateTime"], "timeDiff": 0.0, "fPostageCost": sums["PostageCost"],
        "fTotalCharge": sums["TotalCharge"], "PostageCostExTax": sums["PostageCostExTax"],
        "Subtotal": sums["Subtotal"], "fTax": sums["Tax"], "TotalDiscount": sums["TotalDiscount"],
        "ProfitMargin": sums["ProfitMargin"], "CountryTaxRate": sums["CountryTaxRate"], "nOrderId": body["NumOrderId"],
        "nStatus": general["Status"], "cCurrency": sums["Currency"], "PostalTrackingNumber": shipping["TrackingNumber"],
        "cCountry": address["Country"], "Source": general["Source"],
        "PostalServiceName": shipping["PostalServiceName"], "PostalServiceCode": shipping["PostalServiceName"],
        "Vendor": shipping["Vendor"], "BillingEmailAddress": billing["EmailAddress"],
        "ReferenceNum": general["ReferenceNum"], "SecondaryReference": general["SecondaryReference"],
        "ExternalReference": general["ExternalReferenceNum"], "Address1": address["Address1"],
        "Address2": address["Address2"], "Address3": address["Address3"], "Town": address["Town"],
        "Region": address["Region"], "BuyerPhoneNumber": address["PhoneNumber"], "Company": address["Company"],
        "SubSource": general["SubSource"], "ChannelBuyerName": customer["ChannelBuyerName"],
        "AccountName": sums["PaymentMethod"], "cFullName": address["FullName"],
        "cEmailAddress": address["EmailAddress"],
        "cPostCode": address["PostCode"], "dPaidOn": body["PaidDateTime"],
        "dCancelledOn": iso(cancelled) if cancelled else None, "PackageCategory": shipping["PackageCategory"],
        "PackageTitle": shipping["PackageType"], "ItemWeight": shipping["ItemWeight"],
        "TotalWeight": shipping["TotalWeight"], "FolderCollection": "", "cBillingAddress": _one_line(billing),
        "BillingName": billing["FullName"], "BillingCompany": billing["Company"],
        "BillingAddress1": billing["Address1"], "BillingAddress2": billing["Address2"],
        "BillingAddress3": billing["Address3"], "BillingTown": billing["Town"], "BillingRegion": billing["Region"],
        "BillingPostCode": billing["PostCode"], "BillingCountryName": billing["Country"],
        "BillingPhoneNumber": billing["PhoneNumber"], "HoldOrCancel": general["HoldOrCancel"], "IsResend": False,
        "IsExchange": False, "TaxId": body["TaxId"], "FulfilmentLocationName": place.get("LocationName", ""),
    }  # fmt: skip


def _require_narrow(store: Store, begin: int, end: int) -> None:
    longest = limits(store)["longest_search_days"]
    if longest and end - begin > longest * 86400:
        raise WireError("The date range must not exceed 3 months.")


def _between(store: Store, field: str, begin: int, end: int) -> list[Body]:
    _require_narrow(store, begin, end)
    until = (begin, end + 1)
    if field == "received":
        return orders.of_state(store, orders.PROCESSED, created=until)
    if field in {"processed", "cancelled"}:
        found = orders.of_state(store, orders.PROCESSED, updated=until)
        return [body for body in found if bool(body.get("_cancelled_at")) == (field == "cancelled")]
    paid = ((instant(body["PaidDateTime"]), body) for body in orders.of_state(store, orders.PROCESSED))
    return [body for at, body in paid if at is not None and begin <= at <= end]


def _values(body: Body, field: str) -> str:
    general = body["GeneralInfo"]
    if field == "ItemIdentifier":
        return "\n".join(f"{row.get('SKU')}\n{row.get('ChannelSKU')}" for row in body["Items"]).lower()
    return str(general.get(field, "")).lower()


def _has(body: Body, term: str) -> bool:
    general = body["GeneralInfo"]
    names = ("ReferenceNum", "SecondaryReference", "ExternalReferenceNum")
    texts = [str(body["NumOrderId"]), body["OrderId"], *(str(general.get(name)) for name in names)]
    return not term or any(term.lower() in text.lower() for text in texts)


def _sorted(rows: list[Body], field: str, *, descending: bool) -> list[Body]:
    keys: dict[str, Any] = {
        "dprocessedon": lambda body: str(body["ProcessedDateTime"]),
        "dreceiveddate": lambda body: str(body["GeneralInfo"]["ReceivedDate"]),
        "dpaidon": lambda body: str(body["PaidDateTime"]),
        "dcancelledon": lambda body: str(body["ProcessedDateTime"]),
        "norderid": lambda body: body["NumOrderId"],
    }
    return sorted(rows, key=keys.get(field.lower(), keys["norderid"]), reverse=descending)


def _one_line(address: Body) -> str:
    names = ("FullName", "Address1", "Address2", "Town", "Region", "PostCode", "Country")
    return ", ".join(str(address[name]) for name in names if address.get(name))
