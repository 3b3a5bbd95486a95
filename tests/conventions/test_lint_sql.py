"""`make check` lints each SQL file until it is clean, and again when it changes.

Belongs here: what is linted. Does not: the rules (.sqlfluff).
"""

from __future__ import annotations

from pathlib import Path

from tests.support.lint_sql import lint

CLEAN = "select id from ids\n"


def test_a_file_is_linted_until_it_is_clean_and_again_when_it_changes(tmp_path: Path) -> None:
    clean, faulty, cache = tmp_path / "clean.sql", tmp_path / "faulty.sql", tmp_path / "cache"
    clean.write_text(CLEAN)
    faulty.write_text("select ID from ids\n")
    for due in (2, 1):
        linted, faults = lint([clean, faulty], cache, processes=1)
        assert linted == due
        assert [fault.split(": ")[1].split()[0] for fault in faults] == ["CP02"]
    faulty.write_text(CLEAN)
    assert lint([clean, faulty], cache, processes=1) == (1, [])
    assert lint([clean, faulty], cache, processes=1) == (0, [])
    clean.write_text("select id from from ids\n")
    assert [fault.split(": ")[1].split()[0] for fault in lint([clean], cache, processes=1)[1]] == ["PRS"]
