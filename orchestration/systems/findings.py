"""What doctor finds, and what all of its questions need.

Belongs here: a finding, and how one is worded. Does not: any question.
"""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

from ingestion.config.loader import Configuration
from tieout.clock import utc_now
from tieout.settings import Settings

MOST_NAMED = 40


@dataclass(frozen=True)
class Finding:
    """One thing looked at. `verdict` is ok, wrong or unreachable; `remedy` says what to do."""

    subject: str
    verdict: str
    found: str
    remedy: str = ""


Looked = tuple[str, list[Finding]]
"""What was seen where all is well, and what is wrong."""


def in_force(found: Configuration, entity: str) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield the rows of a map that hold today or later, each with its line."""
    today = utc_now().date().isoformat()
    for line, row in zip(found.lines[entity], found.rows[entity], strict=True):
        if not row["valid_to"] or row["valid_to"] >= today:
            yield line, row


def of_shop(settings: Settings, message: str, remedy: str, *, subject: str) -> Finding:
    """Return what is wrong with a shop of the settings."""
    return Finding(subject, "wrong", f"{settings.config_dir / 'tieout.toml'}: tiktok_shop.shops: {message}", remedy)


def one_of(known: Collection[str], value: str) -> str:
    """Return what is known, or of a long list what is nearest to a value."""
    if len(known) <= MOST_NAMED:
        return f"one of {', '.join(known)}" if known else "none"
    near = difflib.get_close_matches(value, list(known), n=3, cutoff=0.5)
    return f"one of its {len(known)}" + (f", perhaps {' or '.join(near)}" if near else "")
