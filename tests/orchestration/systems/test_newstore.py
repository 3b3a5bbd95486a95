"""Doctor holds the fulfilment nodes of locations.csv against those of the tenant."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingestion.config.loader import Configuration
from orchestration.systems.newstore import unknown_nodes

PATH = Path("locations.csv")
NODES = ["LDN01", "MAN01", "NTH-DC"]


def mapped(*locations: str, system: str = "newstore") -> Configuration:
    rows = [{"system": system, "location": location, "valid_to": ""} for location in locations]
    return Configuration(rows={"location_map": rows}, lines={"location_map": list(range(2, 2 + len(rows)))}, faults=[])


@pytest.mark.parametrize("location", ["LDN01", "LDN01+MAN01", "MAN01 + NTH-DC"])
def test_a_location_is_one_node_or_several_joined_by_plus(location):
    assert list(unknown_nodes(mapped(location), NODES, PATH)) == []


def test_a_node_that_is_not_there_is_named_with_its_line():
    (finding,) = unknown_nodes(mapped("LDN01", "MAN01+man01"), NODES, PATH)
    assert finding.found == "locations.csv:3: location 'MAN01+man01': 'man01' is no fulfilment node of NewStore"
    assert "expected one of LDN01, MAN01, NTH-DC" in finding.remedy


def test_locations_of_other_systems_are_their_own():
    assert list(unknown_nodes(mapped("Default", system="other"), NODES, PATH)) == []
