"""Every query of the README and of docs runs on what is published, and none adds amounts of several currencies.

Belongs here: queries that people are asked to run. Does not: commands (tests/integration/test_cli).
"""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path

import pytest
import sqlglot
from sqlglot import expressions as sql

from tests.support.worlds import CONFIG
from tieout.published import open_published
from tieout.settings import load_settings

ROOT = Path(__file__).resolve().parents[3]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
COMMAND = re.compile(r'tieout query "(.*?)"', re.DOTALL)
BLOCK = re.compile(r"```sql\n(.*?)```", re.DOTALL)


def documented() -> list[tuple[str, str]]:
    found = []
    for path in PAGES:
        text = path.read_text()
        queries = [query for query in COMMAND.findall(text) if query != "SQL"]
        queries += [one for block in BLOCK.findall(text) for one in block.split(";\n") if one.strip()]
        found += [(f"{path.relative_to(ROOT)}: {' '.join(query.split())[:60]}", query) for query in queries]
    return found


def sums(query: str) -> list[sql.Sum]:
    """Return the sums of money, but for those of one record."""
    return [
        each
        for each in sqlglot.parse_one(query, dialect="duckdb").find_all(sql.Sum)
        if any("amount" in column.name for column in each.find_all(sql.Column))
    ]


def test_there_are_queries_on_every_kind_of_page():
    pages = {name.split(":")[0] for name, _query in documented()}
    assert {"README.md", "docs/marts.md", "docs/cli.md", "docs/checklists/month-end.md"} <= pages
    assert len(documented()) > 60


@pytest.fixture(scope="module")
def published(tied_out: Path):
    with open_published(load_settings(CONFIG, tied_out)) as connection:
        yield connection


def test_the_published_file_says_what_its_columns_are(published):
    columns = published.execute(
        "select comment from duckdb_columns() where schema_name = 'finance' and table_name = 'payouts'"
    ).fetchall()
    assert columns and all(comment for (comment,) in columns)


def test_amounts_reach_pandas_as_decimals_by_the_documented_line(published):
    page = (ROOT / "docs" / "marts.md").read_text()
    line = next(line for line in page.splitlines() if "to_pandas()" in line)
    names = {"connection": published}
    exec(line.strip(), names)
    assert isinstance(names["frame"]["amount"].iloc[0], Decimal)


@pytest.mark.parametrize("query", [pytest.param(query, id=name) for name, query in documented()])
def test_a_documented_query_runs(published, query):
    columns = [column[0] for column in published.execute(query).description]
    assert columns


@pytest.mark.parametrize("query", [pytest.param(q, id=n) for n, q in documented() if sums(q)])
def test_a_documented_sum_is_of_one_currency(query):
    """Its rows are by currency, or are of one record: a payment, an order."""
    words = query.lower()
    assert "currency" in words or re.search(r"(payment_id|order_id)( = |\b.*group by)", words, re.DOTALL), query
