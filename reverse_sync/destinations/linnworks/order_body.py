"""An order as Linnworks' CreateOrders takes it (fact sheet linnworks 5).

Belongs here: its fields. Does not: what its lines are and cost (dbt), or sending it (linnworks).
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

SOURCE = "TIKTOK"

Row = dict[str, Any]


def order_of(desired: Mapping[str, Any], address: Row, *, sub_source: str) -> Row:
    """Return the order as CreateOrders takes it. Prices are per unit, net of the seller's discounts, in `currency`.

    `tax` "channel": the amounts that TikTok Shop collected, which the seller does not owe, come on top. "included":
    prices contain the tax, and Linnworks works it out from its item's rate.
    """
    channel_tax = desired["tax"] == "channel"
    lines = [_line(line, number, channel_tax=channel_tax) for number, line in enumerate(desired["lines"], 1)]
    return {
        "Source": SOURCE,
        "SubSource": sub_source,
        "ReferenceNumber": desired["order_id"],
        "ExternalReference": desired["order_id"],
        "ReceivedDate": desired["received_at"],
        "PaidOn": desired["paid_at"],
        "DispatchBy": desired["dispatch_by"],
        "PaymentStatus": "Paid",
        "OrderState": "None",
        "Currency": desired["currency"],
        "UseChannelTax": channel_tax,
        "AutomaticallyLinkBySKU": True,
        "PostalServiceName": desired["service"],
        "MatchPostalServiceTag": desired["service"],
        "SavePostalServiceIfNotExist": False,
        "PostalServiceCost": 0,
        "Discount": 0,
        "DeliveryAddress": address,
        "BillingAddress": address,
        "ChannelBuyerName": address["FullName"],
        "OrderItems": lines,
    }


def _line(line: Mapping[str, Any], number: int, *, channel_tax: bool) -> Row:
    tax = {"TaxType": "SALES_TAX", "TaxValue": Decimal(str(line["tax"])), "IsSellerCollected": False}
    return {
        "ItemNumber": str(number),
        "ChannelSKU": line["sku"],
        "ItemTitle": line["sku"],
        "Qty": int(line["quantity"]),
        "PricePerUnit": Decimal(str(line["price"])),
        "LineDiscount": 0,
        "TaxRate": 0,
        "TaxCostInclusive": not channel_tax,
        "UseChannelTax": channel_tax,
        "Taxes": [tax] if channel_tax and tax["TaxValue"] else [],
        "IsService": False,
    }
