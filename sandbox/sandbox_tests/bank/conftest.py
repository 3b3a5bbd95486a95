"""A bank with a few booked lines."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from sandbox.bank import KINDS
from sandbox.bank.accounts import MAIN, US_PAYOUTS, open_accounts
from sandbox.store import Record, Store

MONDAY = 1_767_571_200
DAY = 86_400


def _line(id: str, account: str, day: int, amount: str) -> Record:
    date = f"2026-01-{5 + day:02d}"
    body = {
        "id": id,
        "account_id": account,
        "booking_date": date,
        "value_date": date,
        "amount": amount,
        "currency": "GBP",
        "reference": "TTS & PAYOUT 1",
        "counterparty": "J.P. MORGAN SE",
        "remittance": "TTS PAYOUT <1>",
        "kind": "credit",
        "_payment_ids": ["1"],
    }
    return Record("bank", "lines", id, body, "", account, MONDAY + day * DAY, MONDAY + day * DAY)


@pytest.fixture
def store() -> Iterator[Store]:
    """Two accounts, lines on Monday and Wednesday, and the clock on the next Monday."""
    store = Store()
    store.register("bank", KINDS)
    open_accounts(store, MONDAY, "2026-01-05")
    store.put_many(
        [
            _line("L1", MAIN, 0, "100.10"),
            _line("L2", MAIN, 0, "-0.10"),
            _line("L3", MAIN, 2, "50"),
            _line("L4", US_PAYOUTS, 2, "7.5"),
        ]
    )
    store.set_now(MONDAY + 7 * DAY)
    yield store
    store.close()
