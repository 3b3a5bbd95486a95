"""What a record type is, and the properties that several of them share.

Belongs here: the shape of declarations, enumerations, common fields. Does not: the types themselves (schema,
schema_sales). Field names are NetSuite's own (fact sheet netsuite 6; REST API Browser 2026.1).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any


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
    "shipStatus": {"A": "Picked", "B": "Packed", "C": "Shipped"},
    "shipCarrier": {"nonups": "More", "ups": "UPS"},
    "commitInventory": {"1": "Available Qty", "2": "Complete Qty", "3": "Do Not Commit"},
    "saleStatus": {"A": "Unapproved Payment", "B": "Not Deposited", "C": "Deposited"},
    "depositStatus": {"A": "Not Deposited", "B": "Deposited", "C": "Fully Applied"},
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

ITEM_CODES = {
    "inventoryItem": "InvtPart", "assemblyItem": "Assembly", "kitItem": "Kit", "nonInventorySaleItem": "NonInvtPart",
    "discountItem": "Discount", "otherChargeSaleItem": "OthCharge",
}  # fmt: skip
"""The codes of item types on lines and in SuiteQL."""


def declared(*declarations: str) -> dict[str, Field]:
    """Read 'name type [target] [ro]' declarations, keyed by the lower-case name."""
    fields = {}
    for declaration in declarations:
        name, kind, *rest = declaration.split()
        target = rest[0] if rest and rest[0] != "ro" else ""
        fields[name.lower()] = Field(name, kind, target, "ro" in rest)
    return fields


CUSTOM_FIELDS = {
    str(id): name
    for id, name in enumerate(
        ("custbody_channel", "custbody_channel_document", "custbody_channel_shop", "custbody_dispatch_by",
         "custcol_channel_reference", "custcol_channel_line", "custitem_channel_sku"), 701)
}  # fmt: skip
"""The account's own fields, by the id of their record: without that record there is no such field."""
COMMON = declared(
    "id text ro", "externalId text", "createdDate datetime ro", "lastModifiedDate datetime ro", "customForm ref _any"
)
SEGMENTS = declared("department ref department", "class ref classification", "location ref location")
LINE = {
    **SEGMENTS,
    **declared("entity ref customer", "memo text", "custcol_channel_reference text", "custcol_channel_line text"),
}
TRANSACTION = {
    **COMMON,
    **SEGMENTS,
    **declared(
        "tranId text", "tranDate date", "subsidiary ref subsidiary", "currency ref currency", "exchangeRate number",
        "postingPeriod ref accountingPeriod", "memo text", "void boolean ro", "custbody_channel text",
        "custbody_channel_document text", "custbody_channel_shop text", "custbody_dispatch_by datetime",
    ),
}  # fmt: skip
NAMED = {**COMMON, **declared("name text", "isInactive boolean")}
SALE = {
    **TRANSACTION,
    **declared(
        "entity ref customer", "otherRefNum text", "email text", "subtotal money ro", "discountTotal money ro",
        "discountItem ref _item", "discountRate any", "shippingCost money", "taxTotal money ro", "total money ro",
        "taxDetailsOverride boolean", "shippingAddress any", "billingAddress any", "shipMethod any",
        "toBeEmailed boolean", "createdFrom ref _transaction", "source any ro", "salesChannel any", "terms any",
    ),
}  # fmt: skip
SALE_LINES = Sublist("item", {**LINE, **declared(
    "line integer", "orderLine integer", "item ref _item", "quantity number", "rate number", "amount money",
    "price any", "description text", "isClosed boolean", "taxCode any", "taxRate1 number", "tax1Amt money",
    "taxDetailsReference text")}, "line")  # fmt: skip
TAX_DETAILS = Sublist("taxDetails", declared(
    "taxDetailsReference text", "lineName text", "lineType any", "taxType any", "taxCode any", "taxBasis money",
    "taxRate number", "taxAmount money"))  # fmt: skip
ITEM = {**COMMON, **declared(
    "itemId text", "displayName text", "upcCode text", "cost number", "isInactive boolean", "description text",
    "location ref location", "subsidiary ref subsidiary", "class ref classification",
    "department ref department", "incomeAccount ref account", "custitem_channel_sku text")}  # fmt: skip


def transaction_title(label: str) -> Callable[[dict[str, Any]], str]:
    """Return what names a transaction: its type and number."""
    return lambda body: f"{label} #{body.get('tranId', '')}"


def item_title(body: dict[str, Any]) -> str:
    """Return what names an item: its number."""
    return str(body.get("itemId", ""))


LOCATIONS = Sublist("locations", declared(
    "locationId integer ro", "location_display text ro", "quantityOnHand number ro", "quantityCommitted number ro",
    "quantityAvailable number ro", "quantityBackOrdered number ro"), "locationId")  # fmt: skip
