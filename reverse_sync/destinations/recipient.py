"""Who an order goes to, as TikTok Shop shows it at the moment of sending.

Belongs here: the parts of its recipient block, and what it lacks. Does not: any vendor's form of an address.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Recipient:
    """A delivery address; what is not shown is empty. `country` is two letters, `lines` has one or more."""

    name: str
    lines: tuple[str, ...]
    town: str
    region: str
    postal_code: str
    country: str
    phone: str

    @property
    def missing(self) -> list[str]:
        """What a parcel cannot do without and is absent or masked, in words."""
        needed = {"name": self.name, "street": self.lines[0], "postal code": self.postal_code}
        return [what for what, text in needed.items() if not text.strip("* ")]


def recipient_of(shown: Any) -> Recipient:
    """Return the recipient of an order's `recipient_address`."""
    given: Mapping[str, Any] = shown if isinstance(shown, Mapping) else {}
    districts = given.get("district_info")
    parts = [part for part in districts if isinstance(part, Mapping)] if isinstance(districts, list) else []
    levels = {str(part.get("address_level")): str(part.get("address_name") or "") for part in parts}
    lines = tuple(text for number in range(1, 5) if (text := str(given.get(f"address_line{number}") or "")))
    return Recipient(
        name=str(given.get("name") or ""),
        lines=lines or (str(given.get("address_detail") or ""),),
        town=str(given.get("post_town") or levels.get("L3") or levels.get("L2") or ""),
        region=levels.get("L1", ""),
        postal_code=str(given.get("postal_code") or ""),
        country=str(given.get("region_code") or ""),
        phone=str(given.get("phone_number") or ""),
    )
