"""Settings of NewStore.

Belongs here: their shape. Does not: where values come from (settings).
"""

from __future__ import annotations

from typing import Literal

from pydantic import Field, SecretStr

from tieout.sections import Address, Seconds, Section, Text


class NewStore(Section):
    """One NewStore tenant: stock of its stores, orders that they ship, and what comes back to their tills."""

    base_url: Address
    token_url: Address
    tenant: Text = Field(description="the tenant's name at NewStore")
    client_id: SecretStr | None = None
    client_secret: SecretStr | None = None
    shops: list[str] = Field(description="shop ids whose orders its stores ship")
    channel: Text = Field(default="tiktok_shop", description="channel under which TikTok Shop's orders are placed")
    catalog: Text = Field(default="storefront-catalog-en", description="catalogue that orders are placed in")
    locale: Text = Field(default="en-GB", description="language and country of that catalogue")
    order_routing: Literal["default", "prerouted", "external"] = Field(
        default="default", description="who chooses the node that ships: NewStore, or locations.csv (the others)"
    )
    payment_processor: Text = Field(default="tiktok_shop", max_length=32, description="of the payment of an order")
    payment_method: Text = Field(default="tiktok_shop", max_length=64, description="of the payment of an order")
    muted_notifications: list[str] = Field(
        default=[], description="messages to buyers that NewStore is not to send for these orders, by its names"
    )
    cancellation_reason: Text = Field(default="CUSTOMER_REQUEST", description="the tenant's code of it")
    scopes: str = Field(
        default="", description="scopes to ask for, separated by spaces; empty: all that the client has"
    )
    requests_per_second: int = Field(default=16, ge=1, description="of all calls, shared by all processes")
    timeout_seconds: Seconds = 30
    reread_days: int = Field(
        default=35, ge=1, description="closed orders as young as this are read again in every load"
    )
    returns_days: int = Field(
        default=120, ge=1, description="orders that changed as lately as this are asked what tills took back of them"
    )
    full_export_hours: int = Field(default=24, ge=1, description="hours after which all stock is read again")
    stock_stale_after_minutes: int = Field(default=60, ge=1, description="age of the last reading that is too old")
    receipt_attribute: Text = Field(
        default="receipt", description="extended attribute of a blind return that holds the number of the receipt"
    )
    webhook_key: SecretStr | None = Field(default=None, description="that its event stream shows")
