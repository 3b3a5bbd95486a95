"""All calls of the tenant: method and path, and who answers.

Belongs here: the table. Does not: what any call does. Fixed paths stand before those with a value in their place.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from sandbox.newstore import (
    availability,
    events,
    fulfilment_calls,
    graph,
    imports,
    injection,
    lists,
    order_calls,
    reservations,
    returns,
)
from sandbox.newstore.errors import WireError
from sandbox.newstore.stored import objects
from sandbox.store import Store

Body = dict[str, Any]
Answer = Callable[[Store, Request, Any], Any]


@dataclass(frozen=True)
class Answered:
    """An answer with a status of its own; `value` None has no body."""

    value: Any
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


DONE = Answered(None)
"""200 without a body."""


def _path(request: Request, name: str = "id") -> str:
    return str(request.path_params[name])


def _type(request: Request) -> str | None:
    return request.query_params.get("id_type")


def _accept(request: Request) -> str:
    return str(request.headers.get("accept", ""))


def _object(wanted: Any) -> Body:
    if not isinstance(wanted, dict):
        raise WireError("invalid_request", "The body is not a JSON object.")
    return wanted


def _version(request: Request) -> str:
    given = request.query_params.get("version") or request.headers.get("if-match", "").strip('"')
    if not given.isdecimal():
        raise WireError("schema_validation_error", f"version {given!r}: expected the version that was read")
    return given


def _base(request: Request) -> str:
    return str(request.base_url)


def _is_v2(request: Request) -> bool:
    """Whether a return is of version 0.2: in the query, or as a parameter of the media type."""
    asked = (request.query_params.get("version", ""), request.headers.get("content-type", ""), _accept(request))
    return any("0.2" in text for text in asked)


def _reserved(store: Store, request: Request, wanted: Any) -> Answered:
    key = request.headers.get("idempotency-key", "")
    id, body = reservations.create(store, _object(wanted), key)
    return Answered(body, 201, {"Location": f"/inventory/reservations/{id}"})


def _done(call: Callable[..., None], *arguments: Any) -> Answered:
    call(*arguments)
    return DONE


_ORDERS: dict[tuple[str, str], Answer] = {
    ("POST", "/v0/d/fulfill_order"): lambda store, request, wanted: injection.inject(store, _object(wanted)),
    ("GET", "/v0/orders"): lambda store, request, _: order_calls.of_customer(
        store, request.query_params, _accept(request)
    ),
    ("POST", "/v0/orders/bulk-cancel"): lambda store, request, wanted: order_calls.cancel_many(store, _object(wanted)),
    ("GET", "/v0/orders/{id}"): lambda store, request, _: order_calls.read(
        store, _path(request), _type(request), _accept(request)
    ),
    ("PATCH", "/v0/orders/{id}"): lambda store, request, wanted: order_calls.change(
        store, _path(request), _object(wanted)
    ),
    ("GET", "/v0/orders/{id}/cancel"): lambda store, request, _: order_calls.cancellation(
        store, _path(request), _type(request)
    ),
    ("POST", "/v0/orders/{id}/cancel"): lambda store, request, wanted: _done(
        order_calls.cancel, store, _path(request), _type(request), _object(wanted)
    ),
    ("POST", "/v0/orders/{id}/items/{item}/cancel"): lambda store, request, _: _done(
        order_calls.cancel_item, store, _path(request), _type(request), _path(request, "item")
    ),
    ("POST", "/v0/orders/{id}/_extend_grace_period"): lambda store, request, _: order_calls.extend_grace(
        store, _path(request), _type(request)
    ),
    ("POST", "/v0/orders/{id}/prices"): lambda store, request, wanted: order_calls.prices(
        store, _path(request), _type(request), _object(wanted)
    ),
    ("GET", "/v0/d/external_orders/{id}"): lambda store, request, _: order_calls.read_legacy(store, _path(request)),
    ("GET", "/v0/routing/insights/order/{id}"): lambda store, request, _: order_calls.insights(store, _path(request)),
    **{
        (method, "/_/v0/hq/customer_orders/{id}/cancellation"): lambda store, request, wanted: (
            order_calls.cancel_privately(store, _path(request), _object(wanted))
        )
        for method in ("POST", "PUT")
    },
}
_FFR = "/v0/d/fulfillment_requests/{id}"
_FULFILMENT: dict[tuple[str, str], Answer] = {
    ("GET", "/v0/fulfillment_requests/{order_uuid}"): lambda store, request, _: fulfilment_calls.listed(
        store, _path(request, "order_uuid")
    ),
    ("GET", "/fulfillment/fulfillment-requests/{id}"): lambda store, request, _: fulfilment_calls.read(
        store, _path(request)
    ),
    ("POST", "/v0/fulfillment_request/{id}/set_items_states"): lambda store, request, wanted: (
        fulfilment_calls.set_states(store, _path(request), _object(wanted))
    ),
    ("POST", f"{_FFR}/acknowledgement"): lambda store, request, _: _done(
        fulfilment_calls.acknowledge, store, _path(request)
    ),
    ("POST", f"{_FFR}/rejection"): lambda store, request, wanted: _done(
        fulfilment_calls.reject_all, store, _path(request), _object(wanted)
    ),
    ("POST", f"{_FFR}/reject_items"): lambda store, request, wanted: _done(
        fulfilment_calls.reject_items, store, _path(request), _object(wanted)
    ),
    ("POST", f"{_FFR}/canceled_items"): lambda store, request, wanted: _done(
        fulfilment_calls.cancel_items, store, _path(request), _object(wanted)
    ),
    ("GET", f"{_FFR}/canceled_items"): lambda store, request, _: fulfilment_calls.cancelled_items(
        store, _path(request)
    ),
    ("POST", f"{_FFR}/shipment"): lambda store, request, wanted: _done(
        fulfilment_calls.ship, store, _path(request), _object(wanted)
    ),
    ("GET", f"{_FFR}/shipment"): lambda store, request, _: fulfilment_calls.shipment(store, _path(request)),
}
_CONFIG = "/v1/r/config/order_injection"
_STREAM = "/api/v1/org/integrations/eventstream"
_TENANT: dict[tuple[str, str], Answer] = {
    ("GET", _CONFIG): lambda store, request, _: lists.injection_config(store),
    ("POST", _CONFIG): lambda store, request, wanted: lists.change_injection_config(
        store, _version(request), _object(wanted), whole=True
    ),
    ("PATCH", _CONFIG): lambda store, request, wanted: lists.change_injection_config(
        store, _version(request), _object(wanted), whole=False
    ),
    ("GET", "/stores"): lambda store, request, _: lists.stores(store),
    ("GET", "/v0/locations"): lambda store, request, _: lists.locations(store),
    ("GET", "/api/v1/org/config/reason_code_types/{id}/reason_codes"): lambda store, request, _: {
        "reason_codes": lists.codes(store, _path(request))
    },
    ("GET", _STREAM): lambda store, request, _: events.integrations(store),
    ("POST", _STREAM): lambda store, request, wanted: Answered(events.register(store, _object(wanted)), 201),
    ("GET", f"{_STREAM}/{{id}}"): lambda store, request, _: events.integration(store, _path(request)),
    ("PATCH", f"{_STREAM}/{{id}}"): lambda store, request, wanted: events.change_integration(
        store, _path(request), _object(wanted)
    ),
    ("DELETE", f"{_STREAM}/{{id}}"): lambda store, request, _: events.forget(store, _path(request)),
    ("POST", f"{_STREAM}/{{id}}/_start"): lambda store, request, _: events.switch(
        store, _path(request), events.RUNNING
    ),
    ("POST", f"{_STREAM}/{{id}}/_stop"): lambda store, request, _: events.switch(store, _path(request), events.STOPPED),
}
_BULK, _RESERVATIONS = "/v0/d/availabilities/bulk", "/inventory/reservations"
_STOCK: dict[tuple[str, str], Answer] = {
    ("POST", _BULK): lambda store, _, wanted: Answered(availability.start_export(store, _object(wanted)), 202),
    ("GET", f"{_BULK}/{{id}}"): lambda store, request, _: availability.export(store, _path(request), _base(request)),
    ("GET", "/_files/availabilities/{id}"): lambda store, request, _: Response(
        availability.export_file(store, _path(request)), media_type="application/zip"
    ),
    ("GET", "/v0/d/availabilities/groups"): lambda store, *_: availability.groups(store),
    ("POST", "/v0/d/availabilities"): lambda store, _, wanted: availability.point_read(store, _object(wanted)),
    ("POST", "/v0/stock/products/availability"): lambda store, _, wanted: availability.of_products(
        store, _object(wanted)
    ),
    ("GET", "/v0/stock/unallocated_items"): lambda store, *_: availability.unallocated(store, None),
    ("POST", "/v0/stock/unallocated_items"): lambda store, _, wanted: availability.unallocated(
        store, objects(_object(wanted).get("items"))
    ),
    ("GET", "/v0/stock/insights"): lambda store, request, _: availability.insights(store, request.query_params),
    ("GET", "/_/v0/hq/stocked_products"): lambda store, request, _: availability.stocked_products(
        store, request.query_params
    ),
    ("POST", _RESERVATIONS): _reserved,
    ("GET", _RESERVATIONS): lambda store, request, _: reservations.listed(store, request.query_params),
    ("GET", f"{_RESERVATIONS}/{{id}}"): lambda store, request, _: reservations.shown(store, _path(request)),
    ("PATCH", f"{_RESERVATIONS}/{{id}}"): lambda store, request, wanted: reservations.change(
        store, _path(request), _object(wanted)
    ),
    ("PATCH", f"{_RESERVATIONS}/{{id}}/items"): lambda store, request, wanted: reservations.change_items(
        store, _path(request), wanted
    ),
}
_IMPORT, _ORDER = "/v0/d/import", "/v0/d/orders/{id}"
_REST: dict[tuple[str, str], Answer] = {
    ("POST", _IMPORT): lambda store, _, wanted: imports.create(store, _object(wanted)),
    ("GET", _IMPORT): lambda store, request, _: imports.listed(store, request.query_params),
    ("GET", f"{_IMPORT}/{{id}}"): lambda store, request, _: imports.poll(store, _path(request)),
    ("POST", f"{_IMPORT}/{{id}}/start"): lambda store, request, wanted: imports.start(
        store, _path(request), _object(wanted)
    ),
    ("GET", f"{_IMPORT}/{{id}}/errors"): lambda store, request, _: imports.errors(store, _path(request)),
    ("POST", f"{_IMPORT}/{{id}}/errors"): lambda store, request, wanted: imports.add_error(
        store, _path(request), _object(wanted)
    ),
    ("POST", f"{_IMPORT}/{{id}}/set_fail"): lambda store, request, _: imports.fail(store, _path(request)),
    ("POST", f"{_ORDER}/returns"): lambda store, request, wanted: returns.take_back(
        store, _path(request), _object(wanted), is_v2=_is_v2(request)
    ),
    ("GET", f"{_ORDER}/returns"): lambda store, request, _: returns.of_order(store, _path(request)),
    ("GET", f"{_ORDER}/returns/{{return_id}}"): lambda store, request, _: returns.read(
        store, _path(request), _path(request, "return_id")
    ),
    ("POST", f"{_ORDER}/refunds"): lambda store, request, wanted: returns.refund(
        store, _path(request), _object(wanted)
    ),
    ("GET", f"{_ORDER}/refunds"): lambda store, request, _: returns.refunds(store, _path(request)),
    ("POST", "/api/v1/org/data/query"): lambda store, request, wanted: graph.query(
        store, _object(wanted), with_zone="force-render-timezone" in request.headers
    ),
}
CALLS: dict[tuple[str, str], Answer] = {**_ORDERS, **_FULFILMENT, **_TENANT, **_STOCK, **_REST}
