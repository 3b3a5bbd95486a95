"""What the SFTP sessions share: the log, the faults, open files, paths and attributes.

Belongs here: small things that more than one operation needs. Does not: the operations.
"""

from __future__ import annotations

import posixpath
import stat as modes
import time
from dataclasses import dataclass, field
from typing import Any

import asyncssh

from sandbox.calls import Call, CallLog
from sandbox.faults import Fault, FaultBook
from sandbox.sftp.share import Share, content
from sandbox.store import Record, Store


@dataclass
class Wire:
    """What every connection shares."""

    share: Share
    store: Store
    book: FaultBook
    log: CallLog

    def begun(self, operation: str, path: str, query: str = "") -> Call:
        """Log an operation as it comes in."""
        call = Call(next(self.log.numbers), time.time(), self.store.now, operation, path, query, {})
        self.log.calls.append(call)
        return call

    def fault(self, operation: str, path: str, kinds: set[str]) -> Fault | None:
        """Return the fault that hits an operation."""
        return self.book.take(self.share.system, operation, target=f"{operation} {path}", kinds=kinds)


@dataclass
class OpenFile:
    """A file as one client has it open: what it read at opening, or what it has written so far."""

    path: str
    data: bytearray
    writable: bool
    appends: bool = False
    readable_until: int | None = None
    changed: bool = False
    attributes: dict[str, Any] = field(default_factory=dict)


def placed(path: bytes) -> str:
    """Return a client's path without its leading slash; `..` never leads above the root."""
    return posixpath.normpath(posixpath.join("/", path.decode("utf-8", "replace"))).lstrip("/")


def attributes(record: Record) -> Any:
    """Return what a client receives of a file."""
    return file_attributes(len(content(record)), int(record.body.get("written_at", record.updated_at)))


def file_attributes(size: int, at: int) -> Any:
    """Return what a client receives of a file of this size, last written at an instant (epoch seconds)."""
    mode = modes.S_IFREG | 0o644
    return asyncssh.SFTPAttrs(size=size, uid=1000, gid=1000, permissions=mode, atime=at, mtime=at)


def folder_attributes(at: int) -> Any:
    """Return what a client receives of a folder."""
    mode = modes.S_IFDIR | 0o755
    return asyncssh.SFTPAttrs(size=4096, uid=1000, gid=1000, permissions=mode, atime=at, mtime=at)
