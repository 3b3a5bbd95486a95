"""What the demo prints at its end, for its readers: each part a total, the rows that explain it, what to run next.

Belongs here: the order of the parts, and how one is shown. Does not: what a part says (finance, operations,
returns, engineering).
"""

from __future__ import annotations

from datetime import UTC, datetime

from orchestration.cli.terminal import out, show_rows
from orchestration.demo.engineering import WorldCount, engineering_part
from orchestration.demo.finance import finance_part
from orchestration.demo.operations import late_orders, operations_part
from orchestration.demo.returns import returns_part
from orchestration.demo.run import Tally
from orchestration.demo.tables import Part
from orchestration.warehouse.queries import exception_rows, fetch, reading
from tieout.settings import Settings

_AS_OF = "select max(window_to) as as_of from audit.coverage where system = 'tiktok_shop'"


def report_parts(settings: Settings, tally: Tally, world: WorldCount, *, seconds: float) -> list[Part]:
    """Return the parts, from what is published; `seconds`: how long the demo took.

    Raises:
        DataError: when nothing is published.
    """
    names = {shop.shop_id: shop.name for shop in settings.tiktok_shop.shops}
    exceptions = exception_rows(settings, code=None, history=False)
    with reading(settings) as connection:
        now = fetch(connection, _AS_OF)[0]["as_of"]
        late = sum(row["orders"] for row in late_orders(connection, since=tally.connected_at, now=now))
        return [
            finance_part(connection, names, exceptions),
            operations_part(connection, names, exceptions, since=tally.connected_at, now=now),
            returns_part(connection, names, exceptions),
            engineering_part(connection, exceptions, late=late, tally=tally, world=world, seconds=seconds),
        ]


def print_report(parts: list[Part], world: WorldCount) -> None:
    """Print the parts, after the instant that the world's clock shows."""
    now = datetime.fromtimestamp(int(world.counters["now"]), UTC)
    out.print(f"The world's clock shows {now:%a %d %b %Y %H:%M} UTC; every time below is by it.", soft_wrap=True)
    for number, part in enumerate(parts, start=1):
        out.print(f"\n[bold]{number}. {part.reader}[/bold]")
        for sentence in part.total:
            out.print(f"{sentence}.")
        for title, rows in part.tables:
            if rows:
                out.print()
                show_rows(rows, as_json=False, title=title)
        out.print("\nRun next:")
        for command in part.commands:
            out.print(f"  {command if command.startswith('make') else f'.venv/bin/{command}'}", soft_wrap=True)
