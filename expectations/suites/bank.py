"""What we rely on in the bank's entries, whatever file they came in.

Belongs here: their fields and formats. Does not: reading files (ingestion quarantines what it cannot read).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from expectations.suites.claims import Suite, amounts, currency, field, one_of, present, suite_of

if TYPE_CHECKING:
    from great_expectations import ExpectationSuite


def entries() -> ExpectationSuite:
    """Entries: a signed amount, a currency, a booking date; booked, not merely announced."""
    claims = [
        *amounts("amount"),
        currency("currency"),
        present("amount"),
        present("booking_date"),
        one_of("status", ("BOOK",)),
    ]
    return suite_of("raw_bank.entries", claims)


SUITES = (
    Suite(
        "raw_bank.entries",
        {name: field(name) for name in ("amount", "currency", "booking_date", "status")},
        entries,
    ),
)
