"""The control API under /_sandbox, answered on every port: clock, records, faults, incidents, truth, calls.

Belongs here: plain HTTP and JSON over the store and the world. Does not: any vendor's rules, nor how the world trades.
Errors are JSON {"error", "valid"} with HTTP 400, 404 or 409.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import Any

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox import trade_options
from sandbox.calls import CallLog
from sandbox.faults import FaultBook
from sandbox.record_control import record_routes
from sandbox.refusals import Refused, checked_number, json_object
from sandbox.store import Store
from sandbox.systems import System

DAY_SECONDS = 86400
COUNTERS = (
    "oversold_units",
    "lost_sales_units",
    "late_dispatch",
    "system_cancellations",
    "shipped_after_cancel",
    "returns_asked",
    "returns_approved_unseen",
)
FIRST_DAY = int(datetime(2026, 1, 5, tzinfo=UTC).timestamp())


@dataclass(frozen=True)
class World:
    """What trades: the three entry points of the world, so that the control API can run on any."""

    create: Callable[..., Any]
    advance: Callable[[Store, int], Any]
    plant: Callable[[Store, str, int], list[dict[str, Any]]]


@dataclass
class Control:
    """What the control API works on. `base_urls` is filled once the ports are known."""

    store: Store
    world: World
    systems: list[System]
    book: FaultBook
    logs: dict[str, CallLog]
    base_urls: dict[str, str] = field(default_factory=dict)
    busy: asyncio.Lock = field(default_factory=asyncio.Lock)

    @property
    def names(self) -> list[str]:
        """The systems, by name."""
        return [system.name for system in self.systems]

    @property
    def wired(self) -> list[str]:
        """The systems that answer HTTP, so that faults and calls exist for them."""
        return sorted(self.logs)


def control_app(control: Control) -> Starlette:
    """Return the ASGI app of the control API; its paths start with /_sandbox."""
    routes = [
        _route("/_sandbox/systems", control, GET=_systems),
        _route("/_sandbox/clock", control, GET=_clock, POST=_advance),
        _route("/_sandbox/trade", control, POST=_trade),
        _route("/_sandbox/incidents", control, POST=_plant),
        _route("/_sandbox/truth", control, GET=_truth),
        _route("/_sandbox/world", control, GET=_counters),
        _route("/_sandbox/limits", control, GET=_limits, PUT=_set_limits),
        _route("/_sandbox/faults", control, GET=_faults, POST=_add_fault, DELETE=_remove_faults),
        _route("/_sandbox/faults/{id:int}", control, DELETE=_remove_fault),
        _route("/_sandbox/{system}/calls", control, GET=_calls, DELETE=_clear_calls),
        *record_routes(control.store, control.systems),
    ]
    return Starlette(routes=routes, exception_handlers={Refused: _refused, 404: _unknown, 405: _unknown})


Answer = Callable[[Control, Request], Awaitable[Any]]


def _route(path: str, control: Control, **answers: Answer) -> Route:
    async def answer(request: Request) -> Response:
        return JSONResponse(await answers[request.method](control, request))

    return Route(path, answer, methods=list(answers))


async def _systems(control: Control, request: Request) -> dict[str, Any]:
    def entries() -> dict[str, Any]:
        urls = control.base_urls
        return {each.name: {"kinds": each.kinds, **each.entry(urls.get(each.name, ""))} for each in control.systems}

    found = await run_in_threadpool(entries)
    return {"now": control.store.now, "control": f"{control.base_urls.get('control', '')}/_sandbox", **found}


async def _clock(control: Control, request: Request) -> dict[str, Any]:
    return _time(control)


async def _advance(control: Control, request: Request) -> dict[str, Any]:
    until = _until(await json_object(request), control.store.now)
    if not control.store.now:
        raise Refused("no world has been started; POST /_sandbox/trade {baskets, days, seed} starts one", status=409)
    async with control.busy:
        before = control.store.now
        if until < before:
            raise Refused(f"the clock is at {before} and only moves forward; {until} is earlier")
        result = await run_in_threadpool(control.world.advance, control.store, until)
    return {**_time(control), "before": before, "result": _plain(result)}


async def _trade(control: Control, request: Request) -> dict[str, Any]:
    wanted = await json_object(request)
    numbers = {
        "seed": checked_number(wanted, "seed", default=1, least=0),
        "start": checked_number(wanted, "start", default=FIRST_DAY, least=1),
        "days": checked_number(wanted, "days", default=14, least=1),
        "baskets": checked_number(wanted, "baskets", default=200, least=1),
        "distinct_baskets": checked_number(wanted, "distinct_baskets", default=0, least=0),
    }
    options = trade_options.chosen(wanted)
    valid = sorted([*numbers, *trade_options.NAMES])
    if unknown := sorted(set(wanted) - set(valid)):
        raise Refused(f"unknown keys {unknown}", valid=valid)
    async with control.busy:
        if control.store.now:
            raise Refused("a world is trading already; start the sandbox on an empty state folder", status=409)
        result = await run_in_threadpool(lambda: control.world.create(control.store, **numbers, **options))
    return {**_time(control), "result": _plain(result)}


async def _plant(control: Control, request: Request) -> dict[str, Any]:
    wanted = await json_object(request)
    code, count = wanted.get("code"), checked_number(wanted, "count", default=1, least=1)
    if not isinstance(code, str) or not code:
        raise Refused("code is missing: expected an exception code of the catalogue, such as FIN-01")
    async with control.busy:
        try:
            planted = await run_in_threadpool(control.world.plant, control.store, code, count)
        except (ValueError, LookupError) as error:
            raise Refused(str(error)) from error
    return {**_time(control), "planted": planted}


async def _truth(control: Control, request: Request) -> object:
    return control.store.get_meta("truth", [])


async def _counters(control: Control, request: Request) -> dict[str, Any]:
    def counted() -> dict[str, Any]:
        known = control.store.get_meta("world_counters", {})
        return {
            **{name: known.get(name, 0) for name in COUNTERS},
            "orders": control.store.count("tiktok_shop", "orders"),
            "stores": (control.store.get_meta("world", {}).get("stores") or {}).get("stores", 0),
            **control.store.get_meta("world_live", {"live_events": [], "live_skus": []}),
        }

    return {**await run_in_threadpool(counted), "now": control.store.now}


async def _limits(control: Control, request: Request) -> dict[str, Any]:
    return dict(control.store.get_meta("limits", {}))


async def _set_limits(control: Control, request: Request) -> dict[str, Any]:
    wanted = await json_object(request)
    limits = control.store.get_meta("limits", {})
    for system, values in wanted.items():
        if system not in control.wired:
            raise Refused(f"system {system!r} is unknown", valid=control.wired, status=404)
        if not isinstance(values, dict):
            raise Refused(f'{system}: expected an object such as {{"qps": 50}}')
        limits[system] = {**limits.get(system, {}), **values}
    await run_in_threadpool(control.store.set_meta, "limits", limits)
    return dict(limits)


async def _faults(control: Control, request: Request) -> list[dict[str, Any]]:
    return control.book.listed()


async def _add_fault(control: Control, request: Request) -> dict[str, Any]:
    try:
        return asdict(control.book.add(await json_object(request), control.wired))
    except ValueError as error:
        raise Refused(str(error)) from error


async def _remove_faults(control: Control, request: Request) -> dict[str, int]:
    return {"removed": control.book.remove()}


async def _remove_fault(control: Control, request: Request) -> dict[str, int]:
    removed = control.book.remove(request.path_params["id"])
    if not removed:
        ids = [fault["id"] for fault in control.book.listed()]
        raise Refused(f"no fault {request.path_params['id']}", valid=ids, status=404)
    return {"removed": removed}


async def _calls(control: Control, request: Request) -> list[dict[str, Any]]:
    since = request.query_params.get("since")
    try:
        instant = float(since) if since else None
    except ValueError:
        raise Refused(f"since {since!r}: expected epoch seconds of wall time") from None
    return _log(control, request).listed(instant, request.query_params.get("path", ""))


async def _clear_calls(control: Control, request: Request) -> dict[str, int]:
    return {"removed": _log(control, request).clear()}


def _log(control: Control, request: Request) -> CallLog:
    name = request.path_params["system"]
    if name not in control.logs:
        raise Refused(f"system {name!r} receives no calls", valid=control.wired, status=404)
    return control.logs[name]


def _time(control: Control) -> dict[str, Any]:
    now = control.store.now
    return {"now": now, "now_iso": datetime.fromtimestamp(now, UTC).isoformat().replace("+00:00", "Z")}


def _until(wanted: dict[str, Any], now: int) -> int:
    units = {"advance_hours": 3600, "advance_days": DAY_SECONDS, "advance_minutes": 60, "advance_seconds": 1}
    given = [key for key in (*units, "to") if key in wanted]
    if len(given) != 1:
        raise Refused("expected exactly one of the keys", valid=[*units, "to"])
    value = wanted[given[0]]
    if given[0] == "to":
        return _instant(value)
    if isinstance(value, bool) or not isinstance(value, int | float) or value < 0:
        raise Refused(f"{given[0]} {value!r}: expected a number, 0 or more")
    return now + int(value * units[given[0]])


def _instant(value: object) -> int:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    try:
        parsed = datetime.fromisoformat(str(value))
    except ValueError:
        raise Refused(f"to {value!r}: expected epoch seconds or an ISO 8601 instant") from None
    zoned = parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)
    return int(zoned.timestamp())


def _plain(value: object) -> object:
    try:
        json.dumps(value)
    except TypeError:
        return str(value)
    return value


async def _refused(request: Request, error: Exception) -> Response:
    status = error.status if isinstance(error, Refused) else 500
    valid = error.valid if isinstance(error, Refused) else None
    return JSONResponse({"error": str(error), **({} if valid is None else {"valid": valid})}, status)


async def _unknown(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 404
    return JSONResponse({"error": f"no such call: {request.method} {request.url.path}", "valid": PATHS}, status)


PATHS = [
    "GET /_sandbox/systems",
    "GET, POST /_sandbox/clock",
    "POST /_sandbox/trade",
    "POST /_sandbox/incidents",
    "GET /_sandbox/truth",
    "GET /_sandbox/world",
    "GET, PUT /_sandbox/limits",
    "GET, POST, DELETE /_sandbox/faults",
    "DELETE /_sandbox/faults/{id}",
    "GET, DELETE /_sandbox/{system}/calls",
    "GET /_sandbox/{system}/{kind}",
    "GET, PATCH, PUT, DELETE /_sandbox/{system}/{kind}/{id}",
    "POST /_sandbox/{system}/{kind}/{id}/duplicate",
]
