"""Loading NewStore: fulfilment nodes, orders from TikTok Shop, what came back to tills, then what nodes can promise.

Belongs here: the order of reading. Does not: orders (orders), returns (returns), exports (stock), the wire
(connectors.newstore), what a figure means (dbt).

Orders are read before stock: an order that we know of is then surely among those that a figure already subtracts, so
that no unit is sold twice.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from connectors.transport.errors import CredentialError, UnreachableError
from ingestion.load_context import LoadContext, id_of, land_whole
from ingestion.newstore import records
from ingestion.newstore.orders import load_orders
from ingestion.newstore.returns import load_returns
from ingestion.newstore.stock import load_stock
from tieout.errors import TieoutError
from tieout.settings import NewStore

if TYPE_CHECKING:  # for types alone: whoever opens the client pays for loading HTTP
    from connectors.newstore.client import NewStoreClient


def load(context: LoadContext, client: NewStoreClient, tenant: NewStore) -> None:
    """Read nodes, orders, returns and stock. What cannot be read is listed as a problem; the others go on.

    Raises:
        CredentialError: when access is refused.
    """
    try:
        nodes, as_of = _locations(context, client)
    except (CredentialError, UnreachableError):
        raise
    except TieoutError as error:
        context.fail("locations", error)
        return
    context.guarded("orders", lambda: load_orders(context, client, tenant, as_of=as_of))
    context.guarded("returns", lambda: load_returns(context, client, tenant, as_of=as_of))
    context.guarded("availabilities", lambda: load_stock(context, client, tenant, nodes=nodes, as_of=as_of))


def _locations(context: LoadContext, client: NewStoreClient) -> tuple[list[str], datetime]:
    listing = client.locations()
    rows = [records.location(row) for row in listing.rows]
    land_whole(context, "locations", rows, as_of=listing.as_of)
    return [known for row in rows if (known := id_of(row))], listing.as_of
