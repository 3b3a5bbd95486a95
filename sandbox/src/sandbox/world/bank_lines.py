"""What gets booked on the seller's accounts: payouts under various names, and everything else a business does.

Belongs here: deposits of payments and unrelated traffic. Does not: the bank's files.
"""

from __future__ import annotations

from sandbox.bank.accounts import MAIN, SYSTEM, US_PAYOUTS
from sandbox.store import Body, Record
from sandbox.world import days, pence
from sandbox.world.agenda import Payload
from sandbox.world.draw import Draw
from sandbox.world.shops import SHOPS
from sandbox.world.state import World

# Name on the statement, reference and text; {id} the payment's id, {tail} its end, {other} the processor's own number.
_PAYERS = (
    ("TIKTOK INFORMATION TECHNOLOGIES UK LIMITED", "{id}", "TIKTOK SHOP PAYOUT {id}"),
    ("TIKTOK INFORMATION TECHNOLOGIES UK LIMITED", "TTS{tail}", "TIKTOK SHOP SETTLEMENT {tail}"),
    ("J.P. MORGAN SE", "TTS PAYOUT {tail}", "J.P. MORGAN SE TTS PAYOUT {tail}"),
    ("J.P. MORGAN SE", "JPM{other}", "J.P. MORGAN SE TTS PAYOUT"),
    ("STRIPE PAYMENTS UK LTD", "STRIPE-{other}", "STRIPE PAYMENTS UK TRANSFER"),
)
_PAYER_WEIGHTS = (50, 18, 14, 9, 9)
_UNRELATED = (
    ("BARLEYCORN WHOLESALE LTD", "INVOICE PAYMENT", -48000, -6000),
    ("PAPER & STRING PACKAGING", "PACKAGING", -9000, -1500),
    ("CARD ACQUIRER SETTLEMENT", "STORE TAKINGS", 12000, 70000),
    ("MARKET STALL CAFE", "WHOLESALE ORDER", 4000, 15000),
    ("FICTION COUNTY COUNCIL", "BUSINESS RATES", -22000, -18000),
)


def deposit(world: World, key: str, payload: Payload) -> None:
    """Book one deposit for the payments in hand, or two halves of it; failed ones bring nothing."""
    paid = [body for id in payload["payments"] if (body := _deliverable(world, id)) is not None]
    if not paid:
        return
    record = world.tiktok("payments", paid[0]["id"])
    account_id = SHOPS[record.shop if record else ""].bank_account_id
    amount = sum(pence.parse(body["amount"]["value"]) for body in paid)
    draw = world.draw("deposit lines", key)
    first = pence.share(amount, 6000) if draw.happens(60) else amount
    ids = [body["id"] for body in paid]
    for part, value in enumerate(filter(None, (first, amount - first))):
        _book(world, account_id, ("payout", key, part), value, payments=ids, texts=_payer(draw, ids[-1]))


def bank_day(world: World, key: str, payload: Payload) -> None:
    """Book a business day's unrelated lines on both accounts."""
    if days.is_business_day(world.now):
        for account_id in (MAIN, US_PAYOUTS):
            _book_unrelated(world, account_id)
    world.agenda.add(world.now + days.DAY, "bank_day", key)


def line(account_id: str, id: str, amount: int, *, booked_at: int, value_at: int, texts: tuple[str, str, str]) -> Body:
    """Return a bank line; texts are counterparty, reference (end-to-end id) and remittance. Amount in pence."""
    counterparty, reference, remittance = texts
    return {
        "id": id,
        "account_id": account_id,
        "booking_date": days.date_text(booked_at),
        "value_date": days.date_text(value_at),
        "amount": pence.text(amount),
        "currency": "GBP",
        "reference": reference,
        "counterparty": counterparty,
        "remittance": remittance,
        "kind": "credit" if amount > 0 else "debit",
        "_payment_ids": [],
    }


def _deliverable(world: World, payment_id: str) -> Body | None:
    record = world.tiktok("payments", payment_id)
    if record is None or record.body["status"] != "PAID":
        return None
    return record.body


def _payer(draw: Draw, payment_id: str) -> tuple[str, str, str]:
    name, reference, text = _PAYERS[draw.weighted(_PAYER_WEIGHTS)]
    words = {"id": payment_id, "tail": payment_id[-10:], "other": f"{draw.below(10**12):012d}"}
    return name, reference.format(**words), text.format(**words)


def _book_unrelated(world: World, account_id: str) -> None:
    draw = world.draw("traffic", account_id, world.now)
    for index in range(draw.between(0, 3)):
        name, text, low, high = draw.pick(_UNRELATED)
        texts = (name, f"{text.split()[0][:4]}-{draw.below(10**8):08d}", text)
        _book(world, account_id, ("traffic", account_id, world.now, index), draw.between(low, high), texts=texts)
    if days.date_text(world.now).endswith(("-01", "-15")) or draw.happens(40):
        texts = ("FAKE BANK PLC", f"CHG{days.date_text(world.now).replace('-', '')}", "ACCOUNT CHARGES")
        _book(world, account_id, ("charge", account_id, world.now), -draw.between(350, 1200), texts=texts)


def _book(
    world: World,
    account_id: str,
    name: tuple[object, ...],
    amount: int,
    *,
    texts: tuple[str, str, str],
    payments: list[str] | None = None,
) -> None:
    """Write a line booked now; a late value date comes now and then."""
    id = "FT" + world.new_id("26", *name)[:14]
    late = world.draw("value date", id)
    value_at = days.business_days_after(world.now, late.between(1, 3) if late.happens(60) else 0)
    body = {
        **line(account_id, id, amount, booked_at=world.now, value_at=value_at, texts=texts),
        "_payment_ids": payments or [],
    }
    world.unit_of_work.save(Record(SYSTEM, "lines", id, body, "", account_id, world.now, world.now))
