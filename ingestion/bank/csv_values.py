"""Dates and amounts as banks write them in CSV, by the account's form.

Belongs here: one value. Does not: which column it is in (csv_lines).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

from ingestion.bank.records import Fault, day_of, is_amount, opposite, signed
from tieout.bank_settings import CsvForm

_ISO = "%Y-%m-%d"
_SPACES = str.maketrans({"\u00a0": " ", "\u202f": " ", "\u2009": " ", "\u2212": "-"})
_REMEDY = "correct the line, or the account's csv table in tieout.toml"


def day_in(text: str, form: CsvForm) -> str:
    """Return a date as YYYY-MM-DD; text that is none in the account's form unchanged."""
    if form.date_format == _ISO:
        return day_of(text)
    try:
        return datetime.strptime(text, form.date_format).date().isoformat() if text.isascii() else text  # noqa: DTZ007
    except ValueError:
        return text


def decimal_in(text: str, form: CsvForm) -> str:
    """Return a signed amount as plain decimal text; text that is none in the account's form unchanged.

    The sign may stand before or behind, or be a pair of brackets.
    """
    found = text.translate(_SPACES).strip()
    is_negative = found.startswith("-") or found.endswith("-") or (found.startswith("(") and found.endswith(")"))
    found = found[1:-1] if found.startswith("(") and found.endswith(")") else found.removeprefix("-").removeprefix("+")
    plain = _ungrouped(found.removesuffix("-").strip(), form)
    return signed(plain, "DBIT" if is_negative else "CRDT") if plain else text


def signed_amount(row: Mapping[str, str], form: CsvForm, *, place: str) -> str | Fault:
    """Return what a line moves: one signed amount, one with a word for its direction, or one of two columns."""
    if "amount" not in row:
        return _of_two(row, form, place=place)
    amount = decimal_in(row["amount"], form)
    if not is_amount(amount):
        reason = "expected a decimal amount with at most 12 whole digits and four decimals"
        return Fault(place, "amount", row["amount"], reason, _REMEDY)
    if "direction" in row and (form.incoming or form.outgoing):
        word = row["direction"]
        if word not in (*form.incoming, *form.outgoing):
            words = ", ".join((*form.incoming, *form.outgoing))
            return Fault(place, "direction", word, f"expected one of {words}", _REMEDY)
        if amount.startswith("-"):
            return Fault(place, "amount", row["amount"], "expected no sign beside a direction", _REMEDY)
        amount = signed(amount, "DBIT") if word in form.outgoing else amount
    return opposite(amount) if form.sign == "reversed" else amount


def _of_two(row: Mapping[str, str], form: CsvForm, *, place: str) -> str | Fault:
    """Return the amount of the one column that has one; zero beside it counts as empty."""
    given: list[str] = []
    for name, indicator in (("amount_in", "CRDT"), ("amount_out", "DBIT")):
        text = row.get(name, "")
        amount = decimal_in(text, form) if text else ""
        if text and (not is_amount(amount) or amount.startswith("-")):
            return Fault(place, name, text, "expected a decimal amount without sign", _REMEDY)
        given += [signed(amount, indicator)] if amount else []
    moved = [amount for amount in given if Decimal(amount)] or given[:1]
    if len(moved) != 1:
        shown = f"{row.get('amount_in', '')} / {row.get('amount_out', '')}"
        return Fault(place, "amount", shown, "expected an amount in one of the two columns", _REMEDY)
    return moved[0]


def _ungrouped(text: str, form: CsvForm) -> str:
    """Return unsigned digits with a point; "" when text is not written in the account's form."""
    mark, group = re.escape(form.decimal_mark), re.escape(form.thousands_mark)
    grouped = f"|[0-9]{{1,3}}(?:{group}[0-9]{{3}})+" if group else ""
    if not re.fullmatch(f"(?:[0-9]+{grouped})?(?:{mark}[0-9]*)?", text) or not any("0" <= c <= "9" for c in text):
        return ""
    whole = text.replace(form.thousands_mark, "") if form.thousands_mark else text
    return whole.replace(form.decimal_mark, ".")
