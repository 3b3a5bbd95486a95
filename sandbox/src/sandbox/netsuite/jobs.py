"""Asynchronous calls: a job per call, answered at once in truth but read back through job, task and result.

Belongs here: `Prefer: respond-async`, idempotency keys, the job resources. Does not: what the call itself does.
Fact sheet netsuite 4.7: 202 with the job's Location; a repeated key is 400 IDEMPOTENCY_ERROR with the first job's
Location; the result is the original call's own answer.
"""

from __future__ import annotations

import json
from typing import Any

from sandbox.netsuite.errors import WireError, not_found
from sandbox.netsuite.wire import Answer, Call, encode, link, wire_instant
from sandbox.store import Store

JOB_ROOT = "/services/rest/async/v1/job"


def wanted(call: Call) -> bool:
    """Whether the caller asks for an asynchronous answer."""
    return "respond-async" in call.headers.get("prefer", "").lower()


def refuse_repeated_key(store: Store, call: Call) -> None:
    """Raise WireError 400 when this idempotency key has started a job before."""
    key = call.headers.get("x-netsuite-idempotency-key")
    job = store.get_meta(f"netsuite.idempotency.{key}") if key else None
    if job is not None:
        location = (("Location", f"{call.base_url}{JOB_ROOT}/{job}"),)
        detail = "The idempotency key has already been used."
        raise WireError(400, "IDEMPOTENCY_ERROR", detail, ("o:errorHeader", "X-NetSuite-Idempotency-Key"), location)


def accept(store: Store, call: Call, answer: Answer) -> Answer:
    """Keep the answer of a call under a new job, and return the 202 that names it."""
    kept = {
        "status": answer.status, "body": None if answer.body is None else encode(answer.body),
        "headers": answer.headers, "media_type": answer.media_type, "at": wire_instant(store.now),
    }  # fmt: skip
    with store.transaction():
        job = str(int(store.get_meta("netsuite.next_id.job", 1)))
        store.set_meta("netsuite.next_id.job", int(job) + 1)
        store.set_meta(f"netsuite.job.{job}", kept)
        key = call.headers.get("x-netsuite-idempotency-key")
        if key:
            store.set_meta(f"netsuite.idempotency.{key}", job)
    return Answer(202, headers={"Location": f"{call.base_url}{JOB_ROOT}/{job}", "Preference-Applied": "respond-async"})


def serve(store: Store, call: Call, parts: list[str]) -> Answer:
    """Answer /job/{id}, its /task list, a /task/{n} and the task's /result. Raises WireError 404."""
    kept: dict[str, Any] | None = store.get_meta(f"netsuite.job.{parts[0]}") if parts else None
    if kept is None or call.method != "GET":
        raise not_found("The job does not exist.")
    href = f"{call.base_url}{JOB_ROOT}/{parts[0]}"
    done = "succeeded" if kept["status"] < 400 else "failed"
    match parts[1:]:
        case []:
            task = {"links": [link("self", f"{href}/task")]}
            return Answer(
                200, {"links": [link("self", href)], "completed": True, "id": parts[0], "progress": done, "task": task}
            )
        case ["task"]:
            items = [{"links": [link("self", f"{href}/task/1")], "id": "1"}]
            return Answer(200, {"links": [link("self", f"{href}/task")], "items": items, "totalResults": 1, "count": 1,
                                "hasMore": False, "offset": 0})  # fmt: skip
        case ["task", "1"]:
            links = [link("self", f"{href}/task/1"), link("related", f"{href}/task/1/result")]
            return Answer(200, {"links": links, "completed": True, "id": "1", "progress": done, "startTime": kept["at"],
                                "endTime": kept["at"]})  # fmt: skip
        case ["task", "1", "result"]:
            body = None if kept["body"] is None else json.loads(kept["body"])
            return Answer(kept["status"], body, kept["headers"], kept["media_type"])
    raise not_found("The task does not exist.")
