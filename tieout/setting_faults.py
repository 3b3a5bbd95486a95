"""What is wrong with a setting, worded so that its place, the value found and the valid values are known.

Belongs here: from a validation error to sentences, never with a secret in them. Does not: which values are valid
(sections, settings).
"""

from __future__ import annotations

import difflib
import os
import re
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any, get_args

from pydantic import BaseModel, SecretStr, ValidationError
from pydantic_settings import SettingsError

from tieout.errors import ConfigError

_NO_KEY = re.compile(r"[\[(]")  # pydantic names a union's branches like str | function-after[_known_zone(), str]
_SHOWN = frozenset(
    {
        *("literal_error", "greater_than", "greater_than_equal", "less_than_equal", "string_too_long"),
        *("int_parsing", "int_from_float", "float_parsing", "bool_parsing", "decimal_parsing"),
    }
)
"""Kinds of errors that no secret can have: their values are shown."""


def unusable(
    error: ValidationError, source: Path, *, model: type[BaseModel], home: Path, moved: Mapping[str, str] | None = None
) -> ConfigError:
    """Return what is wrong with the settings of `source`, a line per setting.

    `moved`: keys of former releases, and the key that each is now.
    """
    found: dict[str, str] = {}
    for problem in error.errors(include_url=False):
        path = [part for part in problem["loc"] if isinstance(part, int) or not _NO_KEY.search(part)]
        # The first branch of a union says what is meant, the others only that nothing is fine as well.
        name = _spoken(path)
        if new_name := (moved or {}).get(name):
            message = f"{name}: is now {new_name}; move the value there{_elsewhere(path, source, home)}"
        else:
            message = _sentence(problem, path, source=source, model=model, home=home)
        found.setdefault(name, message)
    return ConfigError("\n".join([f"{source} cannot be used:", *(f"  {message}" for message in found.values())]))


def no_json(error: SettingsError) -> ConfigError:
    """Return which variable of the environment is to hold a list or table, and holds no JSON."""
    field = re.search(r'field "(\w+)"', str(error))
    section = f"TIEOUT_{field.group(1).upper()}" if field else "TIEOUT_"
    names = sorted(name for name in os.environ if name.upper().startswith(section))
    return ConfigError(
        f"{' or '.join(names) or error}: no JSON; give the whole value as JSON, or its keys in tieout.toml instead"
    )


def meant(name: str, known: Collection[str]) -> str:
    """Return which known name may have been meant, as a question, or what the names are."""
    near = difflib.get_close_matches(name, known, n=1)
    if near:
        return f"did you mean {near[0]}?"
    return f"expected one of {', '.join(sorted(known))}" if known else "take it out"


def _sentence(problem: Any, path: list[int | str], *, source: Path, model: type[BaseModel], home: Path) -> str:
    kind, context = problem["type"], problem.get("ctx") or {}
    name = _spoken(path)
    if not name:
        return str(problem["msg"]).removeprefix("Value error, ")
    if kind == "missing":
        return f"{name} is missing: {_where_to_put(path, source, home, is_secret=_is_secret(model, path))}"
    if kind == "extra_forbidden":
        *above, last = path
        known = {key for key, _ in _fields(model, above)}
        return f"{name}: no such key; {meant(str(last), known)}{_elsewhere(path, source, home)}"
    value = f", found {str(problem['input'])[:60]!r}" if kind in _SHOWN else ""
    return f"{name}: {_expected(problem, context)}{value}{_elsewhere(path, source, home)}"


def _expected(problem: Any, context: Mapping[str, Any]) -> str:
    match problem["type"]:
        case "value_error":
            return str(context["error"])
        case "literal_error":
            return f"expected {context['expected']}"
        case "greater_than":
            return f"expected more than {context['gt']:g}"
        case "greater_than_equal":
            return f"expected at least {context['ge']}"
        case "less_than_equal":
            return f"expected at most {context['le']}"
        case "int_parsing" | "int_from_float":
            return "expected a whole number"
        case "float_parsing" | "decimal_parsing":
            return "expected a number"
        case "string_too_short" | "too_short":
            return "is empty, expected a value"
        case "string_type":
            return "expected text: put it into quotes"
    return str(problem["msg"])


def _spoken(path: list[int | str]) -> str:
    """Return a setting as people look for it: `tiktok_shop.shops 1: region`, counted from one."""
    message = ""
    for part in path:
        message += f" {part + 1}" if isinstance(part, int) else f"{': ' if message[-1:].isdigit() else '.'}{part}"
    return message.removeprefix(".")


def _elsewhere(path: list[int | str], source: Path, home: Path) -> str:
    """Return where a value is set when not in the settings file: environment and secret files win over it."""
    variable, secret = _variable(path), home / "secrets" / _joined(path)
    if variable.lower() in {name.lower() for name in os.environ}:
        return f" (it is set in {variable}, not in {source})"
    return f" (it is set in {secret}, not in {source})" if secret.is_file() else ""


def _where_to_put(path: list[int | str], source: Path, home: Path, *, is_secret: bool) -> str:
    if is_secret:
        return f"put it into the secret file {home / 'secrets' / _joined(path)} or {_variable(path)}"
    return f"set it in {source}"


def _variable(path: list[int | str]) -> str:
    return f"TIEOUT_{_joined(path)}".upper()


def _joined(path: list[int | str]) -> str:
    return "__".join(str(part) for part in path)


def _is_secret(model: type[BaseModel], path: list[int | str]) -> bool:
    *above, last = path
    return any(key == last and SecretStr in kinds for key, kinds in _fields(model, above))


def _fields(model: type[BaseModel], path: list[int | str]) -> Iterator[tuple[str, set[Any]]]:
    """Yield the keys of the section at a path, each with the types that its value may have."""
    for part in path:
        if isinstance(part, int):
            continue
        field = model.model_fields.get(part)
        found = _types(field.annotation) if field else set()
        sections = [kind for kind in found if isinstance(kind, type) and issubclass(kind, BaseModel)]
        if not sections:
            return
        model = sections[0]
    for key, field in model.model_fields.items():
        yield key, _types(field.annotation)


def _types(annotation: Any) -> set[Any]:
    """Return a type and all that it is made of."""
    return {annotation}.union(*(_types(part) for part in get_args(annotation)))
