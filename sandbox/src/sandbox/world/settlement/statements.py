"""The daily statement: claims that fell due become transactions, and transactions add up (fact sheet 7.1 to 7.4).

Belongs here: closing a day, and keeping a statement's totals equal to its rows. Does not: payments.
"""

from __future__ import annotations

from sandbox.store import Body
from sandbox.world import days, market, pence
from sandbox.world.agenda import Payload
from sandbox.world.settlement import earnings, lines, refunds
from sandbox.world.shops import SHOPS, Shop
from sandbox.world.state import TIKTOK, World
from sandbox.world.truth import remember, truth

RESERVE_DAYS = 20
UNKNOWN_FEE = "creator_boost_trial_fee"


def close_statement(world: World, shop_id: str, payload: Payload) -> None:
    """Close the UTC day that just ended: write its transactions and their statement, if there were any."""
    shop, statement_id = SHOPS[shop_id], world.new_id("73", "statement", shop_id, world.now)
    rows = [
        row
        for due, id, claim in world.agenda.take_claims(shop_id, world.now)
        for row in _rows(world, shop, id, claim=claim, due=due)
    ]
    _try_an_unknown_fee(world, shop, rows)
    rows += _drain(world, shop, statement_id, rows)
    if rows:
        save_statement(world, shop, statement_id, rows)
        if world.draw("restated", statement_id).happens(150):
            world.agenda.add(world.now + 30 * days.HOUR, "statement_restated", statement_id)
    world.agenda.add(world.now + days.DAY, "statement_closes", shop_id)


def save_statement(world: World, shop: Shop, statement_id: str, rows: list[Body]) -> None:
    """Write a statement of `world.now` and its rows, not yet part of any payment."""
    for row in rows:
        save_row(world, shop.id, statement_id, row)
    body = {
        "id": statement_id,
        "statement_time": world.now,
        "currency": shop.currency,
        "revenue_amount": "",  # not applicable to GB and US shops
        "payment_status": "PROCESSING",
        "payment_id": "",
        "payment_time": 0,
        **totals(rows),
    }
    world.write("statements", statement_id, body, shop=shop.id, at=world.now)


def save_row(world: World, shop_id: str, statement_id: str, row: Body) -> None:
    """Write one transaction of a statement."""
    body = {**row, "_statement_id": statement_id}
    created = int(row["order_create_time"])
    world.write(
        "statement_transactions", row["id"], body, shop=shop_id, at=world.now, parent=statement_id, created=created
    )


def totals(rows: list[Body]) -> Body:
    """Return a statement's figures: exact sums over its rows, the reserve apart."""
    settled = [row for row in rows if row["type"] != "RESERVE"]

    def column(name: str) -> str:
        return pence.text(pence.total(row[name] for row in settled))

    return {
        "settlement_amount": column("settlement_amount"),
        "net_sales_amount": column("revenue_amount"),
        "shipping_cost_amount": column("shipping_cost_amount"),
        "fee_amount": column("fee_tax_amount"),
        "adjustment_amount": column("adjustment_amount"),
        "_total_reserve_amount": pence.text(pence.total(row["reserve_amount"] for row in rows)),
    }


def add_fee(row: Body, key: str, amount: int) -> None:
    """Charge an ORDER row with a further fee (negative) under a line's name, its identity kept."""
    fee = row["fee_tax_breakdown"]["fee"]
    fee[key] = pence.text(pence.parse(fee.get(key, "0")) + amount)
    for name in ("fee_tax_amount", "settlement_amount"):
        row[name] = pence.text(pence.parse(row[name]) + amount)


def restate(world: World, statement_id: str, payload: Payload) -> None:
    """Re-emit one transaction with the same id and a corrected fee, unless a payment already counts on it."""
    record = world.tiktok("statements", statement_id)
    if record is None or record.body["payment_id"]:
        return
    rows = rows_of(world, statement_id)
    sales = [row for row in rows if row["type"] == "ORDER" and pence.parse(row["revenue_amount"]) > 0]
    if not sales:
        return
    add_fee(sales[0], "sfp_service_fee_amount", -world.draw("correction", statement_id).between(5, 60))
    save_row(world, record.shop, statement_id, sales[0])
    retotal(world, statement_id, rows)


def retotal(world: World, statement_id: str, rows: list[Body]) -> None:
    """Bring a statement's figures in line with its rows."""
    record = world.tiktok("statements", statement_id)
    if record is None:
        raise LookupError(f"statement {statement_id}: expected a record, found none")
    body = {**record.body, **totals(rows)}
    world.write(
        "statements", statement_id, body, shop=record.shop, at=record.updated_at, parent=record.parent,
        created=record.created_at,
    )  # fmt: skip


def rows_of(world: World, statement_id: str) -> list[Body]:
    """Return the bodies of a statement's live rows, oldest id first."""
    world.unit_of_work.flush()
    return [record.body for record in world.store.select(TIKTOK, "statement_transactions", parent=statement_id)]


def unpaid_total(world: World, shop_id: str) -> int:
    """Return settlement and reserve of a shop's statements that no payment covers yet."""
    return sum(
        pence.parse(body["settlement_amount"]) + pence.parse(body["_total_reserve_amount"])
        for body in unpaid_statements(world, shop_id)
    )


def unpaid_statements(world: World, shop_id: str) -> list[Body]:
    """Return a shop's statements that no payment covers yet, oldest first."""
    world.unit_of_work.flush()
    records = world.store.select(TIKTOK, "statements", shop=shop_id, parent="", order_by="created_at")
    return [record.body for record in records if not record.body["payment_id"]]


def _rows(world: World, shop: Shop, id: str, *, claim: Payload, due: int) -> list[Body]:
    match claim["kind"]:
        case "sale":
            return _sale_rows(world, shop, id, claim)
        case "refund":
            return [_refund_row(world, shop, id, claim)]
        case "release":
            return _release_rows(world, id, claim)
        case "adjustment":
            adjustment_id = world.new_id("76", "adjustment", id)
            return [
                lines.adjustment_row(
                    id, claim["type"], claim["amount"], adjustment_id=adjustment_id, order_id=claim["order_id"], at=due
                )
            ]
        case kind:
            raise ValueError(f"claim {id}: kind {kind!r}, expected sale, refund, release or adjustment")


def _sale_rows(world: World, shop: Shop, id: str, claim: Payload) -> list[Body]:
    order = world.order(claim["order_id"])
    agreed = earnings.terms(shop, world.draw("terms", order["id"]))
    refunded = [line for line in order["line_items"] if line["id"] in claim["refunded"]]
    if order["is_replacement_order"] or order["is_exchange_order"]:
        figures = earnings.replacement(agreed)
    elif world.fulfilment == "connected":
        back = refunds.before_sale(world, order)
        whole = [*refunded, *back.lines]
        figures = earnings.sale(shop, order, agreed, whole, parts=back.parts, return_fee=back.fee)
    else:
        figures = earnings.sale(shop, order, agreed, refunded)
    rows = [lines.order_row(id, order, figures)]
    if figures.settlement > 100 and world.draw("reserve", order["id"]).happens(50):
        rows.append(_collect_reserve(world, shop, order, figures.settlement))
    return rows


def _refund_row(world: World, shop: Shop, id: str, claim: Payload) -> Body:
    order = world.order(claim["order_id"])
    agreed = earnings.terms(shop, world.draw("terms", order["id"]))
    kept = bool(claim["affiliate_kept"])
    if kept and agreed.affiliate:
        entry = truth(
            "FIN-18", (TIKTOK, "statement_transactions", id), ("order", order["id"]), shop_id=shop.id, transaction_id=id
        )
        remember(world.store, [entry], origin="trade", at=world.now)
    if "back" in claim:
        back = refunds.returned(order, claim["back"])
        refunded, fee = [*back.lines, *back.parts], back.fee
    else:
        refunded, fee = [line for line in order["line_items"] if line["id"] in claim["refunded"]], None
    figures = earnings.refund(shop, order, agreed, refunded, affiliate_returned=not kept, return_fee=fee)
    return lines.order_row(id, order, figures)


def _collect_reserve(world: World, shop: Shop, order: Body, settlement: int) -> Body:
    collected_id, reserve_id = world.new_id("77", "collect", order["id"]), world.new_id("78", "reserve", order["id"])
    release: Payload = {
        "kind": "release",
        "amount": pence.share(settlement, 1500),
        "order": [order["id"], order["create_time"]],
        "reserve_id": reserve_id,
        "collected_id": collected_id,
        "releases_at": world.now + RESERVE_DAYS * days.DAY,
    }
    world.agenda.claim(shop.id, release["releases_at"], world.new_id("77", "release", order["id"]), release)
    return _reserve_row(collected_id, -release["amount"], release)


def _release_rows(world: World, id: str, claim: Payload) -> list[Body]:
    """Return the release, or nothing when an incident makes the platform hold on to the money."""
    held = world.tiktok("statement_transactions", claim["collected_id"])
    if held is not None and held.body.get("_held"):
        return []
    return [_reserve_row(id, claim["amount"], claim)]


def _reserve_row(id: str, amount: int, claim: Payload) -> Body:
    order_id, created = claim["order"]
    return lines.reserve_row(
        id, amount, order=(order_id, created), reserve_id=claim["reserve_id"], releases_at=claim["releases_at"]
    )


def _try_an_unknown_fee(world: World, shop: Shop, rows: list[Body]) -> None:
    """Once, in the first shop, charge a fee that no document names: its payout's journal has to wait for a person."""
    sales = [row for row in rows if row["type"] == "ORDER" and pence.parse(row["revenue_amount"]) > 0]
    is_due = shop is next(iter(SHOPS.values())) and world.now >= world.start + world.days * 2 // 3 * days.DAY
    if not sales or not is_due or world.store.get_meta("world_unknown_fee"):
        return
    add_fee(sales[0], UNKNOWN_FEE, -125)
    world.store.set_meta("world_unknown_fee", sales[0]["id"])
    entry = truth(
        "FIN-07",
        (TIKTOK, "statement_transactions", sales[0]["id"]),
        ("fee", UNKNOWN_FEE),
        shop_id=shop.id,
        path=f"fee_tax_breakdown.fee.{UNKNOWN_FEE}",
        amount="-1.25",
        order_id=sales[0]["order_id"],
    )
    remember(world.store, [entry], origin="trade", at=world.now)


def _drain(world: World, shop: Shop, statement_id: str, rows: list[Body]) -> list[Body]:
    """Once per shop, halfway, bill so much advertising on a payout day that the payout must wait for the next."""
    middle = days.midnight(world.start) + world.days // 2 * days.DAY
    wait = (shop.payout_weekdays[0] - days.weekday(middle)) % 7
    if world.now != middle + wait * days.DAY:
        return []
    today = totals(rows)
    owed = unpaid_total(world, shop.id) + pence.total((today["settlement_amount"], today["_total_reserve_amount"]))
    id = world.new_id("75", "drain", shop.id)
    bill = lines.adjustment_row(
        id, "GMV_PAYMENT_FOR_ADS", -max(owed, 0) - market.weekly_turnover(world, shop) // 7,
        adjustment_id=world.new_id("76", "drain", shop.id), order_id="", at=world.now - days.HOUR,
    )  # fmt: skip
    record = (TIKTOK, "statements", statement_id)
    entry = truth("FIN-10", record, ("statement", statement_id), shop_id=shop.id, transaction_id=id)
    remember(world.store, [entry], origin="trade", at=world.now)
    return [bill]
