"""What TikTok Shop says, read shop by shop."""

from ingestion.tiktok_shop.loader import load

__all__ = ["load"]
