"""An SFTP server on a folder whose files misbehave one by one, as servers in the world do.

Belongs here: the server and its thread. Does not: what the files say. A file's trouble follows from its name: `denied`,
`hanging`, `growing`, `cutting` (the connection is cut once); any other is served as it is.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import asyncssh

from tieout.settings import Gxo


class OddFiles(asyncssh.SFTPServer):  # type: ignore[misc]  # asyncssh is not followed
    """A folder with its odd files."""

    cuts = 1

    def open(self, path: bytes, pflags: int, attrs: Any) -> Any:
        if b"denied" in path:
            raise asyncssh.SFTPPermissionDenied("Permission denied")
        if b"cutting" in path and OddFiles.cuts:
            OddFiles.cuts -= 1
            self.channel.get_connection().abort()
        return super().open(path, pflags, attrs)

    async def read(self, file_obj: Any, offset: int, size: int) -> bytes:
        if "hanging" in str(file_obj.name):
            file_obj.close()
            await asyncio.sleep(600)
        return bytes(super().read(file_obj, offset, size))

    def stat(self, path: bytes) -> Any:
        found = asyncssh.SFTPAttrs.from_local(super().stat(path))
        if b"growing" in path:
            found.size += 100
        return found


@contextmanager
def odd_sftp(root: Path, settings: Gxo) -> Iterator[Gxo]:
    """Serve `root` on a thread; yield the settings with which it is reached."""
    key = asyncssh.generate_private_key("ssh-ed25519")
    OddFiles.cuts = 1
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()

    async def serve() -> Any:
        return await asyncssh.create_server(
            lambda: _AnyPassword(),
            "127.0.0.1",
            0,
            server_host_keys=[key],
            sftp_factory=lambda channel: OddFiles(channel, chroot=str(root).encode()),
        )

    server = asyncio.run_coroutine_threadsafe(serve(), loop).result(30)
    try:
        public = key.export_public_key().decode().strip()
        yield settings.model_copy(update={"host": "127.0.0.1", "port": server.get_port(), "host_key": public})
    finally:
        asyncio.run_coroutine_threadsafe(_ended(server), loop).result(30)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(30)
        loop.close()


async def _ended(server: Any) -> None:
    server.close()
    await server.wait_closed()
    for task in asyncio.all_tasks() - {asyncio.current_task()}:
        task.cancel()
    await asyncio.sleep(0.2)


class _AnyPassword(asyncssh.SSHServer):  # type: ignore[misc]
    def password_auth_supported(self) -> bool:
        return True

    def validate_password(self, username: str, password: str) -> bool:
        return True
