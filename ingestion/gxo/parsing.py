"""A file of GXO's, read: its records, its interchanges, or what is wrong with it.

Belongs here: one file. Does not: which files are read (loader, source), X12 (connectors.gxo), or what identifies a
record (records).
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from connectors.gxo.errors import X12Error
from connectors.gxo.reading import READ_SETS, check_group, read_message, read_note
from connectors.gxo.values import Agreement
from connectors.gxo.x12 import Interchange, TransactionSet, read_interchanges
from ingestion.gxo.records import Received, Record, records_of
from tieout.settings import Gxo

if TYPE_CHECKING:  # imported here: loading SSH is slow, and only GXO needs it
    from connectors.gxo.client import RemoteFile

MAX_BYTES = 20_000_000
MAX_KEPT = 1_500_000  # bytes of a file's text; a raw record holds 2 MB


@dataclass
class ParsedFile:
    """A file that was fetched: its interchanges with their records, or what is wrong with it."""

    file: RemoteFile
    content: bytes
    fault: X12Error | None = None
    interchanges: list[Interchange] = field(default_factory=list)
    records: list[Record] = field(default_factory=list)
    unread: list[TransactionSet] = field(default_factory=list)


def parsed(gxo: Gxo, file: RemoteFile, content: bytes, *, now: datetime) -> ParsedFile:
    """Return what a file says, or what is wrong with it; `now`, UTC, bounds the days that it may name."""
    found, zone = ParsedFile(file, content), ZoneInfo(gxo.time_zone)
    try:
        if file.size > MAX_BYTES:
            raise X12Error(f"the file is larger than {MAX_BYTES} bytes", segment="ISA", position=1)
        latest = max(now, file.modified_at) + timedelta(days=1)
        agreed = Agreement(gxo.units, latest.astimezone(zone).date())
        found.interchanges = read_interchanges(content)
        for interchange in found.interchanges:
            _check_partner(gxo, interchange)
            found.records += records_of(_messages(interchange, agreed), site=gxo.site, zone=zone)
            found.unread += (each for each in interchange.sets if each.set_id not in (*READ_SETS, *gxo.ignored_sets))
    except X12Error as error:
        found.fault = error
    return found


def _check_partner(gxo: Gxo, interchange: Interchange) -> None:
    expected = {6: ("sender", gxo.their_id), 8: ("receiver", gxo.our_id), 15: ("usage", gxo.usage)}
    for element, (what, value) in expected.items():
        if interchange.header.text(element).strip() != value:
            raise interchange.header.fault(f"expected {what} {value!r}, found another", element)


def _messages(interchange: Interchange, agreed: Agreement) -> list[Received]:
    received: list[Received] = [(note, read_note(note)) for note in interchange.notes]
    for found in interchange.sets:
        check_group(found)
        if message := read_message(found, agreed):
            received.append((found.segments[0], message))
    return received


def file_record(found: ParsedFile, interchanges: Mapping[str, str], *, fault: str) -> dict[str, Any]:
    """Return a file as a record; `interchanges` are the digests by control number of those that were taken."""
    return {
        "id": found.file.name,
        "size": found.file.size,
        "modified_at": found.file.modified_at.isoformat(),
        "content": found.content[:MAX_KEPT].decode("utf-8", "backslashreplace"),
        "sha256": hashlib.sha256(found.content).hexdigest(),
        "interchanges": dict(interchanges),
        "fault": fault,
    }
