"""The world as its events see it: seed, settings, clock, agenda and records.

Belongs here: what every happening needs. Does not: any happening.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from sandbox.store import Body, Record, Store
from sandbox.world import draw
from sandbox.world.agenda import Agenda
from sandbox.world.shops import DIRECT, USUAL, Shop
from sandbox.world.unit_of_work import UnitOfWork

TIKTOK = "tiktok_shop"


@dataclass
class World:
    """One open world. `now` is the instant of the event in hand; `start` and `now` are epoch seconds UTC.

    `fulfilment` "self": orders ship by themselves; "connected": they wait for a warehouse and a report to TikTok Shop,
    from `connected_from` on (epoch seconds); orders older than that still ship by themselves. `returns_permille`: of a
    thousand orders that arrive there, how many a buyer wants to return. `netsuite_shops` 1: there is a third shop.
    `stores`: how many ship for the GB shop, and what goes on in them; empty where none do.
    """

    store: Store
    seed: int
    start: int
    days: int
    baskets: int
    stored_baskets: int
    agenda: Agenda
    unit_of_work: UnitOfWork
    now: int = 0
    fulfilment: str = "self"
    live_events: int = 0
    first_live_day: int = 30
    connected_from: int = 0
    returns_permille: int = 60
    netsuite_shops: int = 0
    stores: dict[str, int] = field(default_factory=dict)
    notices: list[tuple[int, str, int, Body]] = field(default_factory=list)

    @classmethod
    def of(cls, store: Store) -> World:
        """Return the world that lives in a store.

        Raises:
            LookupError: No world was created in this store.
        """
        settings: dict[str, Any] | None = store.get_meta("world")
        if settings is None:
            raise LookupError("this store has no world: expected create_world to have been called on it")
        return cls(store, agenda=Agenda(store), unit_of_work=UnitOfWork(store), now=store.now, **settings)

    @property
    def shops(self) -> tuple[Shop, ...]:
        """The shops of this world."""
        return (*USUAL, DIRECT) if self.netsuite_shops else USUAL

    @property
    def is_connected(self) -> bool:
        """Whether warehouses work at the instant of the event in hand."""
        return self.fulfilment == "connected" and self.now >= self.connected_from

    def runs_by_itself(self, order: Body) -> bool:
        """Whether an order ships, and its returns are answered, without anybody on the wire."""
        return self.fulfilment != "connected" or int(order["create_time"]) < self.connected_from

    def draw(self, *name: object) -> draw.Draw:
        """Return the repeatable numbers of a name in this world."""
        return draw.Draw(self.seed, *name)

    def new_id(self, prefix: str, *name: object) -> str:
        """Return a 19-digit id that follows from the seed and the name."""
        return draw.digits(prefix, self.seed, *name)

    def tiktok(self, kind: str, id: str) -> Record | None:
        """Return a TikTok Shop record, or None."""
        return self.unit_of_work.get(TIKTOK, kind, id)

    def order(self, order_id: str) -> Body:
        """Return the body of an order that must exist."""
        return self.unit_of_work.body(TIKTOK, "orders", order_id)

    def write(self, kind: str, id: str, body: Body, *, shop: str, at: int, parent: str = "", created: int = 0) -> None:
        """Keep a TikTok Shop record changed at an instant, and created then unless given."""
        self.unit_of_work.save(Record(TIKTOK, kind, id, body, shop, parent, created or at, at))
