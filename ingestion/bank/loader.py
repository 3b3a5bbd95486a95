"""Bank statements: files in a folder per account, each read once per content.

A file is read when its SHA-256 is new, when its account's form has changed, or when something in it is in quarantine.
A statement replaces the version of it that is known (identity), an older version of it nothing; a CSV replaces
what the file of its name brought before. A file removed from the folder deletes nothing. Belongs here:
which files are read, and what they replace. Does not: files (files), formats (camt053, csv_lines), ids.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from ingestion.bank.camt053 import read_camt053
from ingestion.bank.csv_lines import read_csv
from ingestion.bank.files import FoundFile, files_in, newest_in, strange_kind
from ingestion.bank.landing import BankLanding
from ingestion.bank.records import Fault, FileFaultError, Statement, without_future
from ingestion.bank.xml_tree import decoded
from ingestion.coverage import BEGINNING, tiktok_shop_clock
from ingestion.load_context import LoadContext
from tieout.bank_settings import BankAccount
from tieout.errors import ConfigError, TieoutError
from tieout.settings import Settings

READER = "2"
"""Another number has every file read again: how entries are distinguished, or what is read of them, has changed."""
DAYS_AHEAD = 5
"""A bank dates what it books before a long weekend to the day after it."""
_FORMAT_NAMES = {"camt053": "camt.053", "csv": "CSV"}
_FOUND = {"camt053": "XML", "csv": "no XML"}


@dataclass
class _Folder:
    """One account's folder: the accounts that share it, and whether this one reports files of none."""

    account: BankAccount
    sharing: list[BankAccount] = field(default_factory=list)

    @property
    def reports_unowned(self) -> bool:
        return self.sharing[0].account_id == self.account.account_id


def load(context: LoadContext) -> None:
    """Read every account's new files. A file or account that cannot be read does not block the others."""
    ends: list[datetime] = []
    rows = 0
    accounts = context.settings.bank.accounts
    for account in accounts:
        try:
            read, last_day = _load_account(context, _folder_of(accounts, account))
        except TieoutError as error:
            context.fail("entries", error)
            continue
        rows += read
        ends += [_end_of_day(last_day)] if last_day else []
    if len(ends) == len(accounts):
        context.cover("entries", start=BEGINNING, end=min(ends), rows=rows)


def faults_of_newest(settings: Settings, account: BankAccount) -> list[tuple[str, Fault]]:
    """Return what is wrong with the newest file of an account's folder, each with the file's name; reads no other.

    Raises:
        ConfigError: when the folder cannot be listed.
    """
    folder = _folder_of(settings.bank.accounts, account)
    found = newest_in(account.folder)
    faults: list[tuple[str, Fault]] = []
    for each in found:
        try:
            _, reported = _parsed(folder, each, latest=date.max)
        except FileFaultError as error:
            reported = [error.fault] if folder.reports_unowned else []
        faults += [(each.name, fault) for fault in reported]
    return faults


def _today(context: LoadContext) -> date:
    """Return today by our clock, or by TikTok Shop's where that is ahead, as that of a sandbox may be."""
    return max(context.clock(), tiktok_shop_clock(context.state) or context.clock()).date()


def _folder_of(accounts: Sequence[BankAccount], account: BankAccount) -> _Folder:
    same = [other for other in accounts if os.path.realpath(other.folder) == os.path.realpath(account.folder)]
    return _Folder(account, same)


def _load_account(context: LoadContext, folder: _Folder) -> tuple[int, str]:
    """Return how many entries were read, and the last day that the account's files cover."""
    account = folder.account
    if not account.folder.is_dir():
        raise ConfigError(
            f"folder {account.folder} of bank account {account.account_id!r} does not exist: create it, or set"
            " `folder` of that account in tieout.toml"
        )
    landing = BankLanding(context, account, as_of=context.clock(), today=_today(context))
    present: set[str] = set()
    for name, digest, statements, faults in _changed(context, folder, landing, present):
        landing.take(name, digest, statements, faults=faults)
    landing.finish()
    _forget_removed_files(context, account, present)
    context.report(f"bank {account.account_id}: {len(present)} files, {landing.entries} entries read")
    return landing.entries, landing.last_day


Read = tuple[str, str, list[Statement], list[Fault]]


def _changed(context: LoadContext, folder: _Folder, landing: BankLanding, present: set[str]) -> Iterator[Read]:
    """Yield the statements of each new or quarantined file; of CSV all at once, since lines move between files."""
    account = folder.account
    doubtful = context.quarantine.live_scopes("bank", "entries", shop_id="")
    form = "|".join((READER, account.format, account.iban, account.currency))
    form += f"|{sorted(account.columns.items())}|{account.csv!r}" if account.format == "csv" else ""

    def is_new(name: str, digest: str) -> bool:
        # A file that was quarantined may be back as it was before: only reading it shows that it is corrected.
        return landing.digests.get(name) != digest or name in doubtful

    read = _read_files(context, folder, present, form=form, is_new=is_new)
    if account.format == "camt053":
        yield from read
        return
    changed = list(read)
    if changed:
        entries = [entry for _, _, statements, _ in changed for each in statements for entry in each.entries]
        landing.hold(entries, changed={name for name, *_ in changed}, present=present)
    yield from changed


def _read_files(
    context: LoadContext, folder: _Folder, present: set[str], *, form: str, is_new: Callable[[str, str], bool]
) -> Iterator[Read]:
    for found in files_in(folder.account.folder):
        name = f"{folder.account.account_id}/{found.name}"
        present.add(name)
        digest = hashlib.sha256(form.encode() + b"\0" + found.content).hexdigest()
        if found.fault is None and not is_new(name, digest):
            continue
        try:
            statements, faults = _parsed(folder, found, latest=_today(context) + timedelta(days=DAYS_AHEAD))
        except FileFaultError as error:
            if folder.reports_unowned:
                BankLanding.quarantine(context, name, error.fault)
            continue
        context.quarantine.scope_read("bank", "entries", shop_id="", scope=name)
        for fault in faults:
            BankLanding.quarantine(context, name, fault)
        yield name, digest, statements, faults


def _parsed(folder: _Folder, found: FoundFile, *, latest: date) -> tuple[list[Statement], list[Fault]]:
    """Return an account's statements in a file, and its faults."""
    account = folder.account
    fault = found.fault or strange_kind(found.content)
    if fault:
        raise FileFaultError(fault)
    text = decoded(found.content, default=account.csv.encoding if account.format == "csv" else "utf-8")
    if not text.strip():
        raise FileFaultError(Fault("", "", "", "the file is empty", "ask the bank to deliver it again, or remove it"))
    kind = "camt053" if text.lstrip().startswith("<") else "csv"
    if kind != account.format and kind in {other.format for other in folder.sharing}:
        return [], []
    if kind != account.format:
        reason = (
            f"expected {_FORMAT_NAMES[account.format]}, as account {account.account_id!r} has, found {_FOUND[kind]}"
        )
        raise FileFaultError(Fault("", "", "", reason, "correct `format` of the account, or remove the file"))
    if account.format == "camt053":
        return _own(folder, [without_future(each, latest) for each in read_camt053(text)])
    elsewhere = {other.currency for other in folder.sharing} - {account.currency}
    statement = without_future(read_csv(text, account, elsewhere=elsewhere), latest)
    return [statement], statement.faults if folder.reports_unowned else []


def _own(folder: _Folder, statements: list[Statement]) -> tuple[list[Statement], list[Fault]]:
    """Return an account's own statements, and the faults, also those of statements of no configured account."""
    mine = [each for each in statements if _is_of(folder.account, each)]
    faults = [fault for each in mine for fault in each.faults]
    if folder.reports_unowned:
        foreign = (each for each in statements if not any(_is_of(other, each) for other in folder.sharing))
        faults += [_of_no_account(folder.account, each) for each in foreign]
    return mine, faults


def _is_of(account: BankAccount, statement: Statement) -> bool:
    return _plain(statement.iban) == _plain(account.iban) and statement.currency in ("", account.currency)


def _of_no_account(account: BankAccount, statement: Statement) -> Fault:
    remedy = "put it in its account's folder, correct the account's settings, or add an account that shares the folder"
    if _plain(statement.iban) == _plain(account.iban):
        reason = f"the statement is in another currency than account {account.account_id!r}, which is in"
        return Fault(statement.place, "Ccy", statement.currency, f"{reason} {account.currency}", remedy)
    reason = f"the statement is of another account than {account.account_id!r}"
    return Fault(statement.place, "IBAN", statement.iban[:40], reason, remedy)


def _plain(iban: str) -> str:
    return iban.replace(" ", "").upper()


def _end_of_day(day: str) -> datetime:
    return datetime.fromisoformat(day).replace(tzinfo=UTC) + timedelta(days=1)


def _forget_removed_files(context: LoadContext, account: BankAccount, present: set[str]) -> None:
    """Release faulty files that were removed from the folder."""
    prefix = f"{account.account_id}/"
    for scope in context.quarantine.live_scopes("bank", "entries", shop_id=""):
        if scope.startswith(prefix) and scope not in present:
            context.quarantine.scope_read("bank", "entries", shop_id="", scope=scope)
