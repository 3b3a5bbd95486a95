"""The parameters of a call, however they were sent.

Belongs here: merging query, form and JSON, forgiving names, and reading values. Does not: any call's meaning.
Fact sheet linnworks 2: a form field's value is JSON, a GUID or string may be bare; names seem to be trimmed and their
case ignored; enums come by name or number; most bodies are keyed by parameter, some wrap everything in `request`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import parse_qsl

from sandbox.linnworks.errors import WireError
from sandbox.linnworks.profile import instant

_GUID = re.compile(r"[0-9a-f]{8}(-?[0-9a-f]{4}){3}-?[0-9a-f]{12}(-[0-9]+)?", re.I)


class Parameters:
    """Named values; names are lower case at every depth."""

    def __init__(self, values: Mapping[str, Any]) -> None:
        """Keep values whose names are folded already (`read`, `folded`)."""
        self.values = dict(values)

    def get(self, name: str) -> Any:
        """Return a value or None; texts that hold a JSON object or list are decoded."""
        value = self.values.get(name.lower())
        if isinstance(value, str) and value.lstrip()[:1] in {"{", "["}:
            try:
                return folded(json.loads(value))
            except ValueError:
                raise WireError(f"Could not deserialize parameter {name}.") from None
        return value

    def text(self, name: str, default: str = "") -> str:
        """Return a text without blanks around it."""
        value = self.values.get(name.lower())
        return default if value is None else str(value).strip()

    def whole(self, name: str, default: int = 0) -> int:
        """Return a whole number. Raises WireError 400 on anything else."""
        shown = self.text(name)
        if not shown:
            return default
        try:
            return int(shown)
        except ValueError:
            raise WireError(f"Invalid value for parameter {name}.") from None

    def flag(self, name: str, default: bool = False) -> bool:
        """Return a boolean."""
        return self.text(name, str(default)).lower() in {"true", "1"}

    def instant(self, name: str) -> int | None:
        """Return epoch seconds, or None when nothing was sent. Raises WireError 400 on no date."""
        shown = self.text(name)
        if not shown:
            return None
        found = instant(shown)
        if found is None:
            raise WireError(f"Invalid value for parameter {name}: not a date.")
        return found

    def guid(self, name: str, default: str | None = None) -> str:
        """Return a GUID in its usual form. Raises WireError 400 when it is missing and has no default, or is none."""
        shown = self.text(name).strip("{}")
        if not shown and default is not None:
            return default
        if not _GUID.fullmatch(shown):
            raise WireError(f"Parameter {name} is missing or not a GUID.")
        plain = shown.lower()
        if "-" in plain:
            return plain
        return "-".join((plain[:8], plain[8:12], plain[12:16], plain[16:20], plain[20:]))

    def rows(self, name: str) -> list[Any]:
        """Return a list. Raises WireError 400 when it is missing or no list."""
        value = self.get(name)
        if not isinstance(value, list):
            raise WireError(f"Value cannot be null. Parameter name: {name}")
        return value

    def guids(self, name: str) -> list[str]:
        """Return a list of GUIDs in order, each once."""
        found = [Parameters({"value": value}).guid("value") for value in self.rows(name)]
        return list(dict.fromkeys(found))

    def objects(self, name: str) -> list[Parameters]:
        """Return a list of objects."""
        return [Parameters(row) for row in self.rows(name) if isinstance(row, dict)]

    def child(self, name: str) -> Parameters:
        """Return an object; empty when none was sent."""
        value = self.get(name)
        return Parameters(value if isinstance(value, dict) else {})

    def choice(self, name: str, names: Sequence[str], default: str = "") -> str:
        """Return an enum's name from its name or number. Raises WireError 400 on others."""
        return _enum(self.text(name), names, default)

    def choices(self, name: str, names: Sequence[str]) -> list[str]:
        """Return a list of enum names; none when nothing was sent."""
        value = self.get(name)
        return [_enum(str(each), names, "") for each in value] if isinstance(value, list) else []

    def unwrapped(self, rule: str, strict: bool) -> Parameters:
        """Return the parameters with the members of a `request` among them.

        `rule` is 'wrapped', 'bare' or '' (no opinion). With `strict`, what breaks the rule counts as not sent.
        """
        request = self.get("request")
        wrapped = isinstance(request, dict)
        if strict and rule == "wrapped" and not wrapped:
            raise WireError("Object reference not set to an instance of an object: request is empty.")
        if not wrapped or (strict and rule == "bare"):
            return self
        return Parameters({**self.values, **request})


def read(query: str, body: bytes, content_type: str) -> Parameters:
    """Return the parameters of a request: query, then form, then JSON.

    Raises:
        WireError: 400 on broken JSON, 415 on a body of another kind.
    """
    pairs = parse_qsl(query, keep_blank_values=True)
    found: dict[str, Any] = _named(pairs)
    if "json" in content_type.lower() or body.lstrip()[:1] == b"{":
        found.update(_object(body))
    elif body:
        kind = content_type.partition(";")[0].strip().lower()
        if kind not in {"", "application/x-www-form-urlencoded"}:
            raise WireError(f"The request entity's media type '{kind}' is not supported for this resource.", status=415)
        found.update(_named(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True)))
    return Parameters(found)


def folded(value: Any) -> Any:
    """Return JSON with all names trimmed and in lower case."""
    if isinstance(value, dict):
        return {str(key).strip().lower(): folded(item) for key, item in value.items()}
    return [folded(item) for item in value] if isinstance(value, list) else value


def _object(body: bytes) -> dict[str, Any]:
    if not body.strip():
        return {}
    try:
        value = json.loads(body)
    except ValueError:
        raise WireError("The request body is not valid JSON.") from None
    return dict(folded(value)) if isinstance(value, dict) else {}


def _named(pairs: Iterable[tuple[str, str]]) -> dict[str, Any]:
    return {name.strip().lower(): _bare(value) for name, value in pairs}


def _bare(value: str) -> Any:
    """Return a form's value; one that is a JSON string loses its quotes."""
    if len(value) < 2 or not value.startswith('"'):
        return value
    try:
        return json.loads(value)
    except ValueError:
        return value


def _enum(shown: str, names: Sequence[str], default: str) -> str:
    if not shown and default:
        return default
    if shown.isdigit() and int(shown) < len(names):
        return names[int(shown)]
    for name in names:
        if name.lower() == shown.lower():
            return name
    raise WireError(f"Requested value '{shown}' was not found.")
