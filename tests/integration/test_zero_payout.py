"""A payout of nothing: what was charged and what was paid back are the same. It ties, and no deposit is missed.

Belongs here: the records of tests/cases/25-zero-payout, on the wire. Does not: other payouts.
"""

from __future__ import annotations

import json
from pathlib import Path

from tests.support.worlds import World

RECORDS = Path(__file__).parent.parent / "cases" / "25-zero-payout" / "records.json"
SHOP = "7495000000000000101"


def test_a_payout_of_nothing_ties_and_is_in_the_books(world: World) -> None:
    before = world.exceptions()
    records = json.loads(RECORDS.read_text())
    kinds = {"statements": "statements", "transactions": "statement_transactions"}
    for name, kind in kinds.items():
        for record in records[name]:
            world.call("PUT", f"/_sandbox/tiktok_shop/{kind}/{record['id']}?shop={SHOP}", record)
    payment = records["payment"]
    world.call("PUT", f"/_sandbox/tiktok_shop/payments/{payment['id']}?shop={SHOP}", payment)
    world.run()
    world.call("POST", "/_sandbox/clock", {"advance_days": 12})
    world.run()

    of_payout = f"from finance.{{}} where payment_id = '{payment['id']}'"
    shown = world.query(f"select tie_out_status, unexplained_amount, books_status {of_payout.format('payouts')}")
    assert shown == [{"tie_out_status": "tied", "unexplained_amount": 0, "books_status": "posted"}]
    lines = world.query(f"select sum(amount) as total, count(*) as lines {of_payout.format('payout_lines')}")
    assert lines == [{"total": 0, "lines": 2}]
    ours = {record["id"] for name in kinds for record in records[name]} | {payment["id"]}
    about = {(code, entity) for code, _type, entity in world.exceptions() - before if entity in ours}
    assert about == {("FIN-15", "7499000000000000252")}, "only that the reimbursement names no order"
