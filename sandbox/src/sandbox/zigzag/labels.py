"""Labels: a shipment of a return, issued by ZigZag or recorded from elsewhere.

Belongs here: making shipments. Does not: their way (`hub`).
"""

from __future__ import annotations

from typing import Any

from sandbox.store import Store
from sandbox.world.draw import Draw
from sandbox.zigzag import returns
from sandbox.zigzag.errors import WireError
from sandbox.zigzag.profile import SERVICES, iso, next_number, seed

Body = dict[str, Any]
CREATED = "label_created"


def issued(store: Store, body: Body, service_id: object) -> Body:
    """Issue a label of a carrier service for a return. Raises WireError 422."""
    chosen = next((each for each in SERVICES if not isinstance(service_id, bool) and each.id == service_id), None)
    if chosen is None:
        known = ", ".join(str(each.id) for each in SERVICES)
        raise WireError("unknown_carrier_service", f"carrierServiceId {service_id!r}: expected one of {known}")
    draw = Draw(seed(store), "zigzag label", body["returnId"])
    tracking = f"ZZ{draw.below(10**12):012d}{chosen.countries[0]}"
    label = f"https://labels.zigzag.example/{body['returnId']}.pdf"
    return _kept(store, body, tracking, carrier=chosen.carrier, service=chosen.service, label=label)


def recorded(store: Store, body: Body, tracking: str, carrier: str) -> Body:
    """Record the label that somebody else has issued for a return."""
    return _kept(store, body, tracking, carrier=carrier, service=None, label=None)


def _kept(store: Store, body: Body, tracking: str, *, carrier: str, service: str | None, label: str | None) -> Body:
    now, number = store.now, next_number(store, "shipment", first=5000001)
    created = {"code": CREATED, "description": "Label created", "at": iso(now), "location": None, "_noted_at": now}
    shipment = {
        "shipmentNumber": number,
        "returnId": body["returnId"],
        "carrier": carrier,
        "service": service,
        "trackingNumber": tracking,
        "labelUrl": label,
        "status": CREATED,
        "events": [created],
    }
    returns.put_shipment(store, shipment, at=now)
    changed = {**body, "status": "label_issued", "_shipments": [*body.get("_shipments", []), number]}
    returns.put(store, changed, at=now, event="return.label_issued")
    names = ("shipmentNumber", "trackingNumber", "carrier", "labelUrl")
    return {name: shipment[name] for name in names}
