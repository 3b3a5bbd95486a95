"""What we sent to GXO already, as its folders show it: needed when the state was restored from an older backup.

Belongs here: files by name, and the control numbers that the state lacks. Does not: sending (warehouse_orders).

The operational state says which numbers were used and which intents went out. A restored one may lack the
latest; the warehouse ignores an interchange whose number it knows (TA1 025), and would take an order twice.
"""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from connectors.gxo.control_numbers import raise_control_number, remember_control_number, remembered_intents
from connectors.gxo.errors import UnreadableFileError, X12Error
from connectors.gxo.x12 import read_interchanges
from tieout.state import State

if TYPE_CHECKING:
    from connectors.gxo.client import GxoClient, RemoteFile

MARK = 12  # characters of an intent's key at the end of its file's name
_MOST = 500  # files missing from the state that are read in one run, the newest: numbers rise with time


class SentFiles:
    """Our files at GXO, listed once."""

    def __init__(self, folders: GxoClient) -> None:
        """List them.

        Raises:
            TransientError: when the folders cannot be listed now.
        """
        self._folders = folders
        self._sent = folders.list_sent()
        self._folder_of = {file.name: folder for folder, file in self._sent}

    def number_of(self, name: str) -> int | None:
        """Return the control number of the file of this name, None when it is not there.

        Raises:
            TransientError: when it is there and cannot be read now.
        """
        folder = self._folder_of.get(name)
        return None if folder is None else _number_in(self._folders.read_file(folder, name))

    def recall(self, state: State, series: str) -> None:
        """Read the files that the state lacks, and continue counting after their control numbers; each is read once."""
        known = remembered_intents(state)
        marks = {intent[:MARK] for intent in known}
        forgotten = [sent for sent in self._sent if not {_mark(sent[1]), sent[1].name} & (marks | known)]
        for folder, file in forgotten[:_MOST]:
            try:
                number = _number_in(self._folders.read_file(folder, file.name)) or 0
            except UnreadableFileError:  # moved or held by the warehouse at this moment: the next run reads it
                continue
            raise_control_number(state, series, number)
            remember_control_number(state, file.name, number)


def _mark(file: RemoteFile) -> str:
    return PurePosixPath(file.name).stem.rpartition("_")[2]


def _number_in(content: bytes) -> int | None:
    """Return the highest control number in a file, None when it is no interchange (another's file in our folder)."""
    try:
        return max(int(found.control_number) for found in read_interchanges(content))
    except X12Error:
        return None
