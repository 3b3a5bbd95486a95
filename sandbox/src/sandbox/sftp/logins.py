"""Logins of the SFTP server, and the server itself on its socket.

Belongs here: who gets in, start and stop. Does not: what a session may do.
"""

from __future__ import annotations

import socket
from typing import Any

import asyncssh

from sandbox.calls import CallLog
from sandbox.faults import FaultBook
from sandbox.sftp.access import Access, public_key
from sandbox.sftp.files import Files
from sandbox.sftp.session import Wire
from sandbox.sftp.share import Share
from sandbox.store import Store

_DENIED = 3


class Door(asyncssh.SSHServer):  # type: ignore[misc]  # asyncssh is not followed
    """One connection's login, by password or by key."""

    def __init__(self, wire: Wire, given: Access, listener: Listener) -> None:
        """Let in who has these secrets."""
        self._wire, self._given, self._listener = wire, given, listener
        self._key = asyncssh.import_public_key(public_key(given.client_key))
        self._fault: str | None = None
        self._user = ""
        self._connection: Any = None

    def connection_made(self, conn: Any) -> None:
        """Remember the connection, so that stopping ends it."""
        self._connection = conn
        self._listener.connections.add(conn)

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the connection."""
        self._listener.connections.discard(self._connection)

    def begin_auth(self, username: str) -> bool:
        """Ask for a login, and see whether a fault refuses all of this connection's."""
        self._user = username
        fault = self._wire.fault("login", username, {"expired_token", "drop_request"})
        self._fault = fault.kind if fault else None
        if self._fault == "drop_request":
            self._log(None)
            self._connection.abort()
        return True

    def password_auth_supported(self) -> bool:
        """Offer passwords."""
        return True

    def public_key_auth_supported(self) -> bool:
        """Offer keys."""
        return True

    def validate_password(self, username: str, password: str) -> bool:
        """Check a password."""
        return self._checked((username, password) == (self._given.user, self._given.password))

    def validate_public_key(self, username: str, key: Any) -> bool:
        """Check a key."""
        return self._checked(username == self._given.user and key == self._key)

    def auth_completed(self) -> None:
        """Log the login."""
        self._log(0)

    def _checked(self, right: bool) -> bool:
        if right and self._fault != "expired_token":
            return True
        self._log(_DENIED)
        return False

    def _log(self, status: int | None) -> None:
        call = self._wire.begun("login", self._user)
        call.status, call.fault = status, self._fault


class Listener:
    """A running server."""

    def __init__(self) -> None:
        """Know no connection yet."""
        self.connections: set[Any] = set()
        self.acceptor: Any = None

    async def stop(self) -> None:
        """Take no more connections and end those that are."""
        self.acceptor.close()
        for connection in list(self.connections):
            connection.abort()
        await self.acceptor.wait_closed()


async def listen(
    share: Share, given: Access, store: Store, *, listening: socket.socket, book: FaultBook, log: CallLog
) -> Listener:
    """Serve a share to who has these secrets on a bound socket, in the running event loop."""
    wire, listener = Wire(share, store, book, log), Listener()
    listener.acceptor = await asyncssh.listen(
        sock=listening,
        server_factory=lambda: Door(wire, given, listener),
        server_host_keys=[asyncssh.import_private_key(given.host_key)],
        sftp_factory=lambda chan: Files(chan, wire),
        allow_scp=False,
        agent_forwarding=False,
        line_editor=False,
        login_timeout=30,
    )
    return listener
