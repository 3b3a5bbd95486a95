"""Settings of NewStore.

Belongs here: their shape. Does not: where values come from (settings).
"""

from __future__ import annotations

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
    scopes: str = Field(
        default="", description="scopes to ask for, separated by spaces; empty: all that the client has"
    )
    requests_per_second: int = Field(default=16, ge=1, description="of all calls, shared by all processes")
    timeout_seconds: Seconds = 30
    reread_days: int = Field(
        default=35, ge=1, description="closed orders as young as this are read again in every load"
    )
    full_export_hours: int = Field(default=24, ge=1, description="hours after which all stock is read again")
    stock_stale_after_minutes: int = Field(default=60, ge=1, description="age of the last reading that is too old")
    webhook_key: SecretStr | None = Field(default=None, description="that its event stream shows")
