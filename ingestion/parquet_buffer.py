"""Parquet buffer: versions on their way to the raw tables, one file for each entity.

Reading may take hours and bring more than fits into memory; what was read waits here until all of it is compared and
landed at once. Belongs here: those files and their folder. Does not: what is in a version, which of them have changed.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from ingestion.raw import SCHEMA
from tieout.errors import DataError

GROUP_ROWS = 20_000
GROUP_BYTES = 64_000_000
COMPRESSION = "lz4"  # half the time of Snappy to read back
REPEATING = [name for name in SCHEMA.names if name not in ("id", "payload", "content_hash")]

_PAYLOAD = SCHEMA.get_field_index("payload")
_FILED = SCHEMA.set(_PAYLOAD, pa.field("payload", pa.json_()))  # marked as JSON, which DuckDB then need not check


class ParquetBuffer:
    """The Parquet file of one entity. Rows are written in groups, so that only one group is held in memory.

    A file that could not be written stays unfinished: closing it raises the error again.
    """

    def __init__(self, path: Path) -> None:
        """Begin the file at `path`; its folder exists."""
        self.path = path
        self.rows = 0
        self._group: list[pa.Table] = []
        self._group_rows = 0
        self._group_bytes = 0
        self._failure: DataError | None = None
        self._writer = pq.ParquetWriter(
            path, _FILED, compression=COMPRESSION, use_dictionary=REPEATING, write_statistics=False
        )

    def append(self, table: pa.Table) -> None:
        """Add rows in the raw layer's columns to the group."""
        self._group.append(table)
        self._group_rows += table.num_rows
        self._group_bytes += table.nbytes

    @property
    def is_group_full(self) -> bool:
        """Whether it is time to write."""
        return self._group_rows >= GROUP_ROWS or self._group_bytes >= GROUP_BYTES

    def take_group(self) -> pa.Table:
        """Return the rows of the group and begin another."""
        group = pa.concat_tables(self._group) if self._group else SCHEMA.empty_table()
        self._group, self._group_rows, self._group_bytes = [], 0, 0
        return group

    def write(self, group: pa.Table) -> None:
        """Write rows to the file.

        Raises:
            DataError: when they could not be written, or earlier ones could not.
        """
        self._refuse_if_failed()
        try:
            payload = group["payload"].cast(pa.json_())
            self._writer.write_table(group.set_column(_PAYLOAD, _FILED.field(_PAYLOAD), payload))
        except OSError as error:
            self._failure = DataError(
                f"{self.path.name} could not be written: {error}; free disk space and run it again"
            )
            raise self._failure from None
        self.rows += group.num_rows

    def close(self) -> None:
        """Write what is left and finish the file; closing it again does nothing.

        Raises:
            DataError: when rows could not be written.
        """
        self._refuse_if_failed()
        if self._group:
            self.write(self.take_group())
        self._writer.close()

    def _refuse_if_failed(self) -> None:
        if self._failure is not None:
            raise self._failure


def emptied(folder: Path) -> Path:
    """Return the folder, made if need be, without what a killed process left in it."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder
