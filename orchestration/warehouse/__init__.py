"""The published warehouse: writing it, and answering from it."""
