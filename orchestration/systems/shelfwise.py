"""Shelfwise for doctor and init.

Belongs here: its places against what is configured. Does not: its API (connectors).
"""

from __future__ import annotations

from connectors.shelfwise.client import open_shelfwise
from ingestion.config.loader import Configuration
from orchestration.systems.findings import Finding, Looked, in_force, one_of
from tieout.settings import Settings
from tieout.state import State

ACCESS = "check base_url and token of shelfwise"
TEMPLATE = """
[shelfwise]
base_url = ""                # of your account
shops = [""]                 # shop ids whose stock it keeps
"""
SECRETS = """
# Shelfwise: the account's token
TIEOUT_SHELFWISE__TOKEN=
"""
EXAMPLE_LOCATION = "EAST"
"""A place as locations.csv names it."""


def examine(settings: Settings, state: State, found: Configuration) -> Looked:
    """Compare the places of locations.csv with those that report."""
    with open_shelfwise(settings, state) as client:
        places = sorted(str(row.get("place")) for row in client.stock_reports().rows)
    path = settings.config_dir / "locations.csv"
    wrong = [
        Finding(
            "shelfwise",
            "wrong",
            f"{path}:{line}: location {row['location']!r} is none of Shelfwise",
            f"expected {one_of(places, row['location'])}, in just these letters",
        )
        for line, row in in_force(found, "location_map")
        if row["system"] == "shelfwise" and row["location"] not in places
    ]
    return f"places {', '.join(places)}", wrong
