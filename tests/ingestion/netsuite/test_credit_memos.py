"""Credit memos and cash refunds are read back whole and exactly, incrementally, and deletions show."""

from __future__ import annotations

import json
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from connectors.transport.errors import RejectedError
from ingestion.netsuite import credit_memos
from ingestion.netsuite import loader as netsuite
from tests.ingestion.conftest import NOW, Bench
from tests.ingestion.netsuite.test_loader import FakeNetSuite

MEMOS = ("netsuite", "credit_memos", "")
TABLE = "raw_netsuite.credit_memos"


def memo(
    number: int, *, total: object = "-12.50", modified: str = "2026-01-31 10:00:00", **fields: object
) -> dict[str, Any]:
    row = {"id": str(number), "type": "CustCred", "externalid": f"tieout-refund-S-{number}", "trandate": "2026-01-31"}
    return {**row, "currencyid": "1", "foreigntotal": total, "lastmodifieddate": modified, "entity": "501", **fields}


def lines(memo: int, *amounts: object, **fields: object) -> list[dict[str, Any]]:
    main = {"transaction": str(memo), "line": "0", "mainline": "T", "foreignamount": "-12.50", "createdfrom": "77",
            "account": "90"}  # fmt: skip
    rows = [{"transaction": str(memo), "line": str(place), "mainline": "F", "item": "601", "account": "119",
             "accountingbook": "1", "quantity": "1", "foreignamount": amount, "memo": "SKU-1", **fields}
            for place, amount in enumerate(amounts, 1)]  # fmt: skip
    return [main, *rows]


def load(bench: Bench, *memos: dict[str, Any], **tables: list[dict[str, Any]]):
    """Load from a NetSuite that holds these memos, each with one line of 12.50 unless `transactionline` is given."""
    held = {"memos": list(memos), "transactionline": [row for m in memos for row in lines(int(m["id"]), "12.50")]}
    client = FakeNetSuite(tables={**held, "deletedrecord": [], **tables})
    return bench.ingest(netsuite=lambda run: netsuite.load(run, client))[MEMOS], client


def payloads(bench: Bench) -> list[dict[str, Any]]:
    return [json.loads(row[0]) for row in bench.query(f"select payload from {TABLE} where not is_deleted order by id")]


def test_a_memo_lands_with_its_lines_source_and_exact_amounts(bench):
    load(bench, memo(1, total=Decimal("-12.50")), transactionline=lines(1, "10.10", Decimal("2.40")))
    [found] = payloads(bench)
    assert (found["currency"], found["foreigntotal"], found["createdfrom"]) == ("GBP", "-12.50", "77")
    assert found["account"] == "90"
    assert [(line["item"], line["account"], line["amount"]) for line in found["lines"]] == [
        ("601", "119", "10.10"),
        ("601", "119", "2.40"),
    ]


def test_a_second_accounting_book_is_not_added(bench):
    rows = lines(1, "12.50")
    load(bench, memo(1), transactionline=[*rows, {**rows[1], "accountingbook": "2"}])
    assert len(payloads(bench)[0]["lines"]) == 1


def test_ours_and_those_of_configured_customers_are_asked_for(bench, make_settings):
    _, client = load(bench)
    [asked] = [query for query in client.asked if "CustCred" in query]
    assert "t.externalid LIKE 'tieout-refund-%' OR t.memo LIKE '%tieout-refund-%' OR t.entity IN (501)) AND" in asked
    both = credit_memos.Scope(frozenset({"501", "CUST-TTS-US", "x' or 1=1"})).condition("tieout-refund-")
    assert both.endswith(
        "t.entity IN (501) OR t.entity IN (SELECT c.id FROM customer c WHERE c.externalid IN ('CUST-TTS-US'))"
    )


def test_the_first_load_reads_all_and_later_ones_what_was_modified_lately(bench):
    _, first = load(bench, memo(1))
    _, second = load(bench, memo(1))
    asked = [next(query for query in client.asked if "CustCred" in query) for client in (first, second)]
    day = f"{NOW - timedelta(days=62):%Y-%m-%d}"
    assert "t.lastmodifieddate >= " not in asked[0]
    assert f"AND (t.lastmodifieddate >= TO_DATE('{day}', 'YYYY-MM-DD')) ORDER" in asked[1]


def test_nothing_lands_twice_and_an_edited_line_does_without_a_touched_header(bench):
    assert load(bench, memo(1))[0].landed == 1
    assert load(bench, memo(1))[0].landed == 0
    assert load(bench, memo(1), transactionline=lines(1, "11.50"))[0].landed == 1


def test_a_memo_that_is_missing_among_the_recent_is_gone_and_an_old_one_is_not(bench):
    load(bench, memo(1), memo(2), memo(3, modified="2025-06-01 10:00:00"))
    done, _ = load(bench, memo(2))
    assert (done.deleted, bench.live(TABLE)) == (1, {"2", "3"})


def test_an_old_memo_goes_when_netsuite_lists_it_as_deleted(bench):
    load(bench, memo(1), memo(3, modified="2025-06-01 10:00:00"))
    deleted = [{"recordid": "3", "deleteddate": "2026-02-01 11:00:00"}, {"recordid": "9"}]
    done, client = load(bench, memo(1), deletedrecord=deleted)
    assert (done.deleted, bench.live(TABLE)) == (1, {"1"})
    assert "deleteddate >= TO_DATE('2026-01-30', 'YYYY-MM-DD')" in client.asked[-1]


def test_a_role_without_deleted_records_is_a_problem_and_the_memos_land(bench):
    load(bench, memo(1))
    client = FakeNetSuite(tables={"memos": [memo(2)], "transactionline": lines(2, "12.50")})
    client.failing["deletedrecord"] = RejectedError("Record 'deletedrecord' was not found")
    done = bench.ingest(netsuite=lambda run: netsuite.load(run, client))
    assert "deletedrecord" in done[MEMOS].problem
    assert "2" in bench.live(TABLE)


def test_an_amount_that_is_none_is_quarantined_and_the_other_memos_flow(bench):
    load(bench, memo(1), memo(2))
    done, _ = load(bench, memo(1, total="12,50"), memo(2, total="-13.00"))
    assert (done.landed, done.deleted, done.quarantined) == (1, 0, 1)
    assert bench.live("raw_tieout.quarantine") == {"netsuite/credit_memos/1"}
    assert bench.live(TABLE) == {"1", "2"}


def test_an_old_memo_in_quarantine_is_asked_for_again_until_it_can_be_used(bench):
    old = memo(3, modified="2025-06-01 10:00:00")
    load(bench, memo(1), {**old, "foreigntotal": "12,50"})
    _, client = load(bench, memo(1), {**old, "foreigntotal": "12,50"})
    assert "OR t.id IN (3))" in next(query for query in client.asked if "CustCred" in query)
    assert bench.live("raw_tieout.quarantine") == {"netsuite/credit_memos/3"}
    load(bench, memo(1), old)
    assert (bench.live("raw_tieout.quarantine"), bench.live(TABLE)) == (set(), {"1", "3"})


def test_a_long_history_is_read_in_portions_by_id():
    held, asked = [memo(number) for number in (1, 2, 3, 4, 5)], []

    def ask(query: str) -> list[dict[str, Any]]:
        asked.append(query)
        after = int(query.split("t.id > ")[1].split(" ")[0])
        return [row for row in held if int(row["id"]) > after][:2]

    found = credit_memos.read_headers(ask, credit_memos.CREDIT_MEMOS, credit_memos.Scope(), None, portion=2)
    assert [row["id"] for row in found] == ["1", "2", "3", "4", "5"]
    assert len(asked) == 3


@pytest.mark.parametrize("query", [credit_memos.HEADERS, credit_memos.LINES, credit_memos.DELETED])
def test_every_query_has_a_unique_order_and_formats_its_dates(query):
    assert query.split("ORDER BY ")[1].split(" FETCH")[0] in (
        "t.id", "tl.transaction, tl.id, tal.accountingbook", "recordid, deleteddate"
    )  # fmt: skip
    for name in ("t.trandate", "t.lastmodifieddate", "deleteddate"):
        assert query.count(f"TO_CHAR({name}") == (name in query)
