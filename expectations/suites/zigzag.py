"""What we rely on in ZigZag's returns and lists of codes (fact sheet zigzag 7.2, 7.3).

Belongs here: ids, times, quantities and money. Does not: which codes there are, which are the tenant's own (grades.csv,
return_reasons.csv).
"""

from __future__ import annotations

from expectations.suites.claims import (
    NATURAL,
    Suite,
    amounts,
    currency,
    each,
    fields,
    natural_numbers,
    one_of,
    present,
)

_STATUSES = (
    "created",
    "label_issued",
    "in_transit",
    "delivered_to_hub",
    "received",
    "graded",
    "processed",
    "cancelled",
    "expired",
    "exception",
)
_CODES = fields("code", "text")

SUITES = (
    Suite(
        "raw_zigzag.returns",
        fields("returnId", "status", "createdAt", "updatedAt", amount="refund.amount", currency="refund.currency"),
        [
            *present("returnId", "status", "createdAt", "updatedAt"),
            one_of("status", _STATUSES),
            *natural_numbers("quantityRequested", "quantityReceived"),
            *amounts("amount"),
            currency("currency"),
        ],
        computed={name: each(f"lines[*].{name}", NATURAL) for name in ("quantityRequested", "quantityReceived")},
    ),
    Suite("raw_zigzag.reasons", _CODES, present("code")),
    Suite("raw_zigzag.conditions", _CODES, present("code")),
    Suite("raw_zigzag.dispositions", _CODES, present("code")),
)
