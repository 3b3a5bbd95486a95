"""Every command of the README and of docs exists as it is written, and what only reads runs on a published world.

Belongs here: the commands that people are asked to type. Does not: queries, one by one (test_documented_queries).
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from orchestration.cli.commands import register
from tests.support.worlds import CONFIG
from tieout.published import open_published
from tieout.settings import load_settings

ROOT = Path(__file__).resolve().parents[3]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
BLOCK = re.compile(r"^ *```sh\n(.*?)^ *```", re.DOTALL | re.MULTILINE)
INLINE = re.compile(r"`(tieout [a-z][^`]*)`")
OPTION = re.compile(r"--[a-z][a-z-]*")
READING = ("payouts", "exceptions", "explain", "outbox", "plan")
IDS = {
    "PAYMENT_ID": "select min(payment_id) from finance.payouts",
    "ORDER_ID": "select min(order_id) from operations.orders",
    "ORDER_NUMBER": "select min(order_id) from operations.orders",
    "RETURN_ID": "select min(return_id) from operations.returns",
}


def lines(block: str) -> Iterator[list[str]]:
    """Yield the words of each line of a shell block; a line with an open quote goes on."""
    text = ""
    for line in block.splitlines():
        text = f"{text}\n{line}" if text else line
        try:
            words = shlex.shlex(text, posix=True, punctuation_chars="|&;<>")
            words.whitespace_split = True
            found = list(words)
        except ValueError:
            continue
        yield found
        text = ""
    assert not text.strip(), f"an open quote: {text}"


def commands(block: str) -> Iterator[list[str]]:
    """Yield each command of a block: a pipe or a semicolon ends one, what it writes to is left out."""
    for words in lines(block):
        one: list[str] = []
        for word in [*words, ";"]:
            if not set(word) <= set("|&;<>"):
                one.append(word)
                continue
            while one and re.fullmatch(r"[A-Z_]+=.*", one[0]):
                one.pop(0)
            if one:
                yield one
            one = ["(target)"] if ">" in word or "<" in word else []


def documented() -> dict[str, list[str]]:
    """Return each distinct tieout command of the shell blocks, by page and words."""
    found = {}
    for path in PAGES:
        for block in BLOCK.findall(path.read_text()):
            for words in commands(block):
                if Path(words[0]).name == "tieout":
                    found.setdefault(" ".join(words[1:]), (path, words[1:]))
    return {f"{path.relative_to(ROOT)}: {text[:70]}": words for text, (path, words) in found.items()}


def inline() -> dict[str, str]:
    """Return each distinct command in running text, by page and words."""
    found: dict[str, Path] = {}
    for path in PAGES:
        for text in INLINE.findall(path.read_text()):
            found.setdefault(" ".join(text.split()), path)
    return {f"{path.relative_to(ROOT)}: {text[:70]}": text for text, path in found.items()}


@pytest.fixture(scope="module")
def app() -> typer.Typer:
    made = typer.Typer()
    register(made)
    return made


def resolved(app: typer.Typer, words: list[str]) -> tuple[Any, list[str]]:
    """Return the command that the words name, and the words behind it."""
    command: Any = typer.main.get_command(app)
    rest = list(words)
    while hasattr(command, "commands"):
        assert rest and rest[0] in command.commands, f"no command {rest[:1]}; there are {sorted(command.commands)}"
        command = command.commands[rest.pop(0)]
    return command, rest


def test_there_are_commands_of_every_kind() -> None:
    found = documented()
    assert len(found) > 40
    assert {words[0] for words in found.values()} >= {*READING, "query", "run", "doctor", "init", "sandbox", "go-live"}


@pytest.mark.parametrize("words", [pytest.param(words, id=name) for name, words in documented().items()])
def test_a_documented_command_parses(app: typer.Typer, words: list[str]) -> None:
    command, rest = resolved(app, words)
    with command.make_context("tieout", rest) as context:
        assert not context.args


@pytest.mark.parametrize("text", [pytest.param(text, id=name) for name, text in inline().items()])
def test_a_command_in_running_text_exists_with_its_options(app: typer.Typer, text: str) -> None:
    command: Any = typer.main.get_command(app)
    for word in text.split()[1:]:
        if not hasattr(command, "commands") or word.startswith(("-", "COMMAND")):
            break
        names = [name for name in word.split("/") if name]
        assert set(names) <= set(command.commands), f"{text}: expected any of {sorted(command.commands)}"
        command = command.commands[names[0]]
    known = {option for parameter in command.params for option in getattr(parameter, "opts", ())}
    assert set(OPTION.findall(text)) <= known | {"--help", "--version", "--install-completion", "--show-completion"}


@pytest.fixture(scope="module")
def ids(tied_out: Path) -> dict[str, str]:
    """An id of each kind that documents name by a word in capitals."""
    with open_published(load_settings(CONFIG, tied_out)) as connection:
        return {name: str(connection.execute(query).fetchall()[0][0]) for name, query in IDS.items()}


@pytest.mark.parametrize(
    "words", [pytest.param(words, id=name) for name, words in documented().items() if words[0] in READING]
)
def test_a_documented_command_that_only_reads_runs(
    app: typer.Typer, words: list[str], tied_out: Path, ids: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TIEOUT_HOME", str(tied_out))
    monkeypatch.setenv("TIEOUT_CONFIG", str(CONFIG))
    done = CliRunner().invoke(app, [ids.get(word, word) for word in words])
    if words[:2] == ["explain", "sku"]:  # no stock is kept in this world
        assert f"names SKU {words[2]!r}" in str(done.exception)
    else:
        assert done.exit_code == 0, f"{words}: {done.output} {done.exception}"


def test_documented_targets_of_make_exist() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = {
        words[1]
        for path in PAGES
        for block in BLOCK.findall(path.read_text())
        for words in commands(block)
        if words[0] == "make" and len(words) > 1
    }
    assert {"demo", "test", "ui"} <= named <= targets
