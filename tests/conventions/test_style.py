"""The house rules that a linter does not know."""

import ast
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
PACKAGES = ("tieout", "connectors", "ingestion", "expectations", "reverse_sync", "orchestration", "sandbox/src")
MODULES = sorted(p for name in PACKAGES for p in (ROOT / name).rglob("*.py") if "versions" not in p.parts)
LONGEST_FILE = 320
LONGEST_FUNCTION = 60
VAGUE = re.compile(r"(^|_)(utils?|helpers?|manager|handler|misc)($|_)|^(base|abstract)_?")
MACHINE = re.compile(r"/(work|root|home|farm)/|\b(TODO|FIXME|XXX)\b")


def shown(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", MODULES, ids=shown)
def test_every_module_says_what_belongs_there(path):
    tree = ast.parse(path.read_text())
    assert ast.get_docstring(tree), f"{shown(path)}: a module docstring says what belongs here and what does not"


@pytest.mark.parametrize("path", MODULES, ids=shown)
def test_files_and_functions_stay_small(path):
    text = path.read_text()
    assert text.count("\n") <= LONGEST_FILE, f"{shown(path)} has {text.count(chr(10))} lines: split it by its two jobs"
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or 0) - node.lineno + 1
            assert length <= LONGEST_FUNCTION, f"{shown(path)}: {node.name} has {length} lines"


@pytest.mark.parametrize("path", MODULES, ids=shown)
def test_names_say_what_a_thing_is(path):
    assert not VAGUE.search(path.stem), f"{shown(path)}: name it after what it does"
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ClassDef):
            name = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", node.name).lower()
            assert not VAGUE.search(name), f"{shown(path)}: {node.name}"


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
