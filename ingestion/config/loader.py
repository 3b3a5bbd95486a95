"""The tenant's own rules as a source with history: maps of money and of goods, shops, bank accounts, books.

Belongs here: landing what is configured, and validating the maps together with the settings. Does not: reading a map
(maps, specs), or applying one (dbt).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ingestion.config.maps import Fault, read_map
from ingestion.config.specs import MAPS
from ingestion.coverage import BEGINNING
from ingestion.load_context import LoadContext, Origin, Reading, delete_vanished, valid_versions
from ingestion.quarantine import Rejected
from tieout.errors import ConfigError
from tieout.settings import Settings
from tieout.systems import PORTALS, WAREHOUSES

SYSTEM = "config"


@dataclass(frozen=True)
class Configuration:
    """Every configured rule by entity, each with its natural key as `id`, and what cannot be used. No secrets.

    `lines`: of each map, the line of its file that each of its rows is in.
    """

    rows: dict[str, list[dict[str, Any]]]
    faults: list[Fault]
    lines: dict[str, list[int]]


def load(context: LoadContext) -> None:
    """Land every rule as it is now; rules that were taken out land as deleted.

    A row that cannot be used is put in quarantine. While a map has one, none of its rules counts as taken out: what was
    in force stays, since it is unknown which rule the row was meant to be.
    """
    now = context.clock()
    found = read_config(context.settings)
    for entity, rows in found.rows.items():
        faults = [fault for fault in found.faults if fault.entity == entity]
        reading = Reading()
        context.landing.add(entity, valid_versions(context, Origin(entity, now), rows, reading=reading))
        reading.all_identified &= not faults
        delete_vanished(context, entity, reading, observed_at=now)
        for fault in faults:
            context.quarantine.reject(_rejected(fault), observed_at=now)
            context.fail(entity, ConfigError(str(fault)))
        context.quarantine.scope_read(SYSTEM, entity, shop_id="")
        context.cover(entity, start=BEGINNING, end=now, rows=len(rows))
    context.report(f"{SYSTEM}: maps and settings read from {context.settings.config_dir}")


def read_config(settings: Settings) -> Configuration:
    """Return every configured rule and every fault of a map; never raises for what a map holds."""
    maps = {spec.entity: read_map(spec, settings) for spec in MAPS}
    books = {
        "id": "books",
        "tenant": settings.tenant,
        "days_to_arrive": settings.bank.days_to_arrive,
        **settings.books.model_dump(mode="json"),
    }
    return Configuration(
        rows={
            **{entity: read.rows for entity, read in maps.items()},
            "shops": [_shop(settings, shop.shop_id) for shop in settings.tiktok_shop.shops],
            "bank_accounts": [
                {"id": account.account_id, **account.model_dump(mode="json", exclude={"folder"})}
                for account in settings.bank.accounts
            ],
            "books": [books],
            "stock": [{"id": "stock", **settings.stock.model_dump(mode="json"), **_stock_ages(settings)}],
            "return_portals": list(_portals(settings)),
            "fulfilment": [{"id": "fulfilment", **settings.fulfilment.model_dump(mode="json")}],
            "returns": [{"id": "returns", **settings.returns.model_dump(mode="json")}],
        },
        faults=[fault for read in maps.values() for fault in read.faults],
        lines={entity: read.lines for entity, read in maps.items()},
    )


def _shop(settings: Settings, shop_id: str) -> dict[str, Any]:
    systems = sorted(system for system in WAREHOUSES if shop_id in shops_of(settings, system))
    return {"id": shop_id, **settings.shop(shop_id).model_dump(mode="json"), "fulfilment_systems": systems}


def _portals(settings: Settings) -> Iterator[dict[str, Any]]:
    """Yield a row for each shop that a returns portal's section names."""
    for system in sorted(PORTALS):
        for shop_id in sorted(shops_of(settings, system)):
            minutes = getattr(settings, system).mirror_after_minutes
            yield {"id": f"{system}|{shop_id}", "system": system, "shop_id": shop_id, "mirror_after_minutes": minutes}


def _stock_ages(settings: Settings) -> dict[str, int]:
    """Return, for each warehouse that is configured, the age in minutes at which its stock is too old to be sold."""
    sections = {system: getattr(settings, system) for system in sorted(WAREHOUSES)}
    return {
        f"{system}_stale_after_minutes": section.stock_stale_after_minutes
        for system, section in sections.items()
        if section is not None
    }


def shops_of(settings: Settings, system: str) -> set[str]:
    """Return the ids of the shops that a warehouse's or portal's section names."""
    section = getattr(settings, system)
    return set() if section is None else set(section.shops)


def unmapped_shops(settings: Settings, found: Configuration) -> Iterator[Fault]:
    """Yield each shop that a warehouse's section names and that no row of locations.csv sends there (MAP-08)."""
    path = settings.config_dir / "locations.csv"
    mapped = {(row["shop_id"], row["system"]) for row in found.rows["location_map"]}
    for system in sorted(WAREHOUSES):
        for shop_id in sorted(shops_of(settings, system)):
            if (shop_id, system) not in mapped:
                reason = f"shop {shop_id} is in [{system}] of tieout.toml, and no row maps one of its warehouses to it"
                remedy = "add a row with the shop, its TikTok warehouse id, the system and its location"
                yield Fault("location_map", path, 0, "shop_id", shop_id, reason, remedy)


def _rejected(fault: Fault) -> Rejected:
    place = f"{fault.path.name}:{fault.line}"
    return Rejected(
        SYSTEM, fault.entity, "", place, field=fault.column, value=fault.value, reason=fault.reason, remedy=fault.remedy
    )
