"""The demo's tenant with a Linnworks account for its US shop, as its operations team would configure it.

Belongs here: the configuration folder. Does not: the world that trades.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from tests.support.worlds import CONFIG, World

US = "7495000000000000202"
WAREHOUSE = "7395000000000000202"
MAPS = {
    "locations.csv": ("shop_id,warehouse_id,system,location", [f"{US},{WAREHOUSE},linnworks,Default"]),
    "services.csv": (
        "shop_id,shipping_type,delivery_option,service",
        [f"{US},SELLER,*,USPS Ground Advantage", f"{US},TIKTOK,*,TikTok label"],
    ),
    "carriers.csv": (
        "system,carrier,region,provider_id,provider_name",
        ["linnworks,USPS,US,7117858858072016686,USPS", "linnworks,UPS,US,7117859084333745966,UPS"],
    ),
}
ACCOUNT = """
[linnworks]
base_url = "{base_url}"

[linnworks.shops]
"{shop}" = "{sub_source}"
"""
SECRETS = ("application_id", "application_secret", "token")


def write_tenant(world: World, folder: Path) -> None:
    """Write the tenant's configuration to `folder`, and the account's credentials to the world's secrets."""
    shutil.copytree(CONFIG, folder)
    account = world.call("GET", "/_sandbox/systems")["linnworks"]
    with (folder / "tieout.toml").open("a") as settings:
        settings.write(ACCOUNT.format(shop=US, **account))
    for name in SECRETS:
        (world.home / "secrets" / f"linnworks__{name}").write_text(account[name])
    bundles = sorted({row for product in world.records("tiktok_shop", "products") for row in _components(product)})
    for name, (header, rows) in {**MAPS, "bundles.csv": ("bundle,component,quantity", bundles)}.items():
        (folder / name).write_text(f"{header},valid_from,valid_to\n" + "".join(f"{row},,\n" for row in rows))


def _components(product: dict[str, Any]) -> list[str]:
    return [
        f"{sku['seller_sku']},{part['seller_sku']},{part['sku_count']}"
        for sku in product["skus"]
        for part in sku.get("combined_skus") or []
    ]
