"""The writes of returns on a ladder of kills: `python -m tests.support.return_kills HOME CONTROL_URL`.

Belongs here: the calls, and what vendors hold of them. Does not: the ladder (kills), or any check.
"""

from __future__ import annotations

import sys
from pathlib import Path

from tests.support.kills import Record, Write, kill_run_after_run, planned_by_models

RETURNS = {"tiktok_shop__return_decisions", "zigzag__returns", "linnworks__restocks", "netsuite__credit_memos"}
_DECIDED = "/return_refund/20[0-9]{4}/returns/[0-9]+"


def _refusals(returns: list[Record]) -> int:
    return sum("refused" in entry["description"] or _is_offer_of_parcel(each, entry) for each, entry in _acts(returns))


def _approvals(returns: list[Record]) -> int:
    return len(_acts(returns)) - _refusals(returns)


def _acts(returns: list[Record]) -> list[tuple[Record, Record]]:
    return [(each, entry) for each in returns for entry in each["_records"] if entry["role"] == "SELLER"]


def _is_offer_of_parcel(body: Record, entry: Record) -> bool:
    return bool(body["_delivered_at"]) and "offered" in entry["description"]


def _taken_back(returns: list[Record], *, labelled: bool) -> int:
    return sum(each["status"] == "cancelled" and bool(each["_shipments"]) == labelled for each in returns)


WRITES = {
    "approve": Write("tiktok_shop", "POST", rf"{_DECIDED}/approve", "returns", _approvals),
    "refuse": Write("tiktok_shop", "POST", rf"{_DECIDED}/reject(\?|$)", "returns", _refusals),
    "put an order": Write("zigzag", "POST", "/orders$", "orders", len),
    "open a return order": Write("zigzag", "POST", "/return-orders$", "return_orders", len),
    "announce a return": Write("zigzag", "POST", "/returns$", "returns", len),
    "record a label": Write("zigzag", "POST", "/returns/[^/]+/complete$", "shipments", len),
    "cancel a label": Write("zigzag", "DELETE", "/shipments/", "returns", lambda all: _taken_back(all, labelled=True)),
    "cancel a return": Write("zigzag", "DELETE", "/returns/", "returns", lambda all: _taken_back(all, labelled=False)),
    "book a return": Write("linnworks", "POST", "/ReturnsRefunds/CreateRMABooking", "returns", len),
    "take units in": Write(
        "linnworks",
        "POST",
        "/ReturnsRefunds/ActionRMABooking",
        "returns",
        lambda all: sum(bool(booking["Actioned"]) for booking in all),
    ),
    "book a refund": Write("netsuite", "POST", "/record/v1/creditMemo", "creditMemo", len),
}


if __name__ == "__main__":
    kill_run_after_run(Path(sys.argv[1]), sys.argv[2], WRITES, planned_by_models(RETURNS))
