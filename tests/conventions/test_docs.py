"""The documentation covers what exists: commands, settings, marts, codes, secrets; and its links lead somewhere."""

import csv
import re
import types
import typing
from pathlib import Path

import pytest
import typer
import typer.main
import yaml
from pydantic import BaseModel, SecretStr

from ingestion.config.specs import ACCRUAL_ACCOUNTS, LINE_CLASSES, MEMO, ORDER_ACCOUNTS, SPECIAL_ACCOUNTS, TREATMENTS
from orchestration.cli import commands
from orchestration.steps import holds
from orchestration.warehouse.publish import RAW_TABLES
from reverse_sync.model import LEGAL_TRANSITIONS, OutboxState, PlanAction
from sandbox.faults import KINDS
from sandbox.world.incidents import PLANTERS
from tests.support.environment import EXAMPLE
from tests.support.environment import example as derived_example
from tieout.settings import Settings
from tieout.systems import NAMES

ROOT = Path(__file__).resolve().parent.parent.parent
DOCS = ROOT / "docs"
MODELS = ROOT / "dbt_project" / "models"
PAGES = sorted(
    [*DOCS.rglob("*.md"), *ROOT.glob("*.md"), *ROOT.glob("*/README.md"), *(ROOT / "sandbox").glob("docs/*.md")]
)
CODE = re.compile(r"'([A-Z]{3}-\d{2})'")
RUNBOOK_PARTS = (
    "What it means",
    "What it costs",
    "How to look",
    "How to fix",
    "How to know that it worked",
    "What tieout does",
)
DECISION_PARTS = ("Status", "Context", "Evidence", "Decision", "Consequences")
NOT_OF_SETTINGS = {"TIEOUT_CONFIG", "TIEOUT_HOME"}


def shown(path):
    return str(path.relative_to(ROOT))


def page(name):
    path = DOCS / name
    return path.read_text() if path.is_file() else ""


def sections(text):
    """Return heading -> text below it, up to the next heading of any level."""
    parts = re.split(r"^#{1,4} +(.+)$", text, flags=re.M)
    return {title.strip().strip("`"): body for title, body in zip(parts[1::2], parts[2::2], strict=True)}


def cli_commands():
    app = typer.Typer()
    commands.register(app)

    def walk(command, path):
        children = getattr(command, "commands", None)
        if children:
            for name, child in sorted(children.items()):
                yield from walk(child, f"{path} {name}")
        else:
            yield path, command

    return dict(walk(typer.main.get_command(app), "tieout"))


def options_of(command):
    return {flag for parameter in command.params for flag in parameter.opts if flag.startswith("--")} - {"--help"}


COMMANDS = cli_commands()


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_and_option_is_in_the_command_line_page(name):
    found = sections(page("cli.md"))
    assert name in found, f"docs/cli.md: add a section '## {name}' with its options and an example"
    missing = sorted(options_of(COMMANDS[name]) - set(re.findall(r"--[a-z][a-z-]*", found[name])))
    assert not missing, f"docs/cli.md, section '{name}': add {', '.join(missing)}"


def test_the_command_line_page_names_no_command_or_option_that_is_gone():
    for name, body in sections(page("cli.md")).items():
        if name.startswith("tieout "):
            assert name in COMMANDS, f"docs/cli.md: remove the section '{name}': there is no such command"
            synopsis = body.split("```")[1] if "```" in body else ""
            gone = set(re.findall(r"--[a-z][a-z-]*", synopsis)) - options_of(COMMANDS[name])
            assert not gone, f"docs/cli.md, section '{name}': it has no option {', '.join(sorted(gone))}"


def settings_fields(model, prefix=""):
    for name, field in model.model_fields.items():
        yield f"{prefix}{name}", field
        inner, is_list = section_of(field.annotation)
        if inner:
            yield from settings_fields(inner, f"{prefix}{name}[]." if is_list else f"{prefix}{name}.")


def section_of(annotation):
    is_list = typing.get_origin(annotation) is list
    is_optional = isinstance(annotation, types.UnionType)
    candidates = typing.get_args(annotation) if is_list or is_optional else (annotation,)
    found = [c for c in candidates if isinstance(c, type) and issubclass(c, BaseModel)]
    return (found[0] if found else None), is_list


def is_secret(annotation):
    parts = typing.get_args(annotation) if isinstance(annotation, types.UnionType) else (annotation,)
    return SecretStr in parts


FIELDS = dict(settings_fields(Settings))
LEAVES = {path: field for path, field in FIELDS.items() if not section_of(field.annotation)[0]}
SECRETS = {f"TIEOUT_{path.upper().replace('.', '__')}" for path, field in LEAVES.items() if is_secret(field.annotation)}


@pytest.mark.parametrize("path", LEAVES)
def test_every_setting_is_in_the_settings_page_with_its_default(path):
    rows = [line for line in page("settings.md").splitlines() if line.startswith(f"| `{path}` |")]
    assert rows, f"docs/settings.md: add a row '| `{path}` | meaning, unit | default |'"
    default = LEAVES[path].default
    if LEAVES[path].is_required():
        assert "required" in rows[0], f"docs/settings.md: `{path}` has no default: say 'required'"
    elif default not in (None, "", {}) and LEAVES[path].default_factory is None:
        assert f"`{default}`" in rows[0], f"docs/settings.md: the default of `{path}` is `{default}`"


def test_the_settings_page_names_no_setting_that_is_gone():
    rows = re.findall(r"^\| `([a-z_]+(?:\[\])?(?:\.[a-z_]+(?:\[\])?)*)` \|", page("settings.md"), flags=re.M)
    gone = sorted(set(rows) - set(FIELDS))
    assert not gone, f"docs/settings.md: remove {', '.join(gone)}: no such setting"


def test_the_example_environment_lists_every_secret_and_nothing_unknown():
    example = EXAMPLE.read_text()
    assert example == derived_example(), ".env.example is derived: python -m tests.support.write_definitions"
    listed = set(re.findall(r"^#? ?(TIEOUT_[A-Z0-9_]+)=", example, flags=re.M))
    missing = sorted(SECRETS - listed)
    assert not missing, f"orchestration/systems: SECRETS lacks {', '.join(missing)}"
    known = {f"TIEOUT_{path.upper().replace('.', '__')}" for path in LEAVES} | NOT_OF_SETTINGS
    unknown = sorted(listed - known)
    assert not unknown, f".env.example: {', '.join(unknown)} is no setting (docs/settings.md lists them)"


def mart_columns():
    for path in sorted((MODELS / "marts").rglob("*.yml")):
        for model in (yaml.safe_load(path.read_text()) or {}).get("models", []):
            schema = path.relative_to(MODELS / "marts").parts[0]
            yield f"{schema}.{model['name']}", [column["name"] for column in model.get("columns", [])]
    source = (ROOT / "orchestration" / "steps" / "exceptions.py").read_text()
    columns = re.findall(r"(\w+) (?:varchar|decimal\(18, 4\)|timestamptz|integer)\b", source)
    yield "exceptions.open", [name for name in columns if name not in {"episode", "cleared_at", "proof"}]
    yield "exceptions.history", columns


MARTS = dict(mart_columns())


def test_every_mart_describes_its_columns_in_yaml():
    for path in sorted((MODELS / "marts").rglob("*.sql")):
        name = f"{path.relative_to(MODELS / 'marts').parts[0]}.{path.stem}"
        assert MARTS.get(name), f"{shown(path)}: describe it and its columns in a .yml file beside it"


@pytest.mark.parametrize("name", MARTS)
def test_every_published_column_is_in_the_marts_page(name):
    found = sections(page("marts.md"))
    assert name in found, f"docs/marts.md: add a section '### {name}' with grain, columns and a question with its SQL"
    missing = [column for column in MARTS[name] if f"`{column}`" not in found[name]]
    if name == "exceptions.history":
        missing = [column for column in missing if f"`{column}`" not in found["exceptions.open"]]
    assert not missing, f"docs/marts.md, section '{name}': add {', '.join(missing)}"


def test_the_marts_page_names_no_table_that_is_gone():
    titled = {title for title in sections(page("marts.md")) if re.fullmatch(r"[a-z_]+\.[a-z_]+", title)}
    gone = sorted(titled - set(MARTS) - set(RAW_TABLES))
    assert not gone, f"docs/marts.md: {', '.join(gone)} is not published"
    for table in RAW_TABLES:
        assert f"`{table}`" in page("marts.md"), f"docs/marts.md: say that `{table}` is published too"


def catalogue():
    with (ROOT / "dbt_project" / "seeds" / "exception_catalogue.csv").open(newline="") as file:
        return {row["code"]: row for row in csv.DictReader(file)}


def emitted_codes():
    """Return the codes of the models, and the one under which a failed check is reported."""
    codes = {code for path in (MODELS / "exceptions").rglob("*.sql") for code in CODE.findall(path.read_text())}
    return codes | {holds.CODE}


def test_every_code_the_models_can_emit_has_a_runbook():
    for code in sorted(emitted_codes()):
        assert code in catalogue(), f"dbt_project/seeds/exception_catalogue.csv: add a row for {code}"
        assert (DOCS / "runbooks" / f"{code}.md").is_file(), f"docs/runbooks: write {code}.md"


def test_every_runbook_is_for_a_code_that_is_emitted_and_names_its_owner_and_severity():
    for path in sorted((DOCS / "runbooks").glob("[A-Z]*.md")):
        code, text = path.stem, path.read_text()
        assert code in emitted_codes(), f"{shown(path)}: no model emits {code}: remove the page"
        row = catalogue()[code]
        for word in (*row["owner"].split("/"), row["severity"]):
            assert re.search(rf"\b{word}\b", text.split("## ")[0]), f"{shown(path)}: name {word} above the first part"
        missing = [part for part in RUNBOOK_PARTS if f"## {part}" not in text]
        assert not missing, f"{shown(path)}: add the part '{missing[0]}'"


MAP_WORDS = {*LINE_CLASSES, *SPECIAL_ACCOUNTS, *ORDER_ACCOUNTS, *ACCRUAL_ACCOUNTS, *TREATMENTS, MEMO}
"""What the CSV maps may say of an amount."""


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("settings.md", MAP_WORDS),
        ("reverse-sync.md", {*map(str, PlanAction), *map(str, OutboxState)}),
        ("../sandbox/docs/control.md", {*KINDS, *PLANTERS}),
        ("naming.md", set(NAMES)),
        ("runbooks/index.md", {path.stem for path in (DOCS / "runbooks").glob("[A-Z]*.md")}),
    ],
)
def test_pages_name_every_word_of_a_closed_vocabulary(name, words):
    missing = sorted(word for word in words if not re.search(rf"(?<!\w){re.escape(word)}(?!\w)", page(name)))
    assert not missing, f"docs/{name}: say what {', '.join(missing)} means"


def test_the_reverse_sync_page_draws_exactly_the_legal_transitions():
    drawn = set(re.findall(r"^  (\w+) --> (\w+)", page("reverse-sync.md"), flags=re.M))
    legal = {(str(state), str(to)) for state, others in LEGAL_TRANSITIONS.items() for to in others}
    assert drawn == legal, (
        f"docs/reverse-sync.md, states: draw {legal - drawn or 'no more'}, remove {drawn - legal or 'none'}"
    )


def test_every_decision_is_numbered_and_has_its_parts():
    paths = sorted((DOCS / "decisions").glob("[0-9]*.md"))
    assert [int(path.stem[:4]) for path in paths] == list(range(1, len(paths) + 1)), (
        "docs/decisions: number from 0001 on"
    )
    for path in paths:
        missing = [part for part in DECISION_PARTS if part not in sections(path.read_text())]
        assert not missing, f"{shown(path)}: add the part '{missing[0]}'"


@pytest.mark.parametrize("path", PAGES, ids=shown)
def test_every_link_leads_somewhere(path):
    text = re.sub(r"```.*?```", "", path.read_text(), flags=re.S)
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if re.match(r"[a-z]+:", target):
            continue
        file, _, anchor = target.partition("#")
        linked = (path.parent / file).resolve() if file else path
        assert linked.exists(), f"{shown(path)}: the link {target} leads nowhere"
        if anchor and linked.suffix == ".md":
            assert anchor in anchors(linked), f"{shown(path)}: {shown(linked)} has no heading for #{anchor}"


def anchors(path):
    titles = re.findall(r"^#{1,6} +(.+)$", re.sub(r"```.*?```", "", path.read_text(), flags=re.S), flags=re.M)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}
