"""One bad record of every kind, in every entity of every system, all at once in a world of stand-ins.

Belongs here: what is bad, of which record, what must be said of it, and undoing it. Does not: the world (whole_world),
or what the product does (tests/integration/test_chaos.py).
"""

from __future__ import annotations

import copy
import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import chain
from typing import Any

from tests.support.chaos_table import BAD, MISSING, Bad
from tests.support.worlds import World

Body = dict[str, Any]
SHORT = 5
"""Longest name that could as well be a number of something else."""
UPDATED = {"orders", "packages", "products", "cancellations", "returns"}
"""Kinds of TikTok Shop that are listed by `update_time`, which every change of a record moves."""


@dataclass
class Done:
    """A record that was made bad: what it was, and the ids under which people know what hangs on it."""

    system: str
    kind: str
    bad: Bad
    before: Body
    names: set[str] = field(default_factory=set)

    @property
    def id(self) -> str:
        """The record's id."""
        return str(self.before["_record"]["id"])

    @property
    def path(self) -> str:
        """Where the control interface has it."""
        return f"/_sandbox/{self.system}/{self.kind}/{self.id}"


def make_bad(world: World) -> list[Done]:
    """Make one record bad for every row of the table; no record twice."""
    done: list[Done] = []
    statements = world.records("tiktok_shop", "statements")
    payouts = {each["id"]: {each["payment_id"]} - {""} for each in statements}
    chosen = {(system, kind): iter(candidates(world, system, kind)) for system, kind in BAD}
    for (system, kind), rows in BAD.items():
        for row in rows:
            before, after = next(
                (record, changed)
                for record in chosen[system, kind]
                if (changed := with_value(record, row.path.split("."), row.value)) is not None
            )
            done.append(Done(system, kind, row, before, _names(before) | payouts.get(_statement(kind, before), set())))
            bring(world, done[-1].path, kind, after)
    return done


def mend(world: World, done: Iterable[Done]) -> None:
    """Bring every record back to what it was."""
    for each in done:
        bring(world, each.path, each.kind, each.before)


def bring(world: World, path: str, kind: str, body: Body) -> None:
    """Bring a record into this state; what is listed by its time of update is updated now."""
    is_updated = "/tiktok_shop/" in path and kind in UPDATED and isinstance(body.get("update_time"), int)
    now = {"update_time": world.call("GET", "/_sandbox/clock")["now"]} if is_updated else {}
    world.call("PUT", path, {**body, **now})


def candidates(world: World, system: str, kind: str) -> Sequence[Body]:
    """Return the records of a kind that may be made bad: as few payouts as possible hang on them."""
    records = world.records(system, kind)
    choose = _CHOSEN.get((system, kind))
    return choose(world, records) if choose else records


def _ranks(world: World) -> dict[str, int]:
    """Rank payouts, those of most statements first: what is bad hangs on as few of them as can be."""
    paid = Counter(each["payment_id"] for each in world.records("tiktok_shop", "statements") if each["payment_id"])
    return {payment: rank for rank, payment in enumerate(sorted(paid, key=lambda payment: (-paid[payment], payment)))}


def _by_payout(rows: list[Body], ranks: dict[str, int], payment: Callable[[Body], str]) -> list[Body]:
    return sorted(rows, key=lambda row: (ranks.get(payment(row), len(ranks)), row["_record"]["id"]))


def _statements(world: World, statements: list[Body]) -> list[Body]:
    return _by_payout(statements, _ranks(world), lambda each: str(each["payment_id"]))


def _lines(world: World, lines: list[Body]) -> list[Body]:
    statements = _statements(world, world.records("tiktok_shop", "statements"))
    sound = statements[len(BAD["tiktok_shop", "statements"]) :]
    payments = {each["id"]: each["payment_id"] for each in sound}
    orders = [line for line in lines if line["type"] == "ORDER" and line["_record"]["parent"] in payments]
    return _by_payout(orders, _ranks(world), lambda line: payments[line["_record"]["parent"]])


def _payments(world: World, payments: list[Body]) -> list[Body]:
    return _by_payout(payments, _ranks(world), lambda payment: payment["id"])[::-1]  # others than those of bad lines


def _journals(world: World, journals: list[Body]) -> list[Body]:
    ours = [each for each in journals if str(each.get("externalId")).startswith("TTS-")]
    return _by_payout(ours, _ranks(world), lambda each: each["externalId"].split("-")[2])


def _unsettled_orders(world: World, orders: list[Body]) -> list[Body]:
    settled = {line["order_id"] for line in world.records("tiktok_shop", "statement_transactions")}
    asked = {each["order_id"] for each in world.records("tiktok_shop", "cancellations")}
    states = ("IN_TRANSIT", "DELIVERED", "COMPLETED")
    return [each for each in orders if each["status"] in states and each["id"] not in settled | asked]


def _unmapped_warehouses(_world: World, warehouses: list[Body]) -> list[Body]:
    return [each for each in warehouses if not each["is_default"]]


def _open_orders(_world: World, orders: list[Body]) -> list[Body]:
    return [each for each in orders if not each["Processed"]]


def _unused(_world: World, records: list[Body]) -> list[Body]:
    return records[::-1]


def _not_payouts(_world: World, lines: list[Body]) -> list[Body]:
    return [each for each in lines if not each["_payment_ids"]]


_CHOSEN: dict[tuple[str, str], Callable[[World, list[Body]], list[Body]]] = {
    ("tiktok_shop", "orders"): _unsettled_orders,
    ("tiktok_shop", "warehouses"): _unmapped_warehouses,
    ("tiktok_shop", "inventory"): lambda _world, rows: [row for row in rows if row["warehouse_inventory"]],
    ("tiktok_shop", "products"): _unused,
    ("tiktok_shop", "statement_transactions"): _lines,
    ("tiktok_shop", "statements"): _statements,
    ("tiktok_shop", "payments"): _payments,
    ("netsuite", "journalEntry"): _journals,
    ("netsuite", "account"): _unused,
    ("netsuite", "accountingPeriod"): _unused,
    ("linnworks", "orders"): _open_orders,
    ("bank", "lines"): _not_payouts,
}


def with_value(record: Body, way: Sequence[str], value: Any) -> Body | None:
    """Return a copy of a record with a bad value; None when it has no such place."""
    changed = copy.deepcopy(record)
    place: Any = changed
    *holders, last = way
    try:
        for name in holders:
            place = place[int(name)] if isinstance(place, list) else place[name]
        if value is MISSING:
            del place[last]
        else:
            place[last] = value
    except (LookupError, TypeError):
        return None
    return changed


def _statement(kind: str, record: Body) -> str:
    return str(record["_record"]["parent" if kind == "statement_transactions" else "id"])


_NAMING = (
    *(
        "id",
        "order_id",
        "payment_id",
        "cancel_id",
        "return_id",
        "package_id",
        "seller_sku",
        "externalId",
        "ItemNumber",
        "SKU",
    ),
    *("StockItemId", "product_id", "transaction_id"),
)


def _names(record: Body) -> set[str]:
    """Return what a record and all that hangs on it is known by."""
    found = {str(record["_record"]["id"])}
    found |= {str(record.get(name) or "") for name in _NAMING}
    parts = chain(record.get("skus") or [], record.get("orders") or [], record.get("line_items") or [])
    found |= {str(part.get(name) or "") for part in parts for name in ("id", "seller_sku")}
    found |= set(str(record.get("externalId")).split("-")[2:3])  # a journal is named after its shop and its payout
    return {name for name in found if len(name) > SHORT}


@dataclass(frozen=True)
class Spoiled:
    """A file that was spoiled: the system it is of, what it is called where it is reported, and undoing it.

    `code`: that of an exception which reports it; quarantine does where there is none.
    """

    system: str
    id: str
    undo: Callable[[], object]
    names: set[str] = field(default_factory=set)
    code: str = ""


def spoil_files(world: World, done: Iterable[Done]) -> list[Spoiled]:
    """Deliver an X12 document of every type cut in its middle, a statement against its balances, and a mangled map."""
    days = {str(each.before.get("booking_date")) for each in done}
    return [*_cut_documents(world), _unbalanced_statement(world, days), _mangled_map(world)]


def _cut_documents(world: World) -> Iterator[Spoiled]:
    files = [each for each in world.records("gxo", "files") if each["folder"] == "out"]
    for type, file in {each["name"][:3]: each for each in files}.items():
        name = f"{type}_cut.edi"
        path = f"/_sandbox/gxo/files/out/{name}"
        half = file["text"][: len(file["text"]) // 2]
        world.call("PUT", path, {**file, "id": f"out/{name}", "name": name, "text": half})
        yield Spoiled("gxo", name, partial(world.call, "DELETE", path))


def _unbalanced_statement(world: World, other_than: set[str]) -> Spoiled:
    """Change the closing balance of a statement that has no bad entry."""
    files = sorted((world.home / "sandbox" / "bank" / "gbp-main").iterdir())
    file = next(each for each in files[1:] if each.stem not in other_than)
    sound = file.read_text(encoding="utf-8")
    before, after = sound.split("<Cd>CLBD</Cd>")
    changed = re.sub("([0-9]+[.])", "9\\1", after, count=1)
    file.write_text(f"{before}<Cd>CLBD</Cd>{changed}", encoding="utf-8")
    return Spoiled("bank", file.stem, partial(file.write_text, sound, encoding="utf-8"), {file.stem}, "FIN-22")


def _mangled_map(world: World) -> Spoiled:
    """Add a map whose shop a spreadsheet has shortened."""
    file = world.home / "config" / "skus.csv"
    file.write_text("shop_id,seller_sku,item,valid_from,valid_to\n7.495E+18,GROC-1,GROC-2,,\n", encoding="utf-8")
    return Spoiled("config", file.name, file.unlink)


def shown(value: Any) -> str:
    """Return a value as a message shows it."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, separators=(",", ":"))
