"""Any file in a bank's folder is read by its content or named; none stops or delays the others."""

from __future__ import annotations

import gzip
import io
import os
import time
import zipfile
from pathlib import Path

import pytest

from ingestion.bank import files as bank_files
from ingestion.bank.files import MAX_BYTES, files_in, newest_in, strange_kind
from tieout.errors import ConfigError


def zipped(members: dict[str, bytes], *, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return out.getvalue()


def found(folder: Path) -> dict[str, str]:
    """Return each file's content, or its fault's reason."""
    return {f.name: f.fault.reason if f.fault else f.content.decode() for f in files_in(folder)}


def test_any_ending_is_read_and_archives_are_opened(tmp_path):
    (tmp_path / "STMT.053").write_bytes(b"a")
    (tmp_path / "b.gz").write_bytes(gzip.compress(b"b"))
    (tmp_path / "c.zip").write_bytes(zipped({"1.xml": b"c1", "2.xml": b"c2", "__MACOSX/._1.xml": b"", ".x": b""}))
    (tmp_path / ".hidden").write_bytes(b"")
    assert found(tmp_path) == {"STMT.053": "a", "b.gz": "b", "c.zip/1.xml": "c1", "c.zip/2.xml": "c2"}


def test_what_is_no_file_to_read_is_named_and_nobody_waits_for_it(tmp_path):
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    (tmp_path / "nowhere").symlink_to(tmp_path / "nothing")
    Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff.xml")).write_bytes(b"x")
    (tmp_path / "sound.xml").write_bytes(b"sound")
    began = time.monotonic()
    reported = found(tmp_path)
    assert time.monotonic() - began < 5
    assert reported.pop("sound.xml") == "sound"
    assert reported == {
        "folder": "expected a file, found a folder",
        "pipe": "expected a file, found no regular file",
        "loop": "the file cannot be read",
        "nowhere": "the file cannot be read",
        "\\xff.xml": "the file's name is no UTF-8",
    }


def test_a_file_that_cannot_be_opened_or_read_says_why(tmp_path):
    (tmp_path / "unreadable").symlink_to("/proc/self/mem")  # opening it works, reading it fails
    (fault,) = [each.fault for each in files_in(tmp_path)]
    assert fault is not None and fault.reason == "the file cannot be read" and fault.value


def test_a_file_that_grows_while_it_is_read_waits_for_the_next_cycle(tmp_path, monkeypatch):
    path = tmp_path / "growing.xml"
    path.write_bytes(b"<Document>")
    real = os.fstat

    def growing(descriptor: int) -> os.stat_result:
        with path.open("ab") as file:
            file.write(b"<")
        return real(descriptor)

    monkeypatch.setattr(os, "fstat", growing)
    assert found(tmp_path) == {"growing.xml": "the file is still being written"}


@pytest.mark.parametrize(
    ("content", "reported"),
    [
        (gzip.compress(b"x" * 1000)[:-20], "damaged or cut off"),
        (b"\x1f\x8bnothing", "damaged or cut off"),
        (zipped({"a": b"x" * 100})[:-10], "damaged or cut off"),
        (b"PK\x03\x04nothing", "damaged or cut off"),
        (gzip.compress(b"\0" * (MAX_BYTES + 1)), "more than 50000000 bytes"),
        (zipped({"a": b"\0" * (MAX_BYTES + 1)}), "more than 1000 files or 50000000 bytes"),
        (zipped({f"{n}": b"" for n in range(1001)}), "more than 1000 files"),
        (zipped({"[Content_Types].xml": b"", "xl/workbook.xml": b""}), "found a spreadsheet"),
        (zipped({"folder/": b""}), "holds no file"),
    ],
    ids=[
        "cut gzip",
        "no gzip",
        "cut zip",
        "no zip",
        "large gzip",
        "large zip",
        "many files",
        "spreadsheet",
        "folder",
    ],
)
def test_an_archive_that_cannot_be_used_is_named(tmp_path, content, reported):
    (tmp_path / "a").write_bytes(content)
    ((_, reason),) = found(tmp_path).items()
    assert reported in reason


def test_a_zip_that_lies_about_a_members_size_is_bounded(tmp_path, monkeypatch):
    monkeypatch.setattr(bank_files, "MAX_BYTES", 100)
    content = zipped({"a": b"\0" * 101})
    small, large = (50).to_bytes(4, "little"), (101).to_bytes(4, "little")
    (tmp_path / "a.zip").write_bytes(content.replace(large, small))
    ((_, reason),) = found(tmp_path).items()
    assert "damaged" in reason or "more than" in reason


@pytest.mark.parametrize(
    "start", [b"%PDF-1.7", b"{1:F01", b":20:REF", b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"7z\xbc\xaf\x27\x1c"]
)
def test_content_of_another_kind_is_named(start):
    assert strange_kind(start + b"x") is not None
    assert strange_kind(b"<Document/>") is None


def test_a_folder_that_cannot_be_listed_is_reported(tmp_path):
    (tmp_path / "file").write_bytes(b"")
    for read in (files_in, newest_in):
        with pytest.raises(ConfigError, match="cannot be listed"):
            list(read(tmp_path / "file"))
