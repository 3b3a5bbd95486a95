"""Shelfwise over its one call: what each of its places last counted."""
