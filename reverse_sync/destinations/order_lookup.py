"""Orders and packages as TikTok Shop shows them at the moment of sending: the last check of every destination.

Belongs here: the methods, whoever provides them. Does not: any destination, or the connector itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol


class OrderPage(Protocol):
    """Orders as TikTok Shop shows them."""

    @property
    def rows(self) -> list[dict[str, Any]]:
        """The orders found."""
        ...


class OrderLookup(Protocol):
    """The methods every destination uses of `connectors.tiktok_shop.client.TikTokShopClient`."""

    def orders(self, shop_id: str, ids: Sequence[str]) -> OrderPage:
        """Return the orders with these ids."""
        ...

    def close(self) -> None:
        """Close connections."""
        ...


class Package(Protocol):
    """A package as TikTok Shop shows it."""

    @property
    def data(self) -> dict[str, Any]:
        """Its fields."""
        ...


class PackageLookup(Protocol):
    """The methods of the same client about packages."""

    def package(self, shop_id: str, package_id: str) -> Package:
        """Return one package."""
        ...

    def close(self) -> None:
        """Close connections."""
        ...
