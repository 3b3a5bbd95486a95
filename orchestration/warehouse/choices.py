"""What a person may ask for by name, and what to say when it does not exist.

Belongs here: the catalogue of exceptions, and refusing a name by naming the others. Does not: any row of an answer.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable
from difflib import get_close_matches

from orchestration.accelerator.project import PROJECT_ROOT
from tieout.errors import DataError


def exception_choices() -> dict[str, set[str]]:
    """Return every code, owner and severity of the catalogue; where two owners share a code, each of them."""
    path = PROJECT_ROOT / "dbt_project" / "seeds" / "exception_catalogue.csv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return {
        "code": {row["code"] for row in rows},
        "owner": {owner for row in rows for owner in row["owner"].split("/")},
        "severity": {row["severity"] for row in rows},
    }


def require_known(what: str, asked: str, known: Iterable[str]) -> None:
    """Refuse a name that does not exist.

    Raises:
        DataError: with those that do, and the one that may have been meant.
    """
    valid = sorted(known)
    if asked in valid:
        return
    close = get_close_matches(asked, valid, n=1)
    meant = f"did you mean {close[0]}? " if close else ""
    raise DataError(f"no {what} {asked!r}: {meant}Expected one of {', '.join(valid) or 'none that are known yet'}")
