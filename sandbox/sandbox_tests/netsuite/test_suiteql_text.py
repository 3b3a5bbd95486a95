"""The rewriting of SuiteQL, token by token."""

from __future__ import annotations

import pytest

from sandbox.netsuite.errors import WireError
from sandbox.netsuite.suiteql_text import translate


def rewritten(text, *parameters):
    return " ".join(translate(text, list(parameters))[0].split())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("select nvl(memo, '-') from t", "select coalesce ( memo , '-' ) from t"),
        ("select TO_CHAR(d, 'YYYY-MM-DD HH24:MI:SS') from t", "select ns_to_char ( d , '%Y-%m-%d %H:%M:%S' ) from t"),
        ("select to_char(d, 'yyyy-mm-dd\"T\"hh24:mi') from t", "select ns_to_char ( d , '%Y-%m-%dT%H:%M' ) from t"),
        ("select builtin.df(t.account) from t", "select ns_df_account ( t . account ) from t"),
        ("select a from t minus select b from u", "select a from t except select b from u"),
        ("select a from t where s = 'SalesOrd:B'", "select a from t where s = 'B'"),
        ("select 'limit', \"limit\" from t -- limit", "select 'limit' , \"limit\" from t"),
        ("select a from t where a = ?", "select a from t where a = 'it''s'"),
        (
            "select a from t where rownum <= 3 order by a",
            "select a from t where 1 = 1 qualify row_number() over () <= 3 order by a",
        ),
        (
            "select * from (select a from t where rownum < 3) x",
            "select * from ( select a from t where 1 = 1 qualify row_number() over () < 3 ) x",
        ),
    ],
)
def test_a_construct_takes_the_engines_form(text, expected):
    assert rewritten(text, "it's") == expected


@pytest.mark.parametrize(
    "text",
    [
        "WITH x AS (SELECT 1) SELECT * FROM x",
        "SELECT a FROM t LIMIT 1",
        "SELECT [a] FROM t",
        "SELECT a::integer FROM t",
        "SELECT a FROM t WHERE d > DATE '2026-01-01'",
        "SELECT id FROM transaction t WHERE t.trandate >= '2026-01-01'",
        "SELECT id FROM transaction WHERE lastmodifieddate BETWEEN '1/1/2026' AND '2/1/2026'",
        "SELECT a FROM t; SELECT b FROM t",
        "SELECT BUILTIN.CONSOLIDATE(a) FROM t",
        "SELECT BUILTIN.DF() FROM t",
        "SELECT NVL(a, 1 FROM t WHERE a IN (1",
        "UPDATE t SET a = 1",
        "",
    ],
)
def test_what_suiteql_does_not_take_is_refused(text):
    with pytest.raises(WireError, match="INVALID_PARAMETER"):
        translate(text, [])


@pytest.mark.parametrize(("count", "allowed"), [(1000, True), (1001, False)])
def test_an_in_list_holds_at_most_a_thousand_values(count, allowed):
    text = f"SELECT a FROM t WHERE a IN ({', '.join(str(n) for n in range(count))})"
    if allowed:
        assert "999" in rewritten(text)
    else:
        with pytest.raises(WireError) as refused:
            translate(text, [])
        assert "1000" in refused.value.detail


@pytest.mark.parametrize(
    ("text", "pages"),
    [
        ("select a from t fetch first 1 rows only", True),
        ("select a from (select a from t fetch first 1 rows only)", False),
        ("select a from t", False),
    ],
)
def test_a_query_that_cuts_itself_at_its_end_is_known(text, pages):
    assert translate(text, [])[1] is pages
