"""The incremental models of returns hold after any change what they would hold if they were built again.

Belongs here: a few orders whose returns everybody says something else of, random changes of that, and the comparison.
Does not: what the models hold (unit tests beside them), or whole cycles (test_incremental_equals_rebuild).
"""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from ingestion.raw import create_raw_tables
from orchestration.accelerator.lineage import models_before
from orchestration.accelerator.replay import build_models
from tests.support.rebuilds import Maker, Payload, Row, built_anew, differences, iso, land, load_id, open_made
from tieout.reading import Reading

SHOP, OTHER = "7495000000000000101", "7495000000000000202"
"""Both have returns under the same ids."""
OUTPUTS = (
    *("operations.returns", "operations.refunds", "operations.return_events", "operations.returns_expected"),
    *("finance.credit_memos", "sync.sync_zigzag__returns", "sync.sync_linnworks__restocks"),
    "intermediate.int_returns__taken_in",
)
START = datetime(2026, 2, 19, 9, tzinfo=UTC)
CURRENCIES = {"currency": "GBP", "payout_currency": "GBP"}
ITEMS = ("A", "B", "old")
STATUSES = (
    *("RETURN_OR_REFUND_REQUEST_PENDING", "AWAITING_BUYER_SHIP", "BUYER_SHIPPED_ITEM", "REJECT_RECEIVE_PACKAGE"),
    *("RETURN_OR_REFUND_REQUEST_SUCCESS", "RETURN_OR_REFUND_REQUEST_CANCEL", "A_NEW_STATUS"),
    *["RETURN_OR_REFUND_REQUEST_COMPLETE"] * 4,
)


def _order_id(chance: random.Random) -> str:
    return f"57600000000000000{chance.randint(1, 5)}"


def _return_id(chance: random.Random) -> str:
    return f"403500000000000000{chance.randint(1, 6)}"


def _money(total: str) -> Payload:
    return {"currency": "GBP", "refund_total": total, "refund_subtotal": total}


def _gone(chance: random.Random, payload: Payload) -> Payload | None:
    return None if chance.random() < 0.1 else payload


def _order(chance: random.Random, now: datetime) -> list[Row]:
    key = _order_id(chance)
    lines = [
        {"id": f"{key[-1]}{n}", "sku_id": "s", "seller_sku": ITEMS[n], "display_status": "COMPLETED", "currency": "GBP"}
        | {"original_price": "12.00", "sale_price": chance.choice(["10.00", "12.00"])}
        for n in range(chance.randint(1, 3))
    ]
    order = {
        "status": "COMPLETED",
        "payment": {"currency": "GBP", "total_amount": "24.00"},
        "create_time": int(now.timestamp()) - 400_000,
        "delivery_time": int(now.timestamp()) - chance.choice([0, 300_000]),
        "user_id": chance.choice("uv"),
        "warehouse_id": chance.choice("LN"),
        "fulfillment_type": chance.choice(["FULFILLMENT_BY_SELLER", "FULFILLMENT_BY_SELLER", "FULFILLMENT_BY_TIKTOK"]),
        "line_items": lines,
    }
    return [Row("raw_tiktok_shop.orders", key, _gone(chance, order), SHOP)]


def _return(chance: random.Random, now: datetime) -> list[Row]:
    """A return, now and then of another order than before, and what was done to it."""
    key, shop = _return_id(chance), chance.choice([SHOP, SHOP, SHOP, OTHER])
    order = str(int(key[-1]) % 3 + 1) if chance.random() < 0.8 else chance.choice("12345")
    lines = [
        {"return_line_item_id": f"{key[-1]}{n}", "order_line_item_id": f"{order}{n}", "sku_id": "s"}
        | {"refund_amount": _money(chance.choice(["12.00", "12.00", "5.00"]))}
        for n in range(chance.randint(1, 2))
    ]
    returned = {
        "order_id": f"57{'6' if shop == SHOP else '7'}00000000000000{order}" if chance.random() < 0.95 else "",
        "return_type": chance.choice(["RETURN_AND_REFUND", "RETURN_AND_REFUND", "REFUND"]),
        "return_status": chance.choice(STATUSES),
        "return_reason": "wrong_size",
        "role": "BUYER",
        "return_tracking_number": chance.choice(["", f"T{key[-1]}"]),
        "create_time": int(now.timestamp()) - chance.randint(0, 99_999),
        "update_time": int(now.timestamp()),
        "refund_amount": _money(chance.choice([f"{len(lines) * 12}.00", "5.00"] * 4 + ["abc"])),
        "return_line_items": lines,
    }
    said = [
        {"event": "E", "role": role, "create_time": int(now.timestamp()) - 60 * n}
        for n, role in enumerate(chance.sample(["SELLER", "BUYER", "SYSTEM"], 2))
    ]
    read_for = returned["update_time"] - chance.choice([0, 0, 99])
    rows = [
        Row("raw_tiktok_shop.returns", key, _gone(chance, returned), shop, reported_at=now),
        Row("raw_tiktok_shop.return_records", key, _gone(chance, {"records": said, "update_time": read_for}), shop),
    ]
    return chance.sample(rows, chance.randint(1, 2))


def _portal_return(chance: random.Random, now: datetime) -> list[Row]:
    """A portal's return that names a return, or an order alone, or nothing; at times another one than before."""
    key, items = chance.choice("abcdefg"), chance.sample(ITEMS, chance.randint(1, 2))
    status = chance.choice(["created", "label_issued", "in_transit", "received", *["graded"] * 4, "cancelled"])
    is_graded = status == "graded"
    graded = {"condition": "new", "disposition": chance.choice(["restock", "restock", "bin"]), "gradedAt": iso(now)}
    lines = [
        {"lineId": item, "sku": item, "quantityRequested": 1, "quantityReceived": chance.choice([0, 1, 1])}
        | (graded if is_graded else {})
        for item in items
    ]
    scans = [{"code": "collected", "at": iso(now)}] * chance.randint(0, 1)
    shipments = [{"shipmentNumber": 1, "trackingNumber": f"T{chance.randint(1, 6)}", "status": "in_transit"}]
    shipments[0] |= {"events": scans}
    named = {"externalReturnRef": chance.choice([None, _return_id(chance), _return_id(chance)])}
    named["orderNumber"] = chance.choice([None, _order_id(chance), _order_id(chance).replace("576", "577")])
    times = {"createdAt": iso(now), "updatedAt": iso(now)}
    payload = {**named, **times, "status": status, "warehouseDC": "N", "shipments": shipments, "lines": lines}
    return [Row("raw_zigzag.returns", key, _gone(chance, payload))]


def _settled(chance: random.Random, now: datetime) -> list[Row]:
    """A settlement line of an order, now and then of another one or in another statement; statements that are twins."""
    statement, key = chance.choice("pq"), chance.choice("123456")
    revenue = {
        "subtotal_before_discount_amount": chance.choice(["0", "12.00"]),
        "refund_subtotal_before_discount_amount": chance.choice(["0", "-12.00", "-24.00"]),
    }
    total = format(sum(map(Decimal, revenue.values())), ".2f")
    line = {"type": "ORDER", "order_id": _order_id(chance), "order_create_time": 1769904000, "currency": "GBP"}
    line |= {"settlement_amount": total, "revenue_amount": total, "shipping_cost_amount": "0", "fee_tax_amount": "0"}
    line |= {"adjustment_amount": "0", "revenue_breakdown": revenue}
    header = {
        **{"payment_id": "", "payment_status": "PAID", "currency": "GBP", "settlement_amount": "12.00"},
        **{"statement_time": chance.choice([1770249600, 1770336000]), "revenue_amount": "12.00", "fee_amount": "0"},
        **{"shipping_cost_amount": "0", "adjustment_amount": "0"},
    }
    rows = [
        Row("raw_tiktok_shop.statement_transactions", key, _gone(chance, line), SHOP, statement),
        Row("raw_tiktok_shop.statements", statement, _gone(chance, header), SHOP),
    ]
    return chance.sample(rows, chance.randint(1, 2))


def _refused(chance: random.Random, now: datetime) -> list[Row]:
    refused = {"system": "tiktok_shop", "entity": "statement_transactions", "shop_id": SHOP, "record_id": "9"}
    return [Row("raw_tieout.quarantine", load_id(now), refused | {"parent_id": chance.choice("pq"), "reason": "odd"})]


def _document(chance: random.Random, _now: datetime) -> list[Row]:
    """A document in the books under a key of ours, which people change at times."""
    external = chance.choice(["", f"tieout-refund-{SHOP}-{_return_id(chance)}", f"tieout-refund-{SHOP}-9"])
    document = {
        **{"type": "CustCred", "externalid": external, "tranid": "CM", "trandate": "2026-02-19", "currency": "GBP"},
        "postingperiod": chance.choice("1233"),
        **{"foreigntotal": chance.choice(["12.00", "5.00"]), "status": "A", "voided": chance.choice("FFFT")},
    }
    return [Row("raw_netsuite.credit_memos", chance.choice("123"), _gone(chance, document))]


def _written(chance: random.Random, now: datetime) -> list[Row]:
    """What we wrote about a return, to whomever."""
    return_id = _return_id(chance)
    sync = chance.choice(
        ["zigzag__returns", "tiktok_shop__return_decisions", "linnworks__restocks", "netsuite__credit_memos"]
    )
    key = f"tieout-refund-{SHOP}-{return_id}" if sync == "netsuite__credit_memos" else return_id
    desired = f'{{"return_id": "{return_id}", "decision": "approve", "lines": [{{"sku": "A", "quantity": 1}}]}}'
    written = {"sync": sync, "entity_key": key, "desired": desired, "vendor_id": "v", "acknowledged_at": iso(now)}
    return [Row("raw_tieout.acknowledgements", f"{sync}/{key}/{load_id(now)}", written, SHOP)]


def _received(chance: random.Random, now: datetime) -> list[Row]:
    """Goods that a warehouse which counts by itself took in under a return's id."""
    line = {"sku": "A", "received": chance.randint(1, 2), "exceptions": []}
    receipt = {"site": "N", "order_number": _return_id(chance), "lines": [line], "date": now.date().isoformat()}
    return [Row("raw_gxo.stock_receipts", load_id(now), receipt, reported_at=now)]


def _map(chance: random.Random, now: datetime) -> list[Row]:
    """A row of a map, a setting or the books; what it says changes much at once."""
    since = (now - timedelta(days=chance.choice([-1, 0, 90]))).date().isoformat()
    grade = {"system": "zigzag", "condition": "new", "disposition": chance.choice(["restock", "bin"])}
    tax = {"shop_id": "*", "line_class": "refund", "treatment": chance.choice(["seller", "platform"]), "rate": "20"}
    place = {"shop_id": SHOP, "warehouse_id": chance.choice("LN"), "system": chance.choice(["linnworks", "gxo"])}
    policy = {
        **{"shop_id": "*", "step": "request", "return_type": "*", "reason": "*", "grading": "*"},
        **{"amount_up_to": "100", "earlier_returns_up_to": chance.choice("019"), "percent": "0", "approval": "auto"},
        "decision": chance.choice(["approve", "reject"]),
    }
    books = {"refund_document": chance.choice(["credit_memo", "credit_memo", "journal"]), "refund_item": "R"}
    books |= {"refund_in_closed_period": chance.choice(["hold", "next_open"])}
    rows = [
        Row("raw_config.grades", grade["disposition"], grade | {"is_sellable": chance.choice(["yes", "no"])}),
        Row("raw_config.sku_map", "old", {"shop_id": SHOP, "seller_sku": "old", "item": chance.choice("AB")}),
        Row("raw_config.tax_map", "refund", tax | {"valid_from": since}),
        Row("raw_config.location_map", place["warehouse_id"], place | {"location": "L"}),
        Row(
            "raw_config.return_policy", chance.choice("12"), policy | {"decision": chance.choice(["approve", "reject"])}
        ),
        Row("raw_config.books", "books", books),
    ]
    return [chance.choice(rows)]


def _ledger(chance: random.Random, _now: datetime) -> list[Row]:
    """A month that is closed, opened, moved or gone; an account, or which of them refunds are booked on."""
    month = chance.choice([1, 2, 2, 3, 4])
    period = {"periodname": f"Month {month}", "startdate": f"2026-0{month}-01", "isyear": "F", "isquarter": "F"}
    period |= {"enddate": f"2026-0{month}-{chance.choice([20, 28, 28])}", "closed": chance.choice("TTF")}
    numbers = ["1110", "1110", "1111"]
    account = {"acctnumber": chance.choice(numbers), "accttype": chance.choice(["AcctRec", "Bank"]), "isinactive": "F"}
    booked = {"shop_id": "*", "line_class": "refund", "netsuite_account": chance.choice(numbers)}
    rows = [
        *[Row("raw_netsuite.accounting_periods", str(month), _gone(chance, period))] * 3,
        Row("raw_netsuite.accounts", chance.choice("12"), _gone(chance, account)),
        Row("raw_config.account_map", "1", booked),
    ]
    return [chance.choice(rows)]


MAKERS: tuple[Maker, ...] = (
    *(_order, _return, _return, _portal_return, _portal_return, _settled, _refused),
    *(_document, _written, _received, _map, _ledger, _ledger),
)
SETTINGS = (
    Row("raw_config.shops", "1", {"shop_id": SHOP, "region": "GB", "netsuite_customer": "C"} | CURRENCIES),
    Row("raw_config.account_map", "1", {"shop_id": "*", "line_class": "refund", "netsuite_account": "1110"}),
    Row("raw_netsuite.accounts", "1", {"acctnumber": "1110", "accttype": "AcctRec", "isinactive": "F"}),
    Row("raw_config.returns", "1", {"refund_after_hours": "48"}),
    *(Row("raw_config.return_portals", shop, {"system": "zigzag", "shop_id": shop}) for shop in (SHOP, OTHER)),
    Row("raw_config.books", "books", {"refund_document": "credit_memo", "refund_item": "R"}),
    Row("raw_config.tax_map", "refund", {"shop_id": "*", "line_class": "refund", "treatment": "seller", "rate": "20"}),
    *(
        Row("raw_config.grades", word, grade | {"disposition": word, "is_sellable": yes})
        for grade in [{"system": "zigzag", "condition": "new"}]
        for word, yes in (("restock", "yes"), ("bin", "no"))
    ),
    *(
        Row("raw_config.location_map", name, {"shop_id": SHOP, "warehouse_id": name, "system": system, "location": "L"})
        for name, system in (("L", "linnworks"), ("N", "gxo"))
    ),
)


def _coverage(now: datetime) -> list[Row]:
    """What was read moves every clock."""
    window = {"window_from": "1970-01-01T00:00:00Z", "window_to": iso(now), "load_id": load_id(now)}
    return [
        Row("raw_tieout.coverage", f"{entity}{load_id(now)}", {"system": "tiktok_shop", "entity": entity} | of_shop)
        for of_shop in [{"shop_id": SHOP} | window]
        for entity in ("orders", "returns", "statements")
    ]


@pytest.mark.parametrize("seed", [1, *(pytest.param(seed, marks=pytest.mark.exhaustive) for seed in (0, 2))])
def test_random_loads_change_by_change_hold_what_a_whole_build_holds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    monkeypatch.setenv("TIEOUT_HOME", str(tmp_path))
    chance, now = random.Random(seed), START
    wanted = {model.relation: model for table in OUTPUTS for model in models_before(tmp_path, table)}
    with open_made(tmp_path) as warehouse:
        create_raw_tables(warehouse)
    first = [row for maker in MAKERS * 9 for row in maker(chance, now)]
    land(tmp_path, [*first, *SETTINGS], now)
    anew = built_anew(tmp_path, [model.name for model in wanted.values()])
    shown: set[str] = set()
    for _ in range(10):
        land(tmp_path, _coverage(now), now)
        build_models(Reading(home=tmp_path, config_dir=tmp_path), wanted.values())
        assert differences(tmp_path, anew) == {}
        with open_made(tmp_path) as warehouse:
            shown |= {table for table in anew if warehouse.execute(f"select 1 from {table}").fetchall()}
        now += timedelta(hours=chance.choice([1, 1, 30, 200]))
        land(tmp_path, [row for maker in chance.choices(MAKERS, k=5) for row in maker(chance, now)], now)
    assert set(OUTPUTS) & anew.keys() <= shown
