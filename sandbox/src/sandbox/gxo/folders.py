"""The SFTP folders as records: a file is a record, so that whoever changes the record changes the file.

Belongs here: finding, writing, renaming and removing files. Does not: the SFTP protocol, and what files say.
A file's id is `folder/name`. `text` is UTF-8, or Latin-1 when `encoding` says so; `written_at` is world time (epoch
seconds) and shows as the modification time.
"""

from __future__ import annotations

from sandbox.gxo.profile import FOLDERS, SYSTEM
from sandbox.store import Record, Store

KIND = "files"


def in_folder(store: Store, folder: str) -> list[Record]:
    """Return the files of a folder by name."""
    return store.select(SYSTEM, KIND, parent=folder)


def found(store: Store, path: str) -> Record | None:
    """Return the file `folder/name`, or None."""
    return store.get(SYSTEM, KIND, path)


def content(record: Record) -> bytes:
    """Return a file's bytes."""
    return str(record.body.get("text", "")).encode(record.body.get("encoding", "utf-8"))


def name_of(record: Record) -> str:
    """Return a file's name without its folder."""
    return record.id.partition("/")[2]


def save(store: Store, path: str, data: bytes, *, at: int, direction: str | None = None) -> Record:
    """Write a whole file at an instant of world time; `direction` is its first folder unless given."""
    folder, _, name = path.partition("/")
    try:
        text, encoding = data.decode(), "utf-8"
    except UnicodeDecodeError:
        text, encoding = data.decode("latin-1"), "latin-1"
    body = {
        "id": path,
        "folder": folder,
        "direction": direction or folder,
        "name": name,
        "text": text,
        "encoding": encoding,
        "size": len(data),
        "written_at": at,
    }
    record = Record(SYSTEM, KIND, path, body, "", folder, at, at)
    store.put(record)
    return record


def move(store: Store, old: str, new: str) -> bool:
    """Give a file another name, over an existing one too; its modification time stays. False when there is none."""
    with store.transaction():
        record = found(store, old)
        if record is None:
            return False
        if old != new:
            at = int(record.body.get("written_at", record.updated_at))
            save(store, new, content(record), at=at, direction=record.body.get("direction"))
            remove(store, old)
    return True


def remove(store: Store, path: str) -> bool:
    """Remove a file; False when there is none."""
    return store.delete(SYSTEM, KIND, path)


def archive(store: Store, record: Record) -> None:
    """Move a file that has been read out of the way, beside older ones of its name."""
    target, number = f"archive/{name_of(record)}", 1
    while found(store, target) is not None:
        number += 1
        target = f"archive/{name_of(record)}.{number}"
    move(store, record.id, target)


def is_place(path: str) -> bool:
    """Return whether a path names a file directly inside one of the folders."""
    folder, _, name = path.partition("/")
    return folder in FOLDERS and bool(name) and "/" not in name
