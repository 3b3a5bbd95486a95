"""Which systems stand in here, and how each is put on a store.

Belongs here: one row per system. Does not: anything a system does.
"""

from __future__ import annotations

import socket
from collections.abc import Callable
from pathlib import Path

from sandbox import bank, gxo, linnworks, netsuite, newstore, tiktok_shop, zigzag
from sandbox.calls import CallLog
from sandbox.faults import FaultBook
from sandbox.netsuite.errors import REFUSALS as netsuite_refusals
from sandbox.netsuite.errors import error_body as netsuite_error
from sandbox.newstore.events import CHANNEL as NEWSTORE_EVENTS
from sandbox.sftp import Access, Share
from sandbox.store import Store
from sandbox.systems import Listen, Listener, System
from sandbox.tiktok_shop.webhooks import CHANNEL as TIKTOK_WEBHOOKS
from sandbox.zigzag.events import CHANNEL as ZIGZAG_WEBHOOKS


def installed(store: Store, bank_folder: Path) -> list[System]:
    """Put every system on a store and return them. The bank's files are written to `bank_folder`."""
    tiktok_shop.install(store)
    store.register("netsuite", netsuite.KINDS)
    bank.install(store, bank_folder)
    gxo.install(store)
    linnworks.install(store)
    zigzag.install(store)
    newstore.install(store)
    return [
        System(
            "tiktok_shop",
            tuple(sorted(tiktok_shop.KINDS)),
            lambda url: tiktok_shop.systems_entry(store, url),
            tiktok_shop.tiktok_app(store),
            tiktok_shop.error_body,
            refusals=tiktok_shop.REFUSALS,
            webhooks=TIKTOK_WEBHOOKS,
        ),
        System(
            "netsuite",
            tuple(sorted(netsuite.KINDS)),
            lambda url: netsuite.systems_entry(store, url),
            netsuite.netsuite_app(store),
            netsuite_error,
            refusals=netsuite_refusals,
        ),
        System("bank", _kinds(store, "bank"), lambda _: bank.systems_entry(store, bank_folder)),
        _gxo(store),
        _linnworks(store),
        _zigzag(store),
        _zigzag_sftp(store),
        _newstore(store),
    ]


def _gxo(store: Store) -> System:
    kinds = tuple(sorted(gxo.KINDS))
    listen = _sftp(store, gxo.folders.SHARE, gxo.access.access)
    return System("gxo", kinds, lambda url: gxo.systems_entry(store, url), listen=listen, scheme="sftp")


def _sftp(store: Store, share: Share, access: Callable[[Store], Access]) -> Listen:
    async def listen(listening: socket.socket, book: FaultBook, log: CallLog) -> Listener:
        from sandbox.sftp import logins  # not above: it loads the SSH library, which only a server needs

        return await logins.listen(share, access(store), store, listening=listening, book=book, log=log)

    return listen


def _linnworks(store: Store) -> System:
    kinds, app = tuple(sorted(linnworks.KINDS)), linnworks.linnworks_app(store)
    return System("linnworks", kinds, lambda url: linnworks.systems_entry(store, url), app, linnworks.error_body)


def _zigzag(store: Store) -> System:
    return System(
        "zigzag",
        tuple(sorted(zigzag.KINDS)),
        lambda url: zigzag.systems_entry(store, url),
        zigzag.zigzag_app(store),
        zigzag.error_body,
        refusals=zigzag.REFUSALS,
        webhooks=ZIGZAG_WEBHOOKS,
    )


def _zigzag_sftp(store: Store) -> System:
    """Return the second wire of ZigZag, a row of its own: its calls, faults and files are apart from the first's."""
    listen, kinds = _sftp(store, zigzag.feeds.SHARE, zigzag.feeds.access), tuple(sorted(zigzag.SFTP_KINDS))
    entry = zigzag.feeds.systems_entry
    return System(zigzag.feeds.SFTP, kinds, lambda url: entry(store, url), listen=listen, scheme="sftp")


def _newstore(store: Store) -> System:
    return System(
        "newstore",
        tuple(sorted(newstore.KINDS)),
        lambda url: newstore.systems_entry(store, url),
        newstore.newstore_app(store),
        newstore.error_body,
        refusals=newstore.REFUSALS,
        webhooks=NEWSTORE_EVENTS,
    )


def _kinds(store: Store, system: str) -> tuple[str, ...]:
    return tuple(sorted(kind for name, kind in store.kinds if name == system))
