"""The two accounts. IBANs pass the check digits but name banks that do not exist.

Belongs here: account records. Does not: what is booked on them.
"""

from __future__ import annotations

from sandbox.store import Body, Record, Store

SYSTEM = "bank"
MAIN = "gbp-main"
US_PAYOUTS = "gbp-us-payouts"


def open_accounts(store: Store, opened_at: int, opened_on: str) -> None:
    """Write both accounts with their opening balances; `opened_on` is a YYYY-MM-DD date, `opened_at` its midnight."""
    main = _account(MAIN, "XFAK00990000004401", "camt053", opening="25000.00", opened_on=opened_on)
    us = _account(US_PAYOUTS, "XFAK00990000007702", "csv", opening="4000.00", opened_on=opened_on)
    store.put_many(
        Record(SYSTEM, "accounts", body["id"], body, created_at=opened_at, updated_at=opened_at) for body in (main, us)
    )


def _account(id: str, number: str, file_format: str, *, opening: str, opened_on: str) -> Body:
    return {
        "id": id,
        "iban": _iban(number),
        "bic": "XFAKGB2LXXX",
        "owner": "Northgate Retail Ltd",
        "currency": "GBP",
        "format": file_format,
        "_opening_balance": opening,
        "_opened_on": opened_on,
    }


def _iban(number: str) -> str:
    """Return a GB IBAN: 98 minus the rest of the number, country and 00 read as digits (ISO 13616)."""
    as_digits = "".join(str(int(char, 36)) for char in f"{number}GB00")
    return f"GB{98 - int(as_digits) % 97:02d}{number}"
