"""Loading GXO: X12 files in a folder, each read once per content.

A file is read when its name, size or time is new, or when it is in quarantine. It is taken whole or quarantined whole,
and its text is kept either way; one that cannot be fetched is quarantined and tried again in the next cycle. What a
file says never deletes anything: a SKU that a snapshot leaves out is not zero.
Belongs here: which files are read, and accepted. Does not: X12 (connectors.gxo), or what identifies a record
(records).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from itertools import islice
from typing import TYPE_CHECKING

import orjson

from connectors.gxo.errors import UnreadableFileError, X12Error
from connectors.gxo.x12 import Interchange, TransactionSet
from ingestion.gxo.contradictions import KnownRecords
from ingestion.gxo.parsing import MAX_BYTES, ParsedFile, file_record, parsed
from ingestion.gxo.records import Record
from ingestion.load_context import LoadContext, Origin, Reading, valid_versions
from ingestion.quarantine import Rejected
from tieout.settings import Gxo

if TYPE_CHECKING:  # imported here: loading SSH is slow, and only GXO needs it
    from connectors.gxo.client import GxoClient, RemoteFile

SYSTEM = "gxo"
_SETS = "transaction_sets"
BATCH_FILES = 200

_SEND_AGAIN = "ask GXO to send it again under a new control number; the file as received is kept in raw_gxo.files"
_FETCH_AGAIN = "it is fetched again in every cycle; where that does not help, ask GXO about the file in its folder"
_SET_REMEDY = "name it in gxo.ignored_sets in tieout.toml, which closes this row; the file's other sets count"
_KNOWN = """
select id, payload ->> '$.size' as size, payload ->> '$.modified_at' as modified_at, payload -> '$.interchanges'
from raw_gxo.files
order by observed_at
"""


def load(context: LoadContext, client: GxoClient, gxo: Gxo) -> None:
    """Read every new file of the receiving folder; a file that cannot be read does not block the others."""
    known, seen = _known(context)
    doubtful = context.quarantine.live_scopes(SYSTEM, "files", shop_id="")
    files = client.list_files(gxo.receive_folder)
    new = [file for file in files if file.name in doubtful or known.get(file.name) != _mark(file)]
    waiting = iter(sorted(new, key=lambda file: (file.name in doubtful, file.modified_at, file.name)))
    records = KnownRecords(context.connection)
    while batch := list(islice(waiting, BATCH_FILES)):
        _load_batch(context, client, gxo, batch, records=records, seen=seen)
    for name in doubtful - {file.name for file in files}:
        context.quarantine.scope_read(SYSTEM, "files", shop_id="", scope=name)
    for kind in gxo.ignored_sets:
        context.quarantine.scope_read(SYSTEM, _SETS, shop_id="", scope=kind)
    context.cover("files", start=datetime(2000, 1, 1, tzinfo=UTC), end=context.clock(), rows=len(files))
    context.report(f"{SYSTEM} {gxo.site}: {len(files)} files, {len(new)} read")


def _known(context: LoadContext) -> tuple[dict[str, tuple[str, str]], dict[str, str]]:
    """Return size and time of each known file as last read, and the digest of each interchange that was ever taken."""
    marks: dict[str, tuple[str, str]] = {}
    seen: dict[str, str] = {}
    for name, size, modified_at, interchanges in context.connection.execute(_KNOWN).fetchall():
        marks[name] = (size, modified_at)
        for number, digest in (orjson.loads(interchanges) if interchanges else {}).items():
            seen.setdefault(number, digest)
    return marks, seen


def _mark(file: RemoteFile) -> tuple[str, str]:
    return str(file.size), file.modified_at.isoformat()


def _load_batch(
    context: LoadContext,
    client: GxoClient,
    gxo: Gxo,
    batch: Sequence[RemoteFile],
    *,
    records: KnownRecords,
    seen: dict[str, str],
) -> None:
    """Take a batch in; where the connection is lost for good, what was fetched before is taken in all the same."""
    fetched: list[ParsedFile] = []
    try:
        for file in batch:
            if (content := _fetched(context, client, gxo, file)) is not None:
                fetched.append(parsed(gxo, file, content, now=context.clock()))
    finally:
        records.look_up(record for each in fetched for record in each.records)
        for each in fetched:
            _take(context, each, records=records, seen=seen)


def _fetched(context: LoadContext, client: GxoClient, gxo: Gxo, file: RemoteFile) -> bytes | None:
    """Return a file's content, None when it cannot be fetched now; what is too large is not fetched."""
    try:
        if file.fault:
            raise UnreadableFileError(file.fault)
        return client.read_file(gxo.receive_folder, file.name) if file.size <= MAX_BYTES else b""
    except UnreadableFileError as error:
        rejected = Rejected(SYSTEM, "files", "", file.name, "file", "", error.message, _FETCH_AGAIN)
        context.quarantine.reject(rejected, observed_at=file.modified_at, scope=file.name)
        context.report(f"{SYSTEM} {gxo.site}: {file.name}: {error.message}")
        return None


def _take(context: LoadContext, found: ParsedFile, *, records: KnownRecords, seen: dict[str, str]) -> None:
    """Land a file's records, or quarantine it with its faults and contradictions."""
    numbers = {each.control_number: each.digest for each in found.interchanges}
    try:
        if found.fault:
            raise found.fault
        _check_numbers(found.interchanges, seen)
        records.accept(found.records)
    except X12Error as error:
        _quarantine_file(context, found.file, error)
        _keep(context, found, {}, fault=str(error))
        return
    seen |= numbers
    context.quarantine.scope_read(SYSTEM, "files", shop_id="", scope=found.file.name)
    _keep(context, found, numbers, fault="")
    for record in found.records:
        _land(context, found.file, record)
    for each in found.unread:
        _tell_unread(context, found.file, each)


def _check_numbers(interchanges: Iterable[Interchange], seen: Mapping[str, str]) -> None:
    known = dict(seen)
    for each in interchanges:
        if known.setdefault(each.control_number, each.digest) != each.digest:
            raise each.header.fault(f"interchange {each.control_number} came before with another content", 13)


def _land(context: LoadContext, file: RemoteFile, record: Record) -> None:
    origin = Origin(record.entity, file.modified_at, scope=file.name)
    versions = valid_versions(
        context,
        origin,
        [record.payload],
        reading=Reading(),
        parent=record.parent_of,
        updated_at=record.time_of,
    )
    context.landing.add(record.entity, versions)


def _tell_unread(context: LoadContext, file: RemoteFile, found: TransactionSet) -> None:
    """Quarantine a kind of transaction set that has no reader: one row per kind, naming the last file."""
    kind = found.set_id
    reason = f"no reader for this transaction set, in file {file.name}"
    rejected = Rejected(SYSTEM, _SETS, "", kind, "ST01", kind, reason, _SET_REMEDY)
    context.quarantine.reject(rejected, observed_at=file.modified_at, scope=kind)


def _keep(context: LoadContext, found: ParsedFile, interchanges: Mapping[str, str], *, fault: str) -> None:
    origin = Origin("files", found.file.modified_at, scope=found.file.name)
    kept = file_record(found, interchanges, fault=fault)
    context.landing.add("files", valid_versions(context, origin, [kept], reading=Reading()))


def _quarantine_file(context: LoadContext, file: RemoteFile, error: X12Error) -> None:
    place = f"segment {error.position} {error.place}"
    rejected = Rejected(SYSTEM, "files", "", file.name, place, error.value, error.reason, _SEND_AGAIN)
    context.quarantine.reject(rejected, observed_at=file.modified_at, scope=file.name)
