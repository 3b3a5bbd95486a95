"""The tenant's own rules as a source with history: maps of money and of goods, shops, bank accounts, books.

Belongs here: reading the CSV maps and refusing what cannot be right. Does not: applying a map (dbt does that).

Dates: `valid_from` and `valid_to` are both days on which a row holds; empty means without bound.
"""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from ingestion.coverage import BEGINNING
from ingestion.run import Origin, Reading, Run, delete_vanished, sound_versions
from tieout.errors import ConfigError
from tieout.settings import Settings

SYSTEM = "config"

LINE_CLASSES = frozenset(
    [
        "gross_sales",
        "seller_discount",
        "refund",
        "refund_discount",
        "shipping_income",
        "shipping_cost",
        "shipping_subsidy",
        "platform_commission",
        "referral_fee",
        "transaction_fee",
        "affiliate_commission",
        "ads",
        "service_fee",
        "refund_admin_fee",
        "fee_tax",
        "withheld_tax",
        "unitemised_fee",
        "penalty",
        "chargeback",
        "reimbursement",
        "adjustment",
        "reserve_held",
        "reserve_released",
    ]
)
MEMO = "memo"
SPECIAL_ACCOUNTS = frozenset({"bank", "clearing", "rounding", "fx"})
TREATMENTS = frozenset({"seller", "marketplace", "none"})
FULFILMENT_SYSTEMS = frozenset({"gxo", "linnworks"})

Row = dict[str, str]


@dataclass(frozen=True)
class _Map:
    """A CSV map: its file, columns, what identifies a rule, and which values its checked column may take.

    An optional map may be missing: a tenant that ships from no warehouse of ours has no need of it. So may an optional
    column, and its value in any row. A timed map holds between the instants `starts_at` and `ends_at`, the others
    between days.
    """

    entity: str
    file: str
    columns: tuple[str, ...]
    key: tuple[str, ...]
    allowed: Mapping[str, frozenset[str]]
    whole_numbers: tuple[str, ...] = ()
    optional_columns: tuple[str, ...] = ()
    is_optional: bool = False
    is_timed: bool = False


MAPS = (
    _Map(
        "fee_map",
        "fees.csv",
        ("region", "fee_key", "line_class", "sign_note", "valid_from", "valid_to"),
        ("region", "fee_key"),
        {"line_class": LINE_CLASSES | {MEMO}, "needs_owner": frozenset({"yes", "no", ""})},
        optional_columns=("needs_owner",),
    ),
    _Map(
        "account_map",
        "accounts.csv",
        ("shop_id", "line_class", "netsuite_account", "valid_from", "valid_to"),
        ("shop_id", "line_class"),
        {"line_class": LINE_CLASSES | SPECIAL_ACCOUNTS},
    ),
    _Map(
        "tax_map",
        "taxes.csv",
        ("region", "line_class", "treatment", "valid_from", "valid_to"),
        ("region", "line_class"),
        {"line_class": LINE_CLASSES, "treatment": TREATMENTS},
    ),
    # One master per shop and TikTok warehouse: a second row for the same days is refused, naming both lines (INV-08).
    _Map(
        "location_map",
        "locations.csv",
        ("shop_id", "warehouse_id", "system", "location", "valid_from", "valid_to"),
        ("shop_id", "warehouse_id"),
        {"system": FULFILMENT_SYSTEMS},
        is_optional=True,
    ),
    _Map(
        "sku_map",
        "skus.csv",
        ("shop_id", "seller_sku", "item", "valid_from", "valid_to"),
        ("shop_id", "seller_sku"),
        {},
        is_optional=True,
    ),
    _Map(
        "bundle_map",
        "bundles.csv",
        ("bundle", "component", "quantity", "valid_from", "valid_to"),
        ("bundle", "component"),
        {},
        whole_numbers=("quantity",),
        is_optional=True,
    ),
    _Map(
        "carrier_map",
        "carriers.csv",
        ("system", "carrier", "region", "provider_id", "provider_name", "valid_from", "valid_to"),
        ("system", "carrier", "region"),
        {"system": FULFILMENT_SYSTEMS},
        is_optional=True,
    ),
    _Map(
        "service_map",
        "services.csv",
        ("shop_id", "shipping_type", "delivery_option", "service", "valid_from", "valid_to"),
        ("shop_id", "shipping_type", "delivery_option"),
        {},
        is_optional=True,
    ),
    _Map(
        "buffer_map",
        "buffers.csv",
        ("shop_id", "seller_sku", "units", "percent", "valid_from", "valid_to"),
        ("shop_id", "seller_sku"),
        {},
        whole_numbers=("units", "percent"),
        is_optional=True,
    ),
    _Map(
        "peaks",
        "peaks.csv",
        ("shop_id", "name", "starts_at", "ends_at", "buffer_units", "buffer_percent", "cadence_minutes"),
        ("shop_id", "name", "starts_at"),
        {},
        whole_numbers=("buffer_units", "buffer_percent", "cadence_minutes"),
        is_optional=True,
        is_timed=True,
    ),
)


def load(run: Run) -> None:
    """Land every rule as it is now; rules that were taken out land as deleted.

    Raises:
        ConfigError: see `read_config`.
    """
    now = run.clock()
    for entity, rows in read_config(run.settings).items():
        reading = Reading()
        run.landing.add(entity, sound_versions(run, Origin(entity, now), rows, reading=reading))
        delete_vanished(run, entity, reading, observed_at=now)
        run.cover(entity, start=BEGINNING, end=now, rows=len(rows))
    run.report(f"{SYSTEM}: maps and settings read from {run.settings.config_dir}")


def read_config(settings: Settings) -> dict[str, list[dict[str, Any]]]:
    """Return every configured rule by entity, each with its natural key as `id`. No secret is among them.

    Raises:
        ConfigError: naming file, line, value and the valid values, when a map is missing or cannot be right.
    """
    maps = {spec.entity: _read_map(settings.config_dir / spec.file, spec) for spec in MAPS}
    for spec in MAPS:
        if spec.entity in ("account_map", "buffer_map", "peaks"):
            _check_shops(settings, spec.file, maps[spec.entity])
    books = {
        "id": "books",
        "tenant": settings.tenant,
        "days_to_arrive": settings.bank.days_to_arrive,
        **settings.books.model_dump(mode="json"),
    }
    return {
        **maps,
        "shops": [{"id": shop.shop_id, **shop.model_dump(mode="json")} for shop in settings.tiktok_shop.shops],
        "bank_accounts": [
            {"id": account.account_id, **account.model_dump(mode="json", exclude={"folder"})}
            for account in settings.bank.accounts
        ],
        "books": [books],
        "stock": [{"id": "stock", **settings.stock.model_dump(mode="json")}],
        "fulfilment": [{"id": "fulfilment", **settings.fulfilment.model_dump(mode="json")}],
    }


def _read_map(path: Path, spec: _Map) -> list[dict[str, Any]]:
    if spec.is_optional and not path.exists():
        return []
    rows: list[dict[str, Any]] = []
    periods: dict[tuple[str, ...], list[tuple[date, date, int]]] = defaultdict(list)
    reader = csv.DictReader(io.StringIO(_text(path), newline=""), strict=True)
    _check_columns(path, spec, reader.fieldnames)
    try:
        for row in reader:
            rule = _rule(path, spec, row, line=reader.line_num)
            key = tuple(rule[name] for name in spec.key)
            if spec.is_timed:
                _check_instants(path, rule, line=reader.line_num)
            else:
                _add_period(path, rule, periods[key], line=reader.line_num)
            rows.append({"id": "|".join(key if spec.is_timed else (*key, rule["valid_from"])), **rule})
    except csv.Error as error:
        raise ConfigError(f"{path}:{reader.line_num}: this is no CSV: {error}") from None
    return rows


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise ConfigError(f"no map {path}: create it, or name its folder with --config DIR or TIEOUT_CONFIG") from None
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path}: expected UTF-8, found another byte at position {error.start}") from None


def _check_columns(path: Path, spec: _Map, found: object) -> None:
    header = list(found) if isinstance(found, (list, tuple)) else []
    missing = [name for name in spec.columns if name not in header]
    if missing:
        raise ConfigError(f"{path}:1: column {', '.join(missing)} is missing; expected {','.join(spec.columns)}")


def _rule(path: Path, spec: _Map, row: Mapping[str | None, Any], *, line: int) -> Row:
    if None in row or any(row[name] is None for name in spec.columns):
        raise ConfigError(f"{path}:{line}: expected {len(spec.columns)} values: {','.join(spec.columns)}")
    rule = {name: str(row.get(name) or "").strip() for name in (*spec.columns, *spec.optional_columns)}
    for name, allowed in spec.allowed.items():
        if rule[name] not in allowed:
            raise ConfigError(f"{path}:{line}: {name} {rule[name]!r}; expected one of {', '.join(sorted(allowed))}")
    for name in spec.whole_numbers:
        if not (rule[name].isascii() and rule[name].isdigit()):
            raise ConfigError(f"{path}:{line}: {name} {rule[name]!r}; expected a whole number")
    for name in (*spec.key, *(("netsuite_account",) if "netsuite_account" in rule else ())):
        if not rule[name]:
            raise ConfigError(f"{path}:{line}: {name} is empty; expected a value{_or_any(name)}")
    return rule


def _add_period(path: Path, rule: Row, periods: list[tuple[date, date, int]], *, line: int) -> None:
    start = _day(path, rule, "valid_from", line=line) or date.min
    end = _day(path, rule, "valid_to", line=line) or date.max
    if end < start:
        raise ConfigError(f"{path}:{line}: valid_to {end} lies before valid_from {start}; expected a later day")
    for other_start, other_end, other_line in periods:
        if start <= other_end and other_start <= end:
            raise ConfigError(
                f"{path}:{line}: its dates overlap those of line {other_line} for the same key;"
                " end the older row the day before the newer begins"
            )
    periods.append((start, end, line))


def _check_instants(path: Path, rule: Row, *, line: int) -> None:
    start, end = (_instant(path, rule, name, line=line) for name in ("starts_at", "ends_at"))
    if end <= start:
        raise ConfigError(f"{path}:{line}: ends_at {end} is not after starts_at {start}; expected a later instant")


def _instant(path: Path, rule: Row, name: str, *, line: int) -> datetime:
    try:
        instant = datetime.fromisoformat(rule[name])
    except ValueError:
        instant = None
    if instant is None or instant.tzinfo is None:
        raise ConfigError(
            f"{path}:{line}: {name} {rule[name]!r}; expected an instant with its zone, as 2026-11-27T19:00:00Z"
        )
    return instant


def _day(path: Path, rule: Row, name: str, *, line: int) -> date | None:
    try:
        return date.fromisoformat(rule[name]) if rule[name] else None
    except ValueError:
        raise ConfigError(f"{path}:{line}: {name} {rule[name]!r}; expected YYYY-MM-DD or nothing") from None


def _check_shops(settings: Settings, file: str, rules: list[dict[str, Any]]) -> None:
    known = {shop.shop_id for shop in settings.tiktok_shop.shops} | {"*"}
    unknown = sorted({row["shop_id"] for row in rules} - known)
    if unknown:
        path = settings.config_dir / file
        raise ConfigError(f"{path}: shop_id {', '.join(unknown)}; expected one of {', '.join(sorted(known))}")


def _or_any(name: str) -> str:
    return ", or * for all" if name in ("region", "shop_id", "seller_sku", "delivery_option") else ""
