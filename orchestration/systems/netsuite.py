"""NetSuite for doctor and init.

Belongs here: its subsidiaries, accounts and currencies against what is configured. Does not: its API (connectors).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from connectors.netsuite.client import NetSuiteClient, open_netsuite
from ingestion.config.loader import Configuration
from ingestion.netsuite.loader import LISTS
from orchestration.systems.findings import MOST_NAMED, Finding, Looked, in_force, of_shop, one_of
from tieout.settings import Settings
from tieout.state import State

ACCESS = "check base_url, account and credentials of netsuite, and the role's permissions"
EXAMPLE_LOCATION = "1"
"""A place as locations.csv names it: the internal id of a location."""
_OF_REFUNDS = ("refund", "refund_discount")
_PROFIT_AND_LOSS = ("Income", "COGS", "Expense", "OthIncome", "OthExpense")
_HOST = ".suitetalk.api.netsuite.com"
TEMPLATE = """
[netsuite]
base_url = ""                # https://ACCOUNT.suitetalk.api.netsuite.com
account = ""                 # account id, such as 1234567 or 1234567_SB1
auth = "oauth2"              # or oauth1, with four other secrets
# shops = ["SHOP_ID"]        # where NetSuite is master of orders and stock: whose orders it ships
"""
SECRETS = """
# NetSuite with OAuth 2.0 client credentials: integration record, certificate mapping, key as PEM text
TIEOUT_NETSUITE__CLIENT_ID=
TIEOUT_NETSUITE__CERTIFICATE_ID=
TIEOUT_NETSUITE__PRIVATE_KEY=
# NetSuite with tokens (auth = "oauth1"), instead of the three above
# TIEOUT_NETSUITE__CONSUMER_KEY=
# TIEOUT_NETSUITE__CONSUMER_SECRET=
# TIEOUT_NETSUITE__TOKEN_ID=
# TIEOUT_NETSUITE__TOKEN_SECRET=
"""


def contradictions(settings: Settings) -> Iterator[Finding]:
    """Yield an account that is not the one whose address is configured, and what booking refunds lacks."""
    account, host = settings.netsuite.account, urlsplit(settings.netsuite.base_url).hostname or ""
    of_host = host.removesuffix(_HOST)
    if host != of_host and of_host != account.lower().replace("_", "-"):
        source = settings.config_dir / "tieout.toml"
        message = f"{source}: netsuite.account {account!r}, and netsuite.base_url is that of account {of_host!r}"
        remedy = f"set base_url to https://{account.lower().replace('_', '-')}{_HOST}, or correct account"
        yield Finding("settings", "wrong", message, remedy)
    if settings.books.refund_document != "journal":
        yield from _lacking_for_refunds(settings)


def _lacking_for_refunds(settings: Settings) -> Iterator[Finding]:
    document = settings.books.refund_document
    if not settings.books.refund_item:
        message = f"{settings.config_dir / 'tieout.toml'}: books.refund_document is {document!r}, refund_item is empty"
        yield Finding("settings", "wrong", message, "name the item whose income account refunds go to, or set journal")
    for shop in settings.tiktok_shop.shops:
        if not shop.netsuite_customer and shop.currency == shop.payout_currency:
            message = f"netsuite_customer of shop {shop.shop_id} is empty, and books.refund_document is {document!r}"
            yield of_shop(settings, message, "name the customer whose refunds these are", subject="settings")


def examine(settings: Settings, state: State, found: Configuration) -> Looked:
    """Compare subsidiaries, accounts and currencies with the account's own lists."""
    with open_netsuite(settings, state) as client:
        accounts, subsidiaries, currencies = (
            _listed(client, name) for name in ("accounts", "subsidiaries", "currencies")
        )
        unknown = list(_unknown_to_netsuite(client, settings))
    symbols = {str(row["id"]): str(row.get("symbol")) for row in currencies}
    companies = {str(row["id"]): str(row.get("name")) for row in subsidiaries if row.get("iselimination") != "T"}
    wrong = [*_accounts(settings, found, accounts, symbols), *_refund_accounts(settings, found, accounts), *unknown]
    for shop in settings.tiktok_shop.shops:
        if shop.netsuite_subsidiary not in companies:
            message = (
                f"netsuite_subsidiary {shop.netsuite_subsidiary!r} of shop {shop.shop_id}: NetSuite has none of this id"
            )
            known = ", ".join(f"{id} ({name})" for id, name in sorted(companies.items())[:MOST_NAMED])
            wrong.append(
                of_shop(settings, message, f"expected the internal id of a subsidiary: {known}", subject="netsuite")
            )
        if shop.payout_currency not in symbols.values():
            message = f"payout_currency {shop.payout_currency!r} of shop {shop.shop_id} is no currency of NetSuite"
            remedy = f"correct it, or let NetSuite have it; there are {', '.join(sorted(symbols.values()))}"
            wrong.append(of_shop(settings, message, remedy, subject="netsuite"))
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
            yield Finding("netsuite", "wrong", message, f"expected {one_of(sorted(active), number)}{likely}")


def _refund_accounts(settings: Settings, found: Configuration, accounts: list[dict[str, Any]]) -> Iterator[Finding]:
    """Yield accounts of refunds that NetSuite takes no document of this kind on."""
    document = settings.books.refund_document
    if document == "journal":
        return
    kinds = {str(row.get("acctnumber")): str(row.get("accttype")) for row in accounts}
    documented = [shop.shop_id for shop in settings.tiktok_shop.shops if shop.currency == shop.payout_currency]
    for line, row in _own_rows(found, documented):
        kind = kinds.get(row["netsuite_account"], "")
        if kind and (kind != "AcctRec" if document == "credit_memo" else kind in _PROFIT_AND_LOSS):
            message = (
                f"{settings.config_dir / 'accounts.csv'}:{line}: netsuite_account {row['netsuite_account']!r} of"
                f" {row['line_class']} is of type {kind}, and books.refund_document is {document!r}"
            )
            wanted = (
                "AcctRec, receivables" if document == "credit_memo" else "the balance sheet, that money is paid from"
            )
            yield Finding("netsuite", "wrong", message, f"expected an account of {wanted}")


def _own_rows(found: Configuration, shops: list[str]) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield the rows for refunds that these shops use: a shop's own, or where it has none, that of all."""
    rows = [(line, row) for line, row in in_force(found, "account_map") if row["line_class"] in _OF_REFUNDS]
    own = {(row["shop_id"], row["line_class"]) for _line, row in rows}
    for line, row in rows:
        used_by = [shop for shop in shops if (shop, row["line_class"]) not in own]
        if row["shop_id"] in shops or (row["shop_id"] == "*" and used_by):
            yield line, row


def _unknown_to_netsuite(client: NetSuiteClient, settings: Settings) -> Iterator[Finding]:
    """Yield what refunds are booked with and NetSuite does not hold as active."""
    if (item := settings.books.refund_item) and not _is_held(client, "item", item):
        message = f"{settings.config_dir / 'tieout.toml'}: books.refund_item {item!r}: NetSuite has no such active item"
        yield Finding("netsuite", "wrong", message, "expected the internal or external id of an item")
    for shop in settings.tiktok_shop.shops:
        if (customer := shop.netsuite_customer) and not _is_held(client, "customer", customer):
            message = f"netsuite_customer {customer!r} of shop {shop.shop_id}: NetSuite has no such active customer"
            yield of_shop(settings, message, "expected the internal or external id of a customer", subject="netsuite")


def _is_held(client: NetSuiteClient, table: str, id: str) -> bool:
    column = "id" if id.isascii() and id.isdigit() else "externalid"
    query = f"SELECT id FROM {table} WHERE {column} = ? AND isinactive = 'F' ORDER BY id"
    return any(page.rows for page in client.suiteql(query, [id]))


def _listed(client: NetSuiteClient, name: str) -> list[dict[str, Any]]:
    return [row for page in client.suiteql(LISTS[name]) for row in page.rows]
