"""What can go wrong on a wire, by what the caller should do about it.

    ConnectorError
    +- CredentialError          stop that system: a person must renew access, grant a scope or mend a key
    |  +- ExpiredTokenError     the access token ran out; transport renews it and sends again by itself
    |  +- ForbiddenError        who asks is known, and may not have this: of one record, it may be that record alone
    +- TransientError           nothing was done, or only read: try again later
    |  +- RateLimitedError      the vendor asked to slow down; nothing was done
    |  +- EndpointRestingError  the endpoint kept failing and is left alone for now; nothing was sent
    |  +- UnreachableError      no connection could be made; nothing was sent, and nothing else of it can be read now
    +- OutcomeUnknownError      a write may or may not have happened: read back before sending anything again
    +- RejectedError            the vendor refused; sending the same again changes nothing
    |  +- UnknownVersionError   this version of the endpoint is not (or no longer) offered to this shop
    +- MalformedReplyError      the answer is no answer: not JSON, the wrong shape, or provably incomplete

Belongs here: the tree and what each error carries. Does not: which vendor code means which (each system's
`errors`). Messages are already redacted when they reach an error, and never hold a whole record.
"""

from __future__ import annotations

from tieout.errors import TieoutError


class ConnectorError(TieoutError):
    """Talking to a system failed. Carries who said what, as far as known; empty strings where unknown.

    `was_retried`: what failed was tried again already, as a call for a token within another call.
    """

    was_retried = False

    def __init__(
        self, message: str, *, vendor: str = "", endpoint: str = "", code: str = "", request_id: str = ""
    ) -> None:
        """Describe the failure; `code` and `request_id` are the vendor's own."""
        self.message = message
        self.vendor = vendor
        self.endpoint = endpoint
        self.code = code
        self.request_id = request_id
        super().__init__(_sentence(message, vendor=vendor, endpoint=endpoint, code=code, request_id=request_id))


class CredentialError(ConnectorError):
    """Access is refused: the token, key, scope or permission must be corrected by a person."""


class ExpiredTokenError(CredentialError):
    """The access token is no longer accepted; the request was not carried out."""


class ForbiddenError(CredentialError):
    """Who asks is known, and may not have what was asked for; where that is one record, others may be had."""


class TransientError(ConnectorError):
    """A passing fault: nothing was changed, the same request may be sent again."""


class RateLimitedError(TransientError):
    """The vendor asked to slow down; `retry_after` in seconds when it said how long."""

    def __init__(
        self,
        message: str,
        *,
        vendor: str = "",
        endpoint: str = "",
        code: str = "",
        request_id: str = "",
        retry_after: float | None = None,
    ) -> None:
        """Describe the refusal."""
        super().__init__(message, vendor=vendor, endpoint=endpoint, code=code, request_id=request_id)
        self.retry_after = retry_after


class EndpointRestingError(TransientError):
    """The endpoint failed too often in a row: nothing was sent, and nothing will be before its rest is over."""


class UnreachableError(TransientError):
    """No connection to the system could be made: nothing was sent, and nothing else of it can be read now."""


class OutcomeUnknownError(ConnectorError):
    """A write left this machine and its outcome is not known."""


class RejectedError(ConnectorError):
    """The vendor refused the request for what it says; `field` is the vendor's path to the fault, if given."""

    def __init__(
        self,
        message: str,
        *,
        vendor: str = "",
        endpoint: str = "",
        code: str = "",
        request_id: str = "",
        field: str = "",
    ) -> None:
        """Describe the refusal."""
        super().__init__(message, vendor=vendor, endpoint=endpoint, code=code, request_id=request_id)
        self.field = field


class UnknownVersionError(RejectedError):
    """The endpoint exists, but not in the version that was asked for."""


class MalformedReplyError(ConnectorError):
    """The reply cannot be used: not JSON, not the documented shape, or provably incomplete."""


def _sentence(message: str, *, vendor: str, endpoint: str, code: str, request_id: str) -> str:
    place = " ".join(part for part in (vendor, endpoint) if part)
    marks = ", ".join(f"{label} {value}" for label, value in (("code", code), ("request id", request_id)) if value)
    return (f"{place}: " if place else "") + message + (f" ({marks})" if marks else "")
