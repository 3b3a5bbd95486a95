"""A plain stock pusher, as many shops run one: what the warehouse has on hand becomes what TikTok Shop lists.

Belongs here: the yardstick of bench/oversold.py, on the same wires as tieout. Does not: anything tieout does about
stock. It reads the newest 846 of GXO, the stock levels of Linnworks and NetSuite and what NewStore's nodes can promise,
and sets every SKU that lists another figure: no orders in flight are taken off, no buffer is kept, nothing is rolled
forward, nothing is held back.
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from connectors.gxo.client import open_gxo
from connectors.gxo.messages import StockSnapshot
from connectors.gxo.reading import read_message
from connectors.gxo.x12 import read_interchange
from connectors.linnworks.client import open_linnworks
from connectors.netsuite.client import open_netsuite
from connectors.newstore.client import open_newstore
from connectors.tiktok_shop.client import TikTokShopClient, open_tiktok_shop
from connectors.transport.errors import ConnectorError
from tieout.settings import Settings
from tieout.state import State

MOST_UNITS = 99_999
_LEVELS = (
    "SELECT l.item, i.itemid, l.quantityonhand FROM inventoryitemlocations l INNER JOIN item i ON i.id = l.item"
    " WHERE l.location = ? ORDER BY l.item"
)


@dataclass
class PlainPusher:
    """Pushes the stock of each row of locations.csv to the shop's warehouse."""

    settings: Settings
    state: State
    client: TikTokShopClient = field(init=False)
    skus: dict[str, list[str]] = field(default_factory=dict)
    pushed: int = 0

    def __post_init__(self) -> None:
        self.client = open_tiktok_shop(self.settings, self.state)

    def push(self) -> None:
        """Set every SKU that lists another figure than its warehouse has on hand."""
        reading: dict[str, Callable[[str], Counter[str]]] = {
            **{"gxo": self._at_gxo, "linnworks": self._at_linnworks},
            **{"netsuite": self._at_netsuite, "newstore": self._at_newstore},
        }
        with (self.settings.config_dir / "locations.csv").open() as file:
            rows = list(csv.DictReader(file))
        for shop_id in sorted({row["shop_id"] for row in rows}):
            of_shop = [row for row in rows if row["shop_id"] == shop_id]
            with suppress(ConnectorError):
                on_hand = {row["warehouse_id"]: reading[row["system"]](row["location"]) for row in of_shop}
                self._push(shop_id, on_hand)

    def close(self) -> None:
        """Close the connection."""
        self.client.close()

    def _push(self, shop_id: str, on_hand: dict[str, Counter[str]]) -> None:
        for row in self.client.inventory(shop_id, self._listed(shop_id)).rows:
            listed = {place["warehouse_id"]: int(place["available_quantity"]) for place in row["warehouse_inventory"]}
            wanted = {
                place: _units(on_hand.get(place, Counter()), row["seller_sku"], listed[place]) for place in listed
            }
            if wanted == listed:
                continue
            places = [{"warehouse_id": place, "quantity": units} for place, units in wanted.items()]
            with suppress(ConnectorError):  # the next push tries again
                self.client.update_inventory(shop_id, str(row["product_id"]), [{"id": row["id"], "inventory": places}])
                self.pushed += 1

    def _listed(self, shop_id: str) -> list[str]:
        """Return the shop's SKUs that have stock of their own: what is made of others is not editable."""
        if shop_id not in self.skus:
            products = [row for page in self.client.products(shop_id, updated_from=None) for row in page.rows]
            skus = [sku for product in products for sku in product["skus"]]
            self.skus[shop_id] = [str(sku["id"]) for sku in skus if not sku.get("combined_skus")]
        return self.skus[shop_id]

    def _at_gxo(self, _location: str) -> Counter[str]:
        """Return what the newest 846 has on hand."""
        assert self.settings.gxo is not None
        gxo = self.settings.gxo
        with open_gxo(gxo) as folders:
            files = [file for file in folders.list_files(gxo.receive_folder) if file.name.startswith("846_")]
            newest = max(files, key=lambda file: (file.modified_at, file.name), default=None)
            content = folders.read_file(gxo.receive_folder, newest.name) if newest else b""
        return Counter({line.sku: int(line.quantities["17"]) for line in _lines(content)} if content else {})

    def _at_linnworks(self, _location: str) -> Counter[str]:
        """Return the stock level of each item that is counted there."""
        with open_linnworks(self.settings, self.state) as client:
            place = str(client.locations().rows[0]["StockLocationId"])
            rows = client.stock_items(place).rows
        return Counter({str(row["ItemNumber"]): int(row["Quantity"]) for row in rows})

    def _at_netsuite(self, location: str) -> Counter[str]:
        """Return what a location has on hand of each item."""
        with open_netsuite(self.settings, self.state) as client:
            rows = [row for page in client.suiteql(_LEVELS, [location]) for row in page.rows]
        return Counter({str(row["itemid"]): int(row.get("quantityonhand") or 0) for row in rows})

    def _at_newstore(self, location: str) -> Counter[str]:
        """Return what the nodes of a location can promise together."""
        found: Counter[str] = Counter()
        with open_newstore(self.settings, self.state) as client:
            for row in client.availabilities().rows:
                if row["fulfillment_node_id"] in location.split("+"):
                    found[str(row["product_id"])] += int(row["atp"])
        return found


def _units(on_hand: Counter[str], sku: str, listed: int) -> int:
    """Return what to list: what is on hand, or what is listed where the warehouse does not count the SKU."""
    return min(max(0, on_hand[sku]), MOST_UNITS) if sku in on_hand else listed


def _lines(content: bytes) -> Iterator[Any]:
    for found in read_interchange(content).sets:
        message = read_message(found)
        if isinstance(message, StockSnapshot):
            yield from message.lines
