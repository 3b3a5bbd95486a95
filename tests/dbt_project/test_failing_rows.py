"""A row that fails a check holds its payout, and nothing stops publishing or writing the rest."""

from __future__ import annotations

import duckdb

from orchestration.steps.steps import check_step, plan_step, publish_step
from tests.support.goods_world import GoodsWorld
from tests.support.raw_world import NAMED, SHOP, UNNAMED
from tieout.state import State

WITHOUT_AMOUNT = {"79300000000000000001": None, "79300000000000000002": "", "79300000000000000003": "x"}
WITHOUT_AMOUNT |= {"79300000000000000004": "1e400"}


def journals(goods: GoodsWorld, state: State) -> dict[str, str]:
    planned = plan_step(goods.settings, state, only="netsuite__journal_entries")
    return {row.entity_key: row.held_because for row in planned.rows}


def alter(goods: GoodsWorld, sql: str) -> None:
    with duckdb.connect(goods.home / "warehouse.duckdb") as warehouse:
        warehouse.execute(sql)


def test_what_fails_holds_its_own_payout_until_it_passes(goods: GoodsWorld) -> None:
    def land(landed) -> None:
        for payment, value in WITHOUT_AMOUNT.items():
            paid = {"status": "PAID", "amount": {"value": value, "currency": "GBP"}, "paid_time": 1770422400}
            landed("raw_tiktok_shop.payments", payment, paid | {"create_time": 1770336000}, shop=SHOP)

    goods.land(land)
    goods.run()
    opened = goods.published("select code, entity_id from exceptions.open where code in ('SYS-03', 'SYS-14')")
    assert set(opened) == {("SYS-03", f"tiktok_shop/payments/{payment}") for payment in WITHOUT_AMOUNT}

    state = State(goods.settings.database_url)
    sound = journals(goods, state)
    assert len(sound) == 2 and not any("SYS-14" in why for why in sound.values())
    was = f"where payment_id = '{NAMED}'"
    alter(goods, f"update finance.payouts set unexplained_amount = null {was}")
    checked = check_step(goods.settings, state, report=lambda _text: None)
    assert [text for text in checked.problems if text.startswith("not_null_payouts_unexplained_amount: 1 rows, held")]
    held = journals(goods, state)
    assert {key for key, why in held.items() if "SYS-14" in why} == {key for key in held if NAMED in key}
    assert {key for key in held if UNNAMED in key}
    publish_step(goods.settings, report=lambda _text: None)
    reported = "select shop_id, entity_type, entity_id, owner, severity from exceptions.open where code = 'SYS-14'"
    assert goods.published(reported) == [(SHOP, "payment", NAMED, "ENG", "S2")]

    alter(goods, f"update finance.payouts set unexplained_amount = 0 {was}")
    check_step(goods.settings, state, report=lambda _text: None)
    assert journals(goods, state) == sound
    publish_step(goods.settings, report=lambda _text: None)
    assert goods.published(reported) == []
    state.close()
