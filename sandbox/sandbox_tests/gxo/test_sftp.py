"""The folders over real sockets: asyncssh's client, OpenSSH's, paramiko's when there is one, and faults of the wire."""

from __future__ import annotations

import importlib.util
import shutil
import socket
import subprocess
from typing import Any

import asyncssh
import httpx
import pytest

from sandbox import gxo
from sandbox.server import Running, opened

NOW = 1_767_571_200


async def put(client: Any, path: str, data: bytes) -> None:
    async with client.open(path, "wb") as file:
        await file.write(data)


async def get(client: Any, path: str) -> bytes:
    async with client.open(path, "rb") as file:
        return bytes(await file.read())


def test_a_file_is_written_renamed_read_and_removed(live):
    async def work(client):
        await put(client, "/in/940_a.tmp", b"first half, " * 9000)
        await client.rename("/in/940_a.tmp", "/in/940_a.edi")
        names = sorted(await client.listdir("in"))
        stat = await client.stat("in/940_a.edi")
        data = await get(client, "in/940_a.edi")
        await client.remove("in/940_a.edi")
        return names, stat, data, await client.listdir("/in")

    names, stat, data, after = live.session(work)
    assert names == [".", "..", "940_a.edi"] and sorted(after) == [".", ".."]
    assert data == b"first half, " * 9000 and stat.size == len(data)
    assert stat.mtime == NOW


def test_rename_spares_what_is_there_and_posix_rename_does_not(live):
    async def work(client):
        await put(client, "/in/a", b"a")
        await put(client, "/in/b", b"b")
        with pytest.raises(asyncssh.SFTPFailure):
            await client.rename("/in/a", "/in/b")
        kept = await get(client, "/in/b")
        await client.posix_rename("/in/a", "/in/b")
        return kept, await get(client, "/in/b"), await client.exists("/in/a")

    assert live.session(work) == (b"b", b"a", False)


def test_nothing_lies_outside_the_three_folders(live):
    async def work(client):
        assert sorted(await client.listdir("/")) == [".", "..", "archive", "in", "out"]
        assert await client.realpath("../../..") == "/"
        for path in ("/etc/passwd", "/../../../../etc/passwd", "/out/none.edi"):
            with pytest.raises(asyncssh.SFTPNoSuchFile):
                await get(client, path)
        for path in ("/new.edi", "/in/sub/new.edi", "/../new.edi"):
            with pytest.raises(asyncssh.SFTPPermissionDenied):
                await put(client, path, b"x")
        with pytest.raises(asyncssh.SFTPPermissionDenied):
            await client.mkdir("/in/sub")

    live.session(work)


def test_clients_write_to_in_alone_and_archive_what_they_have_read(live):
    for place in ("out/a", "out/b", "archive/c"):
        gxo.folders.save(live.store, place, b"theirs", at=NOW)

    async def work(client):
        await put(client, "/in/mine.tmp", b"x")
        for path in ("/out/new.edi", "/out/a", "/archive/new.edi", "/archive/c"):
            with pytest.raises(asyncssh.SFTPPermissionDenied):
                await put(client, path, b"y")
        for old, new in (
            ("in/mine.tmp", "out/m"),
            ("in/mine.tmp", "archive/m"),
            ("out/a", "in/a"),
            ("archive/c", "in/c"),
        ):
            with pytest.raises(asyncssh.SFTPPermissionDenied):
                await client.rename(old, new)
        with pytest.raises(asyncssh.SFTPPermissionDenied):
            await client.remove("/archive/c")
        with pytest.raises(asyncssh.SFTPPermissionDenied):
            await client.utime("/out/a", (1, 1))
        await client.rename("out/a", "archive/a")
        await client.remove("/out/b")
        await client.rename("in/mine.tmp", "in/mine.edi")

    live.session(work)
    kept = {row["id"]: row["text"] for row in live.control("GET", "/gxo/files")["items"]}
    assert kept == {"archive/a": "theirs", "archive/c": "theirs", "in/mine.edi": "x"}


def test_the_key_logs_in_and_a_wrong_password_does_not(live):
    key = asyncssh.import_private_key(live.entry["client_key"])

    async def listed(client):
        return await client.listdir("/out")

    assert live.session(listed, client_keys=[key], password=None) == [".", ".."]
    with pytest.raises(asyncssh.PermissionDenied):
        live.session(listed, password="guess")
    stranger = asyncssh.generate_private_key("ssh-ed25519")
    with pytest.raises(asyncssh.PermissionDenied):
        live.session(listed, client_keys=[stranger], password=None)
    logins = [call for call in live.control("GET", "/gxo/calls") if call["method"] == "login"]
    assert {call["status"] for call in logins} == {0, 3}
    assert all(live.entry["password"] not in str(call) for call in logins)


def test_a_changed_record_is_a_changed_file(live):
    gxo.folders.save(live.store, "out/945_x.edi", b"old", at=NOW)

    async def work(client):
        before = await get(client, "/out/945_x.edi")
        live.store.patch("gxo", "files", "out/945_x.edi", {"text": "changed by hand"})
        after, size = await get(client, "/out/945_x.edi"), (await client.stat("/out/945_x.edi")).size
        live.store.delete("gxo", "files", "out/945_x.edi")
        return before, after, size, await client.exists("/out/945_x.edi")

    assert live.session(work) == (b"old", b"changed by hand", 15, False)


def test_bytes_that_are_no_text_come_back_as_they_were(live):
    data = bytes(range(256))

    async def work(client):
        await put(client, "/in/raw.bin", data)
        return await get(client, "/in/raw.bin")

    assert live.session(work) == data
    assert live.control("GET", "/gxo/files")["total"] == 1


def test_every_operation_is_logged(live):
    async def work(client):
        await put(client, "/in/a.tmp", b"abc")
        await client.rename("/in/a.tmp", "/in/a.edi")

    live.session(work)
    calls = live.control("GET", "/gxo/calls")
    methods = [call["method"] for call in calls]
    assert [name for name in methods if name in {"login", "open", "write", "close", "rename"}] == [
        *("login", "open", "write", "close", "rename")
    ]
    closed = next(call for call in calls if call["method"] == "close")
    assert closed["body_size"] == 3 and closed["path"] == "/in/a.tmp" and closed["world_at"] == NOW
    assert [call["query"] for call in calls if call["method"] == "rename"] == ["to=/in/a.edi"]


def fault(live: Any, kind: str, match: str, **more: Any) -> None:
    live.control("POST", "/faults", {"system": "gxo", "kind": kind, "match": match, "count": 1, **more})


def test_a_dropped_request_leaves_the_file_as_it_was(live):
    gxo.folders.save(live.store, "out/a", b"a", at=NOW)
    fault(live, "drop_request", "rename /out/a")

    async def work(client):
        await client.rename("/out/a", "/archive/a")

    with pytest.raises((asyncssh.SFTPError, asyncssh.Error, ConnectionError)):
        live.session(work)
    assert gxo.folders.found(live.store, "out/a") is not None


def test_a_lost_reply_leaves_the_work_done(live):
    gxo.folders.save(live.store, "out/a", b"a", at=NOW)
    fault(live, "lost_reply", "rename /out/a")

    async def work(client):
        await client.rename("/out/a", "/archive/a")

    with pytest.raises((asyncssh.SFTPError, asyncssh.Error, ConnectionError)):
        live.session(work)
    assert gxo.folders.found(live.store, "archive/a") is not None
    call = next(call for call in live.control("GET", "/gxo/calls") if call["method"] == "rename")
    assert (call["method"], call["fault"], call["status"]) == ("rename", "lost_reply", None)


def test_an_upload_cut_short_leaves_what_had_arrived(live):
    fault(live, "drop_request", "write /in/a.tmp", rate=0.5)

    async def work(client):
        async with client.open("/in/a.tmp", "wb", block_size=None) as file:
            await file.write(b"first")
            await file.write(b"second")

    with pytest.raises((asyncssh.SFTPError, asyncssh.Error, ConnectionError)):
        live.session(work)
    found = wait_for(lambda: content(live, "in/a.tmp") == b"first")
    assert found


def content(live: Any, path: str) -> bytes:
    record = gxo.folders.found(live.store, path)
    return b"" if record is None else gxo.folders.content(record)


def wait_for(true: Any) -> bool:
    import time

    until = time.monotonic() + 5
    while not true() and time.monotonic() < until:
        time.sleep(0.02)
    return bool(true())


def test_a_truncated_download_ends_early_though_the_size_is_whole(live):
    gxo.folders.save(live.store, "out/a", b"0123456789", at=NOW)
    fault(live, "truncated_body", "read /out/a")

    async def work(client):
        return await get(client, "/out/a"), (await client.stat("/out/a")).size, await get(client, "/out/a")

    assert live.session(work) == (b"01234", 10, b"0123456789")


def test_a_refused_login_refuses_once(live):
    fault(live, "expired_token", "login")

    async def listed(client):
        return len(await client.listdir("/out"))

    with pytest.raises(asyncssh.PermissionDenied):
        live.session(listed)
    assert live.session(listed) == 2


def test_slow_and_failing_operations(live):
    gxo.folders.save(live.store, "out/a", b"a", at=NOW)
    fault(live, "slow", "stat /out/a", seconds=0.2)
    fault(live, "500", "remove /out/a")

    async def work(client):
        await client.stat("/out/a")
        with pytest.raises(asyncssh.SFTPFailure):
            await client.remove("/out/a")
        await client.remove("/out/a")

    live.session(work)
    stat = next(call for call in live.control("GET", "/gxo/calls") if call["method"] == "stat")
    assert stat["fault"] == "slow" and stat["seconds"] >= 0.2


def test_faults_of_files_are_listed_and_removed_like_others(live):
    fault(live, "halved_846", "")
    with pytest.raises(httpx.HTTPStatusError):
        fault(live, "html_503", "")
    assert [rule["kind"] for rule in live.control("GET", "/faults")] == ["halved_846"]
    assert live.control("DELETE", "/faults") == {"removed": 1}
    assert live.control("GET", "/faults") == []


if shutil.which("sftp"):

    def test_openssh_talks_to_it(live, tmp_path):
        entry = live.entry
        key, hosts, upload = tmp_path / "key", tmp_path / "hosts", tmp_path / "940_1.edi"
        key.write_text(entry["client_key"])
        key.chmod(0o600)
        hosts.write_text(entry["known_hosts"] + "\n")
        upload.write_text("ISA")
        orders = (f"put {upload} in/a.tmp", "rename in/a.tmp in/a.edi", "ls -l in", f"get in/a.edi {tmp_path}/back")
        options = [f"UserKnownHostsFile={hosts}", "IdentitiesOnly=yes", "BatchMode=yes", "StrictHostKeyChecking=yes"]
        reported = subprocess.run(
            [
                *("sftp", "-F", "none", "-b", "-", "-i", str(key)),
                *(part for each in options for part in ("-o", each)),
                *("-P", str(entry["port"]), f"{entry['user']}@{entry['host']}"),
            ],
            input="\n".join(orders) + "\n",
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
        )
        assert reported.returncode == 0, reported.stderr
        assert "a.edi" in reported.stdout and (tmp_path / "back").read_text() == "ISA"


if importlib.util.find_spec("paramiko"):

    def test_paramiko_talks_to_it(live):
        import paramiko

        entry = live.entry
        transport = paramiko.Transport((entry["host"], entry["port"]))
        try:
            transport.connect(username=entry["user"], password=entry["password"])
            client = paramiko.SFTPClient.from_transport(transport)
            with client.open("in/a.tmp", "wb") as file:
                file.write(b"abc")
            client.rename("in/a.tmp", "in/a.edi")
            with client.open("in/a.edi", "rb") as file:
                assert file.read() == b"abc"
            assert client.listdir("in") == ["a.edi"] and client.stat("in/a.edi").st_mtime == NOW
        finally:
            transport.close()


def test_garbage_does_not_end_the_server(live):
    entry = live.entry
    with socket.create_connection((entry["host"], entry["port"]), timeout=5) as wire:
        wire.sendall(b"GET / HTTP/1.1\r\n\r\n")

    async def listed(client):
        return len(await client.listdir("/out"))

    assert live.session(listed) == 2


def test_stopping_ends_a_session_that_is_open(tmp_path):
    with opened(tmp_path) as sandbox, Running(sandbox) as running:
        entry = httpx.get(f"{running.base_urls['control']}/_sandbox/systems", trust_env=False).json()["gxo"]
        idle = socket.create_connection((entry["host"], entry["port"]), timeout=10)
        assert idle.recv(8) == b"SSH-2.0-"
    while idle.recv(4096):
        continue
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection((entry["host"], entry["port"]), timeout=1)
    idle.close()
