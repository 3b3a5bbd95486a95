"""Photos of a refusal: fetched from where the portal keeps them, uploaded to TikTok Shop, and named in the decision.

Belongs here: going without a photo that cannot be had, and in time. Does not: which photos (dbt), how one is fetched
(connectors.transport.photos), or the decision (return_decisions). Uploading again does no harm: an image that no
decision names is shown to nobody.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from datetime import timedelta
from typing import TYPE_CHECKING

from connectors.transport.rows import Row
from tieout.clock import Clock, utc_now
from tieout.errors import TieoutError
from tieout.settings import Settings
from tieout.systems import PORTALS

if TYPE_CHECKING:  # for types alone: whoever opens the client pays for loading HTTP
    from connectors.tiktok_shop.client import TikTokShopClient
    from connectors.transport.photos import PhotoReader

log = logging.getLogger(__name__)

MOST = 6
PATIENCE = timedelta(minutes=2)
"""For all photos of a refusal together: its deadline matters more, and so does the lease of the outbox."""


class ReturnPhotos:
    """Turns addresses into what a decision names."""

    def __init__(self, client: TikTokShopClient, reader: PhotoReader, *, now: Clock = utc_now) -> None:
        """Fetch through `reader`, which this closes, and upload through `client`."""
        self._client, self._reader, self._now = client, reader, now

    def close(self) -> None:
        """Close the reader."""
        self._reader.close()

    def uploaded(self, shop_id: str, return_id: str, addresses: Iterable[str]) -> list[Row]:
        """Return the images for a decision, the first six in the order given; one that cannot be had is logged."""
        images: list[Row] = []
        ends = self._now() + PATIENCE
        for address in list(addresses)[:MOST]:
            if self._now() > ends:
                log.warning("return %s: photos took too long; it is refused with %d of them", return_id, len(images))
                break
            try:
                photo = self._reader.fetch(address)
                images.append(self._client.upload_image(shop_id, photo.content, photo.mime_type))
            except TieoutError as error:
                log.warning("return %s: a photo is left out of its refusal: %s", return_id, error)
        return images


def open_return_photos(settings: Settings, client: TikTokShopClient) -> ReturnPhotos:
    """Open the portals' own hosts and those that their `photo_hosts` name."""
    from connectors.transport.photos import PhotoReader, host_of  # imported here: loading HTTP is slow

    portals = [section for name in sorted(PORTALS) if (section := getattr(settings, name)) is not None]
    hosts = [host for portal in portals for host in (host_of(portal.base_url), *portal.photo_hosts)]
    return ReturnPhotos(client, PhotoReader(hosts))
