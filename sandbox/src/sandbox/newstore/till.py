"""What people do at a store's till: buy what is there, and bring back what they bought on TikTok Shop.

Belongs here: sales, and returns at the till. Does not: the returns' calls (`returns`), requests (`staff`).
A till takes back an order that was shipped from a store by its number; one that NewStore does not know is a blind
return. How many units come, in which condition, and what is given back, is what people make of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from sandbox.newstore import amounts, lists, orders, returns, stock
from sandbox.newstore.profile import iso, new_id
from sandbox.store import Store
from sandbox.world.draw import Draw

Body = dict[str, Any]
_CONDITIONS, _REASONS = (820, 80, 60, 40), (500, 200, 200, 60, 40)


def sell(store: Store, product: str, draw: Draw, *, at: int) -> bool:
    """Let somebody buy a unit in one of the stores that have it; False when none has."""
    nodes = [node["fulfillment_node_id"] for node in lists.nodes(store) if lists.is_store(node)]
    there = [node for node, level in stock.levels_of(store, product, nodes).items() if level["on_hand"] > 0]
    if not there:
        return False
    # What lies on the shelf is sold, whether or not it was promised to somebody online.
    stock.change(store, draw.pick(sorted(there)), product, on_hand=-1)
    return True


def take_back(store: Store, external_id: str, products: Sequence[str], draw: Draw) -> Body:
    """Take units of an order back at a till, one product for each; return the return as the calls show it.

    `products` may have more, fewer or others than the order: what the order does not have is taken back all the same.
    """
    nodes = [node["fulfillment_node_id"] for node in lists.nodes(store) if lists.is_store(node)]
    node = draw.pick(nodes)
    order = orders.by_external(store, external_id) or _blind(store, external_id)
    left = [item for item in order["items"] if item["status"] == orders.COMPLETE]
    rows = []
    for product in products:
        item = next((each for each in left if each["product_id"] == product), None)
        if item is not None:
            left.remove(item)
        rows.append({"product_id": product, **_condition(store, draw), **_reason(store, draw), "_item": item})
    known = [row["_item"] for row in rows if row["_item"] is not None]
    worth = amounts.total(amounts.item_price(item, order["price_method"])["gross"] for item in known)
    # TikTok Shop has the money: the till gives none back.
    return returns.book(store, order, rows, node=node, refund=Decimal(0), worth=worth, wanted={"associate_id": "a-101"})


def _condition(store: Store, draw: Draw) -> Body:
    known = lists.codes(store, "conditions")
    chosen = known[draw.weighted(_CONDITIONS) % len(known)] if known else {}
    return {name: chosen[name] for name in ("condition_code", "item_condition") if name in chosen}


def _reason(store: Store, draw: Draw) -> Body:
    known = lists.codes(store, "returns")
    chosen = known[draw.weighted(_REASONS) % len(known)] if known else {}
    return {name: chosen[name] for name in ("return_code", "return_reason") if name in chosen}


def _blind(store: Store, external_id: str) -> Body:
    """Return a kept order in place of one that NewStore does not know."""
    body: Body = {
        "id": new_id(store, "order"),
        "external_id": f"blind-{external_id}",
        "status": orders.BLIND,
        "currency": "GBP",
        "price_method": "tax_included",
        "channel_type": "store",
        "created_at": iso(store.now),
        "placed_at": iso(store.now),
        "shipments": [],
        "items": [],
        "payments": [],
        "extended_attributes": [{"name": "receipt", "value": external_id}],
        "_grace_until": 0,
    }
    orders.put(store, body, at=store.now)
    return orders.get(store, body["id"]) or body
