"""What the parts of the demo's report are made of: a total, the rows that explain it, the command to run next.

Belongs here: that shape, words for counts, and open exceptions by reader. Does not: what a part says (finance,
operations, engineering).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from orchestration.cli.terminal import show_minutes
from orchestration.warehouse.queries import Row
from tieout.money import show_money

Reader = Literal["Finance", "Operations", "Customer service", "Engineering"]

_READERS: dict[str, Reader] = {
    **dict.fromkeys(("FIN", "TAX"), "Finance"),
    **dict.fromkeys(("ENG", "owner of flow"), "Engineering"),
    "CX": "Customer service",
}
"""Who reads of an exception, by its first owner; of every other owner's, operations."""


@dataclass(frozen=True)
class Part:
    """One reader's part.

    `total`: its sentences, without full stops. `tables`: title and rows of each; those without rows are not shown.
    `commands`: what to run next.
    """

    reader: Reader
    total: Sequence[str]
    tables: Sequence[tuple[str, Sequence[Row]]]
    commands: Sequence[str]


def counted(count: int, what: str) -> str:
    """Return a count with its noun: "order{s} to GXO" becomes '1 order to GXO' or '2,000 orders to GXO'."""
    return f"{count:,} {what.format(s='' if count == 1 else 's')}"


def side_by_side(
    found: Mapping[str, Row], names: Mapping[str, str], lines: Mapping[str, str], *, total: bool
) -> list[Row]:
    """Return a row for each of `lines` (key of a figure, and its words), a column for each shop by name, and the total.

    `found`: figures by shop id, counts or amounts; what a shop lacks is 0.
    """
    rows = []
    for key, words in lines.items():
        figures = {name: found.get(shop, {}).get(key, 0) for shop, name in names.items()}
        rows.append({"": words, **figures, **({"total": sum(figures.values())} if total else {})})
    return rows


def open_for(reader: Reader, exceptions: Sequence[Row]) -> tuple[str, list[Row]]:
    """Return how many of the open exceptions are this reader's and past their clock, and a row per code and currency.

    `exceptions`: as `queries.exception_rows` ranks them; the most urgent of a code is its example.
    """
    ours = [row for row in exceptions if _READERS.get(row["owner"].split("/")[0], "Operations") == reader]
    grouped = defaultdict(list)
    for row in ours:
        grouped[row["code"], row["owner"], row["currency"] or ""].append(row)
    rows = [
        {
            "code": code,
            "owner": owner,
            "open": len(group),
            "at risk": _at_risk(group, currency),
            "most urgent": _example(group[0]),
        }
        for (code, owner, currency), group in sorted(grouped.items())
    ]
    past = sum(_is_past(row) for row in ours)
    reported = f"{counted(len(ours), 'exception{s}')} {'is' if len(ours) == 1 else 'are'} open for {reader.lower()}"
    return f"{reported}, {past:,} of them past the clock" if past else reported, rows


def _at_risk(group: Sequence[Row], currency: str) -> str:
    amount = sum((abs(row["money_at_risk_amount"] or Decimal()) for row in group), Decimal())
    return show_money(amount, currency) if currency else ""


def _is_past(row: Row) -> bool:
    return row["minutes_left"] is not None and row["minutes_left"] < 0


def _example(row: Row) -> str:
    minutes = row["minutes_left"]
    clock = "" if minutes is None else f" ({show_minutes(minutes)}{'' if minutes < 0 else ' left'})"
    return f"{row['entity_type']} {row['entity_id']}: {row['actual']}{clock}"
