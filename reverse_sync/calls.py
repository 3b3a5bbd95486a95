"""Calls under way: how many at once, and the first to end.

Belongs here: threads. Does not: what is called, or what follows (engine), the vendor's pace (connectors.transport).
Only the call itself runs beside others. State is read and written by the thread that runs the loop.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Generic, Self, TypeVar

Subject = TypeVar("Subject")
Brought = TypeVar("Brought")


@dataclass(frozen=True)
class AtOnce:
    """How many calls of a sync may be under way together; never two whose desired content has the same `apart`.

    `rows`: how many rows one call may carry, where the destination is a `BatchDestination`.
    """

    calls: int = 1
    apart: str = ""
    rows: int = 1

    def about(self, desired: Mapping[str, Any]) -> str:
        """Return what a call is about, "" when it may overlap with any other."""
        return str(desired.get(self.apart, ""))


ONE_CALL = AtOnce()


class Calls(Generic[Subject, Brought]):
    """At most `at_once` calls under way, each about a subject. With one, it runs where it is begun.

    Leaving the block waits for the calls under way; none outlives it.
    """

    def __init__(self, at_once: int) -> None:
        """Start no thread yet."""
        self._at_once = at_once
        self._threads: Executor | None = ThreadPoolExecutor(at_once) if at_once > 1 else None
        self._under_way: dict[Future[Brought], tuple[str, Subject]] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._threads is not None:
            self._threads.shutdown()

    def have_room_for(self, about: str) -> bool:
        """Whether another call may begin that is about this ("" for nothing that others are about)."""
        is_free = not about or all(about != other for other, _subject in self._under_way.values())
        return is_free and len(self._under_way) < self._at_once

    def begin(self, subject: Subject, call: Callable[[], Brought], *, about: str = "") -> None:
        """Make a call, now or beside others."""
        if self._threads is not None:
            self._under_way[self._threads.submit(call)] = about, subject
            return
        made: Future[Brought] = Future()
        try:
            made.set_result(call())
        except Exception as error:
            made.set_exception(error)
        self._under_way[made] = about, subject

    @property
    def any_under_way(self) -> bool:
        """Whether one has yet to end."""
        return bool(self._under_way)

    def ended(self) -> tuple[Subject, Brought | Exception]:
        """Wait for the next call to end, and return what it was about and what it brought. One must be under way."""
        wait(self._under_way, return_when=FIRST_COMPLETED)
        done = next(call for call in self._under_way if call.done())  # the oldest of them
        _about, subject = self._under_way.pop(done)
        error = done.exception()
        if error is not None and not isinstance(error, Exception):
            raise error
        return subject, done.result() if error is None else error
