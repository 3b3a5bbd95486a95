"""Settings of NetSuite.

Belongs here: their shape. Does not: where values come from (settings), how payouts become journals (Books).
"""

from __future__ import annotations

from typing import Literal

from pydantic import Field, SecretStr

from tieout.sections import Address, Seconds, Section, Text


class NetSuite(Section):
    """Access to NetSuite: OAuth 2.0 client credentials, or OAuth 1.0a tokens where those are still in use."""

    base_url: Address
    account: Text
    auth: Literal["oauth2", "oauth1"] = "oauth2"
    client_id: SecretStr | None = None
    certificate_id: SecretStr | None = None
    private_key: SecretStr | None = None
    consumer_key: SecretStr | None = None
    consumer_secret: SecretStr | None = None
    token_id: SecretStr | None = None
    token_secret: SecretStr | None = None
    concurrency: int = Field(default=4, ge=1, description="requests at once, shared by all processes")
    timeout_seconds: Seconds = 30
    shops: list[str] = Field(default=[], description="shop ids whose orders it ships, and whose stock it counts")
    order_tax_code: str = Field(
        default="", description="tax code of order lines, whose tax is not NetSuite's to add: internal id"
    )
    order_discount_item: str = Field(
        default="", description="discount item that takes the seller's discount off; empty: prices are net of it"
    )
    order_ship_item: str = Field(
        default="", description="ship item of sales orders, which carries the cost of shipping"
    )
    stock_stale_after_minutes: int = Field(default=120, ge=1, description="age of the last reading that is too old")
