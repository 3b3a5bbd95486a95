"""The filters of the older open-order calls (fact sheet linnworks 4: FieldsFilter).

Belongs here: the fields the stand-in can test. Does not: sorting by anything but the order number.
A field outside this list is refused, so that an unfiltered list is not taken for a filtered one.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sandbox.linnworks.errors import WireError
from sandbox.linnworks.orders import Body
from sandbox.linnworks.parameters import Parameters
from sandbox.linnworks.profile import instant

_TEXTS: dict[str, Callable[[Body], list[Any]]] = {
    "GENERAL_INFO_ORDER_ID": lambda body: [body["NumOrderId"], body["OrderId"]],
    "GENERAL_INFO_REFERENCE_NUMBER": lambda body: [body["GeneralInfo"]["ReferenceNum"]],
    "GENERAL_INFO_CHANNEL_REFERENCE_NUMBER": lambda body: [body["GeneralInfo"]["SecondaryReference"]],
    "GENERAL_INFO_EXTERNAL_REFERENCE_NUMBER": lambda body: [body["GeneralInfo"]["ExternalReferenceNum"]],
    "GENERAL_INFO_SOURCE": lambda body: [body["GeneralInfo"]["Source"]],
    "GENERAL_INFO_SUBSOURCE": lambda body: [body["GeneralInfo"]["SubSource"]],
    "ITEMS_SKU": lambda body: [row["SKU"] for row in body["Items"]],
    "SHIPPING_INFORMATION_TRACKING_NUMBER": lambda body: [body["ShippingInfo"]["TrackingNumber"]],
}
_FLAGS: dict[str, Callable[[Body], bool]] = {
    "GENERAL_INFO_PARKED": lambda body: bool(body["GeneralInfo"]["IsParked"]),
    "GENERAL_INFO_LOCKED": lambda body: bool(body.get("_locked")),
    "GENERAL_INFO_LABEL_PRINTED": lambda body: bool(body["GeneralInfo"]["LabelPrinted"]),
    "GENERAL_INFO_INVOICE_PRINTED": lambda body: bool(body["GeneralInfo"]["InvoicePrinted"]),
}
_DATES: dict[str, str] = {"GENERAL_INFO_DATE": "ReceivedDate", "GENERAL_INFO_DESPATCHBYDATE": "DespatchByDate"}
_STATUSES = ("UNPAID", "PAID", "RETURN", "PENDING", "RESEND")
_WAYS: dict[str, Callable[[str, str], bool]] = {
    "equal": lambda value, text: value == text,
    "contains": lambda value, text: text in value,
    "startwith": lambda value, text: value.startswith(text),
    "endswith": lambda value, text: value.endswith(text),
}


def fits(body: Body, filters: Parameters, additional: str) -> bool:
    """Return whether an open order passes all filters; `additional` is free text. Raises WireError 400."""
    tests = {"TextFields": _text, "BooleanFields": _flag, "DateFields": _date, "ListFields": _list}
    if filters.get("NumericFields"):
        raise WireError("NumericFields are not supported.")
    for name, test in tests.items():
        for each in filters.objects(name) if filters.get(name) else []:
            if not test(body, each):
                return False
    general = body["GeneralInfo"]
    return not additional or additional.lower() in f"{body['NumOrderId']} {general['ReferenceNum']}".lower()


def _text(body: Body, wanted: Parameters) -> bool:
    values = [str(value).lower() for value in _field(_TEXTS, wanted)(body)]
    way = wanted.choice("Type", tuple(_WAYS), "equal")
    return any(_WAYS[way](value, wanted.text("Text").lower()) for value in values)


def _flag(body: Body, wanted: Parameters) -> bool:
    return bool(_field(_FLAGS, wanted)(body)) == wanted.flag("Value")


def _date(body: Body, wanted: Parameters) -> bool:
    at = instant(body["GeneralInfo"][_field(_DATES, wanted)]) or 0
    begin, end = wanted.instant("DateFrom"), wanted.instant("DateTo")
    return (begin is None or at >= begin) and (end is None or at <= end)


def _list(body: Body, wanted: Parameters) -> bool:
    field = wanted.text("FieldCode").upper()
    if field != "GENERAL_INFO_STATUS":
        raise WireError(f"Filter on {field} is not supported.")
    status = body["GeneralInfo"]["Status"]
    return wanted.text("Value").upper() in {str(status), _STATUSES[status] if status < len(_STATUSES) else ""}


def _field(known: dict[str, Any], wanted: Parameters) -> Any:
    code = wanted.text("FieldCode").upper()
    if code not in known:
        raise WireError(f"Filter on {code} is not supported.")
    return known[code]
