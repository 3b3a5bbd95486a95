"""What we rely on in Shelfwise's reports: a place, a time, and whole counts."""

from __future__ import annotations

from expectations.suites.claims import NATURAL, Suite, each, fields, natural_numbers, present

SUITES = (
    Suite(
        "raw_shelfwise.stock_reports",
        fields("place", "taken_at"),
        [*present("place", "taken_at"), *natural_numbers("on_hand", "reserved")],
        computed={name: each(f"lines[*].{name}", NATURAL) for name in ("on_hand", "reserved")},
    ),
)
