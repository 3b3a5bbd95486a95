"""Settings of ZigZag.

Belongs here: their shape. Does not: where values come from (settings).
"""

from __future__ import annotations

from pydantic import Field, SecretStr

from tieout.sections import Address, Host, Seconds, Secret, Section, Text


class ZigZag(Section):
    """One ZigZag account: labels, tracking, receipts and grades of what buyers send back."""

    base_url: Address
    username: Text
    password: Secret
    retailer_code: Text = Field(description="our code at ZigZag")
    shops: list[str] = Field(description="shop ids whose returns it handles")
    placeholder_email: str = Field(default="", description="of orders whose buyer's address TikTok Shop does not show")
    photo_hosts: list[Host] = Field(
        default_factory=list, description="besides its own, from which photos of graded goods may be fetched"
    )
    mirror_after_minutes: int = Field(default=5, ge=1, description="age at which a return should be known there")
    requests_per_second: int = Field(default=5, ge=1, description="per call, shared by all processes")
    timeout_seconds: Seconds = 30
    reread_days: int = Field(default=7, ge=1, description="returns changed this recently are read again every time")
    webhook_secret: SecretStr | None = Field(default=None, description="that its webhooks carry in webhook_header")
    webhook_header: Text = "X-Webhook-Secret"
    webhook_certificate_sha256: str = Field(default="", description="fingerprint of the client certificate it shows")
    webhook_certificate_header: Text = Field(
        default="X-Client-Certificate-Sha256", description="in which the reverse proxy passes that fingerprint on"
    )
