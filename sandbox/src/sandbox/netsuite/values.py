"""From a request body to a record body: names matched in any case, values checked and put into their stored form.

Belongs here: one value at a time. Does not: rules that look at several values (balance, periods). Stored forms: money
and numbers as strings of exact digits, references as {id, refName}, dates as YYYY-MM-DD.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any

from sandbox.netsuite.errors import WireError, invalid_content
from sandbox.netsuite.lookup import resolve
from sandbox.netsuite.schema import ENUMS, SYSTEM, Field, RecordType, Sublist
from sandbox.netsuite.shapes import CUSTOM_FIELDS
from sandbox.netsuite.wire import plain
from sandbox.store import Body, Store

CENT = Decimal("0.01")
MOST_DIGITS = 20
_IGNORED = {"links", "refname"}
_CUSTOM_IDS = {name: id for id, name in CUSTOM_FIELDS.items()}


@dataclass
class Incoming:
    """A checked request body. A None value clears a field; a None sublist removes all lines."""

    fields: dict[str, Any] = field(default_factory=dict)
    sublists: dict[str, list[dict[str, Any]] | None] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)


@dataclass
class Reader:
    """Reads one request body. `names` is the PropertyNameValidation: ignore, warning (the default) or error."""

    store: Store
    names: str = "warning"
    warnings: list[str] = field(default_factory=list)

    def read(self, record_type: RecordType, payload: dict[str, Any]) -> Incoming:
        """Return the checked body. Raises WireError 400 at the first bad name or value."""
        sublists = {name.lower(): sublist for name, sublist in record_type.sublists.items()}
        incoming = Incoming(warnings=self.warnings)
        rest = {}
        for name, value in payload.items():
            sublist = sublists.get(name.lower())
            if sublist is None:
                rest[name] = value
            else:
                incoming.sublists[sublist.name] = self._lines(sublist, value)
        incoming.fields = self._properties(record_type.fields, rest, prefix="")
        return incoming

    def _lines(self, sublist: Sublist, value: Any) -> list[dict[str, Any]] | None:
        items = value.get("items") if isinstance(value, dict) else value
        if items is None:
            return None
        if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
            raise invalid_content("A list of lines is expected.", f"{sublist.name}.items")
        return [
            self._properties(sublist.fields, item, prefix=f"{sublist.name}.items[{place}].")
            for place, item in enumerate(items)
        ]

    def _properties(self, fields: dict[str, Field], payload: dict[str, Any], *, prefix: str) -> dict[str, Any]:
        read = {}
        for name, value in payload.items():
            known = fields.get(name.lower())
            if known is None or not self._is_defined(known.name):
                self._unknown(name, prefix + name)
            elif not known.read_only:
                read[known.name] = None if value is None else self._value(known, value, path=prefix + known.name)
        return read

    def _is_defined(self, name: str) -> bool:
        """Return whether this account has a field: custom ones are there as long as their record is."""
        id = _CUSTOM_IDS.get(name)
        if id is None:
            return True
        record = self.store.get(SYSTEM, "customField", id)
        return record is not None and record.body.get("isInactive") is not True

    def _unknown(self, name: str, path: str) -> None:
        if name.lower() in _IGNORED or self.names == "ignore":
            return
        detail = f"Unknown property: {name}."
        if self.names == "error":
            raise WireError(
                400, "NONEXISTENT_FIELD", f"Error while accessing a resource. {detail}", ("o:errorPath", path)
            )
        self.warnings.append(f"{path}: {detail}")

    def _value(self, known: Field, value: Any, *, path: str) -> Any:
        match known.type:
            case "money":
                return plain_money(number(value, path))
            case "number":
                return plain(number(value, path))
            case "integer":
                return int(number(value, path))
            case "boolean":
                return _boolean(value, path)
            case "date":
                return _date(value, path)
            case "datetime":
                return _instant(value, path)
            case "enum":
                return _enum(known.target, value, path)
            case "ref" if known.target != "_any":
                return resolve(self.store, known.target, value, path=path)
            case "text":
                return _text(value, path)
        return _without_decimals(value)


def number(value: Any, path: str) -> Decimal:
    """Return a JSON number, or a string of one, as Decimal."""
    try:
        if isinstance(value, bool) or not isinstance(value, int | Decimal | str):
            raise InvalidOperation
        parsed = Decimal(value)
        if not parsed.is_finite():
            raise InvalidOperation
    except InvalidOperation as error:
        raise invalid_content("Invalid value: a number is expected.", path) from error
    return parsed


def cents(value: Decimal) -> Decimal:
    """Return an amount rounded half up to the currency's two places."""
    return value.quantize(CENT, ROUND_HALF_UP)


def plain_money(value: Decimal) -> str:
    """Return the stored form of an amount."""
    return str(cents(value))


def amount_of(value: Any) -> Decimal:
    """Return a stored amount as Decimal; nothing, or what is no number, counts as zero."""
    try:
        amount = Decimal(str(value)) if value not in (None, "") else Decimal(0)
    except InvalidOperation:
        return Decimal(0)
    return amount if amount.is_finite() and abs(amount.adjusted()) <= MOST_DIGITS else Decimal(0)


def ref_id(body: Body, name: str) -> str:
    """Return the id that a stored reference or status holds, "" when there is none."""
    held = body.get(name)
    return str(held.get("id", "")) if isinstance(held, dict) else str(held or "")


def _boolean(value: Any, path: str) -> bool:
    if isinstance(value, bool):
        return value
    if str(value).upper() in {"T", "TRUE", "F", "FALSE"}:
        return str(value).upper() in {"T", "TRUE"}
    raise invalid_content("Invalid value: true or false is expected.", path)


def _date(value: Any, path: str) -> str:
    try:
        return date.fromisoformat(str(value)).isoformat()
    except ValueError as error:
        raise invalid_content("Invalid date value: the format is YYYY-MM-DD.", path) from error


def _instant(value: Any, path: str) -> str:
    try:
        return datetime.fromisoformat(str(value)).isoformat()
    except ValueError as error:
        raise invalid_content("Invalid date-time value.", path) from error


def _enum(name: str, value: Any, path: str) -> dict[str, str]:
    choices = ENUMS[name]
    given = value.get("id") or value.get("refName") if isinstance(value, dict) else value
    for id, label in choices.items():
        if given in (id, label):
            return {"id": id, "refName": label}
    raise invalid_content(f"Invalid value: {str(given)[:60]} is not one of {', '.join(choices)}.", path)


def _text(value: Any, path: str) -> str:
    if isinstance(value, dict | list):
        raise invalid_content("Invalid value: a text is expected.", path)
    return str(value)


def _without_decimals(value: Any) -> Any:
    if isinstance(value, Decimal):
        return plain(value)
    if isinstance(value, dict):
        return {key: _without_decimals(item) for key, item in value.items()}
    return [_without_decimals(item) for item in value] if isinstance(value, list) else value
