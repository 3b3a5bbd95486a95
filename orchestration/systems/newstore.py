"""NewStore for doctor and init.

Belongs here: its fulfilment nodes against what is configured. Does not: its API (connectors).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from pathlib import Path

from connectors.newstore.client import open_newstore
from ingestion.config.loader import Configuration
from ingestion.config.masters import places_of
from ingestion.load_context import id_of
from orchestration.systems.findings import Finding, Looked, in_force, one_of
from tieout.settings import Settings
from tieout.state import State

ACCESS = "check base_url, token_url, tenant, client_id and client_secret of newstore, and the client's scopes"
TEMPLATE = """
[newstore]
base_url = ""                # https://TENANT.p.newstore.net
token_url = ""               # https://id.p.newstore.net/auth/realms/TENANT/protocol/openid-connect/token
tenant = ""
shops = ["SHOP_ID"]          # whose orders its stores ship
"""
SECRETS = """
# NewStore: an API client of the tenant, and the api_key that its event stream shows
TIEOUT_NEWSTORE__CLIENT_ID=
TIEOUT_NEWSTORE__CLIENT_SECRET=
# TIEOUT_NEWSTORE__WEBHOOK_KEY=
"""
EXAMPLE_LOCATION = "STORE1+STORE2"
"""A place as locations.csv names it: one fulfilment node, or several joined by +."""


def examine(settings: Settings, state: State, found: Configuration) -> Looked:
    """Compare the fulfilment nodes that locations.csv names with those of the tenant."""
    with open_newstore(settings, state) as client:
        nodes = sorted(id_of(row, "fulfillment_node_id") for row in client.locations().rows)
    path = settings.config_dir / "locations.csv"
    return f"fulfilment nodes {', '.join(nodes)}", list(unknown_nodes(found, nodes, path))


def unknown_nodes(found: Configuration, nodes: Collection[str], path: Path) -> Iterator[Finding]:
    """Yield each node of locations.csv that the tenant does not have."""
    for line, location in _locations(found):
        for node in places_of(location):
            if node not in nodes:
                message = f"{path}:{line}: location {location!r}: {node!r} is no fulfilment node of NewStore"
                remedy = f"expected {one_of(nodes, node)}, in just these letters; several are joined by +"
                yield Finding("newstore", "wrong", message, remedy)


def _locations(found: Configuration) -> Iterator[tuple[int, str]]:
    return (
        (line, str(row["location"])) for line, row in in_force(found, "location_map") if row["system"] == "newstore"
    )
