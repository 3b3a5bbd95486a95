"""GXO as a dlt source: its files, which fill a table for each kind of message, for pipelines of dlt's users.

Belongs here: the resource, its keys and its cursor. Does not: SFTP and X12 (connectors.gxo), a file (parsing), or our
own loading, which sees more: numbers that come again, and what contradicts what is known (loader, contradictions).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from typing import Any

import dlt

from connectors.gxo.client import GxoClient, RemoteFile, open_gxo
from connectors.gxo.errors import UnreadableFileError
from ingestion.dlt_rows import changed_since, in_table, merged, quarantined, record, usable
from ingestion.gxo.loader import SYSTEM
from ingestion.gxo.parsing import MAX_BYTES, file_record, parsed
from ingestion.gxo.records import Record
from ingestion.load_context import Origin
from tieout.clock import utc_now
from tieout.errors import ConfigError, DataError
from tieout.settings import Gxo, Settings

REREAD = timedelta(days=1)


@dlt.source(name=SYSTEM, max_table_nesting=0)
def gxo_source(client: GxoClient, gxo: Gxo) -> Any:
    """Return the resource `files` of a site: files written since the last run, a day back, in the order of their time.

    It also fills the tables of what the files say, as `shipping_advices` or `stock_levels`. A file that cannot be
    fetched or understood is reported in the table `quarantine`, and blocks no other.
    """

    def files(written: Any = changed_since(REREAD)) -> Iterator[Any]:
        since = written.last_value
        for file in sorted(client.list_files(gxo.receive_folder), key=lambda each: (each.modified_at, each.name)):
            if since is None or file.modified_at >= since:
                yield from _file(client, gxo, file)

    return merged("files", files)


@contextmanager
def open_gxo_source(settings: Settings) -> Iterator[Any]:
    """Open the client from settings, give the source, and close the client.

    Raises:
        ConfigError: when no site of GXO is configured.
    """
    if settings.gxo is None:
        raise ConfigError("gxo: expected a section [gxo] in tieout.toml")
    with closing(open_gxo(settings.gxo)) as client:
        yield gxo_source(client, settings.gxo)


def _file(client: GxoClient, gxo: Gxo, file: RemoteFile) -> Iterator[Any]:
    """Yield a file and its records, or why it cannot be used."""
    origin, named = Origin("files", file.modified_at, scope=file.name), {"id": file.name}
    try:
        if file.fault:
            raise UnreadableFileError(file.fault)
        content = client.read_file(gxo.receive_folder, file.name) if file.size <= MAX_BYTES else b""
    except UnreadableFileError as error:
        yield quarantined(SYSTEM, origin, named, DataError(error.message))
        return
    found = parsed(gxo, file, content, now=utc_now())
    numbers = {each.control_number: each.digest for each in found.interchanges}
    row = file_record(found, {} if found.fault else numbers, fault=str(found.fault or ""))
    versions, rejected = usable(SYSTEM, origin, [row], updated_at=lambda _row: file.modified_at)
    yield [record(each) for each in versions]
    yield from rejected
    if found.fault:
        yield quarantined(SYSTEM, origin, named, DataError(str(found.fault)))
    else:
        yield from _records(found.records, file)


def _records(found: Iterable[Record], file: RemoteFile) -> Iterator[Any]:
    """Yield each record to the table of its kind."""
    for each in found:
        origin = Origin(each.entity, file.modified_at, scope=file.name)
        versions, rejected = usable(SYSTEM, origin, [each.payload], parent=each.parent_of, updated_at=each.time_of)
        yield from (in_table(each.entity, record(version), ["id"]) for version in versions)
        yield from rejected
