"""What we rely on in the bank's entries, whatever file they came in.

Belongs here: their fields and formats. Does not: reading files (ingestion quarantines what it cannot read).
"""

from __future__ import annotations

from expectations.suites.claims import Suite, amounts, currency, fields, one_of, present

_BOOKED_ON = "if(payload ->> '$.status' <> 'BOOK', 'not booked', nullif(payload ->> '$.booking_date', ''))"

SUITES = (
    Suite(
        "raw_bank.entries",
        fields("amount", "currency", "status"),
        [
            *amounts("amount"),
            currency("currency"),
            *present("amount", "booking_date"),
            one_of("status", ("BOOK", "PDNG", "INFO", "FUTR", "OTHR")),
        ],
        computed={"booking_date": _BOOKED_ON},
    ),
    Suite(
        "raw_bank.statements",
        fields("opening_balance", "closing_balance", "currency", "account_id"),
        [*amounts("opening_balance", "closing_balance"), currency("currency"), *present("account_id")],
    ),
    Suite("raw_bank.files", fields("account_id", "sha256"), present("account_id", "sha256")),
)
