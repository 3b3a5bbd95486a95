"""What we rely on in NetSuite's lists and in transactions as read back (fact sheet netsuite 8).

Belongs here: their fields and formats. Does not: whether a journal is what we wrote (dbt).
"""

from __future__ import annotations

from expectations.suites.claims import (
    NATURAL,
    Suite,
    currency,
    each,
    fields,
    natural_numbers,
    one_of,
    present,
    whole_numbers,
)

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
    Suite(
        "raw_netsuite.customer_deposits",
        fields("type", "trandate", "currency", "foreigntotal", "void", "voided"),
        [
            currency("currency"),
            *present("trandate", "foreigntotal"),
            one_of("type", ("CustDep",)),
            *(one_of(name, _FLAG) for name in ("void", "voided")),
        ],
    ),
    Suite("raw_netsuite.locations", fields("name"), [*present("name")]),
    Suite(
        "raw_netsuite.items",
        fields("itemid", "itemtype", "isinactive"),
        [*present("itemid", "itemtype"), one_of("isinactive", _FLAG)],
    ),
    Suite(
        "raw_netsuite.kits",
        {},
        [*natural_numbers("part_quantity")],
        computed={"part_quantity": each("members[*].quantity", NATURAL)},
    ),
    Suite(
        "raw_netsuite.item_levels",
        fields("item", "itemid", "location", "quantityonhand", "quantityavailable"),
        [*present("item", "itemid", "location"), *whole_numbers("quantityonhand", "quantityavailable")],
    ),
    Suite(
        "raw_netsuite.stock_snapshots",
        fields("as_of", "items", "items_at_zero"),
        [*present("as_of"), *natural_numbers("items", "items_at_zero")],
    ),
    Suite(
        "raw_netsuite.sales_orders",
        fields("status", "trandate", "currency", "foreigntotal"),
        [currency("currency"), *present("status", "trandate"), one_of("status", tuple("ABCDEFGH"))],
    ),
    Suite(
        "raw_netsuite.item_fulfilments",
        fields("status", "trandate", "salesorder"),
        [*present("status", "salesorder"), one_of("status", tuple("ABC"))],
    ),
    # Of others' transactions: a currency that we do not know stops nothing.
    Suite("raw_netsuite.other_entries", _TRANSACTION, [*present("currency"), *_OF_TRANSACTIONS]),
)
