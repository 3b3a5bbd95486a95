"""A plain stock pusher, as many shops run one: what the warehouse has on hand becomes what TikTok Shop lists.

Belongs here: the yardstick of bench/oversold.py, on the same wires as tieout. Does not: anything tieout does about
stock. It reads the newest 846 of GXO and the stock levels of Linnworks, and sets every SKU that lists another figure:
no orders in flight are taken off, no buffer is kept, nothing is rolled forward, nothing is held back.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from connectors.gxo.client import open_gxo
from connectors.gxo.messages import StockSnapshot
from connectors.gxo.reading import read_message
from connectors.gxo.x12 import read_interchange
from connectors.linnworks.client import open_linnworks
from connectors.tiktok_shop.client import TikTokShopClient, open_tiktok_shop
from connectors.transport.errors import ConnectorError
from tieout.settings import Settings
from tieout.state import State

MOST_UNITS = 99_999


@dataclass
class PlainPusher:
    """Pushes the stock of both warehouses to the shops that they ship for."""

    settings: Settings
    state: State
    client: TikTokShopClient = field(init=False)
    skus: dict[str, list[str]] = field(default_factory=dict)
    pushed: int = 0

    def __post_init__(self) -> None:
        self.client = open_tiktok_shop(self.settings, self.state)

    def push(self) -> None:
        """Set every SKU that lists another figure than its warehouse has on hand."""
        gxo, linnworks = self.settings.gxo, self.settings.linnworks
        for shop_id in gxo.shops if gxo else []:
            with suppress(ConnectorError):
                self._push(shop_id, self._at_gxo())
        for shop_id in linnworks.shops if linnworks else []:
            with suppress(ConnectorError):
                self._push(shop_id, self._at_linnworks())

    def close(self) -> None:
        """Close the connection."""
        self.client.close()

    def _push(self, shop_id: str, on_hand: dict[str, int]) -> None:
        for row in self.client.inventory(shop_id, self._listed(shop_id)).rows:
            units, places = on_hand.get(row["seller_sku"]), row["warehouse_inventory"]
            if units is None or int(places[0]["available_quantity"]) == max(0, units):
                continue
            wanted = [{"warehouse_id": places[0]["warehouse_id"], "quantity": min(max(0, units), MOST_UNITS)}]
            with suppress(ConnectorError):  # the next push tries again
                self.client.update_inventory(shop_id, str(row["product_id"]), [{"id": row["id"], "inventory": wanted}])
                self.pushed += 1

    def _listed(self, shop_id: str) -> list[str]:
        """Return the shop's SKUs that have stock of their own: what is made of others is not editable."""
        if shop_id not in self.skus:
            products = [row for page in self.client.products(shop_id, updated_from=None) for row in page.rows]
            skus = [sku for product in products for sku in product["skus"]]
            self.skus[shop_id] = [str(sku["id"]) for sku in skus if not sku.get("combined_skus")]
        return self.skus[shop_id]

    def _at_gxo(self) -> dict[str, int]:
        """Return what the newest 846 has on hand."""
        assert self.settings.gxo is not None
        gxo = self.settings.gxo
        with open_gxo(gxo) as folders:
            files = [file for file in folders.list_files(gxo.receive_folder) if file.name.startswith("846_")]
            newest = max(files, key=lambda file: (file.modified_at, file.name), default=None)
            content = folders.read_file(gxo.receive_folder, newest.name) if newest else b""
        return {line.sku: int(line.quantities["17"]) for line in _lines(content)} if content else {}

    def _at_linnworks(self) -> dict[str, int]:
        """Return the stock level of each item that is counted there."""
        with open_linnworks(self.settings, self.state) as client:
            place = str(client.locations().rows[0]["StockLocationId"])
            rows = client.stock_items(place).rows
        return {str(row["ItemNumber"]): int(row["Quantity"]) for row in rows}


def _lines(content: bytes) -> Iterator[Any]:
    for found in read_interchange(content).sets:
        message = read_message(found)
        if isinstance(message, StockSnapshot):
            yield from message.lines
