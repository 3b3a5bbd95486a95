"""SuiteQL over a socket: protocol, value forms, live data, exact amounts, and that it cannot write."""

from __future__ import annotations

from decimal import Decimal

import pytest

PREFER = {"Prefer": "transient"}


def refusal(client, text, **page):
    answer = client.post("/query/v1/suiteql", params=page, json={"q": text}, headers=PREFER)
    assert answer.status_code == 400, answer.text
    error = answer.json()["o:errorDetails"][0]
    assert error["o:errorCode"] == "INVALID_PARAMETER"
    return error["detail"]


def test_prefer_transient_is_required(client):
    answer = client.post("/query/v1/suiteql", json={"q": "SELECT id FROM account"})
    assert (answer.status_code, answer.json()["o:errorDetails"][0]["o:errorHeader"]) == (400, "Prefer")


@pytest.mark.parametrize("body", [{}, {"q": 5}, {"q": "SELECT 1 FROM dual", "params": "x"}])
def test_a_body_without_a_query_is_invalid_content(client, body):
    answer = client.post("/query/v1/suiteql", json=body, headers=PREFER)
    assert answer.json()["o:errorDetails"][0]["o:errorCode"] == "INVALID_CONTENT"


def test_a_journal_is_visible_at_once_in_the_vendors_forms(client, journal, query):
    client.post("/record/v1/journalEntry", json=journal(externalId="J-1"))
    (row,) = query(
        "SELECT t.ID AS TranInternalId, t.tranId, t.type, t.status, t.posting, t.trandate, t.lastmodifieddate, t.memo,"
        " BUILTIN.DF(t.postingperiod) AS period, t.foreigntotal FROM Transaction t WHERE t.externalid = 'J-1'"
    )
    assert row == {
        "traninternalid": "1001", "tranid": "JE1", "type": "Journal", "status": "B", "posting": "T",
        "trandate": "1/4/2026", "lastmodifieddate": "1/5/2026", "period": "Jan 2026", "foreigntotal": "10.1",
    }  # fmt: skip


def test_counts_are_strings_and_keys_lower_case(query):
    assert query("SELECT COUNT(*) AS HowMany FROM currency") == [{"howmany": "3"}]


def test_cents_add_up_exactly(client, journal, query):
    client.post("/record/v1/journalEntry", json=journal(("1250", 0.1), ("1250", 0.2), ("4000", -0.3)))
    rows = query(
        "SELECT a.acctnumber, SUM(l.debit) debit, SUM(l.credit) credit, SUM(NVL(l.debit, 0) - NVL(l.credit, 0)) net"
        " FROM transactionaccountingline l JOIN account a ON a.id = l.account WHERE l.posting = 'T'"
        " GROUP BY a.acctnumber ORDER BY a.acctnumber"
    )
    assert rows == [
        {"acctnumber": "1250", "debit": "0.3", "net": "0.3"},
        {"acctnumber": "4000", "credit": "0.3", "net": "-0.3"},
    ]


def test_lines_follow_the_sign_rule(client, journal, query):
    client.post("/record/v1/journalEntry", json=journal(("1010", 95.5), ("6130", 4.5), ("1250", -100)))
    rows = query(
        "SELECT id, foreignamount, netamount, debitforeignamount, creditforeignamount FROM transactionline ORDER BY id"
    )
    assert rows == [
        {"id": "1", "foreignamount": "95.5", "netamount": "95.5", "debitforeignamount": "95.5"},
        {"id": "2", "foreignamount": "4.5", "netamount": "4.5", "debitforeignamount": "4.5"},
        {"id": "3", "foreignamount": "-100", "netamount": "-100", "creditforeignamount": "100"},
    ]


def test_foreign_journals_balance_in_company_currency(client, journal, query):
    lines = journal(
        ("1251", 0.05), ("1251", 0.05), ("4001", -0.1), currency={"externalId": "CUR-USD"}, exchangeRate=0.79
    )
    client.post("/record/v1/journalEntry", json=lines)
    (row,) = query("SELECT SUM(amount) net, SUM(debit) debit FROM transactionaccountingline")
    assert row == {"net": "0", "debit": "0.08"}


def test_an_unapproved_journal_posts_nothing(client, journal, query):
    client.post("/record/v1/journalEntry", json=journal(approved=False))
    asked = "SELECT status, posting, approvalstatus FROM transaction"
    assert query(asked) == [{"status": "A", "posting": "F", "approvalstatus": "1"}]
    assert query("SELECT account FROM transactionaccountingline WHERE posting = 'T'") == []
    assert len(query("SELECT account, debit FROM transactionaccountingline WHERE posting = 'F'")) == 2
    client.patch("/record/v1/journalEntry/1001", json={"approved": False, "approvalStatus": {"id": "3"}})
    assert query(asked) == [{"status": "A", "posting": "F", "approvalstatus": "3"}]
    client.patch("/record/v1/journalEntry/1001", json={"approved": True, "approvalStatus": {"id": "2"}})
    assert query(asked) == [{"status": "B", "posting": "T", "approvalstatus": "2"}]


def test_a_void_zeroes_every_line_and_removes_nothing(client, live, journal, query):
    client.post("/record/v1/journalEntry", json=journal())
    live.store.patch("netsuite", "journalEntry", "1001", {"void": True})
    assert query("SELECT void, voided, foreigntotal FROM transaction") == [
        {"void": "T", "voided": "T", "foreigntotal": "0"}
    ]
    lines = "SELECT account, netamount, debit, credit FROM transactionaccountingline ORDER BY transactionline"
    assert query(lines) == [{"account": "105", "netamount": "0"}, {"account": "115", "netamount": "0"}]
    shown = client.get("/record/v1/journalEntry/1001?expandSubResources=true").json()
    assert [line.get("debit", line.get("credit")) for line in shown["line"]["items"]] == [0, 0]
    live.store.patch("netsuite", "journalEntry", "1001", {"void": False})
    assert [row.get("debit", row.get("credit")) for row in query(lines)] == ["10.1", "10.1"]


def test_a_void_by_reversing_journal_keeps_the_lines_of_both(client, live, journal, query):
    client.post("/record/v1/journalEntry", json=journal(reversalDate="2026-02-01"))
    live.store.patch("netsuite", "journalEntry", "1001", {"void": True})
    totals = query("SELECT foreigntotal, void, reversal, reversaldate FROM transaction ORDER BY id")
    assert [row["foreigntotal"] for row in totals] == ["10.1", "10.1"]
    assert totals[0]["reversal"] == "1011" and totals[0]["reversaldate"] == "2/1/2026"


def test_hand_made_changes_of_records_show(client, live, journal, query):
    client.post("/record/v1/journalEntry", json=journal(memo="one"))
    live.store.patch("netsuite", "journalEntry", "1001", {"memo": "two", "line": {"items": []}})
    assert query("SELECT memo FROM transaction") == [{"memo": "two"}]
    assert query("SELECT id FROM transactionline") == []
    live.store.duplicate("netsuite", "journalEntry", "1001")
    assert query("SELECT id FROM transaction ORDER BY id") == [{"id": "1001"}, {"id": "1002"}]
    live.store.delete("netsuite", "journalEntry", "1001")
    assert query("SELECT id FROM transaction") == [{"id": "1002"}]


def test_status_matches_as_a_letter_and_with_its_type(client, journal, query):
    client.post("/record/v1/journalEntry", json=journal())
    for status in ("B", "Journal:B"):
        assert len(query(f"SELECT id FROM transaction WHERE type = 'Journal' AND status = '{status}'")) == 1


def test_date_times_are_in_the_accounts_time_zone(client, live, journal, query):
    live.store.set_now(1783339200)  # 2026-07-06T12:00:00Z
    client.post("/record/v1/journalEntry", json=journal())
    text = "SELECT TO_CHAR(lastmodifieddate, 'YYYY-MM-DD HH24:MI:SS') AS at FROM transaction"
    assert query(text) == [{"at": "2026-07-06 13:00:00"}]
    live.store.set_meta("netsuite.time_zone", "America/Los_Angeles")
    assert query(text) == [{"at": "2026-07-06 05:00:00"}]
    assert query("SELECT TO_CHAR(SYSDATE, 'HH24:MI') AS now FROM dual") == [{"now": "05:00"}]


@pytest.mark.parametrize(
    ("date_format", "shown"), [("M/D/YYYY", "1/4/2026"), ("DD.MM.YYYY", "04.01.2026"), ("YYYY-MM-DD", "2026-01-04")]
)
def test_dates_come_in_the_accounts_format(client, live, journal, query, date_format, shown):
    client.post("/record/v1/journalEntry", json=journal())
    live.store.set_meta("netsuite.date_format", date_format)
    assert query("SELECT trandate FROM transaction") == [{"trandate": shown}]


def test_dates_filter_through_to_date_and_timestamps(client, journal, query):
    client.post("/record/v1/journalEntry", json=journal())
    for condition in (
        "trandate >= TO_DATE('2026-01-04', 'YYYY-MM-DD') AND trandate < TO_DATE('05/01/2026', 'DD/MM/YYYY')",
        "lastmodifieddate >= TO_TIMESTAMP('2026-01-05 12:00:00', 'YYYY-MM-DD HH24:MI:SS')",
        "TRUNC(lastmodifieddate) = TO_DATE('2026-01-05', 'YYYY-MM-DD')",
        "TO_CHAR(trandate, 'YYYY-MM') = '2026-01'",
    ):
        assert len(query(f"SELECT id FROM transaction WHERE {condition}")) == 1
    assert query("SELECT id FROM transaction WHERE trandate > TO_DATE('2026-01-04', 'YYYY-MM-DD')") == []


def test_parameters_are_bound_as_strings(query):
    assert query("SELECT name FROM currency WHERE symbol = ? AND id = ?", "USD", "2") == [{"name": "US Dollar"}]
    assert query("SELECT name FROM currency WHERE name = ?", "' OR 1 = 1 --") == []


def test_pages_link_to_each_other_and_count_all_rows(client, live):
    first = client.post(
        "/query/v1/suiteql", params={"limit": 20}, json={"q": "SELECT id FROM account ORDER BY id"}, headers=PREFER
    )
    body = first.json()
    assert (body["count"], body["hasMore"], body["offset"], body["totalResults"]) == (20, True, 0, 40)
    (following,) = [link["href"] for link in body["links"] if link["rel"] == "next"]
    assert following.startswith(f"{live.base_url}/services/rest/query/v1/suiteql?")
    rest = client.post(following, json={"q": "SELECT id FROM account ORDER BY id"}, headers=PREFER).json()
    assert (rest["count"], rest["hasMore"]) == (20, False)
    assert {link["rel"] for link in rest["links"]} == {"first", "prev", "self"}
    ids = [row["id"] for row in body["items"] + rest["items"]]
    assert len(set(ids)) == 40


@pytest.mark.parametrize(
    "page",
    [{"limit": 0}, {"limit": 1001}, {"limit": 10, "offset": 5}, {"offset": 100000, "limit": 1000}, {"limit": "x"}],
)
def test_pages_outside_the_rules_are_refused(client, page):
    assert refusal(client, "SELECT id FROM account", **page)


def test_no_query_sees_beyond_100_000_rows(client):
    text = "SELECT a.id FROM account a, account b, account c, account d"
    body = client.post("/query/v1/suiteql", params={"limit": 1}, json={"q": text}, headers=PREFER).json()
    assert body["totalResults"] == 100_000


def test_fetch_first_and_rownum_cut_the_result(query):
    assert query("SELECT id FROM currency ORDER BY id DESC FETCH FIRST 2 ROWS ONLY") == [{"id": "3"}, {"id": "2"}]
    assert len(query("SELECT id FROM account WHERE ROWNUM <= 5 ORDER BY id")) == 5


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("SELECT nonsense FROM account", "Unknown identifier 'nonsense'"),
        ("SELECT a.nonsense FROM account a", "Unknown identifier 'nonsense'"),
        ("SELECT b.id FROM account a", "Unknown identifier 'b'"),
        ("SELECT BUILTIN.DF(nonsense) FROM account", "Unknown identifier 'nonsense'"),
        ("SELECT id FROM nonsense", "Record 'nonsense' was not found"),
        ("SELECT id FROM account LIMIT 5", "LIMIT"),
        ("SELECT id FROM WHERE", "Search error occurred"),
        ("SELECT id FROM account WHERE id = ?", "parameters"),
    ],
)
def test_a_bad_query_says_what_is_wrong(client, text, reason):
    assert reason in refusal(client, text)


@pytest.mark.parametrize(
    "text",
    [
        "DELETE FROM account",
        "INSERT INTO account (id) VALUES (1)",
        "CREATE TABLE x (id integer)",
        "SELECT 1 FROM dual; DROP TABLE account",
        "SELECT * FROM read_csv('/etc/passwd')",
        "SELECT * FROM '/etc/passwd'",
        "COPY account TO 'out.csv'",
        "",
    ],
)
def test_a_query_cannot_write_or_leave_its_tables(client, query, text):
    assert refusal(client, text)
    assert query("SELECT COUNT(*) n FROM account") == [{"n": "40"}]


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("DECODE(2, 1, 'one', 2, 'two', 'many')", "two"),
        ("DECODE(3, 1, 'one', 2, 'two', 'many')", "many"),
        ("NVL2(NULL, 'a', 'b')", "b"),
        ("TO_NUMBER('0.1') + TO_NUMBER('0.2')", "0.3"),
        ("TO_CHAR(0.10)", "0.1"),
        ("TO_CHAR(1234.5, '9999999990.00')", "1234.50"),
        ("ROUND(10 * 0.105, 2)", "1.05"),
        ("SUBSTR('TikTok', 1, 3) || UPPER('x')", "TikX"),
        ("TO_CHAR(ADD_MONTHS(TO_DATE('2026-01-31', 'YYYY-MM-DD'), 1), 'YYYY-MM-DD')", "2026-02-28"),
        ("TO_CHAR(TRUNC(SYSDATE, 'MONTH'), 'YYYY-MM-DD')", "2026-01-01"),
        ("CASE WHEN 1 > 2 THEN 'yes' ELSE NULL END", None),
        ("100 / 8", "12.5"),
    ],
)
def test_a_function_gives_what_the_vendors_gives(query, expression, value):
    assert query(f"SELECT {expression} AS v FROM dual") == [{"v": value} if value is not None else {}]


def test_names_can_be_joined_to_one_text(query):
    text = "SELECT LISTAGG(symbol, ',') WITHIN GROUP (ORDER BY symbol) AS v FROM currency"
    assert query(text) == [{"v": "EUR,GBP,USD"}]


def test_master_data_is_queryable(query):
    assert query("SELECT name, currency, BUILTIN.DF(currency) shown FROM subsidiary WHERE id = 1") == [
        {"name": "Northgate Retail Ltd", "currency": "1", "shown": "British pound"}
    ]
    assert query("SELECT altname FROM entity WHERE id = 501") == [{"altname": "TikTok Shop UK"}]
    assert query("SELECT closed FROM accountingperiod WHERE periodname = 'Oct 2025'") == [{"closed": "T"}]
    assert query("SELECT accountsearchdisplayname a FROM account WHERE acctnumber = '1010'") == [
        {"a": "1010 Barclays GBP Current Account"}
    ]
    for table in ("location", "department", "classification"):
        assert query(f"SELECT COUNT(*) n FROM {table}") == [{"n": "2"}]


def test_large_amounts_keep_their_cents(client, journal, query):
    amount = Decimal("99999999999.99")
    body = client.build_request("POST", "/record/v1/journalEntry", json=journal()).content.replace(
        b"10.1", str(amount).encode()
    )
    assert client.post("/record/v1/journalEntry", content=body).status_code == 204
    assert query("SELECT foreigntotal FROM transaction") == [{"foreigntotal": str(amount)}]
