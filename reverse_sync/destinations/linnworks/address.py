"""A TikTok Shop recipient as Linnworks takes an address.

Belongs here: field by field, and what is missing. Does not: when it is read (linnworks).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from connectors.transport.errors import RejectedError

LONGEST_POSTCODE = 11  # a longer one parks the order (fact sheet linnworks 5)


def delivery_address(recipient: Any, *, email: str) -> dict[str, Any]:
    """Return the address of a recipient block.

    Raises:
        RejectedError: NO_ADDRESS when name, street or postal code is missing or masked; UNSENDABLE when the postal code
            is longer than Linnworks takes.
    """
    given: Mapping[str, Any] = recipient if isinstance(recipient, Mapping) else {}
    levels = {str(part.get("address_level")): str(part.get("address_name") or "") for part in _districts(given)}
    lines = [text for number in range(1, 5) if (text := str(given.get(f"address_line{number}") or ""))]
    lines = lines or [str(given.get("address_detail") or "")]
    address = {
        "FullName": str(given.get("name") or ""),
        "Address1": lines[0],
        "Address2": lines[1] if len(lines) > 1 else "",
        "Address3": ", ".join(lines[2:]),
        "Town": str(given.get("post_town") or levels.get("L3") or levels.get("L2") or ""),
        "Region": levels.get("L1", ""),
        "PostCode": str(given.get("postal_code") or ""),
        "Country": levels.get("L0", ""),
        "MatchCountryCode": str(given.get("region_code") or ""),
        "PhoneNumber": str(given.get("phone_number") or ""),
        "EmailAddress": email,
    }
    _check(address)
    return address


def _check(address: Mapping[str, str]) -> None:
    needed = {"name": "FullName", "street": "Address1", "postal code": "PostCode"}
    missing = [what for what, field in needed.items() if not address[field].strip("* ")]
    place = {"vendor": "linnworks", "field": "recipient_address"}
    if missing:
        reason = f"TikTok Shop shows no {', no '.join(missing)} in the delivery address"
        raise RejectedError(reason, code="NO_ADDRESS", **place)
    if len(address["PostCode"]) > LONGEST_POSTCODE:
        reason = f"the postal code is longer than the {LONGEST_POSTCODE} characters that Linnworks takes"
        raise RejectedError(reason, code="UNSENDABLE", **place)


def _districts(recipient: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    found = recipient.get("district_info")
    return [part for part in found if isinstance(part, Mapping)] if isinstance(found, list) else []
