"""Damages of a traded and tied world: which of its records belong together, and a random damage that touches one group.

Belongs here: reading the sandbox's records, their groups (a payout with all that is under it), drawing damages, doing
and undoing them. Does not: the table of fields (damage), or what the product says (damage_runs).
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
from typing import Any

from tests.support.damage import Body, Steps, dotted, falsified, leaves, rule_for, says_the_same, value_at, with_value
from tests.support.worlds import World

Ref = tuple[str, str, str]
"""System, kind and id of a record."""
UPDATED = {"orders", "products", "packages", "cancellations", "returns"}
"""Kinds of TikTok Shop that are listed by `update_time`, which every change of a record moves."""
SAVED = {"salesOrder", "itemFulfillment", "inventoryItem", "kitItem"}
"""Kinds of NetSuite that say when they were last saved, as every edit there does."""
_SECONDS = count()
"""Two edits are not of one second, though the world's clock does not move."""
NOTED = {"salesOrder", "itemFulfillment"}
"""Kinds whose deletion NetSuite notes."""
KEYS = {
    ("tiktok_shop", "returns"): "return_id",
    ("zigzag", "returns"): "returnId",
    ("zigzag", "orders"): "orderNumber",
}
"""Fields with a record's own id, where it is not `id`."""
PAYOUT_KINDS = {
    ("tiktok_shop", "orders"): 5,
    ("tiktok_shop", "statements"): 3,
    ("tiktok_shop", "statement_transactions"): 6,
    ("tiktok_shop", "payments"): 4,
    ("bank", "lines"): 4,
    ("netsuite", "journalEntry"): 4,
}
"""Kinds that are damaged in a world of payouts, and how often beside each other."""
PAIRED = 0.2
"""Share of damages that change several fields or records at once."""
WHOLE, DELETED = 0.12, 0.5
"""Share of damages of one record that are about the whole of it; of these, share of deletions: others are doubles."""
WATCHED = 0.9
"""Share of damages of one field that change one which means something."""


@dataclass(frozen=True)
class Damage:
    """What one or several records were and became.

    `name` is the kind of damage, `reported` what was done to which record; a report may name any of the `subjects`.
    """

    name: str
    reported: str
    expected: frozenset[str]
    may_be_silent: bool
    subjects: frozenset[str]
    group: frozenset[str]
    before: tuple[tuple[Ref, Body | None], ...]
    after: tuple[tuple[Ref, Body | None], ...]


ByKind = dict[tuple[str, str], dict[str, Body]]
Grouping = Callable[[ByKind], dict[Ref, set[str]]]


class Records:
    """The world's records of some kinds, and the group of each: what hangs together is damaged in one place only."""

    def __init__(self, world: World, kinds: Mapping[tuple[str, str], int], grouping: Grouping) -> None:
        """Read the records. `kinds`: how often each kind is damaged; `grouping`: names that each record shares."""
        self.world, self.kinds = world, kinds
        self.by_kind: ByKind = {
            (system, kind): {row["_record"]["id"]: row for row in world.records(system, kind)} for system, kind in kinds
        }
        self.groups: dict[Ref, frozenset[str]] = {}
        self.members: dict[str, set[str]] = defaultdict(set)
        found = grouping(self.by_kind)
        joined = _joined(found.values())
        for ref, names in found.items():
            if names:
                self.groups[ref] = joined[next(iter(names))]
                own = _names(self.by_kind[ref[:2]][ref[2]])
                for name in self.groups[ref]:
                    self.members[name] |= {ref[2]} | own

    def in_scope(self, system: str, kind: str) -> list[str]:
        """Return the ids of the kind's records that belong to a payout."""
        return sorted(id for each, what, id in self.groups if (each, what) == (system, kind))

    def subjects(self, group: Iterable[str]) -> frozenset[str]:
        return frozenset().union(*(self.members[payment] for payment in group), group)


def _joined(groups: Iterable[set[str]]) -> dict[str, frozenset[str]]:
    """Return for each member the union of all sets that hang together with it."""
    together: dict[str, set[str]] = {}
    for group in groups:
        merged = set(group).union(*(together.get(each, {each}) for each in group))
        together.update(dict.fromkeys(merged, merged))
    return {each: frozenset(group) for each, group in together.items()}


def _names(body: Body) -> set[str]:
    return {str(body[name]) for name in ("externalId", "NumOrderId") if body.get(name)}


def payout_groups(records: ByKind) -> dict[Ref, set[str]]:
    """Group what leads to the same payments: their statements, lines, orders, bank lines and journals."""
    payments = set(records["tiktok_shop", "payments"])
    paid_by = {id: body.get("payment_id") or "" for id, body in records["tiktok_shop", "statements"].items()}
    found: dict[Ref, set[str]] = {("tiktok_shop", "payments", payment): {payment} for payment in payments}
    found |= {("tiktok_shop", "statements", id): {payment} - {""} for id, payment in paid_by.items()}
    orders: dict[str, set[str]] = defaultdict(set)
    for id, body in records["tiktok_shop", "statement_transactions"].items():
        payment = paid_by.get(body["_record"]["parent"], "")
        found["tiktok_shop", "statement_transactions", id] = {payment} - {""}
        for name in ("order_id", "adjustment_order_id", "associated_order_id"):
            orders[body.get(name) or ""].add(payment)
    found |= {("tiktok_shop", "orders", id): orders[id] - {""} for id in records["tiktok_shop", "orders"]}
    found |= {("bank", "lines", id): set(body["_payment_ids"]) for id, body in records["bank", "lines"].items()}
    for id, body in records["netsuite", "journalEntry"].items():
        found["netsuite", "journalEntry", id] = {each for each in payments if each in body.get("externalId", "")}
    return found


Chooser = Callable[[Records, random.Random], Damage | None]


def random_damages(records: Records, seed: int, count: int, *, pairs: Sequence[Chooser]) -> list[Damage]:
    """Return damages that touch no group twice; fewer than `count` when the groups run out."""
    draw = random.Random(seed)
    kinds, weights = zip(*records.kinds.items(), strict=True)
    used: set[str] = set()
    found: list[Damage] = []
    for _ in range(count * 20):
        if len(found) == count:
            break
        is_pair = bool(pairs) and draw.random() < PAIRED
        system, kind = draw.choices(kinds, weights)[0]
        damage = draw.choice(pairs)(records, draw) if is_pair else one_damage(records, draw, system, kind)
        if damage and not damage.group & used:
            used |= damage.group
            found.append(damage)
    return found


def one_damage(records: Records, draw: random.Random, system: str, kind: str) -> Damage | None:
    """Return a damage of a random record of the kind: of the whole of it, or of one field."""
    id = draw.choice(records.in_scope(system, kind))
    ref, group = (system, kind, id), records.groups[system, kind, id]
    body = records.by_kind[system, kind][id]
    if draw.random() < WHOLE:
        return _of_record(records, draw, ref, body, group)
    fields = [(path, value) for path, value in leaves(body) if rule_for(system, kind, path).type != "key"]
    watched = [each for each in fields if rule_for(system, kind, each[0]).expected]
    path, value = draw.choice(watched if draw.random() < WATCHED and watched else fields)
    rule = rule_for(system, kind, path)
    others = [found for other in records.by_kind[system, kind].values() if (found := _get(other, path)) is not None]
    way, false = falsified(draw, rule, value, others)
    changed = with_value(body, path, false)
    if says_the_same(rule, value, false):
        return None
    reported = "" if way == "remove" else f"{value!r} -> {false!r} "
    return Damage(
        f"{system}.{kind}.{dotted(path)} {way}",
        f"{reported}@ {id}",
        rule.expected,
        not rule.expected or rule.is_repeated,
        records.subjects(group) | {id} | ({false} if rule.type == "id" and isinstance(false, str) and false else set()),
        group,
        ((ref, body),),
        ((ref, changed),),
    )


def _get(body: Body, path: Steps) -> Any:
    try:
        return value_at(body, path)
    except (LookupError, TypeError):
        return None


def _of_record(records: Records, draw: random.Random, ref: Ref, body: Body, group: frozenset[str]) -> Damage:
    system, kind, id = ref
    rule = rule_for(system, kind, ("(record)",))
    silent = not rule.expected or rule.is_repeated
    subjects = records.subjects(group) | {id}
    where = f"@ {id}"
    if draw.random() < DELETED:
        states = ((ref, body),), ((ref, None),)
        return Damage(f"{system}.{kind} deleted", where, rule.expected, silent, subjects, group, *states)
    twin = f"{id}-2" if not id.isdigit() else str(int(id) + 1).zfill(len(id))
    copy = {**body, KEYS.get((system, kind), "id"): twin, "_record": {**body["_record"], "id": twin}}
    states = (((system, kind, twin), None),), (((system, kind, twin), copy),)
    return Damage(f"{system}.{kind} doubled", where, rule.expected, silent, subjects | {twin}, group, *states)


def bring(world: World, states: Iterable[tuple[Ref, Body | None]]) -> None:
    """Bring records into these states; those that are listed by their time of update are updated now."""
    now = world.call("GET", "/_sandbox/clock")["now"]
    for (system, kind, id), body in states:
        saved = now + next(_SECONDS) if kind in SAVED else now
        path = f"/_sandbox/{system}/{kind}/{id}"
        if body is None:
            world.call("DELETE", path)
        else:
            world.call("PUT", path, {**body, **_updated(system, kind, saved)})
        if kind in NOTED:
            _note_deletion(world, id, saved, is_deleted=body is None)


def _note_deletion(world: World, id: str, now: int, *, is_deleted: bool) -> None:
    noted = {"recordId": id if is_deleted else "0", "recordTypeId": "-30", "deletedDate": _written(now)}
    world.call("PUT", f"/_sandbox/netsuite/deletedRecord/8{id}", {"id": f"8{id}", **noted})


def _written(now: int) -> str:
    return datetime.fromtimestamp(now, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _updated(system: str, kind: str, now: int) -> Body:
    if (system, kind) == ("zigzag", "returns"):
        return {"updatedAt": _written(now)}
    if system == "netsuite" and kind in SAVED:
        return {"lastModifiedDate": _written(now)}
    return {"update_time": now} if system == "tiktok_shop" and kind in UPDATED else {}


def damage_of(
    records: Records, name: str, expected: frozenset[str], changed: Mapping[Ref, Body | None]
) -> Damage | None:
    """Return the damage that gives these records other bodies; None when they are in no group."""
    groups = [records.groups[ref] for ref in changed if ref in records.groups]
    if not groups:
        return None
    group = frozenset().union(*groups)
    return Damage(
        name,
        f"@ {' + '.join(ref[2] for ref in changed)}",
        expected,
        False,
        records.subjects(group) | {ref[2] for ref in changed},
        group,
        tuple((ref, records.by_kind[ref[:2]].get(ref[2])) for ref in changed),
        tuple(changed.items()),
    )
