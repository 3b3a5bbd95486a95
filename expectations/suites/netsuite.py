"""What we rely on in NetSuite's lists and in transactions as read back (fact sheet netsuite 8).

Belongs here: their fields and formats. Does not: whether a journal is what we wrote (dbt).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from expectations.suites.claims import Suite, currency, field, one_of, present, suite_of

if TYPE_CHECKING:
    from great_expectations import ExpectationSuite
    from great_expectations.expectations import Expectation

FLAG = ("T", "F")
APPROVAL = ("1", "2", "3")
"""Pending approval, approved, rejected."""


def accounts() -> ExpectationSuite:
    """Accounts: a number to map to, and whether they are in use."""
    return suite_of("raw_netsuite.accounts", [present("acctnumber"), one_of("isinactive", FLAG)])


def accounting_periods() -> ExpectationSuite:
    """Periods: a name, the days they hold, and whether they are closed."""
    given = [present(name) for name in ("periodname", "startdate", "enddate")]
    flags = [one_of(name, FLAG) for name in ("closed", "isquarter", "isyear", "isadjust")]
    return suite_of("raw_netsuite.accounting_periods", [*given, *flags])


def subsidiaries() -> ExpectationSuite:
    """Subsidiaries: a name and a currency."""
    return suite_of("raw_netsuite.subsidiaries", [present("name"), present("currency")])


def currencies() -> ExpectationSuite:
    """Currencies: the symbol that journals are written in."""
    return suite_of("raw_netsuite.currencies", [present("symbol"), one_of("isbasecurrency", FLAG)])


def journal_entries() -> ExpectationSuite:
    """Journals: a date, a currency, lines, and whether they count."""
    return suite_of("raw_netsuite.journal_entries", [currency("currency"), *_transaction()])


def other_entries() -> ExpectationSuite:
    """Transactions of others: as our journals, but a currency that we do not know stops nothing."""
    return suite_of("raw_netsuite.other_entries", [present("currency"), *_transaction()])


def _transaction() -> list[Expectation]:
    given = [present(name) for name in ("trandate", "first_line", "postingperiod")]
    flags = [one_of(name, FLAG) for name in ("posting", "void", "voided", "isreversal")]
    return [*given, *flags, one_of("approvalstatus", APPROVAL)]


_TRANSACTION = {
    **{
        name: field(name)
        for name in (
            "trandate", "currency", "postingperiod", "posting", "void", "voided", "isreversal", "approvalstatus",
        )
    },
    "first_line": field("lines[0].account"),
}  # fmt: skip


def _fields(*names: str) -> dict[str, str]:
    return {name: field(name) for name in names}


SUITES = (
    Suite("raw_netsuite.accounts", _fields("acctnumber", "isinactive"), accounts),
    Suite(
        "raw_netsuite.accounting_periods",
        _fields("periodname", "startdate", "enddate", "closed", "isquarter", "isyear", "isadjust"),
        accounting_periods,
    ),
    Suite("raw_netsuite.subsidiaries", _fields("name", "currency"), subsidiaries),
    Suite("raw_netsuite.currencies", _fields("symbol", "isbasecurrency"), currencies),
    Suite("raw_netsuite.journal_entries", _TRANSACTION, journal_entries),
    Suite("raw_netsuite.other_entries", _TRANSACTION, other_entries),
)
