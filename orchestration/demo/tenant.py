"""The demo's tenant as its own people would have configured it: settings, maps, and the secrets of every system.

Belongs here: the configuration folder and the secret files of a demo's home. Does not: the sandbox's process, or when
anything runs. What is the same in every demo is in config/demo; added here is what a world brings along: the
warehouses' partner profiles, who ships from which day, what bundles are made of, what goods cost, and live events.
"""

from __future__ import annotations

import csv
import json
import os
import shutil
import tomllib
import urllib.parse
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from orchestration.demo.control import call_sandbox
from orchestration.demo.shops import MODELS, OperatingModel

LIVE_BUFFER_UNITS = 2
BEFORE_LIVE, AFTER_LIVE = timedelta(minutes=30), timedelta(minutes=90)
LIVE_CADENCE_MINUTES = 10

_SECRETS: dict[str, dict[str, tuple[str, ...]]] = {
    "tiktok_shop": {"": ("base_url", "auth_base_url", "app_key", "app_secret", "refresh_token")},
    "netsuite": {
        "": ("base_url", "account"),
        "oauth2": ("client_id", "certificate_id", "private_key"),
        "oauth1": ("consumer_key", "consumer_secret", "token_id", "token_secret"),
    },
}
_OPTIONAL_SECRETS: dict[str, dict[str, tuple[str, ...]]] = {
    "gxo": {"": ("host", "port", "password")},
    "linnworks": {"": ("base_url", "application_id", "application_secret", "token")},
    "newstore": {"": ("client_id", "client_secret")},
    "zigzag": {"": ("base_url", "username", "password")},
}
_EVERY_SHOP = """
[zigzag]
base_url = "{zigzag[base_url]}"
retailer_code = "{zigzag[retailer_code]}"
shops = {shops}
placeholder_email = "returns@northgate.example"

[fulfilment]
answer_cancellations = "auto"
"""


def write_tenant(base: Path, home: Path, control_url: str, *, ships_from: date | None = None) -> Path:
    """Write `<home>/config` from the tenant in `base` and what the world brings; return that folder.

    `ships_from`: the first day whose orders ship from the warehouses; None for all days.
    """
    folder = home / "config"
    shutil.copytree(base, folder, dirs_exist_ok=True)
    systems, models = _described(control_url), models_of(control_url)
    settings = folder / "tieout.toml"
    settings.write_text(_settings(settings.read_text(), models, systems))
    since = ships_from.isoformat() if ships_from else ""
    rows = [[m.shop_id, m.warehouse_id, m.system, m.location.format(**systems), since, ""] for m in models]
    _write_map(folder / "locations.csv", "shop_id,warehouse_id,system,location,valid_from,valid_to", rows)
    for model in models:
        for name, added in model.maps.items():
            with (folder / name).open("a") as table:
                table.writelines(f"{row},,\n" for row in added)
    write_secrets(home, control_url)
    write_goods_maps(home, control_url)
    return folder


def models_of(control_url: str) -> list[OperatingModel]:
    """Return the operating models that the world trades."""
    shops = {shop["id"] for shop in call_sandbox(control_url, "GET", "/_sandbox/tiktok_shop/shops")["items"]}
    world = call_sandbox(control_url, "GET", "/_sandbox/world")
    return [model for model in MODELS if model.shop_id in shops and (not model.counted or world[model.counted])]


def _described(control_url: str) -> dict[str, Any]:
    """Return what the stand-ins say of themselves; a list of places is one location, joined as locations.csv has it."""
    systems = call_sandbox(control_url, "GET", "/_sandbox/systems")
    return {
        system: {name: "+".join(map(str, value)) if isinstance(value, list) else value for name, value in said.items()}
        for system, said in systems.items()
        if isinstance(said, dict)
    }


def _settings(base: str, models: Sequence[OperatingModel], systems: dict[str, Any]) -> str:
    """Return the settings of a tenant: those of all demos, each model's, and what all shops share."""
    for section, keys in ((name, keys) for model in models for name, keys in model.keys.items()):
        base = base.replace(f"\n[{section}]\n", f"\n[{section}]\n{keys}\n", 1)
    shops = json.dumps(sorted({model.shop_id for model in models}))
    parts = [model.settings for model in models] + [_EVERY_SHOP]
    return base + "".join(part.format(shops=shops, **systems) for part in parts)


def write_goods_maps(home: Path, control_url: str) -> None:
    """Write the maps that follow from what the shops list: bundles, buffers of live products, and live events."""
    folder, world = home / "config", call_sandbox(control_url, "GET", "/_sandbox/world")
    products = call_sandbox(control_url, "GET", "/_sandbox/tiktok_shop/products?limit=100000")["items"]
    bundles = sorted({part for product in products for part in _components(product)})
    _write_map(folder / "bundles.csv", "bundle,component,quantity,valid_from,valid_to", [[*b, "", ""] for b in bundles])
    _write_map(folder / "costs.csv", "item,cost,currency,valid_from,valid_to", _costs(products))
    buffers = [["*", sku, LIVE_BUFFER_UNITS, 0, "", ""] for sku in world["live_skus"]]
    _write_map(folder / "buffers.csv", "shop_id,seller_sku,units,percent,valid_from,valid_to", buffers)
    peaks = [
        [shop, f"live {at:%Y-%m-%d}", _iso(at - BEFORE_LIVE), _iso(at + AFTER_LIVE), 0, 0, LIVE_CADENCE_MINUTES]
        for shop, at in live_events(world)
    ]
    columns = "shop_id,name,starts_at,ends_at,buffer_units,buffer_percent,cadence_minutes"
    _write_map(folder / "peaks.csv", columns, peaks)


def _costs(products: Sequence[dict[str, Any]]) -> list[list[str]]:
    """Return the demo's costs: two fifths of what a SKU is listed for, to the penny."""
    prices = {
        (sku["seller_sku"], sku["price"]["currency"]): Decimal(sku["price"]["tax_exclusive_price"])
        for product in products
        for sku in product["skus"]
    }
    return [[sku, f"{price * 2 / 5:.2f}", currency, "", ""] for (sku, currency), price in sorted(prices.items())]


def live_events(world: dict[str, Any]) -> list[tuple[str, datetime]]:
    """Return shop and beginning (UTC) of each live event that `GET /_sandbox/world` names, in order of time."""
    found = [(str(event["shop"]), datetime.fromtimestamp(int(event["at"]), UTC)) for event in world["live_events"]]
    return sorted(found, key=lambda event: event[1])


def write_secrets(home: Path, control_url: str) -> None:
    """Give the product what a vendor's console would have given its user: files under `<home>/secrets`."""
    folder = home / "secrets"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for stale in folder.glob("*_token.json"):
        stale.unlink()
    systems = call_sandbox(control_url, "GET", "/_sandbox/systems")
    systems["tiktok_shop"]["refresh_token"] = _consented(systems["tiktok_shop"])
    configured = _sections(home / "config" / "tieout.toml")
    optional = {system: groups for system, groups in _OPTIONAL_SECRETS.items() if system in configured}
    for system, groups in {**_SECRETS, **optional}.items():
        for group, names in groups.items():
            reported = systems[system][group] if group else systems[system]
            for name in names:
                _write_secret(folder / f"{system}__{name}", str(reported[name]))


def _sections(settings: Path) -> set[str]:
    """Return the sections of a tenant's settings; none before there are any."""
    return set(tomllib.loads(settings.read_text())) if settings.exists() else set()


def _components(product: dict[str, Any]) -> list[tuple[str, str, int]]:
    return [
        (sku["seller_sku"], part["seller_sku"], part["sku_count"])
        for sku in product["skus"]
        for part in sku.get("combined_skus") or []
    ]


def _consented(described: dict[str, Any]) -> str:
    """Return a refresh token of the seller's consent: the one in force, or one for a fresh auth code."""
    if described["refresh_token"]:
        return str(described["refresh_token"])
    names = ("app_key", "app_secret", "auth_code")
    query = urllib.parse.urlencode({**{n: described[n] for n in names}, "grant_type": "authorized_code"})
    return str(call_sandbox(described["token_get_url"], "GET", f"?{query}")["data"]["refresh_token"])


def _write_secret(path: Path, value: str) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as handle:
        handle.write(value)


def _write_map(path: Path, columns: str, rows: Iterable[Sequence[object]]) -> None:
    with path.open("w", newline="") as file:
        written = csv.writer(file, lineterminator="\n")
        written.writerow(columns.split(","))
        written.writerows(rows)


def _iso(instant: datetime) -> str:
    return instant.isoformat().replace("+00:00", "Z")
