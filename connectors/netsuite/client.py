"""NetSuite as its callers see it: SuiteQL for reading in bulk, the record service for single records and writes.

Belongs here: one method per operation. Does not: HTTP (transport), what a journal holds (reverse_sync), what rows
mean (dbt). Amounts are Decimal in both directions; dates are what the caller's SuiteQL formats.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from types import TracebackType
from typing import Any, Self
from urllib.parse import quote

from connectors.netsuite.errors import NOT_FOUND, classify_reply, id_from_location
from connectors.netsuite.oauth1 import TokenPassport, TokenSigner
from connectors.netsuite.oauth2 import VENDOR, open_token_file, required
from connectors.transport.bearer import BearerSigner
from connectors.transport.client import Api, Service, Signer, Wire
from connectors.transport.errors import MalformedReplyError, RejectedError
from connectors.transport.exact_json import dump_json
from connectors.transport.limits import Slots
from connectors.transport.messages import Call, Query, Reply
from connectors.transport.rows import rows_of
from tieout.numbers import whole_number
from tieout.settings import Settings
from tieout.state import State

Row = dict[str, Any]

SUITEQL_PATH = "/services/rest/query/v1/suiteql"
RECORD_PATH = "/services/rest/record/v1"
PAGE_SIZE = 1000
MAX_RESULTS = 100_000
_EXTERNAL_ID = re.compile(r"[A-Za-z0-9_-]{1,120}")
_STRICT = {"content-type": "application/json", "X-NetSuite-PropertyNameValidation": "error"}


@dataclass(frozen=True)
class Page:
    """Rows with lower-case names, without links; NULL columns are absent, numbers may be text, booleans T or F.

    `as_of` is NetSuite's clock, UTC; `total_count` the rows of the whole result.
    """

    rows: list[Row]
    as_of: datetime
    api_version: str
    total_count: int


class NetSuiteClient:
    """One account. Every method raises the errors of `connectors.transport.errors`; writes are never sent twice."""

    def __init__(self, api: Api) -> None:
        """Talk through `api`."""
        self._api = api

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections and give back concurrency slots."""
        self._api.close()

    def suiteql(self, query: str, params: Sequence[str] = ()) -> Iterator[Page]:
        """Yield the pages of a SuiteQL result; each `?` is one of `params`. All pages are read before the first.

        The query must end in an ORDER BY on something unique: without it NetSuite repeats and drops rows.

        Raises:
            RejectedError: TOO_MANY_RESULTS above 100,000 rows, where NetSuite cuts off: split the window.
            MalformedReplyError: when two readings do not bring as many rows as NetSuite counts.
        """
        for _ in range(2):
            pages = list(self._suiteql_pages(query, params))
            rows = sum(len(page.rows) for page in pages)
            if rows == pages[-1].total_count:
                yield from pages
                return
        raise MalformedReplyError(
            f"{rows} rows came of {pages[-1].total_count} announced, twice", vendor=VENDOR, endpoint="suiteql"
        )

    def read(self, record_type: str, id_or_eid: str, *, expand: bool = True) -> Row | None:
        """Return a record by internal id or `eid:<external id>`, with its sublists when `expand`; None when unknown.

        Raises:
            MalformedReplyError: when a sublist came in part.
        """
        query: Query = (("expandSubResources", "true"),) if expand else ()
        call = self._record_call("GET", record_type, id_or_eid, query=query)
        try:
            record = self._api.send(call).json()
        except RejectedError as error:
            if error.code in NOT_FOUND:
                return None
            raise
        return _whole_record(record, call.endpoint)

    def find_by_external_id(self, record_type: str, external_id: str) -> Row | None:
        """Return the record that carries this external id, with its sublists; None when there is none."""
        return self.read(record_type, _eid(external_id))

    def create(self, record_type: str, body: Row) -> str:
        """Create a record and return its internal id.

        Raises:
            RejectedError: DUPLICATE_RECORD when its external id is taken, PERIOD_CLOSED, or NetSuite's own code.
            OutcomeUnknownError: when it may exist now: look for its external id before trying again.
        """
        call = self._record_call("POST", record_type, "", body=dump_json(body))
        return id_from_location(self._api.send(call))

    def upsert(self, record_type: str, external_id: str, body: Row) -> str:
        """Create or update the record with this external id (PUT eid:) and return its internal id."""
        call = self._record_call("PUT", record_type, _eid(external_id), body=dump_json(body))
        return id_from_location(self._api.send(call))

    def patch(self, record_type: str, id_or_eid: str, body: Row) -> None:
        """Change the fields in `body`; None clears one. A sublist line without its key is added, not changed."""
        self._api.send(self._record_call("PATCH", record_type, id_or_eid, body=dump_json(body)))

    def _suiteql_pages(self, query: str, params: Sequence[str]) -> Iterator[Page]:
        body = dump_json({"q": query, **({"params": list(params)} if params else {})})
        offset, more = 0, True
        while more and offset <= MAX_RESULTS:
            reply = self._api.send(_suiteql_call(body, offset))
            page, more = _page(reply)
            if page.total_count > MAX_RESULTS:
                raise RejectedError(
                    f"{page.total_count} rows, NetSuite hands out {MAX_RESULTS}: split the query's window",
                    vendor=VENDOR,
                    endpoint="suiteql",
                    code="TOO_MANY_RESULTS",
                )
            yield page
            offset += PAGE_SIZE

    def _record_call(self, method: str, record_type: str, key: str, *, body: bytes = b"", query: Query = ()) -> Call:
        path = "/".join((RECORD_PATH, quote(record_type, safe=""), quote(key, safe=":"))).rstrip("/")
        verb = {"GET": "read", "POST": "create", "PUT": "upsert", "PATCH": "patch"}[method]
        return Call(
            f"{verb} {record_type}", method, path, is_read=method == "GET", query=query, body=body, headers=_STRICT
        )


def open_netsuite(settings: Settings, state: State, *, wire: Wire | None = None) -> NetSuiteClient:
    """Open NetSuite for this tenant: one client per process, closed by its `with` block or `close()`.

    The concurrency limit of the account is shared through `state`, the access token through a file in the home folder.

    Raises:
        ConfigError: when the credentials of the chosen `auth` are missing or unreadable.
    """
    wire = wire or Wire()
    netsuite = settings.netsuite
    slots = Slots(
        state,
        f"{VENDOR}/{netsuite.account}",
        limit=netsuite.concurrency,
        call_seconds=2 * netsuite.timeout_seconds,
        now=wire.now,
        sleep=wire.sleep,
    )
    signer, secrets = _signer(settings, wire)
    classify = partial(classify_reply, secrets=secrets, tokens_renew=netsuite.auth == "oauth2")
    service = Service(VENDOR, netsuite.base_url, netsuite.timeout_seconds, classify, signer, slots)
    return NetSuiteClient(Api(service, wire))


def _signer(settings: Settings, wire: Wire) -> tuple[Signer, tuple[str, ...]]:
    netsuite = settings.netsuite
    if netsuite.auth == "oauth2":
        return BearerSigner(open_token_file(settings, wire)), (required(netsuite.client_id, "client_id"),)
    names = ("consumer_key", "consumer_secret", "token_id", "token_secret")
    values = tuple(required(getattr(netsuite, name), name) for name in names)
    return TokenSigner(TokenPassport(netsuite.account, *values), now=wire.now), values


def _suiteql_call(body: bytes, offset: int) -> Call:
    query = (("limit", str(PAGE_SIZE)), ("offset", str(offset)))
    headers = {"content-type": "application/json", "Prefer": "transient"}
    return Call("suiteql", "POST", SUITEQL_PATH, is_read=True, query=query, body=body, headers=headers)


def _page(reply: Reply) -> tuple[Page, bool]:
    body = reply.json()
    try:
        found = rows_of(body["items"])
        rows = [{name.lower(): value for name, value in row.items() if name != "links"} for row in found]
        page = Page(rows, reply.server_time, "v1", whole_number(body["totalResults"]))
        return page, bool(body.get("hasMore"))
    except (TypeError, KeyError, ValueError, AttributeError):
        raise MalformedReplyError(
            "expected items, hasMore and totalResults", vendor=VENDOR, endpoint="suiteql"
        ) from None


def _whole_record(record: Any, endpoint: str) -> Row:
    if not isinstance(record, dict):
        raise MalformedReplyError("expected a record object", vendor=VENDOR, endpoint=endpoint)
    for name, value in record.items():
        if isinstance(value, dict) and "items" in value and value.get("hasMore") is True:
            raise MalformedReplyError(f"sublist {name} came in part", vendor=VENDOR, endpoint=endpoint)
    return record


def _eid(external_id: str) -> str:
    if not _EXTERNAL_ID.fullmatch(external_id):
        raise ValueError(f"external id {external_id!r}: NetSuite takes letters, digits, '_' and '-' in a URL")
    return f"eid:{external_id}"
