"""A parcel as the world sees it leave, whichever warehouse it is from.

Belongs here: that shape. Does not: any warehouse.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Parcel:
    """What left a warehouse for a TikTok Shop order: tracking numbers of its cartons, and when (epoch seconds)."""

    order: str
    trackings: tuple[str, ...]
    at: int
