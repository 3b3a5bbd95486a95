"""One row of a map: whether its values can be used, each by its column.

Belongs here: what a value may be, and what is wrong with one that is not. Does not: the file, or rows that contradict
each other (`maps`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from ingestion.config.specs import CLASSES_OF_A_SALE, GRADE, GRADINGS, Map, Row
from ingestion.load_context import LONGEST_ID
from ingestion.spreadsheets import spreadsheet_damage
from tieout.settings import Settings
from tieout.unseen_characters import UNSEEN

_RATE = re.compile(r"[0-9]{1,2}(\.[0-9]{1,4})?")
_AMOUNT = re.compile(r"[0-9]{1,9}(\.[0-9]{1,4})?")
_CURRENCY = re.compile(r"[A-Z]{3}")
_IDS = (
    *("shop_id", "warehouse_id", "location", "seller_sku", "item", "bundle", "component", "provider_id"),
    "netsuite_account",
)
_HIDDEN = re.compile(rf"[\t\n]|{UNSEEN.pattern}")


class RowFault(Exception):
    """A row, or a file, that cannot be used. `ingestion.config.maps` makes a Fault of it."""

    def __init__(self, reason: str, *, column: str = "", value: str = "", line: int = 1) -> None:
        super().__init__(reason)
        self.column, self.value, self.line = column, value, line


def usable_rule(spec: Map, row: Mapping[str | None, Any], settings: Settings) -> Row:
    """Return the values of a row, each as its column wants it.

    Raises:
        RowFault: with the column, its value, and what was expected.
    """
    if any(str(value or "").strip() for value in row.get(None) or ()):
        raise RowFault(f"expected {len(spec.columns)} values: {','.join(spec.columns)}; found more")
    if any(row[name] is None for name in spec.columns):
        raise RowFault(f"expected {len(spec.columns)} values: {','.join(spec.columns)}; found fewer")
    rule = {name: str(row.get(name) or "").strip() for name in (*spec.columns, *spec.optional_columns)}
    _check_texts(spec, rule)
    for name in (*spec.key, *(("netsuite_account",) if "netsuite_account" in rule else ())):
        if not rule[name]:
            others = ", ".join(rule[other] for other in spec.key if rule[other])
            message = f"{name} is empty{f' for {others}' if others else ''}; expected a value{_or_any(spec, name)}"
            raise RowFault(message, column=name)
    for name, allowed in spec.allowed.items():
        if rule[name] not in allowed:
            raise row_fault(rule, name, f"expected one of {', '.join(sorted(allowed))}")
    for name, (least, most) in spec.whole_numbers.items():
        if not (rule[name].isascii() and rule[name].isdigit() and least <= int(rule[name][:12]) <= most):
            raise row_fault(rule, name, f"expected a whole number from {least} to {most}")
    for name in spec.amounts:
        if not _AMOUNT.fullmatch(rule[name]):
            raise row_fault(rule, name, "expected an amount of money as 12.50, with a point and not below zero")
    if "currency" in rule and not _CURRENCY.fullmatch(rule["currency"]):
        raise row_fault(rule, "currency", "expected three capital letters, as GBP")
    if "treatment" in rule:
        _check_rate(rule)
    if "decision" in rule:
        _check_decision(rule)
    _check_ids(spec, rule, settings)
    return rule


def _check_texts(spec: Map, rule: Row) -> None:
    """Check that a value is what people see of it, and that a key is no longer than an id can be."""
    for name, value in rule.items():
        if hidden := _HIDDEN.search(value):
            raise row_fault(rule, name, f"expected text without {hidden[0]!r}, which nobody sees: write it anew")
        if name in spec.key and len(value) > LONGEST_ID:
            short = f"{value[:40]}..."
            message = f"{name} {short!r}; expected at most {LONGEST_ID} characters, found {len(value)}"
            raise RowFault(message, column=name, value=short)


def _check_rate(rule: Row) -> None:
    """Check a tax rate against its treatment: the seller's needs one, any other must have none."""
    if rule["treatment"] != "seller":
        if rule["rate"]:
            raise row_fault(
                rule, "rate", f"expected none beside treatment {rule['treatment']}: only the seller's is booked"
            )
    elif not _RATE.fullmatch(rule["rate"]) or 0 < Decimal(rule["rate"]) < 1:
        raise row_fault(
            rule, "rate", "expected the percent that the seller owes, as 20 or 5.5; 0 where it is zero-rated"
        )
    elif rule["line_class"] not in CLASSES_OF_A_SALE:
        raise row_fault(rule, "line_class", f"seller is for what is sold: {', '.join(CLASSES_OF_A_SALE)}")


def _check_decision(rule: Row) -> None:
    """Check that a percentage is offered where a part is, and that only what was graded depends on its grade."""
    if rule["grading"] not in GRADINGS and rule["grading"].removeprefix(GRADE) in ("", rule["grading"]):
        raise row_fault(rule, "grading", f"expected one of {', '.join(sorted(GRADINGS))}, or {GRADE} and a condition")
    if (rule["decision"] == "offer_partial") != (int(rule["percent"]) > 0):
        raise row_fault(rule, "percent", "expected 1 to 99 beside decision offer_partial, and 0 beside any other")
    if rule["step"] == "request" and rule["grading"] != "*":
        raise row_fault(rule, "grading", "expected * beside step request: nothing is graded before it arrives")
    if rule["step"] == "parcel" and rule["decision"] == "refund_without_return":
        raise row_fault(rule, "decision", "expected approve, reject or offer_partial: the parcel has come back")


def _check_ids(spec: Map, rule: Row, settings: Settings) -> None:
    shops = [shop.shop_id for shop in settings.tiktok_shop.shops]
    for name in (one for one in _IDS if one in rule):
        if damage := spreadsheet_damage(rule[name], shops if name == "shop_id" else ()):
            raise row_fault(rule, name, damage)
    if "shop_id" in rule:
        known = {*shops, *(("*",) if spec.any_shop else ())}
        if rule["shop_id"] not in known:
            raise row_fault(rule, "shop_id", f"expected one of {', '.join(sorted(known))}")
    if "location" in rule:
        _check_location(rule, settings)


def _check_location(rule: Row, settings: Settings) -> None:
    if getattr(settings, rule["system"]) is None:
        raise row_fault(rule, "system", f"tieout.toml has no section [{rule['system']}]; expected a configured system")
    site = getattr(getattr(settings, rule["system"]), "site", "")
    if site and rule["location"] != site:
        raise row_fault(rule, "location", f"expected {site}, the site of [{rule['system']}] in tieout.toml")


def row_fault(rule: Row, name: str, reason: str) -> RowFault:
    """Return a fault that names a column and its value."""
    return RowFault(f"{name} {rule[name]!r}; {reason}", column=name, value=rule[name])


def _or_any(spec: Map, name: str) -> str:
    has_any = name in ("region", "seller_sku", "delivery_option") or (name == "shop_id" and spec.any_shop)
    return ", or * for all" if has_any else ""
