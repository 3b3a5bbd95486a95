"""Import jobs: files of products, prices or stock that NewStore fetches from an address (fact sheet newstore 7).

Belongs here: the calls. Does not: making or serving a file.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from connectors.newstore.account import VENDOR
from connectors.newstore.requester import Listing, Requester, list_of, object_of, part
from connectors.transport.errors import OutcomeUnknownError
from connectors.transport.rows import Row

Entity = Literal["products", "categories", "availabilities", "prices"]
_IMPORT = "/v0/d/import"


def create_import(
    requester: Requester, provider: str, *, source_uri: str, revision: int, entities: Sequence[Entity]
) -> str:
    """Announce a file; return the job's id. `revision` is epoch milliseconds: a later one replaces an earlier one."""
    body = {"provider": provider, "source_uri": source_uri, "revision": revision, "entities": list(entities)}
    reply = requester.write("create import", _IMPORT, body)
    found = object_of(reply).get("id")
    if not isinstance(found, str) or not found:
        raise OutcomeUnknownError("expected the id of the job", vendor=VENDOR, endpoint=reply.call.endpoint)
    return found


def start_import(requester: Requester, import_id: str, *, transformed_uri: str) -> None:
    """Have NewStore fetch the file."""
    requester.write("start import", f"{_IMPORT}/{part(import_id)}/start", {"transformed_uri": transformed_uri})


def import_job(requester: Requester, import_id: str) -> Row | None:
    """Return a job and its `state`; None when there is none."""
    reply = requester.found("import", f"{_IMPORT}/{part(import_id)}")
    return None if reply is None else object_of(reply)


def imports(requester: Requester, *, state: str = "") -> Listing:
    """Return all jobs, or those in a state."""
    query = (("filter[state]", state),) if state else ()
    reply = requester.read("imports", _IMPORT, query=query)
    return Listing(list_of(reply, "items"), reply.server_time)


def import_errors(requester: Requester, import_id: str) -> Listing:
    """Return what could not be imported: reason, entity_type and entity_id."""
    reply = requester.read("import errors", f"{_IMPORT}/{part(import_id)}/errors")
    return Listing(list_of(reply, "errors"), reply.server_time)
