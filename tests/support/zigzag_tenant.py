"""A ZigZag account for both shops of the demo's tenant, as its operations team would configure it.

Belongs here: what is added to a configuration folder. Does not: the maps of codes, which the demo's tenant has.
"""

from __future__ import annotations

from pathlib import Path

from tests.support.worlds import World

UK, US = "7495000000000000101", "7495000000000000202"
ACCOUNT = """
[zigzag]
base_url = "{base_url}"
username = "{username}"
retailer_code = "{retailer_code}"
shops = ["{uk}", "{us}"]
placeholder_email = "returns@northgate.example"
"""


def add_account(world: World, folder: Path) -> None:
    """Let both shops' returns go through ZigZag: settings in `folder`, the password in the home."""
    account = world.call("GET", "/_sandbox/systems")["zigzag"]
    with (folder / "tieout.toml").open("a") as settings:
        settings.write(ACCOUNT.format(uk=UK, us=US, **account))
    (world.home / "secrets" / "zigzag__password").write_text(account["password"])
