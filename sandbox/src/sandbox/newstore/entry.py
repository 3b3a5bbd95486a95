"""What `GET /_sandbox/systems` says of NewStore: all that a client needs to be pointed at this tenant.

Belongs here: that entry. Does not: what it describes.
"""

from __future__ import annotations

from typing import Any

from sandbox.newstore.access import REALM, SCOPES, credentials
from sandbox.newstore.lists import is_store, nodes
from sandbox.newstore.profile import CATALOG, LOCALE, TENANT, limits
from sandbox.store import Store

QUIRKS = [
    "An injection that was made may answer 504 or 500: send the same body again to learn its outcome.",
    "The same external_id with another body is refused, or gets the first order, as `changed_injection` says.",
    "An item is one unit; payments equal items and shipping.",
    "Bulk availabilities have an integer watermark that is no time; rows may come twice: the last is as good as any.",
    "The event stream is unordered, at least once, unsigned, and held while a listener answers other than 2xx.",
    "Too many requests from one address are answered by a 403 that is no JSON, for five minutes.",
]


def systems_entry(store: Store, base_url: str) -> dict[str, Any]:
    """Return address, credentials, nodes, switches in force, and what is odd."""
    kept, url = credentials(store), base_url.rstrip("/")
    return {
        "base_url": url,
        "tenant": TENANT,
        "token_url": f"{url}{REALM}",
        **{name: kept[name] for name in ("client_id", "client_secret", "username", "password")},
        "scopes": list(SCOPES),
        "shop": CATALOG,
        "shop_locale": LOCALE,
        "fulfillment_nodes": {body["fulfillment_node_id"]: body["type"] for body in nodes(store)},
        "stores": [body["fulfillment_node_id"] for body in nodes(store) if is_store(body)],
        "limits": limits(store),
        "quirks": QUIRKS,
    }
