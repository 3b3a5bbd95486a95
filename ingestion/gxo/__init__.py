"""What GXO says: X12 files in a folder."""

from ingestion.gxo.loader import load

__all__ = ["load"]
