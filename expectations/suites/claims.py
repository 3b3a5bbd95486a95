"""The words suites are written in: a projection of a raw table, and claims about its columns.

Belongs here: what several suites say. Does not: any one system's fields.

A claim is spelled twice from the same values: as Great Expectations' expectation, which reports breaks, and as SQL,
which counts them. Great Expectations takes seconds to import, so it is asked only where there are some (decision 0018).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from expectations.engine import import_great_expectations

if TYPE_CHECKING:
    from great_expectations import ExpectationSuite
    from great_expectations.expectations import Expectation

AMOUNT = r"-?[0-9]{1,12}(\.[0-9]{1,4})?"
CURRENCY = "[A-Z]{3}"
DIGITS = "[0-9]{1,30}"
EPOCH = "0|[0-9]{9,10}"
GUID = "[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
NATURAL = "[0-9]{1,10}"
WHOLE = "-?[0-9]{1,10}"
KEY = ("shop_id", "id", "observed_at")


@dataclass(frozen=True)
class Claim:
    """What holds of every row. `kind` and `arguments` are Great Expectations'; `broken` is SQL that counts breaks.

    A claim `per_row` blocks only where so many rows break it that the format must have changed.
    """

    text: str
    kind: str
    arguments: Mapping[str, Any]
    broken: str
    is_blocking: bool = False
    is_per_row: bool = False

    def expectation(self) -> Expectation:
        """Return it as Great Expectations has it; import that first."""
        from great_expectations import expectations

        meta = {"claim": self.text, "blocking": self.is_blocking, "per_row": self.is_per_row}
        made: Expectation = getattr(expectations, self.kind)(**self.arguments, meta=meta)
        return made


@dataclass(frozen=True)
class Suite:
    """A raw table, the columns that are looked at, and the claims about them.

    `paths`: columns that are one payload field, as text; an empty one is absent. `computed`: columns that are other SQL
    over `payload`.
    """

    table: str
    paths: Mapping[str, str] = field(default_factory=dict)
    about: Sequence[Claim] = ()
    computed: Mapping[str, str] = field(default_factory=dict)

    @property
    def claims(self) -> list[Claim]:
        """Return all claims: first those that every raw table must meet."""
        return [*_identity(), *self.about]

    def select(self, where: str) -> str:
        """Return SQL for what is looked at of some rows. The payload is parsed once for all paths: it costs most."""
        paths = ", ".join(f"'$.{path}'" for path in self.paths.values())
        columns = [f"nullif(found[{at}], '') as \"{name}\"" for at, name in enumerate(self.paths, start=1)]
        columns += [f'{sql} as "{name}"' for name, sql in self.computed.items()]
        found = f", json_extract_string(payload, [{paths}]) as found" if paths else ""
        return f"select {', '.join([*KEY, *columns])} from (select *{found} from {self.table} where {where}) as raw"

    def build(self) -> ExpectationSuite:
        """Return the suite as Great Expectations has it, importing that if need be."""
        import_great_expectations()
        from great_expectations import ExpectationSuite

        return ExpectationSuite(name=self.table, expectations=[claim.expectation() for claim in self.claims])


def fields(*names: str, **paths: str) -> dict[str, str]:
    """Return columns named as the payload fields that they hold, and columns of other names (name=path)."""
    return {name: name for name in names} | paths


def each(path: str, pattern: str) -> str:
    """Return SQL for one value of a list (`lines[*].sku`): the first that does not match, or else the first."""
    found = f"(payload ->> '$.{path}')"
    return f"coalesce(list_filter({found}, lambda one: not regexp_full_match(one, '{pattern}'))[1], {found}[1])"


def amounts(*columns: str) -> list[Claim]:
    """Claim that money is decimal text, where it is given."""
    return [_matches(column, AMOUNT, "a decimal number") for column in columns]


def currency(column: str) -> Claim:
    """Claim that a currency has three capital letters."""
    return _matches(column, CURRENCY, "a currency of three letters")


def digits(*columns: str) -> list[Claim]:
    """Claim that an id is a number, where it is given."""
    return [_matches(column, DIGITS, "an id of digits") for column in columns]


def guids(*columns: str) -> list[Claim]:
    """Claim that an id is a GUID, where it is given."""
    return [_matches(column, GUID, "a GUID") for column in columns]


def natural_numbers(*columns: str) -> list[Claim]:
    """Claim that a quantity is whole and not negative, where it is given."""
    return [_matches(column, NATURAL, "a whole number, not negative") for column in columns]


def whole_numbers(*columns: str) -> list[Claim]:
    """Claim that a quantity is whole, where it is given; it may be negative."""
    return [_matches(column, WHOLE, "a whole number") for column in columns]


def epochs(*columns: str) -> list[Claim]:
    """Claim that times are epoch seconds, or 0 for none: another unit is worth a look, and stops nothing."""
    return [_matches(column, EPOCH, "a time in epoch seconds", is_blocking=False) for column in columns]


def present(*columns: str) -> list[Claim]:
    """Claim that fields are given."""
    return [
        Claim(
            f"{column} is given", "ExpectColumnValuesToNotBeNull", {"column": column}, f'count_if("{column}" is null)'
        )
        for column in columns
    ]


def one_of(column: str, values: Sequence[str]) -> Claim:
    """Claim a vocabulary, where the field is given: a new word is worth a look, and no reason to stop."""
    words = ", ".join(f"'{value}'" for value in values)
    return Claim(
        f"{column} is one of {', '.join(values)}",
        "ExpectColumnValuesToBeInSet",
        {"column": column, "value_set": list(values)},
        f'count_if("{column}" not in ({words}))',
    )


def _matches(column: str, pattern: str, what: str, *, is_blocking: bool = True) -> Claim:
    return Claim(
        f"{column} is {what}",
        "ExpectColumnValuesToMatchRegex",
        {"column": column, "regex": rf"\A({pattern})\Z"},
        f"count_if(not regexp_full_match(\"{column}\", '{pattern}'))",
        is_blocking=is_blocking,
        is_per_row=True,
    )


def _identity() -> Iterable[Claim]:
    key = ", ".join(KEY)
    return (
        Claim(
            "every record has an id",
            "ExpectColumnValuesToNotBeNull",
            {"column": "id"},
            "count_if(id is null)",
            is_blocking=True,
        ),
        Claim(
            f"{key} name one version",
            "ExpectCompoundColumnsToBeUnique",
            {"column_list": list(KEY)},
            f"count(*) - count(distinct row({key}))",
            is_blocking=True,
        ),
    )
