"""Deposits in NetSuite: what a payout settled of an order, put down to its sales order, once each.

Belongs here: a deposit's shape, its checks, writing it and reading it back. Does not: HTTP (connectors.netsuite), which
orders get one (dbt), why it is created and not upserted (once). Fact sheet netsuite 6.4: a customer deposit has a
customer, a sales order, an amount and the account that it was paid into.

Desired: `{"external_id", "order_id", "payment_id", "customer", "sales_order", "account", "day", "currency", "amount",
"memo"}`. The amount is positive decimal text in `currency`; `sales_order` is an internal id, `account` an account
number; `day` is YYYY-MM-DD.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from connectors.transport.errors import RejectedError
from reverse_sync.destinations.netsuite.ids import NetSuiteIds
from reverse_sync.destinations.netsuite.once import create_once
from reverse_sync.destinations.netsuite.references import EXTERNAL_ID, decimal_of, id_in, reference
from reverse_sync.model import Change, Observation, Proposal
from tieout.errors import ConfigError
from tieout.money import parse_amount
from tieout.settings import Settings
from tieout.state import State

if TYPE_CHECKING:  # for types alone: whoever opens the client pays for loading HTTP
    from connectors.netsuite.client import NetSuiteClient

RECORD = "customerDeposit"
_FIELDS = ("external_id", "customer", "sales_order", "account", "day", "currency", "amount")
_CENT = Decimal("0.01")


class NetSuiteDeposits:
    """Customer deposits of one NetSuite account."""

    def __init__(self, client: NetSuiteClient) -> None:
        """Write through `client`, which this closes."""
        self._client = client
        self._ids = NetSuiteIds(client)

    def write(self, change: Change) -> str:
        """Create the deposit and return its internal id.

        Raises:
            RejectedError: UNMAPPED_ACCOUNT, UNMAPPED_CURRENCY, PERIOD_CLOSED, EDITED (another deposit holds the
                external id), MALFORMED_DEPOSIT, or NetSuite's own code.
            OutcomeUnknownError: when the deposit may exist.
        """
        body = deposit_body(change.desired, self._ids)
        return create_once(self._client, RECORD, body, lambda: self.read_back(change))

    def read_back(self, change: Change) -> Observation | None:
        """Return what NetSuite holds under the deposit's external id; None when nothing."""
        found = self._client.find_by_external_id(RECORD, str(change.desired["external_id"]))
        if found is None:
            return None
        differing = difference(deposit_body(change.desired, self._ids), found)
        text = f"{RECORD} {found['id']} in NetSuite was edited, or is not ours: {differing}" if differing else ""
        return Observation(str(found["id"]), text)

    def close(self) -> None:
        """Close the client."""
        self._client.close()


def deposit_faults(desired: Mapping[str, Any]) -> str:
    """Return what is wrong with a desired deposit, "" when it can be sent."""
    if missing := [name for name in _FIELDS if not desired.get(name)]:
        return f"the deposit lacks {', '.join(missing)}"
    if not EXTERNAL_ID.fullmatch(str(desired["external_id"])):
        return f"external id {desired['external_id']!r}: NetSuite takes letters, digits, '_' and '-'"
    try:
        date.fromisoformat(str(desired["day"]))
        amount = parse_amount(str(desired["amount"]))
    except ValueError as error:
        return f"the deposit cannot be read: {error}"
    return "" if amount > 0 and not amount % _CENT else f"amount {amount}: expected whole pence or cents, above 0"


def deposit_body(desired: Mapping[str, Any], ids: NetSuiteIds) -> dict[str, Any]:
    """Return the body that creates the deposit.

    Raises:
        RejectedError: MALFORMED_DEPOSIT, or what `ids` raises for a currency or account that it does not find.
    """
    if faults := deposit_faults(desired):
        raise RejectedError(faults, vendor="netsuite", code="MALFORMED_DEPOSIT")
    return {
        "externalId": desired["external_id"],
        "tranDate": desired["day"],
        "customer": reference(str(desired["customer"])),
        "salesOrder": {"id": str(desired["sales_order"])},
        "currency": {"id": ids.currency(str(desired["currency"]))},
        "payment": parse_amount(str(desired["amount"])),
        "account": {"id": ids.account(str(desired["account"]), line_class="order_deposits")},
        "undepFunds": False,
        "memo": str(desired.get("memo") or ""),
    }


def difference(body: Mapping[str, Any], found: Mapping[str, Any]) -> str:
    """Return where a deposit in NetSuite differs from the body that would create it, "" when it does not."""
    differences = ["it is void"] if found.get("void") is True else []
    pairs = [("date", str(found.get("tranDate")), str(body["tranDate"]))]
    pairs += [
        (f"{name} id", id_in(found.get(name)), str(body[name]["id"]))
        for name in ("customer", "salesOrder", "currency", "account")
        if "id" in body[name]
    ]
    differences += [f"{name} {theirs}, desired {ours}" for name, theirs, ours in pairs if theirs != ours]
    if decimal_of(found.get("payment")) != body["payment"].normalize():
        differences.append(f"amount {found.get('payment')}, desired {body['payment']:f}")
    return "; ".join(differences)


def open_customer_deposits(settings: Settings, state: State) -> NetSuiteDeposits:
    """Open NetSuite for writing deposits.

    Raises:
        ConfigError: when its credentials are missing.
    """
    from connectors.netsuite.client import open_netsuite  # imported here: loading HTTP is slow, only writing needs it

    return NetSuiteDeposits(open_netsuite(settings, state))


def refuse_customer_deposit(settings: Settings, proposal: Proposal) -> str:
    """Return why a deposit may not be sent: a shop without orders in NetSuite, another customer, a wrong amount."""
    try:
        shop = settings.shop(proposal.shop_id)
    except ConfigError as error:
        return str(error)
    desired: Mapping[str, Any] = proposal.desired
    if shop.shop_id not in settings.netsuite.shops:
        return f"shop {shop.shop_id} has no sales orders in NetSuite: add it to [netsuite] shops in tieout.toml"
    configured = {"customer": shop.netsuite_customer, "currency": shop.currency, "external_id": proposal.entity_key}
    for name, value in configured.items():
        if desired.get(name) != value:
            return f"{name} {desired.get(name)!r} is not {value!r}, as shop {shop.shop_id} and its record have it"
    return deposit_faults(desired)
