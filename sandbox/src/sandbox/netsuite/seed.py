"""Master data of the account: companies, currencies, periods, the chart of accounts, customers and segments.

Belongs here: what a finance team sets up once. Does not: any transaction. Amount-free, and the same in every world.
"""

from __future__ import annotations

import calendar
from datetime import UTC, date, datetime
from typing import Any

from sandbox.netsuite.schema import SYSTEM
from sandbox.netsuite.shapes import CUSTOM_FIELDS
from sandbox.store import Record, Store

DEFAULT_TIME_ZONE = "Europe/London"
DEFAULT_DATE_FORMAT = "M/D/YYYY"
DEFAULT_CONCURRENCY = 5
FIRST_OPEN_MONTH = (2025, 11)
REFUND_ITEM, REFUND_ITEM_EXTERNAL_ID = "601", "ITEM-TTS-REFUND"
_SET_UP_AT = int(datetime(2025, 1, 2, 9, tzinfo=UTC).timestamp())

# number, name, type, external id
ACCOUNTS = [
    ("1010", "Barclays GBP Current Account", "Bank", "ACC-1010"),
    ("1020", "Reserve GBP Savings Account", "Bank", "ACC-1020"),
    ("1100", "Trade Debtors", "AcctRec", "ACC-1100"),
    ("1200", "Undeposited Funds", "OthCurrAsset", "ACC-1200"),
    ("1250", "TikTok Shop UK Settlement Clearing", "OthCurrAsset", "ACC-1250"),
    ("1251", "TikTok Shop US Settlement Clearing", "OthCurrAsset", "ACC-1251"),
    ("1260", "TikTok Shop Reserve Receivable", "OthCurrAsset", "ACC-1260"),
    ("1270", "TikTok Shop Payouts in Transit", "OthCurrAsset", "ACC-1270"),
    ("1300", "Inventory", "OthCurrAsset", "ACC-1300"),
    ("2200", "VAT on Sales", "OthCurrLiab", "ACC-2200"),
    ("2210", "VAT on Marketplace Fees", "OthCurrAsset", "ACC-2210"),
    ("2220", "US Sales Tax Collected", "OthCurrLiab", "ACC-2220"),
    ("2300", "Amounts Owed to TikTok Shop", "OthCurrLiab", "ACC-2300"),
    ("3000", "Retained Earnings", "Equity", "ACC-3000"),
    ("4000", "Sales TikTok Shop UK", "Income", "ACC-4000"),
    ("4001", "Sales TikTok Shop US", "Income", "ACC-4001"),
    ("4010", "Seller Discounts", "Income", "ACC-4010"),
    ("4015", "Platform Discounts Reimbursed", "Income", "ACC-4015"),
    ("4020", "Refunds to Buyers", "Income", "ACC-4020"),
    ("4030", "Shipping Income", "Income", "ACC-4030"),
    ("4090", "Marketplace Reimbursements", "OthIncome", "ACC-4090"),
    ("5000", "Cost of Goods Sold", "COGS", "ACC-5000"),
    ("5100", "Shipping Cost", "COGS", "ACC-5100"),
    ("6100", "Platform Commission", "Expense", "ACC-6100"),
    ("6110", "Referral Fee", "Expense", "ACC-6110"),
    ("6120", "Affiliate Commission", "Expense", "ACC-6120"),
    ("6130", "Transaction Fees", "Expense", "ACC-6130"),
    ("6140", "Advertising", "Expense", "ACC-6140"),
    ("6150", "Other Marketplace Fees", "Expense", "ACC-6150"),
    ("6160", "Marketplace Penalties", "Expense", "ACC-6160"),
    ("6170", "Chargebacks", "Expense", "ACC-6170"),
    ("6180", "Fulfilment by TikTok Fees", "Expense", "ACC-6180"),
    ("7700", "Foreign Exchange Gain or Loss", "OthExpense", "ACC-7700"),
    ("7800", "Rounding Differences", "Expense", "ACC-7800"),
    ("7900", "Bank Charges", "Expense", "ACC-7900"),
    ("9999", "Suspense", "OthCurrAsset", "ACC-9999"),
    ("1110", "TikTok Shop UK Refunds to Settle", "AcctRec", "ACC-1110"),
    ("2400", "Customer Deposits", "OthCurrLiab", "ACC-2400"),
    ("5900", "Inventory Adjustments", "COGS", "ACC-5900"),
    ("1290", "TikTok Shop Orders Settled", "OthCurrAsset", "ACC-1290"),
]
_ACCOUNT_IDS = {number: str(place) for place, (number, *_) in enumerate(ACCOUNTS, 101)}
UNDEPOSITED_FUNDS, RECEIVABLES, INVENTORY = (_ACCOUNT_IDS[number] for number in ("1200", "1100", "1300"))
CUSTOMER_DEPOSITS, INVENTORY_ADJUSTMENTS = _ACCOUNT_IDS["2400"], _ACCOUNT_IDS["5900"]
SALES, SHIPPING_INCOME, OUTPUT_VAT, COST_OF_SALES = (
    _ACCOUNT_IDS[number] for number in ("4000", "4030", "2200", "5000")
)
CUSTOMERS = [
    (501, "TikTok Shop UK", "CUST-TTS-UK", 1, "British pound"),
    (502, "TikTok Shop US", "CUST-TTS-US", 2, "US Dollar"),
]


def seed(store: Store) -> None:
    """Write the master data; records that already exist are left as they are."""
    records = [
        *_companies(), *_chart(), *_periods(), *_customers(), _refund_item(), *_custom_fields(),
        *_segments("location", ("Daventry DC", "Ontario CA DC"), prefix="LOC"),
        *_segments("department", ("Ecommerce", "Finance"), prefix="DEP"),
        *_segments("classification", ("TikTok Shop UK", "TikTok Shop US"), prefix="CLS"),
    ]  # fmt: skip
    missing = [record for record in records if store.get(SYSTEM, record.kind, record.id, deleted=True) is None]
    store.put_many(missing)


def reference(id: object, title: str) -> dict[str, str]:
    """Return a reference as NetSuite writes it."""
    return {"id": str(id), "refName": title}


def _record(kind: str, id: int, body: dict[str, Any]) -> Record:
    stamp = datetime.fromtimestamp(_SET_UP_AT, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    body = {"id": str(id), **body, "createdDate": stamp, "lastModifiedDate": stamp}
    return Record(SYSTEM, kind, str(id), body, created_at=_SET_UP_AT, updated_at=_SET_UP_AT)


def _companies() -> list[Record]:
    # Exchange rates are to the root company's pound.
    currencies = [(1, "British pound", "GBP", "1"), (2, "US Dollar", "USD", "0.79"), (3, "Euro", "EUR", "0.85")]
    records = [
        _record("currency", id, {"externalId": f"CUR-{symbol}", "name": name, "symbol": symbol, "exchangeRate": rate,
                                 "isBaseCurrency": symbol == "GBP", "isInactive": False, "currencyPrecision": 2})
        for id, name, symbol, rate in currencies
    ]  # fmt: skip
    uk = {"externalId": "SUB-UK", "name": "Northgate Retail Ltd", "legalName": "Northgate Retail Limited",
          "country": "GB", "currency": reference(1, "British pound"), "isElimination": False,
          "isInactive": False}  # fmt: skip
    us = {"externalId": "SUB-US", "name": "Northgate Retail Inc", "legalName": "Northgate Retail Inc.", "country": "US",
          "currency": reference(2, "US Dollar"), "parent": reference(1, "Northgate Retail Ltd"), "isElimination": False,
          "isInactive": False}  # fmt: skip
    return [*records, _record("subsidiary", 1, uk), _record("subsidiary", 2, us)]


def _chart() -> list[Record]:
    return [
        _record("account", 100 + place, {
            "externalId": external_id, "acctNumber": number, "acctName": name,
            "acctType": {"id": type_id, "refName": type_id}, "isInactive": False, "isSummary": False,
            **({"currency": reference(1, "British pound")} if type_id == "Bank" else {}),
        })
        for place, (number, name, type_id, external_id) in enumerate(ACCOUNTS, 1)
    ]  # fmt: skip


def _periods() -> list[Record]:
    records = []
    months = [(year, month) for year in (2025, 2026, 2027) for month in range(1, 13)]
    for id, (year, month) in enumerate(months, 201):
        last_day = calendar.monthrange(year, month)[1]
        shut = (year, month) < FIRST_OPEN_MONTH
        records.append(_record("accountingPeriod", id, {
            "externalId": f"PER-{year}-{month:02d}", "periodName": f"{date(year, month, 1):%b %Y}",
            "startDate": f"{year}-{month:02d}-01", "endDate": f"{year}-{month:02d}-{last_day}",
            "isQuarter": False, "isYear": False, "isAdjust": False,
            "closed": shut, "allLocked": shut, "arLocked": shut, "apLocked": shut,
        }))  # fmt: skip
    return records


def _refund_item() -> Record:
    name = "TikTok Shop refund"
    return _record("nonInventorySaleItem", int(REFUND_ITEM), {
        "externalId": REFUND_ITEM_EXTERNAL_ID, "itemId": name, "displayName": name, "isInactive": False,
        "incomeAccount": reference(_ACCOUNT_IDS["4020"], "4020 Refunds to Buyers"),
    })  # fmt: skip


def _customers() -> list[Record]:
    return [
        _record("customer", id, {
            "externalId": external_id, "entityId": name, "companyName": name, "isPerson": False, "isInactive": False,
            "subsidiary": reference(1, "Northgate Retail Ltd"), "currency": reference(currency, currency_name),
        })
        for id, name, external_id, currency, currency_name in CUSTOMERS
    ]  # fmt: skip


def _custom_fields() -> list[Record]:
    return [
        _record("customField", int(id), {
            "scriptId": name, "name": name.partition("_")[2].replace("_", " ").capitalize(), "isInactive": False,
            "fieldType": {"custb": "BODY", "custc": "COLUMN", "custi": "ITEM"}[name[:5]],
            "fieldValueType": "Date/Time" if name == "custbody_dispatch_by" else "Free-Form Text",
        })
        for id, name in CUSTOM_FIELDS.items()
    ]  # fmt: skip


def _segments(kind: str, names: tuple[str, ...], *, prefix: str) -> list[Record]:
    return [
        _record(kind, id, {"externalId": f"{prefix}-{id}", "name": name, "isInactive": False})
        for id, name in enumerate(names, 1)
    ]
