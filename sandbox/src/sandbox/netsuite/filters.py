"""The `q` language of record lists: `field OP value [AND|OR ...]`, parentheses, AND binding tighter.

Belongs here: parsing a filter and judging one body. Does not: paging. Fact sheet netsuite 4.5: body fields only; dates
are in the account's own format, without a time, and a wrong format is refused as `failed with date format`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any
from zoneinfo import ZoneInfo

from sandbox.netsuite.errors import invalid_parameter
from sandbox.netsuite.schema import RecordType
from sandbox.store import Body

DATE_FORMATS = {
    "M/D/YYYY": "%m/%d/%Y",
    "MM/DD/YYYY": "%m/%d/%Y",
    "D/M/YYYY": "%d/%m/%Y",
    "DD/MM/YYYY": "%d/%m/%Y",
    "DD.MM.YYYY": "%d.%m.%Y",
    "YYYY-MM-DD": "%Y-%m-%d",
}
Test = Callable[[Body], bool]
_TOKEN = re.compile(r'\s*(?:"((?:[^"\\]|\\.)*)"|(\[[^\]]*\])|([()])|([^\s()\[\]"]+))')
_TEXT: dict[str, Callable[[str, str], bool]] = {
    "IS": lambda held, given: held == given,
    "CONTAIN": lambda held, given: given in held,
    "START_WITH": lambda held, given: held.startswith(given),
    "ENDWITH": lambda held, given: held.endswith(given),
    "END_WITH": lambda held, given: held.endswith(given),
}
_ORDER: dict[str, Callable[[Any, Any], bool]] = {
    "EQUAL": lambda held, given: held == given,
    "GREATER": lambda held, given: held > given,
    "GREATER_OR_EQUAL": lambda held, given: held >= given,
    "LESS": lambda held, given: held < given,
    "LESS_OR_EQUAL": lambda held, given: held <= given,
}
# A bare date is the account's midnight: AFTER the 15th takes in all of the 15th behind its first instant.
_DATES: dict[str, Callable[[datetime, datetime], bool]] = {
    "ON": lambda held, given: held.date() == given.date(),
    "AFTER": lambda held, given: held > given,
    "BEFORE": lambda held, given: held < given,
    "ON_OR_AFTER": lambda held, given: held >= given,
    "ON_OR_BEFORE": lambda held, given: held.date() <= given.date(),
}
_LISTS = {"BETWEEN", "WITHIN", "ANY_OF"}


@dataclass(frozen=True)
class _Token:
    text: str
    quoted: bool = False


@dataclass
class Filter:
    """Parses one `q` for a record type, in an account's date format and time zone."""

    record_type: RecordType
    date_format: str
    zone: ZoneInfo

    def parse(self, text: str) -> Test:
        """Return a test over stored bodies. Raises WireError 400 INVALID_PARAMETER."""
        self._tokens = list(_tokens(text))
        self._place = 0
        test = self._either()
        if self._peek() is not None:
            raise _malformed()
        return test

    def _either(self) -> Test:
        tests = [self._both()]
        while self._word() == "OR":
            self._place += 1
            tests.append(self._both())
        return lambda body: any(test(body) for test in tests)

    def _both(self) -> Test:
        tests = [self._one()]
        while self._word() == "AND":
            self._place += 1
            tests.append(self._one())
        return lambda body: all(test(body) for test in tests)

    def _one(self) -> Test:
        if self._word() == "(":
            self._place += 1
            inner = self._either()
            if self._next().text != ")":
                raise _malformed()
            return inner
        name, operator = self._next().text, self._next().text.upper()
        known = self.record_type.fields.get(name.lower())
        if known is None:
            raise invalid_parameter(f"Invalid search query. Field '{name}' does not exist or is not searchable.")
        return self._comparison(known.name, operator, is_date=known.type in {"date", "datetime"})

    def _comparison(self, name: str, operator: str, *, is_date: bool) -> Test:
        positive = re.sub(r"_NOT$", "", operator)
        negated = positive != operator
        if positive == "EMPTY":
            return lambda body: (_plain(body.get(name)) in (None, "")) != negated
        judge = self._judge(positive, is_date=is_date)

        def test(body: Body) -> bool:
            held = _plain(body.get(name))
            return held is not None and judge(held) != negated

        return test

    def _judge(self, operator: str, *, is_date: bool) -> Callable[[Any], bool]:
        given = self._next().text
        values = [item.strip().strip('"') for item in given.strip("[]").split(",")] if operator in _LISTS else [given]
        if is_date:
            return self._dated(operator, [self._midnight(value) for value in values])
        if operator in _ORDER or operator in {"BETWEEN", "WITHIN"}:
            return _ordered(operator, [_decimal(value) for value in values], _held_decimal)
        if operator == "ANY_OF":
            return lambda held: str(held) in values
        if operator not in _TEXT:
            raise invalid_parameter(f"Invalid search query. Unknown operator {operator}.")
        wanted = given.lower()
        return lambda held: _TEXT[operator](str(held).lower(), wanted)

    def _dated(self, operator: str, given: list[datetime]) -> Callable[[Any], bool]:
        if operator in {"WITHIN", "BETWEEN"} and len(given) == 2:
            return lambda held: (at := self._held(held)) is not None and given[0].date() <= at.date() <= given[1].date()
        if operator not in _DATES:
            raise invalid_parameter(f"Invalid search query. Operator {operator} does not fit a date.")
        return lambda held: (at := self._held(held)) is not None and _DATES[operator](at, given[0])

    def _midnight(self, text: str) -> datetime:
        try:
            return datetime.strptime(text, DATE_FORMATS[self.date_format]).replace(tzinfo=self.zone)
        except ValueError as error:
            raise invalid_parameter(
                f"Invalid search query. Parsing of '{text}' failed with date format '{self.date_format}'."
            ) from error

    def _held(self, held: Any) -> datetime | None:
        try:
            instant = datetime.fromisoformat(str(held))
        except ValueError:
            return None
        if "T" not in str(held):
            return instant.replace(tzinfo=self.zone)
        return (instant if instant.tzinfo else instant.replace(tzinfo=UTC)).astimezone(self.zone)

    def _peek(self) -> _Token | None:
        return self._tokens[self._place] if self._place < len(self._tokens) else None

    def _word(self) -> str:
        token = self._peek()
        return "" if token is None or token.quoted else token.text.upper()

    def _next(self) -> _Token:
        token = self._peek()
        if token is None:
            raise _malformed()
        self._place += 1
        return token


def _tokens(text: str) -> list[_Token]:
    tokens, place = [], 0
    while place < len(text.rstrip()):
        match = _TOKEN.match(text, place)
        if match is None:
            raise _malformed()
        quoted, *others = match.groups()
        tokens.append(_Token(quoted, True) if quoted is not None else _Token(next(o for o in others if o)))
        place = match.end()
    return tokens


def _ordered(operator: str, given: list[Any], read: Callable[[Any], Any]) -> Callable[[Any], bool]:
    if operator in {"BETWEEN", "WITHIN"}:
        if len(given) != 2:
            raise _malformed()
        return lambda held: (value := read(held)) is not None and given[0] <= value <= given[1]
    if operator == "ANY_OF":
        return lambda held: read(held) in given
    if operator not in _ORDER:
        raise invalid_parameter(f"Invalid search query. Operator {operator} does not fit the field.")
    return lambda held: (value := read(held)) is not None and _ORDER[operator](value, given[0])


def _plain(held: Any) -> Any:
    """Return what a filter compares: a reference or enum by its id, T/F for a boolean."""
    if isinstance(held, bool):
        return "true" if held else "false"
    return held.get("id") if isinstance(held, dict) else held


def _decimal(text: str) -> Decimal:
    try:
        return Decimal(text)
    except InvalidOperation as error:
        raise invalid_parameter(f"Invalid search query. '{text}' is not a number.") from error


def _held_decimal(held: Any) -> Decimal | None:
    try:
        return Decimal(str(held))
    except InvalidOperation:
        return None


def _malformed() -> Exception:
    return invalid_parameter("Invalid search query. The filter is malformed.")
