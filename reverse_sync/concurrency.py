"""Concurrent calls to a vendor: how many at once, and waiting for the first to finish.

Belongs here: threads. Does not: what is called, or what follows (engine), the vendor's rate limits
(connectors.transport). Only the call itself runs concurrently. State is read and written by the thread that runs the
loop.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Generic, Self, TypeVar

Subject = TypeVar("Subject")
Result = TypeVar("Result")


@dataclass(frozen=True)
class Concurrency:
    """How many calls of a sync may be in flight together; never two whose desired content has the same `exclusive_by`.

    `rows`: how many rows one call may carry, where the destination is a `BatchDestination`.
    """

    calls: int = 1
    exclusive_by: str = ""
    rows: int = 1

    def about(self, desired: Mapping[str, Any]) -> str:
        """Return what a call needs exclusively, "" when it may overlap with any other."""
        return str(desired.get(self.exclusive_by, ""))


ONE_CALL = Concurrency()


class Calls(Generic[Subject, Result]):
    """At most `concurrency` calls in flight, each about a subject. With one, it runs in the calling thread.

    Leaving the block waits for the calls in flight; none outlives it.
    """

    def __init__(self, concurrency: int) -> None:
        """Start no thread yet."""
        self._concurrency = concurrency
        self._threads: Executor | None = ThreadPoolExecutor(concurrency) if concurrency > 1 else None
        self._in_flight: dict[Future[Result], tuple[str, Subject]] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._threads is not None:
            self._threads.shutdown()

    def have_room_for(self, about: str) -> bool:
        """Whether another call about this subject may begin ("" for a subject that excludes no other call)."""
        is_free = not about or all(about != other for other, _subject in self._in_flight.values())
        return is_free and len(self._in_flight) < self._concurrency

    def begin(self, subject: Subject, call: Callable[[], Result], *, about: str = "") -> None:
        """Make a call, in this thread or concurrently."""
        if self._threads is not None:
            self._in_flight[self._threads.submit(call)] = about, subject
            return
        made: Future[Result] = Future()
        try:
            made.set_result(call())
        except Exception as error:
            made.set_exception(error)
        self._in_flight[made] = about, subject

    @property
    def any_in_flight(self) -> bool:
        """Whether any call has not finished."""
        return bool(self._in_flight)

    def ended(self) -> tuple[Subject, Result | Exception]:
        """Wait for the next call to finish; return its subject and its result or error. One must be in flight."""
        wait(self._in_flight, return_when=FIRST_COMPLETED)
        done = next(call for call in self._in_flight if call.done())  # the oldest of them
        _about, subject = self._in_flight.pop(done)
        error = done.exception()
        if error is not None and not isinstance(error, Exception):
            raise error
        return subject, done.result() if error is None else error
