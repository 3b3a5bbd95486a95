"""The tenant's own rules: maps and settings."""

from ingestion.lazy import offered
from ingestion.load_context import LoadContext

__getattr__ = offered("ingestion.config.source", "config_source")

TABLES = {
    "fee_map": "Which class each fee key has, with dates.",
    "account_map": "Which account each class posts to, with dates.",
    "tax_map": "Who owes the tax of a class, and its rate, per shop, with dates.",
    "location_map": "Which system ships and counts for each TikTok warehouse, with dates.",
    "sku_map": "Which item each seller SKU is, with dates.",
    "bundle_map": "What each bundle is made of, with dates.",
    "cost_map": "What a unit of each item costs, with dates.",
    "carrier_map": "Which TikTok shipping provider each carrier is, with dates.",
    "service_map": "Which service each shipping type and delivery option takes, with dates.",
    "buffer_map": "Units and percent kept back from sale, with dates.",
    "peaks": "Live events and campaigns: when, and what is kept back from sale meanwhile.",
    "grades": "Which condition and disposition of a returns portal can be sold again, with dates.",
    "return_reasons": "What each reason for a return means, with dates.",
    "return_portals": "Which returns portal handles the returns of each shop.",
    "shops": "Configured shops.",
    "bank_accounts": "Configured bank accounts.",
    "books": "How payouts become journals.",
    "stock": "When a warehouse's word about its stock is believed.",
    "fulfilment": "How orders reach warehouses.",
    "return_windows": "For how many days money of a return can be claimed back, with dates.",
    "return_policy": "What is answered to returns, and by whom, with dates.",
    "returns": "When a return is late, and until when money can be claimed back.",
}


def open_and_load(context: LoadContext) -> None:
    """Load what the files hold."""
    from ingestion.config.loader import load  # imported here: who only asks for the tables needs no reader

    load(context)
