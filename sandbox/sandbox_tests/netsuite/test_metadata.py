"""The metadata catalog."""

from __future__ import annotations


def test_the_catalog_lists_the_served_types_and_describes_each(client):
    items = client.get("/record/v1/metadata-catalog/").json()["items"]
    assert {"journalEntry", "deposit", "account"} <= {item["name"] for item in items}
    for item in items:
        schema = client.get(item["links"][0]["href"], headers={"Accept": "application/schema+json"}).json()
        assert schema["type"] == "object"
        assert schema["properties"]["id"]


def test_a_selection_narrows_the_catalog(client):
    items = client.get("/record/v1/metadata-catalog", params={"select": "journalentry"}).json()["items"]
    assert [item["name"] for item in items] == ["journalEntry"]


def test_links_have_a_schema_of_their_own(client):
    assert client.get("/record/v1/metadata-catalog/nsLink").json()["properties"].keys() == {"rel", "href"}
    assert client.get("/record/v1/metadata-catalog/nonsense").status_code == 404


def test_an_openapi_document_is_given_when_asked_for(client):
    headers = {"Accept": "application/swagger+json"}
    document = client.get("/record/v1/metadata-catalog", params={"select": "journalEntry"}, headers=headers).json()
    assert document["components"]["schemas"].keys() == {"journalEntry"}
