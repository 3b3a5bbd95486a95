"""The two shops that trade, and the rules that a shop's region sets.

Belongs here: what differs between the shops. Does not: anything that happens to them.
"""

from __future__ import annotations

from dataclasses import dataclass

from sandbox.store import Record


@dataclass(frozen=True)
class Shop:
    """A local shop. Basis points: 10,000 is the whole. Hours of the day are UTC."""

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
)
SHOPS = {shop.id: shop for shop in (GB, US)}
PAYOUT_CURRENCY = "GBP"
