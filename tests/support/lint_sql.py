"""sqlfluff over all SQL of the dbt project, and nothing twice: `python -m tests.support.lint_sql`.

A file found clean is not linted again before it, a macro that it calls, the rules or sqlfluff changes: its SQL depends
on nothing else. Belongs here: which files are due, and what was clean. Does not: rules (.sqlfluff).
"""

from __future__ import annotations

import gc
import hashlib
import re
import sys
from collections.abc import Iterable, Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

from sqlfluff.core import FluffConfig, Linter

# A quarter of the time went to looking for garbage in trees that live until their file is done. The worker processes
# import this module too.
gc.set_threshold(500_000, 10, 10)

ROOT = Path(__file__).resolve().parents[2]
CACHE = ROOT / ".sqlfluff_cache"
FOLDERS = ("models", "tests")


def lint(files: Iterable[Path], cache: Path, *, processes: int = 2) -> tuple[int, list[str]]:
    """Return how many of these files were linted, and every fault in them; `cache` remembers the clean ones."""
    known = set(cache.read_text().split()) if cache.exists() else set()
    macros = _macros()
    keys = {path: _key(path, macros) for path in files}
    due = [path for path, key in keys.items() if key not in known]
    found = _faults(due, processes) if due else {}
    clean = {key for path, key in keys.items() if not found.get(path)}
    cache.write_text("\n".join(sorted(clean)) + "\n")
    return len(due), [fault for faults in found.values() for fault in faults]


def _faults(files: list[Path], processes: int) -> dict[Path, list[str]]:
    config = FluffConfig.from_root(extra_config_path=str(ROOT / ".sqlfluff"))
    names, processes = tuple(map(str, files)), min(processes, len(files))
    result = Linter(config=config).lint_paths(names, processes=processes, retain_files=False)
    read = {Path(str(each["filepath"])): each["violations"] for each in result.as_records()}
    return {
        path: [_shown(path, fault) for fault in read[path]] if path in read else [f"{path}: sqlfluff could not lint it"]
        for path in files
    }


def _shown(path: Path, fault: Mapping[str, Any]) -> str:
    return f"{path}:{fault['start_line_no']}:{fault['start_line_pos']}: {fault['code']} {fault['description']}"


def _key(path: Path, macros: Mapping[str, str]) -> str:
    """Return a hash of all that a file's SQL is made of: the rules, the file, and every macro that it calls."""
    text = path.read_text()
    used = _called(text, macros)
    while len(used) < len(used := used | {name for call in used for name in _called(macros[call], macros)}):
        pass
    rules = version("sqlfluff"), (ROOT / ".sqlfluff").read_text()
    return hashlib.sha256(repr((rules, path.stem, text, [macros[name] for name in sorted(used)])).encode()).hexdigest()


def _called(text: str, macros: Mapping[str, str]) -> set[str]:
    return set(re.findall(r"\w+", text)) & macros.keys()


def _macros() -> dict[str, str]:
    """Return every macro's text by its name."""
    texts = [path.read_text() for path in sorted((ROOT / "dbt_project" / "macros").rglob("*.sql"))]
    found = (re.finditer(r"{%-?\s*macro\s+(\w+).*?endmacro", text, re.DOTALL) for text in texts)
    return {match[1]: match[0] for matches in found for match in matches}


if __name__ == "__main__":
    everything = sorted(path for name in FOLDERS for path in (ROOT / "dbt_project" / name).rglob("*.sql"))
    linted, faults = lint(everything, CACHE)
    reported = f"sqlfluff: {len(everything)} files, {linted} of them new or changed, {len(faults)} faults"
    sys.stdout.write("\n".join([*faults, reported]) + "\n")
    sys.exit(bool(faults))
