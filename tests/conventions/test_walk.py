"""docs/walk.md names files, functions and models that are there."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
WALK = (ROOT / "docs" / "walk.md").read_text()


def test_every_function_of_the_walk_is_in_its_file() -> None:
    named = re.findall(r"`([a-z_/0-9]+\.py)` `(\w+)`", WALK)
    assert len(named) > 15
    missing = [
        f"{file} {function}"
        for file, function in named
        if not re.search(rf"def {function}\(", (ROOT / file).read_text() if (ROOT / file).is_file() else "")
    ]
    assert missing == []


def test_every_model_of_the_walk_is_there() -> None:
    models = {path.stem for path in (ROOT / "dbt_project" / "models").rglob("*.sql")}
    named = set(re.findall(r"`((?:stg|int|rec|exc|sync)_\w+|payouts)`", WALK))
    assert len(named) > 10
    assert named <= models
