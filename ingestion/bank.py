"""What the bank says: statement files in a folder per account, each read once per content.

A file is read when its SHA-256 is new, or when something in it is in quarantine. Its entries replace those that the
same file, or (camt.053) a file for the same account and period, brought before; a file that disappears from the folder
takes nothing with it. Belongs here: which files are read, and what they replace. Does not: their formats (bank_camt053,
bank_csv).
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from ingestion.bank_camt053 import MAX_BYTES, read_camt053
from ingestion.bank_csv import read_csv
from ingestion.bank_records import BankFile, Fault, FileFaultError
from ingestion.coverage import BEGINNING
from ingestion.quarantine import Rejected
from ingestion.run import Origin, Reading, Run, sound_versions
from tieout.errors import ConfigError, TieoutError
from tieout.settings import BankAccount

SYSTEM = "bank"

_KNOWN = """
select
    id,
    arg_max(payload ->> '$.sha256', observed_at) as sha256,
    arg_max(payload ->> '$.period', observed_at) as period,
    arg_max(payload ->> '$.to', observed_at) as last_day
from raw_bank.files
where parent_id = $account_id
group by id
having not arg_max(is_deleted, observed_at)
"""


def load(run: Run) -> None:
    """Read every account's new files. A file or account that cannot be read does not block the others."""
    ends: list[datetime] = []
    rows = 0
    for account in run.settings.bank.accounts:
        try:
            read, end = _load_account(run, account)
        except TieoutError as error:
            run.fail("entries", error)
            continue
        rows += read
        ends += [end] if end else []
    if len(ends) == len(run.settings.bank.accounts):
        run.cover("entries", start=BEGINNING, end=min(ends), rows=rows)


def _load_account(run: Run, account: BankAccount) -> tuple[int, datetime | None]:
    """Return how many entries were read, and the instant to which the account's files reach."""
    if not account.folder.is_dir():
        raise ConfigError(
            f"folder {account.folder} of bank account {account.account_id!r} does not exist: create it, or set"
            " `folder` of that account in tieout.toml"
        )
    as_of = run.clock()
    found = run.connection.execute(_KNOWN, {"account_id": account.account_id}).fetchall()
    known = {name: (sha256, period) for name, sha256, period, _ in found}
    doubtful = run.quarantine.live_scopes(SYSTEM, "entries", shop_id="")
    days = [day for _, _, _, day in found if day]
    reading = Reading()
    replaced: set[str] = set()
    present: set[str] = set()
    for path in _files(account):
        name = f"{account.account_id}/{path.name}"
        present.add(name)
        content, digest = _content(path)
        # A file that was put aside may be back as it was before: only reading it tells that it is mended.
        if digest == known.get(name, ("", ""))[0] and name not in doubtful:
            continue
        file = _read(run, account, name, content, as_of=as_of)
        if file is None:
            continue
        _land(run, account, name, file, digest=digest, as_of=as_of, reading=reading)
        days += [file.end] if file.end else []
        replaced |= {name} | {other for other, (_, period) in known.items() if file.period and period == file.period}
    if replaced and reading.all_identified:
        run.landing.delete_vanished("entries", "", seen=reading.ids, observed_at=as_of, parents=replaced)
    _forget_removed_files(run, account, present)
    run.report(f"{SYSTEM} {account.account_id}: {len(present)} files, {len(reading.ids)} entries read")
    return len(reading.ids), _end_of_day(max(days)) if days else None


def _end_of_day(day: str) -> datetime:
    return datetime.fromisoformat(day).replace(tzinfo=UTC) + timedelta(days=1)


def _files(account: BankAccount) -> list[Path]:
    ending = ".xml" if account.format == "camt053" else ".csv"
    return sorted(path for path in account.folder.iterdir() if path.is_file() and path.suffix.lower() == ending)


def _content(path: Path) -> tuple[bytes, str]:
    """Return a file's bytes and SHA-256; of one that is too large only as much as shows that."""
    with path.open("rb") as file:
        content = file.read(MAX_BYTES + 1)
    return content, hashlib.sha256(content).hexdigest()


def _read(run: Run, account: BankAccount, name: str, content: bytes, *, as_of: datetime) -> BankFile | None:
    try:
        file = _parsed(account, content)
    except FileFaultError as error:
        _put_aside(run, name, error.fault, as_of=as_of)
        return None
    run.quarantine.scope_read(SYSTEM, "entries", shop_id="", scope=name)
    for fault in file.faults:
        _put_aside(run, name, fault, as_of=as_of)
    return file


def _parsed(account: BankAccount, content: bytes) -> BankFile:
    if len(content) > MAX_BYTES:
        raise FileFaultError(_fault("", f"file of more than {MAX_BYTES} bytes", "deliver it in several files"))
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        reason = f"expected UTF-8, found another byte at position {error.start}"
        raise FileFaultError(_fault(f"0x{content[error.start]:02x}", reason, "deliver it in UTF-8")) from None
    if not text.strip():
        raise FileFaultError(_fault("", "the file is empty", "ask the bank to deliver it again, or remove it"))
    file = read_camt053(text) if account.format == "camt053" else read_csv(text, account)
    if file.iban != account.iban:
        reason = f"the file is of another account than {account.account_id!r}"
        raise FileFaultError(Fault("", "IBAN", file.iban, reason, "put it in its account's folder, or correct `iban`"))
    return file


def _land(
    run: Run, account: BankAccount, name: str, file: BankFile, *, digest: str, as_of: datetime, reading: Reading
) -> None:
    origin = Origin("entries", as_of, scope=name)
    rows = list(_payloads(account, file))
    run.landing.add("entries", sound_versions(run, origin, rows, reading=reading, parent=lambda _row: name))
    # An entry put aside may be one that was known: until it can be read, nothing of this account is believed gone.
    reading.all_identified &= not file.faults
    header = {
        "id": name,
        "sha256": digest,
        "account_id": account.account_id,
        "from": file.start,
        "to": file.end,
        "period": file.period,
        "opening_balance": file.opening_balance,
        "closing_balance": file.closing_balance,
        "entries": len(file.entries),
    }
    header_origin = Origin("files", as_of, scope=name)
    parent = account.account_id
    run.landing.add(
        "files", sound_versions(run, header_origin, [header], reading=Reading(), parent=lambda _row: parent)
    )


def _payloads(account: BankAccount, file: BankFile) -> Iterator[dict[str, Any]]:
    """Yield entries as records; one whose reference came before in the file gets its number, to be seen as a double."""
    times: Counter[str] = Counter()
    for entry in file.entries:
        times[entry.bank_id] += 1
        number = times[entry.bank_id]
        values = asdict(entry)
        bank_id = values.pop("bank_id")
        record_id = f"{account.account_id}/{bank_id}" + (f"#{number}" if number > 1 else "")
        yield {"id": record_id, "account_id": account.account_id, "iban": file.iban, **values}


def _put_aside(run: Run, name: str, fault: Fault, *, as_of: datetime) -> None:
    record_id = f"{name} {fault.place}".strip()
    rejected = Rejected(
        SYSTEM, "entries", "", record_id, fault.field, fault.value, f"{record_id}: {fault.reason}", fault.remedy
    )
    run.quarantine.reject(rejected, observed_at=as_of, scope=name)


def _forget_removed_files(run: Run, account: BankAccount, present: set[str]) -> None:
    """A faulty file that was taken away is mended; say so."""
    prefix = f"{account.account_id}/"
    for scope in run.quarantine.live_scopes(SYSTEM, "entries", shop_id=""):
        if scope.startswith(prefix) and scope not in present:
            run.quarantine.scope_read(SYSTEM, "entries", shop_id="", scope=scope)


def _fault(value: str, reason: str, remedy: str) -> Fault:
    return Fault("", "", value, reason, remedy)
