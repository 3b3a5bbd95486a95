"""The shops that trade, and the rules that a shop's region sets.

Belongs here: what differs between the shops. Does not: anything that happens to them.
"""

from __future__ import annotations

from dataclasses import dataclass

from sandbox.store import Record

PRODUCT_NUMBERS = 10**14
"""How many product numbers a shop's listings have."""


@dataclass(frozen=True)
class Shop:
    """A local shop. Basis points: 10,000 is the whole. Hours of the day are UTC.

    A shop's listings in a connected world have ids of their own: the product's number plus `product_numbers_from`.
    """

    id: str
    region: str
    currency: str
    name: str
    share_permille: int
    utc_offset_hours: int
    settlement_days: int
    commission_line: str
    commission_basis_points: int
    payout_weekdays: tuple[int, ...]
    bank_account_id: str
    bank_account_tail: str
    warehouse_id: str
    free_shipping_from: int
    shipping_price: int
    parcel_cost: int
    product_numbers_from: int = 0

    @property
    def warehouse_name(self) -> str:
        """How the shop names the warehouse that it sells from."""
        return self.name.replace("UK", "GB")

    def as_record(self, created_at: int) -> Record:
        """Return the shop as TikTok Shop lists it under authorized shops (fact sheet tiktok_shop 1.4)."""
        tail = self.id[-6:]
        body = {
            "id": self.id,
            "name": self.name,
            "region": self.region,
            "seller_type": "LOCAL",
            "cipher": f"GCP_{self.region}{tail}AAAAANorthgateRetail",
            "code": f"{self.region}NG{tail}",
        }
        return Record("tiktok_shop", "shops", self.id, body, self.id, "", created_at, created_at)


GB = Shop(
    id="7495000000000000101",
    region="GB",
    currency="GBP",
    name="Northgate UK",
    share_permille=600,
    utc_offset_hours=0,
    settlement_days=8,
    commission_line="platform_commission_amount",
    commission_basis_points=900,
    payout_weekdays=(0, 2, 4),
    bank_account_id="gbp-main",
    bank_account_tail="4401",
    warehouse_id="7395000000000000101",
    free_shipping_from=2000,
    shipping_price=299,
    parcel_cost=265,
)
US = Shop(
    id="7495000000000000202",
    region="US",
    currency="USD",
    name="Northgate US",
    share_permille=400,
    utc_offset_hours=-5,
    settlement_days=7,
    commission_line="referral_fee_amount",
    commission_basis_points=600,
    payout_weekdays=(1,),
    bank_account_id="gbp-us-payouts",
    bank_account_tail="7702",
    warehouse_id="7395000000000000202",
    free_shipping_from=2500,
    shipping_price=499,
    parcel_cost=410,
    product_numbers_from=5 * PRODUCT_NUMBERS,
)
DIRECT = Shop(
    id="7495000000000000303",
    region="GB",
    currency="GBP",
    name="Northgate UK Direct",
    share_permille=250,
    utc_offset_hours=0,
    settlement_days=8,
    commission_line="platform_commission_amount",
    commission_basis_points=900,
    payout_weekdays=(1, 3),
    bank_account_id="gbp-main",
    bank_account_tail="4401",
    warehouse_id="7395000000000000303",
    free_shipping_from=2000,
    shipping_price=299,
    parcel_cost=265,
    product_numbers_from=3 * PRODUCT_NUMBERS,
)
"""A third shop, in worlds that are asked for it: NetSuite is master of its stock and orders."""
USUAL = (GB, US)
"""The shops of every world."""
SHOPS = {shop.id: shop for shop in (*USUAL, DIRECT)}
PAYOUT_CURRENCY = "GBP"
