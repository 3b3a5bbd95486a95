"""The record types this account serves: their fields, sublists, and how a record names itself.

Belongs here: declarations. Does not: reading or checking values. Field names are NetSuite's own
(fact sheet netsuite 6; REST API Browser 2026.1), and they match in any letter case.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from sandbox.store import Kind

SYSTEM = "netsuite"


@dataclass(frozen=True)
class Field:
    """One property: `type` is text, number, money, integer, boolean, date, datetime, ref or enum.

    A ref's `target` is a record type, a family of them (`FAMILIES`), or `_any`, which is not looked up.
    """

    name: str
    type: str
    target: str = ""
    read_only: bool = False


@dataclass(frozen=True)
class Sublist:
    """A list of lines; `key` names the property that identifies a line ('' for a list without keys)."""

    name: str
    fields: dict[str, Field]
    key: str = ""


@dataclass(frozen=True)
class RecordType:
    """One record type. `code` is its SuiteQL transaction type; `number_prefix` starts its document numbers."""

    name: str
    label: str
    fields: dict[str, Field]
    sublists: dict[str, Sublist] = field(default_factory=dict)
    title: Callable[[dict[str, Any]], str] = lambda body: str(body.get("name", ""))
    code: str = ""
    number_prefix: str = ""

    @property
    def is_transaction(self) -> bool:
        """Whether it posts or promises money: one id space, a period, a document number."""
        return bool(self.code)


ENUMS = {
    "orderStatus": {"A": "Pending Approval", "B": "Pending Fulfillment"},
    "returnOrderStatus": {"A": "Pending Approval", "B": "Pending Receipt"},
    "returnStatus": {
        "A": "Pending Approval",
        "B": "Pending Receipt",
        "C": "Cancelled",
        "D": "Partially Received",
        "E": "Pending Refund/Partially Received",
        "F": "Pending Refund",
        "G": "Refunded",
        "H": "Closed",
    },
    "invoiceStatus": {"A": "Open", "B": "Paid In Full"},
    "creditStatus": {"A": "Open", "B": "Fully Applied"},
    "approvalStatus": {"1": "Pending Approval", "2": "Approved", "3": "Rejected"},
    "acctType": {
        "Bank": "Bank",
        "AcctRec": "Accounts Receivable",
        "OthCurrAsset": "Other Current Asset",
        "OthCurrLiab": "Other Current Liability",
        "Income": "Income",
        "COGS": "Cost of Goods Sold",
        "Expense": "Expense",
        "OthIncome": "Other Income",
        "OthExpense": "Other Expense",
        "Equity": "Equity",
    },
    "status": {
        "A": "Pending Approval",
        "B": "Pending Fulfillment",
        "C": "Cancelled",
        "D": "Partially Fulfilled",
        "E": "Pending Billing/Partially Fulfilled",
        "F": "Pending Billing",
        "G": "Billed",
        "H": "Closed",
    },
}


def _fields(*declarations: str) -> dict[str, Field]:
    """Read 'name type [target] [ro]' declarations, keyed by the lower-case name."""
    fields = {}
    for declaration in declarations:
        name, kind, *rest = declaration.split()
        target = rest[0] if rest and rest[0] != "ro" else ""
        fields[name.lower()] = Field(name, kind, target, "ro" in rest)
    return fields


_COMMON = _fields(
    "id text ro", "externalId text", "createdDate datetime ro", "lastModifiedDate datetime ro", "customForm ref _any"
)
_SEGMENTS = _fields("department ref department", "class ref classification", "location ref location")
_LINE = {**_SEGMENTS, **_fields("entity ref customer", "memo text", "custcol_channel_reference text")}
_TRANSACTION = {
    **_COMMON,
    **_SEGMENTS,
    **_fields(
        "tranId text", "tranDate date", "subsidiary ref subsidiary", "currency ref currency", "exchangeRate number",
        "postingPeriod ref accountingPeriod", "memo text", "void boolean ro", "custbody_channel text",
        "custbody_channel_document text",
    ),
}  # fmt: skip
_JOURNAL_LINE = {
    **_LINE,
    **_fields(
        "line integer", "account ref account", "debit money", "credit money", "eliminate boolean", "cleared boolean",
        "clearedDate date",
    ),
}  # fmt: skip
_NAMED = {**_COMMON, **_fields("name text", "isInactive boolean")}
_SALE = {
    **_TRANSACTION,
    **_fields(
        "entity ref customer", "otherRefNum text", "email text", "subtotal money ro", "discountTotal money ro",
        "shippingCost money", "taxTotal money ro", "total money ro", "shippingAddress any", "billingAddress any",
        "toBeEmailed boolean", "createdFrom ref _transaction", "source any ro",
    ),
}  # fmt: skip
_SALE_LINES = Sublist("item", {**_LINE, **_fields(
    "line integer", "orderLine integer", "item ref _item", "quantity number", "rate number", "amount money",
    "price any", "description text", "isClosed boolean", "taxCode any", "taxRate1 number", "tax1Amt money")},
    "line")  # fmt: skip
_ITEM = {**_COMMON, **_fields(
    "itemId text", "displayName text", "upcCode text", "cost number", "isInactive boolean", "description text",
    "location ref location", "subsidiary ref subsidiary", "class ref classification",
    "department ref department", "incomeAccount ref account")}  # fmt: skip


def _transaction_title(label: str) -> Callable[[dict[str, Any]], str]:
    return lambda body: f"{label} #{body.get('tranId', '')}"


def _account_title(body: dict[str, Any]) -> str:
    return f"{body.get('acctNumber', '')} {body.get('acctName', '')}".strip()


_TYPES = [
    RecordType(
        "journalEntry", "Journal",
        {**_TRANSACTION, **_fields("approved boolean", "approvalStatus enum approvalStatus", "reversalDate date",
                                   "reversalDefer boolean",
                                   "isReversal boolean ro", "reversalEntry ref journalEntry ro")},
        {"line": Sublist("line", _JOURNAL_LINE, "line")},
        _transaction_title("Journal"), "Journal", "JE",
    ),
    RecordType(
        "deposit", "Deposit",
        {**_TRANSACTION, **_fields("account ref account", "total money ro")},
        {
            "payment": Sublist("payment", _fields(
                "id text", "deposit boolean", "paymentAmount money", "docNumber text", "refNum text", "memo text",
                "entity ref customer", "type ref _any")),
            "other": Sublist("other", {**_LINE, **_fields("line integer", "account ref account", "amount money",
                                                          "refNum text")}, "line"),
            "cashback": Sublist("cashback", {**_LINE, **_fields("line integer", "account ref account",
                                                                "amount money")}, "line"),
        },
        _transaction_title("Deposit"), "Deposit", "DEP",
    ),
    RecordType(
        "salesOrder", "Sales Order",
        {**_SALE, **_fields("shipDate date", "orderStatus enum orderStatus", "status enum status ro")},
        {"item": _SALE_LINES},
        _transaction_title("Sales Order"), "SalesOrd", "SO",
    ),
    RecordType(
        "invoice", "Invoice",
        {**_SALE, **_fields("account ref account", "dueDate date", "status enum invoiceStatus ro",
                            "amountPaid money ro", "amountRemaining money ro")},
        {"item": _SALE_LINES},
        _transaction_title("Invoice"), "CustInvc", "INV",
    ),
    RecordType(
        "returnAuthorization", "Return Authorization",
        {**_SALE, **_fields("orderStatus enum returnOrderStatus", "status enum returnStatus ro")},
        {"item": _SALE_LINES},
        _transaction_title("Return Authorization"), "RtnAuth", "RMA",
    ),
    RecordType(
        "itemReceipt", "Item Receipt",
        {**_TRANSACTION, **_fields("entity ref customer", "createdFrom ref _transaction")},
        {"item": Sublist("item", {**_LINE, **_fields(
            "line integer", "orderLine integer", "item ref _item", "quantity number", "itemReceive boolean",
            "description text")}, "line")},
        _transaction_title("Item Receipt"), "ItemRcpt", "IR",
    ),
    RecordType(
        "creditMemo", "Credit Memo",
        {**_SALE, **_fields("account ref account", "status enum creditStatus ro", "applied money ro",
                            "unapplied money ro", "autoApply boolean")},
        {"item": _SALE_LINES, "apply": Sublist("apply", _fields(
            "doc ref invoice", "line integer", "apply boolean", "amount money", "applyDate date"), "doc")},
        _transaction_title("Credit Memo"), "CustCred", "CM",
    ),
    RecordType(
        "cashRefund", "Cash Refund",
        {**_SALE, **_fields("account ref account", "undepFunds boolean", "paymentMethod any")},
        {"item": _SALE_LINES},
        _transaction_title("Cash Refund"), "CashRfnd", "CR",
    ),
    RecordType("account", "Account", {**_COMMON, **_fields(
        "acctNumber text", "acctName text", "acctType enum acctType", "currency ref currency", "description text",
        "isInactive boolean", "parent ref account", "subsidiary ref subsidiary", "isSummary boolean")},
        title=_account_title),
    RecordType("subsidiary", "Subsidiary", {**_NAMED, **_fields(
        "currency ref currency", "country text", "legalName text", "parent ref subsidiary", "isElimination boolean")}),
    RecordType("currency", "Currency", {**_NAMED, **_fields(
        "symbol text", "exchangeRate number", "isBaseCurrency boolean", "currencyPrecision integer")}),
    RecordType("customer", "Customer", {**_COMMON, **_fields(
        "entityId text", "companyName text", "isPerson boolean", "firstName text", "lastName text", "email text",
        "subsidiary ref subsidiary", "currency ref currency", "isInactive boolean")},
        title=lambda body: str(body.get("entityId") or body.get("companyName", ""))),
    RecordType("location", "Location", {**_NAMED, **_fields("parent ref location", "subsidiary ref subsidiary")}),
    RecordType("department", "Department", {**_NAMED, **_fields("parent ref department")}),
    RecordType("classification", "Class", {**_NAMED, **_fields("parent ref classification")}),
    RecordType("accountingPeriod", "Accounting Period", {**_COMMON, **_fields(
        "periodName text", "startDate date", "endDate date", "isQuarter boolean", "isYear boolean", "isAdjust boolean",
        "closed boolean", "allLocked boolean", "arLocked boolean", "apLocked boolean", "parent ref accountingPeriod")},
        title=lambda body: str(body.get("periodName", ""))),
    RecordType("inventoryItem", "Inventory Item", {**_ITEM, **_fields(
        "cogsAccount ref account", "assetAccount ref account")}, title=lambda body: str(body.get("itemId", ""))),
    RecordType("nonInventorySaleItem", "Non-inventory Item", _ITEM, title=lambda body: str(body.get("itemId", ""))),
]  # fmt: skip

TYPES = {record_type.name: record_type for record_type in _TYPES}
TRANSACTION_TYPES = [record_type.name for record_type in _TYPES if record_type.is_transaction]
FAMILIES = {"_transaction": TRANSACTION_TYPES, "_item": ["inventoryItem", "nonInventorySaleItem"]}
"""Record types that share one row of internal ids."""
KINDS = {name: Kind() for name in [*TYPES, "deletedRecord"]}
_BY_LOWER_NAME = {name.lower(): record_type for name, record_type in TYPES.items()}


def kinds_of(target: str) -> list[str]:
    """Return the record types that a reference to `target` may mean."""
    return FAMILIES.get(target, [target])


def find_type(name: str) -> RecordType | None:
    """Return the record type of a path segment, in any letter case; None when this account has none."""
    return _BY_LOWER_NAME.get(name.lower())
