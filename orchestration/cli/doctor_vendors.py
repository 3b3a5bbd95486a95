"""What vendors list, against what settings and maps say of them.

Belongs here: one function per system, which asks and compares. Does not: whether a vendor can be reached (doctor), or
what is wrong without asking anybody (doctor_config).
"""

from __future__ import annotations

import difflib
from collections import defaultdict
from collections.abc import Collection, Iterator
from typing import Any

from connectors.gxo.client import open_gxo
from connectors.linnworks.client import open_linnworks
from connectors.netsuite.client import NetSuiteClient, open_netsuite
from connectors.tiktok_shop.client import TikTokShopClient, open_tiktok_shop
from connectors.transport.errors import CredentialError, TransientError, UnreachableError
from ingestion.config import Configuration
from ingestion.coverage import BEGINNING
from ingestion.netsuite import LISTS
from orchestration.cli.doctor_config import Finding, in_force
from tieout.settings import Gxo, Settings, Shop
from tieout.state import State

Looked = tuple[str, list[Finding]]
"""What was seen where all is well, and what is wrong."""
_MOST_NAMED = 40


def tiktok_shop(settings: Settings, state: State, found: Configuration) -> Looked:
    """Compare the shops, their currencies, warehouses and carriers with what TikTok Shop lists."""
    wrong: list[Finding] = []
    carriers: dict[str, dict[str, str]] = defaultdict(dict)
    with open_tiktok_shop(settings, state) as client:
        listed = {shop.id: shop.region for shop in client.shops()}
        for shop in settings.tiktok_shop.shops:
            if shop.shop_id not in listed:
                message = f"shop_id {shop.shop_id!r} has not authorized this app"
                remedy = f"authorized are {', '.join(sorted(listed)) or 'none'}: correct it, or let the seller consent"
                wrong.append(_of_shop(settings, message, remedy))
                continue
            if listed[shop.shop_id] != shop.region:
                message = f"region {shop.region!r} of shop {shop.shop_id}"
                wrong.append(_of_shop(settings, message, f"TikTok Shop lists it in {listed[shop.shop_id]}"))
            wrong += _currencies(settings, client, shop)
            warehouses = [str(row.get("id")) for page in client.warehouses(shop.shop_id) for row in page.rows]
            wrong += _warehouses(settings, found, shop, warehouses)
            for warehouse_id in warehouses:
                carriers[shop.region] |= client.carriers(shop.shop_id, warehouse_id)
    wrong += _carriers(settings, found, carriers)
    return f"{len(listed)} shops authorized", wrong


def gxo(gxo: Gxo) -> Looked:
    """Look into the folders that files are sent to and received from."""
    wrong: list[Finding] = []
    seen = []
    with open_gxo(gxo) as client:
        for name in ("receive_folder", "send_folder"):
            folder = getattr(gxo, name)
            try:
                seen.append(f"{len(client.list_files(folder))} files in {folder}")
            except (CredentialError, UnreachableError):
                raise
            except TransientError as error:
                message = f"gxo.{name} {folder!r} in tieout.toml cannot be listed: {error.message}"
                wrong.append(
                    Finding("gxo", "wrong", message, "expected a folder of the SFTP account: ask GXO for its name")
                )
    return ", ".join(seen), wrong


def linnworks(settings: Settings, state: State, found: Configuration) -> Looked:
    """Compare the locations of locations.csv with those of the account."""
    with open_linnworks(settings, state) as client:
        names = sorted(str(place.get("LocationName")) for place in client.locations().rows)
    path = settings.config_dir / "locations.csv"
    wrong = [
        Finding(
            "linnworks",
            "wrong",
            f"{path}:{line}: location {row['location']!r} is none of Linnworks",
            f"expected {_one_of(names, row['location'])}, in just these letters",
        )
        for line, row in in_force(found, "location_map")
        if row["system"] == "linnworks" and row["location"] not in names
    ]
    return f"locations {', '.join(names)}", wrong


def netsuite(settings: Settings, state: State, found: Configuration) -> Looked:
    """Compare subsidiaries, accounts and currencies with the account's own lists."""
    with open_netsuite(settings, state) as client:
        accounts, subsidiaries, currencies = (
            _listed(client, name) for name in ("accounts", "subsidiaries", "currencies")
        )
    symbols = {str(row["id"]): str(row.get("symbol")) for row in currencies}
    companies = {str(row["id"]): str(row.get("name")) for row in subsidiaries if row.get("iselimination") != "T"}
    wrong = [*_accounts(settings, found, accounts, symbols)]
    for shop in settings.tiktok_shop.shops:
        if shop.netsuite_subsidiary not in companies:
            message = (
                f"netsuite_subsidiary {shop.netsuite_subsidiary!r} of shop {shop.shop_id}: NetSuite has none of this id"
            )
            known = ", ".join(f"{id} ({name})" for id, name in sorted(companies.items())[:_MOST_NAMED])
            wrong.append(_of_shop(settings, message, f"expected the internal id of a subsidiary: {known}", "netsuite"))
        if shop.payout_currency not in symbols.values():
            message = f"payout_currency {shop.payout_currency!r} of shop {shop.shop_id} is no currency of NetSuite"
            remedy = f"correct it, or let NetSuite have it; there are {', '.join(sorted(symbols.values()))}"
            wrong.append(_of_shop(settings, message, remedy, "netsuite"))
    return f"{len(companies)} subsidiaries, {len(accounts)} accounts readable", wrong


def _accounts(
    settings: Settings, found: Configuration, accounts: list[dict[str, Any]], symbols: dict[str, str]
) -> Iterator[Finding]:
    active = {str(row.get("acctnumber")): row for row in accounts if row.get("isinactive") != "T"}
    named = [
        (f"{settings.config_dir / 'accounts.csv'}:{line}", f"of {row['line_class']}", str(row["netsuite_account"]))
        for line, row in in_force(found, "account_map")
    ]
    source = settings.config_dir / "tieout.toml"
    for account in settings.bank.accounts:
        place = f"of bank account {account.account_id!r}"
        named.append((f"{source}: bank.accounts", place, account.netsuite_account))
        held = symbols.get(str(active.get(account.netsuite_account, {}).get("currency") or ""), account.currency)
        if held != account.currency:
            message = f"{source}: bank.accounts: currency {account.currency!r} {place}"
            remedy = f"NetSuite keeps account {account.netsuite_account} in {held}: correct one of the two"
            yield Finding("netsuite", "wrong", message, remedy)
    numbers = {str(row["id"]): str(row.get("acctnumber")) for row in accounts}
    for file, place, number in named:
        if number not in active:
            message = f"{file}: netsuite_account {number!r} {place}: NetSuite has no active account of this number"
            likely = f"; {number} is the internal id of {numbers[number]}" if number in numbers else ""
            yield Finding("netsuite", "wrong", message, f"expected {_one_of(sorted(active), number)}{likely}")


def _currencies(settings: Settings, client: TikTokShopClient, shop: Shop) -> Iterator[Finding]:
    """Yield currencies that differ from those of the shop's first statements and payments; without any, nothing."""
    statements = next(client.statements(shop.shop_id, statement_from=BEGINNING)).rows
    payments = next(client.payments(shop.shop_id, created_from=BEGINNING)).rows
    amounts = [row.get("amount") for row in payments]
    message = {
        "currency": {row.get("currency") for row in statements},
        "payout_currency": {amount.get("currency") for amount in amounts if isinstance(amount, dict)},
    }
    for name, currencies in message.items():
        known, value = sorted(str(currency) for currency in currencies if currency), getattr(shop, name)
        if known and value not in known:
            wrote = "settles" if name == "currency" else "pays out"
            yield _of_shop(
                settings, f"{name} {value!r} of shop {shop.shop_id}", f"TikTok Shop {wrote} in {', '.join(known)}"
            )


def _warehouses(settings: Settings, found: Configuration, shop: Shop, listed: Collection[str]) -> Iterator[Finding]:
    for line, row in in_force(found, "location_map"):
        if row["shop_id"] == shop.shop_id and row["warehouse_id"] not in listed:
            place = f"{settings.config_dir / 'locations.csv'}:{line}"
            message = f"{place}: warehouse_id {row['warehouse_id']!r} is none of shop {shop.shop_id}"
            remedy = f"TikTok Shop lists {_one_of(sorted(listed), row['warehouse_id'])}"
            yield Finding("tiktok_shop", "wrong", message, remedy)


def _carriers(settings: Settings, found: Configuration, listed: dict[str, dict[str, str]]) -> Iterator[Finding]:
    """Yield providers that no shop of a row's region may hand parcels to; a region without shops says nothing."""
    everywhere = {id: name for names in listed.values() for id, name in names.items()}
    for line, row in in_force(found, "carrier_map"):
        known = everywhere if row["region"] == "*" else listed.get(row["region"], {})
        if known and row["provider_id"] not in known:
            place = f"{settings.config_dir / 'carriers.csv'}:{line}"
            message = f"{place}: provider_id {row['provider_id']!r} ({row['provider_name']}) for region {row['region']}"
            names = ", ".join(f"{id} ({name})" for id, name in sorted(known.items())[:_MOST_NAMED])
            yield Finding("tiktok_shop", "wrong", message, f"TikTok Shop lists {names}")


def _listed(client: NetSuiteClient, name: str) -> list[dict[str, Any]]:
    return [row for page in client.suiteql(LISTS[name]) for row in page.rows]


def _of_shop(settings: Settings, message: str, remedy: str, subject: str = "tiktok_shop") -> Finding:
    return Finding(subject, "wrong", f"{settings.config_dir / 'tieout.toml'}: tiktok_shop.shops: {message}", remedy)


def _one_of(known: Collection[str], value: str) -> str:
    """Return what is known, or of a long list what is nearest to a value."""
    if len(known) <= _MOST_NAMED:
        return f"one of {', '.join(known)}" if known else "none"
    near = difflib.get_close_matches(value, list(known), n=3, cutoff=0.5)
    return f"one of its {len(known)}" + (f", perhaps {' or '.join(near)}" if near else "")
