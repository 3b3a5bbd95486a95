"""Our own operational state, as a source."""

from ingestion.state.loader import load

__all__ = ["load"]
