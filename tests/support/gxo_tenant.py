"""The demo's tenant with a GXO site for its UK shop, as its operations team would configure it.

Belongs here: the configuration folder. Does not: the world that trades.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from tests.support.worlds import CONFIG, World

UK = "7495000000000000101"
WAREHOUSE = "7395000000000000101"
MAPS = {
    "locations.csv": ("shop_id,warehouse_id,system,location", [f"{UK},{WAREHOUSE},gxo,NTH1"]),
    "services.csv": ("shop_id,shipping_type,delivery_option,service", ["*,SELLER,*,STD"]),
    "carriers.csv": (
        "system,carrier,region,provider_id,provider_name",
        ["gxo,EVRI,GB,6617675021119438849,Evri", "gxo,RMGB,GB,6617675021119438850,Royal Mail"],
    ),
}
SITE = """
[gxo]
site = "{partner[site]}"
shops = ["{shop}"]
time_zone = "UTC"
host = "{host}"
port = {port}
user = "{user}"
host_key = "{host_public_key}"
depositor = "{partner[client_id]}"
our_id = "{partner[client_id]}"
their_id = "{partner[warehouse_id]}"
"""


def write_tenant(world: World, folder: Path) -> None:
    """Write the tenant's configuration to `folder`, and the site's password to the world's secrets."""
    shutil.copytree(CONFIG, folder)
    site = world.call("GET", "/_sandbox/systems")["gxo"]
    with (folder / "tieout.toml").open("a") as settings:
        settings.write(SITE.format(shop=UK, **site))
    (world.home / "secrets" / "gxo__password").write_text(site["password"])
    bundles = sorted({row for product in world.records("tiktok_shop", "products") for row in _components(product)})
    for name, (header, rows) in {**MAPS, "bundles.csv": ("bundle,component,quantity", bundles)}.items():
        (folder / name).write_text(f"{header},valid_from,valid_to\n" + "".join(f"{row},,\n" for row in rows))


def _components(product: dict[str, Any]) -> list[str]:
    return [
        f"{sku['seller_sku']},{part['seller_sku']},{part['sku_count']}"
        for sku in product["skus"]
        for part in sku.get("combined_skus") or []
    ]
