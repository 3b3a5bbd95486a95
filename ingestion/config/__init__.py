"""The tenant's own rules: maps and settings."""

from ingestion.config.loader import Configuration, load, read_config, shops_of, unmapped_shops

__all__ = ["Configuration", "load", "read_config", "shops_of", "unmapped_shops"]
