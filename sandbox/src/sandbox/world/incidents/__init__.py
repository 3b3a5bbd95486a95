"""Business failures of the catalogue, planted as real changes to records and remembered in the truth.

Belongs here: which codes can be planted. Does not: how a failure looks (the modules beside). Each failure changes
nothing but what it is about: where sums must still agree they are made to.
"""

from __future__ import annotations

from collections.abc import Callable

from sandbox.bank.accounts import SYSTEM as BANK
from sandbox.store import Store
from sandbox.world.incidents import (
    at_the_bank,
    at_the_warehouses,
    before_settlement,
    in_stock,
    in_the_books,
    in_transactions,
    on_listings,
    on_orders,
    on_payouts,
    on_returns,
    on_statements,
)
from sandbox.world.state import World
from sandbox.world.truth import Truth, remember

Planter = Callable[[World, int], list[Truth]]
PLANTERS: dict[str, Planter] = {
    "FIN-01": at_the_bank.change_amount,
    "FIN-02": at_the_bank.lose_deposit,
    "FIN-03": in_transactions.break_arithmetic,
    "FIN-04": on_payouts.withhold_without_line,
    "FIN-05": before_settlement.delay_settlement,
    "FIN-06": in_transactions.settle_unknown_order,
    "FIN-07": in_transactions.rename_fee,
    "FIN-09": on_statements.hold_reserve,
    "FIN-10": on_statements.turn_negative,
    "FIN-12": before_settlement.take_dispatch_back,
    "FIN-14": on_payouts.misquote_rate,
    "FIN-15": in_transactions.unlink_adjustment,
    "FIN-16": before_settlement.settle_unlike_estimate,
    "FIN-17": in_transactions.restate,
    "FIN-18": on_statements.refund_without_clawback,
    "FIN-19": in_transactions.repeat,
    "FIN-20": on_payouts.fail,
    "FIN-21": at_the_bank.obscure,
    "ERP-03": in_the_books.post_twice,
    "ERP-07": in_the_books.edit,
    "ORD-03": at_the_warehouses.park,
    "ORD-04": on_orders.hide_address,
    "ORD-05": at_the_warehouses.double,
    "ORD-06": at_the_warehouses.change_contents,
    "ORD-08": on_orders.take_release_back,
    "ORD-10": at_the_warehouses.ship_for_the_platform,
    "ORD-11": on_orders.lose_shipment,
    "ORD-12": on_orders.set_unknown_status,
    "ORD-15": at_the_warehouses.invent,
    "CAN-01": on_orders.cancel_what_is_held,
    "CAN-02": on_orders.cancel_what_has_left,
    "CAN-03": on_orders.ask_to_cancel,
    "CAN-04": on_orders.cancel_what_is_picked,
    "CAN-05": on_orders.cancel_for_lateness,
    "CAN-06": at_the_warehouses.cancel_there,
    "CAN-07": on_orders.cancel_a_line,
    "FUL-02": on_orders.let_deadline_pass,
    "FUL-03": at_the_warehouses.lose_tracking,
    "FUL-04": at_the_warehouses.garble_tracking,
    "FUL-05": at_the_warehouses.use_an_unknown_carrier,
    "FUL-10": on_orders.pack_twice,
    "FUL-13": on_orders.ship_by_hand,
    "INV-02": in_stock.damage_what_is_sold,
    "INV-07": in_stock.open_warehouse,
    "INV-10": in_stock.edit_listing,
    "INV-14": in_stock.lose_silently,
    "MAP-01": on_listings.list_unknown,
    "MAP-02": on_listings.rename,
    "MAP-03": on_listings.list_bundle,
    "MAP-04": on_listings.change_bundle,
    "MAP-07": on_listings.take_down,
    "RET-01": on_returns.leave_unanswered,
    "RET-02": on_returns.approve_unseen,
    "RET-07": on_returns.edit_amount,
    "RET-11": on_returns.refund_without_return,
    "RET-12": on_returns.lose_parcel,
    "RET-13": on_returns.refund_twice,
    "RET-14": on_returns.rule_for_buyer,
}


def plant(store: Store, code: str, count: int) -> list[Truth]:
    """Plant up to `count` failures of a code now and return what was changed; fewer when the world has no more.

    Raises:
        ValueError: The code cannot be planted, or count is below 1.
        LookupError: The store has no world, or nothing in it can carry this failure yet.
    """
    if code not in PLANTERS:
        raise ValueError(f"code {code!r}: expected one of {', '.join(sorted(PLANTERS))}")
    if count < 1:
        raise ValueError(f"count {count}: expected at least 1")
    with store.transaction():
        world = World.of(store)
        entries = [{**entry, "code": code} for entry in PLANTERS[code](world, count)]
        if not entries:
            raise LookupError(f"{code}: no record can carry it yet; let the world trade on, then plant it")
        world.unit_of_work.forget_all()
        world.agenda.save()
        remember(store, entries, origin="incident", at=store.now)
    for system, kind in sorted({(entry["system"], entry["kind"]) for entry in entries} | {(BANK, "lines")}):
        store.notify(system, kind)
    return entries
