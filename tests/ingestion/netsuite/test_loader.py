"""Our journals are read back whole and exactly; edits, doubles and deletions show."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest

from connectors.transport.errors import CredentialError, MalformedReplyError
from ingestion.load_context import LoadContext
from ingestion.netsuite import journals as netsuite_journals
from ingestion.netsuite import loader as netsuite
from ingestion.versions import version_of
from tests.ingestion.conftest import NOW, Answer, Bench

ACCOUNTS = [{"id": "101", "acctnumber": "1010", "isinactive": "F"}, {"id": "115", "acctnumber": "4000"}]
CURRENCIES = [{"id": "1", "symbol": "GBP"}, {"id": "2", "symbol": "USD"}]
JOURNALS = ("netsuite", "journal_entries", "")


@dataclass
class FakeNetSuite:
    """Answers by the table a query reads from; `failing` names tables that raise."""

    headers: list[dict[str, Any]] = field(default_factory=list)
    lines: list[dict[str, Any]] = field(default_factory=list)
    failing: dict[str, Exception] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    now: datetime = NOW
    others: list[dict[str, Any]] = field(default_factory=list)
    tables: dict[str, list[dict[str, Any]]] = field(default_factory=dict)

    def suiteql(self, query: str, params: Sequence[str] = ()) -> Iterator[Answer]:
        table = query.split(" FROM ")[1].split(" ")[0]
        table = "others" if "t.trandate >=" in query else "memos" if "CustCred" in query else table
        self.asked.append(query)
        if table in self.failing:
            raise self.failing[table]
        held = {"account": ACCOUNTS, "currency": CURRENCIES, "transaction": self.headers, "others": self.others}
        held |= self.tables
        rows = held.get(table, [])
        if table == "transactionaccountingline":
            wanted = query.split("IN (")[1].split(")")[0].split(", ")
            rows = [line for line in self.lines if line["transaction"] in wanted]
        for start in range(0, max(len(rows), 1), 2):
            yield Answer(rows[start : start + 2], self.now)


def header(number: int, *, modified: str = "2026-01-31 10:00:00", **fields: object) -> dict[str, Any]:
    key = f"TTS-S-{number}-202601-R0"
    row = {"id": str(number), "externalid": key, "memo": key, "trandate": "2026-01-31", "currencyid": "1"}
    return {**row, "lastmodifieddate": modified, **fields}


def line(journal: int, number: int, account: str, **fields: object) -> dict[str, Any]:
    return {"transaction": str(journal), "line": number, "accountingbook": "1", "account": account, **fields}


def balanced(journal: int, amount: object = "12.30") -> list[dict[str, Any]]:
    return [line(journal, 1, "101", debit=amount), line(journal, 2, "115", credit=amount)]


def load(bench: Bench, client: FakeNetSuite):
    return bench.ingest(netsuite=lambda run: netsuite.load(run, client))


def lines_of(bench: Bench) -> list[tuple[str, ...]]:
    query = """
        select entry ->> 'acctnumber', entry ->> 'debit', entry ->> 'credit'
        from (
            select unnest(from_json(payload -> '$.lines', '["JSON"]')) as entry
            from raw_netsuite.journal_entries
            qualify row_number() over (partition by id order by observed_at desc) = 1
        )
    """
    return bench.query(query)


def test_journal_lands_with_its_lines_account_numbers_and_exact_amounts(bench):
    load(bench, FakeNetSuite([header(1)], balanced(1, Decimal("12.30"))))
    assert lines_of(bench) == [("1010", "12.30", "0"), ("4000", "0", "12.30")]
    assert bench.query("select payload ->> 'currency' from raw_netsuite.journal_entries") == [("GBP",)]


def test_journal_keeps_its_period_and_the_subsidiaries_of_its_lines(bench):
    lines = [{**row, "subsidiary": 2} for row in balanced(1)]
    load(bench, FakeNetSuite([header(1, postingperiod=14)], lines))
    query = "select payload ->> 'postingperiod', payload ->> 'subsidiary' from raw_netsuite.journal_entries"
    assert bench.query(query) == [("14", "2")]


def test_foreign_journal_keeps_its_own_currency(bench):
    foreign = [line(1, 1, "101", debit="8.00", foreignamount="10.00")]
    foreign += [line(1, 2, "115", credit="8.00", foreignamount="-10.00")]
    load(bench, FakeNetSuite([header(1, currencyid="2", exchangerate="0.8")], foreign))
    assert lines_of(bench) == [("1010", "10.00", "0"), ("4000", "0", "10.00")]


def test_lines_of_a_second_accounting_book_are_not_added(bench):
    second = [{**row, "accountingbook": "2"} for row in balanced(1)]
    load(bench, FakeNetSuite([header(1)], [row for pair in zip(balanced(1), second, strict=True) for row in pair]))
    assert len(lines_of(bench)) == 2


def test_edited_line_lands_even_when_the_header_was_not_touched(bench):
    client = FakeNetSuite([header(1)], balanced(1))
    load(bench, client)
    client.lines = balanced(1, "99.00")
    assert load(bench, client)[JOURNALS].landed == 1


def test_old_untouched_journal_is_listed_and_its_lines_are_not_read_again(bench):
    client = FakeNetSuite([header(1, modified="2024-06-01 10:00:00")], balanced(1))
    load(bench, client)
    client.asked.clear()
    summary = load(bench, client)[JOURNALS]
    assert not [query for query in client.asked if "transactionaccountingline" in query]
    assert (summary.deleted, bench.live("raw_netsuite.journal_entries")) == (0, {"1"})


def test_deleted_journal_shows_and_so_does_a_double_without_external_id(bench):
    client = FakeNetSuite([header(1), header(2)], [*balanced(1), *balanced(2)])
    load(bench, client)
    client.headers = [header(2), header(3, externalid=None, memo="TTS-S-2-202601-R0 (copy)")]
    client.lines += balanced(3)
    summary = load(bench, client)[JOURNALS]
    assert (summary.landed, summary.deleted) == (1, 1)
    assert bench.live("raw_netsuite.journal_entries") == {"2", "3"}


def test_unreadable_amount_is_quarantined_and_the_other_journals_flow(bench):
    client = FakeNetSuite([header(1), header(2)], [*balanced(1), *balanced(2)])
    load(bench, client)
    client.lines = [*balanced(1, "12,30"), *balanced(2, "5.00")]
    summary = load(bench, client)[JOURNALS]
    assert (summary.landed, summary.deleted, summary.quarantined) == (1, 0, 1)
    assert bench.live("raw_netsuite.journal_entries") == {"1", "2"}
    assert bench.live("raw_tieout.quarantine") == {"netsuite/journal_entries/1"}
    client.lines = [*balanced(1), *balanced(2)]
    load(bench, client)
    assert bench.live("raw_tieout.quarantine") == set()


def test_failing_list_blocks_no_other_and_deletes_nothing(bench):
    client = FakeNetSuite([header(1)], balanced(1))
    load(bench, client)
    client.failing["transaction"] = MalformedReplyError("3 rows came of 4 announced, twice")
    summaries = load(bench, client)
    assert "announced" in summaries[JOURNALS].problem and summaries[JOURNALS].window_to is None
    assert summaries["netsuite", "accounts", ""].window_to == NOW
    assert bench.live("raw_netsuite.journal_entries") == {"1"}


def test_refused_credential_stops_the_system(bench):
    summaries = load(bench, FakeNetSuite(failing={"account": CredentialError("the certificate expired")}))
    assert "expired" in summaries["netsuite", "*", ""].problem


TRANSACTIONS = (netsuite_journals.JOURNALS, netsuite_journals.OTHERS, netsuite_journals.LINES)


@pytest.mark.parametrize("query", [*netsuite.LISTS.values(), *TRANSACTIONS])
def test_every_query_pages_by_a_unique_order_and_formats_its_dates(query):
    order = query.split("ORDER BY ")[1]
    assert order in ("id", "t.id", "tal.transaction, tal.transactionline, tal.accountingbook")
    for name in ("startdate", "enddate", "trandate", "lastmodifieddate", "reversaldate"):
        assert name not in query or f"TO_CHAR({name}" in query or f"TO_CHAR(t.{name}" in query


def watch(bench: Bench, **numbers: str) -> None:
    """Land rows of accounts.csv: line class to account number."""

    def load_map(run: LoadContext) -> None:
        rows = [{"line_class": name, "netsuite_account": number} for name, number in numbers.items()]
        run.landing.add("account_map", [version_of(row, row["line_class"], observed_at=NOW) for row in rows])

    bench.ingest(config=load_map)


OTHERS = ("netsuite", "other_entries", "")
BY_HAND = {"externalid": None, "memo": "by hand"}


def test_entries_of_others_on_our_accounts_land_from_the_month_of_our_first_journal_on(bench):
    watch(bench, clearing="4000", bank="1010")
    client = FakeNetSuite([header(1)], [*balanced(1), *balanced(8)], others=[header(8, **BY_HAND, type="Deposit")])
    summary = load(bench, client)[OTHERS]
    assert (summary.landed, bench.live("raw_netsuite.other_entries")) == (1, {"8"})
    asked = next(query for query in client.asked if "trandate >=" in query)
    assert "t.trandate >= TO_DATE('2026-01-01', 'YYYY-MM-DD')" in asked
    assert "tal.account IN (115)) OR t.type = 'Journal' AND t.id IN" in asked and "tal.account IN (101))" in asked
    client.others = []
    assert load(bench, client)[OTHERS].deleted == 1


def test_an_entry_of_others_is_read_again_when_it_was_saved_again(bench):
    watch(bench, clearing="4000")
    others = [header(8, **BY_HAND, modified="2025-06-01 10:00:00")]
    client = FakeNetSuite([header(1)], [*balanced(1), *balanced(8)], others=others)
    load(bench, client)
    client.lines = [*balanced(1), *balanced(8, "99.00")]
    assert load(bench, client)[OTHERS].landed == 0
    client.others = [header(8, **BY_HAND, modified="2025-06-02 10:00:00")]
    assert load(bench, client)[OTHERS].landed == 1


def test_without_watched_accounts_or_journals_of_ours_nothing_is_asked_of_others(bench):
    client = FakeNetSuite([header(1)], balanced(1))
    load(bench, client)
    watch(bench, clearing="4000")
    load(bench, FakeNetSuite())
    load(bench, client)
    assert len([query for query in client.asked if "trandate >=" in query]) == 1


def test_failing_list_of_others_leaves_our_journals_and_deletes_nothing(bench):
    watch(bench, clearing="4000")
    client = FakeNetSuite([header(1)], [*balanced(1), *balanced(8)], others=[header(8, **BY_HAND)])
    load(bench, client)
    client.headers.append(header(2))
    client.lines += balanced(2)
    client.failing["others"] = MalformedReplyError("3 rows came of 4 announced, twice")
    summaries = load(bench, client)
    assert summaries[JOURNALS].landed == 1 and "announced" in summaries[OTHERS].problem
    assert bench.live("raw_netsuite.other_entries") == {"8"}


def test_a_journal_lands_with_what_says_whether_it_counts(bench):
    said = {"posting": "F", "status": "A", "approvalstatus": 1, "void": "T", "reversal": 12, "exchangerate": "1"}
    load(bench, FakeNetSuite([header(1, **said, reversaldate="2026-02-01")], balanced(1)))
    fields = ", ".join(f"payload ->> '{name}'" for name in (*said, "reversaldate"))
    found = bench.query(f"select {fields} from raw_netsuite.journal_entries")
    assert found == [(*map(str, said.values()), "2026-02-01")]


def test_what_is_not_wanted_is_not_asked_for(bench):
    asked = {}
    for wanted in ({"sales_orders", "item_levels"}, {"accounts"}, {"credit_memos"}, {"journal_entries"}):
        client = FakeNetSuite()

        def load(run: LoadContext, client: FakeNetSuite = client, wanted: set[str] = wanted) -> None:
            netsuite.load(replace(run, entities=frozenset(wanted)), client)

        bench.ingest(netsuite=load)
        asked[min(wanted)] = {query.split(" FROM ")[1].split(" ")[0] for query in client.asked}
    assert asked == {
        "item_levels": set(),  # no shop ships from it
        "accounts": {"account"},
        "credit_memos": {"currency", "transaction"},
        "journal_entries": {"account", "currency", "transaction"},
    }
