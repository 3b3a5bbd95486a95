"""ReturnsRefunds/...: booking what was sent back of a processed order, and taking it in (fact sheet linnworks 10).

Belongs here: reading what is asked and answering in the call's own shape. Does not: the rules (see `returns`).
What is wrong with a booking is reported in the body of a 200. Exchanges, resends and refunds are refused there: this
account returns goods only, and does not notify the channel.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

from sandbox.linnworks import items, orders, returns
from sandbox.linnworks.errors import WireError
from sandbox.linnworks.orders import Body
from sandbox.linnworks.parameters import Parameters
from sandbox.linnworks.profile import exact, money
from sandbox.store import Store

HEADERS_PER_PAGE = 50
_FILTERS = ("HEADER_ID", "ORDER_ID", "HEADER_REFERENCE", "ORDER_REFERENCES")
_WHY_NOT = {
    "MissingOrderInLinnworks": "The order was not found.",
    "OpenOrderInLinnworks": "The order is not processed.",
    "AlreadyReturnedInLinnworks": "All items of the order are returned already.",
    "Other": "The order was cancelled.",
}
_UNUSED: Body = {
    "Deleted": False, "ResendQuantity": 0, "NewOrderId": None, "Error": None, "Errors": [], "Info": None,
    "ExchangeStockItemId": None, "ExchangeSKU": None, "ExchangeTitle": None, "ExchangeQuantity": 0,
    "DespatchLocationId": None, "AdditionalCost": 0.0, "BatchInventoryId": None, "RefundRowId": None,
    "IsFreeText": True, "BinrackOverride": None,
}  # fmt: skip


def options(store: Store, given: Parameters) -> Body:
    """Return what can be returned of an order."""
    order = orders.get(store, given.guid("OrderId"))
    booking = returns.get(store, given.whole("RMAHeaderId"))
    reason = returns.cannot_return(store, order)
    found = returns.of_order(store, order["OrderId"]) if order else []
    return {
        "ReturnOptions": {
            "CanSendRejectionIfDeleted": False, "CanReturn": False, "CanReturnInternally": reason == "None",
            "MustHaveRefund": False, "RefundAutoPopulated": False, "CanHaveRefund": False, "ReturnReasons": [],
            "RejectionReasons": [], "SubStatuses": [], "RefundOptions": None, "CannotReturnReason": reason,
            "Order": orders.details(store, order) if order else None,
            "RMAHeader": _shown(booking) if booking else None,
            "AllExistingRMAs": [line for body in found for line in returns.lines_of(body)],
            "Errors": [_WHY_NOT[reason]] if reason in _WHY_NOT else [], "Info": [],
        }
    }  # fmt: skip


def create(store: Store, given: Parameters) -> Body:
    """Book a return; with anything wrong, nothing is booked."""
    order = orders.get(store, given.guid("OrderId"))
    asked = given.objects("ReturnItems") if given.get("ReturnItems") else []
    reason = _WHY_NOT.get(returns.cannot_return(store, order), "") or _unsupported(given)
    if order is None or reason or not asked:
        return _answer(None, [], [reason or "No new return items were specified."])
    lines = _lines(store, order, asked)
    errors = [line["ValidationError"] for line in lines if line["ValidationError"]]
    if errors:
        return _answer(None, lines, errors)
    reference = given.text("Reference")
    body = returns.book(store, order, lines, reference=reference, by_channel=given.flag("ChannelInitiated"))
    return _answer(body["RMAHeaderId"], returns.lines_of(body), [])


def action(store: Store, given: Parameters) -> Body:
    """Accept a booked return, once."""
    id = given.whole("RMAHeaderId")
    body, order = returns.get(store, id), orders.get(store, given.guid("OrderId"))
    reason = ""
    if body is None or order is None or body["OrderId"] != order["OrderId"]:
        reason = f"Return {id} was not found for the order."
    elif body.get("Actioned"):
        reason = f"Return {id} is already actioned."
    else:
        body = returns.action(store, order, body)
    lines = returns.lines_of(body) if body else []
    return {
        "RefundHeaderId": None, "Status": body["Status"] if body else None, "SuccessfullyActioned": not reason,
        **_answer(id, lines, [reason] if reason else []),
    }  # fmt: skip


def delete(store: Store, given: Parameters) -> Body:
    """Delete a booking's lines that were not actioned, and the booking with its last line."""
    id = given.whole("RMAHeaderId")
    body = returns.get(store, id)
    if body is None:
        raise WireError(f"Return {id} was not found.")
    if given.flag("RejectOnChannel"):
        raise WireError("Rejecting a return is not supported by the channel.")
    returns.delete(store, body)
    return {}


def of_order(store: Store, given: Parameters) -> Body:
    """Return the bookings of an order, oldest first; none for an unknown one."""
    return {"RMAHeaders": [_shown(body) for body in returns.of_order(store, given.guid("OrderId"))]}


def actionable(store: Store, given: Parameters) -> Body:
    """Return a page of the bookings that wait for being actioned."""
    return _page(store, given, actioned=False)


def processed(store: Store, given: Parameters) -> Body:
    """Return a page of the bookings that were actioned."""
    return _page(store, given, actioned=True)


def _unsupported(given: Parameters) -> str:
    kinds = [name for name in ("ExchangeItems", "ResendItems") if given.get(name)]
    return f"{kinds[0]} are not supported." if kinds else ""


def _lines(store: Store, order: Body, asked: list[Parameters]) -> list[Body]:
    """Return the lines of a booking, each with what is wrong with it or ''; a line of the order may come twice."""
    taken: Counter[str] = Counter()
    found = []
    for each in asked:
        id, units = each.guid("OrderItemRowId"), each.whole("ReturnQuantity")
        row = next((line for line in order["Items"] if line["RowId"] == id), None)
        place = each.guid("ReturnLocation", str(order["FulfilmentLocationId"]))
        left = returns.returnable(store, order, row) - taken[id] if row else 0
        error = "" if row else f"Item {id} is not in the order."
        found.append(_line(each, row or {}, place, error or _wrong(store, each, place, left)))
        taken[id] += units
    return found


def _wrong(store: Store, each: Parameters, place: str, left: int) -> str:
    units, scrap = each.whole("ReturnQuantity"), each.whole("ScrapQuantity")
    if units < 1:
        return f"ReturnQuantity {units} must be at least 1."
    if units > left:
        return f"ReturnQuantity {units} is more than the {max(left, 0)} that can still be returned."
    if not 0 <= scrap <= units:
        return f"ScrapQuantity {scrap} must be between 0 and ReturnQuantity."
    if items.location(store, place) is None:
        return f"Location {place} was not found."
    return "Refunds are not supported by the channel." if exact(each.text("RefundAmount")) else ""


def _line(each: Parameters, row: Body, place: str, error: str) -> Body:
    return {
        "RMARowId": None, "RMAHeaderId": None, "Type": "Return", "Status": returns.status(returns.OPEN),
        "ExternalReference": None, "CreatedDate": None, "Actioned": False, "ActionedDate": None, **_UNUSED,
        "ValidationError": error, "OrderItemRowId": each.guid("OrderItemRowId"),
        "ReturnItemSKU": row.get("SKU") or row.get("ChannelSKU", ""), "ReturnItemTitle": row.get("Title", ""),
        "ReturnLocation": place, "ReturnQuantity": each.whole("ReturnQuantity"),
        "RefundAmount": money(exact(each.text("RefundAmount"))), "ScrapQuantity": each.whole("ScrapQuantity"),
        "ReasonCategory": each.text("ReasonCategory"), "Reason": each.text("Reason"),
        "ReasonTag": each.text("ReasonTag"), "SubReasonTag": each.text("SubReasonTag"),
    }  # fmt: skip


def _answer(id: int | None, lines: list[Body], errors: list[str]) -> Body:
    return {"RMAHeaderId": id, "Items": lines, "Errors": errors, "Info": []}


def _page(store: Store, given: Parameters, *, actioned: bool) -> Body:
    rows = returns.everything(store, actioned=actioned)
    filters = given.child("Filters")
    if filters.text("Value"):
        kind, value = filters.choice("Type", _FILTERS), filters.text("Value").lower()
        rows = [body for body in rows if value in _values(store, body, kind)]
    number = max(given.whole("Page", 1), 1)
    shown = rows[(number - 1) * HEADERS_PER_PAGE : number * HEADERS_PER_PAGE]
    return {
        "Page": number, "TotalHeaders": len(rows), "HeadersPerPage": HEADERS_PER_PAGE,
        "RMAHeaders": [_shown(body) for body in shown],
    }  # fmt: skip


def _values(store: Store, body: Body, kind: str) -> set[str]:
    fields = {"HEADER_ID": "RMAHeaderId", "ORDER_ID": "OrderId", "HEADER_REFERENCE": "ExternalReference"}
    if kind in fields:
        return {str(body[fields[kind]]).lower()}
    general: dict[str, Any] = (orders.get(store, body["OrderId"]) or {}).get("GeneralInfo", {})
    names = ("ReferenceNum", "SecondaryReference", "ExternalReferenceNum")
    return {str(general.get(name)).lower() for name in names}


def _shown(body: Body) -> Body:
    return {key: value for key, value in body.items() if not key.startswith("_")}
