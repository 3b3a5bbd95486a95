"""A Linnworks account for the US shop of the demo's tenant, as its operations team would configure it.

Belongs here: what is added to a configuration folder. Does not: the world that trades, or what both shops share.
"""

from __future__ import annotations

from pathlib import Path

from tests.support.worlds import World

US = "7495000000000000202"
WAREHOUSE = "7395000000000000202"
MAPS = {
    "locations.csv": [f"{US},{WAREHOUSE},linnworks,Default"],
    "services.csv": [f"{US},SELLER,*,USPS Ground Advantage", f"{US},TIKTOK,*,TikTok label"],
    "carriers.csv": ["linnworks,USPS,US,7117858858072016686,USPS", "linnworks,UPS,US,7117859084333745966,UPS"],
}
ACCOUNT = """
[linnworks]
base_url = "{base_url}"

[linnworks.shops]
"{shop}" = "{sub_source}"
"""
SECRETS = ("application_id", "application_secret", "token")


def add_account(world: World, folder: Path) -> None:
    """Let the US shop's stock and orders live in Linnworks: settings and maps in `folder`, secrets in the home."""
    account = world.call("GET", "/_sandbox/systems")["linnworks"]
    with (folder / "tieout.toml").open("a") as settings:
        settings.write(ACCOUNT.format(shop=US, **account))
    for name in SECRETS:
        (world.home / "secrets" / f"linnworks__{name}").write_text(account[name])
    for name, rows in MAPS.items():
        with (folder / name).open("a") as table:
            table.writelines(f"{row},,\n" for row in rows)
