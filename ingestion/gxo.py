"""What GXO says: X12 files in a folder, each read once per content.

A file is read when its name, size or time is new, or when it is in quarantine. It is taken whole or quarantined whole,
and its text is kept either way; one that cannot be fetched is quarantined and tried again in the next cycle. What a
file says never deletes anything: a SKU that a snapshot leaves out is not zero.
Belongs here: which files are read, and believed. Does not: X12 (connectors.gxo), or what identifies a record
(gxo_records).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import orjson

from connectors.gxo.errors import UnreadableFileError, X12Error
from connectors.gxo.reading import READ_SETS, check_group, read_message, read_note
from connectors.gxo.values import Agreement
from connectors.gxo.x12 import Interchange, TransactionSet, read_interchanges
from ingestion.gxo_contradictions import KnownRecords
from ingestion.gxo_records import Record, Told, records_of
from ingestion.quarantine import Rejected
from ingestion.run import Origin, Reading, Run, sound_versions
from tieout.settings import Gxo

if TYPE_CHECKING:  # only who loads pays for loading SSH
    from connectors.gxo.client import GxoClient, RemoteFile

SYSTEM = "gxo"
_SETS = "transaction_sets"
MAX_BYTES = 20_000_000
MAX_KEPT = 1_500_000  # bytes of a file's text; a raw record holds 2 MB
BATCH_FILES = 200

_SEND_AGAIN = "ask GXO to send it again under a new control number; the file as received is kept in raw_gxo.files"
_FETCH_AGAIN = "it is fetched again in every cycle; where that does not help, ask GXO about the file in its folder"
_SET_REMEDY = "name it in gxo.ignored_sets in tieout.toml, which closes this row; the file's other sets count"
_KNOWN = """
select id, payload ->> '$.size' as size, payload ->> '$.modified_at' as modified_at, payload -> '$.interchanges'
from raw_gxo.files
order by observed_at
"""


@dataclass
class _File:
    """A file that was fetched: its interchanges with their records, or what is wrong with it."""

    file: RemoteFile
    content: bytes
    fault: X12Error | None = None
    interchanges: list[Interchange] = field(default_factory=list)
    records: list[Record] = field(default_factory=list)
    unread: list[TransactionSet] = field(default_factory=list)


def load(run: Run, client: GxoClient, gxo: Gxo) -> None:
    """Read every new file of the receiving folder; a file that cannot be read does not block the others."""
    known, seen = _known(run)
    doubtful = run.quarantine.live_scopes(SYSTEM, "files", shop_id="")
    files = client.list_files(gxo.receive_folder)
    new = [file for file in files if file.name in doubtful or known.get(file.name) != _mark(file)]
    waiting = iter(sorted(new, key=lambda file: (file.name in doubtful, file.modified_at, file.name)))
    records = KnownRecords(run.connection)
    while batch := list(islice(waiting, BATCH_FILES)):
        _load_batch(run, client, gxo, batch, records=records, seen=seen)
    for name in doubtful - {file.name for file in files}:
        run.quarantine.scope_read(SYSTEM, "files", shop_id="", scope=name)
    for kind in gxo.ignored_sets:
        run.quarantine.scope_read(SYSTEM, _SETS, shop_id="", scope=kind)
    run.cover("files", start=datetime(2000, 1, 1, tzinfo=UTC), end=run.clock(), rows=len(files))
    run.report(f"{SYSTEM} {gxo.site}: {len(files)} files, {len(new)} read")


def _known(run: Run) -> tuple[dict[str, tuple[str, str]], dict[str, str]]:
    """Return size and time of each known file as last read, and the digest of each interchange that was ever taken."""
    marks: dict[str, tuple[str, str]] = {}
    seen: dict[str, str] = {}
    for name, size, modified_at, interchanges in run.connection.execute(_KNOWN).fetchall():
        marks[name] = (size, modified_at)
        for number, digest in (orjson.loads(interchanges) if interchanges else {}).items():
            seen.setdefault(number, digest)
    return marks, seen


def _mark(file: RemoteFile) -> tuple[str, str]:
    return str(file.size), file.modified_at.isoformat()


def _load_batch(
    run: Run, client: GxoClient, gxo: Gxo, batch: Sequence[RemoteFile], *, records: KnownRecords, seen: dict[str, str]
) -> None:
    """Take a batch in; where the wire breaks for good, what came before is taken in all the same."""
    fetched: list[_File] = []
    try:
        for file in batch:
            if (content := _fetched(run, client, gxo, file)) is not None:
                fetched.append(_parsed(run, gxo, file, content))
    finally:
        records.look_up(record for each in fetched for record in each.records)
        for each in fetched:
            _take(run, each, records=records, seen=seen)


def _fetched(run: Run, client: GxoClient, gxo: Gxo, file: RemoteFile) -> bytes | None:
    """Return a file's content, None when it cannot be fetched now; what is too large is not fetched."""
    try:
        if file.fault:
            raise UnreadableFileError(file.fault)
        return client.read_file(gxo.receive_folder, file.name) if file.size <= MAX_BYTES else b""
    except UnreadableFileError as error:
        rejected = Rejected(SYSTEM, "files", "", file.name, "file", "", error.message, _FETCH_AGAIN)
        run.quarantine.reject(rejected, observed_at=file.modified_at, scope=file.name)
        run.report(f"{SYSTEM} {gxo.site}: {file.name}: {error.message}")
        return None


def _parsed(run: Run, gxo: Gxo, file: RemoteFile, content: bytes) -> _File:
    found, zone = _File(file, content), ZoneInfo(gxo.time_zone)
    try:
        if file.size > MAX_BYTES:
            raise X12Error(f"the file is larger than {MAX_BYTES} bytes", segment="ISA", position=1)
        latest = max(run.clock(), file.modified_at) + timedelta(days=1)
        agreed = Agreement(gxo.units, latest.astimezone(zone).date())
        found.interchanges = read_interchanges(content)
        for interchange in found.interchanges:
            _check_partner(gxo, interchange)
            found.records += records_of(_told(interchange, agreed), site=gxo.site, zone=zone)
            found.unread += (each for each in interchange.sets if each.set_id not in (*READ_SETS, *gxo.ignored_sets))
    except X12Error as error:
        found.fault = error
    return found


def _check_partner(gxo: Gxo, interchange: Interchange) -> None:
    expected = {6: ("sender", gxo.their_id), 8: ("receiver", gxo.our_id), 15: ("usage", gxo.usage)}
    for element, (what, value) in expected.items():
        if interchange.header.text(element).strip() != value:
            raise interchange.header.fault(f"expected {what} {value!r}, found another", element)


def _told(interchange: Interchange, agreed: Agreement) -> list[Told]:
    told: list[Told] = [(note, read_note(note)) for note in interchange.notes]
    for found in interchange.sets:
        check_group(found)
        if message := read_message(found, agreed):
            told.append((found.segments[0], message))
    return told


def _take(run: Run, found: _File, *, records: KnownRecords, seen: dict[str, str]) -> None:
    """Land a file's records, or put it aside with what is wrong with it or contradicts what is known."""
    numbers = {each.control_number: each.digest for each in found.interchanges}
    try:
        if found.fault:
            raise found.fault
        _check_numbers(found.interchanges, seen)
        records.accept(found.records)
    except X12Error as error:
        _quarantine_file(run, found.file, error)
        _keep(run, found, {}, fault=str(error))
        return
    seen |= numbers
    run.quarantine.scope_read(SYSTEM, "files", shop_id="", scope=found.file.name)
    _keep(run, found, numbers, fault="")
    for record in found.records:
        _land(run, found.file, record)
    for each in found.unread:
        _tell_unread(run, found.file, each)


def _check_numbers(interchanges: Iterable[Interchange], seen: Mapping[str, str]) -> None:
    known = dict(seen)
    for each in interchanges:
        if known.setdefault(each.control_number, each.digest) != each.digest:
            raise each.header.fault(f"interchange {each.control_number} came before with another content", 13)


def _land(run: Run, file: RemoteFile, record: Record) -> None:
    origin = Origin(record.entity, file.modified_at, scope=file.name)
    versions = sound_versions(
        run,
        origin,
        [record.payload],
        reading=Reading(),
        parent=lambda _row: record.parent_id,
        updated_at=lambda _row: record.updated_at,
    )
    run.landing.add(record.entity, versions)


def _tell_unread(run: Run, file: RemoteFile, found: TransactionSet) -> None:
    """Say that a kind of set is sent which nobody reads: one row per kind, in the words of the last file."""
    kind = found.set_id
    reason = f"no reader for this transaction set, met in file {file.name}"
    rejected = Rejected(SYSTEM, _SETS, "", kind, "ST01", kind, reason, _SET_REMEDY)
    run.quarantine.reject(rejected, observed_at=file.modified_at, scope=kind)


def _keep(run: Run, found: _File, interchanges: Mapping[str, str], *, fault: str) -> None:
    payload: dict[str, Any] = {
        "id": found.file.name,
        "size": found.file.size,
        "modified_at": found.file.modified_at.isoformat(),
        "content": found.content[:MAX_KEPT].decode("utf-8", "backslashreplace"),
        "sha256": hashlib.sha256(found.content).hexdigest(),
        "interchanges": dict(interchanges),
        "fault": fault,
    }
    origin = Origin("files", found.file.modified_at, scope=found.file.name)
    run.landing.add("files", sound_versions(run, origin, [payload], reading=Reading()))


def _quarantine_file(run: Run, file: RemoteFile, error: X12Error) -> None:
    place = f"segment {error.position} {error.place}"
    rejected = Rejected(SYSTEM, "files", "", file.name, place, error.value, error.reason, _SEND_AGAIN)
    run.quarantine.reject(rejected, observed_at=file.modified_at, scope=file.name)
