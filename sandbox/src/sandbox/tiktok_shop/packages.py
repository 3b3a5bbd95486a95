"""Calls on packages: search, detail, create with a label of the platform, ship, documents (fact sheet tiktok_shop 4.2).

Belongs here: parameters, refusals and answers. Does not: what shipping changes (`fulfilment`), calls on an order
(`shipping`), the label itself (`labels`). A package of a GB or US order comes into being when it is shipped, unless the
switch `labels` says of its shop that packages wait to be shipped.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sandbox.store import Body, Record, wire_body
from sandbox.tiktok_shop import fulfilment, labels, logistics, shipping
from sandbox.tiktok_shop.amounts import fields, objects
from sandbox.tiktok_shop.cancellation_calls import bounds, small_pages
from sandbox.tiktok_shop.earlier_packages import earlier_package
from sandbox.tiktok_shop.envelope import ApiError, invalid
from sandbox.tiktok_shop.listing import Listing, read_page, total
from sandbox.tiktok_shop.paging import choice
from sandbox.tiktok_shop.request import Request

STATUSES = ("TO_FULFILL", "PROCESSING", "FULFILLING", "COMPLETED", "CANCELLED")
_SORTED = {"create_time": "created_at", "update_time": "updated_at", "order_pay_time": "created_at"}
_SEARCHED = ("orders", "create_time", "update_time", "tracking_number", "order_line_item_ids")
_CARRIER = ("shipping_provider_name", "shipping_provider_id")
_WHOLE, _PART = "1", "2"


@dataclass(frozen=True)
class Service:
    """A way to ship with a label of the platform: carrier by id, price, days, form of the tracking numbers."""

    id: str
    name: str
    provider_id: str
    price: str
    days: tuple[int, int]
    prefix: str


SERVICES = {
    "GB": (
        Service("7208502187360519681", "Evri Standard", "6617675021119438849", "2.65", (2, 4), "H0"),
        Service("7208502187360519682", "Royal Mail Tracked 24", "6617675021119438850", "3.45", (1, 2), "RM"),
    ),
    "US": (
        Service("7208502187360519691", "USPS Ground Advantage", "7117858858072016686", "4.10", (2, 6), "94"),
        Service("7208502187360519692", "UPS Ground Saver", "7117859084333745966", "5.35", (2, 5), "1Z"),
    ),
}
_CURRENCY = {"GB": "GBP", "US": "USD"}


def search(request: Request) -> Body:
    """Answer POST /fulfillment/202309/packages/search, newest first by default."""
    wanted = request.json()
    by = choice(request.query, "sort_field", valid=tuple(_SORTED), default="create_time")
    way = choice(request.query, "sort_order", valid=("ASC", "DESC"), default="DESC")
    status = wanted.get("package_status")
    if status and status not in STATUSES:
        raise invalid(f"param body.package_status is invalid, the value must be one of {', '.join(STATUSES)}")
    listing = Listing(
        "packages",
        _SORTED[by],
        descending=way == "DESC",
        created=bounds(wanted, "create_time"),
        updated=bounds(wanted, "update_time"),
        matching={"package_status": status} if status else {},
        carry=total,
    )
    page = read_page(listing, small_pages(request, None))
    answer: Body = {"total_count": page.carried, "next_page_token": page.next_token}
    return {**answer, "packages": [_row(row) for row in page.rows]} if page.rows else answer


def detail(request: Request) -> Body:
    """Answer GET /fulfillment/202309/packages/{package_id}."""
    return wire_body(_package(request))


def create(request: Request) -> Body:
    """Answer POST /fulfillment/202512/packages: buy a label of the platform for an order, or some of its lines.

    The label's tracking number is reported by detail and documents. Several orders in one package are not served here.
    """
    wanted = request.json()
    kind = str(wanted.get("ship_type") or "")
    if kind not in (_WHOLE, _PART):
        raise invalid("param body.ship_type is invalid, the value must be 1 or 2")
    named = [str(line.get("order_line_id")) for line in objects(wanted.get("order_line_item"))]
    if kind == _PART and not named:
        raise invalid("param body.order_line_item is missing")
    answer, _ = _labelled(request, wanted, named if kind == _PART else [])
    return answer


def create_of_lines(request: Request) -> Body:
    """Answer POST /fulfillment/202309/packages: as `create`, for the lines named (none named: for all)."""
    wanted = request.json()
    answer, lines = _labelled(request, wanted, [str(id) for id in wanted.get("order_line_item_ids") or []])
    return {**answer, "order_id": wanted["order_id"], "order_line_item_ids": [line.get("id") for line in lines]}


def _labelled(request: Request, wanted: dict[str, Any], named: list[str]) -> tuple[Body, list[Body]]:
    """Put lines of an order (none named: all that wait) into a package with a label; return what is reported of it."""
    store = request.store
    with store.transaction():
        record = shipping.known_order(request, str(wanted.get("order_id") or ""))
        lines = shipping.checked_lines(record, named)
        _check_platform_ships(record)
        if fulfilment.labels_by(store, record.shop) == fulfilment.SHIP_PACKAGE:
            raise ApiError(21008106, "This interface cannot be used in this region, ship the order's package")
        shipping.check_cancel_request(request, record)
        service = _service(request, wanted.get("shipping_service_id"))
        # Lines differ from label to label, so the first one makes the number this label's own.
        tracking = service.prefix + fulfilment.new_id(store, "", "label", record.id, lines[0].get("id"))[-14:]
        id = shipping.ship(request, record, lines, tracking, service.provider_id)
        sizes = {"dimension": fields(wanted.get("dimension")), "weight": fields(wanted.get("weight"))}
        body = fulfilment.changed(_package(request, id), **sizes, _platform_label=True)
        fulfilment.put_package(store, record.shop, body, store.now)
    reported = {key: value for key, value in _offer(request, service).items() if not key.endswith("_fee")}
    reported.pop("is_default")
    return {"package_id": id, "create_time": store.now, **sizes, "shipping_service_info": reported}, lines


def ship(request: Request) -> Body:
    """Answer POST /fulfillment/202309/packages/{package_id}/ship for a package that waits to be fulfilled."""
    store, wanted = request.store, request.json()
    with store.transaction():
        package = _package(request)
        status = package.body.get("package_status")
        if status == "CANCELLED":
            raise ApiError(21011041, "The package is cancelled")
        if status != "TO_FULFILL":
            raise ApiError(21011006, "The package has been shipped already")
        record = shipping.known_order(request, str(package.body.get("_order_id") or ""))
        held = fulfilment.held_lines(package)
        lines = shipping.checked_lines(record, held)
        shipping.check_cancel_request(request, record)
        reported = _shipping_details(request, wanted, package)
        body = fulfilment.changed(package, **reported, package_status="PROCESSING", _shipped_at=store.now)
        fulfilment.put_package(store, package.shop, body, store.now)
        fulfilment.arrange(record.body, lines, body, store.now)
        fulfilment.put_order(store, record, record.body, store.now)
        fulfilment.announce_order(store, record.shop, record.body)
    return {}


def update_package_shipping(request: Request) -> Body:
    """Answer POST /fulfillment/{202309,202610}/packages/{package_id}/shipping_info/update: once, within 72 hours."""
    with request.store.transaction():
        package = _package(request)
        if package.body.get("package_status") == "TO_FULFILL":
            raise ApiError(21011043, "The package has not been shipped yet")
        if package.body.get("package_status") == "CANCELLED":
            raise ApiError(21011041, "The package is cancelled")
        shipping.correct(request, package, late=21011051, again=21011052)
    return {}


def shipping_services(request: Request) -> Body:
    """Answer POST /fulfillment/202309/orders/{order_id}/shipping_services/query."""
    record, wanted = shipping.order_of(request), request.json()
    named = [str(id) for id in wanted.get("order_line_item_ids") or []]
    shipping.checked_lines(record, named)
    _check_platform_ships(record)
    rows = [_offer(request, service) for service in SERVICES.get(logistics.region(request), ())]
    return {"shipping_services": rows} if rows else {}


def shipping_documents(request: Request) -> Body:
    """Answer GET /fulfillment/202309/packages/{package_id}/shipping_documents: where the label is, for 24 hours."""
    choice(request.query, "document_type", valid=labels.DOCUMENTS, default=None)
    choice(request.query, "document_size", valid=("A6", "A5"), default="A6")
    choice(request.query, "document_format", valid=("PDF",), default="PDF")
    package = _package(request)
    body, status = package.body, package.body.get("package_status")
    if status == "TO_FULFILL":
        raise ApiError(21023035, "Arrange the shipment first")
    if status == "CANCELLED":
        raise ApiError(21023059, "The package is cancelled")
    if not body.get("_platform_label"):
        raise ApiError(11034002, "Only packages shipped by the platform have documents")
    if status != "PROCESSING":
        raise ApiError(21042102, "The package has been picked up")
    url = labels.url(request.host, package.id, expires=request.store.now + labels.VALID_SECONDS)
    return {"doc_url": url, "tracking_number": body.get("tracking_number")}


def _row(record: Record) -> Body:
    body = record.body
    shown = {key: body[key] for key in (*_SEARCHED, *_CARRIER) if key in body}
    return {"id": body.get("package_id"), "status": body.get("package_status"), **shown}


def _package(request: Request, id: str = "") -> Record:
    wanted = id or request.path["package_id"]
    record = request.store.get("tiktok_shop", "packages", wanted) or earlier_package(request.store, wanted)
    if record is None or record.shop != request.shop_id:
        raise ApiError(21011028, "The package does not belong to this shop")
    return record


def _shipping_details(request: Request, wanted: dict[str, Any], package: Record) -> Body:
    """Return what /ship says about the package. Raises ApiError when neither carrier nor handover is given."""
    if sent := fields(wanted.get("self_shipment")):
        number, carrier = shipping.shipment(request, sent)
        return {
            "tracking_number": number,
            "shipping_provider_id": carrier.id,
            "shipping_provider_name": carrier.name,
        }
    if wanted.get("handover_method") not in ("DROP_OFF", "PICKUP"):
        raise invalid("param body.handover_method is invalid, the value must be DROP_OFF or PICKUP")
    service = _service(request, None)
    carrier_named = logistics.provider(service.provider_id)
    return {
        "handover_method": wanted["handover_method"],
        "pickup_slot": fields(wanted.get("pickup_slot")),
        "tracking_number": service.prefix + fulfilment.new_id(request.store, "", "label", package.id)[-14:],
        "shipping_provider_id": service.provider_id,
        "shipping_provider_name": carrier_named.name if carrier_named else "",
        "_platform_label": True,
    }


def _check_platform_ships(record: Record) -> None:
    if record.body.get("shipping_type") != "TIKTOK":
        raise ApiError(21008017, "The order is not shipped by the platform")


def _service(request: Request, id: object) -> Service:
    """Return a service of the shop's region, the first when none is named. Raises ApiError 36009004."""
    offered = SERVICES.get(logistics.region(request), ())
    found = next((service for service in offered if not id or service.id == id), None)
    if found is None:
        raise invalid("param body.shipping_service_id is invalid")
    return found


def _offer(request: Request, service: Service) -> Body:
    region = logistics.region(request)
    carrier = logistics.provider(service.provider_id)
    return {
        "id": service.id,
        "name": service.name,
        "price": service.price,
        "currency": _CURRENCY.get(region, ""),
        "earliest_delivery_days": service.days[0],
        "latest_delivery_days": service.days[1],
        "is_default": service == SERVICES[region][0],
        "shipping_provider_id": service.provider_id,
        "shipping_provider_name": carrier.name if carrier else "",
        "shipping_fee": service.price,
        "shipping_app_service_fee": "0",
        "signature_fee": "0",
    }
