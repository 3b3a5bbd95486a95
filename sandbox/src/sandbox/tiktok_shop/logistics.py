"""Warehouses, delivery options and carriers of a shop (fact sheet tiktok_shop 4.4, 4.5).

Belongs here: the lists, and what a carrier's tracking numbers look like. Does not: parcels. Delivery options follow
from the warehouse's id; carriers from the shop's region.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from sandbox.store import Body, Record, wire_body
from sandbox.tiktok_shop.envelope import ApiError, invalid
from sandbox.tiktok_shop.request import Request


@dataclass(frozen=True)
class Provider:
    """A carrier that TikTok Shop knows, and the form of its tracking numbers."""

    id: str
    name: str
    pattern: str

    def fits(self, tracking: str) -> bool:
        """Return whether a tracking number looks like this carrier's."""
        return re.fullmatch(self.pattern, tracking) is not None


PROVIDERS = {
    "GB": (
        Provider("6617675021119438849", "Evri", r"H[0-9A-Z]{15}"),
        Provider("6617675021119438850", "Royal Mail", r"RM\d{14}|[A-Z]{2}\d{9}GB"),
        Provider("6617675021119438851", "DPD UK", r"\d{14}"),
        Provider("6617675021119438852", "Yodel", r"JD\d{16}"),
    ),
    "US": (
        Provider("7117858858072016686", "USPS", r"9\d{15,21}"),
        Provider("7117859084333745966", "UPS", r"1Z[0-9A-Z]{14,16}"),
        Provider("7129720299146184490", "FedEx", r"\d{12}|\d{15}"),
    ),
}
_PLATFORM = "6958"
_OPTIONS = (
    ("6955", "Standard shipping", "STANDARD"),
    ("6956", "Express shipping", "EXPRESS"),
    ("6957", "Shipped via seller", "SEND_BY_SELLER"),
    (_PLATFORM, "Fulfilled by TikTok", "STANDARD"),
)


def provider(id: object) -> Provider | None:
    """Return a carrier by id, None for an unknown one."""
    return next((each for known in PROVIDERS.values() for each in known if each.id == id), None)


def warehouses(request: Request) -> Body:
    """Answer GET /logistics/202309/warehouses: all of the shop's, in one answer."""
    rows = request.store.select("tiktok_shop", "warehouses", shop=request.shop_id)
    return {"warehouses": [wire_body(row) for row in rows]} if rows else {}


def delivery_options(request: Request) -> Body:
    """Answer GET /logistics/202309/warehouses/{warehouse_id}/delivery_options."""
    id = request.path["warehouse_id"]
    record = request.store.get("tiktok_shop", "warehouses", id)
    if record is None or record.shop != request.shop_id:
        raise invalid("warehouse_id is invalid")
    options = [_option(id, *option) for option in _options(record)]
    return {"delivery_options": options} if options else {}


def shipping_providers(request: Request) -> Body:
    """Answer GET /logistics/202309/delivery_options/{delivery_option_id}/shipping_providers.

    Raises ApiError 21008116 for an option the shop does not have, 21008117 for one that the platform fulfils.
    """
    id = request.path["delivery_option_id"]
    held = request.store.select("tiktok_shop", "warehouses", shop=request.shop_id)
    if id not in {f"{prefix}{row.id[4:]}" for row in held for prefix, _, _ in _options(row)}:
        raise ApiError(21008116, "The delivery option is not subscribed")
    if id.startswith(_PLATFORM):
        raise ApiError(21008117, "The delivery option is fulfilled by TikTok")
    return {"shipping_providers": [{"id": each.id, "name": each.name} for each in regional(request)]}


def regional(request: Request) -> tuple[Provider, ...]:
    """Return the carriers of the shop's region."""
    return PROVIDERS.get(region(request), ())


def region(request: Request) -> str:
    """Return the region of the shop that a request names."""
    return str(request.shop.body.get("region", "")) if request.shop else ""


def _options(warehouse: Record) -> tuple[tuple[str, str, str], ...]:
    """Return what a warehouse ships by: the platform's ships for itself, one for returns not at all."""
    if warehouse.body.get("_is_platform_owned"):
        return tuple(option for option in _OPTIONS if option[0] == _PLATFORM)
    sells = warehouse.body.get("type") != "RETURN_WAREHOUSE"
    return tuple(option for option in _OPTIONS if option[0] != _PLATFORM) if sells else ()


def _option(warehouse_id: str, prefix: str, name: str, kind: str) -> Body:
    limit = {"max_height": 120, "min_height": 0, "max_length": 120, "min_length": 0, "max_width": 120, "min_width": 0}
    return {
        "id": f"{prefix}{warehouse_id[4:]}",
        "name": name,
        "type": kind,
        "description": "",
        "dimension_limit": {**limit, "unit": "CM"},
        "weight_limit": {"max_weight": 30_000, "min_weight": 0, "unit": "GRAM"},
        "platform": ["TIKTOK_SHOP"],
    }
