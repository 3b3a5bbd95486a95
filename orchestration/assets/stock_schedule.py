"""How often listed stock is corrected: the tenant's usual pace, and a quicker one while an event runs.

Belongs here: whether the stock lane is due at a minute. Does not: what is kept back from sale meanwhile (dbt), or
running anything.
"""

from datetime import datetime

from tieout.settings import Settings


def stock_is_due(settings: Settings, now: datetime) -> bool:
    """Return whether the stock lane runs in the minute of `now` (UTC); peaks.csv and [stock] decide."""
    return int(now.timestamp()) // 60 % minutes_between(settings, now) == 0


def minutes_between(settings: Settings, now: datetime) -> int:
    """Return the minutes between two corrections at `now`: the least that a running event asks for."""
    from ingestion.config.loader import read_config

    running = [
        int(peak["cadence_minutes"])
        for peak in read_config(settings).rows["peaks"]
        if datetime.fromisoformat(peak["starts_at"]) <= now < datetime.fromisoformat(peak["ends_at"])
    ]
    return min([minutes for minutes in running if minutes > 0], default=settings.stock.every_minutes)
