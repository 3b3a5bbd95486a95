"""Which documents the books are to hold of refunds, from the raw rows of a return to the row that is sent.

Belongs here: refunds whose document is still due, and what holds it. Does not: the rules of one model (unit tests
beside it), or what NetSuite says of a document (tests/reverse_sync).
"""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from ingestion.raw import create_raw_tables
from orchestration.accelerator.lineage import models_before
from orchestration.accelerator.replay import build_models
from tests.support.rebuilds import Payload, Row, land, open_made
from tieout.reading import Reading

SHOP = "7495000000000000101"
ORDER, RETURN = "576000000000000001", "4035000000000000001"
NOW = datetime(2026, 3, 1, 9, tzinfo=UTC)
TABLE = "sync.sync_netsuite__credit_memos"
SHOP_ROW = {"shop_id": SHOP, "region": "GB", "currency": "GBP", "payout_currency": "GBP", "netsuite_customer": "C"}
SETTINGS = (
    Row("raw_config.shops", "1", SHOP_ROW),
    Row("raw_config.account_map", "1", {"shop_id": "*", "line_class": "refund", "netsuite_account": "1110"}),
    Row("raw_netsuite.accounts", "1", {"acctnumber": "1110", "accttype": "AcctRec", "isinactive": "F"}),
    Row("raw_config.returns", "1", {"refund_after_hours": "48"}),
    Row("raw_config.books", "books", {"refund_document": "credit_memo", "refund_item": "R"}),
    Row("raw_config.tax_map", "1", {"shop_id": "*", "line_class": "refund", "treatment": "platform", "rate": "0"}),
)


def _money(total: str, currency: str = "GBP") -> Payload:
    return {"currency": currency, "refund_total": total, "refund_subtotal": total}


def _order() -> Row:
    line = {"id": "1", "sku_id": "s", "seller_sku": "A", "display_status": "COMPLETED", "currency": "GBP"}
    order = {"status": "COMPLETED", "payment": {"currency": "GBP", "total_amount": "12.00"}, "create_time": 1769904000}
    priced = [line | {"original_price": "12.00", "sale_price": "12.00"}]
    return Row("raw_tiktok_shop.orders", ORDER, order | {"line_items": priced}, SHOP)


def _refunded(total: str, now: datetime, *, lines: str = "", currency: str = "GBP") -> Row:
    """A return that is paid out; its line says `lines`, or the total."""
    line = {"return_line_item_id": "1", "order_line_item_id": "1", "sku_id": "s"}
    returned = {
        **{"order_id": ORDER, "return_type": "REFUND", "return_status": "RETURN_OR_REFUND_REQUEST_COMPLETE"},
        **{"role": "BUYER", "create_time": 1770249600, "update_time": int(now.timestamp())},
        "refund_amount": _money(total, currency),
        "return_line_items": [line | {"refund_amount": _money(lines or total, currency)}],
    }
    return Row("raw_tiktok_shop.returns", RETURN, returned, SHOP, reported_at=now)


def _due(home: Path) -> list[tuple[Decimal, str, str | None]]:
    """The documents that are due: amount, amount as it would be sent, and why it is not."""
    build_models(Reading(home=home, config_dir=home), models_before(home, TABLE))
    with open_made(home) as warehouse:
        rows = warehouse.execute(f"select amount, desired, blocked_reason from {TABLE}").fetchall()
    return [(amount, json.loads(desired)["amount"], reason) for amount, desired, reason in rows]


EDITS = (
    ({"total": "5.00"}, "RET-07: edited after it was paid; correct the return, or book by hand"),
    ({"total": "12.00", "currency": "EUR"}, "RET-07: edited after it was paid; correct the return, or book by hand"),
    ({"total": "5.00", "lines": "12.00"}, "RET-07: the lines of the return do not say what was refunded"),
)


def test_a_refund_that_is_edited_while_its_document_is_due_gets_none_until_it_says_what_was_paid(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TIEOUT_HOME", str(tmp_path))
    with open_made(tmp_path) as warehouse:
        create_raw_tables(warehouse)
    now = NOW
    land(tmp_path, [*SETTINGS, _order(), _refunded("12.00", now)], now)
    sound = [(Decimal("12.00"), "12.00", None)]
    assert _due(tmp_path) == sound
    for edited, reason in EDITS:
        now += timedelta(hours=1)
        land(tmp_path, [_refunded(**edited, now=now)], now)
        assert [held for *_, held in _due(tmp_path)] == [reason]
    now += timedelta(hours=1)
    land(tmp_path, [_refunded("12.00", now)], now)
    assert _due(tmp_path) == sound
