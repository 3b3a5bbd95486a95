"""What the engine asks of a vendor: write one change, and say what is there.

Belongs here: the interface and its promises. Does not: any vendor.
"""

from __future__ import annotations

from typing import Protocol

from reverse_sync.model import Change, Observation


class Destination(Protocol):
    """One kind of record of one vendor. Opened per run; may cache what does not change within a run."""

    def write(self, change: Change) -> str:
        """Make the change true and return the vendor's id of the record. Called at most once per lease.

        Raises:
            RejectedError: refused; sending the same again changes nothing. `code` names the reason.
            TransientError: certainly nothing happened; may be sent again.
            OutcomeUnknownError: may have happened.
            CredentialError: nothing happened, and nothing will until a person mends the access.
        """
        ...

    def read_back(self, change: Change) -> Observation | None:
        """Return what the vendor holds for the change's record, None when it certainly holds nothing.

        Raises:
            ConnectorError: when that cannot be said now.
        """
        ...

    def close(self) -> None:
        """Let go of connections; called once, at the end of a run."""
        ...
