"""The record service over a socket: verbs, addresses, references, names, external ids."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pytest


def code(answer):
    return answer.status_code, answer.json()["o:errorDetails"][0]["o:errorCode"]


def test_create_answers_204_with_an_absolute_location_on_the_requested_host(client, live, journal):
    answer = client.post("/record/v1/journalEntry", json=journal())
    assert (answer.status_code, answer.content) == (204, b"")
    assert answer.headers["location"].startswith(f"{live.base_url}/services/rest/record/v1/journalEntry/")


def test_what_was_written_reads_back_with_links_references_and_world_time(client, journal):
    location = client.post("/record/v1/journalEntry", json=journal(externalId="J-1", memo="Payout")).headers["location"]
    body = client.get(location, params={"expandSubResources": "true"}).json()
    assert body["links"] == [{"rel": "self", "href": location}]
    assert (body["externalId"], body["tranId"], body["tranDate"]) == ("J-1", "JE1", "2026-01-04")
    assert body["postingPeriod"]["refName"] == "Jan 2026"
    assert body["createdDate"] == body["lastModifiedDate"] == "2026-01-05T12:00:00Z"
    assert body["subsidiary"]["id"] == "1"
    assert body["subsidiary"]["links"][0]["href"].endswith("/record/v1/subsidiary/1")
    first = body["line"]["items"][0]
    assert (first["line"], first["debit"], first["account"]["refName"]) == (
        1,
        10.1,
        "1250 TikTok Shop UK Settlement Clearing",
    )


def test_amounts_keep_exactly_their_digits(client, journal):
    location = client.post(
        "/record/v1/journalEntry", json=journal(("1250", 0.1), ("1250", 0.2), ("4000", -0.3))
    ).headers["location"]
    text = client.get(f"{location}/line", params={"expandSubResources": "true"}).text
    assert '"debit":0.1,' in text.replace("}", ",")
    assert '"credit":0.3,' in text.replace("}", ",")


def test_sublists_are_links_until_expanded(client, journal):
    location = client.post("/record/v1/journalEntry", json=journal()).headers["location"]
    assert client.get(location).json()["line"] == {"links": [{"rel": "self", "href": f"{location}/line"}]}
    lines = client.get(f"{location}/line").json()
    assert lines["totalResults"] == 2
    second = client.get(lines["items"][1]["links"][0]["href"]).json()
    assert second["credit"] == 10.1
    assert code(client.get(f"{location}/line/9")) == (404, "NONEXISTENT_ID")
    assert code(client.get(f"{location}/expense")) == (404, "NONEXISTENT_ID")


def test_fields_limits_the_body(client, journal):
    location = client.post("/record/v1/journalEntry", json=journal(memo="m")).headers["location"]
    assert client.get(location, params={"fields": "memo,trandate"}).json().keys() == {"links", "id", "memo", "tranDate"}


def test_type_names_match_in_any_case_and_external_ids_serve_in_urls(client, journal):
    client.post("/record/v1/JOURNALENTRY", json=journal(externalId="J-1"))
    assert client.get("/record/v1/journalentry/eid:J-1").json()["externalId"] == "J-1"
    assert code(client.get("/record/v1/journalEntry/eid:J-2")) == (404, "NONEXISTENT_ID")
    assert code(client.get("/record/v1/nonsense/1")) == (404, "NONEXISTENT_ID")


@pytest.mark.parametrize(
    "reference", [{"id": "105"}, {"id": 105}, {"externalId": "ACC-1250"}, "105", 105,
                  {"refName": "1250 TikTok Shop UK Settlement Clearing"}]
)  # fmt: skip
def test_a_reference_may_take_any_of_its_forms(client, journal, reference):
    body = journal()
    body["line"]["items"][0]["account"] = reference
    location = client.post("/record/v1/journalEntry", json=body).headers["location"]
    assert client.get(f"{location}/line/1").json()["account"]["id"] == "105"


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ({"subsidiary": {"id": "99"}}, "subsidiary"),
        ({"currency": {"externalId": "CUR-JPY"}}, "currency"),
        ({"tranDate": "04/01/2026"}, "tranDate"),
        ({"exchangeRate": "plenty"}, "exchangeRate"),
        ({"approved": "maybe"}, "approved"),
        ({"memo": ["a"]}, "memo"),
        ({"line": {"items": "none"}}, "line.items"),
        ({"line": {"items": [{"account": {"id": "1"}}]}}, "line.items[0].account"),
        ({"line": {"items": [{"account": 105, "debit": True}]}}, "line.items[0].debit"),
        ({"line": {"items": [{"account": 105, "debit": 1, "entity": 7}]}}, "line.items[0].entity"),
    ],
)
def test_a_bad_value_is_invalid_content_at_its_path(client, journal, body, path):
    answer = client.post("/record/v1/journalEntry", json={**journal(), **body})
    assert code(answer) == (400, "INVALID_CONTENT")
    assert answer.json()["o:errorDetails"][0]["o:errorPath"] == path


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"memo": NaN}'])
def test_a_body_that_is_no_json_object_is_invalid_content(client, content):
    assert code(client.post("/record/v1/journalEntry", content=content)) == (400, "INVALID_CONTENT")


def test_an_inactive_account_is_refused(client, live, journal):
    live.store.patch("netsuite", "account", "105", {"isInactive": True})
    answer = client.post("/record/v1/journalEntry", json=journal())
    assert code(answer) == (400, "INVALID_CONTENT")
    assert "inactive" in answer.json()["o:errorDetails"][0]["detail"]


def test_a_misspelt_property_is_dropped_with_a_warning_ignored_or_refused_as_asked(client, journal):
    body = journal(memmo="typo")
    warned = client.post("/record/v1/journalEntry", json=body)
    assert warned.status_code == 204
    assert "memmo" in warned.headers["warning"]
    header = "X-NetSuite-PropertyNameValidation"
    ignored = client.post("/record/v1/journalEntry", json=body, headers={header: "ignore"})
    assert ignored.status_code == 204
    assert "warning" not in ignored.headers
    refused = client.post("/record/v1/journalEntry", json=body, headers={header: "error"})
    assert code(refused) == (400, "NONEXISTENT_FIELD")
    assert refused.json()["o:errorDetails"][0]["o:errorPath"] == "memmo"
    assert code(client.post("/record/v1/journalEntry", json=body, headers={header: "loud"})) == (400, "INVALID_REQUEST")


def test_property_names_match_in_any_case(client, journal):
    location = client.post("/record/v1/journalEntry", json=journal(MEMO="x")).headers["location"]
    assert client.get(location).json()["memo"] == "x"


def test_an_external_id_belongs_to_one_record_of_its_type(client, journal):
    client.post("/record/v1/journalEntry", json=journal(externalId="J-1"))
    answer = client.post("/record/v1/journalEntry", json=journal(externalId="J-1"))
    assert code(answer) == (400, "USER_ERROR")
    assert "already exists" in answer.json()["o:errorDetails"][0]["detail"]
    assert client.get("/record/v1/journalEntry").json()["totalResults"] == 1
    other = client.post("/record/v1/location", json={"name": "Leeds", "externalId": "J-1"})
    assert other.status_code == 204


@pytest.mark.parametrize("verb", ["POST", "PUT"])
def test_racing_writes_of_one_external_id_leave_one_record(client, live, journal, verb):
    live.store.set_meta("netsuite.concurrency", 20)
    path = "/record/v1/journalEntry" + ("/eid:J-1" if verb == "PUT" else "")
    with ThreadPoolExecutor(8) as pool:
        calls = [pool.submit(client.request, verb, path, json=journal(externalId="J-1")) for _ in range(8)]
        statuses = sorted(call.result().status_code for call in calls)
    assert statuses == ([204] * 8 if verb == "PUT" else [204] + [400] * 7)
    assert client.get("/record/v1/journalEntry").json()["totalResults"] == 1


def test_put_by_external_id_creates_once_and_then_changes(client, journal):
    first = client.put("/record/v1/journalEntry/eid:J-1", json=journal(memo="one"))
    second = client.put("/record/v1/journalEntry/eid:J-1?replace=line", json=journal(memo="two"))
    assert first.headers["location"] == second.headers["location"]
    body = client.get(second.headers["location"], params={"expandSubResources": "true"}).json()
    assert (body["memo"], body["externalId"], body["line"]["totalResults"]) == ("two", "J-1", 2)


def test_put_again_without_replace_adds_its_unkeyed_lines(client, journal):
    for _ in range(2):
        location = client.put("/record/v1/journalEntry/eid:J-1", json=journal()).headers["location"]
    assert client.get(f"{location}/line").json()["totalResults"] == 4


def test_put_needs_an_external_id(client, journal):
    assert code(client.put("/record/v1/journalEntry/77", json=journal())) == (400, "INVALID_REQUEST")


def test_patch_changes_what_it_names_and_null_clears(client, live, journal):
    location = client.post("/record/v1/journalEntry", json=journal(memo="old", externalId="J-1")).headers["location"]
    live.store.set_now(live.store.now + 3600)
    assert client.patch(location, json={"memo": None, "department": {"id": "1"}}).status_code == 204
    body = client.get(location, params={"expandSubResources": "true"}).json()
    assert "memo" not in body
    assert body["department"]["refName"] == "Ecommerce"
    assert (body["createdDate"], body["lastModifiedDate"]) == ("2026-01-05T12:00:00Z", "2026-01-05T13:00:00Z")
    assert body["line"]["totalResults"] == 2


def test_patch_by_line_number_changes_that_line(client, journal):
    location = client.post("/record/v1/journalEntry", json=journal()).headers["location"]
    lines = [{"line": 1, "debit": 7}, {"line": 2, "credit": 7, "memo": "new"}]
    assert client.patch(location, json={"line": {"items": lines}}).status_code == 204
    items = client.get(f"{location}/line", params={"expandSubResources": "true"}).json()["items"]
    assert [(item["line"], item.get("debit"), item.get("credit")) for item in items] == [(1, 7.0, None), (2, None, 7.0)]


def test_a_refused_change_leaves_the_record_as_it_was(client, journal):
    location = client.post("/record/v1/journalEntry", json=journal()).headers["location"]
    assert code(client.patch(location, json={"memo": "x", "line": {"items": [{"line": 1, "debit": 99}]}})) == (
        400,
        "USER_ERROR",
    )
    assert "memo" not in client.get(location).json()


def test_delete_removes_and_is_remembered(client, live, journal, query):
    location = client.post("/record/v1/journalEntry", json=journal()).headers["location"]
    assert client.delete(location).status_code == 204
    assert code(client.get(location)) == (404, "NONEXISTENT_ID")
    (row,) = query("SELECT recordid, recordtypeid, type, scriptid FROM deletedrecord")
    deleted = {"recordid": location.rsplit("/", 1)[1], "recordtypeid": "-30"}
    assert row == deleted | {"type": "Journal", "scriptid": "journalentry"}
    live.store.patch("netsuite", "journalEntry", row["recordid"], {})
    assert client.get(location).status_code == 200


def test_a_reversal_date_posts_the_opposite_journal_once(client, journal, query):
    location = client.post("/record/v1/journalEntry", json=journal(reversalDate="2026-02-01")).headers["location"]
    client.patch(location, json={"memo": "again"})
    twin = client.get(location).json()["reversalEntry"]["id"]
    rows = query(
        "SELECT transaction, debit, credit FROM transactionaccountingline WHERE transaction = ?"
        " ORDER BY transactionline",
        twin,
    )
    assert rows == [{"transaction": twin, "credit": "10.1"}, {"transaction": twin, "debit": "10.1"}]
    assert query("SELECT trandate, isreversal FROM transaction WHERE id = ?", twin) == [
        {"trandate": "2/1/2026", "isreversal": "T"}
    ]


def test_a_transform_is_refused_in_the_vendors_form(client, live, journal):
    location = client.post("/record/v1/journalEntry", json=journal()).headers["location"]
    assert code(client.post(f"{location}/!transform/invoice", json={})) == (400, "USER_ERROR")


def test_a_verb_the_resource_does_not_know_is_405(client):
    assert client.delete("/record/v1/journalEntry").status_code == 405


def test_a_deposit_totals_its_lines(client, query):
    body = {
        "account": {"externalId": "ACC-1010"},
        "subsidiary": {"id": "1"},
        "other": {"items": [
            {"account": {"externalId": "ACC-1250"}, "amount": 100.10},
            {"account": {"externalId": "ACC-6130"}, "amount": -0.3},
        ]},
        "cashback": {"items": [{"account": {"externalId": "ACC-7900"}, "amount": 1}]},
    }  # fmt: skip
    location = client.post("/record/v1/deposit", json=body).headers["location"]
    assert client.get(location).json()["total"] == 98.8
    rows = query(
        "SELECT tal.amount, a.acctnumber FROM transactionaccountingline tal JOIN account a ON a.id = tal.account"
    )
    assert {row["acctnumber"]: row["amount"] for row in rows} == {
        "1010": "98.8",
        "1250": "-100.1",
        "6130": "0.3",
        "7900": "1",
    }
    assert sum(Decimal(row["amount"]) for row in rows) == 0


def test_a_sales_order_opens_pending_fulfilment_and_closes_with_its_last_line(client):
    item = client.post("/record/v1/inventoryItem", json={"itemId": "SKU-1"}).headers["location"].rsplit("/", 1)[1]
    lines = [{"item": {"id": item}, "quantity": 3, "rate": 0.1}, {"item": {"id": item}, "quantity": 1, "amount": 2}]
    location = client.post("/record/v1/salesOrder", json={"entity": {"id": 501}, "item": {"items": lines}}).headers[
        "location"
    ]
    body = client.get(location).json()
    assert (body["status"], body["total"]) == ({"id": "B", "refName": "Pending Fulfillment"}, 2.3)
    assert client.get(location, params={"simpleEnumFormat": "true"}).json()["status"] == "B"
    client.patch(location, json={"item": {"items": [{"line": 1, "isClosed": True}, {"line": 2, "isClosed": True}]}})
    assert client.get(location).json()["status"]["id"] == "H"
    client.patch(location, json={"item": {"items": [{"line": 1, "quantity": 10}]}})
    assert client.get(location).json()["subtotal"] == 3.0


def test_several_records_in_one_call_are_refused_and_make_none(client, live):
    body = {"items": [{"companyName": "One"}, {"companyName": "Two"}]}
    before = live.store.count("netsuite", "customer")
    kind = {"content-type": "application/vnd.oracle.resource+json; type=collection"}
    for headers in ({}, kind):
        assert code(client.post("/record/v1/customer", json=body, headers=headers)) == (400, "INVALID_REQUEST")
    assert live.store.count("netsuite", "customer") == before


def test_an_id_of_no_form_is_invalid_and_one_of_nobody_is_not_found(client):
    assert code(client.get("/record/v1/journalEntry/abc")) == (400, "INVALID_ID")
    assert code(client.get("/record/v1/journalEntry/999999")) == (404, "NONEXISTENT_ID")


def test_an_upsert_that_carries_another_external_id_renames_or_is_refused(client, journal):
    for key in ("J-1", "J-2"):
        client.put(f"/record/v1/journalEntry/eid:{key}", json=journal())
    taken = client.put("/record/v1/journalEntry/eid:J-1", json={"externalId": "J-2"})
    assert code(taken) == (400, "USER_ERROR")
    assert client.put("/record/v1/journalEntry/eid:J-1", json={"externalId": "J-3"}).status_code == 204
    assert client.get("/record/v1/journalEntry/eid:J-3").status_code == 200
