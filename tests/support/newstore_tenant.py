"""Stores of NewStore for the UK shop of the demo's tenant, as its operations team would configure them.

Belongs here: what is added to a configuration folder. Does not: the world that trades.
"""

from __future__ import annotations

from pathlib import Path

from tests.support.worlds import World

UK = "7495000000000000101"
STORES = "7395000000000000103"
"""The warehouse under which TikTok Shop lists what lies in all stores together."""
CARRIERS = ("newstore,Evri,GB,6617675021119438849,Evri", "newstore,Royal Mail,GB,6617675021119438850,Royal Mail")
ACCOUNT = """
[newstore]
base_url = "{base_url}"
token_url = "{token_url}"
tenant = "{tenant}"
shops = ["{shop_id}"]
"""
SECRETS = ("client_id", "client_secret")


def add_stores(world: World, folder: Path) -> None:
    """Let the UK shop's second warehouse be all stores: settings and maps in `folder`, secrets in the home."""
    tenant = world.call("GET", "/_sandbox/systems")["newstore"]
    with (folder / "tieout.toml").open("a") as settings:
        settings.write(ACCOUNT.format(shop_id=UK, **tenant))
    for name in SECRETS:
        (world.home / "secrets" / f"newstore__{name}").write_text(tenant[name])
    maps = {"locations.csv": [f"{UK},{STORES},newstore,{'+'.join(tenant['stores'])}"], "carriers.csv": CARRIERS}
    for name, rows in maps.items():
        with (folder / name).open("a") as table:
            table.writelines(f"{row},,\n" for row in rows)
