"""How time passes: the world is created once, then moves event by event to any later instant.

Belongs here: the loop and the table of happenings. Does not: what happens.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from sandbox.bank.accounts import SYSTEM, open_accounts
from sandbox.store import Store
from sandbox.world import bank_lines, connected, days, market, order_life, returns_by_hand, unsettled
from sandbox.world.agenda import Payload
from sandbox.world.baskets import choose_baskets
from sandbox.world.notices import hand_over
from sandbox.world.settlement import claims, payouts, statements
from sandbox.world.state import World

Happening = Callable[[World, str, Payload], None]


def _gxo_wave(world: World, site: str, payload: Payload) -> None:
    """Let the warehouse work, and again half an hour later. Worlds that plan no first wave have none."""
    from sandbox import gxo  # not above: the warehouse draws its chances from this package

    gxo.wave(world.store, world.now)
    world.agenda.add(world.now + gxo.WAVE_SECONDS, "gxo_wave", site)


def _linnworks_wave(world: World, key: str, payload: Payload) -> None:
    """Let the other warehouse work, likewise."""
    from sandbox import linnworks  # not above, for the same reason

    linnworks.wave(world.store, world.now)
    world.agenda.add(world.now + linnworks.WAVE_SECONDS, "linnworks_wave", key)


def _zigzag_wave(world: World, key: str, payload: Payload) -> None:
    """Let the hub of the returns portal work, and again an hour later, likewise."""
    from sandbox import zigzag  # not above, for the same reason

    zigzag.wave(world.store, world.now)
    world.agenda.add(world.now + zigzag.WAVE_SECONDS, "zigzag_wave", key)


def _netsuite_wave(world: World, key: str, payload: Payload) -> None:
    """Let the warehouse of the shop that NetSuite is master of work, likewise."""
    from sandbox.netsuite import warehouse  # not above, for the same reason

    warehouse.wave(world.store, world.now)
    world.agenda.add(world.now + warehouse.WAVE_SECONDS, "netsuite_wave", key)


def _newstore_wave(world: World, key: str, payload: Payload) -> None:
    """Let the stores work, and again half an hour later, likewise."""
    from sandbox import newstore  # not above, for the same reason

    newstore.wave(world.store, world.now)
    world.agenda.add(world.now + newstore.WAVE_SECONDS, "newstore_wave", key)


DAY, LONGEST_TO_PAY = days.DAY, 20 * 60
FULFILMENTS = ("self", "connected")
_HAPPENINGS: dict[str, Happening] = {
    "market_day": market.open_day,
    "order_created": order_life.create_order,
    "order_moves": order_life.move_order,
    "parcel_lost": order_life.lose_parcel,
    "unsettled_ends": unsettled.end_on_time,
    "campaign_week": claims.campaign_week,
    "statement_closes": statements.close_statement,
    "statement_restated": statements.restate,
    "payout_run": payouts.run_payout,
    "payout_paid": payouts.mark_paid,
    "deposit_arrives": bank_lines.deposit,
    "bank_day": bank_lines.bank_day,
    "return_moves": returns_by_hand.move_return,
    "gxo_wave": _gxo_wave,
    "linnworks_wave": _linnworks_wave,
    "zigzag_wave": _zigzag_wave,
    "netsuite_wave": _netsuite_wave,
    "newstore_wave": _newstore_wave,
}


def create_world(
    store: Store,
    *,
    seed: int,
    start: int,
    days: int,
    baskets: int,
    distinct_baskets: int = 0,
    fulfilment: str = "self",
    live_events: int = 1,
    first_live_day: int = 30,
    connected_from_day: int = 0,
    returns_permille: int = 60,
    netsuite_shops: int = 0,
    stores: Mapping[str, int] | None = None,
) -> None:
    """Prepare a world in which `baskets` real baskets are bought over `days` days from `start` (epoch seconds, UTC).

    The clock is at `start` afterwards and nothing has happened yet; `advance` makes it happen. After the planned
    days trade goes on at the same pace with the same baskets. With `distinct_baskets` only so many are different ones,
    bought again and again: fewer products for as many orders. `fulfilment` "self" has orders ship by themselves;
    "connected" has stock, warehouses and deadlines, and `live_events` live events, the first on the evening of
    `first_live_day` (days since `start`), then every thirty days. With `connected_from_day` warehouses begin to ship on
    that day; what was ordered before still ships by itself. Of a thousand orders that arrive from then on,
    `returns_permille` are to be returned. With `netsuite_shops` 1 there is a third shop: NetSuite is master of its
    stock and orders. With `stores` {"stores": n, ...} n stores ship a part of the GB shop's orders too, sell over the
    counter and take back (the other keys: `sandbox.newstore.profile.CHANCES`).

    Raises:
        ValueError: The store has a world already, or a number is not positive, or `start` is no UTC midnight, or
            `fulfilment` is unknown, or there are more NetSuite shops than one or more stores than there can be.
    """
    _check(store, start, days=days, baskets=baskets)
    if fulfilment not in FULFILMENTS:
        raise ValueError(f"fulfilment {fulfilment!r}: expected one of {', '.join(FULFILMENTS)}")
    chosen = choose_baskets(seed, min(baskets, distinct_baskets or baskets))
    with store.transaction():
        settings: dict[str, Any] = {
            "seed": seed,
            "start": start,
            "days": days,
            "baskets": baskets,
            "stored_baskets": len(chosen),
        }
        if fulfilment == "connected":
            settings |= {"fulfilment": fulfilment, "live_events": live_events, "first_live_day": first_live_day}
            settings["connected_from"] = start + connected_from_day * DAY
            settings["returns_permille"] = returns_permille
            settings |= _third_shop(netsuite_shops) | _stores(stores or {})
        store.set_meta("world", settings)
        store.set_meta("truth", [])
        store.set_now(start)
        world = World.of(store)
        store.connection.executemany(
            "insert or replace into world_basket values (?, ?)",
            ((n, json.dumps(basket.as_json())) for n, basket in enumerate(chosen)),
        )
        _open(world)
        if fulfilment == "connected":
            _connect(world)


def _third_shop(count: int) -> dict[str, Any]:
    """Return the setting of a world with a shop of NetSuite's, nothing for one without."""
    if count not in (0, 1):
        raise ValueError(f"netsuite_shops {count}: expected 0 or 1")
    return {"netsuite_shops": count} if count else {}


def _stores(wanted: Mapping[str, int]) -> dict[str, Any]:
    """Return the settings of a world's stores, nothing for a world without any."""
    from sandbox.newstore import profile  # not above: the stores draw their chances from this package

    count = wanted.get("stores", 0)
    if not 0 <= count <= len(profile.STORES):
        raise ValueError(f"stores {count}: expected a number from 0 to {len(profile.STORES)}")
    return {"stores": {**profile.CHANCES, **wanted}} if count else {}


def _connect(world: World) -> None:
    """Open the warehouses, or plan the day on which they open."""
    if world.is_connected:
        connected.open_world(world)
    else:
        world.agenda.add(world.connected_from, "fulfilment_begins", "all")
    world.agenda.save()


def advance(store: Store, until: int) -> None:
    """Let the world trade on to an instant (epoch seconds UTC, included); going back in time does nothing.

    Raises:
        LookupError: No world was created in this store.
    """
    with store.transaction():
        world = World.of(store)
    while _run_next_slice(world, until):
        pass
    store.set_now(max(store.now, until))
    store.notify(SYSTEM, "lines")


def _run_next_slice(world: World, until: int) -> bool:
    """Run at most a day of what is due up to `until`, as a whole or not at all; return whether there was anything."""
    with world.store.transaction():
        due = world.agenda.next_due()
        if due is None or due > until:
            return False
        end = min(days.midnight(due) + days.DAY, until + 1)
        _run_slice(world, end)
        hand_over(world)
        world.store.set_now(max(world.store.now, end - 1))
    return True


def _run_slice(world: World, end: int) -> None:
    """Run all events before `end`, those that they cause included, and store what changed."""
    happenings = _HAPPENINGS | connected.HAPPENINGS
    world.agenda.open(end)
    while (event := world.agenda.pop()) is not None:
        world.now, kind, key, payload = event
        if world.is_connected:  # warehouses and TikTok Shop's functions read the clock
            world.store.set_now(world.now)
            happenings[kind](world, key, payload)
        elif not _waits_for_the_warehouses(world, event):
            _HAPPENINGS[kind](world, key, payload)
    world.agenda.save()
    world.unit_of_work.forget_all()


def _waits_for_the_warehouses(world: World, event: tuple[int, str, str, Payload]) -> bool:
    """Put off what is bought so shortly before go-live that it would be paid after; say whether it was."""
    at, kind, key, payload = event
    if kind != "order_created" or not world.connected_from - LONGEST_TO_PAY <= at < world.connected_from:
        return False
    world.agenda.add(world.connected_from, kind, key, payload)
    return True


def _open(world: World) -> None:
    """Plan what every day, week and payout run starts from."""
    world.store.put_many(shop.as_record(world.start) for shop in world.shops)
    open_accounts(world.store, world.start, days.date_text(world.start))
    world.agenda.add(world.start, "market_day", "000000")
    world.agenda.add(world.start + 5 * days.HOUR, "bank_day", "all")
    for index, shop in enumerate(world.shops):
        world.agenda.add(world.start + days.DAY, "statement_closes", shop.id)
        world.agenda.add(payouts.next_run(shop, world.start - days.DAY), "payout_run", shop.id)
        world.agenda.add(world.start + (6 + index) * days.DAY + 12 * days.HOUR, "campaign_week", shop.id)
    world.agenda.save()


def _check(store: Store, start: int, *, days: int, baskets: int) -> None:
    if store.get_meta("world") is not None:
        raise ValueError("this store has a world already: expected an empty store")
    if start % 86400:
        raise ValueError(f"start {start}: expected a UTC midnight in epoch seconds")
    if days < 1 or baskets < 1:
        raise ValueError(f"days {days}, baskets {baskets}: expected positive numbers")
