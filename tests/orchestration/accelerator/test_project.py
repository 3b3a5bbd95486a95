"""What is kept for a state of the project is made anew when it cannot be read."""

from __future__ import annotations

from pathlib import Path

import pytest

from orchestration.accelerator.project import read_kept


def test_what_is_kept_is_read(tmp_path: Path) -> None:
    (tmp_path / "kept.json").write_text('{"project": "1"}')
    assert read_kept(tmp_path / "kept.json") == {"project": "1"}


@pytest.mark.parametrize("content", [b"", b'{"project": "1', b"\x00" * 4096, b"\xff\xfe", b"[]"])
def test_a_damaged_file_keeps_nothing(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "kept.json").write_bytes(content)
    assert read_kept(tmp_path / "kept.json") == {}


def test_a_file_that_is_not_there_keeps_nothing(tmp_path: Path) -> None:
    assert read_kept(tmp_path / "kept.json") == {}
