"""What ZigZag says: returns with their parcels and grades, and the tenant's own lists of codes."""

from contextlib import closing

from ingestion.lazy import offered
from ingestion.load_context import LoadContext

__getattr__ = offered("ingestion.zigzag.source", "zigzag_source", "open_zigzag_source")

TABLES = {
    "returns": "Returns with their parcels, lines and refund, every version.",
    "reasons": "Reasons for a return, as the tenant has them.",
    "conditions": "Conditions of a returned unit, as the tenant has them.",
    "dispositions": "What may become of a returned unit, as the tenant has it.",
}


def open_and_load(context: LoadContext) -> None:
    """Load ZigZag over its API, where an account of it is configured."""
    if context.settings.zigzag is None:
        return
    from connectors.zigzag.client import open_zigzag  # imported here: who asks for the tables needs no client
    from ingestion.zigzag.loader import load

    with closing(open_zigzag(context.settings, context.state)) as client:
        load(context, client, context.settings.zigzag)
