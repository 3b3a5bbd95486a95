"""The demo's shops: which system is master of each one's stock and orders, and what its tenant has because of that.

Belongs here: a row for each operating model, with what its settings and maps say. Does not: writing them (tenant), or
what is the same in every demo (config/demo). A further model is a row of `MODELS`; its shop must be among those that
the world is asked to trade, `SHOPS_TRADED`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

UK, US, DIRECT = "7495000000000000101", "7495000000000000202", "7495000000000000303"


@dataclass(frozen=True)
class OperatingModel:
    """A shop, and the system that is master of its stock and orders.

    `location`, `settings` and `keys` may name what the stand-ins say of themselves, as `{gxo[partner][site]}`.
    `counted`: where the shop may do without it, the figure of `GET /_sandbox/world` that is 0 then.
    `settings`: what is added to tieout.toml. `keys`: what is added to a section that it has already. `maps`: rows by
    file, without their dates.
    """

    shop_id: str
    warehouse_id: str
    system: str
    system_name: str
    location: str
    settings: str = ""
    keys: Mapping[str, str] = field(default_factory=dict)
    maps: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    counted: str = ""


_GXO = """
[gxo]
site = "{gxo[partner][site]}"
shops = ["7495000000000000101"]
time_zone = "{gxo[partner][time_zone]}"
host = "{gxo[host]}"
port = {gxo[port]}
user = "{gxo[user]}"
host_key = "{gxo[host_public_key]}"
depositor = "{gxo[partner][client_id]}"
our_id = "{gxo[partner][client_id]}"
their_id = "{gxo[partner][warehouse_id]}"
"""
_LINNWORKS = """
[linnworks]
base_url = "{linnworks[base_url]}"

[linnworks.shops]
7495000000000000202 = "{linnworks[sub_source]}"
"""
_DIRECT = """
[[tiktok_shop.shops]]
shop_id = "7495000000000000303"
name = "Northgate UK Direct"
region = "GB"
currency = "GBP"
payout_currency = "GBP"
bank_account = "gbp-main"
netsuite_subsidiary = "1"
netsuite_customer = "503"
"""
_OF_A_SALE = ("gross_sales", "seller_discount", "shipping_income")
_OF_REFUNDS = ("refund", "refund_discount")
_DIRECT_MAPS = {
    # What a sale is worth goes to one account, as do the deposits that pay its sales order; what is of an order without
    # one goes where all shops' does.
    "accounts.csv": (
        "*,gross_sales,4000",
        *(f"{DIRECT},{name},1290" for name in (*_OF_A_SALE, "shipping_subsidy", "order_deposits")),
        *(f"{DIRECT},{name},1110" for name in _OF_REFUNDS),
        f"{DIRECT},clearing,1250",
        f"{DIRECT},bank,1010",
    ),
    "taxes.csv": tuple(f"{DIRECT},{name},none," for name in (*_OF_A_SALE, *_OF_REFUNDS)),
    "services.csv": (f"{DIRECT},SELLER,*,Royal Mail Tracked 48", f"{DIRECT},TIKTOK,*,TikTok label"),
    "carriers.csv": (
        "netsuite,Royal Mail Tracked 48,GB,6617675021119438850,Royal Mail",
        "netsuite,DPD Next Day,GB,6617675021119438851,DPD UK",
        "netsuite,Evri Standard,GB,6617675021119438849,Evri",
    ),
}

_STORES = """
[newstore]
base_url = "{newstore[base_url]}"
token_url = "{newstore[token_url]}"
tenant = "{newstore[tenant]}"
shops = ["7495000000000000101"]
"""
_STORES_MAPS = {
    "carriers.csv": (
        "newstore,Royal Mail,GB,6617675021119438850,Royal Mail",
        "newstore,Evri,GB,6617675021119438849,Evri",
    ),
}

MODELS = (
    OperatingModel(UK, "7395000000000000101", "gxo", "GXO", "{gxo[partner][site]}", _GXO),
    # TikTok Shop lists what lies in all stores together as one more warehouse.
    OperatingModel(
        *(UK, "7395000000000000103", "newstore", "NewStore", "{newstore[stores]}", _STORES),
        maps=_STORES_MAPS,
        counted="stores",
    ),
    OperatingModel(US, "7395000000000000202", "linnworks", "Linnworks", "Default", _LINNWORKS),
    OperatingModel(
        *(DIRECT, "7395000000000000303", "netsuite", "NetSuite", "3", _DIRECT),
        keys={"netsuite": f'shops = ["{DIRECT}"]'},
        maps=_DIRECT_MAPS,
    ),
)
SHOPS_TRADED = {"netsuite_shops": 1, "stores": 3}
"""What a demo's world is asked for besides its usual shops."""
