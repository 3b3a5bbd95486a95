"""One business request as an endpoint sees it, after the gateway let it through.

Belongs here: the parsed parts and how to read them. Does not: authentication or answers.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from sandbox.store import Body, Record, Store
from sandbox.tiktok_shop.envelope import ApiError, invalid


@dataclass(frozen=True)
class Request:
    """A request. `shop` is None on endpoints without shop_cipher; `query` holds decoded values in order.

    `host` is the name and port that were called.
    """

    store: Store
    version: str
    query: dict[str, list[str]]
    body: bytes = b""
    shop: Record | None = None
    path: dict[str, str] = field(default_factory=dict)
    host: str = ""

    @property
    def shop_id(self) -> str:
        """The id of the shop the cipher names."""
        if self.shop is None:
            raise ValueError("an endpoint that reads a shop must be declared with needs_cipher")
        return self.shop.id

    def json(self) -> dict[str, Any]:
        """Return the body's JSON object, {} for an empty body. Raises ApiError 36009022 when it is none.

        `[]` counts as an object without fields: PHP clients write an empty filter so.
        """
        try:
            parsed = json.loads(self.body) if self.body.strip() else {}
        except ValueError:
            parsed = None
        if parsed == []:
            return {}
        if not isinstance(parsed, dict):
            raise ApiError(36009022, "The request body must be a JSON object", 400)
        return parsed

    def listed(self, key: str) -> list[str]:
        """Return a list parameter: one comma-joined value or repeated keys (fact sheet tiktok_shop 1.3)."""
        return [part.strip() for value in self.query.get(key, []) for part in value.split(",") if part.strip()]

    def required(self, key: str) -> list[str]:
        """Return a mandatory list parameter. Raises ApiError 36009004 when it is empty."""
        values = self.listed(key)
        if not values:
            raise invalid(f"{key} is a required field")
        return values


Answer = Callable[[Request], Body]


@dataclass(frozen=True)
class Endpoint:
    """One row of the vendor's endpoint table. `path` has the version as {version}."""

    method: str
    path: str
    versions: tuple[str, ...]
    scope: str
    answer: Answer
    needs_cipher: bool = True

    @property
    def category(self) -> str:
        """The first path segment: order, finance, ..."""
        return self.path.split("/")[1]
