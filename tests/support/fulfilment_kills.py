"""The writes of fulfilment on a ladder of kills: `python -m tests.support.fulfilment_kills HOME CONTROL_URL`.

Belongs here: the calls, and what vendors hold of them. Does not: the ladder (kills), or any check.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from reverse_sync.registry import SYNCS
from reverse_sync.sync import RETURN_LANE
from tests.support.kills import Record, Write, kill_run_after_run, planned_by_models


def _files(mark: str) -> Callable[[list[Record]], Any]:
    return lambda files: sum(mark in file["name"] and not file["name"].endswith(".tmp") for file in files)


def _cases(status: str) -> Callable[[list[Record]], Any]:
    return lambda cases: sum(case["cancel_status"] == f"CANCELLATION_REQUEST_{status}" for case in cases)


def tracking(order: Record) -> str:
    """Return the tracking number of an order in Linnworks."""
    return str(order["ShippingInfo"].get("TrackingNumber") or "")


def _waiting(packages: list[Record]) -> int:
    return sum(package["package_status"] == "TO_FULFILL" for package in packages)


_PACKAGES = "/fulfillment/202512/packages"
WRITES = {
    "set stock": Write(
        "tiktok_shop",
        "POST",
        "/inventory/update",
        "inventory",
        lambda skus: {sku["id"]: sku["warehouse_inventory"] for sku in skus},
    ),
    "approve": Write("tiktok_shop", "POST", "/approve", "cancellations", _cases("SUCCESS")),
    "reject": Write("tiktok_shop", "POST", "/reject", "cancellations", _cases("CANCEL")),
    "buy a label": Write("tiktok_shop", "POST", rf"{_PACKAGES}(\?|$)", "packages", len),
    "arrange a package": Write("tiktok_shop", "POST", r"/packages/\d+/ship\b", "packages", _waiting),
    "correct a number": Write(
        "tiktok_shop", "POST", "/shipping_info/update", "packages", lambda all: {p["tracking_number"] for p in all}
    ),
    "tell a parcel": Write("tiktok_shop", "POST", r"/orders/\d+/packages", "packages", len),
    "upload a file": Write(
        "gxo", "close", "/in/940_", "files", lambda all: sum(f["name"].endswith(".tmp") for f in all)
    ),
    "stop an order at GXO": Write("gxo", "rename", "_2F_", "files", _files("_2F_")),
    "send an order to GXO": Write("gxo", "rename", "_1N_", "files", _files("_1N_")),
    "save orders": Write("linnworks", "POST", "/api/Orders/CreateOrders", "orders", len),
    "put a label's number": Write(
        "linnworks",
        "POST",
        "/api/Orders/SetOrderShippingInfo",
        "orders",
        lambda all: sum(map(bool, map(tracking, all))),
    ),
    "cancel an order": Write(
        "linnworks", "POST", "/api/Orders/CancelOrder", "orders", lambda all: sum(bool(o["Processed"]) for o in all)
    ),
}
# The world of the ladder has a shop at GXO and one at Linnworks.
FULFILMENT = {
    sync.name
    for sync in SYNCS
    if sync.lane < RETURN_LANE and sync.name.partition("__")[0] in {write.system for write in WRITES.values()}
}

if __name__ == "__main__":
    kill_run_after_run(Path(sys.argv[1]), sys.argv[2], WRITES, planned_by_models(FULFILMENT))
