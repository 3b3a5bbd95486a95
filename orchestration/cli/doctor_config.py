"""What of a configuration cannot be right by itself: settings against maps, maps against each other, and bank files.

Belongs here: what is found without asking anybody. Does not: a single row or setting (tieout.settings, ingestion), or
what a vendor lists (orchestration.systems).
"""

from __future__ import annotations

import csv
import difflib
from collections import defaultdict
from collections.abc import Collection, Iterator

from ingestion.bank.loader import faults_of_newest
from ingestion.config.loader import Configuration, shops_of, unmapped_shops
from ingestion.config.specs import CLASSES_OF_A_SALE, GRADE, MAPS, MEMO
from orchestration.systems.findings import Finding, in_force, one_of
from reverse_sync.destinations.tiktok_shop.return_decisions import has_call
from tieout.bank_settings import BankAccount, wrong_iban
from tieout.clock import utc_now
from tieout.errors import ConfigError
from tieout.reading import example_folder
from tieout.settings import Settings, Shop
from tieout.systems import WAREHOUSES, parts

NEEDED_ACCOUNTS = ("bank", "clearing", "rounding")
"""Classes that every journal may need besides those of fees.csv."""
_MOST_FAULTS = 5  # of one file
_RUN_AGAIN = "then run `tieout doctor` again"


def configured(settings: Settings, found: Configuration) -> Iterator[Finding]:
    """Yield what is wrong with settings, maps and bank folders, or that all is well with them; asks no system."""
    source = str(settings.config_dir / "tieout.toml")
    yield from [*contradictions(settings)] or [Finding("settings", "ok", source)]
    yield from maps(settings, found)
    for account in settings.bank.accounts:
        yield from _bank(settings, account)


def maps(settings: Settings, found: Configuration) -> Iterator[Finding]:
    """Yield what is wrong with the maps, row by row; one finding that all is well where nothing is."""
    broken = {fault.entity for fault in found.faults}  # what such a map lacks may be what its broken rows say
    faults = [*found.faults, *(() if "location_map" in broken else unmapped_shops(settings, found))]
    wrong = [Finding(f"map {fault.path.name}", "wrong", str(fault), fault.remedy) for fault in faults]
    wrong += [*_strange_files(settings), *_misspelt_fees(settings, found)]
    if "tax_map" not in broken:
        wrong += _taxes_of_a_sale(settings, found)
    if not broken & {"account_map", "fee_map"}:
        wrong += [*_missing_accounts(settings, found), *_differing_accounts(settings, found)]
    if "return_policy" not in broken:
        wrong += _unanswering(settings, found, broken)
    counted = ", ".join(f"{name} {len(rows)} rows" for name, rows in sorted(found.rows.items()))
    yield from wrong or [Finding("maps", "ok", counted)]


def contradictions(settings: Settings) -> Iterator[Finding]:
    """Yield settings that contradict each other: of warehouses, of currencies, and within a system."""
    source = settings.config_dir / "tieout.toml"
    for asked in parts("orchestration.systems").values():
        if hasattr(asked, "contradictions"):
            yield from asked.contradictions(settings)
    known = {shop.shop_id for shop in settings.tiktok_shop.shops}
    for system in sorted(WAREHOUSES):
        for shop_id in sorted(shops_of(settings, system) - known):
            found = f"{source}: {system}.shops names {shop_id}, and [[tiktok_shop.shops]] has no such shop"
            yield Finding("settings", "wrong", found, f"expected any of {', '.join(sorted(known))}")
    for shop in settings.tiktok_shop.shops:
        bank = _account_of(settings, shop)
        if shop.payout_currency != bank.currency:
            yield Finding(
                "settings",
                "wrong",
                f"{source}: tiktok_shop.shops: payout_currency {shop.payout_currency!r} of shop {shop.shop_id}, and its"
                f" bank account {bank.account_id!r} is in {bank.currency}",
                f"set payout_currency to {bank.currency}, or bank_account to an account in {shop.payout_currency}",
            )


def _bank(settings: Settings, account: BankAccount) -> Iterator[Finding]:
    """Yield what is wrong with a bank account, its folder and the newest file in it; of a file the first few faults."""
    subject, name = f"bank {account.account_id}", f"account {account.account_id!r} in tieout.toml"
    if reason := wrong_iban(account.iban):
        yield Finding(subject, "wrong", f"iban {account.iban!r} of {name}: {reason}", "copy it from a statement")
        return
    if not account.folder.is_dir():
        yield Finding(
            subject, "wrong", f"no folder {account.folder}", f"create it, or set folder of {name}, {_RUN_AGAIN}"
        )
        return
    try:
        faults = faults_of_newest(settings, account)
    except ConfigError as error:
        yield Finding(subject, "wrong", str(error), _RUN_AGAIN)
        return
    for file, fault in faults[:_MOST_FAULTS]:
        text = " ".join(part for part in (fault.place, fault.field, repr(fault.value) if fault.value else "") if part)
        found = f"{account.folder / file}: {text}{': ' if text else ''}{fault.reason}"
        yield Finding(subject, "wrong", found, fault.remedy or f"correct the format, columns or csv of {name}")
    if not faults:
        yield Finding(subject, "ok", f"{sum(1 for _ in account.folder.iterdir())} files in {account.folder}")


def _strange_files(settings: Settings) -> Iterator[Finding]:
    """Yield CSV files that are no maps: what they say counts for nothing."""
    known = [spec.file for spec in MAPS]
    for path in sorted(settings.config_dir.glob("*.[cC][sS][vV]")):
        if path.name not in known:
            near = difflib.get_close_matches(path.name.lower(), known, n=1)
            remedy = f"rename it to {near[0]}" if near else f"move it away; the maps are {', '.join(known)}"
            yield Finding(f"map {path.name}", "wrong", f"{path} is no map: nothing reads it", remedy)


def _misspelt_fees(settings: Settings, found: Configuration) -> Iterator[Finding]:
    """Yield fee keys that are nearly one which TikTok Shop documents, and which has no row of its own."""
    path = settings.config_dir / "fees.csv"
    rows = list(in_force(found, "fee_map"))
    with (example_folder() / "fees.csv").open(encoding="utf-8", newline="") as example:
        documented = {row["fee_key"] for row in csv.DictReader(example)}
    missing = documented - {row["fee_key"] for _, row in rows}
    by_lower = {key.lower(): key for key in documented}
    for line, row in rows:
        key = row["fee_key"]
        if key in documented:
            continue
        near = by_lower.get(key.lower()) or next(iter(difflib.get_close_matches(key, missing, n=1, cutoff=0.9)), None)
        if near:
            found_there = f"{path}:{line}: fee_key {key!r} is none that TikTok Shop documents, and {near} has no row"
            yield Finding("map fees.csv", "wrong", found_there, f"write {near}, in just these letters")


def _missing_accounts(settings: Settings, found: Configuration) -> Iterator[Finding]:
    """Yield the classes that journals of a shop, or of all shops, may need and that have no account."""
    path = settings.config_dir / "accounts.csv"
    shops_of_class: dict[tuple[str, str], list[str]] = defaultdict(list)
    for shop in settings.tiktok_shop.shops:
        has = _accounts_of(shop, found)
        for line_class, reason in _needed_classes(shop, found).items():
            if line_class not in has:
                shops_of_class[line_class, reason].append(shop.shop_id)
    for (line_class, reason), lacking in shops_of_class.items():
        everywhere = len(lacking) == len(settings.tiktok_shop.shops)
        for shop_id in ["*"] if everywhere else lacking:
            text = f"{path}: no row for line_class {line_class!r} of shop {shop_id}, {reason}"
            remedy = f"add the row {shop_id},{line_class},NUMBER,, with the number of an account of your ledger"
            yield Finding("map accounts.csv", "wrong", text, remedy)


def _taxes_of_a_sale(settings: Settings, found: Configuration) -> Iterator[Finding]:
    """Yield classes of a sale without a tax treatment today, and shops whose refunds are taxed unlike their sales."""
    path, today = settings.config_dir / "taxes.csv", utc_now().date().isoformat()
    rows = [row for _line, row in in_force(found, "tax_map") if (row["valid_from"] or today) <= today]
    for shop in settings.tiktok_shop.shops:
        mine = [row for row in rows if row["shop_id"] in ("*", shop.shop_id)]
        mine.sort(key=lambda row: (row["shop_id"] != "*", row["valid_from"] or ""))
        said = {row["line_class"]: f"{row['treatment']} {row['rate']}".strip() for row in mine}
        lacking = [line_class for line_class in CLASSES_OF_A_SALE if line_class not in said]
        if lacking:
            text = f"{path}: no row for line_class {', '.join(lacking)} of shop {shop.shop_id} holds today"
            remedy = f"add rows such as {shop.shop_id},{lacking[0]},seller,20,, or ...,marketplace,,, or ...,none,,,"
            yield Finding("map taxes.csv", "wrong", text, remedy)
        elif len(differing := {said[line_class] for line_class in CLASSES_OF_A_SALE}) > 1:
            each = ", ".join(f"{line_class} {said[line_class]}" for line_class in CLASSES_OF_A_SALE)
            text = f"{path}: the classes of a sale of shop {shop.shop_id} are taxed in {len(differing)} ways: {each}"
            remedy = "write the same treatment and rate in all five: a refund takes back what its sale was taxed with"
            yield Finding("map taxes.csv", "wrong", text, remedy)


def _unanswering(settings: Settings, found: Configuration, broken: Collection[str]) -> Iterator[Finding]:
    """Yield rows of the policy that answer nothing: the map they name lacks the word, or there is no such answer."""
    conditions = sorted({row["condition"] for _line, row in in_force(found, "grades")})
    reasons = sorted(
        {row["reason"] for _line, row in in_force(found, "return_reasons") if row["system"] == "tiktok_shop"}
    )
    for line, row in in_force(found, "return_policy"):
        place = f"{settings.config_dir / 'return_policy.csv'}:{line}"
        condition = row["grading"].removeprefix(GRADE)
        if "grades" not in broken and condition != row["grading"] and condition not in conditions:
            text = f"{place}: no row of grades.csv has condition {condition!r}"
            yield Finding("map return_policy.csv", "wrong", text, f"expected {one_of(conditions, condition)}")
        if "return_reasons" not in broken and row["reason"] not in ("*", *reasons):
            text = f"{place}: no row of return_reasons.csv gives a code of tiktok_shop the reason {row['reason']!r}"
            yield Finding("map return_policy.csv", "wrong", text, f"expected {one_of(reasons, row['reason'])}, or *")
        step, kind, decision = row["step"], row["return_type"], row["decision"]
        if (step, kind) == ("parcel", "REFUND"):
            text = f"{place}: return_type REFUND beside step parcel: nothing comes back of it"
            yield Finding("map return_policy.csv", "wrong", text, "expected RETURN_AND_REFUND, REPLACEMENT or *")
        elif kind != "*" and not has_call(step, kind, decision):
            text = f"{place}: TikTok Shop has no call for decision {decision} on a {step} of {kind}: it is always held"
            yield Finding("map return_policy.csv", "wrong", text, "take the row out, and answer these in Seller Center")


def _differing_accounts(settings: Settings, found: Configuration) -> Iterator[Finding]:
    """Yield banks of which accounts.csv and the bank account's settings say different things."""
    path = settings.config_dir / "accounts.csv"
    for shop in settings.tiktok_shop.shops:
        account = _account_of(settings, shop)
        line, number = _accounts_of(shop, found).get("bank", (0, account.netsuite_account))
        if number != account.netsuite_account:
            text = (
                f"{path}:{line}: netsuite_account {number!r} for the bank of shop {shop.shop_id}, and netsuite_account"
                f" of its bank account {account.account_id!r} in tieout.toml is {account.netsuite_account!r}"
            )
            yield Finding("map accounts.csv", "wrong", text, "write the same number at both places")


def _accounts_of(shop: Shop, found: Configuration) -> dict[str, tuple[int, str]]:
    """Return line and account number of each class of a shop; its own row goes before that of all shops."""
    today = utc_now().date().isoformat()
    rows = [
        (line, row)
        for line, row in in_force(found, "account_map")
        if row["shop_id"] in ("*", shop.shop_id) and (row["valid_from"] or today) <= today
    ]
    rows.sort(key=lambda found_row: found_row[1]["shop_id"] != "*")
    return {row["line_class"]: (line, row["netsuite_account"]) for line, row in rows}


def _needed_classes(shop: Shop, found: Configuration) -> dict[str, str]:
    needed = dict.fromkeys(NEEDED_ACCOUNTS, "which every journal may need")
    for line, row in in_force(found, "fee_map"):
        if row["region"] in ("*", shop.region) and row["line_class"] != MEMO:
            needed.setdefault(row["line_class"], f"to which fees.csv:{line} sends {row['fee_key']}")
    for line, row in in_force(found, "tax_map"):
        if row["shop_id"] in ("*", shop.shop_id) and row["treatment"] == "seller":
            needed.setdefault("output_vat", f"whose tax is the seller's by taxes.csv:{line}")
    return needed


def _account_of(settings: Settings, shop: Shop) -> BankAccount:
    return next(account for account in settings.bank.accounts if account.account_id == shop.bank_account)
