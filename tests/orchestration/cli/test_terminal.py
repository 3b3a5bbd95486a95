"""At any width an id stays whole: a table where it fits, records where it does not."""

import io
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from rich.console import Console

from orchestration.cli.terminal import print_rows, show_minutes
from tieout.unseen_characters import UNSEEN

SHOP, PARCEL = "7495000000000000101", "GB7495000000000000101/PARCEL-0000000017"
ROWS = [
    {
        "code": "FUL-01",
        "shop_id": SHOP,
        "entity_id": PARCEL,
        "money_at_risk_amount": Decimal("1234.5000"),
        "minutes_left": -1570,
        "due_at": datetime(2026, 1, 5, 12, tzinfo=UTC),
        "actual": f"no tracking of {PARCEL} [yet], although the warehouse has advised it twice since",
    },
    {
        "code": "FIN-01",
        "shop_id": SHOP,
        "entity_id": "P2",
        "money_at_risk_amount": Decimal("0.0001"),
        "minutes_left": None,
        "due_at": None,
        "actual": None,
    },
]


def shown(rows, width):
    file = io.StringIO()
    print_rows(Console(file=file, width=width, highlight=False), rows, title="Exceptions")
    return file.getvalue()


@pytest.mark.parametrize("width", [20, 40, 60, 80, 100, 132, 200, 400])
def test_no_id_is_ever_folded_and_money_and_minutes_are_formatted(width):
    reported = shown(ROWS, width)
    for whole in (SHOP, PARCEL, "1,234.50", "0.0001", "2026-01-05 12:00"):
        assert whole in reported
    assert "1 d 2 h over" in reported or width < 40
    assert "-1570" not in reported
    assert "[yet]," in reported


def test_a_narrow_terminal_shows_records_and_a_wide_one_a_table():
    assert "\ncode                  FUL-01\n" in shown(ROWS, 80)
    assert max(map(len, shown(ROWS, 80).splitlines())) <= 80
    wide = shown(ROWS, 200).splitlines()
    assert wide[1].split()[:3] == ["code", "shop_id", "entity_id"]
    assert max(map(len, wide)) <= 200


def test_a_table_that_fits_stays_one_at_80_columns():
    reported = shown([{"line_class": "refund", "amount": Decimal(-3)}, {"line_class": "ads", "amount": None}], 80)
    assert [line.split() for line in reported.splitlines()[1:]] == [
        ["line_class", "amount"],
        ["refund", "-3.00"],
        ["ads"],
    ]


def test_a_text_moves_no_cursor_and_turns_nothing_around():
    reported = shown([{"actual": "refund\x1b[2J of \u202e9.99"}], 80)
    assert r"refund\u001b[2J of \u202e9.99" in reported
    assert UNSEEN.search(reported) is None


@pytest.mark.parametrize(
    ("minutes", "reported"),
    [
        (0, "0 min"),
        (59, "59 min"),
        (60, "1 h 00 min"),
        (303, "5 h 03 min"),
        (1440, "1 d 0 h"),
        (3130, "2 d 4 h"),
        (-12, "12 min over"),
    ],
)
def test_minutes_are_reported_as_people_say_them(minutes, reported):
    assert show_minutes(minutes) == reported
