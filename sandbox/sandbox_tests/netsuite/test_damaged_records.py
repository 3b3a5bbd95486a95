"""Whatever is in a record's field, the query service and the record service still answer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import httpx
import pytest

from sandbox.netsuite.sublists import lines_of
from sandbox_tests.netsuite.conftest import Live
from sandbox_tests.netsuite.test_documents import document

MISSING = object()
DAMAGES = (None, "", "12,50", "NaN", "1e999999", 5, ["a", 1], {"items": 5}, MISSING)
TABLES = {
    "account": "account",
    "subsidiary": "subsidiary",
    "currency": "currency",
    "accountingPeriod": "accountingperiod",
}
LINES = (
    "SELECT t.id, TO_CHAR(t.trandate, 'YYYY-MM-DD') AS trandate, t.memo, tal.debit, tal.credit, tl.foreignamount"
    " FROM transaction t INNER JOIN transactionaccountingline tal ON tal.transaction = t.id INNER JOIN transactionline"
    " tl ON tl.transaction = tal.transaction AND tl.id = tal.transactionline ORDER BY t.id, tal.transactionline"
)


def with_field(body: dict[str, Any], name: str, damage: Any) -> dict[str, Any]:
    rest = {key: value for key, value in body.items() if key != name}
    return rest if damage is MISSING else {**rest, name: damage}


def answers(client: httpx.Client, path: str) -> None:
    found = client.get(path, params={"expandSubResources": "true"})
    assert found.status_code == 200, found.text


@pytest.mark.parametrize("kind", TABLES)
def test_any_field_of_a_list_may_hold_anything(
    live: Live, client: httpx.Client, query: Callable[..., list[dict[str, Any]]], kind: str
) -> None:
    sound = live.store.select("netsuite", kind, limit=1)[0]
    for name in sound.body:
        for damage in DAMAGES:
            live.store.put(replace(sound, body=with_field(sound.body, name, damage)))
            assert sound.id in [row["id"] for row in query(f"SELECT * FROM {TABLES[kind]} ORDER BY id")]
        answers(client, f"/record/v1/{kind}/{sound.id}")


def test_any_field_of_a_credit_memo_and_its_lines_may_hold_anything(
    live: Live, client: httpx.Client, query: Callable[..., list[dict[str, Any]]]
) -> None:
    kind = "creditMemo"
    assert client.post(f"/record/v1/{kind}", json=document(2, 3, externalId="R-1", memo="m")).status_code == 204
    sound = live.store.select("netsuite", kind)[0]
    first, *rest = lines_of(sound.body, "item")
    bodies = [with_field(sound.body, name, damage) for name in sound.body for damage in DAMAGES]
    bodies += [{**sound.body, "item": {"items": [with_field(first, name, damage), *rest]}}
               for name in first for damage in DAMAGES]  # fmt: skip
    for body in bodies:
        live.store.put(replace(sound, body=body))
        assert {row["id"] for row in query(LINES)} <= {sound.id}
        answers(client, f"/record/v1/{kind}/{sound.id}")


def test_any_field_of_a_journal_and_its_lines_may_hold_anything(
    live: Live, client: httpx.Client, query: Callable[..., list[dict[str, Any]]], journal: Callable[..., dict[str, Any]]
) -> None:
    assert client.post("/record/v1/journalEntry", json=journal(externalId="TTS-1", memo="m")).status_code == 204
    sound = live.store.select("netsuite", "journalEntry")[0]
    lines = lines_of(sound.body, "line")
    bodies = [with_field(sound.body, name, damage) for name in sound.body for damage in DAMAGES]
    for name in {name for line in lines for name in line}:
        bodies += [
            {**sound.body, "line": {"items": [with_field(lines[0], name, damage), *lines[1:]]}} for damage in DAMAGES
        ]
    for body in bodies:
        live.store.put(replace(sound, body=body))
        assert {row["id"] for row in query(LINES)} <= {sound.id}
        answers(client, f"/record/v1/journalEntry/{sound.id}")
