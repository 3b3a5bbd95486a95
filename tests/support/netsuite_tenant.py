"""A tenant of one shop, whose stock and orders NetSuite is master of, as its operations team would configure it.

Belongs here: the configuration folder. Does not: the world that trades, or what is done to its records.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from tests.support.worlds import CONFIG, World

DIRECT = "7495000000000000303"
WAREHOUSE = "7395000000000000303"
LOCATION, CUSTOMER = "3", "CUST-TTS-DIRECT"
DEPOSITS = "2400"
"""The account between payouts and orders."""
SETTINGS = f"""
tenant = "direct"
live = true
memory_limit = "1GB"

[tiktok_shop]
base_url = "http://127.0.0.1:8711"
auth_base_url = "http://127.0.0.1:8711"

[[tiktok_shop.shops]]
shop_id = "{DIRECT}"
name = "Northgate UK Direct"
region = "GB"
currency = "GBP"
payout_currency = "GBP"
bank_account = "gbp-main"
netsuite_subsidiary = "1"
netsuite_customer = "{CUSTOMER}"

[netsuite]
base_url = "http://127.0.0.1:8712"
account = "1234567"
shops = ["{DIRECT}"]

[[bank.accounts]]
account_id = "gbp-main"
iban = "GB11XFAK00990000004401"
currency = "GBP"
format = "camt053"
folder = "sandbox/bank/gbp-main"
netsuite_account = "1010"

[fulfilment]
answer_cancellations = "auto"
"""
MAPS = {
    "locations.csv": ("shop_id,warehouse_id,system,location", [f"{DIRECT},{WAREHOUSE},netsuite,{LOCATION}"]),
    "services.csv": ("shop_id,shipping_type,delivery_option,service", ["*,SELLER,*,Tracked", "*,TIKTOK,*,Label"]),
    "carriers.csv": (
        "system,carrier,region,provider_id,provider_name",
        [
            "netsuite,Evri Standard,GB,6617675021119438849,Evri",
            "netsuite,Royal Mail Tracked 48,GB,6617675021119438850,Royal Mail",
            "netsuite,DPD Next Day,GB,6617675021119438851,DPD UK",
        ],
    ),
    "taxes.csv": ("shop_id,line_class,treatment,rate", []),
    "accounts.csv": (
        "shop_id,line_class,netsuite_account",
        ["*,gross_sales,4000", "*,clearing,1250", "*,bank,1010", "*,seller_discount,4010", "*,refund,4020"],
    ),
}


def write_tenant(world: World, folder: Path) -> None:
    """Write the tenant's configuration to `folder`."""
    shutil.copytree(CONFIG, folder)
    (folder / "tieout.toml").write_text(SETTINGS)
    for name, (header, rows) in MAPS.items():
        (folder / name).write_text(f"{header},valid_from,valid_to\n" + "".join(f"{row},,\n" for row in rows))
