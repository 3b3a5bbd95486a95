"""Asynchronous calls and their idempotency keys."""

from __future__ import annotations

ASYNC = {"Prefer": "respond-async", "X-NetSuite-idempotency-key": "b9c5-1"}


def test_an_asynchronous_create_is_read_back_through_its_job(client, live, journal):
    accepted = client.post("/record/v1/journalEntry", json=journal(externalId="J-1"), headers=ASYNC)
    assert accepted.status_code == 202
    assert accepted.headers["preference-applied"] == "respond-async"
    job = accepted.headers["location"]
    assert job.startswith(f"{live.base_url}/services/rest/async/v1/job/")
    assert client.get(job).json()["completed"] is True
    task = client.get(client.get(f"{job}/task").json()["items"][0]["links"][0]["href"]).json()
    assert task["progress"] == "succeeded"
    (result,) = [link["href"] for link in task["links"] if link["rel"] == "related"]
    original = client.get(result)
    assert original.status_code == 204
    assert client.get(original.headers["location"]).json()["externalId"] == "J-1"


def test_a_repeated_key_is_refused_with_the_first_jobs_location(client, journal):
    first = client.post("/record/v1/journalEntry", json=journal(), headers=ASYNC)
    second = client.post("/record/v1/journalEntry", json=journal(), headers=ASYNC)
    assert second.status_code == 400
    assert second.json()["o:errorDetails"][0]["o:errorCode"] == "IDEMPOTENCY_ERROR"
    assert second.headers["location"] == first.headers["location"]
    assert client.get("/record/v1/journalEntry").json()["totalResults"] == 1


def test_without_async_a_key_protects_from_nothing(client, journal):
    for _ in range(2):
        client.post("/record/v1/journalEntry", json=journal(), headers={"X-NetSuite-idempotency-key": "same"})
    assert client.get("/record/v1/journalEntry").json()["totalResults"] == 2


def test_a_failed_call_fails_in_its_result(client, journal):
    job = client.post("/record/v1/journalEntry", json={}, headers={"Prefer": "respond-async"}).headers["location"]
    assert client.get(job).json()["progress"] == "failed"
    assert client.get(f"{job}/task/1/result").status_code == 400


def test_an_unknown_job_is_404(client):
    assert client.get("/async/v1/job/99").status_code == 404
    assert client.get("/async/v1/job/99/task/1").status_code == 404
