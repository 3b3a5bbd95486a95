"""The record types this account serves: their fields, sublists, and how a record names itself.

Belongs here: declarations. Does not: reading or checking values. Field names are NetSuite's own
(fact sheet netsuite 6; REST API Browser 2026.1), and they match in any letter case.
"""

from __future__ import annotations

from typing import Any

from sandbox.netsuite.schema_sales import SALES_TYPES
from sandbox.netsuite.shapes import (
    COMMON,
    ENUMS,
    ITEM,
    LINE,
    LOCATIONS,
    NAMED,
    SALE,
    SALE_LINES,
    TAX_DETAILS,
    TRANSACTION,
    Field,
    RecordType,
    Sublist,
    declared,
    item_title,
    transaction_title,
)
from sandbox.store import Kind

__all__ = [
    "ENUMS",
    "FAMILIES",
    "ITEM_TYPES",
    "KINDS",
    "SYSTEM",
    "TRANSACTION_TYPES",
    "TYPES",
    "Field",
    "RecordType",
    "Sublist",
]
SYSTEM = "netsuite"

_JOURNAL_LINE = {
    **LINE,
    **declared(
        "line integer", "account ref account", "debit money", "credit money", "eliminate boolean", "cleared boolean",
        "clearedDate date",
    ),
}  # fmt: skip


def _account_title(body: dict[str, Any]) -> str:
    return f"{body.get('acctNumber', '')} {body.get('acctName', '')}".strip()


_TYPES = [
    RecordType(
        "journalEntry", "Journal",
        {**TRANSACTION, **declared("approved boolean", "approvalStatus enum approvalStatus", "reversalDate date",
                                   "reversalDefer boolean",
                                   "isReversal boolean ro", "reversalEntry ref journalEntry ro")},
        {"line": Sublist("line", _JOURNAL_LINE, "line")},
        transaction_title("Journal"), "Journal", "JE",
    ),
    RecordType(
        "deposit", "Deposit",
        {**TRANSACTION, **declared("account ref account", "total money ro")},
        {
            "payment": Sublist("payment", declared(
                "id text", "deposit boolean", "paymentAmount money", "docNumber text", "refNum text", "memo text",
                "entity ref customer", "type ref _any")),
            "other": Sublist("other", {**LINE, **declared("line integer", "account ref account", "amount money",
                                                          "refNum text")}, "line"),
            "cashback": Sublist("cashback", {**LINE, **declared("line integer", "account ref account",
                                                                "amount money")}, "line"),
        },
        transaction_title("Deposit"), "Deposit", "DEP",
    ),
    RecordType(
        "invoice", "Invoice",
        {**SALE, **declared("account ref account", "dueDate date", "status enum invoiceStatus ro",
                            "amountPaid money ro", "amountRemaining money ro")},
        {"item": SALE_LINES, "taxDetails": TAX_DETAILS},
        transaction_title("Invoice"), "CustInvc", "INV",
    ),
    RecordType(
        "returnAuthorization", "Return Authorization",
        {**SALE, **declared("orderStatus enum returnOrderStatus", "status enum returnStatus ro")},
        {"item": SALE_LINES},
        transaction_title("Return Authorization"), "RtnAuth", "RMA",
    ),
    RecordType(
        "itemReceipt", "Item Receipt",
        {**TRANSACTION, **declared("entity ref customer", "createdFrom ref _transaction")},
        {"item": Sublist("item", {**LINE, **declared(
            "line integer", "orderLine integer", "item ref _item", "quantity number", "itemReceive boolean",
            "description text")}, "line")},
        transaction_title("Item Receipt"), "ItemRcpt", "IR",
    ),
    RecordType(
        "creditMemo", "Credit Memo",
        {**SALE, **declared("account ref account", "status enum creditStatus ro", "applied money ro",
                            "unapplied money ro", "autoApply boolean")},
        {"item": SALE_LINES, "apply": Sublist("apply", declared(
            "doc ref invoice", "line integer", "apply boolean", "amount money", "applyDate date"), "doc")},
        transaction_title("Credit Memo"), "CustCred", "CM",
    ),
    RecordType(
        "cashRefund", "Cash Refund",
        {**SALE, **declared("account ref account", "undepFunds boolean", "paymentMethod any")},
        {"item": SALE_LINES},
        transaction_title("Cash Refund"), "CashRfnd", "CR",
    ),
    RecordType("account", "Account", {**COMMON, **declared(
        "acctNumber text", "acctName text", "acctType enum acctType", "currency ref currency", "description text",
        "isInactive boolean", "parent ref account", "subsidiary ref subsidiary", "isSummary boolean")},
        title=_account_title),
    RecordType("subsidiary", "Subsidiary", {**NAMED, **declared(
        "currency ref currency", "country text", "legalName text", "parent ref subsidiary", "isElimination boolean")}),
    RecordType("currency", "Currency", {**NAMED, **declared(
        "symbol text", "exchangeRate number", "isBaseCurrency boolean", "currencyPrecision integer")}),
    RecordType("customer", "Customer", {**COMMON, **declared(
        "entityId text", "companyName text", "isPerson boolean", "firstName text", "lastName text", "email text",
        "subsidiary ref subsidiary", "currency ref currency", "isInactive boolean")},
        title=lambda body: str(body.get("entityId") or body.get("companyName", ""))),
    RecordType("location", "Location", {**NAMED, **declared("parent ref location", "subsidiary ref subsidiary")}),
    RecordType("department", "Department", {**NAMED, **declared("parent ref department")}),
    RecordType("classification", "Class", {**NAMED, **declared("parent ref classification")}),
    RecordType("accountingPeriod", "Accounting Period", {**COMMON, **declared(
        "periodName text", "startDate date", "endDate date", "isQuarter boolean", "isYear boolean", "isAdjust boolean",
        "closed boolean", "allLocked boolean", "arLocked boolean", "apLocked boolean", "parent ref accountingPeriod")},
        title=lambda body: str(body.get("periodName", ""))),
    RecordType("inventoryItem", "Inventory Item", {**ITEM, **declared(
        "cogsAccount ref account", "assetAccount ref account", "preferredLocation ref location")},
        {"locations": LOCATIONS}, title=item_title),
    RecordType("nonInventorySaleItem", "Non-inventory Item", ITEM, title=item_title),
    *SALES_TYPES,
]  # fmt: skip

TYPES = {record_type.name: record_type for record_type in _TYPES}
TRANSACTION_TYPES = [record_type.name for record_type in _TYPES if record_type.is_transaction]
ITEM_TYPES = [record_type.name for record_type in _TYPES if record_type.title is item_title]
FAMILIES = {"_transaction": TRANSACTION_TYPES, "_item": ITEM_TYPES}
"""Record types that share one row of internal ids."""
KINDS = {name: Kind() for name in [*TYPES, "deletedRecord", "itemLocation", "customField"]}
_BY_LOWER_NAME = {name.lower(): record_type for name, record_type in TYPES.items()}


def kinds_of(target: str) -> list[str]:
    """Return the record types that a reference to `target` may mean."""
    return FAMILIES.get(target, [target])


def find_type(name: str) -> RecordType | None:
    """Return the record type of a path segment, in any letter case; None when this account has none."""
    return _BY_LOWER_NAME.get(name.lower())
