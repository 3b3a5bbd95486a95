"""What the engine needs of a vendor: write one change, and read back what the vendor holds.

Belongs here: the interface and its promises. Does not: any vendor.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, runtime_checkable

from reverse_sync.model import Change, Observation

Answer = str | Exception
"""The vendor's id of a record that was written, or why it was not."""


class Destination(Protocol):
    """One kind of record of one vendor. Opened per run; may cache what does not change within a run."""

    def write(self, change: Change) -> str:
        """Make the change true and return the vendor's id of the record. Called at most once per lease.

        Raises:
            RejectedError: refused; sending the same again changes nothing. `code` names the reason.
            TransientError: certainly nothing happened; may be sent again.
            OutcomeUnknownError: may have happened.
            CredentialError: nothing happened, and nothing will until a person repairs the access.
        """
        ...

    def read_back(self, change: Change) -> Observation | None:
        """Return what the vendor holds for the change's record, None when it certainly holds nothing.

        Raises:
            ConnectorError: when that cannot be said now.
        """
        ...

    def close(self) -> None:
        """Close connections; called once, at the end of a run."""
        ...


@runtime_checkable
class BatchDestination(Destination, Protocol):
    """A destination whose vendor takes several records in one call."""

    def write_batch(self, changes: Sequence[Change]) -> list[Answer]:
        """Make several changes true; return for each the vendor's id, or what `write` would have raised.

        Raises:
            OutcomeUnknownError: any of them may have happened.
            ConnectorError: none of them happened.
        """
        ...


def write_all(destination: Destination, changes: Sequence[Change]) -> list[Answer]:
    """Make changes true, in one call where there are several and the destination takes them; return each outcome.

    Raises:
        ConnectorError: as `BatchDestination.write_batch` does.
    """
    if len(changes) > 1 and isinstance(destination, BatchDestination):
        return destination.write_batch(changes)
    return [_written(destination, change) for change in changes]


def _written(destination: Destination, change: Change) -> Answer:
    try:
        return destination.write(change)
    except Exception as error:
        return error
