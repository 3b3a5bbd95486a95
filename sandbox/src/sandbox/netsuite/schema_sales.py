"""The record types of selling: orders, fulfilments, sales for cash, payments, stock adjustments, kits and other items.

Belongs here: declarations, as in schema. Does not: what makes a record valid.
"""

from __future__ import annotations

from sandbox.netsuite.shapes import (
    ITEM,
    LINE,
    LOCATIONS,
    SALE,
    SALE_LINES,
    TAX_DETAILS,
    TRANSACTION,
    RecordType,
    Sublist,
    declared,
    item_title,
    transaction_title,
)

_MEMBERS = Sublist("member", declared(
    "line integer", "item ref _item", "quantity number", "memberDescr text", "memberUnit text"), "line")  # fmt: skip
_ORDER_LINES = Sublist("item", {**SALE_LINES.fields, **declared(
    "commitInventory enum commitInventory", "expectedShipDate date", "itemType any ro", "quantityCommitted number ro",
    "quantityBackOrdered number ro", "quantityPicked number ro", "quantityPacked number ro",
    "quantityFulfilled number ro", "quantityBilled number ro")}, "line")  # fmt: skip
_PACKAGES = Sublist("package", declared(
    "packageTrackingNumber text", "packageTrackingNumberReturn text", "packageDescr text", "packageWeight number",
    "packageCartonNumber text"))  # fmt: skip
_APPLY = Sublist("apply", declared(
    "doc ref invoice", "line integer", "apply boolean", "amount money", "applyDate date"), "doc")  # fmt: skip
_ADJUSTED = Sublist("inventory", {**LINE, **declared(
    "line integer", "item ref _item", "adjustQtyBy number", "unitCost number", "description text")},
    "line")  # fmt: skip
_PAYER = {**TRANSACTION, **declared("customer ref customer", "createdFrom ref _transaction")}

SALES_TYPES = [
    RecordType(
        "salesOrder", "Sales Order",
        {**SALE, **declared("shipDate date", "actualShipDate date ro", "shipComplete boolean",
                            "orderStatus enum orderStatus", "status enum status ro", "linkedTrackingNumbers text ro",
                            "amountDeposited money ro")},
        {"item": _ORDER_LINES, "taxDetails": TAX_DETAILS},
        transaction_title("Sales Order"), "SalesOrd", "SO",
    ),
    RecordType(
        "itemFulfillment", "Item Fulfillment",
        {**TRANSACTION, **declared(
            "entity ref customer", "createdFrom ref _transaction", "shipStatus enum shipStatus",
            "status enum shipStatus ro", "shipCarrier enum shipCarrier", "shipMethod any", "shippingAddress any",
            "pickedDate date", "packedDate date", "shippedDate date", "handlingCost money",
            "inventoryLocation ref location")},
        {
            "item": Sublist("item", {**LINE, **declared(
                "line integer", "orderLine integer", "item ref _item", "itemName text ro", "quantity number",
                "quantityRemaining number ro", "itemReceive boolean", "kitMemberOf integer ro", "description text")},
                "line"),
            "package": _PACKAGES,
        },
        transaction_title("Item Fulfillment"), "ItemShip", "IF",
    ),
    RecordType(
        "cashSale", "Cash Sale",
        {**SALE, **declared("account ref account", "undepFunds boolean", "paymentMethod any",
                            "status enum saleStatus ro")},
        {"item": SALE_LINES, "taxDetails": TAX_DETAILS},
        transaction_title("Cash Sale"), "CashSale", "CS",
    ),
    RecordType(
        "customerDeposit", "Customer Deposit",
        {**_PAYER, **declared("salesOrder ref salesOrder", "payment money", "account ref account",
                              "undepFunds boolean", "paymentMethod any", "status enum depositStatus ro",
                              "applied money ro", "unapplied money ro")},
        {}, transaction_title("Customer Deposit"), "CustDep", "CD",
    ),
    RecordType(
        "depositApplication", "Deposit Application",
        {**_PAYER, **declared("total money ro", "applied money ro", "unapplied money ro")},
        {"apply": _APPLY}, transaction_title("Deposit Application"), "DepAppl", "DA",
    ),
    RecordType(
        "customerPayment", "Payment",
        {**_PAYER, **declared("payment money", "account ref account", "undepFunds boolean", "paymentMethod any",
                              "status enum saleStatus ro", "autoApply boolean", "applied money ro",
                              "unapplied money ro")},
        {"apply": _APPLY}, transaction_title("Payment"), "CustPymt", "PYMT",
    ),
    RecordType(
        "inventoryAdjustment", "Inventory Adjustment",
        {**TRANSACTION, **declared("account ref account", "adjLocation ref location")},
        {"inventory": _ADJUSTED}, transaction_title("Inventory Adjustment"), "InvAdjst", "INVADJ",
    ),
    RecordType("kitItem", "Kit/Package", ITEM, {"member": _MEMBERS}, title=item_title),
    RecordType("assemblyItem", "Assembly/Bill of Materials", {**ITEM, **declared(
        "cogsAccount ref account", "assetAccount ref account")}, {"member": _MEMBERS, "locations": LOCATIONS},
        title=item_title),
    RecordType("discountItem", "Discount", {**ITEM, **declared("rate any", "account ref account")}, title=item_title),
    RecordType("otherChargeSaleItem", "Other Charge", ITEM, title=item_title),
]  # fmt: skip
