"""The files of a bank's folder, whatever their endings: plain, gzipped, or several in a zip.

Each file ends as content or as a fault of its own; none stops or delays the others: nothing but regular files is
opened, sizes are bounded before they cost memory. Belongs here: files and archives. Does not: what is in them (loader).
"""

from __future__ import annotations

import gzip
import io
import lzma
import os
import stat
import struct
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ingestion.bank.records import Fault
from tieout.errors import ConfigError

MAX_BYTES = 50_000_000
MAX_MEMBERS = 1_000
_GZIP, _ZIP = b"\x1f\x8b", b"PK\x03\x04"
_KINDS = (
    (b"%PDF", "a PDF", "have the bank deliver camt.053 or CSV"),
    (b"\xd0\xcf\x11\xe0", "an old Excel file", "save it as CSV"),
    (b"{1:F", "MT940", "have the bank deliver camt.053"),
    (b":20:", "MT940", "have the bank deliver camt.053"),
    (_GZIP, "an archive within an archive", "unpack it"),
    (b"PK", "an archive within an archive, or an empty one", "unpack it"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive", "unpack it, or deliver it as .zip"),
)
_ARCHIVE_ERRORS = (
    zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error, EOFError, OSError, ValueError, NotImplementedError,
    RuntimeError,
)  # fmt: skip


@dataclass(frozen=True)
class FoundFile:
    """A file by the name it can be found by (a zip's member as `archive.zip/member`), and its bytes or its fault."""

    name: str
    content: bytes = b""
    fault: Fault | None = None


def files_in(folder: Path) -> Iterator[FoundFile]:
    """Yield every file of a folder but hidden ones, by name.

    Raises:
        ConfigError: when the folder cannot be listed.
    """
    for path in _listed(folder):
        yield from _opened(path)


def newest_in(folder: Path) -> Iterator[FoundFile]:
    """Yield the file of a folder that changed last, hidden ones left out; a zip's members each. Nothing when empty.

    Raises:
        ConfigError: when the folder cannot be listed.
    """
    if paths := _listed(folder):
        yield from _opened(max(paths, key=_changed_at))


def _changed_at(path: Path) -> int:
    try:
        return path.lstat().st_mtime_ns
    except OSError:  # of a folder that may be listed and not searched: opening the file shows it
        return 0


def _listed(folder: Path) -> list[Path]:
    try:
        return [folder / name for name in sorted(os.listdir(folder)) if not name.startswith(".")]
    except OSError as error:
        raise ConfigError(f"folder {folder} cannot be listed ({error.strerror}): let tieout read it") from None


def strange_kind(content: bytes) -> Fault | None:
    """Return the fault of content that is clearly no supported statement; None where it may be one."""
    for start, kind, remedy in _KINDS:
        if content.startswith(start):
            return Fault("", "", "", f"expected camt.053 or CSV, found {kind}", remedy)
    return None


def _opened(path: Path) -> Iterator[FoundFile]:
    name = os.fsencode(path.name).decode("utf-8", "backslashreplace")
    if name != path.name:
        yield FoundFile(name, fault=_fault(name, "the file's name is no UTF-8", "rename it"))
        return
    content = _content(path)
    if isinstance(content, Fault):
        yield FoundFile(name, fault=content)
    elif content.startswith(_ZIP):
        yield from _members(name, content)
    elif content.startswith(_GZIP):
        yield _unpacked(name, content)
    else:
        yield FoundFile(name, content)


def _content(path: Path) -> bytes | Fault:
    """Return a regular file's bytes. Opening does not wait, so that a pipe without a writer does not block."""
    try:
        kind = path.stat().st_mode
        if not stat.S_ISREG(kind):
            kind_found = "a folder" if stat.S_ISDIR(kind) else "no regular file"
            return _fault("", f"expected a file, found {kind_found}", "files are read from the account's folder only")
        with open(os.open(path, os.O_RDONLY | os.O_NONBLOCK), "rb") as file:
            before = os.fstat(file.fileno())
            content = file.read(MAX_BYTES + 1)
            after = os.fstat(file.fileno())
    except OSError as error:
        reason = error.strerror or type(error).__name__
        return _fault(reason, "the file cannot be read", "let tieout's user read it, or remove it")
    if len(content) > MAX_BYTES:
        return _too_large()
    if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns) or len(content) != after.st_size:
        return _fault("", "the file is still being written", "nothing, if it is complete by the next cycle")
    return content


def _unpacked(name: str, content: bytes) -> FoundFile:
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(content)) as file:
            unpacked = file.read(MAX_BYTES + 1)
    except _ARCHIVE_ERRORS:
        return FoundFile(name, fault=_fault("", "the gzip file is damaged or cut off", "deliver it again"))
    return FoundFile(name, fault=_too_large()) if len(unpacked) > MAX_BYTES else FoundFile(name, unpacked)


def _members(name: str, content: bytes) -> Iterator[FoundFile]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = [info for info in archive.infolist() if not info.is_dir() and not _is_hidden(info.filename)]
            fault = _archive_fault(members)
            if fault:
                yield FoundFile(name, fault=fault)
                return
            times: Counter[str] = Counter()
            for info in members:
                times[info.filename] += 1
                again = f"#{times[info.filename]}" if times[info.filename] > 1 else ""
                yield _member(archive, info, f"{name}/{_plain(info.filename)}{again}")
    except _ARCHIVE_ERRORS:
        yield FoundFile(name, fault=_fault("", "the zip file is damaged or cut off", "deliver it again"))


def _archive_fault(members: list[zipfile.ZipInfo]) -> Fault | None:
    if any(info.filename == "[Content_Types].xml" for info in members):
        return _fault("", "expected camt.053 or CSV, found a spreadsheet", "save it as CSV")
    if not members:
        return _fault("", "the zip file holds no file", "deliver it again, or remove it")
    if len(members) > MAX_MEMBERS or sum(info.file_size for info in members) > MAX_BYTES:
        return _fault("", f"a zip of more than {MAX_MEMBERS} files or {MAX_BYTES} bytes", "deliver it in several")
    return None


def _member(archive: zipfile.ZipFile, info: zipfile.ZipInfo, name: str) -> FoundFile:
    try:
        with archive.open(info) as file:
            content = file.read(MAX_BYTES + 1)
    except _ARCHIVE_ERRORS as error:
        damage = "is encrypted" if isinstance(error, RuntimeError) else "is damaged"
        return FoundFile(name, fault=_fault("", f"the file in the zip {damage}", "deliver it unpacked"))
    return FoundFile(name, fault=_too_large()) if len(content) > MAX_BYTES else FoundFile(name, content)


def _is_hidden(name: str) -> bool:
    return name.startswith("__MACOSX/") or name.rsplit("/", 1)[-1].startswith(".")


def _plain(name: str) -> str:
    return name.encode("utf-8", "backslashreplace").decode("utf-8")[:200]


def _too_large() -> Fault:
    return _fault("", f"file of more than {MAX_BYTES} bytes", "deliver it in several files")


def _fault(value: str, reason: str, remedy: str) -> Fault:
    return Fault("", "", value, reason, remedy)
