"""What we rely on in the bank's entries, whatever file they came in.

Belongs here: their fields and formats. Does not: reading files (ingestion quarantines what it cannot read).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from expectations.suites.claims import Suite, amounts, currency, field, one_of, present, suite_of

if TYPE_CHECKING:
    from great_expectations import ExpectationSuite


def entries() -> ExpectationSuite:
    """Entries: a signed amount, a currency, a status of the closed set; a day, if they are booked."""
    claims = [
        *amounts("amount"),
        currency("currency"),
        present("amount"),
        present("booking_date"),
        one_of("status", ("BOOK", "PDNG", "INFO", "FUTR", "OTHR")),
    ]
    return suite_of("raw_bank.entries", claims)


def statements() -> ExpectationSuite:
    """Statements: balances in decimal text, a currency, the account."""
    claims = [*amounts("opening_balance", "closing_balance"), currency("currency"), present("account_id")]
    return suite_of("raw_bank.statements", claims)


def files() -> ExpectationSuite:
    """Files: their account and the hash of their content."""
    return suite_of("raw_bank.files", [present("account_id"), present("sha256")])


SUITES = (
    Suite(
        "raw_bank.entries",
        {name: field(name) for name in ("amount", "currency", "status")}
        | {"booking_date": f"if({field('status')} <> 'BOOK', 'not booked', {field('booking_date')})"},
        entries,
    ),
    Suite(
        "raw_bank.statements",
        {name: field(name) for name in ("opening_balance", "closing_balance", "currency", "account_id")},
        statements,
    ),
    Suite("raw_bank.files", {name: field(name) for name in ("account_id", "sha256")}, files),
)
