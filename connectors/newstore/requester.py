"""How a request becomes a call: one quota for all, whole objects and lists, or an error.

Belongs here: what all calls share. Does not: which calls there are (orders, fulfilment, stock, returns, imports).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from urllib.parse import quote

from connectors.newstore.account import VENDOR
from connectors.newstore.errors import NOT_FOUND
from connectors.transport.client import Api
from connectors.transport.errors import MalformedReplyError, OutcomeUnknownError, RejectedError
from connectors.transport.exact_json import dump_json
from connectors.transport.limits import Pacer
from connectors.transport.messages import Call, Query, Reply
from connectors.transport.rows import Row, rows_of
from tieout.clock import Clock, utc_now

_JSON = {"content-type": "application/json"}


@dataclass(frozen=True)
class Listing:
    """A whole list as received, and the vendor's clock, UTC."""

    rows: list[Row]
    as_of: datetime


class AddressLimiter:
    """One pace for all calls of our address, over all processes that share the state."""

    def __init__(self, pacer: Pacer) -> None:
        """Pace all calls as one."""
        self._pacer = pacer

    @contextmanager
    def acquire(self, call: Call) -> Iterator[None]:
        """Wait until the pace allows a call."""
        with self._pacer.acquire(_shared(call)):
            yield

    def throttle(self, call: Call, seconds: float) -> None:
        """Let no process call for so long."""
        self._pacer.throttle(_shared(call), seconds)

    def close(self) -> None:
        """Nothing is held between calls."""


class Requester:
    """Sends requests over an open API."""

    def __init__(self, api: Api, now: Clock = utc_now) -> None:
        """Talk over `api`; `now` dates what a refusal says, which carries no clock of the vendor's."""
        self._api, self.now = api, now

    def close(self) -> None:
        """Close the connections."""
        self._api.close()

    def read(self, endpoint: str, path: str, *, query: Query = (), accept: str = "") -> Reply:
        """Return the reply to a GET."""
        headers = {"Accept": accept} if accept else {}
        return self._api.send(Call(endpoint, "GET", path, is_read=True, query=query, headers=headers))

    def ask(self, endpoint: str, path: str, body: Mapping[str, Any]) -> Reply:
        """Return the reply to a POST that changes nothing that anybody sees, and may be sent twice."""
        return self._api.send(Call(endpoint, "POST", path, is_read=True, body=dump_json(dict(body)), headers=_JSON))

    def write(self, endpoint: str, path: str, body: Mapping[str, Any], *, query: Query = ()) -> Reply:
        """Return the reply to a POST that is sent once."""
        content = dump_json(dict(body))
        return self._api.send(Call(endpoint, "POST", path, is_read=False, query=query, body=content, headers=_JSON))

    def found(self, endpoint: str, path: str, *, query: Query = (), accept: str = "") -> Reply | None:
        """Return the reply to a GET of one record, or None when there is none."""
        try:
            return self.read(endpoint, path, query=query, accept=accept)
        except RejectedError as error:
            if error.code == NOT_FOUND:
                return None
            raise


def object_of(reply: Reply) -> Row:
    """Return a reply's object; of a write without one, the outcome is unknown.

    Raises:
        MalformedReplyError: when a read is answered by anything else.
    """
    try:
        body = reply.json()
    except MalformedReplyError:
        if reply.call.is_read:
            raise
        body = None
    if isinstance(body, dict):
        return body
    error = MalformedReplyError if reply.call.is_read else OutcomeUnknownError
    raise error("expected an object", vendor=VENDOR, endpoint=reply.call.endpoint)


def list_of(reply: Reply, name: str = "") -> list[Row]:
    """Return the list in a reply: bare, or under a name of its object. The documents do not always say which.

    Raises:
        MalformedReplyError: when there is none.
    """
    body = reply.json()
    found = body.get(name) if name and isinstance(body, dict) else body
    try:
        return rows_of(found)
    except TypeError:
        expected = f"a list {name}" if name else "a list"
        raise MalformedReplyError(f"expected {expected}", vendor=VENDOR, endpoint=reply.call.endpoint) from None


def part(key: str) -> str:
    """Return an id as a part of a path."""
    return quote(key, safe="")


def _shared(call: Call) -> Call:
    return replace(call, endpoint="all calls", scope="")
