"""Linnworks for doctor and init.

Belongs here: its locations against what is configured. Does not: its API (connectors).
"""

from __future__ import annotations

from connectors.linnworks.client import open_linnworks
from ingestion.config.loader import Configuration
from orchestration.systems.findings import Finding, Looked, in_force, one_of
from tieout.settings import Settings
from tieout.state import State

ACCESS = "check base_url, application_id, application_secret and token of linnworks"
TEMPLATE = """
[linnworks.shops]
"SHOP_ID" = ""               # a shop's id, and its name in Linnworks (SubSource)
"""
SECRETS = """
# Linnworks: the application, and the token of its installation in your account
TIEOUT_LINNWORKS__APPLICATION_ID=
TIEOUT_LINNWORKS__APPLICATION_SECRET=
TIEOUT_LINNWORKS__TOKEN=
"""
EXAMPLE_LOCATION = "Default"
"""A place as locations.csv names it."""


def examine(settings: Settings, state: State, found: Configuration) -> Looked:
    """Compare the locations of locations.csv with those of the account."""
    with open_linnworks(settings, state) as client:
        names = sorted(str(place.get("LocationName")) for place in client.locations().rows)
    path = settings.config_dir / "locations.csv"
    wrong = [
        Finding(
            "linnworks",
            "wrong",
            f"{path}:{line}: location {row['location']!r} is none of Linnworks",
            f"expected {one_of(names, row['location'])}, in just these letters",
        )
        for line, row in in_force(found, "location_map")
        if row["system"] == "linnworks" and row["location"] not in names
    ]
    return f"locations {', '.join(names)}", wrong
