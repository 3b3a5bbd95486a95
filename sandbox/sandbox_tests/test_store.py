"""The store: ranges, keys to resume at, body filters, restoring, reading beside a long write."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox.store import Kind, Record, Store, wire_body


@pytest.fixture
def filled(tmp_path: Path) -> Iterator[Store]:
    store = Store(tmp_path / "deep" / "records.sqlite")
    store.register("s", {"thing": Kind(parent_field="owner", created_field="made", updated_field="changed")})
    store.put_many(
        Record("s", "thing", f"{n:03}", {"id": f"{n:03}", "odd": bool(n % 2), "_own": n}, "shop", "", n // 2, 9 - n)
        for n in range(10)
    )
    yield store
    store.close()


def test_ranges_include_their_start_and_exclude_their_end(filled: Store) -> None:
    assert [row.id for row in filled.select("s", "thing", created=(1, 3))] == ["002", "003", "004", "005"]
    assert filled.count("s", "thing", updated=(None, 2)) == 2


@pytest.mark.parametrize("descending", [False, True])
def test_after_resumes_behind_the_last_row_even_among_ties(filled: Store, descending: bool) -> None:
    seen: list[str] = []
    after = None
    while page := filled.select("s", "thing", order_by="created_at", descending=descending, after=after, limit=3):
        seen += [row.id for row in page]
        after = (page[-1].created_at, page[-1].id)
    assert seen == sorted(seen, reverse=descending) and len(seen) == 10


def test_matching_asks_for_body_values(filled: Store) -> None:
    assert filled.count("s", "thing", matching={"odd": True}) == 5
    assert [row.id for row in filled.select("s", "thing", matching={"id": ["001", "002", "x"]})] == ["001", "002"]
    with pytest.raises(ValueError, match="plain name"):
        filled.count("s", "thing", matching={"a') or 1 --": 1})


def test_private_keys_do_not_leave(filled: Store) -> None:
    record = filled.get("s", "thing", "001")
    assert record is not None and set(wire_body(record)) == {"id", "odd"}


def test_patch_moves_a_record_and_restores_a_deleted_one(filled: Store) -> None:
    assert filled.delete("s", "thing", "001") and not filled.delete("s", "thing", "001")
    assert filled.get("s", "thing", "001") is None
    changed = filled.patch("s", "thing", "001", {"owner": "o1", "changed": 77, "odd": None})
    assert changed is not None and (changed.parent, changed.updated_at, changed.created_at) == ("o1", 77, 0)
    assert [row.id for row in filled.select("s", "thing", parent="o1")] == ["001"]
    assert filled.patch("s", "thing", "none", {}) is None


def test_duplicate_takes_a_free_id_and_listeners_hear_of_it(filled: Store) -> None:
    events: list[tuple[str, str]] = []
    filled.listeners.append(lambda system, kind: events.append((system, kind)))
    twin = filled.duplicate("s", "thing", "008")
    assert twin is not None and (twin.id, twin.body["id"]) == ("010", "010")
    assert events == [("s", "thing")]


def test_failed_transaction_leaves_nothing(filled: Store) -> None:
    def half() -> None:
        with filled.transaction():
            filled.put(Record("s", "thing", "new", {}))
            assert filled.get("s", "thing", "new")
            raise KeyError

    with pytest.raises(KeyError):
        half()
    assert filled.get("s", "thing", "new") is None


def test_readers_do_not_wait_for_a_long_write(filled: Store) -> None:
    counted: list[int] = []
    with filled.transaction():
        filled.put(Record("s", "thing", "new", {}))
        reader = threading.Thread(target=lambda: counted.append(filled.count("s", "thing")))
        reader.start()
        reader.join(5)
        assert counted == [10]
        assert filled.count("s", "thing") == 11
    assert filled.count("s", "thing") == 11


def test_world_goes_on_after_a_restart(tmp_path: Path) -> None:
    first = Store(tmp_path / "records.sqlite")
    first.set_now(42)
    first.put(Record("s", "thing", "1", {"a": "é"}))
    first.close()
    second = Store(tmp_path / "records.sqlite")
    found = second.get("s", "thing", "1")
    assert second.now == 42 and found is not None and found.body == {"a": "é"}
    second.close()
