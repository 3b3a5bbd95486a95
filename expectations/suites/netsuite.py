"""What we rely on in NetSuite's accounts and in our journals as read back (fact sheet netsuite 8).

Belongs here: their fields and formats. Does not: whether a journal is what we wrote (dbt).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from expectations.suites.claims import Suite, currency, field, one_of, present, suite_of

if TYPE_CHECKING:
    from great_expectations import ExpectationSuite


def accounts() -> ExpectationSuite:
    """Accounts: a number to map to, and whether they are in use."""
    return suite_of("raw_netsuite.accounts", [present("acctnumber"), one_of("isinactive", ("T", "F"))])


def journal_entries() -> ExpectationSuite:
    """Journals: a date, a currency, and lines."""
    claims = [present("trandate"), currency("currency"), present("first_line")]
    return suite_of("raw_netsuite.journal_entries", claims)


SUITES = (
    Suite("raw_netsuite.accounts", {name: field(name) for name in ("acctnumber", "isinactive")}, accounts),
    Suite(
        "raw_netsuite.journal_entries",
        {"trandate": field("trandate"), "currency": field("currency"), "first_line": field("lines[0].account")},
        journal_entries,
    ),
)
