"""The receiver of webhooks: verify, remember once, answer at once.

Belongs here: HTTP, from a bounded request to an inbox row and a status. Does not: whose a request is (each system's
`connectors/NAME/webhooks.py`), the rows (webhook_inbox), or acting on one: ingestion reads again what it names, and
polling stays the truth, since deliveries double, reorder and get lost.
"""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from datetime import timedelta

from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from starlette.applications import Starlette
from starlette.background import BackgroundTask
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from connectors.transport.webhooks import Reason, RefusedError
from orchestration.cli.webhook_inbox import count_refused, remember, senders
from tieout.clock import Clock, utc_now
from tieout.errors import TieoutError
from tieout.settings import Settings
from tieout.state import State

_LOG = logging.getLogger(__name__)
MAX_BYTES = 1_000_000
BODY_SECONDS = 10.0
WAIT_SECONDS = 4.0  # for other writers of the state, within what vendors wait for an answer
RETRY_AFTER_SECONDS = "30"
COUNT_SECONDS = 1.0  # between two writes of what was refused
_STATUS: dict[Reason, int] = {
    **{"forged": 401, "too_old": 401, "unreadable": 400, "too_large": 413, "too_slow": 408},
    **{"foreign": 200, "unknown": 200},  # to be sent again would help nobody
}
_CLOSE = {"Connection": "close"}  # what is left of a body is not read: the connection cannot carry another request


def webhook_app(
    settings: Settings, state: State, *, clock: Clock = utc_now, body_seconds: float = BODY_SECONDS
) -> Starlette:
    """Return the ASGI application that answers `POST /webhooks/{system}`.

    200 with an empty body once the notification is stored (also when it was stored before). Refused, and counted by
    system, reason and day: 401 when nothing shows that the system sent it, or when it is older than
    `webhook_window_hours`; 400 when it is not the documented envelope; 200 all the same when it is of another shop or
    an event of no document; 413 on a body that no notification has; 408 on
    one that takes longer than `body_seconds`. 404 for a system that is not configured or sends none. When the state
    cannot be written, the status upon which the system sends again, with Retry-After.
    """
    sending = senders(settings)
    window = timedelta(hours=settings.webhook_window_hours)
    refusals = Refusals(state, clock)

    async def receive(request: Request) -> Response:
        system = request.path_params["system"]
        if system not in sending:
            return Response(status_code=404, headers=_CLOSE)
        try:
            body = await _bounded_body(request, body_seconds)
            notification = sending[system].verify(settings, body, request.headers)
            await run_in_threadpool(remember, state, system, notification, window=window, now=clock())
        except RefusedError as error:
            refusals.add(system, error)
            return Response(
                status_code=_STATUS[error.reason], headers=_CLOSE, background=BackgroundTask(refusals.write)
            )
        except ClientDisconnect:
            return Response(status_code=400)  # that no one reads
        except (TieoutError, PoolTimeoutError) as error:
            _LOG.error("webhook of %s not stored, to be sent again: %s", system, error)
            return Response(status_code=sending[system].NOT_STORED, headers={"Retry-After": RETRY_AFTER_SECONDS})
        return Response(status_code=200)

    return Starlette(routes=[Route("/webhooks/{system}", receive, methods=["POST"])])


async def _bounded_body(request: Request, seconds: float) -> bytes:
    body = bytearray()
    try:
        async with asyncio.timeout(seconds):
            async for part in request.stream():
                body += part
                if len(body) > MAX_BYTES:
                    raise RefusedError("too_large", f"its body has more than {MAX_BYTES} bytes")
    except TimeoutError:
        raise RefusedError("too_slow", f"its body did not come within {seconds:g} s") from None
    return bytes(body)


class Refusals:
    """Requests that were refused and are not counted in the state yet.

    Whoever sends them needs no secret, so they are written together, once a second at most: they must not keep others
    from the state, nor fill the log.
    """

    def __init__(self, state: State, clock: Clock) -> None:
        """Count into `state`, under the day of `clock`, UTC."""
        self._state, self._clock = state, clock
        self._waiting: Counter[tuple[str, Reason]] = Counter()
        self._writing = asyncio.Lock()

    def add(self, system: str, error: RefusedError) -> None:
        """Count one, and log the first of each reason since the last writing."""
        if not self._waiting[system, error.reason]:
            _LOG.warning("%s: %s", system, error)
        self._waiting[system, error.reason] += 1

    async def write(self) -> None:
        """Write what waits, unless that is being done; what cannot be written waits for the next one."""
        if self._writing.locked():
            return
        async with self._writing:
            while self._waiting:
                counted = Counter(self._waiting)
                self._waiting.clear()
                try:
                    await run_in_threadpool(count_refused, self._state, counted, now=self._clock())
                except (TieoutError, PoolTimeoutError) as error:
                    self._waiting.update(counted)
                    _LOG.error("refused webhooks not counted yet: %s", error)
                    return
                if self._waiting:
                    await asyncio.sleep(COUNT_SECONDS)
