"""GXO's folders as their callers see them: what lies there, one file's content, and one file delivered whole.

Belongs here: SFTP, host-key pinning, atomic delivery. Does not: what a file says (x12, reading), or which were read
already (ingestion keeps that ledger).

Fact sheet gxo 13: write `name.tmp`, then rename; a reader ignores `*.tmp`; a plain rename fails when the target exists.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import PurePosixPath
from types import TracebackType
from typing import Any, Self, TypeVar

import asyncssh

from connectors.transport.errors import ConnectorError, CredentialError, OutcomeUnknownError, TransientError
from tieout.errors import ConfigError
from tieout.settings import Gxo

VENDOR = "gxo"
_LOST = (OSError, asyncssh.ConnectionLost, asyncssh.SFTPConnectionLost, asyncssh.SFTPNoConnection, TimeoutError)
_T = TypeVar("_T")


@dataclass(frozen=True)
class RemoteFile:
    """A file in one of the folders. `modified_at` is the server's, UTC, to the second, and may be kept by a move."""

    name: str
    size: int
    modified_at: datetime


class GxoClient:
    """One SFTP account. Connects at first use; one connection for all calls, opened again after it was lost."""

    def __init__(self, gxo: Gxo) -> None:
        """Talk to the server of these settings."""
        self._gxo = gxo
        self._runner = asyncio.Runner()
        self._connection: asyncssh.SSHClientConnection | None = None
        self._sftp: asyncssh.SFTPClient | None = None

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
        return self._read(self._list(folder), f"list {folder}")

    def read_file(self, folder: str, name: str) -> bytes:
        """Return a file's content.

        Raises:
            TransientError: when it vanished or came in part; list the folder again.
        """
        return self._read(self._content(folder, name), f"read {folder}/{name}")

    def deliver(self, name: str, content: bytes) -> None:
        """Put a file into our outgoing folder: there whole, or not at all. A file of that name stays as it is.

        Raises:
            TransientError: nothing was delivered.
            OutcomeUnknownError: it may be there: look for its name before anything is sent again.
        """
        folder = self._gxo.send_folder
        self._read(self._upload(folder, name, content), f"upload {folder}/{name}")
        try:
            self._run(self._commit(folder, name))
        except _LOST as error:
            self._forget()
            raise OutcomeUnknownError(
                f"the connection broke while {name} was put in place: {error}", vendor=VENDOR, endpoint="rename"
            ) from None
        except asyncssh.Error as error:
            raise TransientError(f"{name} was not put in place: {error}", vendor=VENDOR, endpoint="rename") from None

    def was_delivered(self, name: str) -> bool:
        """Tell whether a file we delivered is still there, or was taken in and archived."""
        folders = (self._gxo.send_folder, self._gxo.archive_folder)
        return any(self._read(self._exists(folder, name), f"look for {name}") for folder in folders)

    def _read(self, call: Coroutine[Any, Any, _T], endpoint: str) -> _T:
        try:
            return self._run(call)
        except (ConnectorError, ConfigError):
            raise
        except (*_LOST, asyncssh.Error) as error:
            self._forget()
            told = f"{type(error).__name__}: {error}"
            raise TransientError(told, vendor=VENDOR, endpoint=endpoint) from None

    def _run(self, call: Coroutine[Any, Any, _T]) -> _T:
        return self._runner.run(asyncio.wait_for(call, self._gxo.timeout_seconds))

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
        async for entry in (await self._session()).scandir(folder):
            name = entry.filename if isinstance(entry.filename, str) else entry.filename.decode()
            if entry.attrs.type == asyncssh.FILEXFER_TYPE_REGULAR and PurePosixPath(name).suffix not in (
                ".tmp",
                ".part",
            ):
                modified = datetime.fromtimestamp(entry.attrs.mtime or 0, UTC)
                found.append(RemoteFile(name, entry.attrs.size or 0, modified))
        return sorted(found, key=lambda file: file.name)

    async def _content(self, folder: str, name: str) -> bytes:
        sftp, path = await self._session(), f"{folder}/{name}"
        announced = (await sftp.stat(path)).size
        async with sftp.open(path, "rb") as file:
            content = await file.read()
        if len(content) != announced:
            raise TransientError(f"{len(content)} bytes came of {announced}", vendor=VENDOR, endpoint=f"read {path}")
        return bytes(content)

    async def _upload(self, folder: str, name: str, content: bytes) -> None:
        sftp, path = await self._session(), f"{folder}/{name}.tmp"
        async with sftp.open(path, "wb") as file:
            await file.write(content)
        arrived = (await sftp.stat(path)).size
        if arrived != len(content):
            raise TransientError(f"{arrived} bytes arrived of {len(content)}", vendor=VENDOR, endpoint=f"write {path}")

    async def _commit(self, folder: str, name: str) -> None:
        sftp = await self._session()
        if await sftp.exists(f"{folder}/{name}"):
            await sftp.remove(f"{folder}/{name}.tmp")
        else:
            await sftp.rename(f"{folder}/{name}.tmp", f"{folder}/{name}")

    async def _exists(self, folder: str, name: str) -> bool:
        return bool(await (await self._session()).exists(f"{folder}/{name}"))


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


def _host_pattern(gxo: Gxo) -> str:
    return gxo.host if gxo.port == 22 else f"[{gxo.host}]:{gxo.port}"


def open_gxo(gxo: Gxo) -> GxoClient:
    """Return a client for these settings; it connects when first used.

    Raises:
        ConfigError, at first use: without a password or key, or with a key that cannot be read.
        CredentialError, at first use: when the host key is not the pinned one, or the login is refused.
    """
    return GxoClient(gxo)
