"""GXO's folders as their callers see them: what lies there, one file's content, and one file delivered whole.

Belongs here: SFTP, host-key pinning, atomic delivery, one file's trouble kept apart from the connection's. Does not:
what a file says (x12, reading), or which were read already (ingestion keeps that ledger).

Fact sheet gxo 13: write `name.tmp`, then rename; a reader ignores `*.tmp`; a plain rename fails when the target exists.
"""

from __future__ import annotations

import asyncio
import errno
import os
from collections.abc import Coroutine
from dataclasses import dataclass
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Self, TypeVar

import asyncssh

from connectors.gxo.errors import UnreadableFileError
from connectors.transport.errors import CredentialError, OutcomeUnknownError, TransientError, UnreachableError
from tieout.errors import ConfigError
from tieout.settings import Gxo

VENDOR = "gxo"
_LOST = (OSError, asyncssh.DisconnectError, asyncssh.SFTPConnectionLost, asyncssh.SFTPNoConnection)  # time-outs too
_BLOCK = 32_768  # bytes that every server returns for one request
_UNFINISHED = (".tmp", ".part")
_NO_FILES = (asyncssh.FILEXFER_TYPE_DIRECTORY, asyncssh.FILEXFER_TYPE_SPECIAL)
_MOST_IN_A_ROW = 5  # files in a row that break the connection before the server is given up
_T = TypeVar("_T")


@dataclass(frozen=True)
class RemoteFile:
    r"""A file in one of the folders. `modified_at` is the server's, UTC, to the second, and may be kept by a move.

    `fault` is why it cannot be read at all, "" when it can: a name shows bytes that are no UTF-8 as `\xff`.
    """

    name: str
    size: int
    modified_at: datetime
    fault: str = ""


class GxoClient:
    """One SFTP account. Connects at first use; one connection for all calls, opened again after it was lost."""

    def __init__(self, gxo: Gxo) -> None:
        """Talk to the server of these settings."""
        self._gxo = gxo
        self._runner = asyncio.Runner()
        self._connection: asyncssh.SSHClientConnection | None = None
        self._sftp: asyncssh.SFTPClient | None = None
        self._broken_in_a_row = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connection."""
        self._runner.run(self._disconnect())
        self._runner.close()

    def list_files(self, folder: str) -> list[RemoteFile]:
        """Return the finished files of a folder by name; unfinished ones (`*.tmp`, `.part`) are not there yet."""
        return self._run(self._list(folder), f"list {folder}")

    def read_file(self, folder: str, name: str) -> bytes:
        """Return a file's content; a lost connection is opened again for the next one.

        Raises:
            UnreadableFileError: this file cannot be read now (denied, growing, gone, cut off, or not within
                `file_timeout_seconds`); the others can.
            TransientError: the server cannot be reached, or broke off several files in a row.
        """
        endpoint = f"read {folder}/{name}"
        try:
            found = self._fetch(folder, name)
        except _LOST as error:
            self._forget()
            self._broken_in_a_row += 1
            kind = TransientError if self._broken_in_a_row >= _MOST_IN_A_ROW else UnreadableFileError
            raise kind(_reason(error), vendor=VENDOR, endpoint=endpoint) from None
        except asyncssh.Error as error:
            raise UnreadableFileError(_reason(error), vendor=VENDOR, endpoint=endpoint) from None
        self._broken_in_a_row = 0
        return found

    def _fetch(self, folder: str, name: str) -> bytes:
        """Return a file's content, over a new connection where the one we had turns out to be lost."""
        had_one = self._sftp is not None
        self._run(self._session(), f"connect for {folder}/{name}")
        try:
            return self._bounded(self._content(folder, name), self._gxo.file_timeout_seconds)
        except _LOST as error:
            if not had_one or isinstance(error, TimeoutError):
                raise
            self._forget()
            return self._fetch(folder, name)

    def deliver(self, name: str, content: bytes) -> None:
        """Put a file into our outgoing folder: there whole, or not at all. A file of that name stays as it is.

        Raises:
            TransientError: nothing was delivered.
            OutcomeUnknownError: it may be there: look for its name before anything is sent again.
        """
        folder = self._gxo.send_folder
        self._run(self._upload(folder, name, content), f"upload {folder}/{name}")
        try:
            self._bounded(self._commit(folder, name), self._gxo.timeout_seconds)
        except _LOST as error:
            self._forget()
            message = f"the connection broke while {name} was put in place: {_reason(error)}"
            raise OutcomeUnknownError(message, vendor=VENDOR, endpoint="rename") from None
        except asyncssh.Error as error:
            raise TransientError(f"{name} was not put in place: {error}", vendor=VENDOR, endpoint="rename") from None

    def was_delivered(self, name: str) -> bool:
        """Return whether a file we delivered is still there, or was taken in and archived."""
        folders = (self._gxo.send_folder, self._gxo.archive_folder)
        return any(self._run(self._exists(folder, name), f"look for {name}") for folder in folders)

    def list_sent(self) -> list[tuple[str, RemoteFile]]:
        """Return (folder, file) of all that lies where we send to and where it is archived, newest first."""
        folders = dict.fromkeys((self._gxo.send_folder, self._gxo.archive_folder))
        found = [(folder, file) for folder in folders for file in self._run(self._sent(folder), f"list {folder}")]
        return sorted(found, key=lambda sent: (sent[1].modified_at, sent[1].name), reverse=True)

    def _run(self, call: Coroutine[Any, Any, _T], endpoint: str) -> _T:
        """Make a call that must succeed for the work to go on.

        Raises:
            TransientError: when it fails, or does not end within `timeout_seconds`.
        """
        try:
            return self._bounded(call, self._gxo.timeout_seconds)
        except (*_LOST, asyncssh.Error) as error:
            self._forget()
            raise TransientError(_reason(error), vendor=VENDOR, endpoint=endpoint) from None

    def _bounded(self, call: Coroutine[Any, Any, _T], seconds: float) -> _T:
        return self._runner.run(self._within(call, seconds))

    async def _within(self, call: Coroutine[Any, Any, _T], seconds: float) -> _T:
        """Await a call; when time is up the connection is cut, for who cancels politely waits for the server again."""
        task = asyncio.ensure_future(call)
        done, _ = await asyncio.wait({task}, timeout=seconds)
        if not done:
            self._forget()
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            raise TimeoutError(f"it did not end within {seconds:g} seconds")
        return task.result()

    def _forget(self) -> None:
        if self._connection is not None:
            self._connection.abort()
        self._connection = self._sftp = None

    async def _disconnect(self) -> None:
        if self._connection is not None:
            self._connection.close()
            await self._connection.wait_closed()
        self._connection = self._sftp = None

    async def _session(self) -> asyncssh.SFTPClient:
        if self._sftp is None:
            self._connection = await _connect(self._gxo)
            self._sftp = await self._connection.start_sftp_client()
        return self._sftp

    async def _list(self, folder: str) -> list[RemoteFile]:
        found = []
        async for entry in (await self._session()).scandir(folder.encode()):
            name, fault = _name_of(entry.filename)
            if entry.attrs.type not in _NO_FILES and name not in (".", "..") and not name.endswith(_UNFINISHED):
                modified = datetime.fromtimestamp(entry.attrs.mtime or 0, UTC)
                found.append(RemoteFile(name, entry.attrs.size or 0, modified, fault))
        return sorted(found, key=lambda file: file.name)

    async def _sent(self, folder: str) -> list[RemoteFile]:
        try:
            return await self._list(folder)
        except asyncssh.SFTPNoSuchFile:  # not every site keeps an archive
            return []

    async def _content(self, folder: str, name: str) -> bytes:
        sftp, path = await self._session(), f"{folder}/{name}".encode()
        announced = (await sftp.stat(path)).size
        content = b""
        async with sftp.open(path, "rb", block_size=0) as file:  # one request at a time: all end with the call
            while block := await file.read(_BLOCK):
                content += block
        sizes = (announced, (await sftp.stat(path)).size)
        if sizes != (len(content), len(content)):
            raise asyncssh.SFTPFailure(f"{len(content)} bytes came of {sizes[0]}, now {sizes[1]}: it is being written")
        return content

    async def _upload(self, folder: str, name: str, content: bytes) -> None:
        sftp, path = await self._session(), f"{folder}/{name}.tmp"
        async with sftp.open(path.encode(), "wb") as file:
            await file.write(content)
        arrived = (await sftp.stat(path.encode())).size
        if arrived != len(content):
            raise TransientError(f"{arrived} bytes arrived of {len(content)}", vendor=VENDOR, endpoint=f"write {path}")

    async def _commit(self, folder: str, name: str) -> None:
        sftp, path = await self._session(), f"{folder}/{name}".encode()
        if await sftp.exists(path):
            await sftp.remove(path + b".tmp")
        else:
            await sftp.rename(path + b".tmp", path)

    async def _exists(self, folder: str, name: str) -> bool:
        return bool(await (await self._session()).exists(f"{folder}/{name}".encode()))


def _name_of(raw: bytes) -> tuple[str, str]:
    try:
        return raw.decode(), ""
    except UnicodeDecodeError:
        return raw.decode("utf-8", "backslashreplace"), "its name is no UTF-8: ask for names of plain letters"


def _reason(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}"


async def _connect(gxo: Gxo) -> asyncssh.SSHClientConnection:
    if not (gxo.password or gxo.private_key):
        raise ConfigError("gxo.password or gxo.private_key is missing: put one into a secret file of that name")
    try:
        keys = [asyncssh.import_private_key(gxo.private_key.get_secret_value())] if gxo.private_key else []
        asyncssh.import_public_key(gxo.host_key)  # known hosts pass over what is no key
        known = asyncssh.import_known_hosts(f"{_host_pattern(gxo)} {gxo.host_key}\n")
    except (asyncssh.KeyImportError, ValueError) as error:
        raise ConfigError(f"gxo.private_key or gxo.host_key cannot be read: {error}") from None
    try:
        return await asyncssh.connect(
            gxo.host,
            gxo.port,
            username=gxo.user,
            password=gxo.password.get_secret_value() if gxo.password else None,
            client_keys=keys,
            known_hosts=known,
            agent_path=None,
            config=None,
        )
    except asyncssh.HostKeyNotVerifiable:
        reason = "the server's host key is not gxo.host_key: ask GXO whether it changed, then pin the new one"
        raise CredentialError(reason, vendor=VENDOR, endpoint="connect") from None
    except asyncssh.PermissionDenied:
        reason = "user, password or key refused: check gxo.user, gxo.password and gxo.private_key"
        raise CredentialError(reason, vendor=VENDOR, endpoint="connect") from None
    except OSError as error:
        known = errno.errorcode.get(error.errno or 0)
        message = os.strerror(error.errno or 0) if known else error.strerror or type(error).__name__
        reason = (
            f"no connection to sftp://{gxo.host}:{gxo.port} ({message}), nothing was sent: check gxo.host and gxo.port,"
            " and whether it is up and lets this machine in"
        )
        raise UnreachableError(reason, vendor=VENDOR) from None


def _host_pattern(gxo: Gxo) -> str:
    return gxo.host if gxo.port == 22 else f"[{gxo.host}]:{gxo.port}"


def open_gxo(gxo: Gxo) -> GxoClient:
    """Return a client for these settings; it connects when first used.

    Raises:
        ConfigError, at first use: without a password or key, or with a key that cannot be read.
        CredentialError, at first use: when the host key is not the pinned one, or the login is refused.
    """
    return GxoClient(gxo)
