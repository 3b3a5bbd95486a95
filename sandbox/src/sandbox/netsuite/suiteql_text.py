"""SuiteQL's text: what the vendor refuses, and the rewriting of the rest for the engine that answers it.

Belongs here: tokens in, engine SQL out. Does not: tables, running queries. Fact sheet netsuite 8.1: no WITH, no LIMIT,
no square brackets, no date literals, at most 1,000 values in an IN list, `?` parameters bound as strings, BUILTIN.DF.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from sandbox.netsuite.errors import WireError, invalid_parameter
from sandbox.netsuite.schema import TYPES
from sandbox.netsuite.suiteql_columns import TABLES

MAX_IN_VALUES = 1000
_TOKEN = re.compile(
    r"""(?P<space>\s+|--[^\n]*|/\*.*?\*/)|(?P<text>'(?:[^']|'')*')|(?P<quoted>"[^"]*")
    |(?P<number>\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|\.\d+)|(?P<word>[A-Za-z_][A-Za-z0-9_$\#]*)|(?P<mark>::|\|\||<>|!=|<=|>=|.)""",
    re.X | re.S,
)
_REFUSED = {"LIMIT", "QUALIFY", "ILIKE", "PIVOT", "UNPIVOT", "EXCLUDE", "SAMPLE", "TABLESAMPLE", "ASOF", "POSITIONAL"}
_RENAMED = {
    "DECODE": "ns_decode", "NVL": "coalesce",
    "MINUS": "except", "TRUNC": "ns_trunc", "NVL2": "ns_nvl2", "ADD_MONTHS": "ns_add_months",
    "TO_CHAR": "ns_to_char", "TO_DATE": "ns_to_date", "TO_TIMESTAMP": "ns_to_date", "TO_NUMBER": "ns_to_number",
    "SUBSTR": "substring", "SYSDATE": "ns_now()", "SYSTIMESTAMP": "ns_now()", "CURRENT_DATE": "ns_now()",
    "CURRENT_TIMESTAMP": "ns_now()",
}  # fmt: skip
_FORMATTED = {"TO_CHAR", "TO_DATE", "TO_TIMESTAMP"}
_FORMATS = [
    ("YYYY", "%Y"), ("MONTH", "%B"), ("MON", "%b"), ("MM", "%m"), ("DAY", "%A"), ("DY", "%a"), ("DD", "%d"),
    ("HH24", "%H"), ("HH12", "%I"), ("HH", "%I"), ("MI", "%M"), ("SS", "%S"), ("FF3", "%g"), ("FF6", "%f"),
    ("FF", "%f"), ("YY", "%y"), ("AM", "%p"), ("PM", "%p"),
]  # fmt: skip
_FORMAT_PARTS = re.compile('"[^"]*"|' + "|".join(name for name, _ in _FORMATS), re.I)
_STATUS = re.compile(rf"^'({'|'.join(t.code for t in TYPES.values() if t.code)}):([A-Z])'$")
_COMPARISONS = {"=", "<", ">", "<=", ">=", "<>", "!="}
_DATE_COLUMNS = {name for columns in TABLES.values() for name, kind in columns.items() if kind in {"date", "timestamp"}}
_CLAUSES = {"ORDER", "FETCH", "OFFSET", "UNION", "EXCEPT", "INTERSECT", "MINUS"}


@dataclass
class Token:
    """One token; `kind` is text, quoted, number, word or mark."""

    kind: str
    text: str

    @property
    def word(self) -> str:
        """The token in upper case when it is a bare word, else ''."""
        return self.text.upper() if self.kind == "word" else ""


def translate(query: str, parameters: list[str]) -> tuple[str, bool]:
    """Return the engine's SQL, and whether the query pages itself at its end (FETCH FIRST).

    Raises WireError 400 INVALID_PARAMETER for what SuiteQL does not take.
    """
    tokens = _bound(_tokens(query), parameters)
    if not tokens or (tokens[0].word != "SELECT" and tokens[0].text != "("):
        raise refused("Only SELECT statements are supported.")
    _refuse_unsupported(tokens)
    pages_itself = any(token.word == "FETCH" and depth == 0 for token, depth in _with_depth(tokens))
    tokens = _row_numbers(_formats(_ordered_lists(_display_texts(tokens))))
    return " ".join(_rewritten(tokens)), pages_itself


def refused(reason: str) -> WireError:
    """Return the 400 of a query that cannot run."""
    return invalid_parameter(f"Invalid search query. Detailed unprocessed description follows. {reason}")


def display_macro(column: str) -> str:
    """Return the name of the engine function that shows a column's text."""
    return f"ns_df_{column.lower()}"


def _tokens(query: str) -> list[Token]:
    found = (match for match in _TOKEN.finditer(query))
    return [Token(str(m.lastgroup), m.group()) for m in found if m.lastgroup != "space"]


def _bound(tokens: list[Token], parameters: list[str]) -> list[Token]:
    given = iter(parameters)
    bound = []
    for token in tokens:
        if token.text != "?":
            bound.append(token)
            continue
        value = next(given, None)
        if value is None:
            raise refused("Not enough parameters for the placeholders of the query.")
        bound.append(Token("text", "'" + value.replace("'", "''") + "'"))
    return bound


def _refuse_unsupported(tokens: list[Token]) -> None:
    for token, following in zip(tokens, [*tokens[1:], Token("mark", "")], strict=True):
        if token.word in _REFUSED or (token.word == "WITH" and following.word != "TIES"):
            raise refused(f"Unsupported keyword {token.word}.")
        if token.text in {"[", "]", "{", "}", "::", ";", "`", "@", "$"}:
            raise refused(f"Unexpected token '{token.text}'.")
        if token.word in {"DATE", "TIMESTAMP", "INTERVAL"} and following.kind == "text":
            raise refused("Date literals are not supported. Use TO_DATE.")
    _refuse_dates_as_text(tokens)
    for place, token in enumerate(tokens[:-1]):
        if token.word == "IN" and tokens[place + 1].text == "(":
            inside = tokens[place + 2 : _closing(tokens, place + 1)]
            if sum(1 for t, depth in _with_depth(inside) if t.text == "," and depth == 0) >= MAX_IN_VALUES:
                raise refused(f"An IN list takes at most {MAX_IN_VALUES} values.")


def _refuse_dates_as_text(tokens: list[Token]) -> None:
    for left, operator, right in zip(tokens, tokens[1:], tokens[2:], strict=False):
        compares = operator.text in _COMPARISONS or operator.word == "BETWEEN"
        if compares and left.word.lower() in _DATE_COLUMNS and right.kind == "text":
            raise refused(f"Field '{left.text}' is a date and cannot be compared with a text. Use TO_DATE.")


def _display_texts(tokens: list[Token]) -> list[Token]:
    """Turn BUILTIN.DF(t.column) into the display function of that column."""
    result: list[Token] = []
    place = 0
    while place < len(tokens):
        name = tokens[place + 2].word if place + 3 < len(tokens) and tokens[place + 1].text == "." else ""
        if tokens[place].word != "BUILTIN" or not name:
            result.append(tokens[place])
            place += 1
            continue
        if name != "DF":
            raise refused(f"Function BUILTIN.{name} is not available.")
        end = _closing(tokens, place + 3)
        inside = tokens[place + 4 : end]
        if not inside:
            raise refused("BUILTIN.DF takes one column.")
        result += [Token("word", display_macro(inside[-1].text)), Token("mark", "("), *inside, Token("mark", ")")]
        place = end + 1
    return result


def _ordered_lists(tokens: list[Token]) -> list[Token]:
    """Move the order of LISTAGG(...) WITHIN GROUP (ORDER BY ...) into the call."""
    for place, token in enumerate(tokens[:-1]):
        if token.word == "LISTAGG" and tokens[place + 1].text == "(":
            end = _closing(tokens, place + 1)
            if [t.word or t.text for t in tokens[end + 1 : end + 4]] == ["WITHIN", "GROUP", "("]:
                last = _closing(tokens, end + 3)
                order = tokens[end + 4 : last]
                return _ordered_lists([*tokens[:end], *order, tokens[end], *tokens[last + 1 :]])
    return tokens


def _formats(tokens: list[Token]) -> list[Token]:
    """Turn the date format of TO_CHAR, TO_DATE and TO_TIMESTAMP into the engine's."""
    result = list(tokens)
    for place, token in enumerate(tokens[:-1]):
        if token.word in _FORMATTED and tokens[place + 1].text == "(":
            last = _closing(tokens, place + 1) - 1
            if tokens[last].kind == "text" and tokens[last - 1].text == ",":
                result[last] = Token("text", _FORMAT_PARTS.sub(_format_part, tokens[last].text))
    return result


def _format_part(match: re.Match[str]) -> str:
    part = match.group()
    return part.strip('"') if part.startswith('"') else dict(_FORMATS)[part.upper()]


def _row_numbers(tokens: list[Token]) -> list[Token]:
    """Turn `ROWNUM <= n` into a cut that comes after WHERE and before ORDER BY, as ROWNUM itself does."""
    for place, token in enumerate(tokens):
        if token.word == "ROWNUM" and place + 2 < len(tokens) and tokens[place + 1].text in {"<", "<=", "="}:
            test = [Token("mark", f"row_number() over () {tokens[place + 1].text} {tokens[place + 2].text}")]
            rest = tokens[place + 3 :]
            end = _select_end(rest)
            cut = [Token("word", "qualify"), *test]
            return _row_numbers([*tokens[:place], Token("mark", "1 = 1"), *rest[:end], *cut, *rest[end:]])
    return tokens


def _select_end(rest: list[Token]) -> int:
    for place, (token, depth) in enumerate(_with_depth(rest)):
        if depth < 0 or (depth == 0 and token.word in _CLAUSES):
            return place
    return len(rest)


def _rewritten(tokens: list[Token]) -> list[str]:
    texts = []
    for place, token in enumerate(tokens):
        after_dot = place > 0 and tokens[place - 1].text == "."
        status = _STATUS.match(token.text)
        if token.word == "ROWNUM":
            texts.append("row_number() over ()")
        elif status:
            texts.append(f"'{status.group(2)}'")
        elif token.word in _RENAMED and not after_dot:
            texts.append(_RENAMED[token.word])
        else:
            texts.append(token.text)
    return texts


def _closing(tokens: list[Token], opening: int) -> int:
    for place, (token, depth) in enumerate(_with_depth(tokens[opening:]), opening):
        if token.text == ")" and depth == 0:
            return place
    raise refused("Missing a closing parenthesis.")


def _with_depth(tokens: list[Token]) -> list[tuple[Token, int]]:
    depth, result = 0, []
    for token in tokens:
        depth -= token.text == ")"
        result.append((token, depth))
        depth += token.text == "("
    return result
