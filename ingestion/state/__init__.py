"""Our own operational state, as a source."""
