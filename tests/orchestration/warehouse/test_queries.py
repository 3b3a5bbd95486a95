"""Open exceptions are ranked by gravity, then by what runs out first by the vendor's clock, and picked by name."""

import duckdb
import pytest

from orchestration.warehouse.publish import publish
from orchestration.warehouse.queries import exception_rows
from tieout.errors import DataError

OPEN = """
create schema exceptions; create schema audit;
create table audit.coverage (system varchar, shop_id varchar, window_to timestamptz);
insert into audit.coverage values
    ('tiktok_shop', 'S', '2026-01-05 12:00:00+00'), ('tiktok_shop', 'S', '2026-01-05 06:00:00+00'),
    ('tiktok_shop', 'T', '2026-01-05 10:00:00+00'), ('gxo', '', '2030-01-01 00:00:00+00');
create table exceptions.open (
    exception_id varchar, code varchar, shop_id varchar, entity_type varchar, entity_id varchar, severity varchar,
    owner varchar, money_at_risk_amount decimal(18, 4), currency varchar, due_at timestamptz,
    first_seen_at timestamptz, last_seen_at timestamptz, expected varchar, actual varchar, evidence varchar,
    cause varchar);
"""
ROWS = {
    "past": ("FUL-02", "S", "S3", "1", "GBP", "2026-01-05 11:30:00+00"),
    "soon": ("FUL-01", "S", "S2", "1", "GBP", "2026-01-05 12:20:00+00"),
    "as soon, graver": ("CAN-03", "S", "S1", "1", "GBP", "2026-01-05 12:20:00+00"),
    "of another clock": ("FUL-01", "T", "S1", "1", "GBP", "2026-01-05 12:10:00+00"),
    "of no shop": ("INV-01", "", "S1", "0", "", "2026-01-06 12:00:00+00"),
    "much": ("FIN-01", "S", "S2", "-900", "GBP", None),
    "little": ("FIN-01", "S", "S2", "9", "GBP", None),
    "grave": ("FIN-20", "S", "S1", "9", "GBP", None),
    "of two owners": ("MAP-05", "S", "S4", "9", "GBP", None),
}


@pytest.fixture
def settings(make_settings):
    settings = make_settings()
    with duckdb.connect() as warehouse:
        warehouse.execute("set TimeZone = 'UTC'")
        warehouse.execute(OPEN)
        for name, (code, shop, severity, money, currency, due) in ROWS.items():
            warehouse.execute(
                "insert into exceptions.open values (?, ?, ?, 'order', 'x', ?, ?, ?, ?, ?, now(), now(), '', '',"
                " '{}', '')",
                [name, code, shop, severity, "TAX/FIN" if code == "MAP-05" else "OPS", money, currency, due],
            )
        publish(settings, warehouse)
    return settings


def test_exceptions_are_ranked_by_severity_then_minutes_left_then_money(settings):
    rows = exception_rows(settings, code=None, history=False)
    assert [(row["exception_id"], row["minutes_left"]) for row in rows] == [
        ("as soon, graver", 20),
        ("of another clock", 130),
        ("of no shop", 1440),
        ("grave", None),
        ("soon", 20),
        ("much", None),
        ("little", None),
        ("past", -30),
        ("of two owners", None),
    ]


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"code": "ful-01"}, {"soon", "of another clock"}),
        ({"owner": "fin"}, {"of two owners"}),
        ({"owner": "TAX"}, {"of two owners"}),
        ({"shop": "T"}, {"of another clock"}),
        ({"severity": "s3"}, {"past"}),
        ({"code": "FUL-01", "shop": "S"}, {"soon"}),
        ({"code": "INV-08"}, set()),
    ],
)
def test_code_owner_shop_and_severity_pick_out(settings, asked, found):
    assert {
        row["exception_id"] for row in exception_rows(settings, **{"code": None, "history": False, **asked})
    } == found


@pytest.mark.parametrize("history", [False, True])
@pytest.mark.parametrize(
    ("asked", "reported"),
    [
        ({"code": "FIN-1"}, r"no code 'FIN-1': did you mean FIN-..\? Expected one of .*FIN-01, FIN-02"),
        ({"owner": "FINANCE"}, "no owner 'FINANCE': .*Expected one of CX, ENG, FIN, .*TAX"),
        ({"shop": "42"}, "no shop '42': Expected one of S, T$"),
        ({"severity": "high"}, "Expected one of S1, S2, S3, S4$"),
    ],
)
def test_a_name_that_does_not_exist_is_refused_with_those_that_do(settings, asked, reported, history):
    with pytest.raises(DataError, match=reported):
        exception_rows(settings, **{"code": None, "history": history, **asked})
