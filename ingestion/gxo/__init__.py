"""What GXO says: X12 files in a folder."""

from contextlib import closing

from ingestion.lazy import offered
from ingestion.load_context import LoadContext

__getattr__ = offered("ingestion.gxo.source", "gxo_source", "open_gxo_source")


def open_and_load(context: LoadContext) -> None:
    """Load GXO over SFTP, where a site of it is configured."""
    if context.settings.gxo is None:
        return
    from connectors.gxo.client import open_gxo  # imported here: loading SSH is slow, and only GXO needs it
    from ingestion.gxo.loader import load

    with closing(open_gxo(context.settings.gxo)) as client:
        load(context, client, context.settings.gxo)
