"""What Linnworks' statuses and texts mean to us (fact sheet linnworks 3).

Belongs here: from a reply to an error, or to "good". Does not: what is done about it (transport, reverse_sync).
A refusal is `{"Message"}` on almost any status: the texts decide more than the numbers do.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from connectors.transport.errors import ConnectorError, RateLimitedError
from connectors.transport.faults import Said, error_for_body, error_for_refusal, error_for_status, object_of
from connectors.transport.messages import Reply
from connectors.transport.redaction import plain_id, redact

UNKNOWN_METHOD = "UNKNOWN_METHOD"
QUOTA_SECONDS = 60.0
_QUOTA = re.compile(r"(?i)calls quota exceeded|maximum admitted \d+ per minute")


def classify_reply(reply: Reply, secrets: Iterable[str] = (), *, sessions_renew: bool = True) -> ConnectorError | None:
    """Return the error that a reply means, or None when it is good.

    No message holds one of `secrets`. `sessions_renew`: a 401 may be a session that ended, and is worth one new one.
    The text of the quota is looked for on every refusal, for it was seen on other statuses than 429. Without a
    Retry-After the whole minute is waited out.
    """
    if reply.status < 300:
        return error_for_body(reply)
    said = _said(reply, secrets)
    if reply.status == 429 or _QUOTA.search(said.message):
        wait = reply.retry_after
        reported = f"HTTP {reply.status}: {said.message}"
        pause = QUOTA_SECONDS if wait is None else wait
        return RateLimitedError(reported, vendor=reply.vendor, endpoint=reply.call.endpoint, retry_after=pause)
    if (error := error_for_status(reply, said)) is not None:
        return error
    lacking = "the application's user lacks the permission for this method"
    return error_for_refusal(reply, said, lacking=lacking, not_found=UNKNOWN_METHOD, tokens_renew=sessions_renew)


def _said(reply: Reply, secrets: Iterable[str]) -> Said:
    body = object_of(reply)
    return Said(redact(str(body.get("Message") or ""), secrets), plain_id(str(body.get("Code") or ""), secrets))
