"""Shelfwise as its callers see it: what each place last counted, in one answer.

Belongs here: the call, its token, its rate, and the proof that the answer is whole. Does not: HTTP (transport), or what
a count means (dbt).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from types import TracebackType
from typing import Self

from connectors.transport.client import Api, Service, Wire
from connectors.transport.errors import ConnectorError, CredentialError, MalformedReplyError, RejectedError
from connectors.transport.faults import Said, error_for_status
from connectors.transport.limits import Pacer
from connectors.transport.messages import Call, Outgoing, Reply, Signature
from connectors.transport.rows import Row, rows_of
from tieout.errors import ConfigError
from tieout.settings import Settings, Shelfwise
from tieout.state import State

VENDOR = "shelfwise"
STOCK = Call("stock", "GET", "/v1/stock", is_read=True)
PER_SECOND = 2


@dataclass(frozen=True)
class Reports:
    """The newest report of every place as received, and the vendor's clock, UTC."""

    rows: list[Row]
    as_of: datetime


class ShelfwiseClient:
    """One account. Methods raise the errors of `connectors.transport.errors`."""

    def __init__(self, api: Api) -> None:
        """Talk over an open API."""
        self._api = api

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._api.close()

    def stock_reports(self) -> Reports:
        """Return the newest report of every place; as many as the answer announces, or an error."""
        reply = self._api.send(STOCK)
        body = reply.json()
        places = body.get("places") if isinstance(body, dict) else None
        if not isinstance(places, list) or body.get("count") != len(places):
            raise MalformedReplyError("expected count, and as many places", vendor=VENDOR, endpoint=STOCK.endpoint)
        return Reports(rows_of(places), reply.server_time)


def open_shelfwise(settings: Settings, state: State, *, wire: Wire | None = None) -> ShelfwiseClient:
    """Open Shelfwise for this tenant; its rate is shared through `state`.

    Raises:
        ConfigError: when Shelfwise is not configured.
    """
    account, wire = configured(settings), wire or Wire()
    pacer = Pacer(state, VENDOR, per_second=PER_SECOND, now=wire.now, sleep=wire.sleep)
    signer = _Token(account.token.get_secret_value())
    return ShelfwiseClient(
        Api(Service(VENDOR, account.base_url, account.timeout_seconds, classify_reply, signer, pacer), wire)
    )


def configured(settings: Settings) -> Shelfwise:
    """Return the section of the settings.

    Raises:
        ConfigError: when there is none.
    """
    if settings.shelfwise is None:
        raise ConfigError("Shelfwise is not configured: add [shelfwise] to tieout.toml")
    return settings.shelfwise


def classify_reply(reply: Reply) -> ConnectorError | None:
    """Return the error that a reply means, or None when it is good; its text is not passed on."""
    place = {"vendor": VENDOR, "endpoint": reply.call.endpoint}
    if (error := error_for_status(reply, Said())) is not None:
        return error
    if reply.status in (401, 403):
        return CredentialError(f"HTTP {reply.status}: the token is refused", **place)
    if reply.status >= 400:
        return RejectedError(f"HTTP {reply.status}", **place)
    reply.json()
    return None


class _Token:
    """The account's token, which does not run out."""

    def __init__(self, token: str) -> None:
        self._token = token

    def sign(self, outgoing: Outgoing) -> Signature:
        del outgoing
        return Signature(headers={"Authorization": f"Bearer {self._token}"}, token=self._token)

    def renew(self, stale: str) -> None:
        """There is none to renew."""
