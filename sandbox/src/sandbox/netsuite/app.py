"""The account's web server: one entry for every address, with authentication and the concurrency gate before it.

Belongs here: Starlette, headers, threads. Does not: what any resource does.
Fact sheet netsuite 9: concurrency, not rate, is limited, per account and where it is reserved per integration; above it
a call is refused at once with 429. A save loads its record, takes its time, and is refused when the record has changed.
"""

from __future__ import annotations

import asyncio
import threading
import time
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import parse_qsl, unquote

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox.netsuite import jobs, oauth1, oauth2, record_service
from sandbox.netsuite.credentials import credentials, token_pair
from sandbox.netsuite.errors import WireError, error_body, invalid_login, not_found
from sandbox.netsuite.lookup import index_external_ids
from sandbox.netsuite.schema import KINDS, SYSTEM
from sandbox.netsuite.seed import seed
from sandbox.netsuite.suiteql import QueryService
from sandbox.netsuite.switches import switch
from sandbox.netsuite.wire import RECORD_ROOT, Answer, Call, encode, refusal
from sandbox.store import Store

_METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
_ERROR_TYPE = "application/vnd.oracle.resource+json; type=error"
_QUERY_PATH = "/services/rest/query/v1/suiteql"
_LIMITS_PATH = "/services/rest/system/v1/governanceLimits"


@dataclass
class Account:
    """One account in service: its records, secrets, query engine, and the calls now in progress."""

    store: Store
    secrets: dict[str, str]
    queries: QueryService
    nonces: oauth1.Nonces = field(default_factory=oauth1.Nonces)
    in_progress: int = 0
    one_job_at_a_time: threading.Lock = field(default_factory=threading.Lock)

    async def answer(self, call: Call) -> Answer:
        """Answer one request whole."""
        if call.path == oauth2.TOKEN_PATH and call.method == "POST":
            lenient = bool(switch(self.store, "lenient_aud"))
            return oauth2.issue(call, self.secrets, lenient_aud=lenient, now=time.time())
        if not self._knows(call):
            return refusal(invalid_login())
        if self.in_progress >= self._limit():
            raise _Blocked
        self.in_progress += 1
        try:
            if seconds := float(switch(self.store, "latency_seconds")):
                loaded = await run_in_threadpool(record_service.loaded, self.store, call)
                await asyncio.sleep(seconds)
                call = replace(call, loaded=loaded)
            return await run_in_threadpool(self._serve, call)
        finally:
            self.in_progress -= 1

    def _knows(self, call: Call) -> bool:
        header = call.headers.get("authorization", "")
        scheme = header.partition(" ")[0].lower()
        if scheme == "bearer":
            return oauth2.bearer_is_good(header.partition(" ")[2].strip(), self.secrets)
        if scheme != "oauth":
            return False
        url = f"{call.base_url}{call.path}" + (f"?{call.raw_query}" if call.raw_query else "")
        wrong = oauth1.refusal(
            call.method, url, header=header, pair=token_pair(self.secrets),
            nonces=self.nonces, now=int(time.time()),
        )  # fmt: skip
        return wrong is None

    def _limit(self) -> int:
        """Return how many calls this integration may make at once: those reserved for it, else what others leave."""
        reserved = int(switch(self.store, "integration_concurrency"))
        return reserved or max(int(switch(self.store, "concurrency")) - int(switch(self.store, "calls_of_others")), 0)

    def _limits(self) -> dict[str, Any]:
        limit, reserved = (int(switch(self.store, name)) for name in ("concurrency", "integration_concurrency"))
        limits = {"accountConcurrencyLimit": limit, "accountUnallocatedConcurrencyLimit": limit - reserved}
        if reserved:
            return {**limits, "integrationConcurrencyLimit": reserved, "integrationLimitType": "integrationSpecific"}
        return {**limits, "integrationLimitType": "accountLimit"}

    def _serve(self, call: Call) -> Answer:
        try:
            if call.path.startswith(RECORD_ROOT + "/") and jobs.wanted(call):
                with self.one_job_at_a_time:
                    jobs.refuse_repeated_key(self.store, call)
                    return jobs.accept(self.store, call, self._answer_or_refusal(call))
        except WireError as error:
            return refusal(error)
        return self._answer_or_refusal(call)

    def _answer_or_refusal(self, call: Call) -> Answer:
        try:
            return self._route(call)
        except WireError as error:
            return refusal(error)

    def _route(self, call: Call) -> Answer:
        if call.path.startswith(RECORD_ROOT + "/"):
            return record_service.serve(self.store, call, _parts(call.path, RECORD_ROOT))
        if call.path == _QUERY_PATH and call.method == "POST":
            return self.queries.answer(call)
        if call.path.startswith(jobs.JOB_ROOT + "/"):
            return jobs.serve(self.store, call, _parts(call.path, jobs.JOB_ROOT))
        if call.path == _LIMITS_PATH and call.method == "GET":
            return Answer(200, self._limits(), media_type="application/json")
        raise not_found("The requested resource does not exist.")


class _Blocked(Exception):
    """Too many calls at once."""


def netsuite_app(store: Store, *, account: str = "1234567") -> Starlette:
    """Return the account as an ASGI app over a store, its master data written when missing."""
    store.register(SYSTEM, KINDS)
    index_external_ids(store)
    seed(store)
    tenant = Account(store, credentials(store, account=account), QueryService(store))

    async def serve(request: Request) -> Response:
        call = await _read(request, public_base_url=str(switch(store, "public_base_url")))
        try:
            return _response(await tenant.answer(call))
        except _Blocked:
            return Response(error_body(429), 429, media_type=_ERROR_TYPE)

    async def fail(request: Request, error: Exception) -> Response:
        # The framework logs the traceback; the caller sees what the vendor would show.
        return Response(error_body(500), 500, media_type=_ERROR_TYPE)

    return Starlette(routes=[Route("/{path:path}", serve, methods=_METHODS)], exception_handlers={Exception: fail})


async def _read(request: Request, *, public_base_url: str) -> Call:
    raw_query = request.scope["query_string"].decode("latin-1")
    return Call(
        method=request.method,
        path=request.scope.get("raw_path", request.scope["path"].encode()).decode("latin-1"),
        query=dict(parse_qsl(raw_query, keep_blank_values=True)),
        headers={name.lower(): value for name, value in request.headers.items()},
        body=await request.body(),
        base_url=public_base_url.rstrip("/") or f"{request.url.scheme}://{request.url.netloc}",
        raw_query=raw_query,
    )


def _response(answer: Answer) -> Response:
    if answer.body is None:
        return Response(status_code=answer.status, headers=answer.headers)
    return Response(encode(answer.body), answer.status, answer.headers, media_type=answer.media_type)


def _parts(path: str, root: str) -> list[str]:
    return [unquote(part) for part in path[len(root) :].strip("/").split("/")]
