"""NewStore for doctor and init.

Belongs here: its fulfilment nodes against what is configured. Does not: its API (connectors).
"""

from __future__ import annotations

from connectors.newstore.client import open_newstore
from ingestion.config.loader import Configuration
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
    wrong = [
        Finding(
            "newstore",
            "wrong",
            f"{path}:{line}: location {row['location']!r}: {node!r} is no fulfilment node of NewStore",
            f"expected {one_of(nodes, node)}, in just these letters; several are joined by +",
        )
        for line, row in in_force(found, "location_map")
        if row["system"] == "newstore"
        for node in map(str.strip, str(row["location"]).split("+"))
        if node not in nodes
    ]
    return f"fulfilment nodes {', '.join(nodes)}", wrong
