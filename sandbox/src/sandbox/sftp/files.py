"""The SFTP server's session: a share's folders over the file records, for any client.

Belongs here: the protocol's operations, and the faults of this wire. Does not: what files say. Nothing outside the
folders exists, so no path leads anywhere else. Modification times are world time.
"""

from __future__ import annotations

import asyncio
import hashlib
import time
from collections.abc import AsyncIterator, Callable
from typing import Any, TypeVar

import asyncssh

from sandbox.sftp.session import OpenFile, Wire, attributes, file_attributes, folder_attributes, placed
from sandbox.sftp.share import WIRE_KINDS, content, folder_of, name_of
from sandbox.store import Record

T = TypeVar("T")
_BEFORE_WORK = WIRE_KINDS - {"truncated_body", "expired_token"}


class Files(asyncssh.SFTPServer):  # type: ignore[misc]  # asyncssh is not followed
    """One session's operations."""

    def __init__(self, chan: Any, wire: Wire) -> None:
        """Serve the wire's folders on a channel."""
        super().__init__(chan)
        self._wire = wire
        self._share = wire.share

    async def open(self, path: bytes, pflags: int, attrs: Any) -> OpenFile:
        """Open a file to read it, or to write it as a whole; what is written is there once it is closed."""
        place = placed(path)
        work = lambda: self._opened(place, pflags)  # noqa: E731  one thunk per operation
        handle = await self._do("open", place, work)
        if not handle.writable:
            cut = self._wire.fault("read", f"/{place}", {"truncated_body"})
            handle.readable_until = len(handle.data) // 2 if cut else None
        return handle

    async def read(self, file_obj: OpenFile, offset: int, size: int) -> bytes:
        """Return a part of a file; b'' at its end."""
        end = len(file_obj.data) if file_obj.readable_until is None else file_obj.readable_until
        fault = "truncated_body" if file_obj.readable_until is not None else None
        return await self._do(
            "read", file_obj.path, lambda: bytes(file_obj.data[offset : min(offset + size, end)]), fault
        )

    async def write(self, file_obj: OpenFile, offset: int, data: bytes) -> int:
        """Put bytes at their place."""

        def work() -> int:
            if not file_obj.writable:
                raise asyncssh.SFTPPermissionDenied("the file is open for reading")
            start = len(file_obj.data) if file_obj.appends else offset
            file_obj.data.extend(b"\0" * (start - len(file_obj.data)))
            file_obj.data[start : start + len(data)] = data
            file_obj.changed = True
            return len(data)

        return await self._do("write", file_obj.path, work)

    async def close(self, file_obj: OpenFile) -> None:
        """Close a file; also asked for files that a broken connection left open, which keep what had arrived."""

        def work() -> None:
            if file_obj.changed:
                at = int(file_obj.attributes.get("mtime") or self._wire.store.now)
                self._share.save(self._wire.store, file_obj.path, bytes(file_obj.data), at=at)

        data = bytes(file_obj.data) if file_obj.writable else b""
        await self._do("close", file_obj.path, work, data=data)

    async def scandir(self, path: bytes) -> AsyncIterator[Any]:
        """Yield names and attributes of a folder."""
        place = placed(path)
        for name, attrs in await self._do("list", place, lambda: self._listed(place)):
            yield asyncssh.SFTPName(name.encode(), attrs=attrs)

    async def stat(self, path: bytes) -> Any:
        """Return size, kind and modification time."""
        place = placed(path)
        return await self._do("stat", place, lambda: self._stated(place))

    async def lstat(self, path: bytes) -> Any:
        """Return what `stat` does; there are no links."""
        return await self.stat(path)

    async def fstat(self, file_obj: OpenFile) -> Any:
        """Return the attributes of an open file."""
        at = int(file_obj.attributes.get("mtime") or self._wire.store.now)
        return await self._do("fstat", file_obj.path, lambda: file_attributes(len(file_obj.data), at))

    async def setstat(self, path: bytes, attrs: Any) -> None:
        """Set a file's modification time; owners and permissions are left as they are."""
        place = placed(path)

        def work() -> None:
            record = self._found(place)
            self._require_writable(place)
            if attrs.mtime is not None:
                self._share.save(self._wire.store, record.id, content(record), at=int(attrs.mtime))

        await self._do("setstat", place, work)

    async def lsetstat(self, path: bytes, attrs: Any) -> None:
        """Do what `setstat` does."""
        await self.setstat(path, attrs)

    async def fsetstat(self, file_obj: OpenFile, attrs: Any) -> None:
        """Note the modification time for when the file is closed; cut it when a size is given."""

        def work() -> None:
            if attrs.size is not None and file_obj.writable:
                del file_obj.data[attrs.size :]
                file_obj.changed = True
            if attrs.mtime is not None:
                file_obj.attributes["mtime"] = attrs.mtime

        await self._do("fsetstat", file_obj.path, work)

    async def remove(self, path: bytes) -> None:
        """Remove a file."""
        place = placed(path)

        def work() -> None:
            record = self._found(place)
            if folder_of(place) in self._share.kept:
                raise asyncssh.SFTPPermissionDenied(f"/{place}: what lies there stays")
            self._share.remove(self._wire.store, record.id)

        await self._do("remove", place, work)

    async def rename(self, oldpath: bytes, newpath: bytes) -> None:
        """Give a file another name; fails when that name is taken."""
        await self._renamed("rename", oldpath, newpath, over=False)

    async def posix_rename(self, oldpath: bytes, newpath: bytes) -> None:
        """Give a file another name, over whatever has it."""
        await self._renamed("posix_rename", oldpath, newpath, over=True)

    async def mkdir(self, path: bytes, attrs: Any) -> None:
        """Refuse: the folders are agreed on."""
        await self._do("mkdir", placed(path), _refuse)

    async def rmdir(self, path: bytes) -> None:
        """Refuse: the folders are agreed on."""
        await self._do("rmdir", placed(path), _refuse)

    def symlink(self, oldpath: bytes, newpath: bytes) -> None:
        """Refuse: there are no links."""
        _refuse()

    def link(self, oldpath: bytes, newpath: bytes) -> None:
        """Refuse: there are no links."""
        _refuse()

    def readlink(self, path: bytes) -> bytes:
        """Refuse: there are no links."""
        raise asyncssh.SFTPNoSuchFile("there are no links")

    async def realpath(self, path: bytes) -> bytes:
        """Return the absolute form of a path."""
        place = placed(path)
        return await self._do("realpath", place, lambda: b"/" + place.encode())

    def statvfs(self, path: bytes) -> Any:
        """Refuse: there is no file system below."""
        raise asyncssh.SFTPOpUnsupported("statvfs")

    def fstatvfs(self, file_obj: OpenFile) -> Any:
        """Refuse: there is no file system below."""
        raise asyncssh.SFTPOpUnsupported("fstatvfs")

    def fsync(self, file_obj: OpenFile) -> None:
        """Do nothing: a file is there once it is closed."""

    async def _renamed(self, operation: str, oldpath: bytes, newpath: bytes, *, over: bool) -> None:
        old, new = placed(oldpath), placed(newpath)

        def work() -> None:
            self._found(old)
            if not self._share.is_place(new):
                raise asyncssh.SFTPPermissionDenied(f"/{new}: files lie in {', '.join(self._share.folders)} only")
            if (folder_of(old), folder_of(new)) not in self._share.moves:
                known = ", ".join(f"{here}/ to {there}/" for here, there in sorted(self._share.moves))
                raise asyncssh.SFTPPermissionDenied(f"/{old}: expected a move from {known}")
            if not over and self._share.found(self._wire.store, new) is not None:
                raise asyncssh.SFTPFailure(f"/{new} exists")
            self._share.move(self._wire.store, old, new)

        await self._do(operation, old, work, query=f"to=/{new}")

    async def _do(
        self,
        operation: str,
        place: str,
        work: Callable[[], T],
        already: str | None = None,
        *,
        query: str = "",
        data: bytes = b"",
    ) -> T:
        """Run one operation on a thread: logged, and struck by whatever fault is meant for it."""
        call = self._wire.begun(operation, f"/{place}", query)
        call.body_size, call.body_sha256 = len(data), hashlib.sha256(data).hexdigest() if data else ""
        fault = self._wire.fault(operation, call.path, _BEFORE_WORK)
        kind = fault.kind if fault else None
        call.fault = kind or already
        started = time.perf_counter()
        try:
            if fault and kind == "slow":
                await asyncio.sleep(fault.seconds)
            if kind == "drop_request":
                self._cut()
            if kind == "500":
                raise asyncssh.SFTPFailure("Failure")
            result = await asyncio.to_thread(work)
            if fault and kind == "slow_reply":
                await asyncio.sleep(fault.seconds)
            if kind == "lost_reply":
                self._cut()
            call.status = 0
        except asyncssh.SFTPConnectionLost:
            raise
        except asyncssh.SFTPError as error:
            call.status = error.code
            raise
        finally:
            call.seconds = round(time.perf_counter() - started, 6)
        return result

    def _cut(self) -> None:
        self.connection.abort()
        raise asyncssh.SFTPConnectionLost("cut")

    def _opened(self, place: str, pflags: int) -> OpenFile:
        record = self._share.found(self._wire.store, place)
        if self._share.is_folder(place):
            raise asyncssh.SFTPFailure(f"/{place} is a folder")
        if not pflags & asyncssh.FXF_WRITE:
            found = self._found(place)
            stamp = {"mtime": found.body.get("written_at", found.updated_at)}
            return OpenFile(place, bytearray(content(found)), False, attributes=stamp)
        if not self._share.is_place(place):
            raise asyncssh.SFTPPermissionDenied(f"/{place}: files lie in {', '.join(self._share.folders)} only")
        self._require_writable(place)
        if record is None and not pflags & asyncssh.FXF_CREAT:
            raise asyncssh.SFTPNoSuchFile(f"/{place}")
        if record is not None and pflags & asyncssh.FXF_EXCL:
            raise asyncssh.SFTPFailure(f"/{place} exists")
        kept = b"" if record is None or pflags & asyncssh.FXF_TRUNC else content(record)
        if record is None or pflags & asyncssh.FXF_TRUNC:
            self._share.save(self._wire.store, place, kept, at=self._wire.store.now)
        return OpenFile(place, bytearray(kept), True, bool(pflags & asyncssh.FXF_APPEND))

    def _found(self, place: str) -> Record:
        record = self._share.found(self._wire.store, place)
        if record is None:
            raise asyncssh.SFTPNoSuchFile(f"/{place}")
        return record

    def _stated(self, place: str) -> Any:
        if self._share.is_folder(place):
            return folder_attributes(self._wire.store.now)
        return attributes(self._found(place))

    def _listed(self, place: str) -> list[tuple[str, Any]]:
        here = folder_attributes(self._wire.store.now)
        if not self._share.is_folder(place):
            raise asyncssh.SFTPNoSuchFile(f"/{place}")
        names = [(name, here) for name in (".", "..", *self._share.folders_in(place))]
        found = self._share.in_folder(self._wire.store, place)
        return [*names, *((name_of(record), attributes(record)) for record in found)]

    def _require_writable(self, place: str) -> None:
        if folder_of(place) not in self._share.writable:
            places = ", ".join(f"{folder}/" for folder in sorted(self._share.writable))
            raise asyncssh.SFTPPermissionDenied(f"/{place}: clients write to {places} only")


def _refuse() -> None:
    raise asyncssh.SFTPPermissionDenied("the folders are agreed on")
