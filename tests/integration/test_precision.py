"""What only looks like a fault raises nothing: a payout of zero, a split deposit, records sent or saved again.

Belongs here: look-alikes in a tied world, all at once, and worlds of other seeds. Does not: faults.
"""

from __future__ import annotations

import json
import shutil
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from orchestration.demo.demo import call_sandbox, running_sandbox
from tests.support.damage_runs import look, rows, said
from tests.support.damage_world import PAYOUT_KINDS, Records, payout_groups
from tests.support.worlds import World

ADS = {"type": "GMV_PAYMENT_FOR_ADS", "order_id": "", "adjustment_order_id": ""}
NOTHING = {"revenue_amount": "0", "shipping_cost_amount": "0", "fee_tax_amount": "0"}
Body = dict[str, Any]


def add_zero_payout(records: Records) -> str:
    """Add a payment of nothing: what one statement charges for ads the other one gives back. Return its id."""
    statements = records.by_kind["tiktok_shop", "statements"]
    sterling = [body for body in statements.values() if body["currency"] == "GBP" and body["payment_id"]]
    like = max(sterling, key=lambda body: body["statement_time"])
    paid = records.by_kind["tiktok_shop", "payments"][like["payment_id"]]
    payment, shop = "7999000000000000025", like["_record"]["shop"]
    nothing = {"value": "0.00", "currency": "GBP"}
    names = ("amount", "settlement_amount", "payment_amount_before_exchange")
    _put(records.world, "payments", paid | dict.fromkeys(names, nothing) | {"id": payment}, shop)
    for number, amount in ((1, "-12.50"), (2, "12.50")):
        _add_ads(records.world, like | {"payment_id": payment}, shop, number=number, amount=amount)
    return payment


def _add_ads(world: World, like: Body, shop: str, *, number: int, amount: str) -> None:
    statement = f"739900000000000025{number}"
    figures = dict.fromkeys(("net_sales_amount", "shipping_cost_amount", "fee_amount", "_total_reserve_amount"), "0")
    figures |= {"settlement_amount": amount, "adjustment_amount": amount, "revenue_amount": ""}
    _put(world, "statements", like | figures | {"id": statement}, shop)
    line = ADS | NOTHING | {"id": f"749900000000000025{number}", "adjustment_id": f"759900000000000025{number}"}
    line |= {"settlement_amount": amount, "adjustment_amount": amount, "order_create_time": like["statement_time"]}
    empty = ("reserve_id", "reserve_amount", "associated_order_id", "reserve_status", "estimated_release_time")
    breakdowns: Body = {name: {} for name in ("revenue_breakdown", "shipping_cost_breakdown")}
    line |= dict.fromkeys(empty, "") | breakdowns | {"fee_tax_breakdown": {"fee": {}, "tax": {}}}
    _put(world, "statement_transactions", line | {"_statement_id": statement}, shop)


def _put(world: World, kind: str, body: Body, shop: str) -> None:
    body = {name: value for name, value in body.items() if name != "_record"}
    world.call("PUT", f"/_sandbox/tiktok_shop/{kind}/{body['id']}?shop={shop}", body)


def _deposits_by_reference(records: Records) -> list[Body]:
    return [
        body
        for id in records.in_scope("bank", "lines")
        if len((body := records.by_kind["bank", "lines"][id])["_payment_ids"]) == 1
        and body["_payment_ids"][0][-10:] in f"{body['reference']} {body['remittance']}"
    ]


def split_a_deposit(records: Records) -> None:
    """Let a payment arrive in two parts of the same day, both naming it."""
    body = _deposits_by_reference(records)[0]
    part = Decimal("1.23")
    path = "/_sandbox/bank/lines/"
    records.world.call("PATCH", path + body["id"], {"amount": str(Decimal(body["amount"]) - part)})
    second = {name: value for name, value in body.items() if name != "_record"} | {"amount": str(part)}
    records.world.call("PUT", path + body["id"] + "5", second | {"id": body["id"] + "5"})


def send_records_again(records: Records) -> None:
    """Emit lines with their amounts written another way, orders that were touched, journals that were saved again."""
    for body in list(records.by_kind["tiktok_shop", "statement_transactions"].values())[:20]:
        path = f"/_sandbox/tiktok_shop/statement_transactions/{body['id']}"
        names = ("settlement_amount", "revenue_amount", "fee_tax_amount")
        records.world.call("PATCH", path, {name: f"{Decimal(body[name]):.3f}" for name in names if body[name]})
    now = records.world.call("GET", "/_sandbox/clock")["now"]
    for id in list(records.by_kind["tiktok_shop", "orders"])[:20]:
        records.world.call("PATCH", f"/_sandbox/tiktok_shop/orders/{id}", {"update_time": now, "seller_note": "seen"})
    for id in list(records.by_kind["netsuite", "journalEntry"])[:10]:
        saved = {"lastModifiedDate": "2026-03-06T11:12:13Z"}
        records.world.call("PATCH", f"/_sandbox/netsuite/journalEntry/{id}", saved)


def deliver_files_again(records: Records) -> list[Path]:
    """Leave copies of the newest statement of each account under other names; return them."""
    folders = sorted((records.world.home / "sandbox" / "bank").iterdir())
    newest = [max(path for path in folder.iterdir() if path.suffix in (".xml", ".csv")) for folder in folders]
    return [Path(shutil.copy(path, path.with_name(f"again-{path.name}"))) for path in newest]


def test_what_only_looks_like_a_fault_raises_nothing(world: World) -> None:
    before = said(world)
    records = Records(world, PAYOUT_KINDS, payout_groups)
    zero = add_zero_payout(records)
    split_a_deposit(records)
    send_records_again(records)
    deliver_files_again(records)
    world.run()
    seen = look(world)
    assert seen.said - before == frozenset()
    asked = f"select tie_out_status, unexplained_amount from finance.payouts where payment_id = '{zero}'"
    assert [tuple(row.values()) for row in rows(world, asked)] == [("tied", Decimal(0))]


@pytest.mark.exhaustive
@pytest.mark.parametrize("seed", [11, 12])
def test_a_sound_world_of_any_seed_raises_nothing(tmp_path: Path, seed: int) -> None:
    with running_sandbox(tmp_path, port=0) as urls:
        trade = {"baskets": 60, "days": 24, "seed": seed}
        call_sandbox(urls["control"], "POST", "/_sandbox/trade", trade)
        call_sandbox(urls["control"], "POST", "/_sandbox/clock", {"advance_days": 24})
        world = World(tmp_path, urls)
        world.run()
        found = {(code, id.split(".")[-1]) for code, _type, id in world.exceptions()}
        planted = {(row["code"], row["entity_id"]) for row in world.call("GET", "/_sandbox/truth")}
        statements = world.records("tiktok_shop", "statements")
        planted |= {("FIN-10", body["id"]) for body in statements if Decimal(body["settlement_amount"]) < 0}
    assert found <= planted, json.dumps(sorted(found - planted))
