"""A sound record of each raw table, values that no field of a kind can have, and every record with one of these.

Belongs here: records as ingestion lands them. Does not: which fields there are (unreadable_fields), or what is said.
"""

from __future__ import annotations

import copy
from typing import Any

from tests.support.raw_world import order_line
from tests.support.unreadable_fields import FIELDS, LINE_FIELDS, RETURN_LINE_FIELDS

Payload = dict[str, Any]
NOW = 1_770_000_000
MONEY = {"currency": "GBP", "total_amount": "20.00"}
ITEM = {"id": "1", "original_price": "20.00", "display_status": "DELIVERED", "currency": "GBP", "item_tax": [{}]}
AMOUNT = {"value": "1.00", "currency": "GBP"}
STOCK = {"campaign_inventory": [{"quantity": 1}], "creator_inventory": [{"quantity": 1}]}
PLACE = {"warehouse_id": "1", "available_quantity": 1, "committed_quantity": 0}
# Each raw table, what it is called in quarantine, and a sound record of it.
SOUND: dict[str, tuple[str, Payload]] = {
    "tiktok_shop.orders": ("orders", {"status": "COMPLETED", "payment": MONEY, "line_items": [ITEM]}),
    "tiktok_shop.payments": ("payments", {"amount": AMOUNT, "create_time": NOW, "status": "PROCESSING"}),
    "tiktok_shop.packages": ("packages", {"status": "PROCESSING", "orders": [{"id": "1"}]}),
    "tiktok_shop.cancellations": (
        "cancellations",
        {"cancel_line_items": [{}], "seller_next_action_response": [{"action": "ANY", "deadline": NOW}]},
    ),
    "tiktok_shop.returns": (
        "returns",
        {
            "refund_amount": {"currency": "GBP", "refund_total": "1.00"},
            "partial_refund": {"amount": "1.00"},
            "return_line_items": [{"return_line_item_id": "1"}],
            "shipping_fee_amount": [{}],
            "seller_next_action_response": [{"action": "ANY", "deadline": NOW}],
        },
    ),
    "tiktok_shop.return_records": ("return_records", {"records": [{"event": "ASKED", "images": [{"url": "1"}]}]}),
    "tiktok_shop.warehouses": ("warehouses", {"name": "1", "is_default": False}),
    "tiktok_shop.products": ("products", {"skus": [{"id": "1", "seller_sku": "1", "status_info": {}}]}),
    "tiktok_shop.product_details": ("product_details", {"skus": [{"id": "1", "combined_skus": [{"sku_count": 2}]}]}),
    "tiktok_shop.inventory": (
        "inventory",
        {"seller_sku": "1", "warehouse_inventory": [PLACE], "total_available_inventory_distribution": STOCK},
    ),
    "tiktok_shop.statement_transactions": ("statement_transactions", order_line("1", "1.00", "0", "1.00")),
    "tiktok_shop.statements": ("statements", {"currency": "GBP", "statement_time": NOW}),
    "tiktok_shop.statement_summaries": ("statement_summaries", {"total_settlement_amount": "1.00"}),
    "tiktok_shop.unsettled_transactions": (
        "unsettled_transactions",
        {"type": "ORDER", "order_id": "1", "estimated_settlement": "Delivered + 7 days"},
    ),
    "netsuite.accounts": ("accounts", {"acctnumber": "1", "isinactive": "F"}),
    "netsuite.accounting_periods": ("accounting_periods", {"startdate": "02/01/2026", "enddate": "2026-02-28"}),
    "netsuite.journal_entries": (
        "journal_entries",
        {"type": "Journal", "trandate": "2026-02-01", "void": "F", "lines": [{"account": "1", "debit": "1.00"}]},
    ),
    "netsuite.credit_memos": (
        "credit_memos",
        {"type": "CustCred", "trandate": "2026-02-01", "void": "F", "lines": [{"line": "1", "amount": "1.00"}]},
    ),
    "linnworks.orders": (
        "orders",
        {"Processed": False, "GeneralInfo": {"Status": 1}, "TotalsInfo": {"TotalCharge": 1.5}, "Items": [{"SKU": "1"}]},
    ),
    "linnworks.stock_items": ("stock_items", {"ItemNumber": "1", "IsCompositeParent": True}),
    "linnworks.stock_levels": ("stock_levels", {"ItemNumber": "1", "Quantity": 5.0, "MinimumLevel": -1}),
    "linnworks.locations": ("locations", {"LocationName": "1"}),
    "linnworks.compositions": ("compositions", {"SKU": "1", "Components": [{"SKU": "2", "Quantity": 2}]}),
    "newstore.locations": ("locations", {"name": "1", "type": "store", "is_active": True}),
    "newstore.availabilities": ("availabilities", {"product_id": "1", "fulfillment_node_id": "1", "atp": -1}),
    "newstore.orders": (
        "orders",
        {"externalId": "1", "status": "open", "items": [{"id": "1", "productId": "1", "status": "pending"}]},
    ),
    "newstore.fulfilment_requests": (
        "fulfilment_requests",
        {"nodeId": "1", "status": "dispatched", "items": [{"id": "1", "productId": "1", "status": "dispatched"}]},
    ),
    "newstore.returns": (
        "returns",
        {
            "returnedAt": "2026-02-01T00:00:00",
            "currency": "GBP",
            "items": [{"id": "1", "productId": "1", "quantity": 1}],
        },
    ),
    "zigzag.returns": (
        "returns",
        {
            **{"status": "created", "createdAt": "2026-02-01T00:00:00Z", "updatedAt": "2026-02-01T00:00:00Z"},
            "refund": {"status": "not_ready"},
            "lines": [{"lineId": "1", "sku": "1", "quantityRequested": 1}],
            "shipments": [
                {"shipmentNumber": 1, "status": "collected", "events": [{"code": "1", "at": "2026-02-01T00:00:00Z"}]}
            ],
        },
    ),
    "zigzag.reasons": ("reasons", {"code": "1", "text": "1"}),
    "zigzag.conditions": ("conditions", {"code": "1", "text": "1"}),
    "zigzag.dispositions": ("dispositions", {"code": "1", "text": "1"}),
}
# What no value of a kind can be. A list or an object is none of them.
BAD: dict[str, tuple[Any, ...]] = {
    "time": (-1, 99_999_999_999_999, 9e15, "soon", "\uff11\uff17\uff17", [NOW], {"at": NOW}, True),
    "promise": (-1, 99_999_999_999_999, [NOW], {"at": NOW}),
    "amount": ("12,30", "abc", "1e400", "NaN", ["1.00"], {"value": "1.00"}, True),
    "units": ("many", 1.5, "2.5", 1e12, [1], {"units": 1}, True),
    "text": (["1"], {"id": "1"}, True, []),
    "yes or no": ("perhaps", 2, "True", [True]),
    "T or F": ("perhaps", 2, True, ["T"]),
    "currency": ("XX", 826, "gbp", ["GBP"]),
    "rate": ("abc", "Infinity", [1], True),
    "date": ("31/02/2026", "soon", 20260201, ["2026-02-01"]),
    "instant": ("31/02/2026", "soon", ["2026-02-01T00:00:00Z"]),
    "list": ("1", 1, {"id": "1"}, True),
    "count": ("many", 1.5, -1, [1], {"units": 1}, True),
    "object": ("1", 1, [], True),
    "the order": ("2",),
    "needed": (None, ""),
}
RETURN_LINE = {"return_line_item_id": "1", "refund_amount": {"currency": "GBP", "refund_total": "1.00"}}
# Each table whose records have lines, the list, what a line is called in quarantine, and a sound one.
LINES: list[tuple[str, str, str, Payload, dict[str, str]]] = [
    ("tiktok_shop.orders", "line_items", "order_lines", ITEM, LINE_FIELDS),
    ("tiktok_shop.returns", "return_line_items", "return_lines", RETURN_LINE, RETURN_LINE_FIELDS),
]


def with_value(payload: Payload, field: str, value: Any) -> Payload:
    """Return a copy of the record with another value in one field; a list on the way means its first entry."""
    changed = copy.deepcopy(payload)
    place: Any = changed
    *way, last = field.split(".")
    for name in way:
        place = place.setdefault(name, {})
        place = place[0] if isinstance(place, list) else place
    place[last] = value
    return changed


def records() -> list[tuple[str, str, str, Payload]]:
    """Return every bad record: its table, its id, its bad field, and its payload."""
    return [
        (table, f"{SOUND[table][0]}-{kind}-{field}-{number}", field, with_value(SOUND[table][1], field, value))
        for table, kinds in FIELDS.items()
        for kind, fields in kinds.items()
        for field in fields.split()
        for number, value in enumerate(BAD[kind])
    ]


def lines() -> list[tuple[str, str, str, str, Payload]]:
    """Return a line for every bad value of one: its table, its entity, its parent, its bad field, and the parent."""
    return [
        (table, entity, f"{entity}-{kind}-{field}-{number}", field, parent)
        for table, items, entity, line, of_line in LINES
        for kind, fields in of_line.items()
        for field in fields.split()
        for number, value in enumerate(BAD[kind])
        for parent in [SOUND[table][1] | {items: [with_value(line, field, value)]}]
    ]


def sound_ones(table: str) -> list[Payload]:
    """Return records whose other fields say nothing, in each way: none of them is a fault."""
    _entity, sound = SOUND[table]
    plain = [field for fields in FIELDS[table].values() for field in fields.split() if "." not in field]
    return [sound, dict.fromkeys(plain) | sound, {field: "" for field in plain if field != "type"} | sound]
