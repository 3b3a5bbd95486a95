"""What we rely on in NetSuite's lists and in transactions as read back (fact sheet netsuite 8).

Belongs here: their fields and formats. Does not: whether a journal is what we wrote (dbt).
"""

from __future__ import annotations

from expectations.suites.claims import Suite, currency, fields, one_of, present

_FLAG = ("T", "F")
_APPROVAL = ("1", "2", "3")
"""Pending approval, approved, rejected."""

_TRANSACTION_FLAGS = ("posting", "void", "voided", "isreversal")
_TRANSACTION = fields(
    "trandate", "currency", "postingperiod", *_TRANSACTION_FLAGS, "approvalstatus", first_line="lines[0].account"
)
_OF_TRANSACTIONS = (
    *present("trandate", "first_line", "postingperiod"),
    *(one_of(name, _FLAG) for name in _TRANSACTION_FLAGS),
    one_of("approvalstatus", _APPROVAL),
)
_PERIOD_FLAGS = ("closed", "isquarter", "isyear", "isadjust")

SUITES = (
    Suite(
        "raw_netsuite.accounts",
        fields("acctnumber", "isinactive"),
        [*present("acctnumber"), one_of("isinactive", _FLAG)],
    ),
    Suite(
        "raw_netsuite.accounting_periods",
        fields("periodname", "startdate", "enddate", *_PERIOD_FLAGS),
        [*present("periodname", "startdate", "enddate"), *(one_of(name, _FLAG) for name in _PERIOD_FLAGS)],
    ),
    Suite("raw_netsuite.subsidiaries", fields("name", "currency"), present("name", "currency")),
    Suite(
        "raw_netsuite.currencies",
        fields("symbol", "isbasecurrency"),
        [*present("symbol"), one_of("isbasecurrency", _FLAG)],
    ),
    Suite("raw_netsuite.journal_entries", _TRANSACTION, [currency("currency"), *_OF_TRANSACTIONS]),
    Suite(
        "raw_netsuite.credit_memos",
        fields("type", "trandate", "currency", "postingperiod", "foreigntotal", "posting", "void", "voided"),
        [
            currency("currency"),
            *present("trandate", "postingperiod", "foreigntotal"),
            one_of("type", ("CustCred", "CashRfnd")),
            *(one_of(name, _FLAG) for name in ("posting", "void", "voided")),
        ],
    ),
    # Of others' transactions: a currency that we do not know stops nothing.
    Suite("raw_netsuite.other_entries", _TRANSACTION, [*present("currency"), *_OF_TRANSACTIONS]),
)
