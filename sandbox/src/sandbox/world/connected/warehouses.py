"""Which warehouse ships for which shop.

Belongs here: GB is GXO's, US is Linnworks', the third shop NetSuite's, and what holds while one does not stand in:
its shop ships by hand, and parcels leave some hours after TikTok Shop is informed of them. Does not: what a warehouse
looks like (modules beside).
"""

from __future__ import annotations

import importlib.util
from typing import Any

from sandbox.world.agenda import RANKS
from sandbox.world.connected import at_gxo, at_linnworks, at_netsuite, at_newstore
from sandbox.world.shops import DIRECT, GB, US, Shop
from sandbox.world.state import World

_BY_SHOP: dict[str, Any] = {GB.id: at_gxo, US.id: at_linnworks, DIRECT.id: at_netsuite}


def of(shop: Shop) -> Any:
    """Return the module that speaks for a shop's warehouse, None when it does not stand in here."""
    known = _BY_SHOP[shop.id]
    is_here = known.WAVE[0] in RANKS and importlib.util.find_spec(known.MODULE) is not None
    return known if is_here else None


def all_of(world: World, shop: Shop) -> list[Any]:
    """Return the modules that speak for all that ship for a shop: its warehouse, and its stores where it has any."""
    stores = [at_newstore] if at_newstore.has_stores(world, shop) else []
    return [each for each in (of(shop), *stores) if each]


def plan_waves(world: World) -> None:
    """Let the warehouses work from now on, and the stores."""
    for shop in world.shops:
        for warehouse in all_of(world, shop):
            world.agenda.add(world.now, *warehouse.WAVE)
