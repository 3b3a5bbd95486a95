"""The house rules that a linter does not know."""

import ast
import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
PACKAGES = ("tieout", "connectors", "ingestion", "expectations", "reverse_sync", "orchestration", "sandbox/src")
MODULES = sorted(p for name in PACKAGES for p in (ROOT / name).rglob("*.py") if "versions" not in p.parts)
TREES = {path: ast.parse(path.read_text()) for path in MODULES}
LONGEST_FILE = 320
LONGEST_FUNCTION = 60
VAGUE = re.compile(r"(^|_)(utils?|helpers?|manager|handler|misc)($|_)|^(base|abstract)_?")
MACHINE = re.compile(r"/(work|root|home|farm)/|\b(TODO|FIXME|XXX)\b")


def shown(path: Path) -> str:
    return str(path.relative_to(ROOT))


def test_every_module_says_what_belongs_there():
    silent = [shown(path) for path, tree in TREES.items() if not ast.get_docstring(tree)]
    assert silent == [], "a module docstring says what belongs here and what does not"


def test_files_and_functions_stay_small():
    long = [shown(path) for path in MODULES if path.read_text().count("\n") > LONGEST_FILE]
    assert long == [], "split it by its two jobs"
    functions = [
        f"{shown(path)}: {node.name}"
        for path, tree in TREES.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (node.end_lineno or 0) - node.lineno + 1 > LONGEST_FUNCTION
    ]
    assert functions == []


def test_names_say_what_a_thing_is():
    vague = [shown(path) for path in MODULES if VAGUE.search(path.stem)]
    for path, tree in TREES.items():
        classes = [node.name for node in ast.walk(tree) if isinstance(node, ast.ClassDef)]
        snake = {name: re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower() for name in classes}
        vague += [f"{shown(path)}: {name}" for name, words in snake.items() if VAGUE.search(words)]
    assert vague == [], "name it after what it does"


def test_sql_models_stay_small():
    for path in (ROOT / "dbt_project" / "models").rglob("*.sql"):
        assert path.read_text().count("\n") <= 140, f"{shown(path)} is too long: one idea a model"


def test_the_top_of_orchestration_is_its_rooms():
    files = sorted(path.name for path in (ROOT / "orchestration").glob("*.py"))
    assert files == ["__init__.py", "definitions.py"], "put it into the room that it belongs to"


def test_nothing_names_a_machine_or_leaves_a_mark():
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    for name in listed.stdout.split():
        path = ROOT / name
        if path.suffix in {".py", ".sql", ".md", ".yml", ".toml", ".sh"} and path.is_file() and path != Path(__file__):
            found = MACHINE.search(path.read_text())
            assert not found, f"{name}: {found.group(0)!r}"
