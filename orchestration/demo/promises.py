"""What the demo's report says of each operating model: how often it kept what it promises, and of how many.

Belongs here: words and rows over the published marts, a column for each shop with the system that is master of its
stock and orders. Does not: any figure of its own, or why something was not kept (the parts of its readers).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import duckdb

from orchestration.demo.shops import MODELS
from orchestration.warehouse.queries import Row, fetch

_KEPT = """
with due as (
    select * from operations.orders
    where
        created_at >= $since and fulfillment_type = 'FULFILLMENT_BY_SELLER' and not is_cancel_requested
        and status not in ('UNPAID', 'ON_HOLD', 'CANCELLED')
),

valued as (
    select distinct documents.shop_id, documents.order_id, wrong.entity_id is null as is_equal
    from operations.warehouse_orders as documents
    left join (select * from exceptions.open where code = 'ERP-06') as wrong
        on documents.shop_id = wrong.shop_id and documents.order_id = wrong.entity_id
    where documents.fulfilment_system = 'netsuite' and documents.warehouse_status <> 'cancelled'
)

select shop_id, 'held' as promise, count(*) filter (warehouse_order_count > 0) as kept, count(*) as of_all
from due group by shop_id
union all
select shop_id, 'once', count(*) filter (warehouse_order_count = 1), count(*)
from due where warehouse_order_count > 0 group by shop_id
union all
select shop_id, 'listed', count(*) filter (difference_quantity = 0), count(*)
from operations.stock where available_to_sell_quantity is not null group by shop_id
union all
select shop_id, 'tracked', count(*) filter (status = 'sent'), count(*)
from operations.shipments where status <> 'not_due' group by shop_id
union all
select shop_id, 'stopped', count(*) filter (warehouse_status not in ('shipped', 'part_shipped')), count(*)
from operations.orders where status = 'CANCELLED' and warehouse_order_count > 0 group by shop_id
union all
select shop_id, 'valued', count(*) filter (is_equal), count(*) from valued group by shop_id
union all
select shop_id, 'tied', count(*) filter (tie_out_status in ('tied', 'in_transit')), count(*)
from finance.payouts where status = 'PAID' group by shop_id
union all
select shop_id, 'posted', count(*) filter (books_status = 'posted'), count(*)
from finance.payouts where status = 'PAID' group by shop_id
union all
select shop_id, 'refunded', count(*) filter (books = 'booked'), count(*)
from operations.refunds where stage = 'refunded' and document_amount is not null group by shop_id
union all
select shop_id, 'deposited', count(*) filter (books = 'booked'), count(*)
from finance.order_deposits group by shop_id
"""

_PROMISES = {
    "held": "orders to ship are at its warehouse",
    "once": "  and there once",
    "listed": "listed stock is what may be sold",
    "tracked": "parcels' numbers are on TikTok Shop",
    "stopped": "cancelled orders were stopped",
    "valued": "sales orders are worth the sale",
    "tied": "payouts tie to the bank, or are on the way",
    "posted": "payouts are in the books",
    "deposited": "settled sales orders have a deposit",
    "refunded": "refunds have their document",
}


def promises(connection: duckdb.DuckDBPyConnection, names: Mapping[str, str], *, since: datetime) -> list[Row]:
    """Return a row for each promise, as "12 of 12" by shop; empty where a model does not make it, or nothing came yet.

    `names`: shops by id; `since` (UTC): when warehouses began to ship.
    """
    found = fetch(connection, _KEPT, {"since": since})
    kept = {(row["shop_id"], row["promise"]): f"{row['kept']:,} of {row['of_all']:,}" for row in found}
    masters = {
        model.shop_id: " and ".join(each.system_name for each in MODELS if each.shop_id == model.shop_id)
        for model in MODELS
    }
    shops = {shop: f"{name}, {masters[shop]}" for shop, name in names.items() if shop in masters}
    return [
        {"": words, **{shops[shop]: kept.get((shop, promise), "") for shop in shops}}
        for promise, words in _PROMISES.items()
        if any((shop, promise) in kept for shop in shops)
    ]
