"""What Linnworks says: places, goods, stock, and its orders from TikTok Shop."""

from ingestion.linnworks.loader import load

__all__ = ["load"]
