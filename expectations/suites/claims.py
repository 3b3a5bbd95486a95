"""The words suites are written in: a projection of a raw table, and claims about its columns.

Belongs here: what several suites say. Does not: any one system's fields.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from expectations.engine import import_great_expectations

if TYPE_CHECKING:
    from great_expectations import ExpectationSuite
    from great_expectations.expectations import Expectation

AMOUNT = r"^-?\d{1,12}(\.\d{1,4})?$"
CURRENCY = "^[A-Z]{3}$"


@dataclass(frozen=True)
class Suite:
    """A raw table, the columns that are looked at (name to SQL over raw), and the claims about them."""

    table: str
    columns: dict[str, str]
    claims: Callable[[], ExpectationSuite]

    def build(self) -> ExpectationSuite:
        """Return the suite, importing Great Expectations if need be."""
        import_great_expectations()
        return self.claims()


def field(path: str) -> str:
    """Return SQL for a payload field as text; an empty one is absent."""
    return f"nullif(payload ->> '$.{path}', '')"


def suite_of(table: str, claims: Sequence[Expectation]) -> ExpectationSuite:
    """Return a suite that holds these claims, and those that every raw table must meet."""
    from great_expectations import ExpectationSuite

    return ExpectationSuite(name=table, expectations=[*_identity(), *claims])


def amounts(*columns: str) -> list[Expectation]:
    """Claim that money is decimal text, where it is given."""
    return [_matches(column, AMOUNT, f"{column} is a decimal number") for column in columns]


def currency(column: str) -> Expectation:
    """Claim that a currency has three capital letters."""
    return _matches(column, CURRENCY, f"{column} is a currency of three letters")


def present(column: str) -> Expectation:
    """Claim that a field is given."""
    from great_expectations.expectations import ExpectColumnValuesToNotBeNull

    return ExpectColumnValuesToNotBeNull(column=column, meta={"claim": f"{column} is given"})


def one_of(column: str, values: Sequence[str]) -> Expectation:
    """Claim a vocabulary, where the field is given: a new word is worth a look, and no reason to stop."""
    from great_expectations.expectations import ExpectColumnValuesToBeInSet

    claim = f"{column} is one of {', '.join(values)}"
    return ExpectColumnValuesToBeInSet(column=column, value_set=list(values), meta={"claim": claim})


def _matches(column: str, pattern: str, claim: str) -> Expectation:
    from great_expectations.expectations import ExpectColumnValuesToMatchRegex

    meta = {"claim": claim, "blocking": True, "per_row": True}
    return ExpectColumnValuesToMatchRegex(column=column, regex=pattern, meta=meta)


def _identity() -> list[Expectation]:
    from great_expectations.expectations import (
        ExpectColumnValuesToNotBeNull,
        ExpectCompoundColumnsToBeUnique,
    )

    key = ["shop_id", "id", "observed_at"]
    return [
        ExpectColumnValuesToNotBeNull(column="id", meta={"claim": "every record has an id", "blocking": True}),
        ExpectCompoundColumnsToBeUnique(
            column_list=key, meta={"claim": f"{', '.join(key)} name one version", "blocking": True}
        ),
    ]
