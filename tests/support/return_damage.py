"""Damages of a world of returns that are chosen: one function for each thing that can be wrong with a return.

Belongs here: which records of returns hang together, and each chosen damage with the codes that may report it. Does
not: random damages (damage_world, damage_fields.csv), or what the product says of one (damage_runs).
"""

from __future__ import annotations

import copy
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from tests.support.damage import Body
from tests.support.damage_world import ByKind, Damage, Records, Ref, damage_of

Kind = tuple[str, str]
RETURNS: Kind = ("tiktok_shop", "returns")
PORTAL: Kind = ("zigzag", "returns")
MEMOS: Kind = ("netsuite", "creditMemo")
RETURN_KINDS: dict[Kind, int] = {RETURNS: 6, PORTAL: 6, ("zigzag", "orders"): 1, MEMOS: 3}
"""Kinds that are damaged in a world of returns, and how often beside each other."""
SHOPS = ("7495000000000000101", "7495000000000000202")
COMPLETE = "RETURN_OR_REFUND_REQUEST_COMPLETE"
OPEN = ("RETURN_OR_REFUND_REQUEST_PENDING", "AWAITING_BUYER_SHIP", "BUYER_SHIPPED_ITEM")
NOWHERE = "571111111111111111"
"""An order that no shop has."""


def return_groups(records: ByKind) -> dict[Ref, set[str]]:
    """Group what is about the same order: its returns, their returns in the portal, and their documents."""
    order_of = {id: str(body["order_id"]) for id, body in records[RETURNS].items()}
    found: dict[Ref, set[str]] = {(*RETURNS, id): {id, order} for id, order in order_of.items()}
    for id, body in records[PORTAL].items():
        found[*PORTAL, id] = {str(body[name]) for name in ("orderNumber", "externalReturnRef") if body.get(name)} or {
            id
        }
    found |= {("zigzag", "orders", id): {id} for id in records["zigzag", "orders"]}
    for id, body in records[MEMOS].items():
        found[*MEMOS, id] = set(re.findall(r"\d{17,19}", f"{body.get('externalId')} {body.get('memo')}")) - set(SHOPS)
    return found


@dataclass(frozen=True)
class Chosen:
    """A damage by name: to a record of `kind` that `fits`, the records that `change` returns by reference.

    `codes`: any of them may report it; none: it is no fault. `syncs`: what may rightly be written because of
    it. `may_wait`: it may be said at a later reading only.
    """

    name: str
    codes: str
    kind: Kind
    fits: Callable[[Body], bool]
    change: Callable[[Records, Ref, Body], dict[Ref, Body | None]]
    syncs: frozenset[str] = frozenset()
    may_wait: bool = False


def chosen_batches(records: Records, chosen: list[Chosen]) -> Iterator[list[Damage]]:
    """Yield batches of these damages, each of the first record that it fits and that no other of its batch touches.

    Raises:
        LookupError: when one fits no record at all.
    """
    waiting = chosen
    while waiting:
        used: set[str] = set()
        batch: dict[str, Damage] = {}
        for each in waiting:
            made = next(_made(records, each, used), None)
            if made:
                used |= made.group
                batch[each.name] = made
        if not batch:
            raise LookupError(f"no record of the world fits: {', '.join(each.name for each in waiting)}")
        yield list(batch.values())
        waiting = [each for each in waiting if each.name not in batch]


def _made(records: Records, each: Chosen, used: set[str]) -> Iterator[Damage]:
    for id in records.in_scope(*each.kind):
        ref, body = (*each.kind, id), copy.deepcopy(records.by_kind[each.kind][id])
        if each.fits(body) and not records.groups[ref] & used:
            changed = each.change(records, ref, body)
            made = damage_of(records, each.name, frozenset(each.codes.split()), changed)
            if made and not made.group & used:
                yield replace(made, may_be_silent=each.may_wait or not each.codes)


def _one(edit: Callable[[Body], None]) -> Callable[[Records, Ref, Body], dict[Ref, Body | None]]:
    """Return a change of one record alone."""

    def change(_records: Records, ref: Ref, body: Body) -> dict[Ref, Body | None]:
        edit(body)
        return {ref: body}

    return change


def _removed(_records: Records, ref: Ref, _body: Body) -> dict[Ref, Body | None]:
    return {ref: None}


def _doubled(key: str, **other: object) -> Callable[[Records, Ref, Body], dict[Ref, Body | None]]:
    """Return a second record with another id in `key`."""

    def change(records: Records, ref: Ref, body: Body) -> dict[Ref, Body | None]:
        twin = f"{ref[2][:-2]}{(int(ref[2][-2:]) + 51) % 100:02}" if ref[0] != "netsuite" else str(int(ref[2]) + 90_000)
        again = {**body, key: twin, **other, "_record": {**body["_record"], "id": twin}}
        return {ref: records.by_kind[ref[:2]][ref[2]], (ref[0], ref[1], twin): again}

    return change


def _status(*statuses: str) -> Callable[[Body], bool]:
    return lambda body: body["return_status"] in statuses


def _is_held(*statuses: str) -> Callable[[Body], bool]:
    return lambda body: body["status"] in statuses and bool(body["externalReturnRef"])


def _is_old(body: Body) -> bool:
    """Whether it has been in the portal for days."""
    return _is_held("created", "label_issued")(body) and body["createdAt"] < "2026-01-17"


def _refund(body: Body, total: str, *, lines: bool) -> None:
    for place in [body, *(body["return_line_items"] if lines else [])]:
        place["refund_amount"] |= {"refund_total": total, "refund_subtotal": total}


def _is_one_line(*statuses: str) -> Callable[[Body], bool]:
    return lambda body: body["return_status"] in statuses and len(body["return_line_items"]) == 1


def _of_another_order(records: Records, ref: Ref, body: Body) -> dict[Ref, Body | None]:
    others = [
        each["order_id"]
        for each in records.by_kind[RETURNS].values()
        if each["_record"]["shop"] == body["_record"]["shop"]
    ]
    return {ref: body | {"order_id": next(order for order in sorted(others) if order != body["order_id"])}}


def _of_another_return(records: Records, ref: Ref, body: Body) -> dict[Ref, Body | None]:
    others = sorted(records.by_kind[RETURNS])
    return {ref: body | {"externalReturnRef": next(id for id in others if id != body["externalReturnRef"])}}


def _in_another_shop(_records: Records, ref: Ref, body: Body) -> dict[Ref, Body | None]:
    other = next(shop for shop in SHOPS if shop != body["_record"]["shop"])
    return {ref: body | {"_record": {**body["_record"], "shop": other}}}


def _line(body: Body, **values: object) -> None:
    body["lines"][0] |= values


def _asked_line(body: Body, **values: object) -> None:
    body["return_line_items"][0] |= values


def _graded(body: Body) -> bool:
    return any(line["condition"] for line in body["lines"])


MIRRORED = frozenset({"zigzag__returns"})
CHOSEN = [
    Chosen("order of a return is none", "RET-04", RETURNS, _status(*OPEN), _one(lambda b: b.update(order_id=NOWHERE))),
    Chosen("order of a return is another", "RET-04", RETURNS, _status(*OPEN), _of_another_order),
    Chosen(
        *("return line of another SKU", "RET-04", RETURNS, _status(*OPEN)),
        _one(lambda b: _asked_line(b, sku_id="1730000000000000009")),
    ),
    Chosen(
        *("return line of another order line", "RET-04", RETURNS, _status(*OPEN)),
        _one(lambda b: _asked_line(b, order_line_item_id="581111111111111111111")),
    ),
    Chosen("refund edited", "RET-07", RETURNS, _status(COMPLETE), _one(lambda b: _refund(b, "1.01", lines=False))),
    Chosen(
        *("refund edited, its lines too", "RET-07", RETURNS, _is_one_line(COMPLETE)),
        _one(lambda b: _refund(b, "1.02", lines=True)),
    ),
    Chosen("status set back", "RET-07", RETURNS, _status(COMPLETE), _one(lambda b: b.update(return_status=OPEN[1]))),
    Chosen(
        "refund edited before it is paid",
        "RET-07",
        RETURNS,
        _status(*OPEN),
        _one(lambda b: _refund(b, "1.03", lines=False)),
    ),
    Chosen("return deleted", "RET-04", RETURNS, _status(*OPEN), _removed),
    Chosen("return doubled", "RET-13", RETURNS, _status(*OPEN), _doubled("return_id")),
    Chosen("refund doubled", "RET-13", RETURNS, _status(COMPLETE), _doubled("return_id")),
    Chosen("return moved to another shop", "RET-04", RETURNS, _status(*OPEN), _in_another_shop),
    Chosen(
        *("currency of a return changed", "RET-07 SYS-03", RETURNS, _status(*OPEN)),
        _one(lambda b: b["refund_amount"].update(currency="EUR")),
    ),
    Chosen(
        *("tracking number of a return changed", "", RETURNS, lambda b: bool(b["return_tracking_number"])),
        _one(lambda b: b.update(return_tracking_number="H00000000000000X")),
        MIRRORED,
    ),
    Chosen(
        *("portal return of an unknown order", "RET-04", PORTAL, _is_held("created", "label_issued")),
        _one(lambda b: b.update(orderNumber=NOWHERE)),
    ),
    Chosen(
        *("portal return that nobody asked for", "RET-04", PORTAL, _is_held("created", "label_issued")),
        _doubled("returnId", orderNumber=NOWHERE, externalReturnRef=None),
    ),
    Chosen("portal return deleted", "RET-03", PORTAL, _is_old, _removed, MIRRORED),
    Chosen("portal return doubled", "RET-03", PORTAL, _is_held("created", "label_issued"), _doubled("returnId")),
    Chosen(
        "portal return refers to another",
        "RET-04 RET-03",
        PORTAL,
        _is_held("created", "label_issued"),
        _of_another_return,
    ),
    Chosen(
        *("portal return of another SKU", "RET-03", PORTAL, _is_held("created", "label_issued")),
        _one(lambda b: _line(b, sku="OTHER-1")),
    ),
    Chosen(
        *("more announced in the portal", "RET-03", PORTAL, _is_held("created", "label_issued")),
        _one(lambda b: _line(b, quantityRequested=3)),
    ),
    Chosen(
        *("status of a portal return unknown", "SYS-03", PORTAL, _is_held("created", "label_issued")),
        _one(lambda b: b.update(status="elsewhere")),
    ),
    Chosen("more received than announced", "RET-08", PORTAL, _graded, _one(lambda b: _line(b, quantityReceived=5))),
    Chosen("grade removed", "RET-09", PORTAL, _graded, _one(lambda b: _line(b, condition=None, disposition=None))),
    Chosen(
        *("grade removed with its time", "RET-09", PORTAL, _graded),
        _one(lambda b: _line(b, condition=None, disposition=None, gradedAt=None)),
    ),
    Chosen("document deleted", "ERP-05", MEMOS, lambda _b: True, _removed),
    Chosen("document doubled", "ERP-03", MEMOS, lambda _b: True, _doubled("id")),
    Chosen("document copied by hand", "ERP-03", MEMOS, lambda _b: True, _doubled("id", externalId=None)),
    Chosen("amount of a document changed", "RET-07", MEMOS, lambda _b: True, _one(lambda b: b.update(total="0.07"))),
    Chosen(
        "key of a document changed",
        "RET-07",
        MEMOS,
        lambda _b: True,
        _one(lambda b: b.update(externalId=f"{b['externalId']}0")),
    ),
]
