"""What a change of 100 returns costs the returns' models, with few and with many returns of history.

    python -m bench.returns [--history 5000,100000] [--by-model]

Every order of the history came back: requested, answered, posted, received, graded, refunded, settled, restocked and
booked, two years of it, and for each of them stock was written ten times. Then 100 change, with all that a change
brings: the return, its records, its order, the portal's return, a settlement line, a document in the books and what we
wrote: of any age at first, then of the newest tenth, as mostly happens. Counted is the time that dbt reports for the
models of returns and what is staged for them, the quickest of three such changes; neither dbt's start nor its parsing,
nor models of other things that the same rows have built. After each change the mart must show it, or the run fails.

Belongs here: raw rows in the form that connectors land, and timing. Does not: rules of returns (the models), or that
changed keys hold what a rebuild holds (tests/dbt_project/test_returns_rebuild.py).
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import tempfile
from collections import defaultdict
from pathlib import Path

import duckdb

from bench.stock_plan import Lane
from ingestion.raw import create_raw_tables
from orchestration.accelerator.lineage import models

SHOP = "7495000000000000101"
CHANGED = 100
BEGAN = 1704067200
"""The first order, in epoch seconds: the last return of 100,000 is over before the first load."""
ROUNDS = {"any age": (1, 2, 3), "newest": (4, 5, 6)}
OUTPUTS = re.compile(
    r"(operations\.(returns|returns_expected|refunds|return_events)|finance\.credit_memos"
    r"|exceptions_build\.exc_return_\w+|sync\.sync_\w+__(returns|return_decisions|restocks|credit_memos))$"
)
COUNTED = re.compile(r"return|refund|credit_memo|restock|portal_|int_zigzag|stg_zigzag")
"""Models of returns, by name; others before them (orders, settlements, stock) are built and not counted."""

_LAND = """
insert into {table}
select
    '{shop}', id, parent_id, timestamptz '2026-02-18 00:00:00+00',
    timestamptz '2026-02-19 00:00:00+00' + to_hours({number}), false, '', payload,
    md5(payload), strftime(timestamp '2026-02-19 00:00:00' + to_hours({number}), '%Y%m%dT%H%M%S.%fZ')
from ({rows}) as made
"""
_OF = """
select
    i,
    (576000000000000000 + i)::varchar as order_id,
    (4035000000000000000 + i)::varchar as return_id,
    ({began} + i * 600)::bigint as began,
    'SKU-' || i % 997 as sku
from range({size}) as history (i)
where {number} = 0 or (i >= {size} - {among} and i % ({among} // {changed}) = {number} % ({among} // {changed}))
"""
_ROWS = {
    "raw_tiktok_shop.orders": """
        select order_id as id, '' as parent_id, to_json({{
            'status': 'COMPLETED', 'payment': {{'currency': 'GBP', 'total_amount': '12.00'}}, 'create_time': began,
            'paid_time': began, 'delivery_time': began + 200000, 'update_time': began + 900000 + {number},
            'user_id': 'b' || i // 3, 'fulfillment_type': 'FULFILLMENT_BY_SELLER', 'shipping_type': 'SELLER',
            'warehouse_id': 'W0', 'line_items': [{{
                'id': 'l' || i, 'sku_id': sku, 'seller_sku': sku, 'display_status': 'COMPLETED', 'currency': 'GBP',
                'original_price': '12.00', 'sale_price': '12.00'
            }}]
        }})::varchar as payload
        from of_history""",
    "raw_tiktok_shop.returns": """
        select return_id as id, order_id as parent_id, to_json({{
            'order_id': order_id, 'return_type': 'RETURN_AND_REFUND', 'role': 'BUYER', 'return_reason': 'wrong_size',
            'return_status': 'RETURN_OR_REFUND_REQUEST_COMPLETE', 'return_tracking_number': 'T' || i,
            'return_provider_name': 'Royal Mail',
            'create_time': began + 300000, 'update_time': began + 800000 + {number},
            'refund_amount': {{'currency': 'GBP', 'refund_total': '12.00', 'refund_subtotal': '12.00'}},
            'return_line_items': [{{
                'return_line_item_id': 'r' || i, 'order_line_item_id': 'l' || i, 'sku_id': sku, 'seller_sku': sku,
                'refund_amount': {{'currency': 'GBP', 'refund_total': '12.00', 'refund_subtotal': '12.00'}}
            }}]
        }})::varchar as payload
        from of_history""",
    "raw_tiktok_shop.return_records": """
        select return_id as id, order_id as parent_id, to_json({{'records': list_transform(
            [
                ('ORDER_RETURN', 'BUYER', 0), ('SELLER_APPROVE', 'SELLER', 3), ('BUYER_SHIP', 'BUYER', 5),
                ('SELLER_RECEIVE', 'SELLER', 9), ('REFUND_SUCCESS', 'SYSTEM', 10)
            ],
            lambda said: {{
                'event': said[1], 'role': said[2], 'create_time': began + 300000 + said[3] * 50000 + {number}
            }}
        )}})::varchar as payload
        from of_history""",
    "raw_zigzag.returns": """
        select 'z' || i as id, return_id as parent_id, to_json({{
            'orderNumber': order_id, 'externalReturnRef': return_id, 'status': 'processed', 'warehouseDC': 'NTH',
            'createdAt': strftime(to_timestamp(began + 310000), '%Y-%m-%dT%H:%M:%SZ'),
            'updatedAt': strftime(to_timestamp(began + 700000 + {number}), '%Y-%m-%dT%H:%M:%SZ'),
            'shipments': [{{
                'shipmentNumber': i, 'carrier': 'Royal Mail', 'trackingNumber': 'T' || i, 'status': 'delivered',
                'events': list_transform(['label_created', 'collected', 'delivered'], lambda code, position: {{
                    'code': code, 'at': strftime(to_timestamp(began + 400000 + position * 9000), '%Y-%m-%dT%H:%M:%SZ')
                }})
            }}],
            'lines': [{{
                'lineId': 'n' || i, 'sku': sku, 'quantityRequested': 1, 'quantityReceived': 1, 'reasonCode': 'size',
                'condition': 'as_new', 'disposition': 'restock',
                'gradedAt': strftime(to_timestamp(began + 690000), '%Y-%m-%dT%H:%M:%SZ')
            }}]
        }})::varchar as payload
        from of_history""",
    "raw_tiktok_shop.statement_transactions": """
        select 't' || i || '-{number}' as id, 's' || if({number} = 0, i // 200, -{number}) as parent_id, to_json({{
            'type': 'ORDER', 'order_id': order_id, 'order_create_time': began, 'currency': 'GBP',
            'settlement_amount': '0.00', 'revenue_amount': '0.00', 'shipping_cost_amount': '0',
            'fee_tax_amount': '0', 'adjustment_amount': '0', 'fee_tax_breakdown': {{'fee': null, 'tax': null}},
            'revenue_breakdown': if({number} = 0, {{
                'subtotal_before_discount_amount': '12.00', 'refund_subtotal_before_discount_amount': '-12.00'
            }}, {{'subtotal_before_discount_amount': '0.00', 'refund_subtotal_before_discount_amount': '0.00'}})
        }})::varchar as payload
        from of_history""",
    "raw_tiktok_shop.statements": """
        select distinct 's' || if({number} = 0, i // 200, -{number}) as id, '' as parent_id, to_json({{
            'payment_status': 'PAID', 'currency': 'GBP', 'statement_time': {began} + i // 200 * 120000 + 1000000,
            'settlement_amount': '0.00', 'revenue_amount': '0.00', 'shipping_cost_amount': '0', 'fee_amount': '0',
            'adjustment_amount': '0'
        }})::varchar as payload
        from of_history qualify row_number() over (partition by id order by i) = 1""",
    "raw_netsuite.credit_memos": """
        select 'm' || i as id, '' as parent_id, to_json({{
            'type': 'CustCred', 'externalid': 'tieout-refund-{shop}-' || return_id, 'tranid': 'CM' || i,
            'trandate': strftime(to_timestamp(began + 800000), '%Y-%m-%d'), 'currency': 'GBP', 'foreigntotal': '12.00',
            'status': 'A', 'void': 'F', 'voided': 'F', 'posting': 'T', 'memo': 'read {number}'
        }})::varchar as payload
        from of_history""",
    "raw_tieout.acknowledgements": """
        select sync || '/' || return_id || '/{number}' as id, '' as parent_id, to_json({{
            'sync': sync, 'entity_key': if(sync = 'netsuite__credit_memos', 'tieout-refund-{shop}-', '') || return_id,
            'desired': to_json({{
                'return_id': return_id, 'decision': 'approve', 'location': 'L0',
                'lines': [{{'quantity': 1, 'sku': sku}}]
            }})::varchar,
            'vendor_id': 'v' || i, 'acknowledged_at': strftime(to_timestamp(began + 850000), '%Y-%m-%dT%H:%M:%SZ')
        }})::varchar as payload
        from of_history, unnest([
            'zigzag__returns', 'tiktok_shop__return_decisions', 'linnworks__restocks', 'netsuite__credit_memos'
        ]) as syncs (sync)""",
    "raw_tieout.acknowledgements of stock": """
        select 'tiktok_shop__stock/' || i || '/' || position || '/{number}' as id, '' as parent_id, to_json({{
            'sync': 'tiktok_shop__stock', 'entity_key': i || '/' || position,
            'desired': to_json({{'sku_id': sku, 'levels': [{{'place': 'W0', 'quantity': position}}]}})::varchar,
            'vendor_id': '', 'acknowledged_at': strftime(to_timestamp(began + 850000), '%Y-%m-%dT%H:%M:%SZ')
        }})::varchar as payload
        from of_history, range(10) as positions (position)""",
    "raw_tieout.coverage": """
        select entity || '{number}' as id, '' as parent_id, to_json({{
            'system': 'tiktok_shop', 'entity': entity, 'shop_id': '{shop}', 'window_from': '1970-01-01T00:00:00Z',
            'window_to': strftime(timestamp '2027-02-19 00:00:00' + to_hours({number}), '%Y-%m-%dT%H:%M:%SZ')
        }})::varchar as payload
        from unnest(['orders', 'returns', 'statements']) as entities (entity)""",
}
_CONFIG = {
    "raw_config.shops": {"shop_id": SHOP, "region": "GB", "currency": "GBP", "netsuite_customer": "C"}
    | {"payout_currency": "GBP"},
    "raw_config.location_map": {"shop_id": SHOP, "warehouse_id": "W0", "system": "linnworks", "location": "L0"},
    "raw_config.returns": {"refund_after_hours": 48},
    "raw_config.return_portals": {"system": "zigzag", "shop_id": SHOP},
    "raw_config.books": {"refund_document": "credit_memo", "refund_item": "REFUND"},
    "raw_config.tax_map": {"shop_id": "*", "line_class": "refund", "treatment": "platform", "rate": "0"},
    "raw_config.account_map": {"shop_id": "*", "line_class": "refund", "netsuite_account": "1110"},
    "raw_netsuite.accounts": {"acctnumber": "1110", "accttype": "AcctRec", "isinactive": "F"},
    "raw_config.grades": {
        **{"system": "zigzag", "condition": "as_new", "disposition": "restock", "is_sellable": "yes"}
    },
}


def main() -> None:
    """Print the table, or measure one size."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--history", default="5000,100000", help="numbers of returns, comma-separated")
    parser.add_argument("--by-model", action="store_true", help="print each model's seconds as well")
    parser.add_argument("--size", type=int, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.size:
        measure(given.size, by_model=given.by_model)
        return
    print(f"{CHANGED} returns changed\n{'history':>10}{'of':>12}{'seconds':>12}{'of the first':>14}")
    first: dict[str, float] = {}
    for size in given.history.split(","):
        command = [sys.executable, "-m", "bench.returns", "--size", size, *["--by-model"] * given.by_model]
        done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
        for line in done.stdout.splitlines():
            age, _, taken = line.partition("\t")
            if not taken:
                print(line)
                continue
            seconds = float(taken)
            ratio = seconds / first.setdefault(age, seconds)
            print(f"{int(size):>10,}{age:>12}{seconds:>12.2f}{ratio:>14.2f}", flush=True)


def measure(size: int, *, by_model: bool) -> None:
    """Print the seconds of a change with so many returns of history; a process of its own for each size."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        lane = Lane(home, [relation for relation in models(home) if OUTPUTS.search(relation)])
        land(home, size, number=0)
        lane.build("--full-refresh")
        for age, numbers in ROUNDS.items():
            seconds: dict[str, list[float]] = defaultdict(list)
            for number in numbers:
                land(home, size, number=number, among=size // 10 if age == "newest" else size)
                lane.build()
                for name, taken in lane.seconds.items():
                    seconds[name].append(taken)
                check(home, size, number)
            counted = {name: min(taken) for name, taken in seconds.items() if COUNTED.search(name)}
            if by_model:
                for name, quickest in sorted(counted.items(), key=lambda each: -each[1]):
                    print(f"{'':22}{quickest:>12.3f}  {name}")
            print(f"{age}\t{sum(counted.values())}")


def land(home: Path, size: int, *, number: int, among: int = 0) -> None:
    """Write a load of raw rows: the history as number 0, then a change of some of its newest `among`."""
    with duckdb.connect(str(home / "warehouse.duckdb")) as warehouse:
        warehouse.execute("set timezone = 'UTC'")
        facts = {
            "shop": SHOP,
            "size": size,
            "number": number,
            "changed": CHANGED,
            "among": among or size,
            "began": BEGAN,
        }
        if number == 0:
            create_raw_tables(warehouse)
            for table, payload in _CONFIG.items():
                texts = ", ".join(f"'{name}': '{value}'" for name, value in payload.items())
                row = f"select '1' as id, '' as parent_id, to_json({{{texts}}})::varchar as payload"
                warehouse.execute(_LAND.format(table=table, rows=row, **facts))
        warehouse.execute(f"create or replace temp table of_history as {_OF.format(**facts)}")
        for table, rows in _ROWS.items():
            warehouse.execute(_LAND.format(table=table.split()[0], rows=rows.format(**facts), **facts))


def check(home: Path, size: int, number: int) -> None:
    """Fail unless the marts show the whole history with its last change."""
    with duckdb.connect(str(home / "warehouse.duckdb")) as warehouse:
        shown = warehouse.execute(
            "select settlement, books, held_because, count(*) from operations.refunds group by all"
        ).fetchall()
        last = f"event_name = 'REFUND_SUCCESS' and epoch(happened_at)::bigint % 600 = {800_000 % 600 + number}"
        events = warehouse.execute(f"select count(*) from operations.return_events where {last}").fetchall()
    assert shown == [("equal", "booked", "", size)], shown
    assert events[0][0] >= CHANGED, events


if __name__ == "__main__":
    main()
