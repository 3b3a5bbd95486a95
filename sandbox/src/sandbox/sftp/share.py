"""Folders as records: a file is a record, so that whoever changes the record changes the file.

Belongs here: which folders a system shares and what its clients may do there; finding, writing, renaming and removing
files. Does not: the SFTP protocol, and what files say.
A file's id is `folder/name`. `text` is UTF-8, or Latin-1 when `encoding` says so; `written_at` is world time (epoch
seconds) and shows as the modification time.
"""

from __future__ import annotations

from dataclasses import dataclass

from sandbox.store import Record, Store

KIND = "files"
WIRE_KINDS = {"drop_request", "lost_reply", "slow", "slow_reply", "truncated_body", "expired_token", "500"}
"""The faults that this wire can have."""


@dataclass(frozen=True)
class Share:
    """The folders of one system.

    Clients write in `writable`, rename and move from folder to folder as `moves` says, and remove nothing of `kept`.
    """

    system: str
    folders: tuple[str, ...]
    writable: frozenset[str]
    moves: frozenset[tuple[str, str]] = frozenset()
    kept: frozenset[str] = frozenset()

    def in_folder(self, store: Store, folder: str) -> list[Record]:
        """Return the files of a folder by name."""
        return store.select(self.system, KIND, parent=folder)

    def found(self, store: Store, path: str) -> Record | None:
        """Return the file `folder/name`, or None."""
        return store.get(self.system, KIND, path)

    def save(self, store: Store, path: str, data: bytes, *, at: int, direction: str | None = None) -> Record:
        """Write a whole file at an instant of world time; `direction` is its first folder unless given."""
        folder, _, name = path.rpartition("/")
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
        record = Record(self.system, KIND, path, body, "", folder, at, at)
        store.put(record)
        return record

    def move(self, store: Store, old: str, new: str) -> bool:
        """Give a file another name, over an existing one too; its modification time stays. False when there is none."""
        with store.transaction():
            record = self.found(store, old)
            if record is None:
                return False
            if old != new:
                at = int(record.body.get("written_at", record.updated_at))
                self.save(store, new, content(record), at=at, direction=record.body.get("direction"))
                self.remove(store, old)
        return True

    def remove(self, store: Store, path: str) -> bool:
        """Remove a file; False when there is none."""
        return store.delete(self.system, KIND, path)

    def archive(self, store: Store, record: Record) -> None:
        """Move a file that has been read to `archive/`, beside older ones of its name."""
        target, number = f"archive/{name_of(record)}", 1
        while self.found(store, target) is not None:
            number += 1
            target = f"archive/{name_of(record)}.{number}"
        self.move(store, record.id, target)

    def is_place(self, path: str) -> bool:
        """Return whether a path names a file directly inside one of the folders."""
        return folder_of(path) in self.folders and not path.endswith("/")

    def is_folder(self, path: str) -> bool:
        """Return whether a path is the root, a folder, or one above a folder."""
        return not path or any(f"{folder}/".startswith(f"{path}/") for folder in self.folders)

    def folders_in(self, path: str) -> list[str]:
        """Return the names of the folders directly below a path."""
        above = f"{path}/" if path else ""
        return sorted({folder[len(above) :].split("/")[0] for folder in self.folders if folder.startswith(above)})


def content(record: Record) -> bytes:
    """Return a file's bytes."""
    return str(record.body.get("text", "")).encode(record.body.get("encoding", "utf-8"))


def folder_of(path: str) -> str:
    """Return the folder that a path lies in."""
    return path.rpartition("/")[0]


def name_of(record: Record) -> str:
    """Return a file's name without its folder."""
    return record.id.rpartition("/")[2]
