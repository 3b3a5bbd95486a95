"""Files that leave the warehouse: control numbers, names, and what goes wrong with files on the way.

Belongs here: turning finished sets into files in `out/`. Does not: what the sets say.
ISA13 counts up without gaps, GS06 likewise per functional id. A file that must wait is kept until its instant.
"""

from __future__ import annotations

from collections.abc import Sequence

from sandbox.gxo import file_faults, folders, profile, x12
from sandbox.store import Store

_NUMBERS, _WAITING = "gxo.control_numbers", "gxo.waiting_files"
LATE_SECONDS = 26 * 3600
_ON_ANY_FILE = {"partial_file", "empty_file", "duplicate_file", "resent_file", "reordered", "wrong_control_number"}

Body = Sequence[Sequence[object]]


def emit(store: Store, code: str, bodies: Sequence[Body], *, at: int) -> str:
    """Write one interchange of sets of a kind; return its file name. `at` is world time (epoch seconds)."""
    isa, group = _next(store, "ISA"), _next(store, profile.FUNCTIONAL_IDS[code])
    name = file_name(code, isa, at)
    kinds = _ON_ANY_FILE | ({"late_945"} if code == "945" else set())
    fault = file_faults.struck(store, kinds, f"emit /out/{name}")
    kind = fault.kind if fault else ""
    trailer = isa + 1 if kind == "wrong_control_number" else None
    text = x12.interchange_text(code, bodies, isa=isa, group=group, at=at, trailer=trailer)
    if kind == "resent_file":
        _drop(store, name, text, at=at)
        numbers = {"isa": _next(store, "ISA"), "group": _next(store, profile.FUNCTIONAL_IDS[code])}
        again = x12.interchange_text(code, bodies, **numbers, at=at)
        _drop(store, file_name(code, numbers["isa"], at), again, at=at)
    else:
        wait = LATE_SECONDS if fault is None or fault.retry_after is None else int(fault.retry_after)
        _drop_with(store, kind, name, text=text, at=at, wait=wait)
    return name


def emit_note(store: Store, isa: x12.Segment, note: str, *, at: int) -> None:
    """Write a TA1 for a received interchange header: accepted with '000', else rejected with this note."""
    number = _next(store, "ISA")
    verdict = "A" if note == "000" else "R"
    ta1 = x12.segment_text(["TA1", isa[13], isa[9], isa[10], verdict, note])
    _drop(store, file_name("TA1", number, at), x12.envelope(ta1, groups=0, isa=number, at=at), at=at)


def release(store: Store, now: int) -> None:
    """Write the files whose time has come."""
    waiting = store.get_meta(_WAITING, [])
    due = [each for each in waiting if each["due"] <= now]
    if due:
        store.set_meta(_WAITING, [each for each in waiting if each["due"] > now])
    for each in due:
        _drop(store, each["name"], each["text"], at=now)


def file_name(code: str, isa: int, at: int) -> str:
    """Return `<MSG>_<YYYYMMDDHHMMSS>_<seq>.edi`; the sequence is the interchange's control number."""
    return f"{code}_{profile.stamp(at)}_{isa:06d}.edi"


def _drop_with(store: Store, kind: str, name: str, *, text: str, at: int, wait: int) -> None:
    stem = name.removesuffix(".edi")
    if kind in {"reordered", "late_945"}:
        _keep(store, name, text, due=at + (wait if kind == "late_945" else 1))
    elif kind == "partial_file":
        _drop(store, name, text[: len(text) // 2], at=at)
        _keep(store, name, text, due=at + 1)
    elif kind == "empty_file":
        _drop(store, name, "", at=at)
        _keep(store, f"{stem}R.edi", text, due=at + 1)
    else:
        _drop(store, name, text, at=at)
        if kind == "duplicate_file":
            _drop(store, f"{stem}D.edi", text, at=at)


def _drop(store: Store, name: str, text: str, *, at: int) -> None:
    folders.save(store, f"out/{name}", text.encode(), at=at)


def _keep(store: Store, name: str, text: str, *, due: int) -> None:
    store.set_meta(_WAITING, [*store.get_meta(_WAITING, []), {"due": due, "name": name, "text": text}])


def _next(store: Store, counter: str) -> int:
    numbers = store.get_meta(_NUMBERS, {})
    numbers[counter] = numbers.get(counter, 0) + 1
    store.set_meta(_NUMBERS, numbers)
    return int(numbers[counter])
