"""Account numbers, currency symbols and SKUs to NetSuite's internal ids, read once per run.

Belongs here: the look-ups and the message when one fails. Does not: which line goes to which account (accounts.csv).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from connectors.transport.errors import RejectedError

if TYPE_CHECKING:  # for types alone: whoever opens the client pays for loading HTTP
    from connectors.netsuite.client import NetSuiteClient

ACCOUNTS = "select id, acctnumber, isinactive from account order by id"
CURRENCIES = "select id, symbol from currency order by id"
ITEMS = "select id, itemid, isinactive from item where itemtype in ('InvtPart', 'Assembly', 'Kit') order by id"


class NetSuiteIds:
    """The account's chart of accounts, currencies and items as of this run; inactive ones count as absent."""

    def __init__(self, client: NetSuiteClient) -> None:
        """Read from `client`, at the first look-up."""
        self._client = client
        self._known: dict[str, dict[str, list[str]]] = {}

    def account(self, number: str, *, line_class: str) -> str:
        """Return the internal id of an account number.

        Raises:
            RejectedError: UNMAPPED_ACCOUNT, naming the row of accounts.csv to change.
        """
        found = self._look_up(ACCOUNTS, "acctnumber").get(number, [])
        if len(found) == 1:
            return found[0]
        count = "no active account" if not found else f"{len(found)} active accounts"
        raise RejectedError(
            f"NetSuite has {count} with number {number!r}: change netsuite_account in accounts.csv, row line_class"
            f" {line_class or '(none)'}, or add the account in NetSuite; nothing was sent",
            vendor="netsuite",
            code="UNMAPPED_ACCOUNT",
        )

    def currency(self, symbol: str) -> str:
        """Return the internal id of an ISO 4217 symbol.

        Raises:
            RejectedError: UNMAPPED_CURRENCY.
        """
        known = self._look_up(CURRENCIES, "symbol")
        if len(known.get(symbol, [])) == 1:
            return known[symbol][0]
        raise RejectedError(
            f"NetSuite has no single currency {symbol!r}; it has {', '.join(sorted(known)) or 'none'};"
            " nothing was sent",
            vendor="netsuite",
            code="UNMAPPED_CURRENCY",
        )

    def item(self, sku: str) -> str:
        """Return the internal id of the item that has this name.

        Raises:
            RejectedError: UNMAPPED_ITEM.
        """
        found = self._look_up(ITEMS, "itemid").get(sku, [])
        if len(found) == 1:
            return found[0]
        count = "no active item" if not found else f"{len(found)} active items"
        raise RejectedError(
            f"NetSuite has {count} named {sku!r}: add it there, or map the seller's SKU to its item in skus.csv;"
            " nothing was sent",
            vendor="netsuite",
            code="UNMAPPED_ITEM",
        )

    def _look_up(self, query: str, column: str) -> dict[str, list[str]]:
        if query not in self._known:
            ids: dict[str, list[str]] = {}
            for page in self._client.suiteql(query):
                for row in page.rows:
                    if row.get(column) and row.get("isinactive") != "T":
                        ids.setdefault(str(row[column]), []).append(str(row["id"]))
            self._known[query] = ids
        return self._known[query]
