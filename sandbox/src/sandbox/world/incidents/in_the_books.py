"""Failures in NetSuite: a payout's journal entered twice, or edited after it was posted.

Belongs here: changed journal entries. Does not: how NetSuite behaves. Which payout a journal is for only its own
texts say, so the entity is the journal's id.
"""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

from sandbox.store import Body, Record
from sandbox.world.incidents.choosing import choose
from sandbox.world.state import World
from sandbox.world.truth import Truth, truth

SYSTEM, KIND = "netsuite", "journalEntry"


def post_twice(world: World, count: int) -> list[Truth]:
    """ERP-03: somebody copies a journal: all the same but for its number, and no external id."""
    entries = []
    for record in choose(world, "ERP-03", _journals(world), count=count):
        twin = world.store.duplicate(SYSTEM, KIND, record.id)
        if twin is None:
            raise LookupError(f"journal {record.id}: expected to copy it, found it gone")
        copy = {key: value for key, value in twin.body.items() if key != "externalId"}
        copy["tranId"] = f"{copy.get('tranId', twin.id)}-COPY"
        world.store.put(world.store.indexed(twin, {**copy, **_stamp(world)}))
        entries.append(_truth(record, changed=twin.id, copy_id=twin.id))
    return entries


def edit(world: World, count: int) -> list[Truth]:
    """ERP-07: somebody raises one debit and one credit of a posted journal by 1.00; it still balances."""
    entries = []
    for record in choose(world, "ERP-07", _journals(world), count=count):
        world.store.put(world.store.indexed(record, {**_raised(record.body), **_stamp(world)}))
        entries.append(_truth(record, changed=record.id, raised="1.00"))
    return entries


def _journals(world: World) -> list[Record]:
    return [record for record in world.store.select(SYSTEM, KIND) if record.body.get("externalId")]


def _raised(journal: Body) -> Body:
    lines = [dict(line) for line in journal["line"]["items"]]
    for side in ("debit", "credit"):
        line = next(line for line in lines if Decimal(str(line.get(side) or 0)) > 0)
        line[side] = str(Decimal(str(line[side])) + 1)
    return {**journal, "line": {**journal["line"], "items": lines}}


def _stamp(world: World) -> Body:
    now = datetime.fromtimestamp(world.store.now, UTC)
    return {"lastModifiedDate": now.strftime("%Y-%m-%dT%H:%M:%SZ")}


def _truth(record: Record, *, changed: str, **detail: str) -> Truth:
    about = {"external_id": record.body["externalId"], "memo": record.body.get("memo", ""), **detail}
    return truth("", (SYSTEM, KIND, changed), ("journal", record.id), shop_id="", **about)
