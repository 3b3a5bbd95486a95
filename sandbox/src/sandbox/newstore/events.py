"""The event stream: what happened, who listens, and what is sent to whom.

Belongs here: the log of events, integrations, the queue, holding a stream. Does not: sending (`sandbox.deliveries`).
Fact sheet newstore 8: at least once, unordered, up to fifteen minutes late; no signature, a bearer key when one was
configured; an answer other than 2xx holds the whole stream of its integration; a temporary integration replays dates.
"""

from __future__ import annotations

import json
from typing import Any

from sandbox.deliveries import KIND as DELIVERIES
from sandbox.deliveries import Channel
from sandbox.newstore.errors import WireError, invalid
from sandbox.newstore.profile import SYSTEM, TENANT, instant, iso, limits, new_id, next_number, seed
from sandbox.store import Record, Store
from sandbox.world.draw import Draw

Body = dict[str, Any]
INTEGRATIONS, EVENTS = "integrations", "events"
TYPES = ("permanent", "temporary")
RUNNING, STOPPED = "running", "stopped"
_LATEST = 900


def emit(store: Store, name: str, payload: Body, *, at: int) -> None:
    """Log an event of an instant (epoch seconds of world time) and queue it for every integration that runs."""
    number = next_number(store, "event")
    envelope = {"tenant": TENANT, "name": name, "published_at": iso(at), "payload": payload}
    id = f"{number:010d}"
    store.put(Record(SYSTEM, EVENTS, id, envelope, "", name, at, at))
    for record in store.select(SYSTEM, INTEGRATIONS, parent=RUNNING):
        if record.body.get("integration_type") != "temporary" and _is_wanted(record.body, name):
            _queue(store, record.body, id, envelope, at=at)


def register(store: Store, wanted: Body) -> Body:
    """Answer POST of an integration; it starts at once, a temporary one with what its dates cover. Raises WireError."""
    parameters = wanted.get("callback_parameters")
    url = parameters.get("callback_url") if isinstance(parameters, dict) else None
    if not isinstance(url, str) or not url.startswith(("http://", "https://")):
        raise invalid("callback_parameters.callback_url", url, "an address that begins with https://")
    kind = wanted.get("integration_type")
    if kind not in TYPES:
        raise invalid("integration_type", kind, " or ".join(TYPES))
    id = str(wanted.get("id") or new_id(store, "integration"))
    if store.get(SYSTEM, INTEGRATIONS, id) is not None:
        raise WireError("conflict", f"id {id!r}: there is such an integration")
    most = int(limits(store)["integrations"])
    if store.count(SYSTEM, INTEGRATIONS) >= most:
        raise WireError("integration_limit_reached", f"At most {most} integrations, stopped ones included.")
    dates = _dates(wanted) if kind == "temporary" else None
    known = {name: wanted[name] for name in ("filter_conditions", "start_date", "end_date") if name in wanted}
    body = {"id": id, "integration_type": kind, "callback_parameters": parameters, **known, "state": RUNNING}
    _put(store, {**body, "created_at": iso(store.now)})
    if dates:
        _replay(store, body, *dates)
    return _shown(body)


def integrations(store: Store) -> Body:
    """Answer GET of the integrations; keys are not shown."""
    return {"integrations": [_shown(record.body) for record in store.select(SYSTEM, INTEGRATIONS)]}


def integration(store: Store, id: str) -> Body:
    """Answer GET of one integration. Raises WireError 404."""
    return _shown(_found(store, id))


def change_integration(store: Store, id: str, wanted: Body) -> Body:
    """Answer PATCH of an integration: other callback parameters or filter conditions. Raises WireError 404."""
    body = _found(store, id)
    parameters = {**_parameters(body), **(wanted.get("callback_parameters") or {})}
    changed = {**body, "callback_parameters": parameters}
    if "filter_conditions" in wanted:
        changed["filter_conditions"] = wanted["filter_conditions"]
    _put(store, changed)
    return _shown(changed)


def switch(store: Store, id: str, state: str) -> Body:
    """Answer `_start` and `_stop`; what happens while one is stopped is never sent to it. Raises WireError 404."""
    body = {**_found(store, id), "state": state}
    _put(store, body)
    return _shown(body)


def forget(store: Store, id: str) -> None:
    """Answer DELETE of an integration; what waits for it is dropped. Raises WireError 404."""
    if not store.delete(SYSTEM, INTEGRATIONS, id):
        raise WireError("not_found", f"There is no integration {id!r}.")
    for record in store.select(SYSTEM, DELIVERIES, shop=id, parent="PENDING"):
        store.put(store.indexed(record, {**record.body, "status": "DROPPED"}))


def _replay(store: Store, body: Body, since: int, until: int) -> None:
    for record in store.select(SYSTEM, EVENTS, shop="", created=(since, until)):
        if _is_wanted(body, str(record.body.get("name"))):
            _queue(store, body, record.id, record.body, at=store.now)


def _queue(store: Store, body: Body, id: str, envelope: Body, *, at: int) -> None:
    """Queue a delivery, some late, some twice; the ids of those due at one instant are in no order."""
    draw = Draw(seed(store), "newstore event", body["id"], id)
    switches = limits(store)
    late = draw.below(_LATEST) if draw.happens(int(switches["late_events_permille"])) else 0
    dues = [at + late]
    if draw.happens(int(switches["double_events_permille"])):
        dues.append(at + draw.below(_LATEST))
    for due in dues:
        number = next_number(store, "delivery")
        delivery_id = f"{due // _LATEST:08d}.{draw.below(10**6):06d}.{number}"
        delivery = {
            "id": delivery_id,
            "event_type": envelope.get("name"),
            "address": str(_parameters(body).get("callback_url")),
            "content": json.dumps(envelope, separators=(",", ":")),
            "status": "PENDING",
            "attempts": 0,
            "sent": 0,
            "next_attempt_at": due,
            "last_result": "",
            "_integration": body["id"],
            "_hold_seconds": int(switches["hold_seconds"]),
        }
        store.put(Record(SYSTEM, DELIVERIES, delivery_id, delivery, str(body["id"]), "PENDING", due, due))


def _parameters(body: Body) -> Body:
    """Return where an integration is to be called, whatever was done to its record."""
    found = body.get("callback_parameters")
    return found if isinstance(found, dict) else {}


def _is_wanted(body: Body, name: str) -> bool:
    """Whether an integration's filter, a list of names or {"event_names": [...]}, lets an event through."""
    wanted = body.get("filter_conditions")
    names = wanted.get("event_names") if isinstance(wanted, dict) else wanted
    return not isinstance(names, list) or not names or name in names


def _dates(wanted: Body) -> tuple[int, int]:
    found = []
    for name in ("start_date", "end_date"):
        at = instant(wanted.get(name))
        if at is None:
            raise invalid(name, wanted.get(name), "an instant, for a temporary integration")
        found.append(at)
    return found[0], found[1]


def _found(store: Store, id: str) -> Body:
    record = store.get(SYSTEM, INTEGRATIONS, id)
    if record is None:
        raise WireError("not_found", f"There is no integration {id!r}.")
    return record.body


def _put(store: Store, body: Body) -> None:
    old = store.get(SYSTEM, INTEGRATIONS, body["id"], deleted=True)
    created = old.created_at if old else store.now
    store.put(Record(SYSTEM, INTEGRATIONS, body["id"], body, "", body["state"], created, store.now))


def _shown(body: Body) -> Body:
    parameters = dict(_parameters(body))
    if parameters.get("api_key"):
        parameters["api_key"] = "***"
    return {**body, "callback_parameters": parameters}


def _headers(store: Store, delivery: Body) -> dict[str, str]:
    """Return the headers of a delivery: the bearer key of its integration, when one was configured."""
    record = store.get(SYSTEM, INTEGRATIONS, str(delivery.get("_integration")))
    key = _parameters(record.body).get("api_key") if record else None
    return {"Authorization": f"Bearer {key}"} if key else {}


def _after(delivery: Body, result: str, now: int) -> Body:
    """Return what becomes of a delivery whose attempt ended like this: sent, or tried again until it is."""
    if result.startswith("2") and result.isdigit():
        return {"status": "DELIVERED"}
    return {"next_attempt_at": now + int(delivery.get("_hold_seconds") or 60)}


def _streams(store: Store) -> list[str]:
    return [record.id for record in store.select(SYSTEM, INTEGRATIONS, parent=RUNNING)]


CHANNEL = Channel(SYSTEM, _headers, _after, _streams)
