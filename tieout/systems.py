"""The systems there are: one row each. A system has its row, and one name under which every layer holds its part.

Belongs here: the rows, and finding a system's part of a layer. Does not: anything that a system does. The parts of a
system NAME: `connectors.NAME`, `ingestion.NAME`, `expectations.suites.NAME`, `reverse_sync.destinations.NAME`,
`orchestration.systems.NAME` (what doctor asks and `tieout init` writes) and its section of the settings.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType


@dataclass(frozen=True)
class System:
    """One system. `name` is that of its settings, its raw schema (raw_NAME) and its part of each layer.

    `is_optional`: a tenant may do without it. `is_warehouse`: it counts stock, and may ship orders, so that
    locations.csv may name it. `joins_places`: a location of it may be several of its places, joined by +. `is_portal`:
    it handles returns, under codes of its own, so that grades.csv and return_reasons.csv may name it. `is_read_back`:
    it is read again after a run has written, so that readers see what it acknowledged.
    """

    name: str
    is_optional: bool = False
    is_warehouse: bool = False
    joins_places: bool = False
    is_portal: bool = False
    is_read_back: bool = False


SYSTEMS = (
    System("config"),
    System("tiktok_shop"),
    System("gxo", is_optional=True, is_warehouse=True),
    System("linnworks", is_optional=True, is_warehouse=True),
    System("newstore", is_optional=True, is_warehouse=True, joins_places=True),
    System("zigzag", is_optional=True, is_portal=True),
    System("netsuite", is_warehouse=True, is_read_back=True),
    System("bank"),
)
"""In the order in which they are read: what the tenant configured first, for others are read by it."""

NAMES = tuple(system.name for system in SYSTEMS)
READ_BACK = [system.name for system in SYSTEMS if system.is_read_back]
WAREHOUSES = frozenset(system.name for system in SYSTEMS if system.is_warehouse)
JOINING = frozenset(system.name for system in SYSTEMS if system.joins_places)
PORTALS = frozenset(system.name for system in SYSTEMS if system.is_portal)


def part(layer: str, system: str) -> ModuleType:
    """Return a system's part of a layer.

    Raises:
        ModuleNotFoundError: when it has none.
    """
    return import_module(f"{layer}.{system}")


def parts(layer: str) -> dict[str, ModuleType]:
    """Return every system's part of a layer, by its name; a system without one is left out."""
    return {name: part(layer, name) for name in NAMES if find_spec(f"{layer}.{name}")}
