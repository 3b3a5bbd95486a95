"""What else changes when a record was written or removed: orders, stock, invoices, deposits.

Belongs here: which records follow which. Does not: how each of them does.
"""

from __future__ import annotations

from sandbox.netsuite import applying, commitment, fulfilments, payments, stock, transforms
from sandbox.netsuite.schema import SYSTEM, RecordType
from sandbox.netsuite.stock import Amounts
from sandbox.netsuite.values import ref_id
from sandbox.store import Body, Store

_PAYING = {"creditMemo", payments.PAYMENT, payments.APPLICATION}
_OF_AN_ORDER = {fulfilments.KIND, "invoice", "cashSale", payments.DEPOSIT}


def follow(store: Store, record_type: RecordType, *, before: Body | None, after: Body | None) -> None:
    """Bring what depends on a record up to it; `before` None: it is new, `after` None: it is gone."""
    name, body = record_type.name, after or before or {}
    if name in _PAYING:
        applying.settle(store, before, after)
    if name == payments.APPLICATION:
        payments.follow_application(store, body)
    if name == "deposit":
        payments.follow_bank_deposit(store, before, after)
    if name in stock.STOCKED and before is None and (record := store.get(SYSTEM, name, str(body.get("id")))):
        stock.open_places(store, record)
    moved = stock.difference(_moved(name, after), _moved(name, before))
    stock.change(store, on_hand=moved)
    if name == commitment.ORDER:
        commitment.settle(store, str(body.get("id")), before or {})
    if name in _OF_AN_ORDER:
        order = ref_id(body, "createdFrom") or ref_id(body, "salesOrder")
        if store.get(SYSTEM, commitment.ORDER, order):
            commitment.settle(store, order)
    commitment.released(store, moved)
    transforms.refresh_source(store, body)


def _moved(name: str, body: Body | None) -> Amounts:
    """Return what a document brings into stock, less what it takes out."""
    if name == fulfilments.KIND:
        return {place: -amount for place, amount in fulfilments.moved(body).items()}
    if name == "itemReceipt":
        return stock.moves_of(body or {})
    return stock.moves_of(body or {}, "inventory") if name == "inventoryAdjustment" else {}
