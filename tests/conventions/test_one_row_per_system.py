"""A system is named in its own places, its row and its settings, and nowhere else in the product.

Belongs here: counting the Python files that name a system outside its home. Does not: SQL (test_model_files).
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tieout.systems import SYSTEMS

ROOT = Path(__file__).resolve().parents[2]
CHANNEL_AND_FILES = {"config", "tiktok_shop", "bank"}
"""What every tenant has: the one channel, the tenant's own files and the bank's."""
EXCHANGEABLE = sorted(system.name for system in SYSTEMS if system.name not in CHANNEL_AND_FILES)
PACKAGES = ("tieout", "connectors", "ingestion", "expectations", "reverse_sync", "orchestration")
ROWS = {"tieout/systems.py", "tieout/settings.py"}
"""The registry's rows, and a section of the settings each."""
DEMO = "orchestration/demo/"
"""One tenant with all of them."""
TENANTS_WORDS = r"netsuite_(account|subsidiary|customer)s?"
"""Settings and columns of maps that tenants have written."""


@pytest.mark.parametrize("system", EXCHANGEABLE)
def test_no_file_outside_its_home_names_a_system(system: str) -> None:
    named = re.compile(rf"(?<![a-z]){system}", re.IGNORECASE)
    found = []
    for path in (path for package in PACKAGES for path in (ROOT / package).rglob("*.py")):
        place = path.relative_to(ROOT).as_posix()
        is_home = system in path.stem or any(system == part for part in path.parts)
        if is_home or place in ROWS or place.startswith(DEMO) or "migrations" in place:
            continue
        if named.search(re.sub(TENANTS_WORDS, "", path.read_text())):
            found.append(place)
    assert found == []
