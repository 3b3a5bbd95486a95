"""Tracking numbers corrected on TikTok Shop: what the warehouse named first was wrong.

Belongs here: the call, and reading the package back. Does not: whether a correction is still allowed (dbt).

TikTok Shop takes one correction, within 72 hours of shipping, without an idempotency key (fact sheet tiktok_shop 2.5,
4.4). A repetition is refused as one too many: then the package says whether our number is there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from connectors.transport.errors import RejectedError
from reverse_sync.model import EDITED, Change, Observation, Proposal
from tieout.settings import Settings
from tieout.state import State

if TYPE_CHECKING:  # for types alone: whoever opens the client pays for loading HTTP
    from connectors.tiktok_shop.client import TikTokShopClient


class TikTokTrackingCorrections:
    """One correction per package."""

    def __init__(self, client: TikTokShopClient) -> None:
        """Correct through `client`, which this closes."""
        self._client = client

    def write(self, change: Change) -> str:
        """Replace the package's tracking number and return the package's id.

        Raises:
            RejectedError: EDITED (the package carries a third number), or TikTok Shop's own code.
            OutcomeUnknownError: when the number may be replaced.
        """
        desired = change.desired
        package_id = str(desired["package_id"])
        number, provider = str(desired["tracking_number"]), str(desired["provider_id"])
        try:
            self._client.correct_tracking(change.shop_id, package_id, tracking_number=number, provider_id=provider)
        except RejectedError as error:
            seen = self.read_back(change)
            if seen is None:
                raise
            if seen.difference:
                raise RejectedError(seen.difference, vendor="tiktok_shop", code=EDITED) from error
        return package_id

    def read_back(self, change: Change) -> Observation | None:
        """Return the package with our number, or with a third one; None while it carries the number to correct."""
        desired = change.desired
        package_id = str(desired["package_id"])
        number = str(self._client.package(change.shop_id, package_id).data.get("tracking_number") or "none")
        if number == str(desired["tracking_number"]):
            return Observation(package_id)
        if number == str(desired["seen"]):
            return None
        return Observation(package_id, f"the package carries {number}; ours is {desired['tracking_number']}")

    def close(self) -> None:
        """Close the client."""
        self._client.close()


def open_tracking_corrections(settings: Settings, state: State) -> TikTokTrackingCorrections:
    """Open TikTok Shop for correcting tracking numbers."""
    from connectors.tiktok_shop.client import (
        open_tiktok_shop,  # imported here: loading HTTP is slow, and only writing needs it
    )

    return TikTokTrackingCorrections(open_tiktok_shop(settings, state))


def refuse_tracking_correction(settings: Settings, proposal: Proposal) -> str:
    """Return why a correction may not be sent: an unknown shop, or a part of it that is missing."""
    settings.shop(proposal.shop_id)
    needed = ("package_id", "seen", "tracking_number", "provider_id")
    missing = [name for name in needed if not proposal.desired.get(name)]
    return f"the correction lacks {', '.join(missing)}" if missing else ""
