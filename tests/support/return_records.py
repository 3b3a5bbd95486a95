"""What the stand-ins' records say of returns, read without a model.

Belongs here: figures of the records that TikTok Shop's and the portal's stand-ins hold. Does not: what marts say.
"""

from __future__ import annotations

import csv
from typing import Any

from tests.support.worlds import World
from tieout.settings import Settings

REFUNDED = (
    "RETURN_OR_REFUND_REQUEST_COMPLETE",
    "REPLACEMENT_REQUEST_REFUND_SUCCESS",
    "EXCHANGE_REQUEST_REFUND_SUCCESS",
)


def requested(world: World) -> dict[str, dict[str, Any]]:
    """Return TikTok Shop's returns by id."""
    return {row["return_id"]: row for row in world.records("tiktok_shop", "returns")}


def skus_of(row: dict[str, Any]) -> list[str]:
    return [line["seller_sku"] for line in row["return_line_items"]]


def in_truth(world: World, code: str) -> set[str]:
    """Return the entities of which the stand-in's own answer sheet holds a code."""
    return {each["entity_id"] for each in world.call("GET", "/_sandbox/truth") if each["code"] == code}


def graded_unfit(world: World, settings: Settings) -> set[str]:
    """Return the returns of which the portal says that a unit is not to be sold again."""
    with (settings.config_dir / "grades.csv").open() as file:
        fit = {(row["condition"], row["disposition"]) for row in csv.DictReader(file) if row["is_sellable"] == "yes"}
    return {
        row["externalReturnRef"]
        for row in world.records("zigzag", "returns")
        for line in row["lines"]
        if line["gradedAt"] and (line["condition"], line["disposition"]) not in fit
    }
