"""ZigZag for doctor and init.

Belongs here: its lists of codes against the tenant's maps. Does not: its API (connectors).
"""

from __future__ import annotations

from connectors.zigzag.client import open_zigzag
from ingestion.config.loader import Configuration
from orchestration.systems.findings import Finding, Looked
from tieout.settings import Settings
from tieout.state import State

ACCESS = "check base_url, username and password of zigzag"
TEMPLATE = """
[zigzag]
base_url = ""                # of the API, as named at sign-up
username = ""
retailer_code = ""           # our code at ZigZag
shops = [""]                 # shop ids whose returns it handles
placeholder_email = ""       # of orders whose buyer's own is not shown
"""
SECRETS = """
# ZigZag: the password of the API's user
TIEOUT_ZIGZAG__PASSWORD=
# What its webhooks carry in a header, as registered there
# TIEOUT_ZIGZAG__WEBHOOK_SECRET=
"""


def examine(settings: Settings, state: State, found: Configuration) -> Looked:
    """Look whether the shops of the section are configured, and read the lists of codes."""
    del found
    account = settings.zigzag
    assert account is not None  # noqa: S101  (only a configured system is examined)
    known = sorted(shop.shop_id for shop in settings.tiktok_shop.shops)
    wrong = [
        Finding(
            "zigzag",
            "wrong",
            f"{settings.config_dir / 'tieout.toml'}: zigzag.shops: {shop_id!r} is no shop of [[tiktok_shop.shops]]",
            f"expected one of {', '.join(known)}",
        )
        for shop_id in account.shops
        if shop_id not in known
    ]
    with open_zigzag(settings, state) as client:
        counts = [f"{len(getattr(client, name)().rows)} {name}" for name in ("reasons", "conditions", "dispositions")]
    return ", ".join(counts), wrong
