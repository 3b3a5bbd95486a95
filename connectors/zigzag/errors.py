"""What ZigZag's statuses and codes mean to us (fact sheet zigzag 2): a refusal is `{"code", "detail"}`.

Belongs here: from a reply to an error, or to "good". Does not: what is done about it (transport, reverse_sync).
"""

from __future__ import annotations

from collections.abc import Iterable

from connectors.transport.errors import ConnectorError
from connectors.transport.faults import Said, error_for_body, error_for_refusal, error_for_status, object_of
from connectors.transport.messages import Reply
from connectors.transport.redaction import plain_id, redact

NOT_FOUND = "NOT_FOUND"
"""The code of a refusal with status 404, whatever its body calls it."""
DUPLICATE_REFERENCE = "duplicate_reference"
"""The code of a refusal: there are returns under this external reference already."""


def classify_reply(reply: Reply, secrets: Iterable[str] = (), *, tokens_renew: bool = True) -> ConnectorError | None:
    """Return the error that a reply means, or None when it is good. A deletion may be answered without a body.

    No message holds one of `secrets`. `tokens_renew`: a 401 may be a token that ran out, and is worth one new one.
    """
    if reply.status < 300:
        return None if reply.call.method == "DELETE" else error_for_body(reply)
    said = _said(reply, secrets)
    if (error := error_for_status(reply, said)) is not None:
        return error
    lacking = "the user lacks the permission for this call"
    return error_for_refusal(reply, said, lacking=lacking, not_found=NOT_FOUND, tokens_renew=tokens_renew)


def _said(reply: Reply, secrets: Iterable[str]) -> Said:
    body = object_of(reply)
    return Said(redact(str(body.get("detail") or ""), secrets), plain_id(str(body.get("code") or ""), secrets))
