"""TikTok Shop for doctor and init.

Belongs here: its shops, currencies, warehouses and carriers against what is configured. Does not: its API (connectors).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator

from connectors.tiktok_shop.client import TikTokShopClient, open_tiktok_shop
from ingestion.config.loader import Configuration
from ingestion.coverage import BEGINNING
from orchestration.systems.findings import MOST_NAMED, Finding, Looked, in_force, of_shop, one_of
from tieout.settings import Settings, Shop
from tieout.state import State

ACCESS = "check base_url, app_key, app_secret and refresh_token of tiktok_shop"
TEMPLATE = """
# One block for each shop.
[[tiktok_shop.shops]]
shop_id = ""                 # as Seller Center shows it, all digits, in quotes
name = ""                    # for people
region = ""                  # GB or US
currency = ""                # of sale and settlement, ISO 4217: GBP
payout_currency = ""         # that reaches the bank
bank_account = "main"        # account_id of [[bank.accounts]] that receives the payouts
netsuite_subsidiary = ""     # internal id of the subsidiary whose books the payouts go to
"""
SECRETS = """
# TikTok Shop: Partner Center, your app, and the refresh token of the seller's consent
TIEOUT_TIKTOK_SHOP__APP_KEY=
TIEOUT_TIKTOK_SHOP__APP_SECRET=
TIEOUT_TIKTOK_SHOP__REFRESH_TOKEN=
"""


def examine(settings: Settings, state: State, found: Configuration) -> Looked:
    """Compare the shops, their currencies, warehouses and carriers with what TikTok Shop lists."""
    wrong: list[Finding] = []
    carriers: dict[str, dict[str, str]] = defaultdict(dict)
    with open_tiktok_shop(settings, state) as client:
        listed = {shop.id: shop.region for shop in client.shops()}
        for shop in settings.tiktok_shop.shops:
            if shop.shop_id not in listed:
                message = f"shop_id {shop.shop_id!r} has not authorized this app"
                remedy = f"authorized are {', '.join(sorted(listed)) or 'none'}: correct it, or let the seller consent"
                wrong.append(of_shop(settings, message, remedy, subject="tiktok_shop"))
                continue
            if listed[shop.shop_id] != shop.region:
                message = f"region {shop.region!r} of shop {shop.shop_id}"
                wrong.append(
                    of_shop(settings, message, f"TikTok Shop lists it in {listed[shop.shop_id]}", subject="tiktok_shop")
                )
            wrong += _currencies(settings, client, shop)
            warehouses = [str(row.get("id")) for page in client.warehouses(shop.shop_id) for row in page.rows]
            wrong += _warehouses(settings, found, shop, warehouses)
            for warehouse_id in warehouses:
                carriers[shop.region] |= client.carriers(shop.shop_id, warehouse_id)
    wrong += _carriers(settings, found, carriers)
    return f"{len(listed)} shops authorized", wrong


def _currencies(settings: Settings, client: TikTokShopClient, shop: Shop) -> Iterator[Finding]:
    """Yield currencies that differ from those of the shop's first statements and payments; without any, nothing."""
    statements = next(client.statements(shop.shop_id, statement_from=BEGINNING)).rows
    payments = next(client.payments(shop.shop_id, created_from=BEGINNING)).rows
    amounts = [row.get("amount") for row in payments]
    seen = {
        "currency": {row.get("currency") for row in statements},
        "payout_currency": {amount.get("currency") for amount in amounts if isinstance(amount, dict)},
    }
    for name, currencies in seen.items():
        known, value = sorted(str(currency) for currency in currencies if currency), getattr(shop, name)
        if known and value not in known:
            wrote = "settles" if name == "currency" else "pays out"
            message = f"{name} {value!r} of shop {shop.shop_id}"
            yield of_shop(settings, message, f"TikTok Shop {wrote} in {', '.join(known)}", subject="tiktok_shop")


def _warehouses(settings: Settings, found: Configuration, shop: Shop, listed: Collection[str]) -> Iterator[Finding]:
    for line, row in in_force(found, "location_map"):
        if row["shop_id"] == shop.shop_id and row["warehouse_id"] not in listed:
            place = f"{settings.config_dir / 'locations.csv'}:{line}"
            message = f"{place}: warehouse_id {row['warehouse_id']!r} is none of shop {shop.shop_id}"
            remedy = f"TikTok Shop lists {one_of(sorted(listed), row['warehouse_id'])}"
            yield Finding("tiktok_shop", "wrong", message, remedy)


def _carriers(settings: Settings, found: Configuration, listed: dict[str, dict[str, str]]) -> Iterator[Finding]:
    """Yield providers that no shop of a row's region may hand parcels to; a region without shops says nothing."""
    everywhere = {id: name for names in listed.values() for id, name in names.items()}
    for line, row in in_force(found, "carrier_map"):
        known = everywhere if row["region"] == "*" else listed.get(row["region"], {})
        if known and row["provider_id"] not in known:
            place = f"{settings.config_dir / 'carriers.csv'}:{line}"
            message = f"{place}: provider_id {row['provider_id']!r} ({row['provider_name']}) for region {row['region']}"
            names = ", ".join(f"{id} ({name})" for id, name in sorted(known.items())[:MOST_NAMED])
            yield Finding("tiktok_shop", "wrong", message, f"TikTok Shop lists {names}")
